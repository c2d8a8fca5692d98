"""An officer's console that is broken or was taken over: what it may not say is refused, nothing is stored, and the
others go on. What is no frame at all is in test_hostile."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import msgspec
import pytest
import pytest_asyncio
from websockets.asyncio.client import connect

from officer_console.model.envelope import Envelope, LiveHeader, MessageHeader
from officer_console.model.events import Event, Left, Opened, Returned
from officer_console.protocol import codec
from officer_console.protocol.commands import Claim, Release, Say
from officer_console.protocol.frames import Challenge, Done, Follow, Found, Join, Live, NoCmd
from officer_console.protocol.refusals import REFUSALS
from officer_console.vault.base64url import b64
from officer_console.vault.enrolment import sign_text

from .conftest import House, enrol_all
from .peers import DeskPeer, Keys, Station, VisitorPeer, Wire, founded_relay, random_id
from .test_presence import desk_live

pytestmark = pytest.mark.asyncio(loop_scope="module")
Held = tuple[VisitorPeer, Wire, DeskPeer]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """One relay for all cases: it must get over each of them."""
    station = Station(int(time.time()))
    members = enrol_all(station)
    async with founded_relay(tmp_path_factory.mktemp("relay"), station, unanswered_max=10_000) as relay:
        yield House(relay, station, members)


@asynccontextmanager
async def held(house: House) -> AsyncIterator[Held]:
    """A conversation that this console's officer holds."""
    visitor = house.visitor()
    async with house.console("officer") as desk, visitor.talking("bonjour") as page:
        desk.take_key(visitors_opening(visitor))
        assert isinstance(await desk.do(Claim(visitor.cid, random_id())), Done)
        yield visitor, page, desk


def visitors_opening(visitor: VisitorPeer) -> Any:
    return Event(1, 0, visitor.cid, "open", "v", Opened(visitor.opening.h, visitor.opening.box))


async def stored(house: House) -> list[Event]:
    return [event for event in await house.stored() if not isinstance(event.what, Left | Returned)]


async def expect_no(house: House, desk: DeskPeer, do: Any, codes: set[str]) -> None:
    """Refused with one of these codes; the connection goes on, and nothing is stored."""
    before = await stored(house)
    no = await desk.do(do)
    assert isinstance(no, NoCmd) and no.code in codes, no
    assert (no.text, no.c) == (REFUSALS[no.code].sentence, desk.given)
    assert await stored(house) == before


# ---- what it writes ------------------------------------------------------------------------------------------------

WRONG_HEADS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "another conversation": ("sender", {"cid": "A" * 22}),
    "another key": ("sender", {"kc": "A" * 22}),
    "the visitor's direction": ("sender", {"d": "v"}),
    "the visitor's name": ("sender", {"s": "v"}),
    "a colleague's name": ("sender", {"s": "AAAAAAAAAAA"}),
    "one was left out": ("sequence", {"n": 1}),
    "far ahead": ("sequence", {"n": 2**31 - 1}),
    "a digest too short": ("malformed", {"p": "A" * 21}),
    "a digest that is not canonical": ("malformed", {"p": "A" * 21 + "B"}),
    "an impossible count": ("malformed", {"a": 2**31 + 1}),
    "a negative count": ("malformed", {"a": -1}),
}


@pytest.mark.parametrize(("code", "changes"), WRONG_HEADS.values(), ids=WRONG_HEADS)
async def test_words_under_a_wrong_header(house: House, code: str, changes: dict[str, Any]) -> None:
    async with held(house) as (visitor, _page, desk):
        say = desk.say(visitor.cid, "je suis là")
        header = msgspec.structs.replace(codec.header(say.env.h, MessageHeader), **changes)
        env = Envelope(codec.encode(header), say.env.n, say.env.c)
        await expect_no(house, desk, Say(visitor.cid, env), {code})
        assert isinstance(await desk.do(say), Done)


@pytest.mark.parametrize("header", ["", "{}", "[]", '{"t":"msg"}', '{"t":"live","v":1}', "x" * 5000, "[" * 5000])
async def test_words_under_no_header(house: House, header: str) -> None:
    async with held(house) as (visitor, _page, desk):
        env = desk.say(visitor.cid, "je suis là").env
        await expect_no(house, desk, Say(visitor.cid, Envelope(header, env.n, env.c)), {"malformed"})


@pytest.mark.parametrize("part", ["n", "c"])
@pytest.mark.parametrize("value", ["", "AAAA", "A" * 1000, "=" * 16, "é" * 16, "\x00" * 16])
async def test_words_of_broken_bytes(house: House, part: str, value: str) -> None:
    async with held(house) as (visitor, _page, desk):
        env = msgspec.structs.replace(desk.say(visitor.cid, "je suis là").env, **{part: value})
        await expect_no(house, desk, Say(visitor.cid, env), {"malformed"})


async def test_a_visitors_envelope_is_not_an_officers(house: House) -> None:
    async with held(house) as (visitor, _page, desk):
        await expect_no(house, desk, Say(visitor.cid, visitor.sent[0]), {"sender"})


async def test_the_same_words_again_are_answered_and_altered_ones_refused(house: House) -> None:
    async with held(house) as (visitor, _page, desk):
        say = desk.say(visitor.cid, "je suis là")
        first = await desk.do(say)
        assert (await desk.do(say)).seq == first.seq
        other = msgspec.structs.replace(say.env, c=desk.say(visitor.cid, "autre chose").env.c)
        await expect_no(house, desk, Say(visitor.cid, other), {"conflict"})


async def test_an_id_of_another_event(house: House) -> None:
    """The name of an event belongs to what was first stored under it."""
    async with held(house) as (visitor, _page, desk):
        id_ = random_id()
        assert isinstance(await desk.do(Release(visitor.cid, id_)), Done)
        await expect_no(house, desk, Claim(visitor.cid, id_), {"conflict"})


# ---- live frames ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [{"cid": "A" * 22}, {"d": "v"}, {"s": "v"}, {"s": "AAAAAAAAAAA"}],
    ids=lambda changes: next(iter(changes.items())),
)
async def test_live_frames_under_a_wrong_header(house: House, changes: dict[str, Any]) -> None:
    async with held(house) as (visitor, page, desk):
        frame = desk_live(desk, visitor.cid, visitor.keys)
        h = codec.encode(msgspec.structs.replace(codec.header(frame.h, LiveHeader), **changes))
        await desk.wire.send(msgspec.structs.replace(frame, h=h))
        assert (await desk.wire.until(NoCmd)).code == "malformed"
        assert await desk.wire.closed() == 1008
        await page.send(visitor.seal("encore"))
        while (frame := await page.get()).__struct_config__.tag != "ack":
            assert not isinstance(frame, Live)


@pytest.mark.parametrize(("part", "value"), [("n", "AAAA"), ("c", ""), ("c", b64(bytes(2064))), ("h", "{}")])
async def test_live_frames_of_broken_bytes(house: House, part: str, value: str) -> None:
    async with held(house) as (visitor, _page, desk):
        frame = msgspec.structs.replace(desk_live(desk, visitor.cid, visitor.keys), **{part: value})
        await desk.wire.send(frame)
        assert (await desk.wire.until(NoCmd)).code == "malformed"
        assert await desk.wire.closed() == 1008


# ---- the right frame at the wrong moment ---------------------------------------------------------------------------


async def test_following_twice(house: House) -> None:
    async with house.console("officer") as desk:
        await desk.wire.send(Follow(0))
        assert (await desk.wire.until(NoCmd)).code == "unexpected"
        assert await desk.wire.closed() == 1008


@pytest.mark.parametrize("after", [2**53, 10**6])
async def test_following_from_beyond_the_end(house: House, after: int) -> None:
    """A console that saw more than this relay has gets all that comes."""
    async with house.console("officer", after) as desk, house.visitor().talking("bonjour"):
        assert (await desk.happened("opened")).seq < after


def founding(house: House, token: str) -> Found:
    station = Station(house.station.now)
    return Found(token, station.entries(), [station.wrap(station.lead)])


def joining(keys: Keys, **changes: Any) -> Join:
    request = json.dumps({"sig_pub": b64(keys.applicant.sig_pub)} | changes)
    return Join("A" * 11, request, b64(bytes(32)), sign_text(keys.sig, "invite", request))


@pytest.mark.parametrize("token", ["", "A" * 22, "é", "x" * 10_000])
async def test_founding_what_is_founded(house: House, token: str) -> None:
    root = house.relay.relay.context.members.root
    async with connect(f"ws://{house.host}/desk", compression=None) as ws:
        wire = Wire(ws, codec.desk_out)
        await wire.until(Challenge)
        await wire.send(founding(house, token or house.relay.relay.context.token.renew()))
        assert (await wire.until(NoCmd)).code == "founding"
        assert await wire.closed() == 1008
    assert house.relay.relay.context.members.root == root


@pytest.mark.parametrize("wrong", ["signature", "no key", "a key that is none", "no JSON", "another's key"])
async def test_asking_to_join_with_what_proves_nothing(house: House, wrong: str) -> None:
    keys = Keys("Mallory")
    ask = {
        "signature": msgspec.structs.replace(joining(keys), sig=b64(bytes(64))),
        "no key": msgspec.structs.replace(joining(keys), request="{}"),
        "a key that is none": joining(keys, sig_pub=b64(bytes(65))),
        "no JSON": msgspec.structs.replace(joining(keys), request="["),
        "another's key": joining(keys, sig_pub=b64(house.station.lead.applicant.sig_pub)),
    }[wrong]
    async with house.console() as lead, connect(f"ws://{house.host}/desk", compression=None) as ws:
        wire = Wire(ws, codec.desk_out)
        await wire.send(ask)
        assert (await wire.until(NoCmd)).code in ("bad_signature", "malformed")
        assert await wire.closed() == 1008
        assert isinstance(await lead.do(Claim(random_id(), random_id())), NoCmd)
    assert not house.relay.relay.context.joiners._waiting


@pytest.mark.parametrize("kind", ["found", "join"])
async def test_founding_and_joining_after_a_login(house: House, kind: str) -> None:
    async with house.console() as lead:
        await lead.wire.send(founding(house, "A" * 22) if kind == "found" else joining(Keys("Zoé")))
        assert (await lead.wire.until(NoCmd)).code == "unexpected"
        assert await lead.wire.closed() == 1008


async def test_who_asks_to_join_and_goes_leaves_nothing(house: House) -> None:
    joiners = house.relay.relay.context.joiners
    async with connect(f"ws://{house.host}/desk", compression=None) as ws:
        wire = Wire(ws, codec.desk_out)
        await wire.send(joining(Keys("Zoé")))
        while (await wire.get()).__struct_config__.tag != "pending":
            pass
        assert len(joiners._waiting) == 1
    async with house.console() as lead:
        while joiners._waiting:
            await lead.do(Claim(random_id(), random_id()))


# ---- what nobody foresaw -------------------------------------------------------------------------------------------


async def test_a_fault_of_the_relay_ends_that_connection_alone(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told with its kind and place, without what it says: that could be anything."""
    async with held(house) as (visitor, page, desk), house.console() as lead:

        async def broken(*_: Any) -> int:
            raise ValueError(visitor.cid)

        before = await stored(house)
        with monkeypatch.context() as patch:
            patch.setattr(house.relay.relay.context.registrar, "submit", broken)
            await desk.wire.send(desk.command(Release(visitor.cid, random_id())))
            assert await desk.wire.closed() == 1011
            await page.send(visitor.seal("encore"))
            assert await page.closed() == 1011
        assert await stored(house) == before
        assert (await lead.do(Release(visitor.cid, random_id()))).c == lead.given
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 2 and all("a connection failed: ValueError in tests.relay" in each for each in told)
    assert not any(visitor.cid in each or record.exc_info for each, record in zip(told, caplog.records, strict=True))
