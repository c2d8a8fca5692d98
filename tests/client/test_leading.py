"""What shift leads do, over a real relay: whisper, step in, give a conversation to another, close the door."""

from __future__ import annotations

from pathlib import Path

import pytest

from officer_console.model.conversation import State
from officer_console.model.transcript import Kind, Line
from officer_console.protocol.refusals import Refused

from .leading import held, post
from .test_desk import Watched

ASIDE = "demande-lui si la porte ferme"


def lines(mine: Watched, cid: str, kind: Kind) -> list[Line]:
    return [line for line in mine.desk.talk.lines(cid) if line.kind is kind]


async def test_a_whisper_goes_both_ways_and_the_lead_reads_nothing_else(tmp_path: Path) -> None:
    async with (
        post(tmp_path) as at,
        at.consoles("lead", "robin", "ana", "karim") as (lead, robin, ana, karim),
        at.visitor() as visitor,
    ):
        cid = await held(ana, visitor, "il est là")
        for mine in (lead, robin, karim):
            mine.desk.open(cid)
        lead.desk.lead.whisper(cid, ASIDE)
        await ana.until(lambda: lines(ana, cid, Kind.WHISPER))
        assert [n.who for n in ana.notices if n.kind == "whispered"] == [lead.desk.me]
        ana.desk.lead.whisper(cid, "oui, elle ferme")
        for mine in (lead, robin):
            await mine.until(lambda m=mine: len(lines(m, cid, Kind.WHISPER)) == 2)  # type: ignore[misc]
            assert [line.text for line in lines(mine, cid, Kind.WHISPER)] == [ASIDE, "oui, elle ferme"]
            assert not lines(mine, cid, Kind.VISITOR) and lines(mine, cid, Kind.SEALED)
        assert [n.who for n in lead.notices if n.kind == "whispered"] == [ana.desk.me]
        ana.desk.talk.say(cid, "je suis là")
        await visitor.until(lambda v: v.texts)
        await lead.until(lambda: len(lines(lead, cid, Kind.SEALED)) > 2)
        assert [line.text for line in lines(lead, cid, Kind.WHISPER)] == [ASIDE, "oui, elle ferme"]
        assert visitor.texts == ["je suis là"]
        await karim.until(lambda: karim.desk.queue.seq >= lead.desk.queue.seq)
        assert not lines(karim, cid, Kind.WHISPER)
        with pytest.raises(Refused, match="not_yours"):
            karim.desk.lead.whisper(cid, "moi aussi")


async def test_who_gets_the_conversation_reads_what_was_whispered_before(tmp_path: Path) -> None:
    async with (
        post(tmp_path) as at,
        at.consoles("lead", "ana", "karim") as (lead, ana, karim),
        at.visitor() as visitor,
    ):
        cid = await held(ana, visitor, "il est là")
        lead.desk.lead.whisper(cid, ASIDE)
        await ana.until(lambda: lines(ana, cid, Kind.WHISPER))
        karim.desk.open(cid)
        lead.desk.lead.assign(cid, karim.desk.me)
        await karim.until(lambda: lines(karim, cid, Kind.WHISPER) and lines(karim, cid, Kind.VISITOR))
        assert [n.kind for n in karim.notices if n.who == lead.desk.me] == ["given"]
        await ana.until(lambda: "given_away" in ana.kinds())
        assert not lines(ana, cid, Kind.WHISPER) and not lines(ana, cid, Kind.VISITOR)


async def test_reading_asks_for_a_reason_and_joining_writes_beside_the_officer(tmp_path: Path) -> None:
    async with post(tmp_path) as at, at.consoles("lead", "ana") as (lead, ana), at.visitor() as visitor:
        cid = await held(ana, visitor, "il est là")
        lead.desk.open(cid)
        with pytest.raises(ValueError, match="empty"):
            lead.desk.lead.step_in(cid, "read", " ")
        lead.desk.lead.step_in(cid, "read", "Ana a demandé")
        await lead.until(lambda: lines(lead, cid, Kind.VISITOR))
        await ana.until(lambda: lines(ana, cid, Kind.STEPPED_IN))
        assert lines(ana, cid, Kind.STEPPED_IN)[0].remark == "Ana a demandé"
        await visitor.until(lambda v: v.status and v.status.guests == 1)
        with pytest.raises(Refused):
            lead.desk.talk.say(cid, "trop tôt")
        assert lead.desk.lead.within == {cid} and not ana.desk.lead.within
        lead.desk.lead.step_out(cid)
        await visitor.until(lambda v: v.status and not v.status.guests)
        await lead.until(lambda: not lines(lead, cid, Kind.VISITOR))
        assert not lead.desk.lead.within


async def test_who_joins_writes_beside_the_officer_and_no_history_breaks(tmp_path: Path) -> None:
    async with post(tmp_path) as at, at.consoles("lead", "ana") as (lead, ana), at.visitor() as visitor:
        cid = await held(ana, visitor, "il est là")
        lead.desk.open(cid)
        lead.desk.lead.step_in(cid, "join", "à deux")
        await visitor.until(lambda v: v.status and v.status.joined == 1)
        ana.desk.talk.say(cid, "je suis là")
        await visitor.until(lambda v: len(v.texts) == 1)
        await lead.until(lambda: lines(lead, cid, Kind.OFFICER))
        lead.desk.talk.say(cid, "moi aussi")
        await visitor.until(lambda v: len(v.texts) == 2)
        visitor.say("merci à vous deux")
        await ana.until(lambda: len(lines(ana, cid, Kind.VISITOR)) == 2)
        ana.desk.talk.say(cid, "restez cachée")
        lead.desk.talk.say(cid, "la porte ?")
        await visitor.until(lambda v: len(v.texts) == 4)
        assert sorted(visitor.texts[2:]) == ["la porte ?", "restez cachée"]
        for mine in (lead, ana):
            await mine.until(lambda m=mine: len(lines(m, cid, Kind.OFFICER)) == 4)  # type: ignore[misc]
            assert not lines(mine, cid, Kind.MISSING) and not lines(mine, cid, Kind.REFUSED)


async def test_of_two_leads_who_give_it_away_at_once_one_wins_and_the_other_is_told(tmp_path: Path) -> None:
    async with (
        post(tmp_path) as at,
        at.consoles("lead", "robin", "ana", "karim") as (lead, robin, ana, karim),
        at.visitor() as visitor,
    ):
        await visitor.stored(visitor.say("il est là"))
        for mine in (lead, robin):
            await mine.until(lambda m=mine: m.desk.queue.waiting_size)  # type: ignore[misc]
        cid = visitor.cid
        lead.desk.lead.assign(cid, ana.desk.me)
        robin.desk.lead.assign(cid, karim.desk.me)
        for mine in (lead, robin):
            await mine.until(lambda m=mine: not m.desk.link.unsent and m.desk.queue[0].holder)  # type: ignore[misc]
        winner, loser = (lead, robin) if lead.desk.queue[0].holder == ana.desk.me else (robin, lead)
        assert lead.desk.queue[0].holder == robin.desk.queue[0].holder
        await loser.until(lambda: "failed" in loser.kinds())
        (told,) = [n for n in loser.notices if n.kind == "failed"]
        assert (told.what, told.code, told.who) == ("assigned", "taken", lead.desk.queue[0].holder)
        assert "failed" not in winner.kinds()
        loser.desk.lead.take_over(cid)  # he has seen who has it now
        await winner.until(lambda: winner.desk.queue[0].holder == loser.desk.me)


async def test_the_door_is_closed_with_a_reason_on_every_screen_and_opened_again(tmp_path: Path) -> None:
    async with post(tmp_path) as at, at.consoles("lead", "ana") as (lead, ana):
        with pytest.raises(Refused, match="not_yours"):
            ana.desk.lead.pause("pause", "moi")
        lead.desk.lead.pause("pause", "plus personne de libre")
        await ana.until(lambda: not ana.desk.queue.arrivals.open)
        arrivals = ana.desk.queue.arrivals
        assert (arrivals.way, arrivals.by, arrivals.at > 0) == ("pause", lead.desk.me, True)
        await ana.until(lambda: ana.desk.shift.paused_because == "plus personne de libre")
        async with at.visitor() as visitor:
            await visitor.until(lambda v: v.status and v.status.shut == "pause")
        lead.desk.lead.resume()
        await ana.until(lambda: ana.desk.queue.arrivals.open)
        lead.desk.lead.call_break(ana.desk.me)
        await ana.until(lambda: "break_called" in ana.kinds())
        lead.desk.lead.call_break(at.kid("karim"))  # he is not there
        await lead.until(lambda: "failed" in lead.kinds())
        assert [(n.what, n.code) for n in lead.notices if n.kind == "failed"] == [("break_called", "not_on_duty")]


async def test_a_lead_without_a_network_is_told_so_and_what_he_said_to_a_conversation_is_kept(tmp_path: Path) -> None:
    async with post(tmp_path) as at, at.consoles("lead", "ana") as (lead, ana), at.visitor() as visitor:
        cid = await held(ana, visitor, "il est là")
        await lead.until(lambda: lead.desk.queue[0].state is State.HELD)
        lead.desk._hearing._tell(False)  # as when the cable is out
        for act in (lambda: lead.desk.lead.pause("pause", "x"), lead.desk.lead.resume):
            with pytest.raises(Refused, match="network"):
                act()
        with pytest.raises(Refused, match="network"):
            lead.desk.lead.call_break(ana.desk.me)
        lead.desk.lead.whisper(cid, ASIDE)
        assert lead.desk.link.unsent == 1
        lead.desk._hearing._tell(True)
        await ana.until(lambda: lines(ana, cid, Kind.WHISPER))
        assert ana.desk.queue.arrivals.open


async def test_what_was_on_its_way_when_the_link_broke_is_told_to_be_unsure(tmp_path: Path) -> None:
    async with post(tmp_path) as at, at.consoles("lead") as (lead,):
        lead.desk.lead.resume()
        lead.desk.lead.linked(False)
        await lead.until(lambda: "failed" in lead.kinds())
        assert [(n.what, n.code) for n in lead.notices] == [("arrivals_resumed", "unsure")]


async def test_the_wallboard_counts_and_has_no_word(tmp_path: Path) -> None:
    async with (
        post(tmp_path) as at,
        at.consoles("wall", "lead", "ana") as (wall, lead, ana),
        at.visitor() as visitor,
        at.visitor() as other,
    ):
        cid = await held(ana, visitor, "il est là")
        lead.desk.lead.whisper(cid, ASIDE)
        lead.desk.lead.step_in(cid, "read", "Ana a demandé")
        await other.stored(other.say("et moi"))
        lead.desk.lead.raise_urgency(other.cid, "red")
        overview = wall.desk.lead.overview
        await wall.until(lambda: overview.waits_urgently == "red")
        assert (overview.count(State.HELD), overview.count(State.WAITING)) == (1, 1)
        await wall.until(lambda: len(wall.desk.shift.officers()) == 2)
        wall.desk.open(cid)
        wall.desk.open(other.cid)
        assert not any(line.text or line.remark for line in wall.desk.talk.lines(cid) if line.kind is not Kind.RAISED)
        assert {c.first_words for c in wall.desk.queue.everything()} == {""}
        for act in (
            lambda: wall.desk.claims.claim(other.cid),
            lambda: wall.desk.lead.assign(cid, ana.desk.me),
            lambda: wall.desk.lead.pause("pause", "x"),
            lambda: wall.desk.lead.step_in(cid, "read", "x"),
        ):
            try:
                act()
            except Refused:
                continue
            await wall.until(lambda: {"failed", "taken"} & {*wall.kinds()})
        assert wall.desk.queue.arrivals.open and wall.desk.queue.get(other.cid).state is State.WAITING  # type: ignore[union-attr]
