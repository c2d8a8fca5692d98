"""What the trainer's screens are about: the folder, its attempts, the exercise, the sessions, and notes begun."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from officer_console.errors import UserError
from officer_console.locale import language
from officer_console.practice import library
from officer_console.practice.folder import Folder, Handed, Looked
from officer_console.practice.format import Remarked
from officer_console.practice.handing import EXERCISE, Exercise, exercise_of
from officer_console.practice.review import Review
from officer_console.practice.session import Session

from .roll import Roll


class Seen(NamedTuple):
    """One look at the folder; `trouble`: why the exercise can't be read, or ""."""

    looked: Looked
    exercise: Exercise | None
    trouble: str


class Classroom:
    """`config`: where config.toml is, beside which the station's own sessions lie; None: where it usually is."""

    def __init__(self, folder: Path, config: Path | None = None, words: str = "") -> None:
        self.path, self.config = folder, config
        self.roll = Roll(words)
        self.exercise: Exercise | None = None
        self.trouble = ""
        self.name = ""
        """The trainer's, as he wrote it under his last note."""
        self.drafts: dict[tuple[str, int], str] = {}
        """Notes begun and not kept: session and moment -> words."""
        self.sessions = {session.id: session for session in library.installed(config)}
        self._folder = Folder(folder)

    @property
    def own(self) -> Path:
        """The folder of the station's own sessions."""
        return library.own_dir(self.config)

    @property
    def listed(self) -> list[Session]:
        """The sessions, those of the language spoken here first."""
        return sorted(self.sessions.values(), key=lambda one: (one.head.language != language(), one.id))

    def look(self) -> Seen:
        """Look at the folder; for another thread too, one at a time. Raises UserError."""
        looked = self._folder.look()
        try:
            exercise = exercise_of(self.path) if (self.path / EXERCISE).exists() else None
        except UserError as error:
            return Seen(looked, None, str(error))
        return Seen(looked, exercise, "")

    def take(self, seen: Seen) -> list[Review]:
        """This is how it stands. Gives the attempts that have come since the last time."""
        self.exercise, self.trouble = seen.exercise, seen.trouble
        return self.roll.put(list(self._reviews(seen.looked)), seen.looked.broken)

    def source(self, id: str) -> Path:
        """The file of a session. Raises UserError."""
        known = library.files(self.config)
        if id not in known:
            library.find(id, self.config)  # tells which there are
        return known[id]

    def reload(self, id: str) -> Session:
        """Read a session again after its file was changed. Raises UserError, SessionError."""
        self.sessions[id] = library.find(id, self.config)
        return self.sessions[id]

    def notes(self, id: str) -> list[Remarked]:
        """What trainers say in a session."""
        return [line for line in self.sessions[id].record if isinstance(line, Remarked)]

    def _reviews(self, looked: Looked) -> Iterator[Review]:
        known = {one.file: one for one in self.roll.reviews}
        for handed in looked.handed:
            before = known.get(handed.file)
            yield before if before and self._same(before, handed) else self._review(handed)

    def _same(self, before: Review, handed: Handed) -> bool:
        return before.handed is handed and before.session is self.sessions.get(handed.attempt.head.session)

    def _review(self, handed: Handed) -> Review:
        return Review(handed, self.sessions.get(handed.attempt.head.session), language())
