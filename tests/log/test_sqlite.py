"""What only the SQLite engine has: its files, its lock, its transactions."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from officer_console.errors import UserError
from officer_console.protocol.refusals import Refused
from officer_console.relay.log import sqlite as engine
from officer_console.relay.log import sqlite_file
from officer_console.relay.log.interface import Statement
from officer_console.relay.log.sqlite import SqliteLog
from officer_console.relay.log.sqlite_file import connect, is_founded

from .drafts import OPENING, erased, opened, random_text, said

KILLED = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for sql in "PRAGMA secure_delete=ON", "PRAGMA wal_autocheckpoint=0", "UPDATE events SET at = 2", "DELETE FROM events":
    connection.execute(sql)
os._exit(0)
"""
"""Writes to a log, erases from it, and dies without closing anything."""


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[SqliteLog]:
    made = SqliteLog(tmp_path, lambda: 1)
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("secure_delete", 1),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
    ],
)
def test_connections_are_durable_and_careful(tmp_path: Path, pragma: str, value: object) -> None:
    connection = connect(tmp_path / "log.db")
    assert connection.execute(f"PRAGMA {pragma}").fetchone() == (value,)
    connection.close()


async def test_nobody_else_can_read_the_files(log: SqliteLog, tmp_path: Path) -> None:
    await log.append(said("a", "0"))
    files = [file for file in tmp_path.iterdir() if file.name.startswith("log.db")]
    assert len(files) == 3  # with the write-ahead log and its index
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


async def test_two_relays_cannot_share_a_folder(log: SqliteLog, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Another relay"):
        SqliteLog(tmp_path, lambda: 1)
    await log.append(said("a", "0"))  # the first one is none the worse


async def test_the_folder_is_free_after_closing(tmp_path: Path) -> None:
    for n in range(3):
        log = SqliteLog(tmp_path, lambda: 1)
        await log.append(said("a", str(n)))
        await log.close()


async def test_data_of_a_newer_version_are_left_alone(tmp_path: Path) -> None:
    await SqliteLog(tmp_path, lambda: 1).close()
    connection = sqlite3.connect(tmp_path / "log.db")
    connection.execute(f"PRAGMA user_version={sqlite_file.SCHEMA + 1}")
    connection.close()
    for _ in range(2):  # and the lock is let go of
        with pytest.raises(UserError, match="newer version"):
            SqliteLog(tmp_path, lambda: 1)


@pytest.mark.parametrize(
    "content", [b"not a database, but long enough to look like one" * 100, b"SQLite format 3\0" * 300]
)
async def test_a_damaged_file_is_told_plainly(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "log.db").write_bytes(content)
    with pytest.raises(UserError, match="can't be opened"):
        SqliteLog(tmp_path, lambda: 1)
    with pytest.raises(UserError, match="can't be opened"):
        is_founded(tmp_path)
    assert (tmp_path / "log.db").read_bytes() == content


async def test_what_arrives_together_is_committed_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commits: list[str] = []

    def tracing(file: Path) -> sqlite3.Connection:
        connection = connect(file)
        connection.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
        return connection

    monkeypatch.setattr(engine, "connect", tracing)
    log = SqliteLog(tmp_path, lambda: 1)
    await asyncio.gather(*(log.append(said(str(n), "0")) for n in range(500)))
    await log.close()
    assert len(commits) < 50


async def test_erasing_waits_for_a_reader_with_an_old_view(log: SqliteLog, tmp_path: Path) -> None:
    marker = random_text(500)
    await log.open(opened("a", marker), OPENING)
    await log.append(said("a", "0", marker))
    reader = connect(tmp_path / "log.db")
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM events").fetchone() == (2,)
    erasing = asyncio.create_task(log.erase(erased("a")))
    _, unfinished = await asyncio.wait([erasing], timeout=0.3)
    assert unfinished  # the old rows are still in the files for that reader
    reader.execute("COMMIT")
    reader.close()
    await erasing
    files = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert marker.encode() not in files


async def test_an_erasure_that_the_disk_refuses_leaves_the_conversation_whole(log: SqliteLog) -> None:
    """Else she is told that it is gone, her key is, and the log has it for ever: nobody could ask once more."""

    def full(action: int, *where: object) -> int:
        return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_DELETE else sqlite3.SQLITE_OK

    await log.open(opened("a"), OPENING)
    log._writer._connection.set_authorizer(full)
    with pytest.raises(Refused, match="storage"):
        await log.erase(erased("a"))
    assert await log.shelf.opening("a") == OPENING and not log.healthy
    log._writer._connection.set_authorizer(None)
    event = await log.erase(erased("a"))
    assert await log.read(0, 10) == [event] and await log.shelf.opening("a") is None
    assert log._slots.names() == []


async def test_what_was_erased_before_a_kill_is_gone_after_the_restart(tmp_path: Path) -> None:
    """A relay that is killed between the deletion and the checkpoint leaves rows in the write-ahead log."""
    marker = random_text(500)
    log = SqliteLog(tmp_path, lambda: 1)
    await log.append(said("a", "0", marker))
    await log.close()
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "log.db")], check=True, timeout=30)
    assert marker.encode() in (tmp_path / "log.db-wal").read_bytes()
    await SqliteLog(tmp_path, lambda: 1).close()
    assert marker.encode() not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


async def test_whether_a_folder_is_founded_can_be_asked_beside_a_relay(log: SqliteLog, tmp_path: Path) -> None:
    assert not is_founded(tmp_path / "elsewhere")
    assert not is_founded(tmp_path)
    await log.directory.extend(0, [Statement("s", "sig")], [])
    assert is_founded(tmp_path)
