"""Two attempts beside each other, as they are read. Pure; all of it displayable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Final

from textual.content import Content

from officer_console.console.practice.words import STYLES
from officer_console.console.widgets.wrapping import fit, wrap
from officer_console.locale import _, ngettext
from officer_console.model.text import one_line
from officer_console.practice.comparing import Comparison, compare
from officer_console.practice.debrief import Debrief, clock
from officer_console.practice.debrief_text import SIGNS
from officer_console.practice.feedback import Remark
from officer_console.practice.review import Review

from .words import BASIS, moment, name_of, scored, title_of

LABEL: Final = 31
"""Cells for the name of a competence, at most."""
NARROWEST_BAR: Final = 6
WORDS: Final = 300
GAP: Final = 2
Line = tuple[str, str]
"""A row of one side, and its style."""


def compared(one: Review, other: Review, width: int) -> Content:
    """The whole comparison, for so many cells."""
    return Content("\n").join(_compared(one, other, width))


def _compared(one: Review, other: Review, width: int) -> Iterator[Content]:
    yield from _heads(one, other, width)
    if one.debrief is None or other.debrief is None:
        yield from (Content.styled(told, STYLES["missed"]) for told in _unknown(one, other))
        return
    found = compare(one.debrief, other.debrief)
    yield from _scores(one.debrief, other.debrief, found, width)
    yield Content("")
    yield from _figures(found, width)
    yield Content("")
    yield Content.styled(_("Where they differ"), "bold underline")
    if one.head.session != other.head.session:
        yield Content.styled(_("Two sessions: what each asked for is told on its side alone."), "$muted")
    for difference in found.differences:
        yield from _beside(_side(difference.one, width), _side(difference.other, width), width)
    yield Content.styled(_alike(found.alike), "$muted")


def _heads(one: Review, other: Review, width: int) -> Iterator[Content]:
    half = _half(width)
    for left, right in zip(_head(one), _head(other), strict=True):
        yield Content.styled(f"{fit(left, half)}{' ' * GAP}{fit(right, half)}", "bold")
    yield Content("")


def _head(review: Review) -> list[str]:
    return [name_of(review.head.by), title_of(review), moment(review.head.at)]


def _unknown(one: Review, other: Review) -> Iterator[str]:
    for review in (one, other):
        if review.judged.basis in BASIS:
            yield f"{name_of(review.head.by)}: {_(BASIS[review.judged.basis])}"
    told = _("Overall: {one} and {other}")
    yield told.format(one=one.judged.overall, other=other.judged.overall)


def _cells(width: int) -> tuple[int, int]:
    """Of a name, and of a bar."""
    label = min(LABEL, max(12, width - 2 * (NARROWEST_BAR + 4) - 8 - GAP))
    return label, max(NARROWEST_BAR, min(24, (width - label - 8 - 2 * (4 + GAP)) // 2))


def _scores(one: Debrief, other: Debrief, found: Comparison, width: int) -> Iterator[Content]:
    label, bar = _cells(width)
    rows = [(_("Overall"), one.overall, other.overall), *found.scores]
    for number, (name, mine, his) in enumerate(rows):
        words = Content.styled(fit(name, label), "" if number else "bold")
        gained = "" if mine is None or his is None or mine == his else f"{his - mine:+}"
        style = STYLES["good" if gained.startswith("+") else "bad"]
        yield Content.assemble(
            words, " " * GAP, scored(mine, bar), " " * GAP, scored(his, bar), " ", (f"{gained:>5}", style)
        )


def _figures(found: Comparison, width: int) -> Iterator[Content]:
    """Each under the scores of its side."""
    label, bar = _cells(width)
    side = bar + 4
    for one in found.figures:
        yield Content(f"{fit(one.name, label)}{' ' * GAP}{one.one:>{side}}{' ' * GAP}{one.other:>{side}}")


def _alike(count: int) -> str:
    return ngettext("In {n} other thing they are alike.", "In {n} other things they are alike.", count).format(n=count)


# ---- differences -----------------------------------------------------------------------------------------------------


def _side(remarks: Sequence[Remark], width: int) -> list[Line]:
    return [line for remark in remarks for line in _told(remark, _half(width))] or [("—", "$muted")]


def _told(remark: Remark, half: int) -> Iterator[Line]:
    text = f"{SIGNS[remark.kind]} {clock(remark.at):>5} {one_line(remark.text, WORDS)}"
    for number, (start, end) in enumerate(wrap(text, half - 2)):
        yield f"{'' if not number else '  '}{text[start:end]}", STYLES[remark.kind]


def _beside(left: Sequence[Line], right: Sequence[Line], width: int) -> Iterator[Content]:
    half = _half(width)
    for (mine, look), (his, other_look) in zip_longest(left, right, fillvalue=("", "")):
        yield Content.assemble((fit(mine, half), look), " " * GAP, (his, other_look))
    yield Content("")


def _half(width: int) -> int:
    return max(10, (width - GAP) // 2)
