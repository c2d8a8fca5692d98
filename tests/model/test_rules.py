"""The table of who may append what, read as sentences."""

from __future__ import annotations

import pytest

from officer_console.model.conversation import Conversation, State
from officer_console.model.envelope import RELAY, VISITOR
from officer_console.model.events import KINDS
from officer_console.model.rules import MAY_APPEND, Part, may_append, may_read, part_of

from .logs import ANA, ME

PARTS: tuple[Part, ...] = ("visitor", "holder", "officer", "lead", "relay")
STATES = {"o": State.OPENING, "w": State.WAITING, "h": State.HELD, "c": State.CLOSED, "e": State.ERASED}
ALLOWED = {
    "opened": {},
    "said": {"visitor": "owhc", "holder": "h"},
    "claimed": {"holder": "wc", "officer": "wc", "lead": "wc"},
    "released": {"holder": "h", "lead": "h"},
    "noted": {"holder": "hc", "officer": "c", "lead": "whc"},
    "closed": {"holder": "h", "lead": "wh"},
    "left": {"visitor": "owhc", "relay": "owhc"},
    "returned": {"visitor": "owhc", "relay": "owhc"},
    "erased": {"visitor": "owhc", "lead": "owhc", "relay": "owhc"},
}
"""Kind -> part -> states, written down apart from the table."""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("letter", STATES)
def test_who_may_append_what(kind: str, part: Part, letter: str) -> None:
    conversation = Conversation("c", state=STATES[letter], holder=ME)
    assert may_append(conversation, kind, part) == (letter in ALLOWED[kind].get(part, ""))


def test_the_table_knows_every_kind_but_the_first() -> None:
    assert set(MAY_APPEND) == set(KINDS) - {"opened"} and set(ALLOWED) == set(KINDS)


def test_nobody_else_appends_anything() -> None:
    assert not may_append(Conversation("c", state=State.HELD), "promoted", "lead")


@pytest.mark.parametrize(
    ("by", "role", "state", "part"),
    [
        (VISITOR, "", State.HELD, "visitor"),
        (RELAY, "", State.HELD, "relay"),
        (ME, "officer", State.HELD, "holder"),
        (ME, "lead", State.HELD, "holder"),
        (ME, "officer", State.CLOSED, "officer"),
        (ANA, "officer", State.HELD, "officer"),
        (ANA, "lead", State.HELD, "lead"),
        (ANA, "trainer", State.HELD, "officer"),
    ],
)
def test_the_part_somebody_plays(by: str, role: str, state: State, part: Part) -> None:
    assert part_of(Conversation("c", state=state, holder=ME), by, role) == part


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", ["officer", "lead", "trainer", "dispatch"])
@pytest.mark.parametrize("by", [ME, ANA])
def test_who_may_read(state: State, role: str, by: str) -> None:
    """Trainers and the dispatch room read nothing; others what waits, and what they hold or held last."""
    holder = ME if state in (State.HELD, State.CLOSED) else ""
    allowed = role in ("officer", "lead") and (
        state in (State.OPENING, State.WAITING) or (by == ME and state is not State.ERASED)
    )
    assert may_read(Conversation("c", state=state, holder=holder), by, role) == allowed
