"""`officer-console practice board FOLDER`: the trainer's screens in a terminal, else printed. Textual is imported in
`show` and not before."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from officer_console.config import Config
from officer_console.practice import commands


def run(args: argparse.Namespace, config: Config) -> int:
    """Show or print who practised what. Raises UserError."""
    if args.print or args.json or not all(each.isatty() for each in (sys.stdin, sys.stdout, sys.stderr)):
        return commands.run(args, config)
    return show(args.folder, config, args.config, args.session)


def show(folder: Path, config: Config, beside: Path | None = None, words: str = "") -> int:
    """Show the board until it is left; gives the exit code. `beside`: where config.toml is; `words`: show only what
    has them. Raises UserError when there is no such folder, and what broke the app; the terminal is then as before."""
    from officer_console.console.hardening import harden
    from officer_console.console.pace import hurry
    from officer_console.paths import themes_dir
    from officer_console.themes import load_theme

    from .classroom import Classroom

    harden()
    room = Classroom(folder, beside, words)
    room.take(room.look())
    theme, problems = load_theme(config.console.theme, themes_dir())
    hurry()
    from .app import Setup, TrainerApp

    app = TrainerApp(Setup(room, theme, tuple(problems)))
    code = app.run()
    if app.failure:
        raise app.failure
    return code or 0
