"""A program in a pseudo-terminal: what it draws, and when."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pyte

COLUMNS, LINES = 120, 40
PATIENCE_S: Final = 60
CHUNK: Final = 65_536


class Terminal:
    """`python -m MODULE ARGUMENTS…` in a terminal of 120 × 40; `started` is the moment before it was started."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._fd, child_end = pty.openpty()
        fcntl.ioctl(child_end, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)
        self._unseen: list[bytes] = []  # drawn by the program, not yet put on the screen here
        environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        self.started = time.perf_counter()
        self._child = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=child_end, stdout=child_end, stderr=child_end, env=environment, start_new_session=True,
        )  # fmt: skip
        os.close(child_end)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.send_signal(signal.SIGKILL)
        self._child.wait()
        os.close(self._fd)

    @property
    def text(self) -> str:
        """The screen."""
        self._put()
        return "\n".join(line.rstrip() for line in self._screen.display)

    def until_shown(self, *words: str) -> float:
        """Seconds from the start until all of these words stand on the screen."""
        self._until(lambda: all(word in self.text for word in words))
        return time.perf_counter() - self.started

    def echo(self, character: str) -> float:
        """Seconds from typing a character until the program draws it. It must be one that isn't drawn otherwise."""
        return self.press(character, character)

    def press(self, key: str, drawn: str) -> float:
        """Seconds from a key until the program draws `drawn`, which it must not draw otherwise."""
        wanted = drawn.encode()
        self._put()
        begin = time.perf_counter()
        os.write(self._fd, key.encode())
        self._until(lambda: wanted in b"".join(self._unseen[-2:]))
        return time.perf_counter() - begin

    def cpu_s(self) -> float:
        """Seconds of one core that the program has used so far."""
        fields = Path(f"/proc/{self._child.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def type(self, keys: str) -> None:
        os.write(self._fd, keys.encode())

    def watch(self, seconds: float) -> None:
        """Take what is drawn in the meantime."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self._read(left)

    def _put(self) -> None:
        self._stream.feed(b"".join(self._unseen))
        self._unseen.clear()

    def _until(self, ready: Callable[[], bool]) -> None:
        end = time.perf_counter() + PATIENCE_S
        while not ready():
            if time.perf_counter() > end or self._child.poll() is not None:
                raise TimeoutError(f"this is all there was:\n{self.text}")
            self._read(1)

    def _read(self, seconds: float) -> None:
        if not select.select([self._fd], [], [], seconds)[0]:
            return
        with contextlib.suppress(OSError):  # how Linux tells that the other end is closed
            self._unseen.append(os.read(self._fd, CHUNK))
