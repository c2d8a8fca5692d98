"""`python -m tests.fire`: a desk under fire. Visitors and consoles (the real clients, the real wire) write all the time
while relays, servers, consoles, networks, disks and clocks fail; a referee who knows every event that was acknowledged
judges the log and what everybody sees. Ends with a table, and with 1 if anything was lost, doubled or out of order, or
somebody did not come back.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
import uvloop
from rich.console import Console as Screen

from .faults import SCENARIOS
from .scenario import Row, Scenario, run
from .table import Report, table

WIDTH: Final = 160
"""Columns of the table where no terminal says how many it has."""
GARBAGE: Final = 100_000
"""New objects between two searches for cycles: thousands of clients in one process are many objects, and waiting for
the search would be told as an outage."""
MOST_TOLD: Final = 200
"""Characters of why a row broke off: some errors bring a server's whole output."""


def positive(text: str) -> float:
    number = float(text)
    if number <= 0:
        raise ValueError
    return number


def chosen(names: Sequence[str], engine: str) -> list[Scenario]:
    """The scenarios of these names, or all; of this engine, or of both."""
    named = [each for each in SCENARIOS if not names or each.name in names]
    return [each for each in named if engine in ("both", each.engine)]


def parted(scenarios: Sequence[Scenario], seconds: float) -> tuple[list[tuple[Scenario, float]], dict[str, str]]:
    """Who gets how many seconds, in parts of what each needs at least; and why the others are not run."""
    taken: list[Scenario] = []
    left_out: dict[str, str] = {}
    for each in scenarios:
        if why := each.why_not():
            left_out[each.name] = why
        elif sum(other.least_s for other in taken) + each.least_s <= seconds:
            taken.append(each)
        else:
            left_out[each.name] = f"no time: it needs {each.least_s:.0f} s"
    needed = sum(each.least_s for each in taken)
    return [(each, each.least_s * seconds / needed) for each in taken], left_out


def with_people(scenario: Scenario, visitors: int | None) -> Scenario:
    """The same with so many visitors. More of them write no more in all: every console of this one process reads what
    everybody writes."""
    if visitors is None:
        return scenario
    people = scenario.people
    more = max(1.0, visitors / people.visitors)
    begin, end = people.pace.visitor
    pace = people.pace._replace(visitor=(begin * more, end * more))
    return msgspec.structs.replace(scenario, people=msgspec.structs.replace(people, visitors=visitors, pace=pace))


def burn(
    parts: Sequence[tuple[Scenario, float]], seed: int, visitors: int | None, screen: Screen
) -> tuple[list[Row], dict[str, str]]:
    """All of them, one after the other. One that takes less than its part leaves the rest to the others. Rows, and what
    broke off, and why."""
    rows: list[Row] = []
    broken: dict[str, str] = {}
    until = time.monotonic()
    for scenario, seconds in parts:
        until += seconds
        left = max(scenario.least_s, until - time.monotonic())
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, screen.status(scenario.name) as status:
            try:
                work = run(with_people(scenario, visitors), left, seed, Path(folder), status.update)
                with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                    rows.append(runner.run(work))
            except Exception as error:  # the others are worth a row all the same
                broken[scenario.name] = f"broke off: {type(error).__name__}: {str(error)[:MOST_TOLD]}"
    return rows, broken


def main() -> int:
    """Burn, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.fire", description=__doc__)
    parser.add_argument("--minutes", type=positive, default=30, metavar="N", help="for all scenarios together (30)")
    parser.add_argument(
        "--scenario", nargs="+", action="extend", default=[], metavar="NAME", help="only these; see --list"
    )
    parser.add_argument(
        "--engine", choices=("sqlite", "cluster", "both"), default="both", help="only on this one (both)"
    )
    parser.add_argument(
        "--visitors", type=int, metavar="N",
        help="visitors at a time, in each scenario (as it says); more of them write no more in all",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the same number begins alike (1)")
    parser.add_argument("--json", action="store_true", help="print the table as JSON")
    parser.add_argument("--list", action="store_true", help="say what there is, and do nothing")
    args = parser.parse_args()
    if unknown := set(args.scenario) - {each.name for each in SCENARIOS}:
        parser.error(f"there is no scenario {', '.join(sorted(unknown))}; see --list")
    if args.list:
        for each in SCENARIOS:
            print(f"{each.name:26} {each.engine:8} {each.what}; {each.least_s:.0f} s at least")
        return 0
    return report(args)


def report(args: argparse.Namespace) -> int:
    """Burn as the command line says, and print."""
    gc.set_threshold(GARBAGE)
    screen = Screen(stderr=args.json, width=None if sys.stdout.isatty() else WIDTH)
    parts, left_out = parted(chosen(args.scenario, args.engine), args.minutes * 60)
    rows, broken = burn(parts, args.seed, args.visitors, screen)
    left_out |= broken
    told = Report.of(rows, left_out, args.seed, args.minutes)
    if args.json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(told)).decode() + "\n")
    else:
        screen.print(table(told))
        for name, why in left_out.items():
            screen.print(f"not run: {name}: {why}", markup=False)
        for row in rows:
            for fault in row.faults:
                screen.print(f"{row.scenario}: {fault}", markup=False)
    return 0 if rows and not broken and all(row.passed for row in rows) else 1


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        raise SystemExit(main())
