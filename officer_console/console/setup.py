"""Everything the console is given when it starts."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from officer_console.client.api import Desk
from officer_console.config import Console
from officer_console.console.keymap import Keymap, default_keymap
from officer_console.paths import themes_dir
from officer_console.themes import SAFE, Theme


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """`page` is the demo's visitor page; `unlock` tells whether a passphrase opens the locked screen, and without it
    Enter does; `clock` gives seconds and only rises."""

    desk: Desk
    config: Console = Console()
    keymap: Keymap = msgspec.field(default_factory=default_keymap)
    theme: Theme = SAFE
    problems: tuple[str, ...] = ()
    page: str = ""
    unlock: Callable[[str], bool] | None = None
    themes: Path = msgspec.field(default_factory=themes_dir)
    clock: Callable[[], float] = time.monotonic
