"""Recording a session that two colleagues play: one writes as the visitor, the other answers on a practice desk.

They meet in a folder of this user, one file each, appended to line by line in the format of sessions. No network: both
are at the same machine. What was played becomes a session of the station's own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Literal

import msgspec

from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.model.patrol import load_request
from officer_console.paths import private_dir
from officer_console.vault.files import replace_file

from .composing import Frame, session_bytes
from .format import (
    Claimed,
    Closed,
    Confirmed,
    Left,
    Line,
    Noted,
    PatrolCancelled,
    PatrolRequested,
    PatrolTold,
    Recorded,
    Referred,
    Released,
    Replied,
    Returned,
    Said,
    read_line,
    write_line,
)
from .moments import Cancels, Confirms, Did, Gives, Notes, Replies, Sends, Stands
from .reading import parse

VISITOR: Final = "visitor.jsonl"
OFFICER: Final = "officer.jsonl"
BEGAN: Final = "began"


class Booth:
    """The folder in which the two meet. `now()` in ms since 1970."""

    def __init__(self, folder: Path, now: Callable[[], int]) -> None:
        self._folder, self._now = private_dir(folder), now
        self._read: dict[str, int] = {}

    def begin(self) -> None:
        """The visitor's side begins a recording: what was there is gone."""
        for name in (VISITOR, OFFICER):
            (self._folder / name).unlink(missing_ok=True)
        replace_file(self._folder / BEGAN, str(self._now()).encode())

    def began(self) -> int:
        """When it began, ms since 1970. Raises UserError when none is being recorded."""
        try:
            return int((self._folder / BEGAN).read_text("ascii"))
        except (OSError, ValueError) as error:
            told = _("nothing is being recorded under this name; begin with “officer-console practice record NAME”")
            raise UserError(told) from error

    def at(self) -> int:
        """Ms since it began."""
        return max(self._now() - self.began(), 0)

    def write(self, name: str, line: Line) -> None:
        """Append a line to one side's file."""
        handle = os.open(self._folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with open(handle, "ab") as file:
            file.write(write_line(line) + b"\n")

    def news(self, name: str) -> Iterator[Recorded]:
        """Lines of one side's file that were not read yet."""
        try:
            with (self._folder / name).open("rb") as file:
                file.seek(self._read.get(name, 0))
                data = file.read()
        except FileNotFoundError:
            return
        whole, _newline, _rest = data.rpartition(b"\n")
        self._read[name] = self._read.get(name, 0) + len(whole) + bool(whole)
        for line in filter(None, whole.split(b"\n")):
            found = read_line(line)
            if isinstance(found, Recorded):
                yield found

    def everything(self) -> list[Recorded]:
        """All that was played, in order."""
        self._read.clear()
        found = [*self.news(VISITOR), *self.news(OFFICER)]
        return sorted(found, key=lambda line: line.at)


def line_of(did: Did, at: int, number: int) -> Recorded | None:
    """What the officer did as a line of a record."""
    match did:
        case Replies(text=text):
            return Replied(at=at, id=f"o{number}", text=text)
        case Stands(state="claimed"):
            return Claimed(at=at)
        case Stands(state="released"):
            return Released(at=at)
        case Stands(outcome=outcome):
            return Closed(at=at, outcome=outcome)
    return _line_of_others(did, at)


def _line_of_others(did: Did, at: int) -> Recorded | None:
    match did:
        case Sends(request=request):
            return PatrolRequested(at=at, request=load_request(request))
        case Cancels(reason=reason):
            return PatrolCancelled(at=at, reason=reason)
        case Gives(referral=referral):
            return Referred(at=at, referral=referral)
        case Confirms(signal=signal, message=message):
            return Confirmed(at=at, signal=signal, message=message)
        case Notes(text=text):
            return Noted(at=at, text=text)
    return None


def visitor_line(text: str, at: int, number: int) -> Recorded | None:
    """What the player of the visitor typed: a message, or a command that begins with "/". None: no such command."""
    if not text.startswith("/"):
        return Said(at=at, id=f"v{number}", text=text)
    word, _space, rest = text.partition(" ")
    try:
        if word == "/leave":
            return msgspec.convert({"line": "left", "at": at, "how": rest or "closed"}, Left)
        if word == "/room":
            state, _space, unit = rest.partition(" ")
            told = {"line": "patrol_status", "at": at, "state": state, "unit": unit}
            return msgspec.convert(told, PatrolTold)
    except msgspec.ValidationError:
        return None
    return Returned(at=at) if word == "/back" else None


def save(name: str, language: str, played: list[Recorded], folder: Path) -> Path:
    """Put what was played into the station's own sessions. Raises SessionError, UserError, VaultError."""
    if not any(isinstance(line, Said) for line in played):
        raise UserError(_("nothing was written: there is nothing to save"))
    spoken: Literal["fr", "en"] = "fr" if language == "fr" else "en"
    data = session_bytes(Frame(name=name, language=spoken, title=name, origin="played"), played)
    parse(data, name)
    file = folder / f"{name}.jsonl"
    if file.exists():
        raise UserError(_("there is a session {name} already").format(name=name))
    replace_file(file, data)
    return file
