"""What only a console can count, from its close to the relay's figures; and the figures that a lead asks for."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from officer_console.client import tallies
from officer_console.client.api import FiguresAnswer as Answer
from officer_console.client.drafts import Drafts
from officer_console.client.figures import Figuring, counts_of_close
from officer_console.client.tallies import KEPT, MOST, OLD_MS, Tallies
from officer_console.model.conversation import Conversation, State
from officer_console.model.shown_figures import HIDDEN, Report
from officer_console.protocol.commands import Command, Tally
from officer_console.protocol.desk_session import Answered
from officer_console.relay.calendar import Calendar
from officer_console.relay.service import Running

from .test_desk import Watched, on_duty, station, visitor_of
from .test_patrols import stage

EVER = (0, 10**9)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for chance."""
    monkeypatch.setattr(tallies, "DELAY_S", (0, 0))


async def told(relay: Running) -> Counter[tuple[str, str]]:
    """What consoles have told this relay."""
    found = await relay.relay.context.figures._store.counts(*EVER)
    kinds = ("outcome", "urgency", "language", "department", "referral")
    return Counter({(measure, value): n for (_hour, measure, value), n in found if measure in kinds})


async def until_told(relay: Running, mine: Watched) -> Counter[tuple[str, str]]:
    while len(mine.desk._tallies):
        await asyncio.sleep(0.005)
    return await told(relay)


@pytest.mark.usefixtures("at_once")
async def test_a_close_is_counted_once_over_two_consoles(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.desk.signals.confirm(s.cid, "menace_mort")
        s.desk.figures.count_referral("helpline")
        s.desk.figures.count_referral("Nadège")
        await s.mine.until(lambda: not s.desk.link.unsent)
        s.desk.claims.close_conversation(s.cid, "referred", "3919")
        closed = {("outcome", "referred"): 1, ("urgency", "amber"): 1, ("language", "fr"): 1, ("department", "69"): 1}
        assert await until_told(s.relay, s.mine) == closed | {("referral", "helpline"): 1}
        async with on_duty(s.officer, tmp_path / "officer") as other:
            await other.until(lambda: other.desk.queue.get(s.cid))
            assert not len(other.desk._tallies), "what another officer closed is his to count"


@pytest.mark.usefixtures("at_once")
async def test_reopened_and_closed_again_counts_who_she_is_once(tmp_path: Path) -> None:
    async with (
        station(tmp_path) as (relay, lead),
        visitor_of(relay, lead) as visitor,
        on_duty(lead, tmp_path / "lead") as mine,
    ):
        await visitor.stored(visitor.say("bonjour"))
        for outcome in ("advised", "complaint"):
            await mine.until(lambda: mine.desk.queue.waiting_size)
            mine.desk.claims.claim(visitor.cid)
            await mine.until(lambda: mine.desk.queue[0].state is State.HELD)
            mine.desk.claims.close_conversation(visitor.cid, outcome)
            await mine.until(lambda: mine.desk.queue[0].state is State.CLOSED)
            if outcome == "advised":
                await visitor.stored(visitor.say("encore une chose"))
        found = await until_told(relay, mine)
    assert found == {
        ("outcome", "advised"): 1, ("outcome", "complaint"): 1, ("urgency", "none"): 2, ("language", "fr"): 1,
        ("department", "69"): 1,
    }  # fmt: skip


async def test_what_is_not_due_is_kept_for_the_next_console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with station(tmp_path) as (relay, lead), visitor_of(relay, lead) as visitor:
        await visitor.stored(visitor.say("bonjour"))
        async with on_duty(lead, tmp_path / "lead") as mine:
            await mine.until(lambda: mine.desk.queue.waiting_size)
            mine.desk.claims.claim(visitor.cid)
            await mine.until(lambda: mine.desk.queue[0].state is State.HELD)
            mine.desk.claims.close_conversation(visitor.cid, "advised")
            await mine.until(lambda: mine.desk.queue[0].state is State.CLOSED)
            assert len(mine.desk._tallies) == 4 and not await told(relay), "not at the time of the close"
        files = b"".join(file.read_bytes() for file in (tmp_path / "lead").rglob("*") if file.is_file())
        assert b"advised" not in files and b"department" not in files, "sealed"
        monkeypatch.setattr(Tallies, "_load", _due_now(Tallies._load))
        async with on_duty(lead, tmp_path / "lead") as again:
            found = await until_told(relay, again)
        async with on_duty(lead, tmp_path / "lead") as third:
            await until_told(relay, third)
            assert await told(relay) == found and found.total() == 4


def _due_now(load: Callable[[Tallies], Any]) -> Callable[[Tallies], Any]:
    import msgspec

    return lambda self: [msgspec.structs.replace(each, due=0) for each in load(self)]


async def test_a_close_that_the_relay_refuses_is_not_counted(tmp_path: Path) -> None:
    async with station(tmp_path) as (relay, lead), visitor_of(relay, lead) as visitor:
        await visitor.stored(visitor.say("bonjour"))
        async with on_duty(lead, tmp_path / "lead") as mine:
            await mine.until(lambda: mine.desk.queue.waiting_size)
            mine.desk._tallies.add([("outcome", "advised")], of="an event that never comes")
            assert [each.of for each in mine.desk._tallies._kept] == ["an event that never comes"]
            mine.desk._tallies._tell()
        assert not await told(relay)


@pytest.mark.usefixtures("at_once")
async def test_a_lead_asks_for_figures(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        day = Calendar("Europe/Paris").today(s.desk.now()).isoformat()
        answers: list[Answer] = []
        s.desk.figures.ask(day, day, answers.append)
        s.desk.figures.ask("2026-13-45", day, answers.append)
        s.desk.figures.ask(day, day, answers.append)
        while not answers:
            await asyncio.sleep(0.005)
        [answer] = answers
        assert answer.report and answer.report.totals["arrived"] == HIDDEN, "the newest question alone is answered"
        s.desk.figures.ask("2026-02-30", day, answers.append)
        while len(answers) == 1:
            await asyncio.sleep(0.005)
        assert answers[1].code == "malformed"
        async with on_duty(s.officer, tmp_path / "officer") as other:
            other.desk.figures.ask(day, day, answers.append)
            while len(answers) == 2:
                await asyncio.sleep(0.005)
        assert answers[2].code == "not_yours"


def test_without_a_link_the_answer_comes_at_once() -> None:
    answers: list[Answer] = []
    asking = Figuring(lambda do, answered: False, lambda counts: None)
    asking.ask("2026-11-01", "2026-11-01", answers.append)
    assert answers == [Answer(code="network")]


def test_when_the_link_is_lost_the_question_ends() -> None:
    answers: list[Answer] = []
    asking = Figuring(lambda do, answered: True, lambda counts: None)
    asking.ask("2026-11-01", "2026-11-01", answers.append)
    asking.came(Report("2026-10-01", "2026-11-01", {}, {}, {}, {}, []))
    assert not answers, "those are other days"
    asking.linked(False)
    asking.linked(False)
    assert answers == [Answer(code="network")]


def test_what_a_close_counts() -> None:
    raised = Conversation(cid="c", urgency="red")
    assert ("urgency", "red") in counts_of_close(raised, "other", ["arme"])
    known = Conversation(cid="c", language="en", postcode="20137")
    counts = {"outcome": "patrol", "urgency": "red", "language": "en", "department": "2A"}
    assert dict(counts_of_close(known, "patrol", ["en_cours"])) == counts
    strange = Conversation(cid="c", language="xx", postcode="1")
    assert dict(counts_of_close(strange, "nothing of the kind", [])) == {
        "urgency": "none", "language": "unknown", "department": "unknown",
    }  # fmt: skip


# ---- the parts


class Relay:
    """Takes what it is told, or not."""

    def __init__(self) -> None:
        self.got: list[Tally] = []
        self.code = ""
        self.answers = True

    def carry(self, do: Command, answered: Callable[[Answered], None]) -> bool:
        assert isinstance(do, Tally)
        self.got.append(do)
        if self.answers:
            asyncio.get_running_loop().call_soon(answered, Answered(0, code=self.code))
        return True


class NoDisk:
    """Drafts in memory."""

    def drafts(self) -> dict[str, str]:
        return {}


def kept_by(relay: Relay, drafts: Drafts, now: Callable[[], int] = lambda: 10**12) -> Tallies:
    numbers = iter(range(10**6))
    return Tallies(drafts, relay.carry, now, lambda: f"id-{next(numbers)}", lambda low, high: low)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("code", ["malformed", "not_yours"])
async def test_what_the_relay_never_takes_is_dropped(code: str) -> None:
    relay, drafts = Relay(), Drafts(NoDisk())  # type: ignore[arg-type]
    relay.code = code
    made = kept_by(relay, drafts)
    made.linked(True)
    made.add([("outcome", "advised"), ("language", "fr")])
    while len(made):
        await asyncio.sleep(0)
    assert len(relay.got) == 2 and drafts.get(KEPT) == ""
    drafts._wait_no_more()


@pytest.mark.usefixtures("at_once")
async def test_without_an_answer_it_is_told_again_under_the_same_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "AGAIN_S", 0.0)
    relay, drafts = Relay(), Drafts(NoDisk())  # type: ignore[arg-type]
    relay.answers = False
    made = kept_by(relay, drafts)
    made.linked(True)
    made.add([("language", "fr")])
    while not relay.got:
        await asyncio.sleep(0)
    made.linked(False)  # the answer is lost
    relay.answers, relay.code = True, "rate"
    made.linked(True)
    while len(relay.got) < 3:
        await asyncio.sleep(0)
    relay.code = ""
    while len(made):
        await asyncio.sleep(0)
    assert len({told.id for told in relay.got}) == 1
    drafts._wait_no_more()


async def test_what_the_relay_might_have_forgotten_is_not_told_again() -> None:
    relay, drafts = Relay(), Drafts(NoDisk())  # type: ignore[arg-type]
    made = kept_by(relay, drafts)
    made.add([("language", "fr")])
    assert len(kept_by(relay, drafts, lambda: 10**12 + OLD_MS - 1)) == 1
    assert len(kept_by(relay, drafts, lambda: 10**12 + OLD_MS)) == 0
    drafts._wait_no_more()


async def test_there_is_a_bound_to_what_is_kept_and_it_fits_into_a_draft() -> None:
    drafts = Drafts(NoDisk())  # type: ignore[arg-type]
    made = kept_by(Relay(), drafts)
    for _ in range(MOST):
        made.add([("department", "unknown"), ("referral", "association")], of="x" * 22)
    assert len(made) == MOST and len(drafts.get(KEPT)) < 65_000
    drafts._texts[KEPT] = drafts.get(KEPT)[:-9]
    assert len(kept_by(Relay(), drafts)) == 0, "cut off: begun anew"
    drafts._wait_no_more()
