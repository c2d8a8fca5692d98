"""How trainees get on, as plots of letters. Pure; all of it displayable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len

from officer_console.console.widgets.plots import BLOCKS, Letters, Plot, columns
from officer_console.console.widgets.wrapping import fit
from officer_console.locale import _
from officer_console.model.shown_figures import HIDDEN
from officer_console.practice.board import Judged
from officer_console.practice.course import Course, newest
from officer_console.practice.review import Review

from .pick_pane import Item
from .words import SCORE, bar, day, kind_of, name_of, spark, title_of

WHOLE: Final = 100
"""The most that a score can be."""
NAME, GAINED = 31, 5
"""Cells for a name, and for what was gained."""
GAP, LEAST_BESIDE = 4, 40
"""Cells between a plot and what stands beside it, and the fewest that this needs."""
SHOWN: Final = 30
"""Attempts in a plot at most, the newest ones."""


def plotted(course: Course, height: int, width: int, letters: Letters = BLOCKS) -> list[str]:
    """The scores one after the other as columns, a dot where nothing was asked."""
    values = [HIDDEN if value is None else value for value in course.values[-SHOWN:]]
    first = len(course.values) - len(values) + 1
    labels = [str(number) for number in range(first, first + len(values))]
    return columns(Plot(values, labels, top=WHOLE), height, width, letters)


def numbered(lines: Sequence[str], reviews: Sequence[Review], width: int) -> list[str]:
    """The lines of a plot, and where there is room beside it what its numbers stand for: the newest attempts."""
    left = max(map(cell_len, lines)) + GAP
    shown = [*enumerate(reviews, 1)][-len(lines) :]
    told = [f"{number:>3}  {day(one.head.at)}  {one.judged.overall:>3}  {title_of(one)}" for number, one in shown]
    if width - left < LEAST_BESIDE:
        return [*lines]
    told += [""] * (len(lines) - len(told))
    return [f"{fit(line, left)}{fit(each, width - left)}" for line, each in zip(lines, told, strict=True)]


def course_row(course: Course, width: int) -> Item:
    """A competence: its scores as steps, from the first to the last, and what was gained."""
    known, gained = course.known, course.gained
    name = min(NAME, max(12, width // 3))
    steps = spark(course.values[-(width - name - 24) :])
    told = "" if gained is None else f"{known[0]} → {known[-1]}"
    looks = "" if not gained else "pick--good" if gained > 0 else "pick--bad"
    return [
        [
            (fit(course.name, name) + "  ", "" if course.competence else "pick--strong"),
            (f"{known[-1]:>{SCORE}}  ", f"pick--{kind_of(known[-1])}"),
            (f"{told:<10} ", "pick--muted"),
            (f"{'' if not gained else f'{gained:+}':>{GAINED}}  ", looks),
            (steps, f"pick--{kind_of(known[-1])}"),
        ]
    ]


def class_lines(people: Sequence[tuple[str, Sequence[Judged]]], competence: str, width: int) -> list[str]:
    """Everybody's last score in a competence, as bars."""
    name = min(NAME, max(12, width // 3))
    lines = []
    for by, found in people:
        value = newest(found, competence)
        told = "—" if value is None else str(value)
        lines.append(f"{fit(name_of(by), name)}  {bar(value, max(10, width - name - SCORE - 4))} {told:>{SCORE}}")
    return lines


def together(people: Sequence[tuple[str, Sequence[Judged]]], competence: str) -> str:
    """The mean of everybody's last score."""
    known = [value for _by, found in people if (value := newest(found, competence)) is not None]
    if not known:
        return ""
    return _("mean {n}").format(n=round(sum(known) / len(known)))
