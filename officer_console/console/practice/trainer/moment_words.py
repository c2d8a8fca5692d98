"""What happened, line by line: in an attempt, and in the record of a session. Pure; all of it displayable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from officer_console.console.patrol_words import where
from officer_console.console.signal_words import signal_name
from officer_console.console.widgets.wrapping import fit, wrap
from officer_console.console.words import OUTCOME
from officer_console.locale import N_, _
from officer_console.model.text import displayable, one_line
from officer_console.practice import format as lines
from officer_console.practice.debrief import Debrief, clock
from officer_console.practice.debrief_text import SIGNS, better_told
from officer_console.practice.feedback import Remark
from officer_console.practice.review import told_in
from officer_console.practice.session import Session

from .pick_pane import Item

CLOCK: Final = 6
"""Cells of a moment."""
SHORT: Final = 300
"""Letters of what is not a message."""
WHO: Final = {
    "visitor": N_("Visitor"), "reply": N_("Officer"), "signal": N_("Signal"), "referral": N_("Referral"),
    "patrol": N_("Patrol"), "room": N_("Room"), "left": N_("Left"), "returned": N_("Back"), "claimed": N_("Taken"),
    "released": N_("Put back"), "closed": N_("Closed"), "end": N_("End"), "noted": N_("Note"), "note": N_("Trainer"),
}  # fmt: skip
"""Kind of a line -> what stands before it."""
LOOKS: Final = {"visitor": "visitor", "reply": "officer", "note": "note", "end": "strong"}
"""Kind -> how its words look; others are dim."""
WENT: Final = {
    "goodbye": N_("she said goodbye"), "exit": N_("she pressed “leave at once”"), "closed": N_("she closed the page"),
    "lost": N_("her network was lost"),
}  # fmt: skip
ROOM: Final = {
    "delivered": N_("delivered"), "opened": N_("opened"), "accepted": N_("accepted"), "assigned": N_("unit assigned"),
    "on_the_way": N_("on the way"), "on_scene": N_("on the scene"), "refused": N_("refused"), "closed": N_("closed"),
    "question": N_("asks"),
}  # fmt: skip


class Spoken(NamedTuple):
    """A line: when, which kind of WHO, and its words."""

    at: int
    kind: str
    text: str


# ---- an attempt ------------------------------------------------------------------------------------------------------

Told = Spoken | Remark


def attempt_lines(debrief: Debrief) -> list[Told]:
    """What happened in an attempt, and after each moment what the debrief tells of it."""
    happened: list[Told] = [Spoken(one.at, one.kind, _readable(one.kind, one.text)) for one in debrief.marks]
    return sorted([*happened, *told_in(debrief)], key=lambda one: one.at)


def _readable(kind: str, text: str) -> str:
    if kind == "room":
        state, _space, unit = text.partition(" ")
        return " ".join(filter(None, [_coded(ROOM, state), unit]))
    read: Mapping[str, Callable[[str], str]] = {
        "signal": signal_name,
        "left": lambda how: _coded(WENT, how),
        "closed": lambda outcome: _coded(OUTCOME, outcome),
    }
    return read[kind](text) if kind in read else text


def _coded(words: Mapping[str, str], code: str) -> str:
    return _(words[code]) if code in words else code


def is_moment(told: Told) -> bool:
    """Whether it is something that the debrief tells."""
    return isinstance(told, Remark)


# ---- a session's record ----------------------------------------------------------------------------------------------

_KINDS: Final[Mapping[type, str]] = {
    lines.Said: "visitor", lines.Shared: "visitor", lines.Left: "left", lines.Returned: "returned",
    lines.Claimed: "claimed", lines.Released: "released", lines.Replied: "reply", lines.Noted: "noted",
    lines.Confirmed: "signal", lines.Referred: "referral", lines.PatrolRequested: "patrol",
    lines.PatrolCancelled: "patrol", lines.PatrolTold: "room", lines.Closed: "closed", lines.Ended: "end",
    lines.Remarked: "note",
}  # fmt: skip


def session_lines(session: Session) -> list[Spoken]:
    """The record of a session, in the order of `session.record`."""
    return [Spoken(line.at, _KINDS[type(line)], _words_of(line, session)) for line in session.record]


def _words_of(line: Any, session: Session) -> str:
    if type(line) in _READ:
        return _READ[type(line)](line)
    if isinstance(line, lines.Ended):
        end = session.end(line.end)
        return end.text if end else line.end
    return str(getattr(line, "text", ""))


_READ: Final[Mapping[type, Callable[[Any], str]]] = {
    lines.Shared: lambda line: _("shares where she is"),
    lines.PatrolRequested: lambda line: where(line.request) or _("patrol asked for"),
    lines.PatrolCancelled: lambda line: _("cancelled: {reason}").format(reason=line.reason),
    lines.PatrolTold: lambda line: " · ".join(filter(None, [_coded(ROOM, line.state), line.unit, line.text])),
    lines.Confirmed: lambda line: signal_name(line.signal),
    lines.Referred: lambda line: line.referral,
    lines.Left: lambda line: _coded(WENT, line.how),
    lines.Closed: lambda line: " · ".join(filter(None, [_coded(OUTCOME, line.outcome), line.remark])),
    lines.Remarked: lambda line: f"{line.text} — {line.by}" if line.by else line.text,
}
"""Lines whose words are not simply their text."""


# ---- rows ------------------------------------------------------------------------------------------------------------


def who_width(kinds: Sequence[str]) -> int:
    """Cells for what stands before the words."""
    return max((len(_(WHO[kind])) for kind in kinds if kind in WHO), default=0) + 1


def spoken_rows(spoken: Spoken, who: int, width: int) -> Item:
    """A line in as many rows as it takes."""
    looks = f"pick--{LOOKS.get(spoken.kind, 'muted')}"
    limit = 4000 if spoken.kind in ("visitor", "reply", "note", "noted") else SHORT
    text = displayable(spoken.text, limit=limit)
    begin = f"{clock(spoken.at):>{CLOCK - 1}} ", fit(_(WHO.get(spoken.kind, spoken.kind)), who)
    rows = []
    for number, (start, end) in enumerate(wrap(text, width - CLOCK - who)):
        left = begin if not number else (" " * CLOCK, " " * who)
        rows.append([(left[0], "pick--muted"), (left[1], looks), (text[start:end], looks)])
    return rows


def remark_rows(remark: Remark, who: int, width: int, *, whole: bool = True) -> Item:
    """What the debrief tells of a moment; `whole`: with why, and a better wording."""
    beside = CLOCK + who
    rows = list(
        _indented(f"{SIGNS[remark.kind]} {one_line(remark.text, SHORT)}", f"pick--{remark.kind}", beside, width)
    )
    if whole and remark.kind != "good" and remark.why:
        rows += _indented(one_line(remark.why, 2 * SHORT), "pick--muted", beside + 2, width)
    if whole and remark.better:
        rows += _indented(better_told(remark), "", beside + 2, width)
    return rows


def _indented(text: str, looks: str, beside: int, width: int) -> Iterator[list[tuple[str, str]]]:
    for start, end in wrap(text, width - beside):
        yield [(" " * beside, ""), (text[start:end], looks)]
