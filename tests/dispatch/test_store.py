"""What is on disk, for whom, for how long, and what becomes of it when it was altered."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from officer_console.client.keychain import RelayPin
from officer_console.dispatch.room import RoomKeys
from officer_console.dispatch.service import Membership, make_room, open_store, require_use
from officer_console.errors import UserError
from tests.relay.peers import random_id

from .desk import MARKER, PracticeStation, identity_of, settings
from .offline import Offline, offline

HOUR_MS = 3_600_000


# ---- the disk ----


def files(it: Offline) -> bytes:
    return b"".join(file.read_bytes() for file in it.folder.rglob("*") if file.is_file())


def test_nothing_of_a_request_is_on_disk_in_clear() -> None:
    with offline(real=True) as it:
        id = it.asks()
        it.room.tell(id, "question", unit=f"TV {MARKER}", words=f"{MARKER} ?")
        message = it.deliveries._message(it.room, it.deliveries.book.waiting()[0])
        with it.store.change():
            it.deliveries.book.keep_message(id, message)
        assert MARKER.encode() in message and it.deliveries.book.message(id) == message
        assert id.encode() in files(it) and MARKER.encode() not in files(it) and b"Ana" not in files(it)
        assert all(file.stat().st_mode & 0o077 == 0 for file in it.folder.iterdir())


def test_words_are_dropped_when_a_case_is_long_over() -> None:
    with offline(real=True) as it:
        id, idle = it.asks(), it.asks(cid=random_id())
        it.delivery(id, tries=1, opens=True, state="taken")
        it.room.tell(id, "closed")
        it.store_tells()
        it.clock += 72 * HOUR_MS - 1
        it.room._drop_old()
        assert len(it.room.cases()) == 2
        it.clock += 1
        it.room._drop_old()
        assert [case.id for case in it.room.cases()] == [idle]
        assert it.store.rows("SELECT words FROM asked WHERE id = ?", id) == [(None,)]
        assert it.room.tell(id, "closed", words="fini") is True, "what comes late is still known"
        it.clock += 720 * HOUR_MS
        it.room._drop_old()
        assert it.room.cases() == ()


def test_a_folder_is_for_one_process_one_member_one_version(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    it = Offline(tmp_path)
    with pytest.raises(UserError, match="Stop it first"):
        open_store(it.mine)
    it.close()
    stranger = RoomKeys(identity_of(it.station, it.officer), it.station.directory, RelayPin())
    with pytest.raises(UserError, match="another member"):
        open_store(Membership("", stranger, tmp_path))
    with sqlite3.connect(tmp_path / "dispatch.sqlite") as db:
        db.execute("PRAGMA user_version = 9")
    db.close()
    with pytest.raises(UserError, match="newer version"):
        open_store(it.mine)
    (tmp_path / "dispatch.sqlite").write_bytes(b"nonsense" * 1000)
    with pytest.raises(UserError, match="can't be opened"):
        open_store(it.mine)


def test_what_was_altered_is_not_taken_for_nothing() -> None:
    with offline() as it:
        it.asks()
        it.store.db.execute("UPDATE asked SET words = zeroblob(100)")
        with pytest.raises(OSError, match="Input/output"):
            it.room.cases()


def test_half_a_change_is_none() -> None:
    with offline() as it:
        called = []
        with pytest.raises(ValueError, match="no"), it.store.change():
            it.store.move(7)
            it.store.afterwards(lambda: called.append(1))
            with it.store.change():
                it.store.move(8)
                raise ValueError("no")
        assert it.store.cursor == 0 and called == []


@pytest.mark.parametrize(("exercise", "use"), [(False, "practice"), (True, "live")])
def test_a_desk_and_its_room_are_both_real_or_both_for_practice(tmp_path: Path, exercise: bool, use: str) -> None:
    require_use(not exercise, use)
    with pytest.raises(UserError, match="set dispatch"):
        require_use(exercise, use)
    with offline(station=PracticeStation(int(time.time())) if use == "practice" else None, exercise=not exercise) as it:
        with pytest.raises(UserError, match="set dispatch"):
            make_room(settings("", exercise=exercise), it.mine, it.store, it.noted)
        assert make_room(settings("", exercise=not exercise), it.mine, it.store, it.noted)
