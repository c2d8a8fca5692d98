"""What a relay does when servers are cut off: it asks another one, or sends its clients to another relay."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest
from nats.aio.client import Server

from officer_console.model.events import Draft, Noted
from officer_console.protocol.frames import Bye
from officer_console.relay.log.nats_client import RECONNECT_S, Mended
from officer_console.relay.log.nats_link import Link, Unreachable
from officer_console.relay.log.nats_streams import is_led
from tests.nats import Servers
from tests.relay.peers import Station, VisitorPeer

from .conftest import House
from .test_side_by_side import two, until

__all__ = ["two"]  # a fixture


def server(name: str, reconnects: int = 0) -> Server:
    return Server(urlparse(f"nats://{name}:4222"), reconnects)


def test_another_server_is_the_one_that_has_failed_least_and_not_the_one_that_was_left() -> None:
    client = Mended()
    client._left = "a:4222"
    a, b, c = server("a"), server("b", 2), server("c")
    assert client.another([a, b, c], {}) == (c, 0)
    c.reconnects = 2
    assert client.another([a, b, c], {}) == (a, 0), "the others do not answer"
    client._wanted = "b:4222"
    assert client.another([a, b, c], {})[0] is b and client.another([a, b, c], {})[0] is a, "once"
    a.reconnects = 3
    assert client.another([a, b, c], {})[0] is not a and client.another([a, b], {})[1] == RECONNECT_S


@pytest.mark.parametrize(
    ("cluster", "led"),
    [
        (None, True),
        ({"leader": "a"}, True),
        ({"leader": "", "replicas": [{"active": 0}, {"active": 0}]}, False),
        ({"leader": "a", "replicas": [{"active": 1e8}, {"active": 9e9}]}, True),
        ({"leader": "a", "replicas": [{"active": 4e9}, {"active": 9e9}]}, False),
        ({"leader": "a", "replicas": [{"active": 1, "offline": True}, {"active": 9e9}]}, False),
    ],
)
def test_a_stream_is_led_when_its_leader_hears_from_most_copies(cluster: Any, led: bool) -> None:
    assert is_led(cluster) is led


async def test_what_is_new_is_heard_while_no_server_tells_it(
    house: House, two: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cluster that elects who leads makes nobody a teller; its copies can be read all the same."""
    asking = Link.ask

    async def ask(link: Link, api: str, *more: Any, **named: Any) -> Any:
        if api.startswith("CONSUMER.CREATE"):
            raise Unreachable
        return await asking(link, api, *more, **named)

    monkeypatch.setattr(Link, "ask", ask)
    one, other = (relay.relay.context.log for relay in two)
    await other.link._client._process_op_err(OSError())  # and what it was told by is gone
    await until(lambda: other.link.connected)
    stored = await one.append(Draft("c", "0", "x", Noted()))
    await until(lambda: other._events.tail.head >= stored.seq)
    await until(lambda: other.healthy)


@pytest.mark.parametrize("beyond", [True, False])
async def test_a_server_without_a_leader_is_left_when_another_has_one(
    nats: Callable[[int], Servers], tmp_path: Path, station: Station, monkeypatch: pytest.MonkeyPatch, beyond: bool
) -> None:
    """And not before: while they elect, one is as good as another."""
    house = House(nats(3), tmp_path, station)
    await house.make()
    asking, asked, over = Link.ask, [], []

    async with house.relay("one") as relay:
        log = relay.relay.context.log
        begin = log.link._client.connected_url.netloc

        async def ask(link: Link, api: str, *more: Any, **named: Any) -> Any:
            here = link._client.connected_url.netloc
            if api.startswith("STREAM.INFO") and not over and (here == begin or not beyond):
                asked.append(here)
                raise Unreachable
            return await asking(link, api, *more, **named)

        monkeypatch.setattr(Link, "ask", ask)
        await until(lambda: not log._leader.lately)
        if beyond:
            await until(lambda: log._leader.lately)
            assert log.link._client.connected_url.netloc in {*house.servers.hosts.split(",")} - {begin}
        else:
            await until(lambda: {*asked} == {*house.servers.hosts.split(",")})
            assert log.link.connected and log.link._client.connected_url.netloc == begin
            assert log.healthy, "pages may come all the same: what is written waits a little"
            over.append(True)
            await until(lambda: log._leader.lately)


@pytest.mark.parametrize("silent", [False, True])
async def test_cut_off_from_all_servers_it_sends_its_clients_to_another_relay(
    house: House, two: Any, monkeypatch: pytest.MonkeyPatch, silent: bool
) -> None:
    """Even when it has heard nothing of the other one for some time before it knew that it is cut off."""
    one, other = two
    visitor = VisitorPeer(other.url, house.station)
    async with visitor.talking("un") as page:
        link = other.relay.context.log.link
        await until(lambda: other.relay._cluster.others.count() == 2)
        begin = time.monotonic()
        monkeypatch.setattr(type(link), "connected", property(lambda self: self is not link))
        if silent:
            monkeypatch.setattr(other.relay._cluster.others, "_took_beat", lambda _here, _beat: None)
            other.relay._cluster.others._others.clear()
        await page.until(Bye)
        assert time.monotonic() - begin < 3
        async with VisitorPeer(other.url, house.station).connect() as again:
            assert "storage" in await again.recv()
        async with VisitorPeer(one.url, house.station).talking("deux"):
            pass
        monkeypatch.undo()
        await until(lambda: not other.relay._sockets._sent_away)
    async with VisitorPeer(other.url, house.station).talking("trois"):
        pass


async def test_where_the_stream_ends_is_not_believed_of_a_leader_that_has_lost_the_others(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relay that begins would have half a log, and would not know."""
    async with house.relay("one") as relay:
        log = relay.relay.context.log
        stored = await log.append(Draft("c", "0", "x", Noted()))
        assert await log._last_seq() == stored.seq
        asking = Link.ask

        async def ask(link: Link, api: str, *more: Any, **named: Any) -> Any:
            lost = {"name": "n1", "active": int(9e9)}
            return await asking(link, api, *more, **named) | {"cluster": {"leader": "n0", "replicas": [lost, lost]}}

        monkeypatch.setattr(Link, "ask", ask)
        with pytest.raises(Unreachable):
            await log._last_seq()
