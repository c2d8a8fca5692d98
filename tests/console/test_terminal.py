"""The console in a real terminal: what reaches it, how it is left behind, and what a crash shows."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pexpect
import pyte
import pytest

from tests.console.run_fake import SECRET

COLUMNS, LINES = 120, 30
PATIENCE_S = 30

ENTER_SCREEN, LEAVE_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"
OURS = re.compile(rb"\x1b\[[0-9;:?<>=]*[a-zA-Z]|\x1b[78=>PN]|\x1b\[<?[0-9]*u")
"""Textual's own sequences; text between them must have no control character."""


class Terminal:
    """A program in a pty, all its bytes, and the screen they make."""

    def __init__(self, what: str, **environment: str) -> None:
        env = {**os.environ, "TERM": "xterm-256color", **environment}
        self._child = pexpect.spawn(
            sys.executable, ["-m", "tests.console.run_fake", what], env=env, dimensions=(LINES, COLUMNS)
        )
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)
        self.raw = b""

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)

    def until(self, ready: Callable[[], bool]) -> None:
        """Read until `ready`; fails with the screen when it never comes."""
        end = time.monotonic() + PATIENCE_S
        while not ready():
            assert time.monotonic() < end, self.text
            self._read()

    def sees(self, words: str) -> None:
        self.until(lambda: words in self.text)

    def send(self, keys: str) -> None:
        self._child.send(keys)

    def kill(self, number: signal.Signals) -> None:
        self._child.kill(number)

    def hang_up(self) -> int:
        """The terminal is gone, as when a connection breaks or its window is closed; gives the exit code."""
        self._child.ptyproc.fileobj.close()
        end = time.monotonic() + PATIENCE_S
        while self._child.isalive():
            assert time.monotonic() < end, "it goes on without a terminal"
        return int(self._child.exitstatus)

    def ended(self) -> int | None:
        """Read to the end; gives the exit code."""
        self.until(lambda: self._child.flag_eof)
        self._child.wait()
        return self._child.exitstatus

    def close(self) -> None:
        self._child.close(force=True)

    def _read(self) -> None:
        try:
            new = self._child.read_nonblocking(65_536, timeout=0.2)
        except pexpect.TIMEOUT:
            return
        except pexpect.EOF:
            return
        self.raw += new
        self._stream.feed(OUR_MODES.sub(b"", new))


OUR_MODES = re.compile(rb"\x1b\[[<>=][0-9;]*[a-z]")
"""Keyboard protocol requests, which pyte does not know."""


@contextmanager
def terminal(what: str, **environment: str) -> Iterator[Terminal]:
    it = Terminal(what, **environment)
    try:
        yield it
    finally:
        it.close()


F2, F10 = "\x1bOQ", "\x1b[21~"


def test_it_starts_works_and_leaves_the_terminal_as_it_was() -> None:
    with terminal("plain") as it:
        it.sees("1 waiting")
        it.send(F2)
        it.sees("WRITING HERE")
        it.send("I am here")
        it.sees("I am here")
        it.send("\r")
        it.sees("│ I am here")
        it.send(F10)
        it.sees("Leave?")
        it.send("3\r")
        assert it.ended() == 0
        assert it.raw.rindex(LEAVE_SCREEN) > it.raw.index(ENTER_SCREEN)
        assert it.raw.rindex(b"\x1b[?25h") > it.raw.index(b"\x1b[?25l")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_in_order(number: signal.Signals) -> None:
    with terminal("plain") as it:
        it.sees("1 waiting")
        it.kill(number)
        assert it.ended() == 0
        assert LEAVE_SCREEN in it.raw


def test_without_its_terminal_it_ends_in_order() -> None:
    """However much it has to paint until it has: what nobody takes any more must not stop it."""
    with terminal("busy") as it:
        it.sees("1 waiting")
        assert it.hang_up() == 0


def test_hostile_text_is_shown_and_never_obeyed() -> None:
    with terminal("hostile") as it:
        it.sees("1 waiting")
        it.send(F2)
        it.sees("GOOD ␛]0;owned")
        it.until(lambda: it.text.count("WORDS") >= 2)
        it.send("more")
        it.sees("WORDSmore")
        for key, words in (("\x1b[19~", "Close this conversation?"), ("\x0e", "NOTE for colleagues")):
            it.send(key)
            it.sees(words)
            it.send("\x1b")
            it.until(lambda words=words: words not in it.text)  # type: ignore[misc]
        it.send(F10)
        it.sees("Leave?")
        it.send("3\r")
        assert it.ended() == 0
    for bad in ("\x1b]0;", "\x1b]52", "\x1b[2J\x1b[31m", "\x9b", "\x90", "\x9c", "\u202e", "\u2066", "\x07"):
        assert bad.encode() not in it.raw
    assert not re.search(rb"[\x00-\x06\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]", OURS.sub(b"", it.raw))


def test_lines_pasted_into_a_terminal_that_does_not_mark_them_are_not_sent() -> None:
    pasted = "".join(f"line {n} of a text that was copied somewhere else\r" for n in range(20))
    with terminal("plain") as it:
        it.sees("1 waiting")
        it.send(F2)
        it.sees("WRITING HERE")
        it.send(pasted)
        it.sees("Not sent: it came in one rush")
        it.sees("line 19 of a text")
        assert "not yet stored" not in it.text
        assert "│ line" not in it.text
        it.send("\r")
        it.sees("│ line")


def test_a_crash_shows_one_line_and_no_words_of_a_conversation() -> None:
    with terminal("crash") as it:
        it.sees("1 waiting")
        it.send(F2)
        assert it.ended() == 70
        after = it.raw[it.raw.rindex(LEAVE_SCREEN) :].decode()
        assert "something went wrong inside the program (RuntimeError)" in after
        assert SECRET not in it.raw.decode()
        assert "Traceback" not in after


def test_no_colour_means_no_colour() -> None:
    with terminal("plain", NO_COLOR="1") as it:
        it.sees("1 waiting")
        it.send(F2)
        it.until(lambda: b"7" in _styles(it.raw))  # the text cursor is reversed
        assert _styles(it.raw) <= {b"", b"0", b"1", b"2", b"3", b"4", b"7", b"39", b"49"}


def _styles(raw: bytes) -> set[bytes]:
    return {code for style in re.findall(rb"\x1b\[([0-9;]*)m", raw) for code in style.split(b";")}
