"""A backup taken while the relay runs, and what a relay is after it was restored."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
from pathlib import Path
from random import Random

import pytest

from officer_console.protocol import codec
from officer_console.protocol.frames import Ack, Here, No
from tests.fire.crowd import Console
from tests.fire.referee import Referee
from tests.fire.served import enrolled, served

from .peers import Station, VisitorPeer, officer


async def test_a_backup_of_a_running_relay_is_restored(tmp_path: Path, station: Station) -> None:
    file = tmp_path / "backup"
    async with served(tmp_path, station) as relay:
        visitor = VisitorPeer(relay.url, station)
        async with visitor.talking(*map(str, range(5))) as page:
            writing = asyncio.create_task(keep_writing(visitor, page))
            code, told = await relay.run("backup", str(file))
            assert code == 0, told
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
        key = (relay.data / "relay.key").read_bytes()
        await relay.stop()
        before = relay.log()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert visitor.opening.box.encode() not in file.read_bytes(), "no key of a conversation is in it"
        for each in relay.data.iterdir():
            each.unlink()
        code, told = await relay.run("restore", str(file))
        assert code == 0 and "stays sealed" in told, told
        assert (relay.data / "relay.key").read_bytes() == key
        assert key not in (relay.data / "log.db").read_bytes()
        kept = relay.log()
        assert kept == before[: len(kept)] and len(kept) >= 6
        await relay.start()
        await relay.ready()
        async with visitor.connect() as ws:
            await ws.send(codec.padded(visitor.resume()))
            assert "unknown" in await ws.recv()
        other = VisitorPeer(relay.url, station)
        async with other.talking("après"):
            pass
        assert relay.log()[-2].seq > before[-1].seq, "no number is given twice"


async def keep_writing(visitor: VisitorPeer, page: object) -> None:
    while True:
        await page.send(visitor.seal("encore"))  # type: ignore[attr-defined]
        await page.until(Ack, No)  # type: ignore[attr-defined]


async def test_on_the_same_disk_nothing_is_lost(tmp_path: Path, station: Station) -> None:
    file = tmp_path / "backup"
    async with served(tmp_path, station) as relay:
        visitor = VisitorPeer(relay.url, station)
        async with visitor.talking("un"):
            pass
        assert (await relay.run("backup", str(file)))[0] == 0
        await relay.stop()
        (relay.data / "log.db").unlink()
        code, told = await relay.run("restore", str(file))
        assert code == 0 and "stays sealed" not in told, told
        await relay.start()
        await relay.ready()
        async with visitor.wire(resume_after=0) as page, officer(relay.url, station, station.lead) as lead:
            await page.until(Here)
            await lead.meet(visitor.cid)
            assert lead.read(await lead.happened("said", visitor.cid)) == "un"


async def test_after_the_loss_of_all_keys_a_lead_makes_a_new_one(tmp_path: Path, station: Station) -> None:
    file = tmp_path / "backup"
    async with served(tmp_path, station) as relay:
        assert (await relay.run("backup", str(file)))[0] == 0
        await relay.stop()
        for each in relay.data.iterdir():
            each.unlink()
        assert (await relay.run("restore", str(file)))[0] == 0
        await relay.start()
        await relay.ready()
        who = enrolled(station, station.lead, relay.url)
        console = Console(who, tmp_path / "desk", Referee({}), Random(1))
        async with console, asyncio.timeout(20):
            await console.until(lambda: console.online)
            while statements(relay.data) == len(station.directory.entries):
                await asyncio.sleep(0.05)
        assert statements(relay.data) == len(station.directory.entries) + 1


def statements(folder: Path) -> int:
    with sqlite3.connect(folder / "log.db") as db:
        return int(db.execute("SELECT count(*) FROM statements").fetchone()[0])


@pytest.mark.parametrize("what", ["empty", "cut", "another database", "nothing"])
async def test_what_is_no_backup_is_refused(tmp_path: Path, station: Station, what: str) -> None:
    file = tmp_path / "backup"
    async with served(tmp_path, station) as relay:
        assert (await relay.run("backup", str(file)))[0] == 0
        await relay.stop()
    raw = file.read_bytes()
    file.unlink()
    if what == "another database":
        with sqlite3.connect(file) as db:
            db.execute("CREATE TABLE events (x)")
    elif what != "nothing":
        file.write_bytes(b"" if what == "empty" else raw[: len(raw) // 2])
    (relay.data / "log.db").unlink()
    code, told = await relay.run("restore", str(file))
    assert code == 1 and len(told.splitlines()) == 1 and str(file) in told
    assert not (relay.data / "log.db").exists()


async def test_nothing_is_written_over(tmp_path: Path, station: Station) -> None:
    file = tmp_path / "backup"
    async with served(tmp_path, station) as relay:
        assert (await relay.run("backup", str(file)))[0] == 0
        code, told = await relay.run("backup", str(file))
        assert code == 1 and "exists already" in told
        code, told = await relay.run("restore", str(file))
        assert code == 1 and "move it away" in told
        await relay.stop()
        (relay.data / "log.db").unlink()
        (relay.data / "relay.key").write_bytes(os.urandom(32))
        code, told = await relay.run("restore", str(file))
        assert code == 1 and "another relay" in told
        assert not (relay.data / "log.db").exists()
