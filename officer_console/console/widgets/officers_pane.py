"""Everybody on duty: how, with how many conversations, for how long, and when they last wrote."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from officer_console.client.api import Desk
from officer_console.console.care_words import Limits, short_prompt
from officer_console.console.lead_words import doing, fits
from officer_console.console.times import brief
from officer_console.console.widgets.rows_pane import EMPTY, Piece, Row, RowsPane
from officer_console.console.widgets.wrapping import fit
from officer_console.locale import N_, _
from officer_console.model.roster import OnDuty
from officer_console.model.text import one_line

NAME = 16
DOING = 13
COLUMNS = 8, 8, 13


class OfficersPane(RowsPane, can_focus=True):
    """Shows `desk.shift`. The cursor is on an officer, not on a place; nothing that arrives moves it. Officers stand by
    their names, who is not connected last."""

    DEFAULT_CSS = """
    OfficersPane {
        background: $background; color: $text;
        scrollbar-background: $background; scrollbar-background-hover: $background;
        scrollbar-color: $border; scrollbar-color-hover: $muted;
    }
    OfficersPane > .officers--cursor { background: $panel; text-style: bold; }
    OfficersPane > .officers--elsewhere { background: $surface; }
    OfficersPane > .officers--title { background: $surface; color: $muted; }
    OfficersPane > .officers--full { color: $warning; text-style: bold; }
    OfficersPane > .officers--gone { color: $danger; text-style: bold; }
    OfficersPane > .officers--quiet { color: $muted; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "officers--cursor",
        "officers--elsewhere",
        "officers--title",
        "officers--full",
        "officers--gone",
        "officers--quiet",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", N_("Up"), show=False),
        Binding("down", "move(1)", N_("Down"), show=False),
        Binding("pageup", "page(-1)", N_("Page up"), show=False),
        Binding("pagedown", "page(1)", N_("Page down"), show=False),
        Binding("home", "move(-1000000)", N_("First"), show=False),
        Binding("end", "move(1000000)", N_("Last"), show=False),
    ]

    def __init__(self, desk: Desk, limits: Limits) -> None:
        super().__init__()
        self._desk, self._limits = desk, limits
        self._kids: list[str] = []
        self.cursor_kid = ""

    def order(self) -> None:
        """Who is there is another than before."""
        officers = self._desk.shift.officers()
        known = sorted(officers, key=lambda each: (not each.linked, self._desk.name(each.kid).casefold(), each.kid))
        self._kids = [each.kid for each in known]
        if self.cursor_kid not in self._kids:
            self.cursor_kid = self._kids[0] if self._kids else ""
        self.set_height(len(self._kids) + 1)
        self.tick()

    def tick(self) -> None:
        """Paint again what looks different."""
        self.repaint()

    # what the lead does

    def action_move(self, by: int) -> None:
        if not self._kids:
            return
        at = max(0, min(len(self._kids) - 1, self._at() + by))
        self.cursor_kid = self._kids[at]
        top, row = self.scroll_offset.y, at + 1
        self.scroll_to(y=min(row - 1 if row == 1 else row, max(top, row + 1 - self.page)), animate=False, force=True)
        self.repaint()

    def action_page(self, by: int) -> None:
        self.action_move(by * max(1, self.page - 1))

    # what Textual asks

    def row(self, y: int) -> Row:
        if y == 0:
            return Row(((fit(self._title(), self.width), ""),), "officers--title")
        officer = self._desk.shift.officer(self._kids[y - 1]) if 0 < y <= len(self._kids) else None
        return self._officer(officer) if officer else EMPTY

    def on_resize(self, event: events.Resize) -> None:
        self.set_height(len(self._kids) + 1)
        self.repaint()

    def on_focus(self) -> None:
        self.repaint()

    def on_blur(self) -> None:
        self.repaint()

    # parts of the above

    def _break(self, officer: OnDuty) -> str:
        """Why this officer should have a break."""
        if officer.duty.doing != "here":
            return ""
        why = short_prompt(self._desk.care.exposure(officer.kid), self._limits)
        return f"{why} " if why else ""

    def _at(self) -> int:
        return self._kids.index(self.cursor_kid) if self.cursor_kid in self._kids else 0

    def _title(self) -> str:
        columns = zip((_("load"), _("on for"), _("last word")), COLUMNS, strict=True)
        officer = _("Officer")
        return f"  {officer:<{NAME}} " + "".join(f"{fit(title, cells - 1)} " for title, cells in columns)

    def _officer(self, officer: OnDuty) -> Row:
        desk, duty, now = self._desk, officer.duty, self._desk.now()
        load, last = desk.shift.load(officer.kid), desk.lead.overview.last_answer(officer.kid)
        here = officer.kid == self.cursor_kid
        mark = ("▶" if self.has_focus else "▷") if here else " "
        full = "officers--full" if load >= duty.capacity else ""
        how = (
            "officers--gone" if not officer.linked else "officers--quiet" if duty.doing == "here" else "officers--full"
        )
        pieces: list[Piece] = [
            (f"{mark} {fit(one_line(desk.name(officer.kid), NAME), NAME):<{NAME}} ", ""),
            (f"{f'{load}/{duty.capacity}':<{COLUMNS[0]}}", full),
            (f"{brief(now - duty.since) if duty.since else '':<{COLUMNS[1]}}", ""),
            (f"{brief(now - last) if last else '–':<{COLUMNS[2]}}", ""),
            (f"{fit(doing(officer), DOING)} ", how),
            (_("debrief") + " " if duty.debrief else "", "officers--full"),
            (self._break(officer), "officers--full"),
            (fits(officer), "officers--quiet"),
        ]
        return Row(tuple(pieces), ("officers--cursor" if self.has_focus else "officers--elsewhere") if here else "")
