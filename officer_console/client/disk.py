"""What this console keeps until the relay has it, in one SQLite file: sealed rows, on disk when a call returns.

Text that was sent and its draft that is emptied change together: after a crash there is one of the two, never both.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from officer_console.locale import _
from officer_console.paths import hold
from officer_console.vault.errors import CannotOpen
from officer_console.vault.local import LocalSeal

_SETUP: Final = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
PRAGMA secure_delete=ON;
PRAGMA trusted_schema=OFF;
PRAGMA temp_store=MEMORY;
CREATE TABLE IF NOT EXISTS unsent (id INTEGER PRIMARY KEY AUTOINCREMENT, sealed BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS drafts (cid TEXT PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;
"""
_MEANS: Final = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_READONLY: errno.EROFS,
    sqlite3.SQLITE_CANTOPEN: errno.ENOENT,
}
"""SQLite's failures as the system's; all others are EIO."""
_BUSY_S: Final = 2.0
MAX_DRAFT: Final = 65_536
"""Bytes of a draft that are kept: four messages of the longest kind. Of a longer one, which can't be sent as it is,
the beginning is on disk and the whole in memory."""


class Disk:
    """The file of one officer of one desk, for one console at a time.

    Raises UserError when another console has it open, OSError when it can't be opened. All its methods raise OSError
    when the disk takes nothing; then nothing has changed.
    """

    def __init__(self, folder: Path, seal: LocalSeal) -> None:
        self._seal = seal
        self._lock = threading.RLock()  # the drafts are written from a thread
        taken = _("this officer's console is open already on this machine; close the other one first")
        self._held = hold(folder / "lock", taken)
        try:
            with _as_os_error():
                self._db = _open(folder / "unsent.sqlite")
        except BaseException:
            os.close(self._held)
            raise

    @contextlib.contextmanager
    def change(self) -> Iterator[Change]:
        """All changes in the block, or none."""
        with self._lock, _as_os_error(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            yield Change(self._db, self._seal)

    def entries(self) -> list[tuple[int, bytes]]:
        """What is unsent, in order. What does not open any more (altered, other keys) is left out."""
        rows = self._rows("SELECT id, sealed FROM unsent ORDER BY id")
        return [(number, data) for number, data in self._opened(rows, lambda number: "unsent")]

    def drafts(self) -> dict[str, str]:
        """Conversation -> its draft."""
        rows = self._rows("SELECT cid, sealed FROM drafts")
        return {cid: text.decode(errors="ignore") for cid, text in self._opened(rows, _draft_of)}

    def shred(self) -> None:
        """Overwrite in the file itself what was deleted; deleting alone leaves it in SQLite's journal."""
        with self._lock, _as_os_error():
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close the file and let another console have it."""
        with self._lock:
            self._db.close()
            os.close(self._held)

    def _rows(self, query: str) -> list[Any]:
        with self._lock, _as_os_error():
            return self._db.execute(query).fetchall()

    def _opened(self, rows: list[Any], kind: Callable[[Any], str]) -> Iterator[tuple[Any, bytes]]:
        for key, sealed in rows:
            with contextlib.suppress(CannotOpen):
                yield key, self._seal.open(kind(key), sealed)


class Change:
    """What can be changed together."""

    def __init__(self, db: sqlite3.Connection, seal: LocalSeal) -> None:
        self._db = db
        self._seal = seal

    def add(self, data: bytes) -> int:
        """A new entry at the end; gives its number."""
        row = self._db.execute("INSERT INTO unsent (sealed) VALUES (?)", [self._seal.seal("unsent", data)])
        assert row.lastrowid is not None
        return row.lastrowid

    def replace(self, id: int, data: bytes) -> None:
        """An entry that is there, altered."""
        self._db.execute("UPDATE unsent SET sealed = ? WHERE id = ?", [self._seal.seal("unsent", data), id])

    def remove(self, id: int) -> None:
        self._db.execute("DELETE FROM unsent WHERE id = ?", [id])

    def draft(self, cid: str, text: str) -> None:
        """A conversation's draft; an empty one is deleted."""
        if text:
            sealed = self._seal.seal(_draft_of(cid), text.encode(errors="replace")[:MAX_DRAFT])
            self._db.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?)", [cid, sealed])
        else:
            self._db.execute("DELETE FROM drafts WHERE cid = ?", [cid])


def _draft_of(cid: str) -> str:
    return f"draft {cid}"


def _open(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        db.executescript(_SETUP)
    except sqlite3.Error:
        db.close()
        raise
    return db


@contextlib.contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        number = _MEANS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, errno.EIO)
        raise OSError(number, os.strerror(number)) from error
