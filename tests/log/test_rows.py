"""What the SQLite engine remembers of conversations, and the rows that it puts into the file together."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import officer_console.relay.log.sqlite as engine
from officer_console.protocol.refusals import Refused
from officer_console.relay.log.interface import Conflict
from officer_console.relay.log.sqlite import SqliteLog, connect
from officer_console.relay.log.sqlite_rows import Rows

from .drafts import OPENING, erased, opened, said


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[SqliteLog]:
    log = SqliteLog(tmp_path, lambda: 1)
    yield log
    await log.close()


@pytest.mark.parametrize("count", [1, 3, 64, 85, 300])
async def test_rows_that_are_put_together_keep_their_order(log: SqliteLog, count: int) -> None:
    drafts = [said(f"c{n % 7}", str(n)) for n in range(count)]
    stored = await asyncio.gather(*map(log.append, drafts))
    assert [event.seq for event in stored] == list(range(1, count + 1))
    assert await log.read(0, 1000) == stored
    assert [event.id for event in stored] == [draft.id for draft in drafts]


async def test_few_statements_for_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    statements: list[str] = []

    def tracing(file: Path) -> sqlite3.Connection:
        connection = connect(file)
        connection.set_trace_callback(statements.append)
        return connection

    monkeypatch.setattr(engine, "connect", tracing)
    log = SqliteLog(tmp_path, lambda: 1)
    await log.append(said("a", "first"))
    statements.clear()
    await asyncio.gather(*(log.append(said("a", str(n))) for n in range(128)))
    await log.close()
    assert sum(each.startswith("INSERT") for each in statements) < 10
    assert not any(each.startswith("SELECT") for each in statements), "the conversation is in memory"


async def test_one_batch_can_have_all_that_happens_to_a_conversation(log: SqliteLog) -> None:
    """Each sees what those before it left, whether that is in the file yet or not."""
    results = await asyncio.gather(
        log.open(opened("a"), OPENING),
        log.append(said("a", "0"), 1),
        log.append(said("a", "0"), 1),
        log.append(said("a", "1"), 1),
        log.erase(erased("a")),
        log.append(said("a", "2")),
        log.erase(erased("a")),
        log.append(said("b", "0")),
        return_exceptions=True,
    )
    assert [getattr(each, "seq", type(each)) for each in results] == [1, 2, 2, Conflict, 3, Refused, 3, 4]
    assert [event.seq for event in await log.read(0, 10)] == [3, 4]


async def test_what_is_forgotten_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "Rows", lambda: Rows(most=2))
    log = SqliteLog(tmp_path, lambda: 1)
    for _again in range(2):  # the second time all is there
        stored = await asyncio.gather(*(log.append(said(cid, str(n))) for n in range(5) for cid in "abc"))
        assert [event.seq for event in stored] == list(range(1, 16))
    assert len(log._rows._ends) == 1
    with pytest.raises(Conflict):
        await log.append(said("a", "new"), 12)
    assert (await log.append(said("a", "new"), 13)).seq == 16
    d, e = said("d", "0"), said("e", "0")
    stored = await asyncio.gather(log.append(d), log.append(e), log.append(said("d", "1"), 17), log.append(d))
    assert [event.seq for event in stored] == [17, 18, 19, 17], "forgotten before it was in the file"
    await log.close()


async def test_what_somebody_else_wrote_into_the_file_counts(log: SqliteLog, tmp_path: Path) -> None:
    """A repair by hand, while the relay runs: nothing gets a number twice."""
    await log.append(said("a", "0"))
    with contextlib.closing(connect(tmp_path / "log.db")) as db:
        db.execute("INSERT INTO events SELECT 2, at, cid, 'by hand', by, kind, version, what FROM events")
    with pytest.raises(Conflict):
        await log.append(said("a", "1"), 1)
    assert (await log.append(said("a", "1"), 2)).seq == 3
    assert log.healthy


async def test_a_transaction_that_is_taken_back_leaves_nothing_in_memory(
    log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    await log.append(said("a", "0"))

    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(log._shelf, "sync", full)
    with pytest.raises(Refused, match="storage"):
        await log.append(said("a", "1"))
    with pytest.raises(Refused, match="storage"):
        await log.erase(erased("a"))
    monkeypatch.undo()
    assert (await log.append(said("a", "1"), 1)).seq == 2
    assert [event.id for event in await log.read(0, 10)] == ["0", "1"]
