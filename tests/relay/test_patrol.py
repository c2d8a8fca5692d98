"""Patrol requests at the relay: who gets what of them, and what is not taken."""

from __future__ import annotations

import msgspec
import pytest

from officer_console.model.events import CallbackRequested, Erased, Event, PatrolRequested, PatrolStatus, Referred
from officer_console.protocol.commands import Claim, EraseConversation, History, TellPatrol
from officer_console.protocol.frames import Done, Happened, Past, Pulse

from .conftest import House
from .peers import DeskPeer, VisitorPeer, random_id


async def test_the_room_gets_its_own_box_and_nothing_else(house: House) -> None:
    visitor, other = house.visitor(), house.visitor()
    async with other.talking("rien"), visitor.talking("au secours"), house.console() as lead:
        await lead.do(Claim(visitor.cid, random_id()))
        do = lead.ask_patrol(visitor.cid, "14 rue des lilas")
        assert isinstance(await lead.do(do), Done)
        async with house.console("dispatch") as room:
            event = (await room.wire.until(Happened)).e
            assert isinstance(event.what, PatrolRequested) and event.id == do.id
            assert (event.what.h, event.what.sig, event.what.box) == (do.h, do.sig, "")
            assert [each.to for each in event.what.rooms] == [room.keys.kid]
            await room.wire.send(room.command(room.tell_patrol(visitor.cid, do.id)))
            assert isinstance((await room.wire.until(Happened)).e.what, PatrolStatus)
            await lead.do(EraseConversation(visitor.cid, random_id()))
            assert isinstance((await room.wire.until(Happened)).e.what, Erased)


async def test_two_rooms_each_get_their_own(house: House) -> None:
    """The second is enrolled like the first; neither sees what is sealed to the other."""
    async with house.visitor().talking("x") as page, house.console() as lead:
        assert page
        visitor = next(iter(house.relay.relay.context.registrar.queue.everything()))
        do = lead.ask_patrol(visitor.cid)
        stranger = msgspec.structs.replace(do.rooms[0], to=house.members["officer"].kid)
        for rooms in ([], [do.rooms[0], do.rooms[0]], [stranger], [msgspec.structs.replace(do.rooms[0], to="A" * 11)]):
            no = await lead.do(msgspec.structs.replace(do, rooms=rooms))
            assert no.code == "no_room", rooms


async def past(desk: DeskPeer, cid: str) -> list[Event]:
    await desk.wire.send(desk.command(History(cid)))
    part = await desk.wire.until(Past)
    assert part.last
    return list(part.events)


def words(events: list[Event]) -> list[bool]:
    """For each patrol event, whether there is something sealed in it."""
    return [bool(each.what.box) for each in events if isinstance(each.what, PatrolRequested | PatrolStatus)]


async def test_a_lead_the_holder_and_who_asked_read_it(house: House) -> None:
    visitor = house.visitor()
    async with (
        visitor.talking("au secours"),
        house.console("officer") as officer,
        house.console("trainer") as trainer,
        house.console("dispatch") as room,
        house.console("lead") as lead,
    ):
        await lead.do(Claim(visitor.cid, random_id()))
        do = lead.ask_patrol(visitor.cid)
        await lead.do(do)
        await room.do(room.tell_patrol(visitor.cid, do.id, words="TV 12"))
        assert words(await past(lead, visitor.cid)) == [True, True]
        assert words(await past(officer, visitor.cid)) == [False, False]
        assert words(await past(trainer, visitor.cid)) == [False, False]
        await officer.do(officer.ask_patrol(visitor.cid))
        assert words(await past(officer, visitor.cid)) == [True, True, True], "who asked reads the case"
        assert all(
            not each.what.rooms for each in await past(lead, visitor.cid) if isinstance(each.what, PatrolRequested)
        )


async def open_case(house: House, visitor: VisitorPeer, lead: DeskPeer) -> str:
    do = lead.ask_patrol(visitor.cid)
    assert isinstance(await lead.do(do), Done)
    return do.id


async def test_the_room_tells_of_cases_that_are_there(house: House) -> None:
    visitor = house.visitor()
    async with visitor.talking("x"), house.console() as lead, house.console("dispatch") as room:
        none = await room.do(room.tell_patrol(visitor.cid, random_id()))
        case = await open_case(house, visitor, lead)
        stranger = await room.do(room.tell_patrol(visitor.cid, random_id()))
        request = await room.do(room.tell_patrol(visitor.cid, case, re=random_id()))
        assert [none.code, stranger.code, request.code] == ["no_case"] * 3
        cancelled = await lead.do(lead.cancel_patrol(visitor.cid))
        again = await lead.do(lead.cancel_patrol(visitor.cid))
        assert isinstance(cancelled, Done) and again.code == "no_case"


async def test_sent_again_it_is_the_same_event(house: House) -> None:
    visitor = house.visitor()
    async with visitor.talking("x"), house.console() as lead, house.console("dispatch") as room:
        do = lead.ask_patrol(visitor.cid)
        assert (await lead.do(do)).seq == (await lead.do(do)).seq
        tell = room.tell_patrol(visitor.cid, do.id)
        assert (await room.do(tell)).seq == (await room.do(tell)).seq
        other = msgspec.structs.replace(room.tell_patrol(visitor.cid, do.id, "closed"), id=tell.id)
        assert (await room.do(other)).code == "sender", "the header names another id"
        kinds = [event.kind for event in await house.stored() if event.cid == visitor.cid]
        assert (kinds.count("patrol_requested"), kinds.count("patrol_status")) == (1, 1)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("cid", "C" * 22, "sender"), ("s", "A" * 11, "sender"), ("id", "I" * 22, "sender"),
        ("act", "cancel", "malformed"), ("use", "practice", "malformed"), ("kid", "A" * 11, "malformed"),
    ],
)  # fmt: skip
async def test_a_header_that_says_something_else(house: House, field: str, value: str, code: str) -> None:
    visitor = house.visitor()
    async with visitor.talking("x"), house.console() as lead:
        do = lead.ask_patrol(visitor.cid, **{field: value})
        assert (await lead.do(msgspec.structs.replace(do, cid=visitor.cid))).code == code
        assert not [event for event in await house.stored() if event.kind == "patrol_requested"]


@pytest.mark.parametrize("state", ["kept", "stored", "cancelled", "coming", ""])
async def test_a_state_that_the_room_can_not_tell(house: House, state: str) -> None:
    visitor = house.visitor()
    async with visitor.talking("x"), house.console() as lead, house.console("dispatch") as room:
        case = await open_case(house, visitor, lead)
        assert (await room.do(room.tell_patrol(visitor.cid, case, state))).code == "malformed"


async def test_a_signature_of_somebody_else(house: House) -> None:
    visitor = house.visitor()
    async with visitor.talking("x"), house.console() as lead, house.console("officer") as officer:
        mine, other = lead.ask_patrol(visitor.cid), officer.ask_patrol(visitor.cid)
        assert (await lead.do(msgspec.structs.replace(mine, sig=other.sig))).code == "bad_signature"


async def test_officers_do_not_play_the_room_and_the_room_does_not_play_officers(house: House) -> None:
    visitor = house.visitor()
    async with visitor.talking("x"), house.console() as lead, house.console("dispatch") as room:
        case = await open_case(house, visitor, lead)
        for who in (lead, room):
            told: TellPatrol = who.tell_patrol(visitor.cid, case)
            answer = await who.do(told)
            assert isinstance(answer, Done) is (who is room)
        assert (await room.do(room.ask_patrol(visitor.cid))).code == "not_yours"
        assert (await room.do(room.cancel_patrol(visitor.cid))).code == "not_yours"
        assert (await room.do(Claim(visitor.cid, random_id()))).code == "not_yours"


async def test_consoles_know_at_once_whether_a_room_is_there(house: House) -> None:
    async with house.console() as lead:
        assert (await lead.wire.until(Pulse)).rooms == []
        async with house.console("dispatch") as room:
            assert (await lead.wire.until(Pulse)).rooms == [room.keys.kid]
            assert (await room.wire.until(Pulse)).on_duty == [lead.keys.kid]
        assert (await lead.wire.until(Pulse)).rooms == []


# ---- call backs, and referrals ---------------------------------------------------------------------------------------


async def test_a_call_back_goes_to_the_room_and_is_taken_once(house: House) -> None:
    visitor = house.visitor()
    async with (
        visitor.talking("x"),
        house.console() as lead,
        house.console("officer") as officer,
        house.console("dispatch") as room,
    ):
        await lead.do(Claim(visitor.cid, random_id()))
        do = lead.ask_callback(visitor.cid, "06")
        assert isinstance(await lead.do(do), Done)
        event = (await room.wire.until(Happened)).e
        assert isinstance(event.what, CallbackRequested) and not event.what.box
        assert [each.to for each in event.what.rooms] == [room.keys.kid]
        for who, readable in ((lead, True), (officer, False)):
            [asked] = [e.what for e in await past(who, visitor.cid) if isinstance(e.what, CallbackRequested)]
            assert bool(asked.box) is readable and not asked.rooms
        assert (await room.do(room.tell_callback(visitor.cid, random_id()))).code == "no_case"
        assert (await room.do(room.tell_callback(visitor.cid, do.id, "accepted"))).code == "malformed"
        assert isinstance(await room.do(room.tell_callback(visitor.cid, do.id)), Done)
        assert (await room.do(room.tell_callback(visitor.cid, do.id, "refused"))).code == "no_case"


async def test_which_referral_was_given_is_for_who_may_read(house: House) -> None:
    visitor = house.visitor()
    async with visitor.talking("x"), house.console() as lead, house.console("officer") as officer:
        await lead.do(Claim(visitor.cid, random_id()))
        assert isinstance(await lead.do(lead.refer(visitor.cid)), Done)
        given = [[e.what.note is not None for e in await past(who, visitor.cid) if isinstance(e.what, Referred)]
                 for who in (lead, officer)]  # fmt: skip
        assert given == [[True], [False]]
