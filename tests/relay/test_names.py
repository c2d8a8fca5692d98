"""The relay's own names: under which consoles may dial it, and pages may come from it."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from websockets.asyncio.client import connect

from officer_console.protocol import codec
from officer_console.protocol.frames import Challenge, Desk, Hello, Welcome
from officer_console.relay.service import _hosts, _origins, running_relay

from .conftest import House
from .peers import Station, Wire, found_by_code, found_desk, relay_config
from .test_login import answer, heads_of, stranger

HERE: Final = "http://127.0.0.1:8440"

NAMES: Final = {
    # public_url: (names a console may dial, origins of its page; without those of HERE)
    "https://chat.example": ({"chat.example", "chat.example:443"}, {"https://chat.example"}),
    "https://chat.example:443": ({"chat.example", "chat.example:443"}, {"https://chat.example"}),
    "https://chat.example:8443": ({"chat.example:8443"}, {"https://chat.example:8443"}),
    "https://Chat.Example/": ({"chat.example", "chat.example:443"}, {"https://chat.example"}),
    "HTTPS://CHAT.EXAMPLE:443/": ({"chat.example", "chat.example:443"}, {"https://chat.example"}),
    "https://chat.example:80": ({"chat.example:80"}, {"https://chat.example:80"}),
    "https://[2001:DB8::443]": ({"[2001:db8::443]", "[2001:db8::443]:443"}, {"https://[2001:db8::443]"}),
    "https://[2001:db8::1]:443": ({"[2001:db8::1]", "[2001:db8::1]:443"}, {"https://[2001:db8::1]"}),
    "https://[2001:db8::1]:8443": ({"[2001:db8::1]:8443"}, {"https://[2001:db8::1]:8443"}),
    "http://127.0.0.1": ({"127.0.0.1", "127.0.0.1:80"}, {"http://127.0.0.1"}),
    "HTTP://LOCALHOST:80": ({"localhost", "localhost:80"}, {"http://localhost"}),
    "http://[::1]:8440": ({"[::1]:8440"}, {"http://[::1]:8440"}),
}
OWN: Final = ({"127.0.0.1:8440", "localhost:8440"}, {HERE, "http://localhost:8440"})


@pytest.mark.parametrize("public", NAMES)
def test_however_the_public_address_is_spelt(public: str) -> None:
    hosts, origins = NAMES[public]
    assert _hosts(public, HERE) == hosts | OWN[0]
    on_this_machine = public.lower().startswith("http://")
    assert _origins(public, HERE) == (origins | OWN[1] if on_this_machine else origins)


@pytest.mark.parametrize(
    ("here", "names"),
    [
        ("http://127.0.0.1:8440", {"127.0.0.1:8440", "localhost:8440"}),
        ("http://[::1]:8440", {"[::1]:8440", "localhost:8440"}),
        ("https://127.0.0.1:443", {"127.0.0.1", "127.0.0.1:443", "localhost", "localhost:443"}),
        ("http://192.0.2.127:8440", {"192.0.2.127:8440"}),
        ("http://127.0.0.11:8440", {"127.0.0.11:8440"}),
    ],
)
def test_where_it_listens(here: str, names: set[str]) -> None:
    assert _hosts(here, here) == names


@pytest.mark.parametrize("host", ["chat.example", "CHAT.example", "chat.example:443", "127.0.0.1:{port}"])
async def test_a_console_gets_in_under_each_name(tmp_path: Path, station: Station, host: str) -> None:
    config = relay_config(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    public = msgspec.structs.replace(config.relay, public_url="https://chat.example", port=port)
    async with running_relay(msgspec.structs.replace(config, relay=public)) as relay:
        await found_by_code(relay.url, relay.relay.context.token.renew(), station)
        house = House(relay, station, {"lead": station.lead})
        async with stranger(house) as wire:
            challenge = await wire.until(Challenge)
            await wire.send(answer(challenge, station.lead, host.format(port=port), heads_of(house)))
            assert isinstance(await wire.get(), Welcome)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_a_page_on_this_machine_may_name_it(tmp_path: Path, station: Station, host: str) -> None:
    config = relay_config(tmp_path)
    config = msgspec.structs.replace(config, relay=msgspec.structs.replace(config.relay, host=host))
    async with running_relay(config, 0) as relay:
        await found_desk(relay, station)
        for origin in (relay.url, f"http://localhost:{relay.port}"):
            at: Any = {"origin": origin}
            async with connect(relay.url.replace("http", "ws") + "/ws", **at) as ws:
                page = Wire(ws, codec.visitor_out)
                await page.send(Hello(1))
                assert isinstance(await page.get(), Desk)
