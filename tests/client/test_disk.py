"""What is unsent, and what is half written: on disk, sealed, once, and never lost or doubled by a crash."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from officer_console.client.disk import Disk
from officer_console.client.drafts import Drafts
from officer_console.client.outbox import Outbox, Unsent
from officer_console.errors import UserError
from officer_console.model.envelope import Envelope, MessageHeader, Note
from officer_console.protocol import codec
from officer_console.protocol.commands import Claim, Close, Release, Remark, Say
from officer_console.vault.identity import Identity
from officer_console.vault.local import LocalSeal

IDENTITY = Identity.create(bytes(16))
CID, OTHER, ID = "C" * 22, "D" * 22, "I" * 22
MARKER = "elle-est-cachee-dans-la-cave"


def opened(folder: Path, identity: Identity = IDENTITY) -> Disk:
    return Disk(folder, LocalSeal(identity))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    disk = opened(tmp_path)
    yield disk
    disk.close()


def message(n: int, cid: str = CID, text: str = MARKER) -> Unsent:
    h = codec.encode(MessageHeader(cid=cid, kc="K" * 22, d="d", s="kid-me-0000", n=n, a=0, p="P" * 22))
    return Unsent(Say(cid, Envelope(h, "nonce", f"sealed {n}")), text, 7)


def full(disk: Disk) -> None:
    disk._db.execute("PRAGMA max_page_count=1")


# ---- outbox ----


def test_everything_comes_back_in_order_and_byte_for_byte(tmp_path: Path) -> None:
    note = Note("h", "box")
    entries = [message(0), Unsent(Claim(CID, ID)), Unsent(Release(OTHER, ID)), Unsent(Remark(CID, ID, note), "mot", 3)]
    entries += [Unsent(Close(CID, ID, note), "fin"), message(1)]
    disk = opened(tmp_path)
    outbox = Outbox(disk)
    numbers = [outbox.add(entry) for entry in entries]
    outbox.remove(numbers[1])
    disk.close()
    again = opened(tmp_path)
    assert [entry for _, entry in Outbox(again)] == [entry for entry in entries if entry is not entries[1]]
    again.close()


def test_what_it_tells_of_a_conversation(disk: Disk) -> None:
    outbox = Outbox(disk)
    numbers = [outbox.add(entry) for entry in (message(4), message(5), message(9, OTHER), Unsent(Release(CID, ID)))]
    assert (outbox.highest(CID), outbox.highest(OTHER), outbox.highest("nobody")) == (5, 9, -1)
    assert outbox.has(CID, Release, Close) and not outbox.has(OTHER, Release)
    assert outbox.confirm(CID, "kid-me-0000.4") == numbers[0] and outbox.confirm(CID, "kid-me-0000.4") is None
    assert outbox.confirm(CID, ID) == numbers[3]
    assert [entry.event_id for entry in outbox.of(CID)] == ["kid-me-0000.5"]


def test_a_full_disk_takes_nothing_and_says_so(disk: Disk) -> None:
    outbox, drafts = Outbox(disk), Drafts(disk)
    drafts._texts[CID] = "le brouillon"
    full(disk)
    with pytest.raises(OSError, match="No space left"), drafts.replacing(CID, ""):
        outbox.add(message(0, text="x" * 9000), draft=(CID, ""))
    assert (len(outbox), drafts.get(CID)) == (0, "le brouillon")


def test_a_read_only_disk_takes_nothing_and_says_so(disk: Disk) -> None:
    disk._db.execute("PRAGMA query_only=ON")
    with pytest.raises(OSError, match="Read-only"):
        Outbox(disk).add(message(0))


def test_what_the_disk_does_not_let_go_is_not_sent_again_and_again(disk: Disk, tmp_path: Path) -> None:
    """It stays on disk for the next console, for whom it is the same event; this one has done with it."""
    outbox = Outbox(disk)
    number = outbox.add(message(0))
    disk._db.execute("PRAGMA query_only=ON")
    outbox.remove(number)
    assert len(outbox) == 0 and len(disk.entries()) == 1


def test_a_message_and_its_emptied_draft_are_one_step(disk: Disk) -> None:
    with disk.change() as change:
        change.draft(CID, "je suis là")
    Outbox(disk).add(message(0, text="je suis là"), draft=(CID, ""))
    assert disk.drafts() == {} and len(disk.entries()) == 1
    with pytest.raises(RuntimeError), disk.change() as change:
        change.draft(CID, "un autre")
        raise RuntimeError
    assert disk.drafts() == {}


# ---- the file ----


def test_nothing_readable_is_on_disk_and_nobody_else_may_look(tmp_path: Path) -> None:
    disk = opened(tmp_path)
    Outbox(disk).add(message(0))
    with disk.change() as change:
        change.draft(CID, MARKER)
    disk.close()
    files = [path for path in tmp_path.iterdir() if path.is_file()]
    assert {path.name for path in files} >= {"unsent.sqlite", "lock"}
    for path in files:
        assert MARKER.encode() not in path.read_bytes()
        if path.name in ("unsent.sqlite", "lock"):
            assert path.stat().st_mode & 0o077 == 0


def test_what_was_shredded_is_not_even_there_sealed(tmp_path: Path) -> None:
    disk = opened(tmp_path)
    with disk.change() as change:
        change.draft(CID, MARKER)
    sealed = disk._db.execute("SELECT sealed FROM drafts").fetchone()[0]
    with disk.change() as change:
        change.draft(CID, "")
    disk.shred()
    assert all(sealed[:64] not in path.read_bytes() for path in tmp_path.iterdir())
    disk.close()


def test_drafts_cannot_be_exchanged_between_conversations(disk: Disk) -> None:
    with disk.change() as change:
        change.draft(CID, "pour elle")
    disk._db.execute("UPDATE drafts SET cid = ?", [OTHER])
    assert disk.drafts() == {}


def test_other_keys_open_nothing(tmp_path: Path) -> None:
    disk = opened(tmp_path)
    Outbox(disk).add(message(0))
    disk.close()
    thief = opened(tmp_path, Identity.create(bytes(16)))
    assert thief.entries() == []
    thief.close()


def test_a_second_console_is_told_to_wait(tmp_path: Path) -> None:
    first = opened(tmp_path)
    with pytest.raises(UserError, match="open already on this machine"):
        opened(tmp_path)
    first.close()
    opened(tmp_path).close()


def test_a_broken_file_is_told_and_lets_go_of_the_lock(tmp_path: Path) -> None:
    (tmp_path / "unsent.sqlite").write_bytes(b"not a database" * 500)
    with pytest.raises(OSError):
        opened(tmp_path)
    (tmp_path / "unsent.sqlite").unlink()
    opened(tmp_path).close()


KILLED = """
import sys
from pathlib import Path
from officer_console.client.disk import Disk
from officer_console.client.outbox import Outbox
from officer_console.vault.identity import Identity
from officer_console.vault.local import LocalSeal
from tests.client.test_disk import message
outbox = Outbox(Disk(Path(sys.argv[1]), LocalSeal(Identity.parse(sys.stdin.readline().strip()))))
n = 0
while True:
    outbox.add(message(n))
    print(n, flush=True)
    n += 1
"""


def test_a_killed_console_has_lost_nothing_it_said_was_kept(tmp_path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdin is not None and writer.stdout is not None
    writer.stdin.write(IDENTITY.text() + "\n")
    writer.stdin.flush()
    told = [int(writer.stdout.readline()) for _ in range(20)]
    writer.send_signal(signal.SIGKILL)
    told += [int(line) for line in writer.stdout.read().splitlines() if line]
    writer.wait(10)
    writer.stdin.close()
    writer.stdout.close()
    disk = opened(tmp_path)  # the lock went with the process
    kept = [entry.header().n for _, entry in Outbox(disk)]
    assert kept == list(range(len(kept))) and len(kept) in (len(told), len(told) + 1)
    disk.close()


# ---- drafts ----


def stored(folder: Path) -> dict[str, bytes]:
    with sqlite3.connect(folder / "unsent.sqlite") as db:
        rows = dict(db.execute("SELECT cid, sealed FROM drafts").fetchall())
    db.close()
    return rows


async def test_a_draft_is_on_disk_soon_and_not_at_each_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("officer_console.client.drafts.WAIT_S", 0.01)
    disk = opened(tmp_path)
    drafts = Drafts(disk)
    for length in range(1, len(MARKER) + 1):
        drafts.keep(CID, MARKER[:length])
    assert stored(tmp_path) == {}
    async with asyncio.timeout(10):
        while not stored(tmp_path):
            await asyncio.sleep(0.005)
    assert drafts.get(CID) == MARKER
    await drafts.close()
    assert disk.drafts() == {CID: MARKER}
    disk.close()


async def test_closing_writes_what_waits(disk: Disk) -> None:
    drafts = Drafts(disk)
    drafts.keep(CID, "un mot")
    drafts.keep(OTHER, "un autre")
    drafts.keep(OTHER, "")
    await drafts.close()
    assert disk.drafts() == {CID: "un mot"} and Drafts(disk).get(CID) == "un mot"


async def test_a_late_write_does_not_bring_back_what_was_sent(disk: Disk) -> None:
    outbox, drafts = Outbox(disk), Drafts(disk)
    drafts.keep(CID, "je suis là")
    drafts._start()  # the write is on its way to its thread
    with drafts.replacing(CID, ""):
        outbox.add(message(0, text="je suis là"), draft=(CID, ""))
    await drafts.close()
    assert disk.drafts() == {}


async def test_a_write_that_failed_is_tried_again(disk: Disk) -> None:
    drafts = Drafts(disk)
    disk._db.execute("PRAGMA query_only=ON")
    drafts.keep(CID, "un mot")
    drafts._start()
    assert drafts._writer is not None
    await drafts._writer
    disk._db.execute("PRAGMA query_only=OFF")
    await drafts.close()
    assert disk.drafts() == {CID: "un mot"}


async def test_closing_while_a_write_fails_leaves_nothing_that_would_write_later(disk: Disk) -> None:
    drafts = Drafts(disk)
    disk._db.execute("PRAGMA query_only=ON")
    drafts.keep(CID, "un mot")
    drafts._start()
    with pytest.raises(OSError, match="Read-only"):
        await drafts.close()
    assert drafts._timer is None and drafts.problem and drafts.get(CID) == "un mot"


def test_root_or_not_the_lock_is_the_systems(tmp_path: Path) -> None:
    disk = opened(tmp_path)
    assert os.get_inheritable(disk._held) is False
    disk.close()
