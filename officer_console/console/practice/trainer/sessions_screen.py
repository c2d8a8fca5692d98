"""All sessions that are installed: to open one and write notes in it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from officer_console.console.commands import Command
from officer_console.console.practice.trainer import keys
from officer_console.console.practice.trainer.classroom import Classroom
from officer_console.console.practice.trainer.page import Acts, Page
from officer_console.console.practice.trainer.pick_pane import Item, PickPane
from officer_console.console.practice.trainer.session_words import about_session, session_row
from officer_console.locale import _, ngettext
from officer_console.practice.session import Session


class SessionsScreen(Page):
    """Those of the trainer's language first; ★ and a number where trainers have written notes."""

    CSS_PATH = ["page.tcss", "sessions_screen.tcss"]  # type: ignore[assignment]  # noqa: RUF012
    AUTO_FOCUS = "#sessions"

    def __init__(self, room: Classroom) -> None:
        super().__init__()
        self._room = room
        self._list = PickPane("sessions")
        self._about = Static(id="about")

    def body(self) -> ComposeResult:
        with Container(id="parts"):
            yield self._list
            yield self._about

    def on_mount(self) -> None:
        many = ngettext("{n} session", "{n} sessions", len(self._all)).format(n=len(self._all))
        self.entitle(_("Sessions"), many)
        self._list.border_title = _("Sessions · ★ notes of trainers")
        none = [_("No session is installed here; “officer-console practice check” tells why.")]
        self._list.show(self._items, 0, none)
        self._show_chosen()

    def on_screen_resume(self) -> None:
        self._list.show(self._items, self._list.at)
        self._show_chosen()

    def acts(self) -> Acts:
        return {keys.EVENTS.id: self._open}

    def useful(self) -> Sequence[Command]:
        return [keys.EVENTS, keys.MOVE, keys.BACK] if self._all else [keys.BACK]

    def on_pick_pane_moved(self) -> None:
        self._show_chosen()

    # ---- parts of the above ----

    @property
    def _all(self) -> list[Session]:
        return self._room.listed

    def _items(self, width: int) -> list[Item]:
        return [session_row(one, "", len(self._room.notes(one.id)), width) for one in self._all]

    def _show_chosen(self) -> None:
        if self._all:
            one = self._all[self._list.at]
            attempts = sum(review.head.session == one.id for review in self._room.roll.reviews)
            self._about.update(about_session(one, attempts, len(self._room.notes(one.id))))
        else:
            self._about.update(Content())

    def _open(self) -> None:
        if self._all:
            from officer_console.console.practice.trainer.events_screen import EventsScreen

            self.app.push_screen(EventsScreen(self._room, self._all[self._list.at].id))
