"""The figures of a fire: a table for people, and the same as a struct for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from rich.table import Table

from .scenario import Row, cores


class Report(msgspec.Struct):
    """All rows, their sums, and what was not run and why."""

    cores: int
    seed: int
    minutes: float
    acknowledged: int
    lost: int
    doubled: int
    disordered: int
    rows: list[Row]
    not_run: dict[str, str]

    @classmethod
    def of(cls, rows: Sequence[Row], not_run: Mapping[str, str], seed: int, minutes: float) -> Report:
        sums = {name: sum(getattr(row, name) for row in rows) for name in ("acknowledged", "lost", "doubled")}
        disordered = sum(row.disordered for row in rows)
        return cls(cores(), seed, minutes, **sums, disordered=disordered, rows=list(rows), not_run=dict(not_run))


COLUMNS = ("scenario", "engine", "clients", "rounds", "for", "acknowledged", "lost", "doubled", "out of order", "back")


def table(report: Report) -> Table:
    """One row a scenario. An outage above what was aimed at is marked."""
    drawn = Table(title=f"under fire, {report.cores} cores, seed {report.seed}")
    for name in (*COLUMNS, "longest outage", "recovery"):
        drawn.add_column(name, justify="left" if name in ("scenario", "engine") else "right")
    for row in report.rows:
        drawn.add_row(*_cells(row), style="" if row.passed else "bold red")
    return drawn


def _cells(row: Row) -> list[str]:
    late = " !" if row.aim_s and row.outage_s >= row.aim_s else ""
    counts = (row.acknowledged, row.lost, row.doubled, row.disordered)
    return [
        row.scenario, row.engine, f"{row.visitors} + {row.consoles}", str(row.rounds), f"{row.held_s:g} s",
        *map(str, counts), f"{row.back} of {row.clients}", f"{row.outage_s:.1f} s{late}", f"{row.recovery_s:.1f} s",
    ]  # fmt: skip
