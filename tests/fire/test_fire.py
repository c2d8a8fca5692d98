"""A short fire, and what it is made of; `python -m tests.fire` is the long one."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from officer_console.relay.figures_store import read_counts
from tests.model.test_figures import counted

from .__main__ import parted, with_people
from .faults import SCENARIOS, clocks, crowds, disks, kills, partitions, stops, wires
from .fire import Fire
from .referee import read_log
from .scenario import Row, Scenario, run
from .stage import Alone
from .table import Report, table

VISITORS, SECONDS = 6, 1.0
"""Few, and one round."""
SHORT = (kills.RELAY, kills.CONSOLES, kills.RELAY_OF_TWO, wires.REORDERED, disks.RELAY, clocks.RELAY, stops.HANGS)


async def short(scenario: Scenario, folder: Path, fires: list[Fire] | None = None) -> Row:
    if why := scenario.why_not():
        pytest.skip(why)
    fires = [] if fires is None else fires
    return await run(with_people(scenario, VISITORS), SECONDS, 1, folder, lambda said: None, fires.append)


@pytest.mark.parametrize("scenario", SHORT, ids=lambda each: each.name)
async def test_nothing_acknowledged_is_lost(scenario: Scenario, tmp_path: Path) -> None:
    fires: list[Fire] = []
    row = await short(scenario, tmp_path, fires)
    assert row.passed, row.faults
    assert row.rounds >= 1 and row.acknowledged > 30 and row.clients >= VISITORS
    assert 0 < row.outage_s < 30 and row.recovery_s < 15
    if scenario is kills.RELAY:
        figures_agree(fires[0])
        misses_a_row(fires[0])
    if scenario is stops.HANGS:
        (watch,) = [relay.watch for relay in fires[0].stage.relays]
        assert watch and watch.killed == row.rounds, "and nobody was killed who did not hang"


async def test_a_stopped_relay_is_an_outage_as_long_as_it_is_stopped(tmp_path: Path) -> None:
    """So the outages are measured, not assumed."""
    scenario = msgspec.structs.replace(stops.RELAY, hold_s=(2.5, 2.5))
    row = await short(scenario, tmp_path)
    assert row.passed, row.faults
    assert 2.0 < row.outage_s < 8


def relay_of(fire: Fire) -> Path:
    assert isinstance(fire.stage, Alone)
    return fire.stage.data


def figures_agree(fire: Fire) -> None:
    """What the relay counted over all its lives is what its log tells, but for what was erased from that."""
    told, log = Counter[str](), read_log(relay_of(fire))
    for (_hour, measure, _value), number in read_counts(relay_of(fire), 0, 10**9):
        told[measure] += number
    found = Counter[str]()
    for (_hour, measure, _value), number in counted(log).items():
        found[measure] += number
    erased = sum(event.kind == "erased" for event in log)
    assert told["erased"] == erased and found["arrived"] > 2
    assert told["arrived"] == found["arrived"] + erased, "who erased everything had written before"
    assert found <= told, "nothing is lost"
    assert erased or found == told, "nothing is doubled"


def misses_a_row(fire: Fire) -> None:
    """The referee of a real fire sees it when one row of the real log is not there."""
    log = read_log(relay_of(fire))
    (seq,) = [event.seq for event in log if event.kind == "said"][-1:]
    with closing(sqlite3.connect(relay_of(fire) / "log.db")) as db, db:
        assert db.execute("DELETE FROM events WHERE seq = ?", (seq,)).rowcount == 1
    faults = fire.referee.judge(read_log(relay_of(fire)))
    assert [f"acknowledged as {seq}" in fault for fault in faults.lost] == [True]


# ---- the table -----------------------------------------------------------------------------------------------------


def test_time_is_parted_and_who_gets_none_is_named() -> None:
    parts, left_out = parted(SCENARIOS, 60)
    assert sum(seconds for _, seconds in parts) == pytest.approx(60)
    assert all(seconds >= scenario.least_s for scenario, seconds in parts)
    assert {each.name for each, _ in parts} | set(left_out) == {each.name for each in SCENARIOS}
    assert len({each.name for each in SCENARIOS}) == len(SCENARIOS)


def test_more_visitors_write_no_more_in_all() -> None:
    people = crowds.RELAY.people
    for visitors, times in ((None, 1), (people.visitors // 2, 1), (3 * people.visitors, 3)):
        pace = with_people(crowds.RELAY, visitors).people.pace.visitor
        assert pace == pytest.approx([times * each for each in people.pace.visitor])


def test_what_can_not_be_done_here_is_named_with_its_reason() -> None:
    scenario = msgspec.structs.replace(partitions.NODE, why_not=lambda: "no root")
    assert parted([scenario], 600) == ([], {scenario.name: "no root"})


def test_the_long_run_has_thousands_of_visitors_and_twenty_consoles() -> None:
    assert any(each.people.visitors >= 2000 and each.people.consoles >= 20 for each in SCENARIOS)


def test_a_row_with_a_fault_or_a_missing_client_has_not_passed() -> None:
    row = Row("relay killed", "sqlite", "kill -9", 5.0, 20, 3, clients=3, back=3, outage_s=6.0)
    assert row.passed
    for change in ({"lost": 1}, {"doubled": 1}, {"disordered": 1}, {"back": 2}):
        assert not msgspec.structs.replace(row, **change).passed
    report = Report.of([row, msgspec.structs.replace(row, lost=2)], {"x": "no time"}, 1, 2.0)
    assert (report.lost, report.doubled, report.disordered) == (2, 0, 0)
    told = msgspec.json.decode(msgspec.json.encode(report))
    assert [each["lost"] for each in told["rows"]] == [0, 2] and told["not_run"] == {"x": "no time"}
    assert table(report).row_count == 2
