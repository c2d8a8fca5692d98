"""`officer-console practice record NAME`: the visitor's terminal, and with --answer the colleague's console."""

from __future__ import annotations

import argparse
import os
import select
import sys
import time
from typing import Final, TextIO

from officer_console.config import Config
from officer_console.console.hardening import harden
from officer_console.console.main import need_terminal, setup_of
from officer_console.console.pace import hurry
from officer_console.errors import UserError
from officer_console.locale import _, language
from officer_console.model.text import one_line
from officer_console.practice import library
from officer_console.practice.desk.clock import Clock
from officer_console.practice.desk.desk import PracticeDesk
from officer_console.practice.format import Claimed, Closed, PatrolRequested, Recorded, Released, Replied
from officer_console.practice.recording import OFFICER, VISITOR, Booth, save, visitor_line
from officer_console.practice.run import practice_dir

LOOK_S: Final = 0.25
QUIT: Final = "/quit"


def run(args: argparse.Namespace, config: Config) -> int:
    """Raises UserError, SessionError, VaultError."""
    harden()
    if not args.name.replace("-", "").isalnum() or args.name != args.name.lower() or not args.name.isascii():
        raise UserError(_("a session's name is made of a–z, 0–9 and “-”, not {name}").format(name=args.name[:60]))
    booth = Booth(practice_dir() / "recording" / args.name, _now)
    return _answer(booth, config) if args.answer else _play(booth, args, Typed(sys.stdin.fileno()), sys.stdout)


def _now() -> int:
    return time.time_ns() // 1_000_000


def _answer(booth: Booth, config: Config) -> int:
    """The colleague's console."""
    need_terminal()
    hurry()
    from officer_console.console.practice.marks import MarkedApp
    from officer_console.practice.desk.live import Live

    desk = PracticeDesk(Clock(time.monotonic, booth.began()))
    Live(desk, booth, language())
    app = MarkedApp(setup_of(desk, config))
    code = app.run()
    if app.failure:
        raise app.failure
    return code or 0


# ---- the visitor's terminal ------------------------------------------------------------------------------------------


def _play(booth: Booth, args: argparse.Namespace, lines: Typed, out: TextIO) -> int:
    """Until "/save" or "/quit", or the end of what is typed, which gives up."""
    booth.begin()
    told = _("PRACTICE: you write as the visitor. In another terminal: officer-console practice record {name} --answer")
    print(told.format(name=args.name), file=out)
    print(_("/leave [goodbye|exit|closed|lost] · /back · /room STATE [UNIT] · /save · /quit"), file=out, flush=True)
    number = 0
    while True:
        _tell(booth, out)
        typed = lines.line()
        if typed is None:
            continue
        if typed == QUIT:
            return 0
        if typed == "/save":
            return _save(booth, args, out)
        line = visitor_line(typed, booth.at(), number + 1)
        if line is None:
            print(_("There is no such command."), file=out, flush=True)
        else:
            number += 1
            booth.write(VISITOR, line)


class Typed:
    """Lines as they are typed, without waiting for the next one for long."""

    def __init__(self, handle: int) -> None:
        self._handle, self._begun, self._over = handle, b"", False

    def line(self) -> str | None:
        """A line without its end; "/quit" at the end of all; None when nothing came, or only an empty line."""
        if b"\n" not in self._begun and not self._over:
            ready, _writes, _errors = select.select([self._handle], [], [], LOOK_S)
            new = os.read(self._handle, 65_536) if ready else None
            self._begun += new or b""
            self._over = new == b""
        line, newline, rest = self._begun.partition(b"\n")
        if not newline:
            return QUIT if self._over else None
        self._begun = rest
        return line.decode(errors="replace").strip() or None


def _tell(booth: Booth, out: TextIO) -> None:
    for line in booth.news(OFFICER):
        if words := _words(line):
            print(words, file=out, flush=True)


def _words(line: Recorded) -> str:
    match line:
        case Claimed():
            return _("— an officer is there —")
        case Released():
            return _("— the officer has put you back into the queue —")
        case Closed():
            return _("— the officer has closed the conversation —")
        case Replied(text=text):
            return f"│ {one_line(text, 2000)}"
        case PatrolRequested():
            return _("— a patrol was asked for: /room accepted, /room on_the_way UNIT, /room on_scene … —")
    return ""


def _save(booth: Booth, args: argparse.Namespace, out: TextIO) -> int:
    file = save(args.name, language(), booth.everything(), library.own_dir(args.config))
    told = _("Saved: {file}. Write what stands as “…”, then: officer-console practice check {file}")
    print(told.format(file=file), file=out)
    return 0
