"""The trainer's board as a Textual app: looks at the folder again and again, and has no way to a relay."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import msgspec
from textual.screen import ModalScreen, Screen

from officer_console.console.practice.standing_mark import put_mark
from officer_console.console.practice.trainer.board_screen import BoardScreen
from officer_console.console.practice.trainer.classroom import Classroom
from officer_console.console.practice.trainer.page import Page
from officer_console.console.sealed_app import SealedApp
from officer_console.errors import UserError
from officer_console.locale import _, ngettext
from officer_console.themes import SAFE, Theme

LOOK_S: Final = 2.0
"""How often the folder is looked at."""


class Setup(msgspec.Struct, frozen=True):
    """`problems`: what of the configuration can't be used; `look_s`: seconds between two looks at the folder."""

    room: Classroom
    theme: Theme = SAFE
    problems: tuple[str, ...] = ()
    look_s: float = LOOK_S


class TrainerApp(SealedApp):
    """See `SealedApp`."""

    CSS_PATH = ["page.tcss", "board_screen.tcss"]  # noqa: RUF012

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup.theme)
        self.title = _("PRACTICE")
        self._setup, self._room = setup, setup.room
        self.board = BoardScreen(setup.room)
        self._looking = False

    def get_default_screen(self) -> Screen[None]:
        return self.board

    def on_mount(self) -> None:
        self.set_interval(self._setup.look_s, self.look)
        if self._setup.problems:
            self.call_after_refresh(self._tell_problems)

    def push_screen(self, screen: Any, *args: Any, **more: Any) -> Any:
        pushed = super().push_screen(screen, *args, **more)
        if isinstance(screen, ModalScreen):
            self.call_after_refresh(put_mark, screen, _("the trainer's board: nobody writes here, no relay is reached"))
        return pushed

    def look(self) -> None:
        """Look at the folder, beside everything else: a share can be slow."""
        if not self._looking:
            self._looking = True
            self.run_worker(self._look(), exit_on_error=True)

    def on_page_leaving(self, event: Page.Leaving) -> None:
        """Leave, after a question while notes are begun."""
        from officer_console.console.screens.ask import Answer, Ask

        count = len(self._room.drafts)
        if not count:
            return self.leave()

        def answered(answer: str | None) -> None:
            if answer == "leave":
                self.leave()

        begun = ngettext("{n} text is begun and not kept.", "{n} texts are begun and not kept.", count)
        answers = [Answer("stay", _("Stay")), Answer("leave", _("Leave, and lose what is begun"))]
        self.push_screen(Ask(_("Leave?"), begun.format(n=count), answers), answered)

    def leave(self) -> None:
        self.exit(0)

    async def _look(self) -> None:
        try:
            seen = await asyncio.to_thread(self._room.look)
        except UserError as error:
            self.board.folder_is_gone(str(error))
        else:
            self.board.arrived(self._room.take(seen))
        finally:
            self._looking = False

    def _tell_problems(self) -> None:
        from officer_console.console.screens.ask import Answer, Ask

        title = _("Some settings can't be used; the usual ones are used instead")
        body = "\n".join(f"· {problem}" for problem in self._setup.problems)
        self.push_screen(Ask(title, body, [Answer("on", _("Go on"))]))
