"""What a lead reads of a conversation before he keeps it: all of it, what was put in place of words marked, and at its
end what stood there. Pure; text from outside is never markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from textual.content import Content

from officer_console.console.export_work import Form, Work
from officer_console.locale import N_, _, ngettext
from officer_console.model.text import one_line
from officer_console.practice.exporting import Row, rows
from officer_console.practice.redaction import Decision

WHO: Final = {"visitor": N_("Visitor"), "officer": N_("Officer")}
STYLE: Final = {"visitor": "bold", "officer": "", "event": "$muted"}
WORDS: Final = 200
UNTITLED: Final = 2
"""Rows about the whole that stand before what was said: title and gist."""


def left(work: Work) -> Content:
    """The session as it would be kept. Raises UserError, SessionError as Work.session."""
    untitled = Form(work.form.name, title="…", gist="…")
    read = rows(work.session("…", "…", untitled))[UNTITLED:]
    pattern = _marks(work.decisions)
    return Content("\n").join([*(row_told(row, pattern) for row in read), Content(""), *_taken_out(work)])


def counted(work: Work) -> str:
    """How much was taken out, and who reads it next."""
    taken, kept = len(work.items) - work.kept, work.kept
    told = ngettext("{n} thing taken out", "{n} things taken out", taken).format(n=taken)
    stays = ngettext("{n} stays as it is", "{n} stay as they are", kept).format(n=kept)
    then = _("Somebody else reads it next, and countersigns.")
    return f"{told}, {stays}. {then}"


def row_told(row: Row, pattern: re.Pattern[str] | None = None) -> Content:
    """When, who and what."""
    minutes, seconds = divmod(row.at_ms // 1000, 60)
    name = f"{_(WHO[row.who])}: " if row.who in WHO else ""
    style = STYLE[row.who]
    pieces = _pieces(name + row.text, pattern, style) if pattern else [(name + row.text, style)]
    return Content.assemble((f"{minutes:3}:{seconds:02}  ", "$muted"), *pieces)


def _pieces(text: str, pattern: re.Pattern[str], style: str) -> Iterator[tuple[str, str]]:
    """What was put in place of words is seen to be."""
    at = 0
    for found in pattern.finditer(text):
        yield text[at : found.start()], style
        yield found[0], "bold reverse"
        at = found.end()
    yield text[at:], style


def _marks(decisions: Iterable[Decision]) -> re.Pattern[str]:
    marks = sorted({each.mark for each in decisions if each.mark}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, marks)) or r"(?!)")


def _taken_out(work: Work) -> Iterator[Content]:
    """What was there, and what stays."""
    yield Content.styled(_("What stood there; nobody else sees this list:"), "bold")
    for each in work.decisions:
        stands = one_line(each.mark, WORDS) if each.mark is not None else _("stays")
        yield Content.assemble((stands, "bold reverse"), "  ", one_line(each.text, WORDS))
