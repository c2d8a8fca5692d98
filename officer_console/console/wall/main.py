"""`officer-console wall`. Textual is imported in `show` and not before."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from officer_console.client.api import Desk
from officer_console.config import Config
from officer_console.console.hardening import harden
from officer_console.console.main import Asked, need_terminal
from officer_console.console.pace import hurry
from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.paths import themes_dir
from officer_console.themes import load_theme


def run(args: argparse.Namespace, config: Config) -> int:
    """Show the wallboard. Raises UserError unless this machine is enrolled as one, or when there is no terminal."""
    harden()
    need_terminal()
    hurry()
    from officer_console.client.open_desk import open_desk

    desk = open_desk(config, Asked().ask)
    require_wall(desk.role)
    return show(desk, config)


def require_wall(role: str) -> None:
    """Raises UserError for any other role: an officer's console gets words, and they would be in this process."""
    if role != "wall":
        told = _(
            "A wallboard is a member of its own, who gets no word of any conversation, and this machine is enrolled as "
            "somebody else. A shift lead invites one from the console, or with “{command}”."
        )
        raise UserError(told.format(command="officer-console relay officers invite --role wall"))


def show(desk: Desk, config: Config, *, themes: Path | None = None) -> int:
    """Show it until it is left; gives the exit code. Raises what broke it; the terminal is as it was before."""
    harden()
    need_terminal()
    hurry()
    logging.disable()  # it would be written over the screen
    from .app import WallApp

    theme, _problems = load_theme(config.console.theme, themes or themes_dir())
    app = WallApp(desk, theme)
    code = app.run()
    if app.failure:
        raise app.failure
    return code or 0
