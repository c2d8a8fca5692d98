"""The board as a Textual app: runs the room, shows the screen, and keeps nothing itself."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from textual.screen import Screen
from textual.worker import Worker, WorkerCancelled

from officer_console.console.board.screen import BoardScreen, RoomChanged
from officer_console.console.board.setup import Setup
from officer_console.console.sealed_app import SealedApp
from officer_console.locale import _, ngettext

CLOSE_S: Final = 5
"""Seconds the room has to close its connection when the board is left."""


class BoardApp(SealedApp):
    """See `SealedApp`."""

    CSS_PATH = "screen.tcss"

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup.theme)
        self._setup = setup
        self._worker: Worker[None] | None = None
        self.board = BoardScreen(setup)

    def get_default_screen(self) -> Screen[None]:
        return self.board

    def on_mount(self) -> None:
        self._worker = self.run_worker(self._run_room(), exit_on_error=True)
        if self._setup.problems:
            self.call_after_refresh(self._tell_problems)

    def on_board_screen_leaving(self) -> None:
        """Leave, after a question while a case is open."""
        from officer_console.console.screens.ask import Answer, Ask

        count = len(self.board.roll.open)
        if not count:
            return self.leave()

        def answered(answer: str | None) -> None:
            if answer == "leave":
                self.leave()

        many = ngettext("{n} case is open.", "{n} cases are open.", count).format(n=count)
        meanwhile = _("While the board is closed nothing rings here, and officers are told nothing.")
        body = f"{many}\n\n{meanwhile}"
        answers = [Answer("stay", _("Stay")), Answer("leave", _("Leave the board"))]
        self.push_screen(Ask(_("Leave?"), body, answers), answered)

    def leave(self) -> None:
        self.run_worker(self._leave(), exit_on_error=True)

    async def _run_room(self) -> None:
        room = self._setup.room
        end = room.subscribe(self._changed)
        try:
            await room.run()
        finally:
            end()

    def _changed(self) -> None:
        self.board.post_message(RoomChanged())

    async def _leave(self) -> None:
        if self._worker:
            self._worker.cancel()
            with contextlib.suppress(WorkerCancelled, TimeoutError):
                await asyncio.wait_for(self._worker.wait(), CLOSE_S)
        self.exit(0)

    def _tell_problems(self) -> None:
        from officer_console.console.screens.ask import Answer, Ask

        title = _("Some settings can't be used; the usual ones are used instead")
        body = "\n".join(f"· {problem}" for problem in self._setup.problems)
        self.push_screen(Ask(title, body, [Answer("on", _("Go on"))]))
