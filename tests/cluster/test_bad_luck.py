"""What a cluster goes through: no servers, lost servers, streams that are not what they must be."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace
from nats.aio.msg import Msg

from officer_console.client.desk import OfficerDesk
from officer_console.client.visitor import Visitor
from officer_console.config import Config
from officer_console.errors import UserError
from officer_console.model.conversation import State
from officer_console.model.events import Draft, Erased, Noted
from officer_console.model.transcript import Kind, Line, Status
from officer_console.protocol.commands import Claim
from officer_console.protocol.frames import Ack, Done, Here, No
from officer_console.protocol.refusals import Refused
from officer_console.relay.log.address import parse
from officer_console.relay.log.making import connected, make
from officer_console.relay.log.nats_link import ApiError, Link, Unreachable
from officer_console.relay.service import Running, running_relay
from officer_console.vault.primitives import signing_public
from tests.client.test_desk import on_duty
from tests.client.test_tls import certificate
from tests.fire.served import enrolled
from tests.nats import Servers
from tests.relay.peers import Station, VisitorPeer, officer, random_id

from .conftest import House
from .test_side_by_side import until


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Servers]:
    """One server of its own, that runs."""
    servers = Servers(tmp_path / "nats", 1)
    servers.start()
    yield servers
    servers.stop()


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Servers]:
    """Three servers of their own, that run."""
    servers = Servers(tmp_path / "nats", 3)
    servers.start()
    yield servers
    servers.stop()


@asynccontextmanager
async def desk(servers: Servers, folder: Path, station: Station) -> AsyncIterator[tuple[House, Running]]:
    """A founded desk on these servers and one relay."""
    house = House(servers, folder, station)
    await house.make()
    async with house.relay("one") as relay:
        await house.found(relay, station.lead)
        yield house, relay


async def health(url: str) -> int:
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(f"{url}/healthz")).status_code


async def until_health(url: str, wanted: int) -> float:
    """Wait until /healthz answers this; how long it took, in s."""
    begin = time.monotonic()
    async with asyncio.timeout(30):
        while await health(url) != wanted:
            await asyncio.sleep(0.05)
    return time.monotonic() - begin


# ---- the servers ---------------------------------------------------------------------------------------------------


async def answers(url: str) -> int:
    """What /healthz says, once somebody listens there."""
    async with asyncio.timeout(10):
        while True:
            try:
                return await health(url)
            except httpx.TransportError:
                await asyncio.sleep(0.05)


@asynccontextmanager
async def serving(config: Config) -> AsyncIterator[asyncio.Event]:
    """A relay that is being started at its own port; the event tells that it is."""
    started = asyncio.Event()

    async def serve() -> None:
        async with running_relay(config):
            started.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(serve())
    try:
        yield started
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_with_no_servers_at_the_start_it_waits_and_says_so(
    alone: Servers, tmp_path: Path, station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    async with desk(alone, tmp_path, station) as (house, relay):
        visitor = VisitorPeer(relay.url, station)
        async with visitor.talking("avant"):
            pass
    alone.nodes[0].kill()
    config = house.config("one")
    port = int(relay.url.rpartition(":")[2])
    config = replace(config, relay=replace(config.relay, port=port, public_url=relay.url))
    async with serving(config) as started:
        assert await answers(relay.url) == 503
        async with visitor.connect() as ws:
            assert "busy" in await ws.recv(), "nobody is let in, and everybody is asked to come back"
        await until(lambda: "waiting for nats://" in caplog.text)
        assert not started.is_set()
        alone.start()
        async with asyncio.timeout(20):
            await started.wait()
        await until_health(relay.url, 200)
        async with visitor.wire(resume_after=0) as page:
            assert (await page.until(Here)).seq > 0


async def test_an_erasure_that_is_refused_leaves_the_conversation_whole(
    alone: Servers, tmp_path: Path, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else she is told that it is gone, her key is, and the log has it for ever: nobody could ask once more."""
    async with desk(alone, tmp_path, station) as (_, relay):
        visitor = VisitorPeer(relay.url, station)
        async with visitor.talking("bonjour"):
            log = relay.relay.context.log
            appending = log.link.append  # type: ignore[attr-defined]

            async def unreachable(subject: str, *more: object) -> int:
                if subject.endswith(visitor.cid) and ".events." in subject:
                    raise ApiError(0, "no room")
                return int(await appending(subject, *more))

            monkeypatch.setattr(log.link, "append", unreachable)  # type: ignore[attr-defined]
            with pytest.raises(Refused, match="storage"):
                await log.erase(Draft(visitor.cid, "gone", "v", Erased()))
            assert await relay.relay.context.shelf.opening(visitor.cid) is not None
            monkeypatch.undo()
            await log.erase(Draft(visitor.cid, "gone", "v", Erased()))
            assert await relay.relay.context.shelf.opening(visitor.cid) is None


async def test_an_erasure_that_stops_on_its_way_is_carried_through_by_its_relay(
    alone: Servers, tmp_path: Path, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its keys, too: the event is there, so nobody asks once more."""
    monkeypatch.setattr("officer_console.relay.log.jetstream.SWEEP_S", 0.3)
    async with desk(alone, tmp_path, station) as (_, relay):
        visitor = VisitorPeer(relay.url, station)
        async with visitor.talking("bonjour"):
            log = relay.relay.context.log
            erasing, tries = log._keys.erase, []  # type: ignore[attr-defined]

            async def erase(cid: str) -> None:
                tries.append(cid)
                if len(tries) == 1:
                    raise Refused("storage")
                await erasing(cid)

            monkeypatch.setattr(log._keys, "erase", erase)  # type: ignore[attr-defined]
            with pytest.raises(Refused, match="storage"):
                await log.erase(Draft(visitor.cid, "gone", "v", Erased()))
            async with asyncio.timeout(10):
                while visitor.cid in log._events.half_erased:  # type: ignore[attr-defined]
                    await asyncio.sleep(0.02)
            assert len(tries) == 2
            assert [event.kind for event in await log.read(0, 100, visitor.cid)] == ["erased"]


async def test_servers_that_have_just_been_started_are_waited_for_by_init(
    alone: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They answer before they have agreed on who leads."""
    requesting, tries = Link.request, Counter[str]()

    async def not_yet(link: Link, subject: str, *rest: Any) -> Msg:
        tries[subject] += 1
        if tries[subject] < 2:
            raise Unreachable
        return await requesting(link, subject, *rest)

    monkeypatch.setattr(Link, "request", not_yet)
    relay = replace(Config().relay, log=alone.url("patient"), copies=1)
    assert await make(relay, tmp_path, "kid", lambda: 1)
    assert len(tries) == 8, "three streams looked for and made, a note, a token"
    monkeypatch.setattr("officer_console.relay.log.making.READY_S", 0)
    tries.clear()
    with pytest.raises(UserError, match="Do most of its servers run"):
        await make(relay, tmp_path, "kid", lambda: 1)


async def test_lost_in_the_middle_it_refuses_and_recovers(alone: Servers, tmp_path: Path, station: Station) -> None:
    async with desk(alone, tmp_path, station) as (_, relay):
        visitor = VisitorPeer(relay.url, station)
        async with visitor.talking("un") as page, officer(relay.url, station, station.lead) as lead:
            await lead.meet(visitor.cid)
            alone.nodes[0].kill()
            await until_health(relay.url, 503)
            message = visitor.seal("deux")
            begin = time.monotonic()
            await page.send(message)
            assert (await page.until(No)).code == "storage"
            assert (await lead.do(Claim(visitor.cid, random_id()))).code == "storage"
            assert time.monotonic() - begin < 3
            alone.start()
            await until_health(relay.url, 200)
            await page.send(message)
            assert (await page.until(Ack)).id == "v.1"
            assert isinstance(await lead.do(Claim(visitor.cid, random_id())), Done)
        opening = await relay.relay.context.shelf.opening(visitor.cid)
        assert opening is not None and opening.box == visitor.opening.box
        stored = await relay.relay.context.log.read(0, 100, visitor.cid)
        assert [event.id for event in stored if event.kind == "said"] == ["v.0", "v.1"]


async def test_lost_in_the_middle_everybody_keeps_what_he_writes_and_sees_it(
    alone: Servers, tmp_path: Path, station: Station
) -> None:
    """With the real console and a real page's session: nothing is lost, and both know that it is not stored yet."""
    async with desk(alone, tmp_path, station) as (_, relay):
        visitor = Visitor(relay.url, signing_public(station.root))
        who = enrolled(station, station.lead, relay.url)
        async with asyncio.timeout(60), visitor, on_duty(who, tmp_path / "console") as mine:
            officers = mine.desk
            await visitor.stored(visitor.say("un"))
            await mine.until(lambda: officers.queue.waiting_size)
            cid = officers.claims.take_next()
            await mine.until(lambda: officers.queue.get(cid).state is State.HELD)
            officers.open(cid)
            alone.nodes[0].kill()
            await until_health(relay.url, 503)
            number = visitor.say("deux")
            officers.talk.say(cid, "je suis là")
            await mine.until(lambda: [each.status for each in mine_of(officers, cid)] == [Status.PENDING])
            assert officers.link.unsent == 1 and visitor._session.unsent == 1
            await asyncio.to_thread(alone.start)
            await visitor.stored(number)
            await visitor.until(lambda v: v.texts == ["je suis là"])
            await mine.until(lambda: not officers.link.unsent)
            assert [(each.text, each.status is Status.PENDING) for each in mine_of(officers, cid)] == [
                ("je suis là", False)
            ]
        stored = await relay.relay.context.log.read(0, 100, cid)
        numbers = [event.id for event in stored if event.kind == "said"]
        assert len(numbers) == len(set(numbers)), "and each once"


def mine_of(desk: OfficerDesk, cid: str) -> list[Line]:
    """The officer's own lines."""
    return [line for line in desk.talk.lines(cid) if line.kind is Kind.OFFICER]


async def test_keys_come_back_from_the_slots_when_all_servers_were_stopped(
    alone: Servers, tmp_path: Path, station: Station
) -> None:
    async with desk(alone, tmp_path, station) as (house, relay):
        kept, gone = VisitorPeer(relay.url, station), VisitorPeer(relay.url, station)
        for visitor in (kept, gone):
            async with visitor.talking("un"):
                pass
        await relay.relay.context.registrar.erase(gone.cid, "v", "v", "erased")
        alone.nodes[0].kill()
        alone.start()
        await until_health(relay.url, 200)

        async def there() -> dict[str, int]:
            with contextlib.suppress(UserError):  # the stream itself was gone
                async with connected(house.address) as link:
                    info = await link.ask(f"STREAM.INFO.{house.streams.keys}", {"subjects_filter": ">"})
                    return dict(info["state"].get("subjects") or {})
            return {}

        async with asyncio.timeout(15):
            while f"{house.streams.key_subject}o.{kept.cid}" not in (names := await there()):
                await asyncio.sleep(0.1)
        assert f"{house.streams.key_subject}o.{gone.cid}" not in names, "what was erased does not come back"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
async def test_the_loss_of_the_leader_is_gotten_over(
    three: Servers, tmp_path: Path, station: Station, how: signal.Signals
) -> None:
    async with desk(three, tmp_path, station) as (house, relay):
        log = relay.relay.context.log
        first = (await log.append(Draft("c", "0", "x", Noted()))).seq
        async with connected(house.address) as link:
            leader = (await link.ask(f"STREAM.INFO.{house.streams.events}"))["cluster"]["leader"]
        node = next(node for node in three.nodes if node.name == leader)
        stored, slowest, number = [first], 0.0, 0
        begin = time.monotonic()
        node.send(how)
        while time.monotonic() - begin < 8:
            number += 1
            asked = time.monotonic()
            while True:  # as an outbox does
                try:
                    stored.append((await log.append(Draft("c", str(number), "x", Noted()))).seq)
                    break
                except Refused as refused:
                    assert refused.code == "storage"
                    await asyncio.sleep(0.1)
            slowest = max(slowest, time.monotonic() - asked)
            await asyncio.sleep(0.01)
        if how == signal.SIGSTOP:
            node.send(signal.SIGCONT)
        kept = await log.read(0, 10_000, "c")
        events = [event for event in kept if event.by == "x"]  # the relay may have missed a visitor who never was there
        assert [event.id for event in events] == [str(n) for n in range(number + 1)]
        assert [event.seq for event in events] == stored
        print(f"longest append while the leader was lost by {how.name}: {slowest:.1f} s")
        assert slowest < 12
        await until_health(relay.url, 200)


# ---- the streams ---------------------------------------------------------------------------------------------------


async def change(house: House, **settings: object) -> None:
    async with connected(house.address) as link:
        info = await link.ask(f"STREAM.INFO.{house.streams.events}")
        await link.ask(f"STREAM.UPDATE.{house.streams.events}", {**info["config"], **settings})


async def refusal(house: House, name: str = "one") -> str:
    with pytest.raises(UserError) as caught:
        async with house.relay(name):
            pass
    return str(caught.value)


async def test_a_missing_stream_is_told_with_what_makes_it(
    nats: Callable[[int], Servers], tmp_path: Path, station: Station
) -> None:
    house = House(nats(1), tmp_path, station)
    told = await refusal(house)
    assert f"relay init --log {house.url}" in told
    async with connected(house.address) as link:
        await house.streams.make(link)
    async with house.relay("one"):
        pass


async def test_wrong_settings_are_told_and_mended(house: House) -> None:
    await change(house, max_age=int(3600e9), deny_purge=False)
    told = await refusal(house)
    assert "max_age" in told and f"relay init --log {house.url}" in told
    await house.make()
    async with house.relay("one"):
        pass


async def test_what_can_not_be_mended_is_told(nats: Callable[[int], Servers], tmp_path: Path, station: Station) -> None:
    house = House(nats(1), tmp_path, station)
    settings = house.streams.settings()[house.streams.events]
    async with connected(house.address) as link:
        await link.ask(f"STREAM.CREATE.{house.streams.events}", {**settings, "storage": "memory"})
    with pytest.raises(UserError, match="storage can't be changed"):
        await house.make()


async def test_one_server_can_not_keep_three_copies(nats: Callable[[int], Servers], tmp_path: Path) -> None:
    house = House(nats(1), tmp_path, Station(int(time.time())))
    house.streams._copies = 3
    with pytest.raises(UserError, match=r"relay\.copies"):
        await house.make()


# ---- who is let in -------------------------------------------------------------------------------------------------


async def test_over_tls_with_a_password(tmp_path: Path, station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    cert, secret = certificate(tmp_path)
    more = f"""
tls {{ cert_file: "{cert}", key_file: "{secret}" }}
authorization {{ user: desk, password: "p:w" }}
"""
    servers = Servers(tmp_path / "nats", 1, more=more)
    servers.start()
    try:
        house = House(servers, tmp_path, station)
        house.url = house.url.replace("nats://", "tls://desk:p%3Aw@")
        house.address = parse(house.url)
        with pytest.raises(UserError):
            await house.make()  # nobody vouches for the certificate
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        await house.make()
        async with house.relay("one") as relay:
            await house.found(relay, station.lead)
            async with VisitorPeer(relay.url, station).talking("bonjour"):
                pass
        assert "p%3Aw" not in house.address.told and "desk:" not in house.address.told
        house.url = house.url.replace("p%3Aw", "wrong")
        assert "does not let this relay in" in await refusal(house)
    finally:
        servers.stop()


# ---- who a relay is ------------------------------------------------------------------------------------------------


async def test_a_relay_with_another_key_is_refused(house: House, tmp_path: Path) -> None:
    config = house.config("one")
    assert await make(config.relay, Path(config.relay.data_dir), "the common key", lambda: 0)
    assert "copy relay.key" in await refusal(house)


async def test_a_copied_folder_is_noticed(house: House, caplog: pytest.LogCaptureFixture) -> None:
    async with house.relay("one") as one:
        folder = Path(house.config("two").relay.data_dir)
        (folder / "place").write_bytes((Path(house.config("one").relay.data_dir) / "place").read_bytes())
        async with house.relay("two") as two:
            await until(lambda: "copy of this one's folder" in caplog.text)
            assert await health(one.url) == 200 and await health(two.url) == 200
