"""What a shift asks of an officer, by a real relay: grave conversations, the debrief flag, breaks."""

from __future__ import annotations

from pathlib import Path

from officer_console.client.shifts import LEAST_BREAK_MS

from .test_desk import on_duty
from .test_handovers import CARD, offered, two
from .test_patrols import stage


async def test_a_grave_conversation_that_ends_asks_for_a_debrief_that_the_lead_sees(tmp_path: Path) -> None:
    async with two(tmp_path) as (s, other):
        me = s.desk.me
        s.desk.signals.confirm(s.cid, "substances")
        await s.mine.until(lambda: not s.desk.link.unsent)
        assert s.desk.care.exposure(me).grave == 0
        s.desk.signals.confirm(s.cid, "arme")
        await s.mine.until(lambda: s.desk.care.exposure(me).grave == 1)
        assert not s.desk.shift.mine.debrief, "it goes on"
        await offered(s, other, CARD)
        other.desk.handovers.accept(s.cid)
        await s.mine.until(lambda: s.desk.shift.mine.debrief)
        await other.until(lambda: (seen := other.desk.shift.officer(me)) and seen.duty.debrief)
        await other.until(lambda: other.desk.talk.lines(s.cid) and other.desk.signals.of(s.cid))
        other.desk.claims.close_conversation(s.cid, "advised")
        await other.until(lambda: other.desk.shift.mine.debrief)
        s.desk.shift.debrief(False)
        await other.until(lambda: (seen := other.desk.shift.officer(me)) and not seen.duty.debrief)


async def test_the_flag_and_the_break_outlive_the_console_and_old_times_raise_none(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        async with on_duty(s.officer, tmp_path / "officer") as other:
            s.desk.claims.release(s.cid)
            await other.until(lambda: other.desk.queue.waiting_size)
            other.desk.claims.claim(s.cid)
            await other.until(lambda: other.desk.queue.get(s.cid).holder == other.desk.me)
            other.desk.signals.confirm(s.cid, "etranglement")
            await other.until(lambda: other.desk.care.exposure(other.desk.me).grave)
            other.desk.claims.close_conversation(s.cid, "advised")
            await other.until(lambda: other.desk.shift.mine.debrief)
            await s.mine.until(lambda: (seen := s.desk.shift.officer(other.desk.me)) and seen.duty.debrief)
        async with on_duty(s.officer, tmp_path / "officer") as again:
            await again.until(lambda: again.desk.shift.mine.debrief)
            assert again.desk.care.exposure(again.desk.me).grave == 1
            again.desk.shift.debrief(False)
            await s.mine.until(lambda: (seen := s.desk.shift.officer(again.desk.me)) and not seen.duty.debrief)
        async with on_duty(s.officer, tmp_path / "officer") as third:
            await third.until(lambda: third.desk.shift.mine.since)
            assert not third.desk.shift.mine.debrief, "what is past asks for nothing"


async def test_a_break_counts_when_it_was_one(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        desk, me = s.desk, s.desk.me
        await s.mine.until(lambda: desk.shift.mine.since)
        desk.shift.do("break")
        assert desk.care.exposure(me).unrested_ms == 0
        desk.shift.do("here")
        assert desk.shift.mine.rested == 0, "a moment is no break"
        desk.shift.do("break")
        desk.shift._break_began -= LEAST_BREAK_MS
        desk.shift.do("here")
        assert 0 < desk.shift.mine.rested <= desk.now()
        assert desk.care.exposure(me).unrested_ms < LEAST_BREAK_MS
