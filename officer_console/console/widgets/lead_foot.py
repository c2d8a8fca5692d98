"""Below a lead's lists: the last hours as plots, the open patrol requests, and the keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from textual import events
from textual.content import Content

from officer_console.client.api import Desk
from officer_console.console import lead_keys
from officer_console.console.keymap import Keymap, shown
from officer_console.console.patrol_words import row
from officer_console.console.widgets.frame import Frame
from officer_console.console.widgets.sparks import sparks
from officer_console.console.widgets.text_line import TextLine
from officer_console.console.widgets.wrapping import fit
from officer_console.locale import _, ngettext
from officer_console.model.conversation import State
from officer_console.model.overview import BINS
from officer_console.model.text import one_line

WORDS: Final = 30
LEAST: Final = 4
"""Lines that two plots with a title each need."""
NAME_LIMIT: Final = 18
BETWEEN: Final = "  "


class Plots(Frame, TextLine):
    """Arrivals and who waited, five minutes a column, the last six hours."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    def tick(self) -> None:
        """Show them as they are now."""
        overview, now = self._desk.lead.overview, self._desk.now()
        if self.content_size.height < LEAST:
            return self._tick_short()
        height = (self.content_size.height - 2) // 2
        self.border_title = _("Last 6 hours, 5 minutes a column")
        arrived, waited = overview.arrivals(now), overview.waiting(now)
        told = _("Arrivals: {n}, at most {most} in 5 minutes").format(n=sum(arrived), most=max(arrived))
        most = _("Waiting: {n} now, at most {most}").format(n=overview.count(State.WAITING), most=max(waited))
        first, second = self._plot(arrived, height, "$accent"), self._plot(waited, height, "$warning")
        self.put(Content("\n").join([Content(told), *first, Content(most), *second]))

    def on_resize(self, event: events.Resize) -> None:
        self.tick()

    def _tick_short(self) -> None:
        """A line for each, the number before it."""
        overview, now = self._desk.lead.overview, self._desk.now()
        arrived, waited = overview.arrivals(now), overview.waiting(now)
        names = (_("arrivals"), sum(arrived)), (_("waiting"), overview.count(State.WAITING))
        heads = [f"{count:>4} {name} " for name, count in names]
        width = max(map(cell_len, heads))
        room = min(BINS, self.content_size.width - width)
        plots = [(sparks(arrived, room)[0], "$accent"), (sparks(waited, room)[0], "$warning")]
        lines = (Content.assemble(fit(head, width), plot) for head, plot in zip(heads, plots, strict=True))
        self.put(Content("\n").join(lines))

    def _plot(self, values: list[int], height: int, looks: str) -> list[Content]:
        return [Content.styled(line, looks) for line in sparks(values, min(BINS, self.content_size.width), height)]


class Requests(Frame, TextLine):
    """The open patrol requests, what waits for the room first, each with its age."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    def tick(self) -> None:
        """Show them as they are now."""
        desk = self._desk
        open_ = desk.patrols.all_open()
        self.border_title = _("Open patrol requests: {n}").format(n=len(open_))
        room = max(1, self.content_size.height)
        rows = [self._row(cid) for cid, _patrol in open_[:room]]
        if (left := len(open_) - room + 1) > 1:
            rows[-1] = ngettext("… and {n} more", "… and {n} more", left).format(n=left)
        self.put(Content("\n".join(rows)))

    def on_resize(self, event: events.Resize) -> None:
        self.tick()

    def _row(self, cid: str) -> str:
        desk, patrol = self._desk, self._desk.patrols.of(cid)
        conversation = desk.queue.get(cid)
        if patrol is None:
            return ""
        asker = one_line(desk.name(patrol.by), NAME_LIMIT) if patrol.by else ""
        which = one_line(conversation.first_words, WORDS) if conversation else ""
        return row(patrol, desk.now(), which, asker)


class LeadKeys(TextLine):
    """The keys that do something now, none broken where the line ends; help and leaving last."""

    def __init__(self, keymap: Keymap) -> None:
        super().__init__()
        self._keymap = keymap
        self._ids: Sequence[str] = ()

    def show(self, ids: Sequence[str]) -> None:
        """Show the keys of these acts, the most useful first."""
        self._ids = ids
        lines: list[Content] = []
        for hint in self._hints():
            longer = lines[-1] + BETWEEN + hint if lines else hint
            if lines and longer.cell_length <= self.size.width:
                lines[-1] = longer
            else:
                lines.append(hint)
        self.put(Content("\n").join(lines))

    def on_resize(self, event: events.Resize) -> None:
        self.show(self._ids)

    def _hints(self) -> list[Content]:
        titles = {each.id: each for each in lead_keys.ALL}
        hints = [_hint("/".join(map(_key, titles[id].keys[:2])), _(titles[id].title)) for id in self._ids]
        return [*hints, _hint(shown(self._keymap["help"]), _("Help")), _hint(shown(self._keymap["quit"]), _("Leave"))]


def _key(key: str) -> str:
    return shown((key,))


def _hint(key: str, title: str) -> Content:
    return Content.assemble((key, "bold $accent"), " ", title)
