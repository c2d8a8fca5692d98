"""The imported places in one SQLite file: written once as a whole, then only read.

A search over 60,000 places costs 1 to 5 ms: every word is one token of a full-text index, what a place is and where
(kind, department, postcode) are tokens too, and typos are looked up in a table made at import (fold.cuts). Asking for
the nearest of a kind costs 1 to 4 ms. The file is about 600 bytes a place.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import msgspec

from officer_console.errors import UserError, reason
from officer_console.locale import _

from . import fold, vocabulary
from .dila import Commune, Taken
from .places import Kind, Place, Point, Source

VERSION: Final = 1
"""Of the tables; a file of another version is not opened, and is made anew by importing again."""
COLUMNS: Final = Place.__struct_fields__
FOUND_AT_MOST: Final = 60
"""Places fetched for one search before they are ranked."""
WINDOWS_DEGREES: Final = (0.25, 1.0, 3.0)
"""Half heights of the bands in which the nearest is looked for, one after the other; then everywhere."""

_SCHEMA: Final = f"""
CREATE TABLE source (body BLOB NOT NULL);
CREATE TABLE places (
    number INTEGER PRIMARY KEY, {", ".join(COLUMNS)}
);
CREATE TABLE competence (insee TEXT, kind TEXT, place INTEGER, PRIMARY KEY (insee, kind, place)) WITHOUT ROWID;
CREATE TABLE communes (postcode TEXT, insee TEXT, town TEXT, lat REAL, lon REAL, PRIMARY KEY (postcode, insee))
    WITHOUT ROWID;
CREATE TABLE near (cut TEXT, word TEXT, PRIMARY KEY (cut, word)) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5 (text, content='', detail=none, tokenize='unicode61 remove_diacritics 0',
    prefix='2 3');
CREATE VIRTUAL TABLE terms USING fts5vocab (words, row);
"""
_INDEXES: Final = """
CREATE INDEX by_place ON places (kind, lat);
CREATE INDEX by_department ON places (department, kind);
INSERT INTO words (words) VALUES ('optimize');
"""


def tokens_of(place: Place) -> list[str]:
    """The tokens by which a place is found: the words of its name, town and address, and those of its kind."""
    said = fold.words(f"{place.name} {place.town} {place.address}")
    kinds = (word for group in vocabulary.PLACES for word in vocabulary.words_of(group, place.kind))
    return [*said, *kinds, kind_token(place.kind), *area_tokens(place)]


def kind_token(kind: Kind) -> str:
    """Stands for a kind; longer than any word that people type."""
    return f"zzkind{kind}"


def area_tokens(place: Place) -> list[str]:
    """Stand for its department and postcode."""
    return [f"zzdept{place.department.lower()}", place.postcode]


class Writing:
    """Makes a new file beside the old one; the new one takes its place when the block ends well, and only then."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._new = file.with_name(f".{file.name}.{os.getpid()}.new")
        self._db = _connect(self._new)
        self._number = 0
        self._words: set[str] = set()

    def __enter__(self) -> Self:
        self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
        self._db.execute("BEGIN")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with contextlib.closing(self._db):
            if kind is None:
                self._finish()
        if kind is None:
            _replace(self._new, self._file)
        else:
            self._new.unlink(missing_ok=True)

    def add(self, taken: Taken) -> None:
        """One place and its communes."""
        self._number += 1
        place = taken.place
        marks = ", ".join("?" * (len(COLUMNS) + 1))
        self._db.execute(f"INSERT INTO places VALUES ({marks})", (self._number, *msgspec.structs.astuple(place)))
        tokens = tokens_of(place)
        self._words.update(word for word in tokens if len(word) >= fold.LEAST_FOR_TYPO and word.isalpha())
        self._db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (self._number, " ".join(tokens)))
        rows = ((insee, place.kind, self._number) for insee in taken.communes)
        self._db.executemany("INSERT OR IGNORE INTO competence VALUES (?, ?, ?)", rows)

    def add_communes(self, communes: Iterable[Commune]) -> None:
        """Which commune has which postcode; the first that is told with a point stays."""
        rows = sorted((msgspec.structs.astuple(each) for each in communes), key=lambda row: row[3] is None)
        self._db.executemany("INSERT OR IGNORE INTO communes VALUES (?, ?, ?, ?, ?)", rows)

    def source(self, source: Source) -> None:
        """Where it all comes from."""
        self._db.execute("INSERT INTO source VALUES (?)", (msgspec.json.encode(source),))

    def _finish(self) -> None:
        rows = ((cut, word) for word in sorted(self._words) for cut in fold.cuts(word))
        self._db.executemany("INSERT OR IGNORE INTO near VALUES (?, ?)", rows)
        for statement in filter(None, map(str.strip, _INDEXES.split(";"))):
            self._db.execute(statement)
        self._db.execute(f"PRAGMA user_version={VERSION}")
        self._db.execute("COMMIT")


class PlaceStore:
    """The places for reading. One thread at a time."""

    def __init__(self, db: sqlite3.Connection, source: Source) -> None:
        self._db = db
        self.source = source
        self.damaged = False

    @classmethod
    def open(cls, file: Path) -> PlaceStore | None:
        """The places of a file, or None when there is none. Raises UserError when it can't be read or is damaged.

        Looks at each page once (40 ms for 60,000 places), so that damage is told here and not met as "no places".
        """
        if not file.exists():
            return None
        try:
            db = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
            (version,) = db.execute("PRAGMA user_version").fetchone()
            (body,) = db.execute("SELECT body FROM source").fetchone() if version == VERSION else (b"",)
            source = msgspec.json.decode(body, type=Source)
            (sound,) = db.execute("PRAGMA quick_check(1)").fetchone()
            if sound != "ok":
                raise ValueError(sound)
        except (sqlite3.Error, msgspec.MsgspecError, TypeError, ValueError) as error:
            problem = _("the imported places in {file} can't be read; import them again")
            raise UserError(problem.format(file=file)) from error
        return cls(db, source)

    def close(self) -> None:
        """No more questions."""
        self._db.close()

    def __len__(self) -> int:
        return self.source.places

    def words_near(self, typed: str) -> list[str]:
        """Words of places that are `typed`, one typo forgiven."""
        cuts = sorted(fold.neighbours(typed))
        marks = ", ".join("?" * len(cuts))
        rows = self._rows(f"SELECT DISTINCT word FROM near WHERE cut IN ({marks})", cuts)
        return [word for (word,) in rows if fold.one_typo(word, typed)]

    def has_word(self, typed: str, *, prefix: bool) -> bool:
        """Whether a place has this word, or one that begins so."""
        rows = self._rows("SELECT term FROM terms WHERE term >= ? LIMIT 1", (typed,))
        return any(term == typed or (prefix and term.startswith(typed)) for (term,) in rows)

    def matching(self, query: str, most: int = FOUND_AT_MOST) -> list[Place]:
        """The places that an FTS5 query of our own making finds, in no order."""
        found = self._rows("SELECT rowid FROM words WHERE words MATCH ? LIMIT ?", (query, most))
        return self._places([number for (number,) in found])

    def communes(self, postcode: str) -> list[Commune]:
        """The communes of a postcode."""
        return [Commune(*row) for row in self._rows("SELECT * FROM communes WHERE postcode = ?", (postcode,))]

    def competent(self, insees: Sequence[str], kind: Kind) -> list[Place]:
        """The places of a kind that are competent for these communes; for most of them first."""
        marks = ", ".join("?" * len(insees))
        rows = self._rows(
            f"SELECT place, count(*) FROM competence WHERE insee IN ({marks}) AND kind = ?"
            " GROUP BY place ORDER BY count(*) DESC, place",
            (*insees, kind),
        )
        return self._places([number for number, _count in rows])

    def around(self, kind: Kind, point: Point, most: int) -> list[Place]:
        """The places of a kind nearest to a point, nearest first."""
        for half in (*WINDOWS_DEGREES, 180.0):
            near = self._band(kind, point, half)
            surely = [place for place, km in near if km <= half * 100]
            if len(surely) >= most or half > max(WINDOWS_DEGREES):
                return [place for place, _km in near[:most]]
        return []

    def _band(self, kind: Kind, point: Point, half: float) -> list[tuple[Place, float]]:
        rows = self._rows(
            f"SELECT {', '.join(COLUMNS)} FROM places WHERE kind = ? AND lat BETWEEN ? AND ? AND lon BETWEEN ? AND ?",
            (kind, point.lat - half, point.lat + half, point.lon - 2 * half, point.lon + 2 * half),
        )
        near = [(place, point.km_to(Point(place.lat, place.lon))) for place in map(_place, rows)]  # type: ignore[arg-type]
        return sorted(near, key=lambda pair: pair[1])

    def in_department(self, kind: Kind, department: str, most: int) -> list[Place]:
        """Places of a kind in a department, by name."""
        rows = self._rows(
            f"SELECT {', '.join(COLUMNS)} FROM places WHERE kind = ? AND department = ? ORDER BY name LIMIT ?",
            (kind, department, most),
        )
        return list(map(_place, rows))

    def middle_of(self, postcode: str, department: str) -> Point | None:
        """The mean of the points that are known in a postcode, else in a department."""
        for question, value in (
            ("SELECT avg(lat), avg(lon) FROM communes WHERE postcode = ?", postcode),
            ("SELECT avg(lat), avg(lon) FROM places WHERE postcode = ?", postcode),
            ("SELECT avg(lat), avg(lon) FROM places WHERE department = ?", department),
        ):
            for lat, lon in self._rows(question, (value,)):
                if lat is not None and lon is not None:
                    return Point(lat, lon)
        return None

    def _places(self, numbers: Sequence[int]) -> list[Place]:
        marks = ", ".join("?" * len(numbers))
        select = f"SELECT number, {', '.join(COLUMNS)} FROM places WHERE number IN ({marks})"
        found = {row[0]: _place(row[1:]) for row in self._rows(select, tuple(numbers))}
        return [found[number] for number in numbers if number in found]

    def _rows(self, question: str, values: Sequence[object] = ()) -> list[Any]:
        """The answer; none, from then on, from a file damaged since it was opened: all that is not a place works."""
        if self.damaged:
            return []
        try:
            return self._db.execute(question, values).fetchall()
        except sqlite3.Error:
            self.damaged = True
            return []


def _place(row: Sequence[object]) -> Place:
    return Place(**dict(zip(COLUMNS, row, strict=True)))  # type: ignore[arg-type]


def _connect(file: Path) -> sqlite3.Connection:
    try:
        file.unlink(missing_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        return sqlite3.connect(file, isolation_level=None)
    except OSError as error:
        raise UserError(_("{file} can't be written: {reason}").format(file=file, reason=reason(error))) from error


def _replace(new: Path, file: Path) -> None:
    with new.open("rb") as written:
        os.fsync(written.fileno())
    new.replace(file)
