"""Her consent to practise on the conversation: asked for by who holds it, counted only from her, taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from officer_console.model.bodies import AskConsent, Consent
from officer_console.model.transcript import Kind, Status
from officer_console.protocol.refusals import Refused

from .test_desk import on_duty
from .test_patrols import Stage, stage


def told(s: Stage, *kinds: Kind) -> list[str]:
    return [line.text for line in s.desk.talk.lines(s.cid) if line.kind in kinds]


async def test_it_is_asked_given_and_taken_back(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        with pytest.raises(Refused, match="state"):
            s.visitor.consent(True)
        s.desk.talk.save_draft(s.cid, "un brouillon")
        s.desk.talk.ask_consent(s.cid)
        assert told(s, Kind.CONSENT_ASKED) == [""] and s.desk.talk.draft(s.cid) == "un brouillon"
        await s.visitor.until(lambda v: any(isinstance(heard.body, AskConsent) for heard in v.heard))
        assert s.desk.talk.consent(s.cid) == "", "silence is no consent"
        await s.visitor.stored(number := s.visitor.consent(True))
        await s.mine.until(lambda: s.desk.talk.consent(s.cid))
        assert s.desk.talk.consent(s.cid) == f"v.{number}"
        s.visitor.consent(False)
        await s.mine.until(lambda: not s.desk.talk.consent(s.cid))
        assert told(s, Kind.CONSENT) == ["yes", "no"] and not told(s, Kind.REFUSED)
        asked = next(line for line in s.desk.talk.lines(s.cid) if line.kind is Kind.CONSENT_ASKED)
        assert asked.status is not Status.PENDING and asked.key.startswith(s.desk.me)


async def test_the_next_console_knows_it_and_who_may_not_read_does_not(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.desk.talk.ask_consent(s.cid)
        await s.visitor.until(lambda v: any(isinstance(heard.body, AskConsent) for heard in v.heard))
        s.visitor.consent(True)
        await s.mine.until(lambda: s.desk.talk.consent(s.cid))
        consent = s.desk.talk.consent(s.cid)
        async with on_duty(s.officer, tmp_path / "officer") as other:
            await other.until(lambda: other.desk.queue.get(s.cid))
            assert other.desk.talk.consent(s.cid) == ""
            with pytest.raises(Refused):
                other.desk.talk.ask_consent(s.cid)
            s.desk.claims.release(s.cid)
            await other.until(lambda: other.desk.queue.waiting_size)
            other.desk.claims.claim(s.cid)
            await other.until(lambda: other.desk.talk.consent(s.cid) == consent)
        await s.visitor.erase()
        await s.mine.until(lambda: not s.desk.talk.consent(s.cid))


async def test_an_answer_to_no_question_and_a_question_of_hers_are_refused(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        for body in (Consent(ts=0, ask=f"{s.desk.me}.0", yes=True), AskConsent(ts=0)):
            s.visitor._session._write(body)
        await s.visitor.stored(s.visitor.say("fini"))
        await s.mine.until(lambda: "fini" in told(s, Kind.VISITOR))
        assert len(told(s, Kind.REFUSED)) == 2 and not told(s, Kind.CONSENT, Kind.CONSENT_ASKED)
        assert s.desk.talk.consent(s.cid) == ""
