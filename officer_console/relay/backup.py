"""`officer-console relay backup` and `relay restore`: a relay's log and key in one file, taken while it runs.

Conversation keys are left out: a backup outlives an erasure, and must not undo it. Whoever restores on the same disk
still has them; after the loss of the disk what was sealed stays sealed, and the desk goes on with new keys.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from officer_console.config import Config
from officer_console.errors import UserError, reason
from officer_console.locale import _
from officer_console.paths import relay_dir

from .founding import KEY_SIZE, keep_key, relay_key
from .log.lock import lock
from .log.shelf import FILE
from .log.sqlite_file import SCHEMA, connect

LEAP: Final = 1_000_000
"""Numbers that are left out after a restore: those that were given since the backup are never given again."""
_TABLES: Final = {"events", "statements", "relay"}


def backup(args: argparse.Namespace, config: Config) -> int:
    """Write a new file."""
    folder, file = _folder(config), args.file
    if not (folder / "log.db").exists():
        raise UserError(_("There is no relay's log in {folder}.").format(folder=folder))
    with _told(file):
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        events, statements = _copied(folder, file)
    text = _("{events} events and {statements} statements are in {file}, and the relay's key: keep it safe.")
    print(text.format(events=events, statements=statements, file=file))
    return 0


def _copied(folder: Path, file: Path) -> tuple[int, int]:
    """How many events and statements were copied. Raises UserError."""
    with contextlib.closing(connect(folder / "log.db")) as source, contextlib.closing(sqlite3.connect(file)) as copy:
        if source.execute("PRAGMA user_version").fetchone() != (SCHEMA,):
            text = _("The log in {folder} is of another version; start this version's relay on it once.")
            raise UserError(text.format(folder=folder))
        source.backup(copy)  # in one step: a view of one moment, that hinders no writer
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.execute("CREATE TABLE relay (key BLOB)")
        copy.execute("INSERT INTO relay VALUES (?)", (relay_key(folder),))
        copy.commit()
        return _counts(copy)


def restore(args: argparse.Namespace, config: Config) -> int:
    """Put a backup into an empty folder, or one that has lost its log."""
    folder = _folder(config)
    if (folder / "log.db").exists():
        raise UserError(_("There is a log in {folder}; move it away first.").format(folder=folder))
    handle = lock(folder)
    try:
        with _told(args.file):
            events, statements = _restored(args.file, folder)
    finally:
        os.close(handle)
    print(_("{events} events and {statements} statements are restored.").format(events=events, statements=statements))
    if not (folder / FILE).exists():
        print(_("The keys of conversations are lost: what was written before stays sealed."))
        print(_("Have a shift lead log in at once: her console makes a new key for the desk."))
    return 0


def _restored(file: Path, folder: Path) -> tuple[int, int]:
    """How many events and statements there are, once the log is in its place. Raises UserError."""
    fresh = folder / "log.new"
    fresh.unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    with (
        contextlib.closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as source,
        contextlib.closing(sqlite3.connect(fresh)) as copy,
    ):
        keep_key(folder, _sound(source, file))
        source.backup(copy)
        copy.execute("DROP TABLE relay")
        copy.execute("UPDATE sqlite_sequence SET seq = seq + ?", (LEAP,))
        copy.commit()
        copy.execute("VACUUM")  # nothing of the relay's key stays in it
        counts = _counts(copy)
    with fresh.open("rb") as written:
        os.fsync(written.fileno())
    fresh.replace(folder / "log.db")
    return counts


def _sound(source: sqlite3.Connection, file: Path) -> bytes:
    """The relay's key in a backup that is whole. Raises UserError."""
    sound = source.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    tables = {name for (name,) in source.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    ours = tables >= _TABLES and source.execute("PRAGMA user_version").fetchone() == (SCHEMA,)
    key = source.execute("SELECT key FROM relay").fetchone() if sound and ours else None
    if key is None or len(key[0]) != KEY_SIZE:
        raise UserError(_("{file} is damaged, or no backup of a relay of this version.").format(file=file))
    return bytes(key[0])


def _counts(db: sqlite3.Connection) -> tuple[int, int]:
    (events,) = db.execute("SELECT count(*) FROM events").fetchone()
    (statements,) = db.execute("SELECT count(*) FROM statements").fetchone()
    return int(events), int(statements)


def _folder(config: Config) -> Path:
    if config.relay.log:
        raise UserError(_("This is for a relay with a file; relay.log names a cluster."))
    return relay_dir(config.relay.data_dir)


@contextlib.contextmanager
def _told(file: Path) -> Iterator[None]:
    """Turn what goes wrong with a file into what the operator must know."""
    try:
        yield
    except OSError as error:
        raise UserError(f"{file}: {reason(error)}") from None
    except sqlite3.Error as error:
        raise UserError(_("{file} can't be used ({reason}).").format(file=file, reason=error)) from None
