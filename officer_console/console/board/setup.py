"""Everything the board is given when it starts."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from officer_console.dispatch.board import Board
from officer_console.dispatch.room import Room
from officer_console.themes import SAFE, Theme


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """`room` is run by the board; `ring_s`: seconds between two rings; `clock` gives seconds and only rises."""

    room: Room
    board: Board
    ring_s: int = 5
    theme: Theme = SAFE
    problems: tuple[str, ...] = ()
    clock: Callable[[], float] = time.monotonic
