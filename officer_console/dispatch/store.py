"""What the dispatch side must not forget, in one SQLite file: all words sealed, on disk when a change ends.

`secure_delete=ON` overwrites what is deleted; `shred` takes it out of the write-ahead log too.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.paths import hold
from officer_console.vault.errors import CannotOpen
from officer_console.vault.local import LocalSeal

SCHEMA: Final = 1
_PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "temp_store=MEMORY",
    "busy_timeout=2000",
)
_TABLES: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE conversations (cid TEXT PRIMARY KEY, erased INTEGER NOT NULL, cases BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE asked (seq INTEGER PRIMARY KEY, cid TEXT NOT NULL, id TEXT NOT NULL UNIQUE, case_id TEXT NOT NULL,
    handed INTEGER NOT NULL, words BLOB);
CREATE INDEX asked_case ON asked (case_id);
CREATE INDEX asked_new ON asked (seq) WHERE NOT handed;
CREATE TABLE told (case_id TEXT PRIMARY KEY, words BLOB) WITHOUT ROWID;
CREATE TABLE deliveries (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, case_id TEXT NOT NULL, state TEXT NOT NULL,
    plan BLOB NOT NULL, message BLOB);
CREATE INDEX deliveries_state ON deliveries (state);
CREATE TABLE tells (n INTEGER PRIMARY KEY AUTOINCREMENT, cid TEXT NOT NULL, id TEXT NOT NULL UNIQUE, words BLOB);
CREATE INDEX tells_open ON tells (n) WHERE words IS NOT NULL;
CREATE TABLE callbacks (id TEXT PRIMARY KEY, cid TEXT NOT NULL, seq INTEGER NOT NULL, words BLOB NOT NULL)
    WITHOUT ROWID;
CREATE TABLE seen (id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
"""
_MEANS: Final = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_READONLY: errno.EROFS,
    sqlite3.SQLITE_CANTOPEN: errno.ENOENT,
}
"""SQLite's failures as the system's; all others are EIO."""


class Store:
    """The file of one member of the dispatch role, for one process at a time. All methods raise OSError when the disk
    takes nothing; then nothing has changed.

    `owner` names whose data these are. Raises UserError when another process has the folder, or the file is another
    member's, damaged, or of a newer version.
    """

    def __init__(self, folder: Path, seal: LocalSeal, owner: str) -> None:
        self._seal = seal
        self._depth = 0
        self._then: list[Callable[[], None]] = []
        taken = _("Another dispatch side is using {folder}. Stop it first.").format(folder=folder)
        self._held = hold(folder / "lock", taken)
        try:
            self.db = _open(folder, owner)
        except BaseException:
            os.close(self._held)
            raise

    @contextlib.contextmanager
    def change(self) -> Iterator[None]:
        """All changes in the block, or none; a block inside another one belongs to it."""
        self._depth += 1
        try:
            if self._depth > 1:
                yield
                return
            with _as_os_error(), self.db:
                self.db.execute("BEGIN IMMEDIATE")
                yield
        except BaseException:
            self._then.clear()
            raise
        finally:
            self._depth -= 1
        then, self._then = self._then, []
        for each in then:
            each()

    def afterwards(self, do: Callable[[], None]) -> None:
        """Call this once the change that goes on is on disk; never, when it comes to nothing."""
        assert self._depth, "only inside `change`"
        if do not in self._then:
            self._then.append(do)

    def rows(self, query: str, *values: Any) -> list[Any]:
        with _as_os_error():
            return self.db.execute(query, values).fetchall()

    def row(self, query: str, *values: Any) -> Any:
        """The first row, or None."""
        with _as_os_error():
            return self.db.execute(query, values).fetchone()

    def write(self, query: str, *values: Any) -> int:
        """Change something inside `change`; gives how many rows."""
        assert self._depth, "only inside `change`"
        with _as_os_error():
            return self.db.execute(query, values).rowcount

    def seal(self, kind: str, data: bytes) -> bytes:
        return self._seal.seal(kind, data)

    def open(self, kind: str, sealed: bytes) -> bytes:
        """Raises OSError when it was altered: what is missing here must not look as if it had never been."""
        try:
            return self._seal.open(kind, sealed)
        except CannotOpen:
            raise OSError(errno.EIO, os.strerror(errno.EIO)) from None

    @property
    def cursor(self) -> int:
        """The last event of the log that is done with."""
        row = self.row("SELECT value FROM meta WHERE name = 'cursor'")
        return int(row[0]) if row else 0

    def move(self, seq: int) -> None:
        """Put the cursor forward, inside `change`."""
        if seq > self.cursor:
            self.write("INSERT OR REPLACE INTO meta VALUES ('cursor', ?)", seq)

    def shred(self) -> None:
        """Overwrite in the file itself what was deleted; deleting alone leaves it in SQLite's journal."""
        self.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file and let another process have it."""
        self.db.close()
        os.close(self._held)


def _open(folder: Path, owner: str) -> sqlite3.Connection:
    path = folder / "dispatch.sqlite"
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # or SQLite chooses the mode
    db = sqlite3.connect(path, isolation_level=None)
    try:
        for pragma in _PRAGMAS:
            db.execute(f"PRAGMA {pragma}")
        _prepare(db, folder, owner)
    except sqlite3.Error as error:
        db.close()
        text = _("The dispatch data in {folder} can't be opened ({reason}). Is the disk full or read-only?")
        raise UserError(text.format(folder=folder, reason=error)) from None
    except BaseException:
        db.close()
        raise
    return db


def _prepare(db: sqlite3.Connection, folder: Path, owner: str) -> None:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA:
        text = _("The dispatch data in {folder} were written by a newer version; install that version.")
        raise UserError(text.format(folder=folder))
    if version == 0:
        db.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version={SCHEMA}; COMMIT;")
    db.execute("INSERT OR IGNORE INTO meta VALUES ('owner', ?)", [owner])
    if db.execute("SELECT value FROM meta WHERE name = 'owner'").fetchone() != (owner,):
        text = _("The dispatch data in {folder} belong to another member or desk; choose another dispatch.data_dir.")
        raise UserError(text.format(folder=folder))


@contextlib.contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        number = _MEANS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, errno.EIO)
        raise OSError(number, os.strerror(number)) from error
