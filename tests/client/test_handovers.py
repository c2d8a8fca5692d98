"""A conversation goes from one officer to another: two desks and a visitor on a real relay."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from officer_console.client.api import Notice
from officer_console.client.channel import read_card, seal_card, seal_remark
from officer_console.model.conversation import State
from officer_console.model.events import Event, Offered
from officer_console.model.handover import Card
from officer_console.model.promises import promises
from officer_console.model.roster import OnDuty
from officer_console.model.transcript import Kind
from officer_console.protocol.commands import Accept, Decline, Offer
from officer_console.protocol.desk_session import Answered
from officer_console.protocol.refusals import Refused
from officer_console.vault.base64url import b64

from .paper import NOW, Paper, bits_flipped
from .test_desk import Watched, on_duty
from .test_patrols import Stage, stage

CARD = Card(facts="14 rue des lilas\nil dort", promises="je vous rappelle", next="ask whether he sleeps")
WORDS = "il est derrière la porte, 14 rue des lilas"


@asynccontextmanager
async def two(folder: Path) -> AsyncIterator[tuple[Stage, Watched]]:
    """The lead holds the conversation; another officer is on duty, and both know it."""
    async with stage(folder) as s, on_duty(s.officer, folder / "officer") as other:
        await s.mine.until(lambda: s.desk.shift.officer(other.desk.me))
        await other.until(lambda: other.desk.queue.get(s.cid) and other.desk.shift.officer(s.desk.me))
        yield s, other


def texts(watched: Watched, cid: str) -> list[str]:
    return [line.text for line in watched.desk.talk.lines(cid) if line.kind in (Kind.VISITOR, Kind.OFFICER)]


def conversation(watched: Watched, cid: str):  # type: ignore[no-untyped-def]
    found = watched.desk.queue.get(cid)
    assert found is not None
    return found


async def offered(s: Stage, other: Watched, card: Card = CARD) -> None:
    s.desk.handovers.offer(s.cid, other.desk.me, card)
    await other.until(other.desk.handovers.offered)
    await s.mine.until(lambda: conversation(s.mine, s.cid).offer)


async def test_the_card_is_read_before_and_the_words_after_it_is_accepted(tmp_path: Path) -> None:
    async with two(tmp_path) as (s, other):
        s.desk.signals.confirm(s.cid, "en_cours")
        s.desk.referrals.give(s.cid, "3919")
        s.desk.talk.say(s.cid, "Je vous rappelle demain. Êtes-vous seule ?")
        await s.visitor.until(lambda v: v.texts)
        card = s.desk.handovers.card(s.cid)
        assert "14 rue des lilas" in card.facts and card.promises == "Je vous rappelle demain."
        assert (card.signals, card.referrals) == (("en_cours",), ("3919",))
        await offered(s, other, msgspec.structs.replace(card, next="ask whether he sleeps"))
        assert [n for n in other.notices if n.kind == "offered"] == [Notice("offered", s.cid, s.desk.me)]
        [given] = other.desk.handovers.offered()
        assert (given.by, given.to, given.card) == (
            s.desk.me,
            other.desk.me,
            msgspec.structs.replace(card, next="ask whether he sleeps"),
        )
        other.desk.open(s.cid)
        await other.until(lambda: other.desk.talk.lines(s.cid))
        assert texts(other, s.cid) == [], "he reads the card, and nothing of the conversation"

        other.desk.handovers.accept(s.cid)
        await other.until(lambda: conversation(other, s.cid).holder == other.desk.me)
        await other.until(lambda: WORDS in texts(other, s.cid))
        assert "Je vous rappelle demain. Êtes-vous seule ?" in texts(other, s.cid)
        await s.mine.until(lambda: conversation(s.mine, s.cid).holder == other.desk.me)
        assert texts(s.mine, s.cid) == [] and not conversation(s.mine, s.cid).first_words
        assert s.desk.handovers.card(s.cid).facts == "", "nothing of it stays with who handed it over"
        record = s.desk._record(s.cid)
        assert record and not any(isinstance(e.what, Offered) and e.what.note for e in record.events)
        await s.mine.until(lambda: Notice("accepted", s.cid, other.desk.me) in s.mine.notices)
        other.desk.talk.say(s.cid, "Je continue avec vous.")
        await s.visitor.until(lambda v: "Je continue avec vous." in v.texts)


async def test_who_declines_reads_nothing_any_more_and_the_card_stays_with_the_first(tmp_path: Path) -> None:
    async with two(tmp_path) as (s, other):
        await offered(s, other)
        other.desk.handovers.decline(s.cid)
        assert other.desk.handovers.offered() == ()
        await s.mine.until(lambda: Notice("declined", s.cid, other.desk.me) in s.mine.notices)
        assert conversation(s.mine, s.cid).holder == s.desk.me and s.desk.handovers.of(s.cid) is None
        await other.until(lambda: conversation(other, s.cid).offer is None)
        record = other.desk._record(s.cid)
        assert record and not record.has_words
        kept = s.desk.handovers.card(s.cid)
        assert (kept.facts, kept.promises, kept.next) == (CARD.facts, CARD.promises, CARD.next)


async def test_the_card_is_still_there_for_a_console_that_starts_now(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        async with on_duty(s.officer, tmp_path / "officer") as other:
            await s.mine.until(lambda: s.desk.shift.officer(other.desk.me))
            await offered(s, other)
        async with on_duty(s.officer, tmp_path / "officer") as again:
            await again.until(again.desk.handovers.offered)
            assert again.desk.handovers.offered()[0].card == CARD
            again.desk.handovers.accept(s.cid)
            await again.until(lambda: WORDS in texts(again, s.cid))


async def test_it_can_be_withdrawn(tmp_path: Path) -> None:
    async with two(tmp_path) as (s, other):
        with pytest.raises(Refused, match="no_offer"):
            s.desk.handovers.withdraw(s.cid)
        await offered(s, other)
        s.desk.handovers.withdraw(s.cid)
        await other.until(lambda: other.desk.handovers.offered() == ())
        with pytest.raises(Refused, match="no_offer"):
            other.desk.handovers.accept(s.cid)
        assert conversation(s.mine, s.cid).state is State.HELD


async def test_only_a_colleague_who_is_there_can_be_asked(tmp_path: Path) -> None:
    async with two(tmp_path) as (s, other):
        with pytest.raises(ValueError, match="to"):
            s.desk.handovers.offer(s.cid, s.desk.me, CARD)
        with pytest.raises(Refused, match="not_on_duty"):
            s.desk.handovers.offer(s.cid, s.room.kid, CARD)
        other.desk.shift.do("leaving")
        await s.mine.until(lambda: _doing(s.desk.shift.officer(other.desk.me)) == "leaving")
        with pytest.raises(Refused, match="not_on_duty"):
            s.desk.handovers.offer(s.cid, other.desk.me, CARD)


def _doing(officer: OnDuty | None) -> str:
    return officer.duty.doing if officer else ""


async def test_who_was_not_asked_can_neither_accept_nor_offer_it_around(tmp_path: Path) -> None:
    """What the rules refuse here, the relay refuses too."""
    async with two(tmp_path) as (s, other):
        answers: list[Answered] = []

        async def relay_says(do: Accept | Decline | Offer) -> str:
            answers.clear()
            other.desk._link.command(do, lambda answer: (answers.append(answer), other.desk._announcer.link())[0])
            await other.until(lambda: answers)
            return answers[0].code

        id_ = b64(bytes(15) + b"1")
        assert await relay_says(Accept(s.cid, id_)) == "no_offer"
        assert await relay_says(Decline(s.cid, id_)) == "no_offer"
        chain, now = other.desk._chain, other.desk.now()
        note = seal_card(chain, s.cid, id_, CARD, now)
        assert await relay_says(Offer(s.cid, id_, s.desk.me, note)) == "not_yours"
        assert conversation(s.mine, s.cid).holder == s.desk.me and texts(other, s.cid) == []


def test_a_card_that_was_altered_moved_or_is_somebody_elses_is_not_read() -> None:
    paper = Paper()
    writer, reader = paper.officer, paper.lead
    hostile = msgspec.structs.replace(CARD, facts="[/b] \x1b[2J", referrals=("39\n19",))
    note = seal_card(writer, "cid", "id", hostile, NOW * 1000)
    event = Event(1, NOW * 1000, "cid", "id", writer.kid, Offered(reader.kid, note))
    read = read_card(reader, event)
    assert read and "\x1b" not in read.facts and "\n" not in read.referrals[0] and read.next == CARD.next
    for change in ({"cid": "other"}, {"id": "other"}, {"by": paper.other.kid}, {"what": Offered(reader.kid)}):
        assert read_card(reader, msgspec.structs.replace(event, **change)) is None
    for box in bits_flipped(note.box):
        altered = Offered(reader.kid, msgspec.structs.replace(note, box=box))
        assert read_card(reader, msgspec.structs.replace(event, what=altered)) is None
    remark = seal_remark(writer, "cid", "id", "no card", NOW * 1000)
    assert read_card(reader, msgspec.structs.replace(event, what=Offered(reader.kid, remark))) is None


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Je vous rappelle à 18 h. Où êtes-vous ?", ["Je vous rappelle à 18 h."]),
        ("J’envoie une patrouille", ["J’envoie une patrouille"]),
        ("je vais chercher une place pour vous", ["je vais chercher une place pour vous"]),
        ("Vous serez rappelée par l'unité.", ["Vous serez rappelée par l'unité."]),
        ("I'll stay here with you. Are you safe?", ["I'll stay here with you."]),
        ("A patrol is on its way", ["A patrol is on its way"]),
        ("Je vous enverrai l'adresse", ["Je vous enverrai l'adresse"]),
        ("Je ne peux pas vous promettre un secret total.", []),
        ("Est-ce que je vous rappelle ?", []),
        ("Bonjour. Vous avez bien fait d'écrire.", []),
        ("You did right to write. Can you write safely?", []),
    ],
)
def test_promises_are_found_in_an_officers_words(said: str, found: list[str]) -> None:
    assert promises([said]) == found
