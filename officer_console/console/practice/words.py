"""What practice is called on the screen, and how remarks and scores are shown. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from textual.content import Content

from officer_console.console.words import Level, Told
from officer_console.locale import _
from officer_console.model.text import displayable, one_line
from officer_console.practice.debrief import FAIR, GOOD, Debrief, Score, clock
from officer_console.practice.debrief_text import SIGNS, better_told, earlier_told, overall_told, points
from officer_console.practice.feedback import Remark

STYLES: Final = {"good": "$success", "bad": "bold $danger", "missed": "bold $warning"}
BAR: Final = 14
LINE: Final = 400
MARKS: Final = {
    "reply": "·", "visitor": "˙", "referral": "+", "left": "<", "closed": "x", "room": "p", "patrol": "P",
    "signal": "!", "end": "#",
}  # fmt: skip
"""Kind of a debrief's mark -> how it stands in the time line; where two meet, the later one here stands."""
WIDTH: Final = 64


def mark() -> Content:
    """The word that stands wherever practice could be taken for duty."""
    return Content.styled(_(" PRACTICE "), "bold reverse $practice")


def side_told(remark: Remark) -> Told:
    """A remark in one line while practising: what it is about, and a better wording."""
    better = f" → {better_told(remark)}" if remark.better and remark.kind != "good" else ""
    why = f" ({one_line(remark.why, LINE)})" if remark.why and remark.kind != "good" and not better else ""
    level = {"good": Level.GOOD, "bad": Level.WARNING, "missed": Level.WARNING}[remark.kind]
    return Told(f"{SIGNS[remark.kind]} {one_line(remark.text, LINE)}{better}{why}", level)


# ---- the debrief -----------------------------------------------------------------------------------------------------


def debrief_content(debrief: Debrief) -> Content:
    """The whole debrief as it is read on the screen."""
    return Content("\n").join(_debrief(debrief))


def _debrief(d: Debrief) -> Iterator[Content]:
    yield Content.assemble(mark(), " ", (one_line(d.title, LINE), "bold"))
    yield Content(displayable(d.gist))
    yield Content("")
    yield Content.styled(overall_told(d), "bold")
    yield Content(one_line(d.end, LINE))
    if told := earlier_told(d):
        yield Content(told)
    yield Content("")
    yield Content(time_line(d))
    yield Content("")
    yield from (_score(one) for one in d.scores)
    yield Content("")
    for figure in d.figures:
        yield Content(f"{figure.name:<24} {figure.mine:>8}   {_of_record(figure.record)}")
    yield Content("")
    yield Content.styled(_("What to try next"), "bold underline")
    yield from (line for remark in d.next for line in _remark(remark))
    if d.reactions:
        yield Content("")
        yield Content.styled(_("What made her react"), "bold underline")
        yield from (Content(f"  {clock(one.at):>5} {one_line(one.why, LINE)}") for one in d.reactions)
    for one in d.scores:
        if one.remarks:
            yield Content("")
            yield Content.styled(f"{one.name}: {points(one.value)}", "bold underline")
            yield from (line for remark in one.remarks for line in _remark(remark))


def _of_record(figure: str) -> str:
    return _("record {figure}").format(figure=figure)


def _score(one: Score) -> Content:
    value = one.value
    style = "" if value is None else STYLES["good" if value >= GOOD else "missed" if value >= FAIR else "bad"]
    filled = round(BAR * (value or 0) / 100)
    bar = "█" * filled + "░" * (BAR - filled)
    return Content.assemble(f"{one.name:<31}", (bar, style), f" {points(value):>3}   {_of_record(points(one.record))}")


def _remark(remark: Remark) -> Iterator[Content]:
    told = f"{SIGNS[remark.kind]} {clock(remark.at):>5} {one_line(remark.text, LINE)}"
    yield Content.styled(told, STYLES[remark.kind])
    if remark.kind != "good" and remark.why:
        yield Content(f"        {one_line(remark.why, LINE)}")
    if remark.better:
        yield Content(f"        {better_told(remark)}")


def time_line(d: Debrief) -> str:
    """The moments in one row of cells, and what the signs mean."""
    cells, order = ["─"] * WIDTH, [*MARKS]
    standing = [-1] * WIDTH
    for one in d.marks:
        at = min(one.at * WIDTH // max(d.length + 1, 1), WIDTH - 1)
        rank = order.index(one.kind)
        if rank >= standing[at]:
            cells[at], standing[at] = MARKS[one.kind], rank
    return f"0:00 {''.join(cells)} {clock(d.length)}\n{legend()}"


def legend() -> str:
    """What the signs of time lines mean."""
    return _("· reply  ! signal  + referral  P patrol  p room  < left  x closed  # end")
