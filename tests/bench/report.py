"""What every bench reports: figures, each beside that of a plain program which does the same, measured in one run."""

from __future__ import annotations

import os
import platform
import socket
import sys
from collections.abc import Callable, Iterable
from typing import Final

import msgspec


class Figure(msgspec.Struct, frozen=True):
    """`value` is ours and `beside` the plain program's, both in `unit`; `aim` says what `ratio` must be ("": nothing);
    `met` whether it is."""

    id: str
    value: float
    unit: str
    beside: float
    ratio: float
    aim: str
    met: bool


class Report(msgspec.Struct, frozen=True):
    """One run of one bench."""

    machine: dict[str, str | int]
    figures: list[Figure]


_MET: Final[dict[str, Callable[[float, float], bool]]] = {">=": float.__ge__, "<=": float.__le__}


def figure(id: str, value: float, beside: float, unit: str, aim: tuple[str, float]) -> Figure:
    """A figure whose ratio value / beside must be (">=" or "<=", bound)."""
    sign, bound = aim
    ratio = value / beside if beside else 0.0
    return Figure(
        id, rounded(value), unit, rounded(beside), rounded(ratio), f"{sign} {bound:g}", _MET[sign](ratio, bound)
    )


def absolute(id: str, value: float, unit: str, most: float) -> Figure:
    """A figure that must be at most `most`, whatever a plain program needs."""
    return figure(id, value, most, unit, ("<=", 1.0))


def plain(id: str, value: float, unit: str, beside: float = 0.0) -> Figure:
    """A figure that is told, without an aim."""
    ratio = value / beside if beside else 0.0
    return Figure(id, rounded(value), unit, rounded(beside), rounded(ratio), "", True)


def progress(text: str) -> None:
    """Tell whoever waits what is being done."""
    print(text, file=sys.stderr, flush=True)


def machine() -> dict[str, str | int]:
    """Where it was measured."""
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "python": platform.python_version(),
    }


def as_json(figures: Iterable[Figure]) -> str:
    """The report as one line of JSON."""
    return msgspec.json.encode(Report(machine(), list(figures))).decode()


def as_table(figures: Iterable[Figure]) -> str:
    """The report for people."""
    rows = [("", "value", "beside", "unit", "ratio", "aim", "")]
    for one in figures:
        met = "" if not one.aim else "met" if one.met else "NOT MET"
        rows.append((one.id, f"{one.value:g}", f"{one.beside:g}", one.unit, f"{one.ratio:g}", one.aim, met))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([", ".join(f"{name} {value}" for name, value in machine().items()), *lines])


def rounded(number: float) -> float:
    """Four digits that count."""
    return float(f"{number:.4g}")


def quantile(numbers: list[float], share: float) -> float:
    """The value below which `share` of the numbers lie."""
    ordered = sorted(numbers)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _processor() -> str:
    if sys.platform == "linux":
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
