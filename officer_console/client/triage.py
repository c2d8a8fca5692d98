"""`officer-console triage FILE.jsonl`: what the lexicons find in conversations, so that a station can test them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from officer_console.config import Config
from officer_console.errors import UserError, reason
from officer_console.locale import _
from officer_console.model.text import one_line
from officer_console.model.triage import Result, Triage

from .lexicons import load

STDIN: Final = "-"


class Asked(msgspec.Struct, frozen=True):
    """One line of input; `lang` left out means that it is not known."""

    id: str
    messages: list[str]
    lang: str = ""


def run(args: argparse.Namespace, config: Config) -> int:
    """One JSON line for each line of the file; 1 when a line or a lexicon has a problem, which stderr tells.

    Raises UserError when the file can't be read.
    """
    loaded = load(args.config.absolute().parent if args.config else None)
    for problem in loaded.problems:
        print(problem, file=sys.stderr)
    sound = _answer(_lines(args.file), Triage(loaded.lexicons))
    return 0 if sound and not loaded.problems else 1


def _lines(file: str) -> list[bytes]:
    try:
        return (sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()).splitlines()
    except OSError as error:
        raise UserError(_("{file} can't be read: {reason}").format(file=file, reason=reason(error))) from error


def _answer(lines: Iterable[bytes], triage: Triage) -> bool:
    """Prints what every line gives; whether all could be read."""
    sound = True
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            asked = msgspec.json.decode(line, type=Asked)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            sound = False
            told = _("line {n}: {problem}").format(n=number, problem=one_line(str(error), 200))
            print(told, file=sys.stderr)
            continue
        print(as_json(asked.id, triage.of(asked.messages, asked.lang)))
    return sound


def as_json(id: str, result: Result) -> str:
    """A result as the line that is printed."""
    because = [{"signal": one.signal, "words": one.words, "message": one.message} for one in result.because]
    told = {"id": id, "signals": result.signals, "urgency": result.urgency, "because": because}
    return msgspec.json.encode(told).decode()
