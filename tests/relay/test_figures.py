"""Figures of a relay: nothing lost and nothing doubled wherever it stops, closed lists only, leads only."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from officer_console.model.events import Erased, Event
from officer_console.model.figures import Key
from officer_console.model.queue import Queue
from officer_console.model.shown_figures import HIDDEN
from officer_console.protocol.commands import Claim, EraseConversation, Tally, WantFigures
from officer_console.protocol.frames import Ack, Done, Erase, Figures, Gone, NoCmd
from officer_console.protocol.refusals import Refused
from officer_console.relay import figures as counting
from officer_console.relay.calendar import Calendar
from officer_console.relay.figures import IDS_D, Store
from officer_console.relay.figures import Figures as Counted
from officer_console.relay.figures_store import FILE, FiguresStore, read_counts
from officer_console.relay.limits import Buckets
from officer_console.relay.service import running_relay
from tests.model.logs import logs
from tests.model.test_figures import counted

from .conftest import House
from .peers import DeskPeer, Station, founded_relay, officer, random_id, relay_config

NOW = 1_795_726_800_000
"""27 November 2026, 00:00 in Paris, ms."""
EVER = (0, 10**9)


class Memory:
    """A store in memory: what is added is there for the next one, all of it or nothing."""

    def __init__(self) -> None:
        self.seq, self.ahead = 0, frozenset[int]()
        self.found: Counter[Key] = Counter()
        self.ids: set[str] = set()
        self.full = False

    async def add(self, counts: Counter[Key], seq: int, ahead: set[int]) -> None:
        if self.full:
            raise Refused("storage")
        self.found.update(counts)
        self.seq, self.ahead = seq, frozenset(ahead)

    async def tally(self, id: str, key: Key, day: int) -> None:
        if id not in self.ids:
            self.ids.add(id)
            self.found[key] += 1

    async def forget(self, hour: int, day: int) -> None: ...
    async def counts(self, start: int, end: int) -> list[tuple[Key, int]]:
        return [*self.found.items()]

    async def close(self) -> None: ...


def figures(store: Store, learnt_to: Any = lambda: 0, now: int = NOW) -> Counted:
    told = Buckets(1000, 1000, time.monotonic)
    return Counted(store, learnt_to, lambda: now, Calendar("Europe/Paris"), 5, told)


class Life:
    """A relay's folding, its killings, and its disk that is full at times."""

    def __init__(self, events: list[Event], draw: Any) -> None:
        self.store = Memory()
        self.stored: list[Event] = []  # what the log has
        self.draw = draw
        self.begin()

    def begin(self) -> None:
        """A relay starts, and folds what there is."""
        self.queue, self.learnt = Queue(), set[int]()
        self.figures = figures(self.store, self.watermark)
        self.figures.start(max((e.seq for e in self.stored), default=0))
        for event in self.stored:
            self.learn(event)

    def watermark(self) -> int:
        """Up to where each event has been learnt; further on some are, because each is learnt by who appended it."""
        missing = [e.seq for e in self.stored if e.seq not in self.learnt]
        return min(missing) - 1 if missing else max((e.seq for e in self.stored), default=0)

    def learn(self, event: Event) -> None:
        if event.seq in self.learnt:
            return
        self.learnt.add(event.seq)
        self.figures.learnt(event, *self.queue.apply(event))

    async def append(self, event: Event) -> None:
        """One more event, which may be learnt before an earlier one of another conversation."""
        waiting = [e for e in self.stored if e.seq not in self.learnt]
        if isinstance(event.what, Erased):
            for each in waiting:
                self.learn(each)
            await self.figures.settle()
            self.stored = [e for e in self.stored if e.cid != event.cid]
        self.stored.append(event)
        same = [e for e in waiting if e.cid == event.cid]
        for each in [*same, event] if self.draw(st.booleans()) else []:
            self.learn(each)
        likely = ["kill"] if isinstance(event.what, Erased) else ["", "", "flush", "kill", "full"]
        await self.happen(self.draw(st.sampled_from(likely)))

    async def happen(self, what: str) -> None:
        if what == "kill":
            self.begin()
        elif what == "flush":
            await self.figures.flush()
        elif what == "full":
            self.store.full = True
            with pytest.raises(Refused) if self.figures._new else pytest.MonkeyPatch.context():
                await self.figures.flush()
            self.store.full = False


@settings(max_examples=300)
@given(logs(length=40), st.data())
def test_nothing_is_lost_or_doubled_wherever_it_is_killed(events: list[Event], data: st.DataObject) -> None:
    async def live() -> Life:
        life = Life(events, data.draw)
        for event in events:
            await life.append(event)
        life.begin()
        await life.figures.flush()
        return life

    assert asyncio.run(live()).store.found == counted(events)


async def test_the_store_keeps_counts_and_place_together(tmp_path: Path) -> None:
    store = FiguresStore(tmp_path)
    await store.add({(3, "arrived", ""): 2, (3, "wait", "60"): 1}, 17, {20, 22})
    await store.add({(3, "arrived", ""): 1, (4, "arrived", ""): 1}, 22, ())
    await store.close()
    again = FiguresStore(tmp_path)
    assert (again.seq, again.ahead) == (22, frozenset())
    assert dict(await again.counts(3, 4)) == {(3, "arrived", ""): 3, (3, "wait", "60"): 1}
    await again.forget(4, 0)
    assert dict(await again.counts(*EVER)) == {(4, "arrived", ""): 1}
    await again.close()


async def test_a_tally_counts_once_and_its_id_goes(tmp_path: Path) -> None:
    store = FiguresStore(tmp_path)
    for _ in range(2):
        await store.tally("one", (5, "language", "fr"), 100)
    await store.forget(0, 101)
    await store.close()
    with sqlite3.connect(tmp_path / FILE) as db:
        assert db.execute("SELECT * FROM tallies").fetchall() == []
        assert db.execute("SELECT * FROM figures").fetchall() == [(5, "language", "fr", 1)]
    db.close()


async def test_a_damaged_file_is_put_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FILE).write_bytes(b"no database" * 100)
    store = FiguresStore(tmp_path)
    assert store.seq == 0 and (tmp_path / "figures.db.damaged").exists()
    assert "damaged" in caplog.text
    await store.close()


async def test_what_was_put_back_to_an_older_state_is_counted_from_there() -> None:
    store = Memory()
    store.seq, store.ahead = 900, frozenset({905})
    made = figures(store)
    made.start(40)
    assert made._seq == 40 and not made._ahead


async def test_an_erasure_does_not_wait_for_a_stuck_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stuck(Memory):
        async def add(self, *_more: object) -> None:
            await asyncio.Event().wait()

    monkeypatch.setattr(counting, "PATIENCE_S", 0.05)
    made = figures(Stuck())
    made._new[1, "arrived", ""] = 1
    async with asyncio.timeout(5):
        await made.settle()


async def test_old_figures_and_ids_go_by_themselves() -> None:
    gone: list[tuple[int, int]] = []

    class Tidied(Memory):
        async def forget(self, hour: int, day: int) -> None:
            gone.append((hour, day))

    running = asyncio.create_task(figures(Tidied()).run())
    async with asyncio.timeout(5):
        while not gone:
            await asyncio.sleep(0)
    running.cancel()
    [(hour, day)] = gone
    assert datetime.fromtimestamp(hour * 3600, UTC).year == 2021 and day == NOW // 86_400_000 - IDS_D


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-11-02", "2026-11-01"),
        ("2026-02-30", "2026-03-01"),
        ("2020-01-01", "2026-01-01"),
        ("1970-01-01", "1970-01-01"),
    ],
)
async def test_days_that_are_none_are_refused(first: str, last: str) -> None:
    with pytest.raises(Refused, match="malformed"):
        await figures(Memory()).report(first, last)


def test_a_day_has_as_many_hours_as_on_the_wall() -> None:
    paris = Calendar("Europe/Paris")
    spring, autumn = datetime(2026, 3, 29, tzinfo=UTC).date(), datetime(2026, 10, 25, tzinfo=UTC).date()
    for day, length in ((spring, 23), (autumn, 25)):
        start, end = paris.hours(day, day)
        assert end - start == length
        assert paris.place(start) == (day.isoformat(), 0) and paris.place(end - 1) == (day.isoformat(), 23)


def test_where_hours_are_not_whole_they_belong_to_the_day_in_which_they_begin() -> None:
    marquesas = Calendar("Pacific/Marquesas")
    day = datetime(2026, 11, 3, tzinfo=UTC).date()
    start, end = marquesas.hours(day, day)
    assert {marquesas.place(hour)[0] for hour in range(start, end)} == {"2026-11-03"}
    assert marquesas.place(start - 1)[0] == "2026-11-02" and marquesas.place(end)[0] == "2026-11-04"


# ---- over the wire


def today(house: House) -> str:
    return Calendar("Europe/Paris").today(house.relay.relay.context.clock()).isoformat()


async def the_figures(house: House, lead: DeskPeer) -> Any:
    """Of today and yesterday: a test may run at midnight."""
    day = today(house)
    yesterday = datetime.fromisoformat(day).date().toordinal() - 1
    command = WantFigures(datetime.fromordinal(yesterday).date().isoformat(), day)
    await lead.wire.send(lead.command(command))
    return (await lead.wire.until(Figures, NoCmd)).report


async def found(house: House) -> Counter[tuple[str, str]]:
    """What is on disk, over all hours."""
    await house.relay.relay.context.figures.flush()
    sums: Counter[tuple[str, str]] = Counter()
    for (_hour, measure, value), n in await house.relay.relay.context.figures._store.counts(*EVER):
        sums[measure, value] += n
    return sums


async def test_what_happens_is_counted_and_outlives_the_conversation(house: House) -> None:
    visitor = house.visitor()
    async with house.console("officer") as desk, visitor.talking("bonjour") as page:
        await desk.meet(visitor.cid)
        await desk.do(Claim(visitor.cid, random_id()))
        for event in await house.stored():
            if event.kind == "said":
                desk.read(event)
        await desk.do(desk.say(visitor.cid, "je suis là"))
        await desk.do(desk.close(visitor.cid))
        await page.send(Erase(visitor.cid))
        await page.until(Gone)
    wanted = {("arrived", ""), ("wait", "30"), ("answer", "30"), ("closed", ""), ("length", "300"), ("erased", "")}
    assert await found(house) == Counter(dict.fromkeys(wanted, 1))
    assert [event.kind for event in await house.stored()] == ["erased"]


async def test_a_file_of_figures_names_nobody(house: House, tmp_path: Path) -> None:
    visitor = house.visitor()
    async with house.console("officer") as desk, visitor.talking("bonjour"):
        await desk.do(Claim(visitor.cid, random_id()))
        await desk.do(Tally(random_id(), "language", "fr"))
        await found(house)
        files = b"".join(file.read_bytes() for file in tmp_path.glob("figures.db*"))
        assert b"language" in files
        for name in (visitor.cid, desk.keys.kid, "bonjour"):
            assert name.encode() not in files


async def test_a_tally_arrives_once(house: House) -> None:
    async with house.console("officer") as desk:
        told = Tally(random_id(), "outcome", "referred")
        for _ in range(3):
            assert isinstance(await desk.do(told), Done)
        assert isinstance(await desk.do(Tally(random_id(), "outcome", "referred")), Done)
    assert await found(house) == {("outcome", "referred"): 2}
    assert await house.stored() == [], "it is no event"


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("language", "klingon"),
        ("language", "Nadège"),
        ("department", "69003"),
        ("arrived", ""),
        ("wait", "30"),
        ("x", "y"),
    ],
)
async def test_a_tally_of_what_is_in_no_list_is_refused(house: House, measure: str, value: str) -> None:
    async with house.console("officer") as desk:
        no = await desk.do(Tally(random_id(), measure, value))
        assert isinstance(no, NoCmd) and no.code == "malformed"
        assert isinstance(await desk.do(Tally(random_id(), "language", "fr")), Done), "the connection goes on"
    assert await found(house) == {("language", "fr"): 1}


@pytest.mark.parametrize("role", ["trainer", "dispatch"])
async def test_who_does_not_answer_tells_nothing(house: House, role: str) -> None:
    async with house.console(role) as desk:
        assert (await desk.do(Tally(random_id(), "language", "fr"))).code == "not_yours"
    assert not await found(house)


async def test_a_console_cannot_flood_the_figures(house: House) -> None:
    async with house.console("officer") as desk:
        codes = [getattr(await desk.do(Tally(random_id(), "language", "fr")), "code", "") for _ in range(70)]
    assert codes[0] == "" and codes[-1] == "rate"


async def test_a_lead_gets_figures_as_they_may_be_shown(house: House) -> None:
    async with house.console("officer") as desk:
        for _ in range(6):
            await desk.do(Tally(random_id(), "language", "fr"))
        await desk.do(Tally(random_id(), "language", "ar"))
    async with house.console("lead") as lead:
        report = await the_figures(house, lead)
        assert report.values["language"] == {"ar": HIDDEN, "fr": 5}
        assert len(report.hours["arrived"]) == 24 and len(report.days["arrived"]) == 2
        assert (await lead.do(WantFigures("2026-11-02", "2026-11-01"))).code == "malformed"


@pytest.mark.parametrize("role", ["officer", "trainer", "dispatch"])
async def test_nobody_else_gets_figures(house: House, role: str) -> None:
    async with house.console(role) as desk:
        assert (await desk.do(WantFigures(today(house), today(house)))).code == "not_yours"


async def test_a_relay_that_is_started_again_goes_on_counting(tmp_path: Path) -> None:
    station = Station(int(time.time()))
    async with founded_relay(tmp_path, station) as relay:
        house = House(relay, station, {})
        async with house.visitor().talking("un"), house.visitor().talking("deux"):
            pass
    async with running_relay(relay_config(tmp_path), 0) as relay:
        house = House(relay, station, {})
        third = house.visitor()
        async with third.talking("trois") as page, officer(relay.url, station, station.lead) as lead:
            await page.send(third.seal("encore"))
            await page.until(Ack)
            await lead.do(EraseConversation(third.cid, random_id()))
        assert await found(house) == {("arrived", ""): 3, ("erased", ""): 1}
    assert sum(n for (_hour, measure, _value), n in read_counts(tmp_path, *EVER) if measure == "arrived") == 3
