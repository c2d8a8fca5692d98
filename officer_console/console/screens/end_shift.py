"""The end of a shift: every conversation that I hold, to be handed over, put back or closed. None is left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from officer_console.console.actions import ask_ending
from officer_console.console.handover_words import NAME_LIMIT
from officer_console.console.keymap import shown
from officer_console.console.screens.over import Over
from officer_console.console.sections import mine
from officer_console.console.shift_actions import put_back_for_relief
from officer_console.console.times import span
from officer_console.console.words import presence
from officer_console.locale import _, ngettext
from officer_console.model.conversation import Conversation
from officer_console.model.text import one_line

if TYPE_CHECKING:
    from officer_console.console.screens.duty import Duty

WORDS: Final = 40


class EndShift(Over[str]):
    """Gives "open CID", "hand CID", "stay", "leave" once nothing is left, or "". The keys are those of the same
    commands elsewhere. Looks at the desk each second; the cursor stays on its conversation."""

    CSS_PATH = "end_shift.tcss"

    def __init__(self, duty: Duty) -> None:
        super().__init__()
        self._duty, self._desk = duty, duty.desk
        self._put_back: set[str] = set()  # asked for, and not stored yet
        keymap = duty.keymap
        self._does = {key: id for id in ("hand-over", "put-back", "close") for key in keymap[id]}

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(_("End of shift: nobody is left behind"))
            yield Static(id="told")
            yield OptionList(id="held")
            yield Static(id="how")

    def on_mount(self) -> None:
        self.look()
        self._list.focus()
        self.set_interval(1, self.look)

    def look(self) -> None:
        """Show how they stand now."""
        held = mine(self._desk.queue)
        self._put_back &= {each.cid for each in held}
        rows = [(each.cid, self._row(each)) for each in held]
        if [option.id for option in self._list.options] == [cid for cid, _row in rows]:
            for at, (_cid, row) in enumerate(rows):
                self._list.replace_option_prompt_at_index(at, row)
        else:
            self._put(rows)
        self._list.display = bool(rows)
        self.query_one("#told", Static).update(Content(self._told(len(rows))))
        self.query_one("#how", Static).update(Content(self._how(len(rows))))

    def on_key(self, event: events.Key) -> None:
        cid, does = self._cid, self._does.get(event.key, "")
        if event.key == "escape":
            self.put_off()
        elif event.key == "s":
            self.dismiss("stay")
        elif event.key == "enter" and not self._list.options:
            self.dismiss("leave")
        elif cid and does == "hand-over":
            self.dismiss(f"hand {cid}")
        elif cid and does == "put-back":
            self._back(cid)
        elif cid and does == "close":
            ask_ending(self._duty, cid, self.look)
        else:
            return
        event.stop()

    def put_off(self) -> None:
        self.dismiss("")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(f"open {event.option_id}")

    # parts of the above

    @property
    def _list(self) -> OptionList:
        return self.query_one(OptionList)

    @property
    def _cid(self) -> str:
        """The conversation under the cursor; "" for none."""
        at = self._list.highlighted
        return self._list.options[at].id or "" if at is not None and at < len(self._list.options) else ""

    def _put(self, rows: list[tuple[str, Content]]) -> None:
        cid, cids = self._cid, [cid for cid, _row in rows]
        self._list.set_options([Option(row, cid) for cid, row in rows])
        if cids:
            self._list.highlighted = cids.index(cid) if cid in cids else 0

    def _back(self, cid: str) -> None:
        if cid not in self._put_back and put_back_for_relief(self._duty, cid):
            self._put_back.add(cid)
            self.look()

    def _row(self, conversation: Conversation) -> Content:
        desk, offer = self._desk, self._desk.handovers.of(conversation.cid)
        parts = [presence(conversation, None, desk.now(), linked=True).text]
        parts.append(_("waits for your answer") if conversation.needs_answer else "")
        if conversation.cid in self._put_back:
            parts.append(_("is being put back …"))
        elif offer:
            name = one_line(desk.name(offer.to), NAME_LIMIT)
            parts.append(
                _("offered to {name}, {span}").format(name=name, span=span(desk.now() - (offer.at or desk.now())))
            )
        parts.append(f"“{one_line(conversation.first_words, WORDS)}”" if conversation.first_words else "")
        return Content(" · ".join(filter(None, parts)))

    def _told(self, count: int) -> str:
        if not count:
            return _("Nothing is left. Nothing new is given to you.")
        told = ngettext(
            "You hold {n} conversation. Nothing new is given to you; the shift ends when none is left.",
            "You hold {n} conversations. Nothing new is given to you; the shift ends when none is left.",
            count,
        )
        return told.format(n=count)

    def _how(self, count: int) -> str:
        if not count:
            return _("Enter: leave the console · S: stay on duty · Esc: back")
        hand, back, close = (shown(self._duty.keymap[id]) for id in ("hand-over", "put-back", "close"))
        told = _(
            "{hand}: hand over · {back}: put back · {close}: close · Enter: go there · S: stay on duty · Esc: back"
        )
        return told.format(hand=hand, back=back, close=close)
