"""Who gets in: the signed challenge, the signature under every command, and what a captured one is good for."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from websockets.asyncio.client import connect

from officer_console.protocol import codec
from officer_console.protocol.commands import Claim, CommandHeader, Heads, History, Release
from officer_console.protocol.desk_session import session_id
from officer_console.protocol.frames import (
    Challenge,
    ChallengeHeader,
    Cmd,
    Done,
    Follow,
    Login,
    LoginHeader,
    NoCmd,
    Welcome,
)
from officer_console.relay.access import NONCE_MS
from officer_console.relay.service import running_relay, wall_clock
from officer_console.vault.base64url import b64, unb64
from officer_console.vault.enrolment import sign_text, verify_text
from officer_console.vault.primitives import kid
from officer_console.vault.statements import DAY

from .conftest import House
from .peers import DeskPeer, Keys, Station, Wire, found_desk, random_id, relay_config


@asynccontextmanager
async def stranger(house: House) -> AsyncIterator[Wire]:
    async with connect(f"ws://{house.host}/desk", compression=None) as ws:
        yield Wire(ws, codec.desk_out)


def answer(challenge: Challenge, keys: Keys, at: str, heads: Heads, **changes: Any) -> Login:
    """A right answer to a challenge, with members of its header changed before it is signed."""
    asked = codec.header(challenge.h, ChallengeHeader)
    header = LoginHeader(1, keys.kid, asked.relay, at, asked.nonce, b64(os.urandom(32)), heads)
    h = codec.encode(msgspec.structs.replace(header, **changes))
    return Login(h, sign_text(keys.sig, "login", h))


# ---- the challenge -------------------------------------------------------------------------------------------------


async def test_the_challenge_is_signed_by_the_relay(house: House) -> None:
    async with stranger(house) as one, stranger(house) as two:
        challenges = [await wire.get() for wire in (one, two)]
    headers = [codec.header(each.h, ChallengeHeader) for each in challenges]
    for challenge, header in zip(challenges, headers, strict=True):
        pub = unb64(header.pub, 65)
        assert kid(pub) == header.relay
        verify_text(pub, "relay", challenge.h, challenge.sig)
        assert header.dir == house.station.heads
        assert abs(header.now - wall_clock()) < 60_000
    assert headers[0].nonce != headers[1].nonce
    assert headers[0].relay == headers[1].relay


async def test_welcome_tells_what_is_new(house: House) -> None:
    genesis = house.relay.relay.context.members.directory
    for size in range(genesis.size + 1):
        async with stranger(house) as wire:
            challenge = await wire.until(Challenge)
            heads = Heads(size, b64(genesis.heads[size]))
            await wire.send(answer(challenge, house.station.lead, house.host, heads))
            welcome = await wire.until(Welcome)
            assert [entry.s for entry in welcome.entries] == [entry.s for entry in genesis.entries[size:]]
            assert (welcome.kid, welcome.role) == (house.station.lead.kid, "lead")
            assert [(wrap.to, wrap.key) for wrap in welcome.wraps] == [(welcome.kid, house.station.desk_key.kid)]


@pytest.mark.parametrize("host", ["{host}", "localhost:{port}", "LOCALHOST:{port}"])
async def test_the_relays_own_names(house: House, host: str) -> None:
    async with stranger(house) as wire:
        challenge = await wire.until(Challenge)
        name = host.format(host=house.host, port=house.relay.port)
        await wire.send(answer(challenge, house.station.lead, name, heads_of(house)))
        assert isinstance(await wire.get(), Welcome)


def heads_of(house: House) -> Heads:
    return house.relay.relay.context.members.heads()


# ---- one refusal for whatever is wrong -----------------------------------------------------------------------------

WRONG: Final[dict[str, dict[str, Any]]] = {
    "unknown officer": {"kid": "AAAAAAAAAAA"},
    "a colleague's name": {"kid": "colleague"},
    "another relay": {"relay": "AAAAAAAAAAA"},
    "another host": {"host": "evil.example"},
    "no host": {"host": ""},
    "another port": {"host": "127.0.0.1:1"},
    "another challenge": {"nonce": b64(bytes(32))},
    "a list that is longer than the relay's": {"dir": Heads(99, b64(bytes(32)))},
    "another list of this size": {"dir": Heads(2, b64(bytes(32)))},
    "a list of a negative size": {"dir": Heads(-1, b64(bytes(32)))},
    "a head that is none": {"dir": Heads(1, "x")},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
async def test_refused_without_a_reason(house: House, changes: dict[str, Any]) -> None:
    if changes.get("kid") == "colleague":
        changes = {"kid": house.members["officer"].kid}
    async with stranger(house) as wire:
        challenge = await wire.until(Challenge)
        await wire.send(answer(challenge, house.station.lead, house.host, heads_of(house), **changes))
        await expect_refused(wire)


async def test_a_signature_that_is_not_the_officers(house: House) -> None:
    async with stranger(house) as wire:
        right = answer(await wire.until(Challenge), house.station.lead, house.host, heads_of(house))
        forged = sign_text(Keys("Mallory").sig, "login", right.h)
        await wire.send(Login(right.h, forged))
        await expect_refused(wire)


async def test_a_signature_made_for_something_else(house: House) -> None:
    async with stranger(house) as wire:
        right = answer(await wire.until(Challenge), house.station.lead, house.host, heads_of(house))
        await wire.send(Login(right.h, sign_text(house.station.lead.sig, "cmd", right.h)))
        await expect_refused(wire)


async def test_an_answer_to_another_sockets_challenge(house: House) -> None:
    async with stranger(house) as one, stranger(house) as two:
        challenge, _ = await one.until(Challenge), await two.until(Challenge)
        stolen = answer(challenge, house.station.lead, house.host, heads_of(house))
        await two.send(stolen)
        await expect_refused(two)
        await one.send(stolen)
        assert isinstance(await one.get(), Welcome)


async def test_an_answer_twice(house: House) -> None:
    async with stranger(house) as wire:
        login = answer(await wire.until(Challenge), house.station.lead, house.host, heads_of(house))
        await wire.send(login)
        await wire.until(Welcome)
        await wire.send(login)
        assert (await wire.until(NoCmd)).code == "unexpected"
        assert await wire.closed() == 1008


async def test_another_version(house: House) -> None:
    async with stranger(house) as wire:
        login = answer(await wire.until(Challenge), house.station.lead, house.host, heads_of(house), v=2)
        await wire.send(login)
        assert (await wire.until(NoCmd)).code == "version"


async def expect_refused(wire: Wire) -> None:
    no = await wire.until(NoCmd)
    assert (no.code, no.c, no.who) == ("login", -1, "")
    assert await wire.closed() == 1008


class Clock:
    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


@pytest.mark.parametrize(("late_ms", "in_time"), [(NONCE_MS, True), (NONCE_MS + 1, False)])
async def test_an_answer_after_a_while(tmp_path: Path, station: Station, late_ms: int, in_time: bool) -> None:
    clock = Clock(station.now * 1000)
    async with running_relay(relay_config(tmp_path), 0, clock=clock) as relay:
        await found_desk(relay, station)
        house = House(relay, station, {"lead": station.lead})
        async with stranger(house) as wire:
            login = answer(await wire.until(Challenge), station.lead, house.host, heads_of(house))
            clock.now += late_ms
            await wire.send(login)
            assert isinstance(await wire.until(Welcome, NoCmd), Welcome) is in_time


async def test_an_enrolment_that_has_run_out(tmp_path: Path, station: Station) -> None:
    clock = Clock(station.now * 1000)
    async with running_relay(relay_config(tmp_path), 0, clock=clock) as relay:
        await found_desk(relay, station)
        house = House(relay, station, {"lead": station.lead})
        async with house.console() as lead:
            clock.now += 181 * DAY * 1000
            await lead.wire.send(lead.command(History(random_id())))
            await expect_refused(lead.wire)
        async with stranger(house) as wire:
            await wire.send(answer(await wire.until(Challenge), station.lead, house.host, heads_of(house)))
            await expect_refused(wire)


async def test_strangers_cost_as_much_as_members(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """How long a refusal takes must not tell who is enrolled: a signature is checked in each case."""
    checked: list[str] = []

    def counting(pub: bytes, domain: Any, h: str, sig: str) -> None:
        checked.append(kid(pub))
        verify_text(pub, domain, h, sig)

    monkeypatch.setattr("officer_console.relay.access.verify_text", counting)
    for keys in (Keys("Nobody"), house.station.lead):
        async with stranger(house) as wire:
            right = answer(await wire.until(Challenge), keys, house.host, heads_of(house))
            await wire.send(Login(right.h, b64(bytes(64))))
            await expect_refused(wire)
    assert len(checked) == 2


async def test_many_failed_logins_lock_nobody_out(house: House) -> None:
    """Names of keys are no secret: somebody else's tries must not keep an officer from the desk."""
    for _ in range(30):
        async with stranger(house) as wire:
            right = answer(await wire.until(Challenge), house.station.lead, house.host, heads_of(house))
            await wire.send(Login(right.h, b64(bytes(64))))
            await expect_refused(wire)
    async with house.console():
        pass


# ---- before a login ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "frame",
    [Follow(0), Cmd("{}", "A" * 86), {"t": "live", "cid": "A" * 22, "h": "{}", "n": "", "c": ""}],
    ids=["follow", "cmd", "live"],
)
async def test_nothing_but_login_before_login(house: House, frame: object) -> None:
    async with stranger(house) as wire:
        await wire.send(frame)
        assert (await wire.until(NoCmd)).code == "unexpected"
        assert await wire.closed() == 1008


# ---- commands ------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def waiting(house: House) -> AsyncIterator[tuple[str, DeskPeer]]:
    """A conversation that waits, and the lead's console."""
    visitor = house.visitor()
    async with visitor.talking("bonjour"), house.console() as lead:
        yield visitor.cid, lead


async def expect_cmd_refused(house: House, desk: DeskPeer, cmd: Cmd, code: str) -> None:
    before = await house.stored()
    await desk.wire.send(cmd)
    no = await desk.wire.until(NoCmd)
    assert (no.code, no.c) == (code, -1)
    assert await desk.wire.closed() == 1008
    assert await house.stored() == before


async def test_a_command_again(house: House) -> None:
    async with waiting(house) as (cid, lead):
        claim = lead.command(Claim(cid, random_id()))
        await lead.wire.send(claim)
        assert isinstance(await lead.wire.until(Done), Done)
        await expect_cmd_refused(house, lead, claim, "replayed")


async def test_a_number_that_does_not_rise(house: House) -> None:
    async with waiting(house) as (cid, lead):
        lead.given = 10
        assert isinstance(await lead.do(History(cid)), Done)
        lead.given = 8
        await expect_cmd_refused(house, lead, lead.command(Claim(cid, random_id())), "replayed")


async def test_numbers_may_leave_gaps(house: House) -> None:
    async with waiting(house) as (cid, lead):
        lead.given = 1000
        assert isinstance(await lead.do(Claim(cid, random_id())), Done)


async def test_a_captured_command_on_another_socket(house: House) -> None:
    async with waiting(house) as (cid, lead), house.console() as other:
        captured = lead.command(Claim(cid, random_id()))
        await expect_cmd_refused(house, other, captured, "replayed")


@pytest.mark.parametrize("what", ["kid", "sid", "do", "signature", "by another", "for a login"])
async def test_a_command_that_is_not_as_it_was_signed(house: House, what: str) -> None:
    async with waiting(house) as (cid, lead):
        cmd = lead.command(Claim(cid, random_id()))
        altered = {
            "kid": Cmd(_put(cmd.h, kid="AAAAAAAAAAA"), cmd.sig),
            "sid": Cmd(_put(cmd.h, sid="A" * 22), cmd.sig),
            "do": Cmd(cmd.h.replace('"claim"', '"release"'), cmd.sig),
            "signature": Cmd(cmd.h, b64(bytes(64))),
            "by another": Cmd(cmd.h, sign_text(Keys("Mallory").sig, "cmd", cmd.h)),
            "for a login": Cmd(cmd.h, sign_text(house.station.lead.sig, "login", cmd.h)),
        }[what]
        await expect_cmd_refused(house, lead, altered, "bad_signature")


async def test_a_colleagues_command_signed_by_oneself(house: House) -> None:
    async with waiting(house) as (cid, lead):
        header = codec.header(lead.command(Claim(cid, random_id())).h, CommandHeader)
        h = codec.encode(msgspec.structs.replace(header, kid="AAAAAAAAAAA"))
        await expect_cmd_refused(house, lead, Cmd(h, sign_text(house.station.lead.sig, "cmd", h)), "replayed")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda h: h + " x",
        lambda h: h.replace('"c":0', '"c":-1'),
        lambda h: h.replace('"c":0', '"c":0.0'),
        lambda h: h.replace('"c":0', '"c":0,"c":1'),
        lambda h: h.replace('"do":"claim"', '"do":"promote"'),
        lambda h: h.replace('"do":{', '"admin":true,"do":{'),
        lambda h: h.replace('"id":"', '"id":"A'),
    ],
)
async def test_a_command_that_is_none(house: House, spoil: Callable[[str], str]) -> None:
    async with waiting(house) as (cid, lead):
        right = lead.command(Claim(cid, random_id())).h
        h = spoil(right)
        assert h != right
        await expect_cmd_refused(house, lead, Cmd(h, sign_text(house.station.lead.sig, "cmd", h)), "malformed")


@pytest.mark.parametrize("heads", [Heads(99, b64(bytes(32))), Heads(1, b64(bytes(32))), Heads(-1, ""), Heads(1, "x")])
async def test_a_command_under_another_list_of_officers(house: House, heads: Heads) -> None:
    """A console that saw a list that the relay does not have must notice; the connection goes on."""
    async with waiting(house) as (cid, lead):
        header = codec.header(lead.command(Claim(cid, random_id())).h, CommandHeader)
        h = codec.encode(msgspec.structs.replace(header, dir=heads))
        await lead.wire.send(Cmd(h, sign_text(house.station.lead.sig, "cmd", h)))
        no = await lead.wire.until(NoCmd)
        assert (no.code, no.c) == ("directory", 0)
        assert isinstance(await lead.do(Claim(cid, random_id())), Done)


async def test_the_session_is_bound_to_both_sides_numbers(house: House) -> None:
    async with waiting(house) as (cid, lead):
        lead.sid = session_id(b64(bytes(32)), b64(bytes(32)))
        await expect_cmd_refused(house, lead, lead.command(Claim(cid, random_id())), "replayed")


# ---- several sessions, and the pipeline ----------------------------------------------------------------------------


async def test_an_officer_may_have_several_consoles(house: House) -> None:
    visitor = house.visitor()
    async with visitor.talking("bonjour"), house.console() as one, house.console() as two:
        await two.meet(visitor.cid)
        assert isinstance(await one.do(Claim(visitor.cid, random_id())), Done)
        assert isinstance(await two.do(two.say(visitor.cid, "je suis là")), Done)


async def test_commands_given_at_once_are_carried_out_in_order(house: House) -> None:
    visitors = [house.visitor() for _ in range(5)]
    async with house.console() as lead:
        for visitor in visitors:
            async with visitor.talking("bonjour"):
                pass
        ids = [random_id() for _ in range(40)]
        for n, id_ in enumerate(ids):
            cid = visitors[n % 5].cid
            await lead.wire.send(lead.command((Claim if n // 5 % 2 == 0 else Release)(cid, id_)))
        answers = [await lead.wire.until(Done, NoCmd) for _ in ids]
        assert all(isinstance(each, Done) for each in answers)
        assert {each.c for each in answers} == set(range(40))
    for visitor in visitors:
        mine = [event.id for event in await house.stored() if event.cid == visitor.cid and event.id in ids]
        assert mine == ids[visitors.index(visitor) :: 5]


def _put(header: str, **changes: Any) -> str:
    return json.dumps(json.loads(header) | changes, separators=(",", ":"))


async def test_a_console_that_is_gone_leaves_nothing_behind(house: House) -> None:
    connected = house.relay.relay.context.connected
    async with house.console("lead"), house.console("officer"):
        assert len(connected.desks) == 2
    async with asyncio.timeout(5):
        while connected.desks:
            await asyncio.sleep(0.01)
