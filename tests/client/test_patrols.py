"""A patrol request from the officer's desk over a real relay to a dispatch room and back."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from officer_console.client.api import LinkPhase, Patrol
from officer_console.client.enrolling import Enrolled, found_desk
from officer_console.client.keychain import Keychain
from officer_console.client.open_desk import wall_clock
from officer_console.client.patrol_seal import seal_patrol
from officer_console.client.patrols import OLD_MS
from officer_console.client.visitor import Visitor
from officer_console.demo.members import enrol_here
from officer_console.model.events import Erased, PatrolRequested
from officer_console.model.patrol import PatrolRequest, PatrolState
from officer_console.model.transcript import Kind
from officer_console.protocol.commands import TellPatrol
from officer_console.protocol.founding import parse_founding_code
from officer_console.protocol.refusals import Refused
from officer_console.relay.service import Running, running_relay
from officer_console.vault.errors import VaultError
from tests.fire.served import enrolled
from tests.headless_room import HeadlessRoom, room_on_duty
from tests.relay.peers import Station, relay_config

from .test_desk import WAIT_S, Watched, fixed, on_duty, visitor_of

LILAS = PatrolRequest(place="14 rue des lilas", floor="3e gauche", code="48B2", words="Une patrouille arrive.")
S = PatrolState


class Stage:
    """A relay, a visitor who wrote and is held by the lead `mine`, another officer, a room."""

    def __init__(self, relay: Running, mine: Watched, room: HeadlessRoom, visitor: Visitor, officer: Enrolled) -> None:
        self.relay, self.mine, self.room, self.visitor, self.officer = relay, mine, room, visitor, officer
        self.desk, self.cid = mine.desk, visitor.cid

    @property
    def patrol(self) -> Patrol:
        patrol = self.desk.patrols.of(self.cid)
        assert patrol is not None
        return patrol

    async def ask(self, request: PatrolRequest = LILAS, grace_ms: int = 0) -> None:
        """Ask, and wait until the room has it."""
        before = len(self.room.asked())
        self.desk.patrols.request(self.cid, request, grace_ms)
        await self.room.until(lambda: len(self.room.asked()) > before)

    async def tell(self, state: str, **more: str) -> None:
        """The room tells something of the first request; wait until it is here."""
        first = self.room.asked()[0]
        case = self.conversation_cases()[0]
        before = case.told
        self.room.tell(first, state, **more)
        await self.mine.until(lambda: self.conversation_cases()[0].told > before)

    def conversation_cases(self) -> tuple[object, ...]:
        conversation = self.desk.queue.get(self.cid)
        assert conversation is not None
        return conversation.cases  # type: ignore[return-value]


async def people(relay: Running) -> tuple[Enrolled, Enrolled, Enrolled]:
    """A lead, an officer and a room."""
    code = parse_founding_code(relay.founding_code())
    now = wall_clock() // 1000
    lead = (await found_desk(code, "Camille", "Poste 9", now)).lead
    room, lead = await enrol_here(lead, "Salle 9", "dispatch", now)
    officer, lead = await enrol_here(lead, "Noor", "officer", now)
    return lead, officer, room


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[Stage]:
    (folder / "relay").mkdir(mode=0o700)
    async with asyncio.timeout(2 * WAIT_S), running_relay(relay_config(folder / "relay"), 0) as relay:
        lead, officer, room = await people(relay)
        async with (
            on_duty(lead, folder / "lead") as mine,
            room_on_duty(room) as there,
            visitor_of(relay, lead) as visitor,
        ):
            await visitor.stored(visitor.say("il est derrière la porte, 14 rue des lilas"))
            await mine.until(lambda: len(mine.desk.queue))
            mine.desk.claims.claim(visitor.cid)
            await mine.until(lambda: mine.desk.queue[0].holder == mine.desk.me and mine.desk.talk.lines(visitor.cid))
            yield Stage(relay, mine, there, visitor, officer)


async def test_from_the_key_to_the_scene(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.ask()
        [event] = s.room.asked()
        assert s.room.requests() == [LILAS]
        assert isinstance(event.what, PatrolRequested) and not event.what.box, "nothing of the desk's for the room"
        await s.mine.until(lambda: s.patrol.state is S.STORED and not s.patrol.unsent)
        assert s.patrol.unacked_since and s.patrol.request == LILAS and s.patrol.by == s.desk.me
        assert s.desk.patrols.all_open() == [(s.cid, s.patrol)]
        for state in ("sent", "delivered", "opened", "accepted", "assigned", "on_the_way", "on_scene"):
            await s.tell(state, unit="TV 12" if state == "assigned" else "")
            assert s.patrol.state == state
            assert bool(s.patrol.unacked_since) is (state == "sent")
        assert s.patrol.unit == "TV 12"
        await s.tell("closed", words="fait")
        assert (s.patrol.over, s.patrol.words, s.desk.patrols.all_open()) == (True, "fait", [])
        kinds = [line.kind for line in s.desk.talk.lines(s.cid)]
        assert kinds.count(Kind.PATROL) == 1 and kinds.count(Kind.PATROL_TOLD) == 8


async def test_she_reads_that_help_is_coming_when_the_room_has_accepted_and_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.desk.talk.save_draft(s.cid, "un brouillon")
        await s.ask()
        for state in ("delivered", "opened"):
            await s.tell(state)
        assert s.visitor.helps == []
        await s.tell("accepted")
        await s.visitor.until(lambda v: v.helps)
        await s.tell("assigned")
        await s.tell("on_the_way")
        s.desk.talk.say(s.cid, "je reste avec vous")
        await s.visitor.until(lambda v: len(v.texts) == 2)
        assert [each.b for each in s.visitor.helps] == ["Une patrouille arrive."]
        assert s.visitor.texts == ["Une patrouille arrive.", "je reste avec vous"]
        assert [line.text for line in s.desk.talk.lines(s.cid) if line.kind is Kind.HELP] == ["Une patrouille arrive."]


async def test_the_officer_s_draft_is_left_alone_by_what_is_said_by_itself(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.desk.talk.save_draft(s.cid, "un brouillon")
        await s.ask()
        await s.tell("accepted")
        await s.visitor.until(lambda v: v.helps)
        assert s.desk.talk.draft(s.cid) == "un brouillon"


async def test_a_refused_room_promises_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.ask()
        await s.tell("refused", words="hors du ressort")
        assert (s.patrol.state, s.patrol.words) == (S.REFUSED, "hors du ressort")
        s.desk.talk.say(s.cid, "je cherche une autre patrouille")
        await s.visitor.until(lambda v: v.texts)
        assert s.visitor.helps == []
        await s.mine.until(lambda: "patrol_told" in s.mine.kinds())
        assert [n.text for n in s.mine.notices if n.kind == "patrol_told"] == ["hors du ressort"]


async def test_more_facts_are_an_update_and_a_cancelling_needs_a_reason(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.ask()
        await s.tell("accepted")
        later = msgspec.structs.replace(LILAS, weapon="couteau")
        assert s.desk.patrols.draft(s.cid) == LILAS, "the panel begins with what was asked"
        await s.ask(later)
        await s.mine.until(lambda: len(s.conversation_cases()[0].asked) == 2)  # type: ignore[attr-defined]
        assert s.patrol.request == later and s.patrol.unacked_since and s.patrol.state is S.ACCEPTED
        s.room.tell(s.room.asked()[1], "delivered", case=s.room.asked()[0].id)
        await s.mine.until(lambda: not s.patrol.unacked_since)
        with pytest.raises(ValueError):
            s.desk.patrols.cancel(s.cid, "  ")
        s.desk.patrols.cancel(s.cid, "elle est sortie")
        await s.room.until(lambda: len(s.room.asked()) == 3)
        cancelling = s.room.asked()[2]
        assert s.room.opened(cancelling) == "elle est sortie"
        await s.mine.until(lambda: not s.patrol.unsent)
        assert s.patrol.cancelled and s.patrol.unacked_since
        s.room.tell(cancelling, "delivered", case=s.room.asked()[0].id)
        await s.mine.until(lambda: s.patrol.state is S.CANCELLED)
        with pytest.raises(Refused, match="no_case"):
            s.desk.patrols.cancel(s.cid, "encore")


async def test_two_officers_ask_and_there_is_one_case(tmp_path: Path) -> None:
    async with stage(tmp_path) as s, on_duty(s.officer, tmp_path / "officer") as other:
        await other.until(lambda: other.desk.queue.get(s.cid))
        other.desk.patrols.request(s.cid, msgspec.structs.replace(LILAS, weapon="couteau"), 0)
        s.desk.patrols.request(s.cid, LILAS, 0)
        await s.room.until(lambda: len(s.room.asked()) == 2)
        await s.mine.until(lambda: len(s.conversation_cases()) == 1 and not s.patrol.unsent)
        await other.until(lambda: len(other.desk.queue.get(s.cid).cases[0].asked) == 2)  # type: ignore[union-attr]
        assert len(other.desk.queue.get(s.cid).cases) == 1  # type: ignore[union-attr]
        await s.mine.until(lambda: "patrol_asked" in s.mine.kinds())
        assert [cid for cid, _patrol in other.desk.patrols.all_open()] == [s.cid], "who asked follows it too"
        await s.tell("accepted")
        await other.until(lambda: other.desk.patrols.of(s.cid).state is S.ACCEPTED)  # type: ignore[union-attr]


async def test_every_lead_reads_it_and_no_other_officer(tmp_path: Path) -> None:
    async with stage(tmp_path) as s, on_duty(s.officer, tmp_path / "officer") as other:
        await other.until(lambda: other.desk.queue.get(s.cid))
        await s.ask()
        await s.tell("delivered")
        await other.until(lambda: other.desk.queue.get(s.cid).cases)  # type: ignore[union-attr]
        assert other.desk.patrols.all_open() == []
        assert other.desk.patrols.of(s.cid).request is None  # type: ignore[union-attr]


async def test_the_countdown_can_be_taken_back(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.desk.patrols.request(s.cid, LILAS, 60_000)
        assert s.patrol.state is S.KEPT and s.patrol.due and s.patrol.unsent
        with pytest.raises(Refused, match="state"):
            s.desk.patrols.request(s.cid, LILAS, 60_000)
        assert s.desk.patrols.take_back(s.cid)
        assert s.desk.patrols.of(s.cid) is None and not s.desk.patrols.take_back(s.cid)
        assert s.desk.patrols.draft(s.cid) == LILAS, "and nothing of it is lost"
        await s.ask(grace_ms=50)
        assert len(s.room.asked()) == 1


async def test_a_message_that_rests_does_not_hold_up_a_patrol(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.desk._sender._resting.add(s.cid)  # as after "rate"
        s.desk.talk.say(s.cid, "attendez")
        await s.ask()
        assert s.visitor.texts == []


@pytest.mark.parametrize("request_", [PatrolRequest(), PatrolRequest(postcode="69003", floor="3e")])
async def test_without_a_place_nothing_is_sent(tmp_path: Path, request_: PatrolRequest) -> None:
    async with stage(tmp_path) as s:
        with pytest.raises(ValueError, match="place"):
            s.desk.patrols.request(s.cid, request_, 0)
        assert s.desk.patrols.of(s.cid) is None


async def test_no_room_belongs_to_the_desk(tmp_path: Path) -> None:
    (tmp_path / "relay").mkdir(mode=0o700)
    async with asyncio.timeout(WAIT_S), running_relay(relay_config(tmp_path / "relay"), 0) as relay:
        lead = (await found_desk(parse_founding_code(relay.founding_code()), "C", "P", wall_clock() // 1000)).lead
        async with on_duty(lead, tmp_path / "lead") as mine, visitor_of(relay, lead) as visitor:
            await visitor.stored(visitor.say("bonjour"))
            await mine.until(lambda: len(mine.desk.queue))
            with pytest.raises(Refused, match="no_room"):
                mine.desk.patrols.request(visitor.cid, LILAS, 0)


# ---- the console or the relay goes away ---------------------------------------------------------------------------


async def test_stopped_in_the_countdown_it_is_not_sent_and_said_so(tmp_path: Path) -> None:
    """What is on disk is the same when it is killed (tests/fire does that)."""
    async with stage(tmp_path) as s:
        async with on_duty(s.officer, tmp_path / "officer") as first:
            await first.until(lambda: first.desk.queue.get(s.cid))
            first.desk.patrols.request(s.cid, LILAS, 60_000)
        async with on_duty(s.officer, tmp_path / "officer") as again:
            await again.until(lambda: "patrol_unsent" in again.kinds())
            assert again.desk.patrols.of(s.cid) is None and again.desk.patrols.draft(s.cid) == LILAS
            assert s.room.asked() == [] and again.desk.link.unsent == 0


async def test_kept_while_the_relay_is_away_and_asked_again_after_two_minutes(tmp_path: Path) -> None:
    (tmp_path / "relay").mkdir(mode=0o700)
    config = fixed(tmp_path / "relay")
    async with asyncio.timeout(2 * WAIT_S), contextlib.AsyncExitStack() as first:
        relay = await first.enter_async_context(running_relay(config))
        lead, _officer, room = await people(relay)
        async with on_duty(lead, tmp_path / "lead") as mine, visitor_of(relay, lead) as visitor:
            await visitor.stored(visitor.say("bonjour"))
            await mine.until(lambda: len(mine.desk.queue))
            desk, cid, ahead = mine.desk, visitor.cid, 0
            desk.patrols._clock = lambda: wall_clock() + ahead  # type: ignore[method-assign]
            await first.aclose()
            await mine.until(lambda: desk.link.phase is LinkPhase.RECONNECTING)
            desk.patrols.request(cid, LILAS, 0)
            kept = desk.patrols.of(cid)
            assert kept and kept.state is S.KEPT and kept.unacked_since and not kept.old
            ahead = OLD_MS + 1000
            assert desk.patrols.of(cid).old  # type: ignore[union-attr]
            async with running_relay(config), room_on_duty(room) as there:
                await mine.until(lambda: "patrol_old" in mine.kinds())
                assert there.asked() == [] and desk.patrols.of(cid).state is S.KEPT  # type: ignore[union-attr]
                desk.patrols.again(cid, True)
                await there.until(there.asked)
                await mine.until(lambda: desk.patrols.of(cid).state is S.STORED)  # type: ignore[union-attr]
                assert there.requests() == [LILAS]


async def test_no_longer_meant_it_is_dropped_into_the_panel(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.desk._sender.linked(False)
        s.desk.patrols.request(s.cid, LILAS, 0)
        s.desk.patrols._clock = lambda: wall_clock() + OLD_MS + 1000  # type: ignore[method-assign]
        s.desk._sender.linked(True)
        assert s.patrol.old
        s.desk.patrols.again(s.cid, False)
        assert s.desk.patrols.of(s.cid) is None and s.desk.patrols.draft(s.cid) == LILAS
        assert s.room.asked() == []


async def test_erased_before_it_was_sent_is_told(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.desk._sender.linked(False)
        s.desk.patrols.request(s.cid, LILAS, 0)
        await s.visitor.erase()
        await s.mine.until(lambda: any(n.what == "patrol_requested" and n.code == "erased" for n in s.mine.notices))
        assert s.desk.link.unsent == 0 and s.desk.patrols.of(s.cid) is None
        await s.room.until(lambda: any(isinstance(event.what, Erased) for event in s.room.events))


# ---- whom to believe ----------------------------------------------------------------------------------------------


async def test_what_the_room_did_not_sign_says_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.ask()
        await s.mine.until(lambda: not s.patrol.unsent)
        genuine = s.room.tell(s.room.asked()[0], "delivered")
        await s.mine.until(lambda: s.patrol.state is S.DELIVERED)
        forged = msgspec.structs.replace(genuine, h=genuine.h.replace("delivered", "closed"), id=genuine.id)
        s.desk._told(_event(s, forged))
        assert s.patrol.state is S.DELIVERED
        assert s.desk.talk.lines(s.cid)[-1].kind is Kind.REFUSED or s.desk.talk.loading(s.cid)


def _event(s: Stage, do: TellPatrol):  # type: ignore[no-untyped-def]
    """The event as a hostile relay would make it up."""
    from officer_console.model.events import Event, PatrolStatus
    from officer_console.protocol.desk_session import Tell
    from officer_console.protocol.frames import Happened

    seq = s.desk.queue.seq + 1
    return Tell(Happened(Event(seq, wall_clock(), s.cid, do.id, s.room.kid, PatrolStatus(do.h, do.sig, do.box))))


async def test_hostile_words_of_the_room_are_made_displayable(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.ask()
        await s.tell("assigned", words="\x1b]0;x\x07\u202e[red]mal[/red]", unit="TV\n12\x1b[2J")
        assert "\x1b" not in s.patrol.words + s.patrol.unit and "\n" not in s.patrol.unit
        assert "\u202e" not in s.patrol.words and "[red]mal[/red]" in s.patrol.words


def test_a_patrol_does_not_wait_for_a_new_desk_key() -> None:
    station = Station(int(time.time()))
    station.enrol("Salle 9", "dispatch")
    who = enrolled(station, station.lead, "http://127.0.0.1")
    chain = Keychain(who.identity, who.directory, who.relay)
    later = (station.now + 30 * 86_400) * 1000
    with pytest.raises(VaultError):
        chain.directory.desk_key(later // 1000)
    assert seal_patrol(chain, "C" * 22, "I" * 22, "request", "{}", later).box
