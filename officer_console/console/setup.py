"""Everything the console is given when it starts."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from officer_console.client.api import Desk
from officer_console.config import Console
from officer_console.console.keymap import Keymap, default_keymap
from officer_console.paths import themes_dir
from officer_console.themes import SAFE, Theme

if TYPE_CHECKING:
    from officer_console.model.triage import Result
    from officer_console.referrals.library import Library


def open_library() -> Library:
    """Referrals and prepared texts: the shipped ones, what was imported, the station's own beside config.toml."""
    from officer_console.referrals import library  # when first asked for: the queue is on screen the sooner

    return library.open_library()


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """`page` is the demo's visitor page; `lead`: begin with the lead's view; `unlock` tells whether a passphrase opens
    the locked screen, and without it Enter does; `clock` gives seconds and only rises; `library` is called once, in a
    thread, when first needed.

    `triage` gives what a visitor's messages, in her language, propose; None: nothing is proposed. Slow at its first
    call, which is in a thread; after it `triage_faults` tells what of the station's lexicons could not be used.
    `graphic` tells which messages are folded, None: none are; `dangers` is `triage` for the folded ones, also where
    nothing is proposed."""

    desk: Desk
    config: Console = Console()
    keymap: Keymap = msgspec.field(default_factory=default_keymap)
    theme: Theme = SAFE
    problems: tuple[str, ...] = ()
    page: str = ""
    lead: bool = False
    unlock: Callable[[str], bool] | None = None
    themes: Path = msgspec.field(default_factory=themes_dir)
    clock: Callable[[], float] = time.monotonic
    library: Callable[[], Library] = open_library
    triage: Callable[[Sequence[str], str], Result] | None = None
    triage_faults: Callable[[], Sequence[str]] = tuple
    graphic: Callable[[str], bool] | None = None
    dangers: Callable[[Sequence[str], str], Result] | None = None
