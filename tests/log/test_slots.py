"""The file of slots: what is dropped is gone from the file, and a kill in the middle of a write loses nothing else."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.relay.log.interface import Opening
from officer_console.relay.log.shelf import FILE
from officer_console.relay.log.slots import GROW, ROOM, SLOT, Slots, read_all
from officer_console.relay.log.sqlite import SqliteLog

from .drafts import opened, said

OLD = """
CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, cid TEXT NOT NULL, id TEXT NOT NULL,
    by TEXT NOT NULL, kind TEXT NOT NULL, version INTEGER NOT NULL, what BLOB NOT NULL, UNIQUE (cid, id));
CREATE TABLE openings (cid TEXT PRIMARY KEY, box TEXT NOT NULL, vt TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE wraps (key TEXT NOT NULL, member TEXT NOT NULL, box TEXT NOT NULL,
    PRIMARY KEY (key, member)) WITHOUT ROWID;
CREATE TABLE statements (n INTEGER PRIMARY KEY, s TEXT NOT NULL, sig TEXT NOT NULL);
INSERT INTO events VALUES (1, 1, 'a', 'open', 'v', 'opened', 1, '{"kind":"opened","h":"header"}');
INSERT INTO openings VALUES ('a', 'MARKER of a box', 'token'), ('void', 'MARKER of nothing', 'token');
INSERT INTO wraps VALUES ('key', 'member', 'wrap');
PRAGMA user_version=1;
"""
"""A relay's file of the first version."""


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abcd"), st.binary(max_size=40))))
def test_it_equals_a_dict(tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[bool, str, bytes]]) -> None:
    file = tmp_path_factory.mktemp("slots") / "s"
    slots, model = Slots(file), {}
    for put, name, value in steps:
        if put:
            slots.put(name, value)
            model[name] = value
        else:
            slots.drop(name)
            model.pop(name, None)
    slots.sync()
    assert {name: slots.get(name) for name in slots.names()} == model == read_all(file)
    slots.close()
    slots = Slots(file)
    assert {name: slots.get(name) for name in slots.names()} == model
    slots.close()


def test_what_is_dropped_is_gone_from_the_file(tmp_path: Path) -> None:
    slots = Slots(tmp_path / "s")
    for n in range(GROW + 10):
        slots.put(f"name {n}", b"MARKER %d" % n)
    for n in range(GROW + 10):
        slots.drop(f"name {n}")
    slots.sync()
    raw = (tmp_path / "s").read_bytes()
    assert b"MARKER" not in raw and b"name" not in raw
    assert len(raw) == 2 * GROW * SLOT
    slots.put("name", b"value")  # in a slot that was used
    assert (tmp_path / "s").stat().st_size == len(raw)
    slots.close()


def test_another_value_leaves_nothing_of_the_first(tmp_path: Path) -> None:
    slots = Slots(tmp_path / "s")
    slots.put("a", b"MARKER" * 100)
    slots.put("a", b"x")
    slots.close()
    assert b"MARKER" not in (tmp_path / "s").read_bytes()


@pytest.mark.parametrize("size", [1, 20, 600])
def test_half_a_slot_is_wiped(tmp_path: Path, size: int) -> None:
    slots = Slots(tmp_path / "s")
    slots.put("a", b"first")
    slots.put("b", b"MARKER" * 100)
    slots.close()
    with (tmp_path / "s").open("r+b") as file:
        raw = file.read()
        at = raw.index(b"MARKER") // SLOT * SLOT
        file.seek(at + size)
        file.write(bytes(SLOT - size))  # the rest never reached the disk
    slots = Slots(tmp_path / "s")
    assert slots.names() == ["a"] and slots.get("a") == b"first"
    assert b"MARKER" not in (tmp_path / "s").read_bytes()
    slots.close()


def test_it_is_its_owners_alone_and_made_in_whole_blocks(tmp_path: Path) -> None:
    slots = Slots(tmp_path / "s")
    slots.put("a", b"x" * (ROOM - 1))
    with pytest.raises(ValueError, match="larger"):
        slots.put("a", b"x" * ROOM)
    assert slots.get("a") == b"x" * (ROOM - 1)
    slots.close()
    status = (tmp_path / "s").stat()
    assert stat.S_IMODE(status.st_mode) == 0o600
    assert status.st_blocks * 512 >= status.st_size == GROW * SLOT, "no holes that a write would have to fill"


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slots = Slots(tmp_path / "s")
    write = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda handle, raw, at: write(handle, raw[:10], at))
    with pytest.raises(OSError) as caught:
        slots.put("a", b"x")
    assert caught.value.errno == errno.ENOSPC
    monkeypatch.undo()
    assert slots.get("a") is None
    slots.put("a", b"x")
    assert slots.get("a") == b"x"
    slots.close()


async def test_keys_of_the_first_version_are_moved(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "log.db")
    connection.executescript(OLD)
    connection.close()
    log = SqliteLog(tmp_path, lambda: 1)
    assert await log.shelf.opening("a") == Opening("MARKER of a box", "token")
    assert await log.shelf.opening("void") is None
    assert await log.shelf.wraps("member") == [("key", "wrap")]
    await log.close()
    assert b"MARKER" not in (tmp_path / "log.db").read_bytes()
    assert b"MARKER of nothing" not in (tmp_path / FILE).read_bytes()
    log = SqliteLog(tmp_path, lambda: 1)
    assert await log.shelf.opening("a") == Opening("MARKER of a box", "token")
    await log.close()


async def test_keys_without_their_event_are_void(tmp_path: Path) -> None:
    """A kill between the slot and the commit leaves them; the visitor opens again."""
    log = SqliteLog(tmp_path, lambda: 1)
    await log.append(said("other", "0"))
    await log.close()
    slots = Slots(tmp_path / FILE)
    slots.put("o.a", b'[1,"MARKER","token"]')
    slots.close()
    log = SqliteLog(tmp_path, lambda: 1)
    assert await log.shelf.opening("a") is None
    assert b"MARKER" not in (tmp_path / FILE).read_bytes()
    await log.open(opened("a"), Opening("box", "token"))
    assert await log.shelf.opening("a") == Opening("box", "token")
    await log.close()
