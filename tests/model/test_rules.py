"""The table of who may append what, read as sentences."""

from __future__ import annotations

import msgspec
import pytest

from officer_console.model.callback import CallBack
from officer_console.model.conversation import Conversation, State, Visitor
from officer_console.model.envelope import RELAY, VISITOR, PatrolStatusHeader
from officer_console.model.events import (
    KINDS,
    CallbackRequested,
    CallbackTold,
    Claimed,
    Left,
    PatrolCancelled,
    PatrolRequested,
    PatrolStatus,
    Released,
    Returned,
    What,
)
from officer_console.model.patrol import Asked, Case, PatrolState
from officer_console.model.rules import (
    MAY_APPEND,
    MOST_CALLBACKS,
    MOST_TOLD,
    Part,
    has_case,
    is_told,
    may_append,
    may_read,
    may_read_patrol,
    parts_of,
)

from .logs import ANA, ME, status_of

PARTS: tuple[Part, ...] = ("visitor", "holder", "officer", "lead", "relay", "room", "asked", "guest", "joined")
STATES = {"o": State.OPENING, "w": State.WAITING, "h": State.HELD, "c": State.CLOSED, "e": State.ERASED}
ALLOWED = {
    "opened": {},
    "said": {"visitor": "owhc", "holder": "h", "joined": "h"},
    "claimed": {"officer": "wc", "lead": "wc"},
    "released": {"holder": "h", "lead": "h", "relay": "h"},
    "noted": {"holder": "h", "officer": "c", "lead": "whc"},
    "closed": {"holder": "h", "lead": "wh"},
    "left": {"visitor": "owhc", "relay": "owhc"},
    "returned": {"visitor": "owhc", "relay": "owhc"},
    "erased": {"visitor": "owhc", "lead": "owhc", "relay": "owhc"},
    "patrol_requested": {"holder": "whc", "officer": "whc", "lead": "whc"},
    "patrol_cancelled": {"holder": "h", "officer": "wc", "lead": "whc"},
    "patrol_status": {"room": "whc"},
    "referred": {"holder": "h"},
    "signal_confirmed": {"holder": "h", "officer": "w", "lead": "wh"},
    "callback_requested": {"holder": "h", "officer": "c", "lead": "hc"},
    "callback_told": {"room": "whc"},
    "urgency_raised": {"holder": "h", "officer": "w", "lead": "wh"},
    "crowded": {"relay": "w"},
    "assigned": {"lead": "wh"},
    "offered": {"holder": "h", "lead": "h"},
    "accepted": {"asked": "h"},
    "declined": {"asked": "h", "holder": "h", "lead": "h", "relay": "h"},
    "whispered": {"holder": "h", "lead": "h"},
    "stepped_in": {"lead": "hc"},
    "stepped_out": {"guest": "wh"},
    "exported": {"lead": "c"},
    "export_part": {"lead": "whc"},
    "countersigned": {"holder": "whc", "officer": "whc", "lead": "whc"},
    "export_ended": {"holder": "whc", "officer": "whc", "lead": "whc"},
    "arrivals_paused": {},
    "arrivals_resumed": {},
}
"""Kind -> part -> states, written down apart from the table."""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("letter", STATES)
def test_who_may_append_what(kind: str, part: Part, letter: str) -> None:
    conversation = Conversation("c", state=STATES[letter], holder=ME)
    assert may_append(conversation, kind, {part}) == (letter in ALLOWED[kind].get(part, ""))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("letter", STATES)
def test_a_lead_who_holds_may_do_what_a_holder_may_and_what_a_lead_may(kind: str, letter: str) -> None:
    conversation = Conversation("c", state=STATES[letter], holder=ME)
    either = {letter in ALLOWED[kind].get(part, "") for part in ("holder", "lead")}
    if letter == "h":
        assert may_append(conversation, kind, parts_of(conversation, ME, "lead")) == any(either)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", ["trainer", "", "visitor", "relay"])
def test_who_does_not_answer_appends_nothing(kind: str, state: State, role: str) -> None:
    conversation = Conversation("c", state=state, holder=ANA)
    assert not may_append(conversation, kind, parts_of(conversation, ME, role))
    assert not may_append(conversation, kind, parts_of(conversation, ANA, role)), "not even what he should not hold"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("letter", STATES)
def test_the_dispatch_role_only_tells_what_becomes_of_what_it_was_asked(kind: str, letter: str) -> None:
    conversation = Conversation("c", state=STATES[letter], holder=ME)
    may = may_append(conversation, kind, parts_of(conversation, ME, "dispatch"))
    assert may == (kind in ("patrol_status", "callback_told") and letter in "whc")


def test_the_table_knows_every_kind_but_the_first() -> None:
    assert set(MAY_APPEND) == set(KINDS) - {"opened"} and set(ALLOWED) == set(KINDS)


def test_nobody_else_appends_anything() -> None:
    assert not may_append(Conversation("c", state=State.HELD), "promoted", {"lead"})


@pytest.mark.parametrize(
    ("by", "role", "state", "parts"),
    [
        (VISITOR, "", State.HELD, {"visitor"}),
        (VISITOR, "lead", State.HELD, {"visitor"}),
        (RELAY, "", State.HELD, {"relay"}),
        (ME, "officer", State.HELD, {"holder"}),
        (ME, "lead", State.HELD, {"holder", "lead"}),
        (ME, "officer", State.CLOSED, {"officer"}),
        (ME, "lead", State.CLOSED, {"officer", "lead"}),
        (ANA, "officer", State.HELD, {"officer"}),
        (ANA, "lead", State.HELD, {"officer", "lead"}),
        (ANA, "trainer", State.HELD, set()),
        (ME, "dispatch", State.HELD, {"room"}),
    ],
)
def test_the_parts_somebody_plays(by: str, role: str, state: State, parts: set[Part]) -> None:
    assert parts_of(Conversation("c", state=state, holder=ME), by, role) == parts


@pytest.mark.parametrize(
    ("visitor", "what", "told"),
    [
        (Visitor.HERE, Left("closed"), False),
        (Visitor.HERE, Left("lost"), False),
        (Visitor.GOODBYE, Left("goodbye"), True),
        (Visitor.GOODBYE, Left("exit"), False),
        (Visitor.GOODBYE, Left("closed"), True),
        (Visitor.GOODBYE, Left("lost"), True),
        (Visitor.EXIT, Left("exit"), True),
        (Visitor.EXIT, Left("closed"), True),
        (Visitor.EXIT, Left("lost"), True),
        (Visitor.CLOSED, Left("exit"), False),
        (Visitor.CLOSED, Left("closed"), True),
        (Visitor.LOST, Left("lost"), True),
        (Visitor.LOST, Left("closed"), False),
        (Visitor.LOST, Left("exit"), False),
        (Visitor.HERE, Returned(), True),
        (Visitor.LOST, Returned(), False),
        (Visitor.GOODBYE, Returned(), False),
    ],
    ids=str,
)
def test_what_says_nothing_new_of_a_visitor(visitor: Visitor, what: What, told: bool) -> None:
    """What she said when she went stands: the page's end and a lost line say less."""
    assert is_told(Conversation("c", visitor=visitor), VISITOR, what) == told


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("by", [ME, ANA])
def test_claiming_what_one_holds_says_nothing_new(state: State, by: str) -> None:
    conversation = Conversation("c", state=state, holder=ME)
    assert is_told(conversation, by, Claimed()) == (state is State.HELD and by == ME)
    assert not is_told(conversation, by, Released())


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


@pytest.mark.parametrize(
    ("role", "state", "holder", "asker", "reads"),
    [
        ("lead", State.HELD, ANA, ANA, True),
        ("lead", State.ERASED, ANA, ANA, False),
        ("officer", State.HELD, ANA, ANA, False),
        ("officer", State.HELD, ANA, ME, True),
        ("officer", State.HELD, ME, ANA, True),
        ("officer", State.WAITING, "", ANA, True),
        ("trainer", State.WAITING, "", ME, False),
        ("dispatch", State.HELD, ANA, ANA, False),
    ],
)
def test_who_reads_patrol_requests(role: str, state: State, holder: str, asker: str, reads: bool) -> None:
    cases = (Case("r1", (Asked("r1", asker, 1),)),)
    conversation = Conversation("c", state=state, holder=holder, cases=cases)
    assert may_read_patrol(conversation, ME, role) is reads


def test_a_case_is_there_to_be_cancelled_or_told_of() -> None:
    cancel = PatrolCancelled("h", "s")
    status = PatrolStatus(status_of("r1", "r1", "accepted"), "s")
    stranger = PatrolStatus(status_of("r2", "r2", "accepted"), "s")
    none, one = Conversation("c"), Conversation("c", cases=(Case("r1", (Asked("r1", ME, 1),)),))
    over = Conversation("c", cases=(Case("r1", (Asked("r1", ME, 1),), state=PatrolState.CLOSED),))
    full = Conversation("c", cases=(Case("r1", (Asked("r1", ME, 1),), told=MOST_TOLD),))
    assert [has_case(each, cancel) for each in (none, one, over)] == [False, True, False]
    assert [has_case(each, status) for each in (none, one, over, full)] == [False, True, True, False]
    assert not has_case(one, stranger)
    assert has_case(none, PatrolRequested("h", "s"))


def test_a_call_back_is_there_to_be_taken_once() -> None:
    header = PatrolStatusHeader(cid="c", kid="", s="room", id="i", case="r1", re="r1", state="taken", at=0)
    told = CallbackTold(msgspec.json.encode(header).decode(), "s")
    asked = Conversation("c", callbacks=(CallBack("r1", ME, 1),))
    taken = Conversation("c", callbacks=(CallBack("r1", ME, 1, "taken"),))
    assert [has_case(each, told) for each in (Conversation("c"), asked, taken)] == [False, True, False]
    many = Conversation("c", callbacks=(CallBack("r", ME, 1),) * MOST_CALLBACKS)
    assert [has_case(each, CallbackRequested("h", "s")) for each in (asked, many)] == [True, False]
