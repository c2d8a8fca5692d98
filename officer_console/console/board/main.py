"""`officer-console dispatch board`. Textual is imported in `show` and not before."""

from __future__ import annotations

import argparse
import contextlib
import logging
from pathlib import Path

from officer_console.config import Config
from officer_console.console.hardening import harden
from officer_console.console.main import need_terminal
from officer_console.console.pace import hurry
from officer_console.dispatch.board import Board
from officer_console.dispatch.service import Membership, make_room, open_store
from officer_console.paths import themes_dir
from officer_console.themes import load_theme


def run(args: argparse.Namespace, config: Config) -> int:
    """Show the board of whoever is enrolled here for the dispatch room. Raises UserError when nobody is, when the room
    is in use by another process, or when there is no terminal."""
    harden()
    need_terminal()
    from officer_console.dispatch.commands import membership

    return show(membership(config), config)


def show(mine: Membership, config: Config, *, themes: Path | None = None) -> int:
    """Show the board until it is left; gives the exit code. Raises what broke it; the terminal is as it was before."""
    harden()
    need_terminal()
    hurry()
    logging.disable()  # it would be written over the screen
    from .app import BoardApp
    from .setup import Setup

    settings = config.dispatch
    theme, problems = load_theme(config.console.theme, themes or themes_dir())
    with contextlib.closing(open_store(mine)) as store:
        board = Board(store)
        room = make_room(settings, mine, store, board)
        app = BoardApp(Setup(room=room, board=board, ring_s=settings.ring_s, theme=theme, problems=tuple(problems)))
        code = app.run()
    if app.failure:
        raise app.failure
    return code or 0
