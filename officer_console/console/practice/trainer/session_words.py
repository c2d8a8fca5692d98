"""What a trainer reads of sessions: rows of a list, and one at a glance. Pure; all of it displayable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from textual.content import Content

from officer_console.console.practice.words import STYLES
from officer_console.console.widgets.wrapping import fit
from officer_console.console.words import LANGUAGE
from officer_console.locale import _, ngettext
from officer_console.model.text import displayable, one_line
from officer_console.practice.session import Session

from .pick_pane import Item

TITLE, TOPICS, WARNING, GIST = 120, 200, 400, 1200
HARDEST: Final = 3


def difficulty(session: Session) -> str:
    """How hard it is, as dots."""
    return "●" * session.head.difficulty + "○" * (HARDEST - session.head.difficulty)


def session_row(session: Session, sign: str, notes: int, width: int) -> Item:
    """One in a list; `sign` stands before it."""
    told = f"★{notes}" if notes else ""
    length = _("{n} min").format(n=session.head.minutes)
    right = f" {told:>3} {difficulty(session)} {length:>7}"
    room = max(10, width - len(sign) - len(right) - 3)
    return [
        [
            (sign, "pick--new"),
            (f"{session.head.language} ", "pick--muted"),
            (fit(one_line(session.head.title, TITLE), room), ""),
            (right, "pick--muted"),
        ]
    ]


def about_session(session: Session, attempts: int, notes: int) -> Content:
    """One at a glance, with what is so and what the trainee does not know before."""
    return Content("\n").join(_about(session, attempts, notes))


def _about(session: Session, attempts: int, notes: int) -> Iterator[Content]:
    head = session.head
    yield Content.styled(one_line(head.title, TITLE), "bold")
    length = _("{n} min").format(n=head.minutes)
    yield Content.styled(" · ".join([head.id, _(LANGUAGE[head.language]), difficulty(session), length]), "$muted")
    counts: Sequence[str] = (
        ngettext("{n} attempt handed in", "{n} attempts handed in", attempts).format(n=attempts),
        ngettext("{n} note", "{n} notes", notes).format(n=notes),
    )
    yield Content(" · ".join(counts))
    if head.warning:
        yield Content.styled(f"⚠ {one_line(head.warning, WARNING)}", STYLES["missed"])
    yield Content("")
    yield Content(displayable(session.truth.gist, limit=GIST))
    yield Content.styled(one_line(", ".join(head.topics), TOPICS), "$muted")
