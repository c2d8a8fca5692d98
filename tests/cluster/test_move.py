"""`relay move`: interrupted, run beside a relay, run again; at the end the cluster has what the file had."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from officer_console.errors import UserError
from officer_console.model.events import Event, Said
from officer_console.protocol.frames import Here
from officer_console.relay.log.interface import Opening, Statement
from officer_console.relay.log.jetstream import JetStreamLog
from officer_console.relay.log.making import connected
from officer_console.relay.log.slots import read_all
from officer_console.relay.log.sqlite import SqliteLog
from officer_console.relay.log.sqlite_file import connect
from officer_console.relay.service import running_relay
from tests.log.drafts import erased, opened, said
from tests.nats import Servers
from tests.relay.peers import Station, VisitorPeer, founded_relay, officer

from .conftest import House

CONVERSATIONS, WORDS = 60, 50


async def fill(folder: Path) -> SqliteLog:
    """A log with gaps in its numbers; it stays open, as a running relay's."""
    log = SqliteLog(folder, lambda: time.time_ns() // 1_000_000)
    for n in range(CONVERSATIONS):
        await log.open(opened(f"c{n}"), Opening(f"box of {n}", f"token of {n}"))
    await asyncio.gather(*(log.append(said(f"c{n}", str(m))) for m in range(WORDS) for n in range(CONVERSATIONS)))
    for n in range(0, CONVERSATIONS, 7):
        await log.erase(erased(f"c{n}"))
    await log.directory.extend(0, [Statement("one", "sig"), Statement("two", "sig")], [("key", "member", "box")])
    return log


async def run_move(folder: Path, house: House, *more: str, kill_after: int = 0) -> tuple[int, str]:
    """Run the command; with `kill_after`, until that many events are copied. Its exit code and what it said."""
    config = folder.parent / "config.toml"
    config.write_text("[relay]\ncopies = 1\n")
    words = ["--config", str(config), "relay", "move", "--from", f"sqlite:{folder}", "--to", house.url, *more]
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "officer_console", *words, stdout=PIPE, stderr=PIPE
    )
    while kill_after and child.returncode is None:
        with contextlib.suppress(UserError):
            if await copied(house) >= kill_after:
                child.kill()
                break
        await asyncio.sleep(0)
    out, err = await child.communicate()
    return child.returncode or 0, (out + err).decode()


async def copied(house: House) -> int:
    async with connected(house.address) as link:
        info = await link.ask(f"STREAM.INFO.{house.streams.events}")
        return int(info["state"]["last_seq"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "old"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def target(nats: Callable[[int], Servers], tmp_path: Path, station: Station) -> House:
    """Servers with no streams yet."""
    return House(nats(1), tmp_path, station)


async def test_a_desk_is_moved_whatever_interrupts_it(folder: Path, target: House) -> None:
    old = await fill(folder)
    code, _ = await run_move(folder, target, kill_after=400)
    assert code == -9 and 400 <= await copied(target) < await old.head(), "it was killed in the middle"
    code, told = await run_move(folder, target)
    assert code == 0 and "A relay still uses" in told, told
    assert await copied(target) == await old.head()
    with pytest.raises(UserError, match="not finished"):
        async with target.relay("early"):
            pass
    for n in (1, 2):  # meanwhile the old relay goes on
        await old.erase(erased(f"c{n}"))
    await old.append(said("c3", "more"))
    truth, keys = await old.read(0, 100_000), await old.shelf.openings([f"c{n}" for n in range(CONVERSATIONS)])
    await old.close()
    code, told = await run_move(folder, target)
    assert code == 0 and f"3 events copied, {len(keys) + 1} keys" in told, told
    assert f"Both sides have {len(truth)} events" in told and "The desk is moved" in told
    assert await everything(target, folder.parent) == (truth, keys)
    code, told = await run_move(folder, target)
    assert code == 1 and "a desk at" in told, "and is not moved over"


async def everything(house: House, folder: Path) -> tuple[list[Event], dict[str, Opening]]:
    """What a new relay of the cluster has."""
    own = folder / "new"
    own.mkdir()
    log = JetStreamLog(own, house.address, 1, lambda: 0)
    await log.start()
    async with asyncio.timeout(10):
        while not await log.shelf.wraps("member"):
            await asyncio.sleep(0.01)
    assert await log.directory.statements() == [Statement("one", "sig"), Statement("two", "sig")]
    assert (await log.shelf.wraps("member")) == [("key", "box")]
    events = await log.read(0, 100_000)
    keys = await log.shelf.openings([f"c{n}" for n in range(CONVERSATIONS)])
    assert (await log.append(said("c3", "the first here"))).seq == events[-1].seq + 1
    await log.close()
    return events, dict(keys)


async def test_another_desks_cluster_is_left_alone(folder: Path, house: House) -> None:
    log = await fill(folder)
    await log.close()
    async with house.relay("other") as relay:
        await relay.relay.context.log.append(said("x", "0"))
    before = await copied(house)
    code, told = await run_move(folder, house)
    assert code == 1 and "a desk at" in told
    assert await copied(house) == before


async def test_everybody_goes_on_after_a_move(tmp_path: Path, target: House, station: Station) -> None:
    """The same numbers: a visitor and a console resume from where they were."""
    folder = tmp_path / "old"
    folder.mkdir(mode=0o700)
    async with founded_relay(folder, station) as relay:
        visitor = VisitorPeer(relay.url, station)
        async with visitor.talking("un", "deux"), officer(relay.url, station, station.lead) as lead:
            await lead.meet(visitor.cid)
        seq = await relay.relay.context.log.head()
    code, told = await run_move(folder, target)
    assert code == 0, told
    config = target.config("new")
    Path(config.relay.data_dir, "relay.key").write_bytes((folder / "relay.key").read_bytes())
    async with running_relay(config, 0) as relay:
        visitor.url = relay.url
        async with visitor.wire(resume_after=seq) as page:
            assert (await page.until(Here)).seq >= seq
            await page.send(visitor.seal("trois"))
            async with officer(relay.url, station, station.lead, after=0) as lead:
                await lead.meet(visitor.cid)
                assert [lead.read(await lead.happened("said", visitor.cid)) for _ in range(3)] == [
                    "un",
                    "deux",
                    "trois",
                ]


async def test_the_old_keys_are_written_over_once_the_new_relays_have_them(
    tmp_path: Path, target: House, station: Station
) -> None:
    """An erasure after the move does not reach the old folder: its keys must go."""
    folder = tmp_path / "old"
    folder.mkdir(mode=0o700)
    async with founded_relay(folder, station) as relay:
        visitor, other = VisitorPeer(relay.url, station), VisitorPeer(relay.url, station)
        async with visitor.talking("un"), other.talking("un"):
            pass
        await is_refused(folder, target, "Stop it first")
    await is_refused(folder, target, "There is no stream")
    code, told = await run_move(folder, target)
    assert code == 0 and "--wipe" in told, told
    await is_refused(folder, target, "is heard")  # in the servers' memory alone the keys are not safe
    config = target.config("new")
    Path(config.relay.data_dir, "relay.key").write_bytes((folder / "relay.key").read_bytes())
    async with running_relay(config, 0) as relay:
        async with one_key_away(folder, target, f"o.{other.cid}"):
            await is_refused(folder, target, "has not all keys")
        await relay.relay.context.registrar.erase(visitor.cid, "v", "v", "erased")
        slots = folder / "keys.slots"
        assert all(each.opening.box.encode() in slots.read_bytes() for each in (visitor, other))
        code, told = await run_move(folder, target, "--wipe")
        assert code == 0 and "3 keys" in told, told
        assert not slots.read_bytes().strip(b"\0"), "not a byte of any key is left"
        opening = await relay.relay.context.shelf.opening(other.cid)
        assert opening is not None and opening.box == other.opening.box


async def is_refused(folder: Path, house: House, why: str) -> None:
    """To wipe the old folder; nothing in it is changed."""
    before = (folder / "keys.slots").read_bytes()
    code, told = await run_move(folder, house, "--wipe")
    assert code == 1 and why in told, told
    assert (folder / "keys.slots").read_bytes() == before


@contextlib.asynccontextmanager
async def one_key_away(folder: Path, house: House, name: str) -> AsyncIterator[None]:
    """While inside, the servers do not have this key."""
    subject = house.streams.key_subject + name
    async with connected(house.address) as link:
        await link.ask(f"STREAM.PURGE.{house.streams.keys}", {"filter": subject})
        yield
        await link.append(subject, read_all(folder / "keys.slots")[name], {})


async def test_what_can_not_be_read_moves_along(folder: Path, target: House) -> None:
    log = await fill(folder)
    last = await log.append(said("c1", "v.50"))
    await log.close()
    with contextlib.closing(connect(folder / "log.db")) as db:
        db.execute("UPDATE events SET what = ? WHERE seq = ?", (b"\xff{torn", last.seq))
    code, told = await run_move(folder, target)
    assert code == 0 and "Both sides have" in told, told
    own = folder.parent / "new"
    own.mkdir()
    new = JetStreamLog(own, target.address, 1, lambda: 0)
    await new.start()
    (lost,) = await new.read(last.seq - 1, 1)
    assert (lost.seq, lost.id, lost.what) == (last.seq, "v.50", Said()) and new.quarantined == 1
    await new.close()
