"""A debrief as Markdown, and as one HTML page that needs nothing else, with the time line drawn in it. All that people
wrote is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from html import escape
from typing import Final

from officer_console.locale import _
from officer_console.model.text import displayable, one_line

from .debrief import FAIR, GOOD, KINDS, Debrief, Mark, Score, clock
from .feedback import Remark

SIGNS: Final = {"good": "✓", "bad": "✗", "missed": "○"}
ROWS: Final = ("visitor", "reply", "signal", "referral", "patrol", "room", "left", "closed", "end")
"""Rows of the time line, from above."""
WIDTH, LEFT, ROW, TOP = 960, 110, 22, 16
"""Of the drawing, in pixels."""
STEPS_MS: Final = (30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 86_400_000)
MOST_STEPS: Final = 12
COLOURS: Final = {
    "visitor": "#7a3e9d", "reply": "#1d5fa8", "signal": "#b3261e", "referral": "#2e7d32", "patrol": "#b3261e",
    "room": "#8a5a00", "left": "#555555", "closed": "#555555", "end": "#000000",
}  # fmt: skip
PAGE: Final = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 sans-serif; max-width: 62rem; margin: 0 auto; padding: 1rem; color: #111; background: #fff }}
header {{ border: 4px double #6a1b9a; padding: .5rem 1rem }}
svg {{ width: 100%; height: auto; background: #fafafa; border: 1px solid #ddd }}
table {{ border-collapse: collapse; width: 100% }}
td, th {{ text-align: left; padding: .2rem .6rem; border-bottom: 1px solid #ddd; vertical-align: top }}
.good {{ color: #1b5e20 }} .bad {{ color: #b3261e }} .missed {{ color: #7a4f00 }}
li {{ margin: .3rem 0 }} q {{ font-style: italic }} .why {{ color: #444 }}
@media (prefers-color-scheme: dark) {{ body {{ color: #eee; background: #111 }} svg {{ background: #eee }}
 .good {{ color: #81c784 }} .bad {{ color: #ff8a80 }} .missed {{ color: #ffcc80 }} .why {{ color: #bbb }} }}
</style>
{body}
</html>
"""


# ---- words for both ------------------------------------------------------------------------------------------------


def heading(debrief: Debrief) -> str:
    """PRACTICE, and which session."""
    return _("PRACTICE · {title}").format(title=debrief.title)


def points(value: int | None) -> str:
    """A score as it is shown."""
    return "—" if value is None else f"{value}"


def earlier_told(debrief: Debrief) -> str:
    """The trainee's own earlier attempts in one line, or ""."""
    told = (f"{datetime.fromtimestamp(one.at / 1000, UTC):%Y-%m-%d} {one.overall}" for one in debrief.earlier)
    return _("Your earlier attempts: {attempts}").format(attempts=", ".join(told)) if debrief.earlier else ""


def overall_told(debrief: Debrief) -> str:
    """The score over all, beside the record's."""
    told = _("Overall: {mine}/100 · the officer of the record: {record}")
    return told.format(mine=debrief.overall, record=debrief.record_overall)


def better_told(remark: Remark) -> str:
    """The better wording, quoted."""
    return _("Better: “{words}”").format(words=one_line(remark.better, 600))


def _heading(words: str) -> str:
    return f"\n## {words}\n"


# ---- Markdown ------------------------------------------------------------------------------------------------------


def markdown(debrief: Debrief) -> str:
    """The debrief as Markdown."""
    return "\n".join(_markdown(debrief)) + "\n"


def _markdown(d: Debrief) -> Iterator[str]:
    yield f"# {_plain(heading(d))}"
    yield ""
    yield _plain(d.gist)
    yield ""
    yield f"**{_plain(overall_told(d))}** {_plain(d.end)}"
    if told := earlier_told(d):
        yield f"\n{told}"
    yield from _table_of_scores(d)
    yield from _table_of_figures(d)
    yield _heading(_("What to try next"))
    yield from (line for remark in d.next for line in _remark_lines(remark))
    if d.reactions:
        yield _heading(_("What made her react"))
        yield from (f"- {clock(one.at)} {_plain(one.why)}" for one in d.reactions)
    yield _heading(_("The moments"))
    for one in d.scores:
        yield f"### {_plain(one.name)}: {points(one.value)}\n"
        yield from (line for remark in one.remarks for line in _remark_lines(remark))
        yield ""
    yield _heading(_("What happened"))
    yield from (f"- {clock(mark.at)} **{_(KINDS[mark.kind])}** {_plain(mark.text)}" for mark in d.marks)


def _table_of_scores(d: Debrief) -> Iterator[str]:
    yield "\n| " + " | ".join((_("Competence"), _("You"), _("The record"))) + " |"
    yield "|---|---:|---:|"
    yield from (f"| {_plain(one.name)} | {points(one.value)} | {points(one.record)} |" for one in d.scores)


def _table_of_figures(d: Debrief) -> Iterator[str]:
    yield "\n| | " + " | ".join((_("You"), _("The record"))) + " |"
    yield "|---|---:|---:|"
    yield from (f"| {_plain(one.name)} | {one.mine} | {one.record} |" for one in d.figures)


def _remark_lines(remark: Remark) -> Iterator[str]:
    yield f"- {SIGNS[remark.kind]} {clock(remark.at)} {_plain(remark.text)}"
    if remark.kind != "good" and remark.why:
        yield f"  - {_plain(remark.why)}"
    if remark.better:
        yield f"  - {_plain(better_told(remark))}"


def _plain(text: str) -> str:
    """One line in which nothing is Markdown."""
    line = one_line(text, 600)
    for letter in "\\`*_[]<>|#":
        line = line.replace(letter, "\\" + letter)
    return line


# ---- HTML ----------------------------------------------------------------------------------------------------------


def html(debrief: Debrief, language: str) -> str:
    """The debrief as one page."""
    body = "\n".join(_html(debrief))
    return PAGE.format(language=escape(language), title=_safe(heading(debrief)), body=body)


def _html(d: Debrief) -> Iterator[str]:
    yield f"<header><h1>{_safe(heading(d))}</h1><p>{_safe(d.gist)}</p></header>"
    yield f"<p><strong>{_safe(overall_told(d))}</strong> {_safe(d.end)}</p>"
    if told := earlier_told(d):
        yield f"<p>{_safe(told)}</p>"
    yield time_line(d)
    next_ = _("What to try next")
    yield f"<h2>{_safe(next_)}</h2>{_list(d.next)}"
    head = (_("Competence"), _("You"), _("The record"))
    yield _table(head, ((one.name, points(one.value), points(one.record)) for one in d.scores))
    yield _table(("", _("You"), _("The record")), ((one.name, one.mine, one.record) for one in d.figures))
    if d.reactions:
        react = _("What made her react")
        told = "".join(f"<li>{clock(one.at)} {_safe(one.why)}</li>" for one in d.reactions)
        yield f"<h2>{_safe(react)}</h2><ul>{told}</ul>"
    moments = _("The moments")
    yield f"<h2>{_safe(moments)}</h2>"
    yield from (_section(one) for one in d.scores)


def _section(one: Score) -> str:
    kind = "missed" if one.value is None else "good" if one.value >= GOOD else "missed" if one.value >= FAIR else "bad"
    return f'<h3 class="{kind}">{_safe(one.name)}: {points(one.value)}</h3>{_list(one.remarks)}'


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    top = "".join(f"<th>{_safe(cell)}</th>" for cell in head)
    lines = "".join("<tr>" + "".join(f"<td>{_safe(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{lines}</table>"


def _list(found: Iterable[Remark]) -> str:
    return "<ul>" + "".join(_item(remark) for remark in found) + "</ul>"


def _item(remark: Remark) -> str:
    line = f"{SIGNS[remark.kind]} {clock(remark.at)} {_safe(remark.text)}"
    why = f'<br><span class="why">{_safe(remark.why)}</span>' if remark.kind != "good" and remark.why else ""
    better = f"<br>{_safe(better_told(remark))}" if remark.better else ""
    return f'<li class="{remark.kind}">{line}{why}{better}</li>'


def time_line(d: Debrief) -> str:
    """The moments drawn in their rows; pointing at one tells its words."""
    rows = [row for row in ROWS if any(mark.kind == row for mark in d.marks)]
    high = TOP + ROW * len(rows) + 24
    label = _safe(_("Time line"))
    parts = [f'<svg viewBox="0 0 {WIDTH} {high}" role="img" aria-label="{label}">']
    for number, row in enumerate(rows):
        y = TOP + ROW * number + ROW // 2
        parts.append(f'<text x="4" y="{y + 4}" font-size="12" fill="#333">{_safe(_(KINDS[row]))}</text>')
        parts.append(f'<line x1="{LEFT}" y1="{y}" x2="{WIDTH - 8}" y2="{y}" stroke="#ddd"/>')
        parts += [_dot(mark, y, d.length) for mark in d.marks if mark.kind == row]
    parts += _scale(d.length, high)
    return "".join([*parts, "</svg>"])


def _x(at: int, length: int) -> int:
    return LEFT + round((WIDTH - LEFT - 16) * at / max(length, 1))


def _dot(mark: Mark, y: int, length: int) -> str:
    told = _safe(f"{clock(mark.at)} {mark.text}")
    return (
        f'<circle cx="{_x(mark.at, length)}" cy="{y}" r="5" fill="{COLOURS[mark.kind]}"><title>{told}</title></circle>'
    )


def _scale(length: int, high: int) -> Iterator[str]:
    step = next((each for each in STEPS_MS if length <= MOST_STEPS * each), STEPS_MS[-1])
    for at in range(0, length + 1, step):
        yield f'<text x="{_x(at, length)}" y="{high - 6}" font-size="11" fill="#555">{clock(at)}</text>'


def _safe(text: str) -> str:
    """Made displayable and escaped."""
    return escape(displayable(text, limit=2000))
