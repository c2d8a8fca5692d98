"""Records and keys in a cluster that a relay can't read: damaged, or of a newer relay beside it."""

from __future__ import annotations

import logging

import httpx
import pytest

from officer_console.protocol.commands import Claim
from officer_console.protocol.frames import Ack, Done
from officer_console.relay.log.making import connected
from tests.relay.peers import VisitorPeer, officer, random_id

from .conftest import House
from .test_bad_luck import health
from .test_side_by_side import until


async def spoil(house: House, cid: str, last: int, data: bytes, headers: dict[str, str]) -> int:
    """Append something that is no record of this version, as a newer relay or a damaged disk would leave it."""
    async with connected(house.address) as link:
        headers = {"Nats-Expected-Last-Subject-Sequence": str(last), **headers}
        return await link.append(f"{house.streams.event_subject}{cid}", data, headers)


@pytest.mark.parametrize(
    "data",
    [
        b"\x00not a record",
        b'[9,1,"ID","v",{"kind":"said","env":{"form":"of the future"}}]',
        b'[1,1,"x","v",{"kind":"?"}]',
    ],
    ids=["damaged", "newer", "unknown"],
)
async def test_a_message_that_can_not_be_read_is_a_gap(
    house: House, caplog: pytest.LogCaptureFixture, data: bytes
) -> None:
    caplog.set_level(logging.ERROR)
    async with house.relay("one") as relay:
        await house.found(relay, house.station.lead)
        visitor = VisitorPeer(relay.url, house.station)
        async with visitor.talking("un") as page, officer(relay.url, house.station, house.station.lead) as lead:
            await lead.meet(visitor.cid)
            queue = relay.relay.context.registrar.queue
            visitor.seal("deux")  # she has sent it, and it was stored like this
            last = (await relay.relay.context.log.read(0, 100, visitor.cid))[-1].seq
            seq = await spoil(house, visitor.cid, last, data, {"Desk-Id": "v.1", "Desk-By": "v"})
            await until(lambda: queue.get(visitor.cid).visitor_count == 2)
            await page.send(visitor.seal("trois"))
            assert (await page.until(Ack)).id == "v.2"
            assert isinstance(await lead.do(Claim(visitor.cid, random_id())), Done)
        events = await relay.relay.context.log.read(0, 100, visitor.cid)
        (lost,) = [event for event in events if event.seq == seq]
        assert lost.kind == "said" and lost.what.env is None
        assert "can't be read" in caplog.text
        async with httpx.AsyncClient(trust_env=False) as client:
            assert "officer_console_unreadable_records 1.0" in (await client.get(f"{relay.url}/metrics")).text
    async with house.relay("two") as relay:  # nor does it hinder a start
        assert relay.relay.context.registrar.queue.get(visitor.cid).visitor_count == 3


async def test_another_record_that_can_not_be_read_is_passed_over(house: House) -> None:
    async with house.relay("one") as relay:
        await house.found(relay, house.station.lead)
        visitor = VisitorPeer(relay.url, house.station)
        async with visitor.talking("un") as page, officer(relay.url, house.station, house.station.lead) as lead:
            await lead.meet(visitor.cid)
            log = relay.relay.context.log
            last = (await log.read(0, 100, visitor.cid))[-1].seq
            headers = {"Desk-Id": random_id(), "Desk-By": house.station.lead.kid}
            await spoil(house, visitor.cid, last, b"[9]", headers)
            answer = await lead.do(Claim(visitor.cid, random_id()))
            assert isinstance(answer, Done), answer
            await page.send(visitor.seal("deux"))
            assert (await page.until(Ack)).id == "v.1"


@pytest.mark.parametrize("name", ["o.AAAAAAAAAAAAAAAAAAAAAA", "w.key", "w.key.member.more", "z.of the future"])
async def test_a_key_that_can_not_be_read_hinders_no_other(house: House, name: str) -> None:
    """As a newer relay would leave it, beside this one and before another starts."""
    async with house.relay("one") as one, connected(house.address) as link:
        await house.found(one, house.station.lead)
        subject = house.streams.key_subject + name.replace(" ", "")
        await link.append(subject, b'{"of":"the future"}', {})
        async with house.relay("two") as two:
            visitor = VisitorPeer(two.url, house.station)
            async with visitor.talking("un"):
                slots = one.relay._folder / "keys.slots"
                await until(lambda: visitor.opening.box.encode() in slots.read_bytes())
            assert await one.relay.context.shelf.opening(visitor.cid) is not None
            assert await health(one.url) == await health(two.url) == 200
