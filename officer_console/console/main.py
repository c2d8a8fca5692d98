"""`officer-console`: opens the desk and shows the screen. Textual is imported here and not before."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from officer_console.client.api import Desk
from officer_console.client.graphic import load as load_graphic
from officer_console.config import Config, Console
from officer_console.console.hardening import harden
from officer_console.console.keymap import keymap_from
from officer_console.console.pace import hurry
from officer_console.console.setup import Setup
from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.paths import themes_dir
from officer_console.themes import load_theme

if TYPE_CHECKING:
    from officer_console.model.triage import Result, Triage


def run(args: argparse.Namespace, config: Config) -> int:
    """Go on duty. Raises UserError when this machine isn't enrolled or there is no terminal."""
    harden()
    need_terminal()
    hurry()
    from officer_console.client.open_desk import open_desk

    asked = Asked()
    desk = open_desk(config, asked.ask)
    if desk.role == "dispatch":
        told = _("You belong to the dispatch room: run “{board}”, or “{system}” for a system.")
        raise UserError(told.format(board="officer-console dispatch board", system="dispatch serve"))
    if desk.role == "wall":
        raise UserError(_("This machine is a wallboard: run “{wall}”.").format(wall="officer-console wall"))
    return show(desk, config, unlock=asked.fits if asked.once else None, lead=args.lead)


def show(
    desk: Desk,
    config: Config,
    *,
    page: str = "",
    unlock: Callable[[str], bool] | None = None,
    themes: Path | None = None,
    lead: bool = False,
) -> int:
    """Show the console for `desk` until the officer leaves; gives the exit code. `page` is the demo's address; `lead`:
    begin with the lead's view.

    Raises what broke the app; the terminal is as it was before.
    """
    harden()
    need_terminal()
    hurry()
    from officer_console.console.app import ConsoleApp

    app = ConsoleApp(setup_of(desk, config, page=page, unlock=unlock, themes=themes, lead=lead))
    code = app.run()
    if app.failure:
        raise app.failure
    return code or 0


def setup_of(
    desk: Desk,
    config: Config,
    *,
    page: str = "",
    unlock: Callable[[str], bool] | None = None,
    themes: Path | None = None,
    lead: bool = False,
) -> Setup:
    """What a console is given for `desk`, by this configuration; as `show`."""
    folder = themes or themes_dir()
    chosen = _chosen(config.console, folder)
    return Setup(desk=desk, page=page, unlock=unlock, themes=folder, lead=lead, **chosen)


def _chosen(console: Console, themes: Path) -> dict[str, Any]:
    """What the configuration makes of keys and colours, and every problem with it."""
    keymap, wrong_keys = keymap_from(console.keys)
    theme, wrong_colours = load_theme(console.theme, themes)
    problems = (*(f"console.keys.{problem}" for problem in wrong_keys), *wrong_colours)
    triage = propose if console.triage == "on" else None
    graphic, wrong_words = load_graphic() if console.fold == "graphic" else (None, ())
    chosen = {"config": console, "keymap": keymap, "theme": theme, "problems": (*problems, *wrong_words)}
    return {**chosen, "triage": triage, "triage_faults": lexicon_faults, "graphic": graphic, "dangers": propose}


def propose(messages: Sequence[str], language: str) -> Result:
    """The danger signals in a visitor's messages, by the lexicons that come with the program and the station's own."""
    return _triage()[0].of(messages, language)


def lexicon_faults() -> tuple[str, ...]:
    """What of the station's own lexicons can't be used, each with its file and row."""
    return _triage()[1]


@cache
def _triage() -> tuple[Triage, tuple[str, ...]]:
    """Read when first asked for, with what could not be used."""
    from officer_console.client.lexicons import load
    from officer_console.model.triage import Triage

    loaded = load()
    return Triage(loaded.lexicons), tuple(map(str, loaded.problems))


def need_terminal() -> None:
    """Raises UserError when there is nobody to read or to type."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UserError(_("the console needs a terminal; start it from one, not through a pipe"))


class Asked:
    """Asks for the passphrase of the key file, and knows it again without keeping it."""

    def __init__(self, read: Callable[[str], str] | None = None) -> None:
        self._read = read or _read_hidden
        self._salt = os.urandom(16)
        self._digest = b""

    @property
    def once(self) -> bool:
        """Whether a passphrase was asked for."""
        return bool(self._digest)

    def ask(self, new: bool) -> str:
        """The passphrase; a new one is typed twice."""
        passphrase = self._read(_("Passphrase of your keys: "))
        while new and self._read(_("The same again: ")) != passphrase:
            print(_("They differ."), file=sys.stderr)
            passphrase = self._read(_("Passphrase of your keys: "))
        self._digest = self._digested(passphrase)
        return passphrase

    def fits(self, passphrase: str) -> bool:
        """Whether this is the passphrase that was asked for."""
        import hmac

        return hmac.compare_digest(self._digested(passphrase), self._digest)

    def _digested(self, passphrase: str) -> bytes:
        import hashlib

        return hashlib.scrypt(passphrase.encode(), salt=self._salt, n=2**14, r=8, p=1)


def _read_hidden(prompt: str) -> str:
    import getpass

    return getpass.getpass(prompt)
