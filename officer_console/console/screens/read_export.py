"""One conversation that is kept to practise on, read as somebody who knows her would: then vouched for, or ended."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from officer_console.client.api import Desk
from officer_console.console.countersigning import kept_by, kept_when, vouched
from officer_console.console.export_view import row_told
from officer_console.console.screens.over import Over
from officer_console.console.widgets.text_line import styled
from officer_console.console.words import Level, Told, refusal
from officer_console.errors import UserError
from officer_console.locale import N_, _
from officer_console.practice.exporting import rows
from officer_console.protocol.refusals import Refused

AS_WHO_KNOWS_HER: Final = N_(
    "Read it as somebody who knows her would: names, places, numbers, dates, and what only she would say."
)
NEAR: Final = 1
"""Rows above the end at which it counts as seen."""


class ReadExport(Over[str]):
    """Fetches it by itself; `waits` tells what nobody has seen yet elsewhere. Gives what is to be told when it was
    countersigned or ended here, or ""."""

    CSS_PATH = "read_export.tcss"

    def __init__(self, desk: Desk, cid: str, waits: Callable[[], Told]) -> None:
        super().__init__()
        self._desk, self._cid, self._waits = desk, cid, waits
        self._session = b""
        self._read_to_end = False
        self._ending = False  # asked whether to end it
        self._busy = False

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(_("Kept to practise on"))
            yield Static(id="whose")
            with VerticalScroll(id="page"):
                yield Static(id="text")
            yield Static(id="told")
            yield Static(
                Content(_("↑ ↓: read · C: countersign, nothing tells who she is · W: end it · Esc: back")), id="how"
            )
            yield Static(id="waits")

    def on_mount(self) -> None:
        page = self.query_one("#page")
        page.focus()
        self.watch(page, "scroll_y", self._scrolled, init=False)
        self.set_interval(1, self._look)
        self._look()
        self._tell(Told(_("Fetching it from the relay …")))
        self._ask(partial(self._desk.exports.fetch, self._cid, self._fetched))

    def on_key(self, event: events.Key) -> None:
        keys = {"escape": self.put_off, "c": self._countersign, "w": self._withdraw}
        self._ending = self._ending and event.key == "w"
        if event.key in keys:
            event.stop()
            keys[event.key]()

    def put_off(self) -> None:
        self.dismiss("")

    # ---- what comes ----

    def _fetched(self, session: bytes, code: str) -> None:
        if not self.is_attached:
            return
        try:
            read = rows(session) if not code else []
        except UserError:
            return self._tell(Told(_("It is no session that can be practised on: W ends it."), Level.DANGER))
        if code:
            return self._tell(Told(refusal(code), Level.DANGER))
        self._session = session
        self.query_one("#text", Static).update(Content("\n").join(map(row_told, read)))
        self._tell(Told(_(AS_WHO_KNOWS_HER)))
        self.call_after_refresh(self._scrolled)

    def _look(self) -> None:
        self.query_one("#waits", Static).update(styled(self._waits()))
        export = self._desk.exports.of(self._cid)
        if export is None:
            self._session = b""
            self.query_one("#text", Static).update("")
            return self._tell(
                Told(_("It is not kept any more: it was ended, or the conversation was erased."), Level.WARNING)
            )
        whose = " · ".join((kept_when(export), kept_by(self._desk, export), vouched(self._desk, export)))
        self.query_one("#whose", Static).update(Content(whose))

    def _scrolled(self) -> None:
        page = self.query_one("#page")
        if self._session and page.scroll_y >= page.max_scroll_y - NEAR:
            self._read_to_end = True

    # ---- what is done ----

    def _countersign(self) -> None:
        if why := self._why_not():
            return self._tell(Told(why, Level.WARNING))
        told = _("Countersigned: trainers can practise on it. If she erases, nobody can any more.")
        self._do(partial(self._desk.exports.countersign, self._cid, self._session), told)

    def _why_not(self) -> str:
        """Why it can't be countersigned now; "" when it can."""
        export = self._desk.exports.of(self._cid)
        if export is None or not self._session:
            return _("There is nothing here to vouch for.")
        if export.by == self._desk.me:
            return _("You have redacted it: somebody else must read it.")
        if export.countersigned:
            return _("It is countersigned already.")
        return "" if self._read_to_end else _("Read it to its end first.")

    def _withdraw(self) -> None:
        if self._desk.exports.of(self._cid) is None:
            return self._look()
        if not self._ending:
            self._ending = True
            told = _("End it? Nobody can practise on it any more; the conversation itself stays. W again: end it.")
            return self._tell(Told(told, Level.WARNING))
        self._ending = False
        self._do(partial(self._desk.exports.withdraw, self._cid), _("Ended: nobody can open it any more."))

    def _do(self, ask: Callable[[Callable[[str], None]], None], told: str) -> None:
        def done(code: str) -> None:
            self._busy = False
            if not self.is_attached:
                return
            if code:
                return self._tell(Told(_("NOT DONE: {why}").format(why=refusal(code)), Level.DANGER))
            self.dismiss(told)

        if not self._busy:
            self._busy = True
            self._tell(Told(_("asking the relay …")))
            self._ask(partial(ask, done))

    def _ask(self, ask: Callable[[], None]) -> None:
        try:
            ask()
        except Refused as refused:
            self._busy = False
            self._tell(Told(_("NOT DONE: {why}").format(why=refusal(refused.code)), Level.DANGER))

    def _tell(self, told: Told) -> None:
        self.query_one("#told", Static).update(styled(told))
