"""Between trainee and trainer: a folder that both can reach, chosen by them. What a trainee hands in is a copy that
whoever can read the folder can read; what he does not hand in stays his. The exercise that is set stands there too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.subcommands import FASTEST, SLOWEST
from officer_console.vault.files import read_file, replace_file

from .attempts import SUFFIX, Attempt, dump
from .folder import Folder, require
from .together import MOST_AT_ONCE

EXERCISE: Final = "exercise.json"
_unfit = re.compile(r"[^a-z0-9-]+").sub


class Exercise(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the trainer wishes to be practised: sessions by their ids, sat in at once, and his words. `seed`: the same
    for everybody, None: another for each; `speed`: how many times faster; `feedback` at once, or at the end only."""

    sessions: list[str]
    text: str = ""
    seed: Annotated[int, Meta(ge=0, le=2**32)] | None = None
    speed: Annotated[float, Meta(ge=SLOWEST, le=FASTEST)] = 1.0
    feedback: Literal["now", "end"] = "now"


def hand_in(attempt: Attempt, folder: Path, name: str) -> Path:
    """Put a copy of an attempt into the folder, under the trainee's name. Raises UserError, VaultError."""
    require(folder)
    named = msgspec.structs.replace(attempt, head=msgspec.structs.replace(attempt.head, by=name))
    stem = _unfit("-", name.casefold()).strip("-") or "trainee"
    file = folder / f"{stem}-{attempt.head.at}-{attempt.head.session}{SUFFIX}"
    replace_file(file, dump(named))
    return file


def handed_in(folder: Path) -> tuple[list[Attempt], list[str]]:
    """The attempts of a folder, the oldest first, and the names of files that are none. Raises UserError."""
    found = Folder(folder).look()
    return [one.attempt for one in found.handed], [one.file for one in found.broken]


def set_exercise(folder: Path, exercise: Exercise) -> Path:
    """Put it into the folder, in the place of the one before. Raises UserError, VaultError."""
    require(folder)
    if not 1 <= len(exercise.sessions) <= MOST_AT_ONCE:
        raise UserError(_("from one to {n} sessions can be practised at once").format(n=MOST_AT_ONCE))
    file = folder / EXERCISE
    replace_file(file, msgspec.json.encode(exercise))
    return file


def exercise_of(folder: Path) -> Exercise:
    """What is set. Raises UserError when nothing is."""
    data = read_file(folder / EXERCISE)
    if data is None:
        raise UserError(_("no exercise is set in {folder}").format(folder=folder))
    try:
        return msgspec.json.decode(data, type=Exercise)
    except msgspec.DecodeError as error:
        raise UserError(_("{file} is damaged: {detail}").format(file=folder / EXERCISE, detail=error)) from error


def newest(attempts: Sequence[Attempt], session: str = "") -> Attempt:
    """The trainee's last attempt, of one session or of any. Raises UserError."""
    found = [attempt for attempt in attempts if session in ("", attempt.head.session)]
    if not found:
        raise UserError(_("you have no attempt to hand in"))
    return found[-1]
