"""A program in a pseudo-terminal: the bytes it writes, and the screen that they make."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pexpect
import pyte

COLUMNS, LINES = 120, 32
PATIENCE_S = 40
F2, F10 = "\x1bOQ", "\x1b[21~"
NOT_PYTES = re.compile(rb"\x1b\[[<>=][0-9;]*[a-z]")
"""Keyboard protocol requests, which pyte does not know."""


class Terminal:
    """`officer-console`, or another module, with `arguments`. From the first look on it is read all the time: what
    nobody reads fills the terminal, and its program stands still."""

    through: tuple[str, ...] = ()
    """A command that it is started through."""

    def __init__(self, *arguments: str, module: str = "officer_console", **environment: str) -> None:
        env = {**os.environ, "TERM": "xterm-256color", **environment}
        for size in ("COLUMNS", "LINES"):  # where they are set they would count more than the terminal's own
            env.pop(size, None)
        program, *command = [*self.through, sys.executable, "-m", module, *arguments]
        self._child = pexpect.spawn(program, command, env=env, dimensions=(LINES, COLUMNS))
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)
        self.raw = b""
        self._news = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        return int(self._child.pid)

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)

    async def until(self, ready: Callable[[], bool]) -> None:
        """Wait until `ready`; fails with the screen when it never comes."""
        if self._reading is None:
            self._reading = asyncio.create_task(self._keep_reading())
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not ready():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"it never came; the screen:\n{self.text}") from None

    async def sees(self, *words: str) -> None:
        """Wait until all of `words` are on the screen, each within one line."""
        await self.until(lambda: all(each in self.text for each in words))

    async def found(self, pattern: str) -> str:
        """Wait until the pattern is on the screen; gives what it found."""
        await self.until(lambda: re.search(pattern, self.text) is not None)
        found = re.search(pattern, self.text)
        assert found
        return found[0]

    def send(self, keys: str) -> None:
        self._child.send(keys)

    async def say(self, text: str) -> None:
        """Write it, and press Enter once it is on the screen: all at once it would be taken for pasted text."""
        self.send(text)
        await self.sees(text)
        self.send("\r")

    def kill(self, number: signal.Signals) -> None:
        self._child.kill(number)

    async def ended(self) -> int:
        """Read to the end; gives the exit code, or minus the signal's number."""
        await self.until(lambda: bool(self._child.flag_eof))
        await asyncio.to_thread(self._child.wait)
        code = self._child.exitstatus
        return -self._child.signalstatus if code is None else code

    async def leave(self) -> int:
        """Press F10, and answer that it is meant when something is open."""
        self.send(F10)
        last = ("Leave at once, as it is", "Leave the console")  # what is painted in part has fewer answers
        await self.until(lambda: any(words in self.text for words in last) or bool(self._child.flag_eof))
        if not self._child.flag_eof:
            self.send("3\r" if "End of shift" in self.text else "2\r")
        return await self.ended()

    async def close(self) -> None:
        """End it, however it is."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        self._child.close(force=True)

    async def _keep_reading(self) -> None:
        while not self._child.flag_eof:
            self._take(await asyncio.shield(asyncio.to_thread(self._read)))
            self._news.set()

    def _read(self) -> bytes:
        try:
            return bytes(self._child.read_nonblocking(65_536, timeout=0.2))
        except (pexpect.TIMEOUT, pexpect.EOF):
            return b""

    def _take(self, new: bytes) -> None:
        self.raw += new
        self._stream.feed(NOT_PYTES.sub(b"", new))


@asynccontextmanager
async def terminal(*arguments: str, **environment: str) -> AsyncIterator[Terminal]:
    it = Terminal(*arguments, **environment)
    try:
        yield it
    finally:
        await it.close()
