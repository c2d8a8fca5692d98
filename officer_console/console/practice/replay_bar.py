"""The bar of a replay: where one is in the session, its marks, and the keys that play it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from officer_console.console.keymap import shown
from officer_console.console.practice.marks import DEBRIEF_KEY
from officer_console.console.practice.words import legend, mark
from officer_console.locale import _
from officer_console.model.text import one_line
from officer_console.practice.debrief import clock
from officer_console.practice.desk.clock import Clock
from officer_console.practice.desk.replay import Replay

KEYS: Final[dict[str, Callable[[Replay], None]]] = {
    "space": lambda replay: replay.toggle(),
    "right": lambda replay: replay.step(1),
    "left": lambda replay: replay.step(-1),
    "up": lambda replay: replay.faster(1),
    "down": lambda replay: replay.faster(-1),
    "plus": lambda replay: replay.faster(1),
    "minus": lambda replay: replay.faster(-1),
    "n": lambda replay: replay.jump_to_mark(1),
    "p": lambda replay: replay.jump_to_mark(-1),
    "s": lambda replay: replay.shorten(),
    "home": lambda replay: replay.jump(0),
    "end": lambda replay: replay.jump(replay.track.length),
}
"""Key -> what it does."""
EDGE: Final = 14
"""Cells of the time line that are times."""


class ReplayBar(Widget, can_focus=True):
    """Three lines: what plays and how, the time line, the keys or what the trainer says."""

    class Scroll(Message):
        """The conversation is scrolled by a page: up (-1) or down (1)."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def __init__(self, replay: Replay, clock_: Clock) -> None:
        super().__init__()
        self._replay, self._clock = replay, clock_

    def render(self) -> Content:
        return Content("\n").join((self._head(), self._line(), self._foot()))

    def on_key(self, event: events.Key) -> None:
        if act := KEYS.get(event.key):
            act(self._replay)
        elif event.key.isdecimal() and len(event.key) == 1:
            self._replay.jump(self._replay.track.length * int(event.key) // 10)
        elif event.key in ("pageup", "pagedown"):
            self.post_message(self.Scroll(-1 if event.key == "pageup" else 1))
        else:
            return
        event.stop()
        self.refresh()

    def _head(self) -> Content:
        playing = _("over") if self._replay.over else _("playing") if self._clock.playing else _("PAUSED")
        short = " · " + _("pauses shortened") if self._replay.track.shortened else ""
        title = one_line(self._replay.session.head.title, 60)
        return Content.assemble(mark(), " ", _("REPLAY"), f" · {title} · {playing} ×{self._clock.rate:g}{short}")

    def _line(self) -> Content:
        width = max(self.size.width - EDGE, 10)
        track, now = self._replay.track, max(0, min(self._clock.now(), self._replay.track.length))
        cells = track.marks(width).replace(" ", "─")
        at = min(now * width // max(track.length + 1, 1), width - 1)
        return Content.assemble(
            f"{clock(now):>5} ", (cells[:at], "$success"), (cells[at], "reverse"), (cells[at + 1 :], "$muted"),
            f" {clock(track.length)}",
        )  # fmt: skip

    def _foot(self) -> Content:
        if self._replay.annotation:
            return Content.styled(f"★ {one_line(self._replay.annotation, 300)}", "bold $accent")
        if not self.has_focus:
            return Content(_("{key}: back to these keys").format(key=shown((DEBRIEF_KEY,))))
        keys = _(
            "space play/pause · ← → step · ↑ ↓ speed · n p marks · 0–9 jump · s pauses · PgUp PgDn read · F10 leave"
        )
        return Content(f"{keys} · {legend()}")
