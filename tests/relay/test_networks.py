"""Fair among networks: counted in memory, never written, and off for who has no network of her own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import connect

from officer_console.model.conversation import Conversation
from officer_console.model.envelope import RELAY
from officer_console.model.events import Crowded
from officer_console.protocol.commands import Claim, EraseConversation
from officer_console.protocol.frames import Done
from officer_console.relay.networks import HOUR_MS, LOWERED, Networks, network_of
from officer_console.relay.service import running_relay

from .conftest import House, enrol_all
from .peers import Station, VisitorPeer, found_desk, random_id, relay_config

HEADER = "X-Visitor-Network"


class Proxied(VisitorPeer):
    """A visitor whose address a proxy names."""

    def __init__(self, house: House, network: str) -> None:
        super().__init__(house.url, house.station)
        self.network = network

    def connect(self) -> Any:
        url, said = self.url.replace("http", "ws") + "/ws", {HEADER: self.network}
        return connect(url, compression=None, origin=self.url, additional_headers=said)  # type: ignore[arg-type]


@pytest.fixture
async def behind(tmp_path: Path, station: Station) -> AsyncIterator[House]:
    """A relay behind a proxy."""
    plain = relay_config(tmp_path)
    config = msgspec.structs.replace(plain, relay=msgspec.structs.replace(plain.relay, network_header=HEADER))
    members = enrol_all(station)
    async with asyncio.timeout(30), running_relay(config, 0) as relay:
        await found_desk(relay, station)
        yield House(relay, station, members)


async def turn(house: House, visitor: VisitorPeer, expected: int) -> Conversation:
    """Once the relay has counted: how many were before her."""
    queue = house.relay.relay.context.registrar.queue
    async with asyncio.timeout(5):
        while (found := queue.get(visitor.cid)) is None or found.turn != expected:
            await asyncio.sleep(0.005)
    return found


async def test_who_comes_from_a_crowded_network_goes_behind_and_no_one_else(behind: House) -> None:
    async with AsyncExitStack() as stack, behind.console() as lead:
        crowd = [Proxied(behind, f"203.0.113.{n}") for n in (7, 8, 200)]
        other = Proxied(behind, "2001:db8:7::1")
        for visitor in (*crowd, other):
            await stack.enter_async_context(visitor.talking("bonjour"))
        for n, visitor in enumerate(crowd):
            await turn(behind, visitor, n)
        await turn(behind, other, 0)
        waiting = [each.cid for each in behind.relay.relay.context.registrar.queue.waiting()]
        assert waiting == [visitor.cid for visitor in (crowd[0], other, crowd[1], crowd[2])]
        (first, *more) = [event for event in await behind.stored() if isinstance(event.what, Crowded)]
        assert (first.by, first.what, len(more)) == (RELAY, Crowded(1), 1)
        assert isinstance(await lead.do(Claim(crowd[0].cid, random_id())), Done)
        assert isinstance(await lead.do(EraseConversation(crowd[1].cid, random_id())), Done)
        await stack.enter_async_context((late := Proxied(behind, "203.0.113.9")).talking("bonjour"))
        await turn(behind, late, 1)  # one is answered, one is no more


async def test_an_officers_verdict_puts_the_network_behind(behind: House) -> None:
    async with AsyncExitStack() as stack, behind.console() as lead:
        for outcome, address, expected in (("advised", "203.0.113.7", 0), ("abuse", "198.51.100.7", LOWERED)):
            first, again = Proxied(behind, address), Proxied(behind, address)
            await stack.enter_async_context(first.talking("bonjour"))
            assert isinstance(await lead.do(Claim(first.cid, random_id())), Done)
            close = msgspec.structs.replace(lead.close(first.cid, outcome), abuse=outcome == "abuse")
            assert isinstance(await lead.do(close), Done)
            await stack.enter_async_context(again.talking("bonjour"))
            await turn(behind, again, expected)


async def test_on_this_machine_nobody_has_a_network(house: House) -> None:
    """Without a header a proxy of this machine is not a crowd; and what a visitor claims counts for nothing."""
    async with AsyncExitStack() as stack:
        for _ in range(3):
            await stack.enter_async_context(Proxied(house, "203.0.113.7").talking("bonjour"))
        assert not [event for event in await house.stored() if isinstance(event.what, Crowded)]


async def test_no_address_is_on_disk_or_in_a_log(
    behind: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with AsyncExitStack() as stack:
        for _ in range(2):
            await stack.enter_async_context((one := Proxied(behind, "203.0.113.77")).talking("bonjour"))
        await turn(behind, one, 1)
    files = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert any(one.cid.encode() in file for file in files)
    relays = [record.getMessage() for record in caplog.records if record.name.startswith("officer_console")]
    assert not any(b"203.0.113" in file for file in files) and not any("203.0.113" in line for line in relays)
    assert "203.0.113" not in repr(vars(behind.relay.relay.context.networks))


@pytest.mark.parametrize(
    ("said", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"), ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("127.0.0.1", ""), ("::1", ""), ("", ""), ("tor-exit", "tor-exit"),
    ],
)  # fmt: skip
def test_a_network_is_a_24_or_a_48(said: str, network: str) -> None:
    assert network_of(said) == network


def test_of_several_that_a_proxy_names_the_last_is_its_own() -> None:
    networks = Networks(lambda: 0, HEADER)
    scope = {"headers": [(b"x-visitor-network", b"10.0.0.1, 203.0.113.7")], "client": ("192.0.2.1", 1)}
    assert networks.of(scope) == "203.0.113.0/24"
    assert networks.of({"headers": [], "client": ("192.0.2.1", 1)}) == ""
    assert Networks(lambda: 0).of({"headers": [], "client": ("192.0.2.1", 1)}) == "192.0.2.0/24"
    assert Networks(lambda: 0).of({"headers": [], "client": None}) == ""
    assert Networks(lambda: 0).of({"headers": [], "client": ("/run/socket", 0)}) == ""


def test_what_is_counted_is_forgotten() -> None:
    """Over an hour's end it is still known, two hours later nothing is; and who waits no more is not counted."""
    now = [0]
    networks = Networks(lambda: now[0])
    assert [networks.begins(cid, "n", lambda cid: True) for cid in "aab"] == [0, 0, 1]
    now[0] = HOUR_MS + 1
    assert networks.begins("c", "n", lambda cid: cid != "a") == 1
    networks.abused("b")
    assert networks.begins("d", "n", lambda cid: True) == 2 + LOWERED
    networks.forget("c")
    assert networks.begins("e", "n", lambda cid: True) == 2 + LOWERED
    assert networks.begins("f", "m", lambda cid: True) == 0
    now[0] = 2 * HOUR_MS + 2
    assert networks.begins("g", "n", lambda cid: True) == 2
    now[0] = 5 * HOUR_MS
    assert networks.begins("h", "n", lambda cid: True) == 0
