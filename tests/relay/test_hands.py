"""Whispers, hand-overs, leads who look in, arrivals that are paused: what each console gets of them."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from officer_console.model.envelope import Note
from officer_console.model.events import Event
from officer_console.model.roster import Duty
from officer_console.protocol.commands import (
    Accept,
    Assign,
    CallBreak,
    Claim,
    Decline,
    History,
    ResumeArrivals,
    StepOut,
    TellDuty,
)
from officer_console.protocol.frames import Ack, BreakCalled, No, NoCmd, Past, Standing
from officer_console.relay.service import Running

from .conftest import House, enrol_all
from .peers import DeskPeer, Station, founded_relay, random_id


async def past(desk: DeskPeer, cid: str) -> list[Event]:
    await desk.wire.send(desk.command(History(cid)))
    got: list[Event] = []
    while True:
        part = await desk.wire.until(Past)
        got += part.events
        if part.last:
            return got


def note_of(events: list[Event], kind: str) -> list[bool]:
    """Of each event of this kind, whether its note is there."""
    return [isinstance(event.what.note, Note) for event in events if event.kind == kind]  # type: ignore[union-attr]


async def code(desk: DeskPeer, do: Any) -> str:
    answer = await desk.do(do)
    return answer.code if isinstance(answer, NoCmd) else ""


async def test_a_whisper_reaches_the_lead_and_the_holder_and_nobody_else(house: House) -> None:
    visitor = house.visitor()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(visitor.talking("bonjour"))
        lead = await stack.enter_async_context(house.console("lead"))
        holder = await stack.enter_async_context(house.console("officer"))
        others = [await stack.enter_async_context(house.console(role)) for role in ("trainer", "dispatch")]
        assert await code(holder, Claim(visitor.cid, random_id())) == ""
        assert await code(lead, lead.whisper(visitor.cid)) == ""
        assert await code(holder, holder.whisper(visitor.cid)) == ""
        for desk in (lead, holder):
            assert note_of(await past(desk, visitor.cid), "whispered") == [True, True]
        trainer, room = others
        assert note_of(await past(trainer, visitor.cid), "whispered") == [False, False]
        assert await past(room, visitor.cid) == []


async def test_the_card_is_for_whom_it_is_offered_and_the_words_once_he_accepts(house: House) -> None:
    visitor = house.visitor()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(visitor.talking("bonjour"))
        lead = await stack.enter_async_context(house.console("lead"))
        officer = await stack.enter_async_context(house.console("officer"))
        trainer = await stack.enter_async_context(house.console("trainer"))
        assert await code(lead, Claim(visitor.cid, random_id())) == ""
        assert await code(lead, lead.offer(visitor.cid, trainer.keys.kid)) == "not_on_duty"
        assert await code(lead, lead.offer(visitor.cid, lead.keys.kid)) == "state"
        assert await code(officer, Accept(visitor.cid, random_id())) == "no_offer"
        assert await code(lead, lead.offer(visitor.cid, officer.keys.kid)) == ""
        before = await past(officer, visitor.cid)
        assert note_of(before, "offered") == [True]
        assert {e.what.env for e in before if e.kind == "said"} == {None}  # type: ignore[union-attr]
        assert note_of(await past(trainer, visitor.cid), "offered") == [False]
        assert await code(trainer, Accept(visitor.cid, random_id())) == "not_yours"
        assert await code(officer, Accept(visitor.cid, random_id())) == ""
        after = await past(officer, visitor.cid)
        assert all(e.what.env is not None for e in after if e.kind == "said")  # type: ignore[union-attr]
        assert await code(lead, Decline(visitor.cid, random_id())) == "no_offer"


async def test_a_lead_reads_only_once_everybody_sees_that_he_does(house: House) -> None:
    visitor = house.visitor()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(visitor.talking("bonjour"))
        lead = await stack.enter_async_context(house.console("lead"))
        officer = await stack.enter_async_context(house.console("officer"))
        assert await code(officer, Claim(visitor.cid, random_id())) == ""
        said = lambda events: [e.what.env is not None for e in events if e.kind == "said"]  # noqa: E731
        assert set(said(await past(lead, visitor.cid))) == {False}
        assert await code(officer, officer.step_in(visitor.cid)) == "not_yours"
        assert await code(lead, lead.step_in(visitor.cid, reason="relecture")) == ""
        assert set(said(await past(lead, visitor.cid))) == {True}
        assert note_of(await past(officer, visitor.cid), "stepped_in") == [True], "who holds it reads the reason"
        assert await code(lead, StepOut(visitor.cid, random_id())) == ""
        assert set(said(await past(lead, visitor.cid))) == {False}
        assert await code(lead, StepOut(visitor.cid, random_id())) == "not_yours"


async def test_of_two_leads_one_assigns_and_the_other_sees_who_was_faster(house: House) -> None:
    visitor = house.visitor()
    async with visitor.talking("bonjour"), house.console("lead") as lead, house.console("officer") as officer:
        assert await code(lead, Assign(visitor.cid, random_id(), officer.keys.kid)) == ""
        again = await lead.do(Assign(visitor.cid, random_id(), officer.keys.kid))
        assert (again.code if isinstance(again, NoCmd) else "", getattr(again, "seq", None)) == ("", 0)
        conversation = house.relay.relay.context.registrar.require(visitor.cid)
        assert conversation.holder == officer.keys.kid
        assert await code(officer, Assign(visitor.cid, random_id(), officer.keys.kid)) == ""
        assert await code(lead, Assign(visitor.cid, random_id(), "A" * 11)) == "not_on_duty"


async def test_who_leaves_or_is_gone_is_given_nothing(house: House) -> None:
    visitor = house.visitor()
    async with visitor.talking("bonjour"), house.console("lead") as lead:
        async with house.console("officer") as officer:
            kid = officer.keys.kid
            assert await code(officer, TellDuty(Duty(since=1, capacity=2, doing="leaving", languages=("fr",)))) == ""
            assert await code(lead, Assign(visitor.cid, random_id(), kid)) == "not_on_duty"
            assert await code(lead, CallBreak(kid)) == ""
            assert (await officer.wire.until(BreakCalled)).by == lead.keys.kid
            assert await code(officer, CallBreak(lead.keys.kid)) == "not_yours"
        assert await code(lead, CallBreak(kid)) == "not_on_duty"
        while not any(each.kid == kid and not each.linked for each in (await lead.wire.until(Standing)).officers):
            pass
        assert await code(lead, Assign(visitor.cid, random_id(), kid)) == "not_on_duty"


async def test_what_officers_tell_of_their_shift_is_told_to_all_but_the_room(house: House) -> None:
    async with house.console("lead") as lead, house.console("officer") as officer:
        duty = Duty(since=1000, capacity=3, doing="break", languages=("fr", "en"), departments=("75",), debrief=True)
        assert await code(officer, TellDuty(duty)) == ""
        while True:
            standing = await lead.wire.until(Standing)
            found = {each.kid: each for each in standing.officers}
            if found.get(officer.keys.kid) and found[officer.keys.kid].duty == duty:
                break
        assert found[officer.keys.kid].linked and set(found) == {lead.keys.kid, officer.keys.kid}


async def test_arrivals_stay_paused_over_a_restart(tmp_path: Path, station: Station) -> None:
    members = enrol_all(station)

    async def relay_with(stack: AsyncExitStack) -> tuple[House, DeskPeer]:
        relay: Running = await stack.enter_async_context(founded_relay(tmp_path, station))
        house = House(relay, station, members)
        return house, await stack.enter_async_context(house.console("lead"))

    async with AsyncExitStack() as stack:
        house, lead = await relay_with(stack)
        officer = await stack.enter_async_context(house.console("officer"))
        early = house.visitor()
        page = await stack.enter_async_context(early.talking("bonjour"))
        pause = lead.pause("pause", "panne de courant")
        assert await code(officer, officer.pause()) == "not_yours"
        assert await code(lead, pause) == ""
        assert await code(lead, pause) == "", "sent again, it is the same"
        event = await officer.happened("arrivals_paused")
        assert isinstance(event.what.note, Note), "every officer reads the reason"  # type: ignore[union-attr]
        await page.send(early.seal("encore"))
        assert await page.until(Ack), "who had begun goes on"
        late = house.visitor()
        async with late.wire() as wire:
            await wire.send(late.opening)
            assert (await wire.until(No)).code == "paused"
        assert await code(lead, ResumeArrivals(random_id())) == ""
        async with house.visitor().talking("bonsoir"):
            pass
        assert await code(lead, lead.pause("divert")) == ""


async def test_an_event_of_the_desk_is_in_no_conversation(house: House) -> None:
    async with house.console("lead") as lead, house.console("dispatch", None) as room:
        assert await code(lead, lead.pause()) == ""
        assert [(e.kind, e.cid) for e in await house.stored()] == [("arrivals_paused", "desk")]
        assert house.relay.relay.context.registrar.queue.get("desk") is None
        assert (await room.do(History("A" * 22))).code == "unknown"
