"""Between trainee and trainer: a folder that both can reach, chosen by them. What a trainee hands in is a copy that
whoever can read the folder can read; what he does not hand in stays his. The exercise that is set stands there too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from officer_console.errors import UserError, reason
from officer_console.locale import _
from officer_console.vault.files import read_file, replace_file

from .attempts import SUFFIX, Attempt, dump, load

EXERCISE: Final = "exercise.json"
_unfit = re.compile(r"[^a-z0-9-]+").sub


class Exercise(msgspec.Struct, frozen=True):
    """What the trainer wishes to be practised: sessions by their ids, and his words."""

    sessions: list[str]
    text: str = ""


def hand_in(attempt: Attempt, folder: Path, name: str) -> Path:
    """Put a copy of an attempt into the folder, under the trainee's name. Raises UserError, VaultError."""
    _require(folder)
    named = msgspec.structs.replace(attempt, head=msgspec.structs.replace(attempt.head, by=name))
    stem = _unfit("-", name.casefold()).strip("-") or "trainee"
    file = folder / f"{stem}-{attempt.head.at}-{attempt.head.session}{SUFFIX}"
    replace_file(file, dump(named))
    return file


def handed_in(folder: Path) -> tuple[list[Attempt], list[str]]:
    """The attempts of a folder, the oldest first, and the names of files that are none. Raises UserError."""
    _require(folder)
    found: list[Attempt] = []
    wrong: list[str] = []
    for file in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            found.append(load(read_file(file) or b""))
        except UserError:
            wrong.append(file.name)
    return sorted(found, key=lambda attempt: (attempt.head.at, attempt.head.by)), wrong


def set_exercise(folder: Path, exercise: Exercise) -> Path:
    """Raises UserError, VaultError."""
    _require(folder)
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


def _require(folder: Path) -> None:
    try:
        if not folder.is_dir():
            raise UserError(_("there is no folder {folder}").format(folder=folder))
    except OSError as error:
        raise UserError(_("{file} can't be read: {reason}").format(file=folder, reason=reason(error))) from error


def newest(attempts: Sequence[Attempt], session: str = "") -> Attempt:
    """The trainee's last attempt, of one session or of any. Raises UserError."""
    found = [attempt for attempt in attempts if session in ("", attempt.head.session)]
    if not found:
        raise UserError(_("you have no attempt to hand in"))
    return found[-1]
