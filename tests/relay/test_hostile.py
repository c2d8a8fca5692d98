"""Frames of every wrong kind: refused with a code and a sentence, closed where it says so, nothing stored, and the
relay goes on."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import msgspec
import pytest
import pytest_asyncio
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from officer_console.model.envelope import MessageHeader, OpenHeader
from officer_console.model.events import Event, Left, Returned
from officer_console.protocol import codec
from officer_console.protocol.frames import Ack, Erase, Live, Msg, No, NoCmd, Open
from officer_console.protocol.refusals import REFUSALS
from officer_console.vault.base64url import b64, unb64

from .conftest import House, enrol_all
from .peers import Station, VisitorPeer, Wire, founded_relay, random_id

pytestmark = pytest.mark.asyncio(loop_scope="module")
HUGE: Final = codec.MAX_FRAME + 1


def plain(frame: object) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(frame)
    return fields


def text(frame: object, **changes: Any) -> str:
    """A frame with members changed, whatever the protocol says to it."""
    return json.dumps(plain(frame) | changes)


def changed(header: str, **changes: Any) -> str:
    return json.dumps(json.loads(header) | changes, separators=(",", ":"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """One relay for all cases: it must get over each of them."""
    station = Station(int(time.time()))
    members = enrol_all(station)
    folder = tmp_path_factory.mktemp("relay")
    async with founded_relay(folder, station, unanswered_max=10_000, first_frame_s=2) as relay:
        yield House(relay, station, members)


async def stored(house: House) -> list[Event]:
    """What people wrote: who came and went in other cases is news too, and may come at any moment."""
    return [event for event in await house.stored() if not isinstance(event.what, Left | Returned)]


async def expect_refusal(house: House, wire: Wire, code: str, before: list[Event], event: str = "") -> None:
    """The relay refuses what was just sent, with this code, and stores nothing."""
    no = await wire.until(No)
    assert (no.code, no.text, no.id) == (code, REFUSALS[code].sentence, event)
    if REFUSALS[code].close is not None:
        assert await wire.closed() == REFUSALS[code].close
    assert await stored(house) == before


async def expect_alive(house: House) -> None:
    """Somebody else can talk."""
    async with house.visitor().talking("bonjour"):
        pass


# ---- what is no frame of a visitor, at any moment ------------------------------------------------------------------

NO_FRAMES: Final[dict[str, str]] = {
    "nothing": "",
    "no JSON": "bonjour",
    "half a frame": '{"t":"hello"',
    "two frames": '{"t":"hello","v":1}{"t":"hello","v":1}',
    "a list": "[]",
    "a number": "1",
    "null": "null",
    "no type": '{"v":1}',
    "unknown type": '{"t":"admin","v":1}',
    "a type that is no text": '{"t":1,"v":1}',
    "a type of the other direction": '{"t":"ack","id":"open","seq":1,"at":1}',
    "a console's type": '{"t":"follow","after":0}',
    "unknown field": '{"t":"hello","v":1,"admin":true}',
    "missing field": '{"t":"hello"}',
    "wrong type": '{"t":"hello","v":"1"}',
    "not an integer": '{"t":"hello","v":1.0}',
    "an exponent": '{"t":"hello","v":1e0}',
    "no number": '{"t":"hello","v":NaN}',
    "a number without end": '{"t":"hello","v":' + "9" * 5000 + "}",
    "a key twice": '{"t":"hello","v":1,"v":1}',
    "a type twice": '{"t":"hello","t":"hello","v":1}',
    "a key twice, escaped": '{"t":"hello","v":1,"\\u0076":1}',
    "half a character": '{"t":"erase","cid":"\\ud800AAAAAAAAAAAAAAAAAAAAA"}',
    "deep": "[" * 20_000,
    "deep inside": '{"t":"hello","v":' + "[" * 20_000,
    "a byte order mark": '\ufeff{"t":"hello","v":1}',
    "trailing words": '{"t":"hello","v":1} x',
}


@pytest.mark.parametrize("raw", NO_FRAMES.values(), ids=NO_FRAMES)
async def test_first_frames(house: House, raw: str) -> None:
    before = await stored(house)
    async with house.visitor().connect() as ws:
        await ws.send(raw)
        await expect_refusal(house, Wire(ws, codec.visitor_out), "malformed", before)
    await expect_alive(house)


@pytest.mark.parametrize("raw", NO_FRAMES.values(), ids=NO_FRAMES)
async def test_later_frames(house: House, raw: str) -> None:
    async with house.visitor().talking("bonjour") as page:
        before = await stored(house)
        await page.ws.send(raw)
        await expect_refusal(house, page, "malformed", before)
    await expect_alive(house)


async def test_a_frame_that_is_too_large(house: House) -> None:
    async with house.visitor().talking("bonjour") as page:
        before = await stored(house)
        await page.ws.send('{"t":"hello","v":1}'.ljust(HUGE))
        await expect_refusal(house, page, "too_large", before)
    await expect_alive(house)


async def test_too_large_in_bytes_though_not_in_characters(house: House) -> None:
    async with house.visitor().talking("bonjour") as page:
        before = await stored(house)
        await page.ws.send(text(Msg("é" * (codec.MAX_FRAME // 2), "", "")).encode().decode("unicode_escape"))
        await expect_refusal(house, page, "too_large", before)


async def test_a_frame_far_too_large_is_not_even_read(house: House) -> None:
    async with house.visitor().talking("bonjour") as page:
        with contextlib.suppress(ConnectionClosed):
            await page.ws.send("x" * 10_000_000)
        assert await page.closed() == 1009
    await expect_alive(house)


async def test_a_binary_frame(house: House) -> None:
    async with house.visitor().talking("bonjour") as page:
        before = await stored(house)
        await page.ws.send(b'{"t":"hello","v":1}')
        assert await page.closed() == 1003
        assert await stored(house) == before
    await expect_alive(house)


# ---- the right frame at the wrong moment ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["open", "msg", "live", "leave", "erase"])
async def test_before_saying_hello(house: House, kind: str) -> None:
    visitor, before = house.visitor(), await stored(house)
    async with visitor.connect() as ws:
        await ws.send(codec.encode(_frames(visitor)[kind]))
        await expect_refusal(house, Wire(ws, codec.visitor_out), "unexpected", before)


@pytest.mark.parametrize("kind", ["msg", "live", "leave", "erase"])
async def test_before_opening(house: House, kind: str) -> None:
    visitor, before = house.visitor(), await stored(house)
    async with visitor.wire() as page:
        await page.send(_frames(visitor)[kind])
        await expect_refusal(house, page, "unexpected", before)


@pytest.mark.parametrize("kind", ["hello", "resume", "open"])
async def test_what_comes_once_only(house: House, kind: str) -> None:
    visitor = house.visitor()
    async with visitor.talking("bonjour") as page:
        before = await stored(house)
        await page.send(_frames(visitor)[kind])
        await expect_refusal(house, page, "unexpected", before)


def _frames(visitor: VisitorPeer) -> dict[str, object]:
    return {
        "hello": visitor.hello,
        "resume": visitor.resume(),
        "open": visitor.opening,
        "msg": visitor.seal("bonjour"),
        "live": visitor.seal_live(),
        "leave": {"t": "leave", "how": "exit"},
        "erase": Erase(visitor.cid),
    }


@pytest.mark.parametrize("version", [0, 2, -1, 2**40])
async def test_another_version(house: House, version: int) -> None:
    visitor = house.visitor()
    async with visitor.talking("bonjour"):
        before = await stored(house)
        for frame in (visitor.hello, visitor.resume()):
            async with visitor.connect() as ws:
                await ws.send(text(frame, v=version))
                await expect_refusal(house, Wire(ws, codec.visitor_out), "version", before)


async def test_a_first_frame_that_does_not_come(house: House) -> None:
    before = await stored(house)
    async with house.visitor().connect() as ws:
        await expect_refusal(house, Wire(ws, codec.visitor_out), "late", before)


# ---- a conversation that is not hers -------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["token", "conversation"])
async def test_resuming_what_is_not_hers(house: House, wrong: str) -> None:
    visitor = house.visitor()
    async with visitor.talking("bonjour"):
        before = await stored(house)
        changes = {"vt": b64(bytes(32))} if wrong == "token" else {"cid": random_id()}
        async with visitor.connect() as ws:
            wire = Wire(ws, codec.visitor_out)
            await ws.send(text(visitor.resume(), **changes))
            await expect_refusal(house, wire, "unknown", before)
            await wire.send(visitor.hello)  # the connection goes on
            await wire.get()


@pytest.mark.parametrize("token", ["", "A" * 42, "A" * 42 + "B", "A" * 43 + "=", "A" * 43 + "\n", "é" * 43, "A" * 44])
async def test_a_token_that_is_none(house: House, token: str) -> None:
    visitor = house.visitor()
    async with visitor.talking("bonjour"):
        before = await stored(house)
        async with visitor.connect() as ws:
            await ws.send(text(visitor.resume(), vt=token))
            await expect_refusal(house, Wire(ws, codec.visitor_out), "malformed", before)


async def test_erasing_what_is_not_hers(house: House) -> None:
    other = house.visitor()
    async with other.talking("bonjour"), house.visitor().talking("bonjour") as page:
        before = await stored(house)
        await page.send(Erase(other.cid))
        await expect_refusal(house, page, "unknown", before)


async def test_opening_what_is_open_already(house: House) -> None:
    victim, other = house.visitor(), house.visitor()
    async with victim.talking("bonjour"), other.wire() as page:
        before = await stored(house)
        await page.send(Open(victim.opening.h, other.opening.box, other.opening.vt))
        await expect_refusal(house, page, "conflict", before, "open")


async def test_a_copy_of_the_relays_files_opens_nothing(house: House) -> None:
    victim = house.visitor()
    async with victim.talking("bonjour"), house.visitor().wire() as page:
        before = await stored(house)
        kept = await house.relay.relay.context.shelf.opening(victim.cid)
        assert kept is not None
        await page.send(Open(victim.opening.h, kept.box, kept.vt))
        await expect_refusal(house, page, "conflict", before, "open")


# ---- opening -------------------------------------------------------------------------------------------------------

WRONG_HEADS: Final[dict[str, dict[str, Any]]] = {
    "another type": {"t": "msg"},
    "another version": {"v": 2},
    "another epoch": {"e": 1},
    "an unknown desk key": {"kid": "AAAAAAAAAAA"},
    "a field too many": {"x": 1},
    "a name too short": {"cid": "A" * 21},
    "a name that is not canonical": {"cid": "A" * 21 + "B"},
    "a name with a line break": {"cid": "A" * 22 + "\n"},
    "a commitment too long": {"kc": "A" * 23},
    "a number for a name": {"cid": 5},
}


@pytest.mark.parametrize("changes", WRONG_HEADS.values(), ids=WRONG_HEADS)
async def test_opening_under_a_wrong_header(house: House, changes: dict[str, Any]) -> None:
    visitor, before = house.visitor(), await stored(house)
    async with visitor.wire() as page:
        opening = visitor.opening
        await page.ws.send(text(Open(changed(opening.h, **changes), opening.box, opening.vt)))
        await expect_refusal(house, page, "malformed", before)
    await expect_alive(house)


@pytest.mark.parametrize("member", ["box", "vt"])
@pytest.mark.parametrize("spoil", [lambda s: s[:-1], lambda s: s + "A", lambda s: s + "=", lambda s: "+" + s[1:]])
async def test_opening_with_broken_bytes(house: House, member: str, spoil: Callable[[str], str]) -> None:
    visitor, before = house.visitor(), await stored(house)
    async with visitor.wire() as page:
        await page.ws.send(text(visitor.opening, **{member: spoil(getattr(visitor.opening, member))}))
        await expect_refusal(house, page, "malformed", before)


# ---- messages ------------------------------------------------------------------------------------------------------

WRONG_MESSAGES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "another conversation": ("sender", {"cid": "A" * 22}),
    "another key": ("sender", {"kc": "A" * 22}),
    "the other direction": ("sender", {"d": "d"}),
    "an officer's name": ("sender", {"s": "AAAAAAAAAAA"}),
    "one was left out": ("sequence", {"n": 2}),
    "far ahead": ("sequence", {"n": 2**31 - 1}),
    "another type": ("malformed", {"t": "live"}),
    "an unknown direction": ("malformed", {"d": "x"}),
    "a field too many": ("malformed", {"x": 1}),
    "a digest too short": ("malformed", {"p": "A" * 21}),
    "a digest that is not canonical": ("malformed", {"p": "A" * 21 + "B"}),
    "an impossible count": ("malformed", {"a": 2**31 + 1}),
    "a negative count": ("malformed", {"a": -1}),
}


@pytest.mark.parametrize(("code", "changes"), WRONG_MESSAGES.values(), ids=WRONG_MESSAGES)
async def test_messages_under_a_wrong_header(house: House, code: str, changes: dict[str, Any]) -> None:
    visitor = house.visitor()
    async with visitor.talking("bonjour") as page:
        before = await stored(house)
        msg = visitor.seal("et encore")
        await page.send(Msg(changed(msg.h, **changes), msg.n, msg.c))
        event = f"v.{changes.get('n', 1)}" if REFUSALS[code].close is None else ""
        await expect_refusal(house, page, code, before, event)
        if REFUSALS[code].close is None:
            await page.send(msg)
            assert (await page.until(Ack)).id == "v.1"
    await expect_alive(house)


async def test_a_negative_number(house: House) -> None:
    visitor = house.visitor()
    async with visitor.talking("bonjour") as page:
        before = await stored(house)
        msg = visitor.seal("et encore")
        await page.send(Msg(changed(msg.h, n=-1), msg.n, msg.c))
        assert (await page.until(No)).code in ("sequence", "malformed")
        assert await stored(house) == before


SPOILT: Final[dict[str, Callable[[Msg], Msg]]] = {
    "nonce too short": lambda m: Msg(m.h, m.n[:-1], m.c),
    "nonce too long": lambda m: Msg(m.h, m.n + "AAAA", m.c),
    "nonce padded": lambda m: Msg(m.h, m.n + "=", m.c),
    "words too short": lambda m: Msg(m.h, m.n, m.c[:-4]),
    "words of no bucket": lambda m: Msg(m.h, m.n, b64(bytes(1000))),
    "no words": lambda m: Msg(m.h, m.n, ""),
    "words not canonical": lambda m: Msg(m.h, m.n, _not_canonical(m.c)),
    "words with a space": lambda m: Msg(m.h, m.n, " " + m.c[1:]),
    "standard base64": lambda m: Msg(m.h, m.n, "+" + m.c[1:]),
    "header with a key twice": lambda m: Msg('{"v":1,' + m.h[1:].replace('"v":1', '"v":1', 1), m.n, m.c),
    "header that is no JSON": lambda m: Msg(m.h + ",", m.n, m.c),
    "empty header": lambda m: Msg("", m.n, m.c),
}


def _not_canonical(sealed: str) -> str:
    """Another spelling of the same bytes: 528 bytes are 704 characters, the last of 543 …: only if bits are spare."""
    data = unb64(sealed)
    assert len(data) % 3 == 0
    return sealed + "\n"


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
async def test_messages_with_broken_bytes(house: House, spoil: Callable[[Msg], Msg]) -> None:
    visitor = house.visitor()
    async with visitor.talking("bonjour") as page:
        before = await stored(house)
        await page.send(spoil(visitor.seal("et encore")))
        await expect_refusal(house, page, "malformed", before)
    await expect_alive(house)


async def test_a_message_again_is_answered_again(house: House) -> None:
    visitor = house.visitor()
    async with visitor.talking("bonjour") as page:
        before = await stored(house)
        env = visitor.sent[0]
        await page.send(Msg(env.h, env.n, env.c))
        assert (await page.until(Ack)).seq == before[-1].seq
        assert await stored(house) == before


@pytest.mark.parametrize("part", ["words", "nonce", "header"])
async def test_a_message_again_but_altered(house: House, part: str) -> None:
    visitor = house.visitor()
    async with visitor.talking("bonjour") as page:
        before = await stored(house)
        first, second = visitor.sent[0], visitor.seal("autre chose")
        altered = {
            "words": Msg(first.h, first.n, second.c),
            "nonce": Msg(first.h, second.n, first.c),
            "header": Msg(changed(first.h, p="A" * 22), first.n, first.c),
        }[part]
        await page.send(altered)
        await expect_refusal(house, page, "conflict", before, "v.0")
        await page.send(second)
        assert (await page.until(Ack)).id == "v.1"


@pytest.mark.parametrize(
    "changes",
    [{"cid": "A" * 22}, {"d": "d"}, {"s": "AAAAAAAAAAA"}, {"t": "msg"}, {"x": 1}, {"ln": "1"}],
    ids=lambda changes: next(iter(changes)),
)
async def test_live_frames_under_a_wrong_header(house: House, changes: dict[str, Any]) -> None:
    visitor = house.visitor()
    async with visitor.talking("bonjour") as page:
        before = await stored(house)
        live = visitor.seal_live()
        await page.send(Live(changed(live.h, **changes), live.n, live.c))
        no = await page.until(No)
        assert no.code in ("malformed", "sender")
        assert await stored(house) == before
    await expect_alive(house)


# ---- where connections come from -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "origin",
    [None, "null", "https://evil.example", "http://127.0.0.1", "http://127.0.0.1:1", "HTTP://127.0.0.1:{port}/"],
)
async def test_pages_of_other_sites_are_not_let_in(house: House, origin: str | None) -> None:
    asked = origin.format(port=house.relay.port) if origin else None
    with pytest.raises(Exception, match="HTTP 403"):
        async with connect(house.url.replace("http", "ws") + "/ws", origin=asked):  # type: ignore[arg-type]
            pass


@pytest.mark.parametrize("origin", ["null", "http://127.0.0.1:{port}", "https://evil.example"])
async def test_no_page_is_a_console(house: House, origin: str) -> None:
    asked: Any = origin.format(port=house.relay.port)
    with pytest.raises(Exception, match="HTTP 403"):
        async with connect(house.url.replace("http", "ws") + "/desk", origin=asked):
            pass


@pytest.mark.parametrize("path", ["/", "/ws/", "/WS", "/desk/x", "/admin"])
async def test_there_are_two_endpoints(house: House, path: str) -> None:
    with pytest.raises(Exception, match=r"HTTP 40[34]"):
        async with connect(house.url.replace("http", "ws") + path, origin=house.url):  # type: ignore[arg-type]
            pass


# ---- frames of a console -------------------------------------------------------------------------------------------

NO_DESK_FRAMES: Final = NO_FRAMES | {
    "a console's type": '{"t":"hello","v":1}',
    "a negative cursor": '{"t":"follow","after":-1}',
    "a cursor out of range": '{"t":"follow","after":9007199254740993}',
    "a signature too short": '{"t":"login","h":"{}","sig":"AAAA"}',
}


@pytest.mark.parametrize("raw", NO_DESK_FRAMES.values(), ids=NO_DESK_FRAMES)
@pytest.mark.parametrize("logged_in", [False, True], ids=["before login", "after login"])
async def test_frames_of_consoles(house: House, raw: str, logged_in: bool) -> None:
    before = await stored(house)
    async with connect(f"ws://{house.host}/desk", compression=None) as stranger, house.console() as lead:
        wire = lead.wire if logged_in else Wire(stranger, codec.desk_out)
        await wire.ws.send(raw)
        no = await wire.until(NoCmd)
        assert (no.code, no.text, no.c) == ("malformed", REFUSALS["malformed"].sentence, -1)
        assert await wire.closed() == 1008
    assert await stored(house) == before
    await expect_alive(house)


async def test_a_binary_frame_of_a_console(house: House) -> None:
    async with house.console() as lead:
        await lead.wire.ws.send(b"{}")
        assert await lead.wire.closed() == 1003
    await expect_alive(house)


async def test_a_frame_of_a_console_that_is_too_large(house: House) -> None:
    async with house.console() as lead:
        with contextlib.suppress(ConnectionClosed):
            await lead.wire.ws.send("x" * (codec.MAX_DESK_IN + 1))
        assert await lead.wire.closed() == 1009
    await expect_alive(house)


async def test_headers_used_here_are_those_of_the_protocol() -> None:
    """Were a field renamed, the wrong headers above would be wrong for another reason."""
    assert {name for changes in WRONG_HEADS.values() for name in changes} - {"t", "x"} <= {
        *OpenHeader.__struct_fields__
    }
    told = {name for _, changes in WRONG_MESSAGES.values() for name in changes}
    assert told - {"t", "x"} <= {*MessageHeader.__struct_fields__}
