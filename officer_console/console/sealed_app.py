"""What every app of ours closes: nothing that was decrypted leaves by a side door of Textual."""

from __future__ import annotations

import asyncio
import os
import signal

from rich.console import RenderableType
from textual.app import App
from textual.driver import Driver
from textual.worker import WorkerFailed

from officer_console.console.colours import plain_theme, textual_theme
from officer_console.console.pace import settle
from officer_console.console.terminal import lasting, teach_keys
from officer_console.themes import Theme


class SealedApp(App[int], inherit_bindings=False):
    """Gives 0 when it was left in order; `failure` is what broke it otherwise. Subclasses have `leave`."""

    ENABLE_COMMAND_PALETTE = False  # it offers to save a picture of the screen
    ALLOW_SELECT = False
    ESCAPE_TO_MINIMIZE = False

    def __init__(self, theme: Theme) -> None:
        super().__init__(ansi_color="NO_COLOR" in os.environ or None)  # no-color.org: set, whatever its value
        teach_keys()
        chosen = plain_theme() if self.no_color else textual_theme(theme)
        self.register_theme(chosen)
        self.set_reactive(App.theme, chosen.name)  # a plain assignment would parse every style sheet twice
        self.stylesheet.set_variables(self.get_css_variables())
        self.set_class(chosen.dark, "-dark-mode", update=False)
        self.set_class(not chosen.dark, "-light-mode", update=False)

    @property
    def failure(self) -> Exception | None:
        """What broke the app."""
        error = self._exception
        return error.error if isinstance(error, WorkerFailed) and isinstance(error.error, Exception) else error

    def leave(self) -> None:
        """End in order; also what SIGTERM and a closed terminal do."""
        raise NotImplementedError

    def get_driver_class(self) -> type[Driver]:
        return lasting(super().get_driver_class())

    def on_mount(self) -> None:
        if not self.is_headless:
            self.call_after_refresh(settle)
            for stop in (signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().add_signal_handler(stop, self.leave)

    def _fatal_error(self) -> None:
        """End without a traceback: Textual's shows the values of variables, conversations among them."""
        self._close_messages_no_wait()

    def panic(self, *renderables: RenderableType) -> None:
        """End without printing anything."""
        self._close_messages_no_wait()

    def copy_to_clipboard(self, text: str) -> None:
        """Keep cut text for the app itself: the terminal's clipboard (OSC 52) is everybody's."""
        self._clipboard = text

    def _set_pointer_shape(self, shape: str) -> None:
        """Leave the mouse pointer alone: terminals that don't know OSC 22 write it on the screen."""
