"""What is counted of the conversations, apart from them: per hour how many, never which and never by whom.

The relay counts what it sees (`Counting`, a fold of events); what only a console can read it tells as a bare count of a
closed list (`TOLD_BY_CONSOLES`). How counts are shown, and which are not, is `shown_figures`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from .bodies import OUTCOMES
from .conversation import Conversation, State
from .envelope import RELAY, VISITOR
from .events import Event, Left, Said
from .patrol import Case, PatrolState
from .queue import GONE

HOUR_MS: Final = 3_600_000
Key = tuple[int, str, str]
"""Hour (of the relay's clock, since 1970), measure, value ("" for measures that have none)."""

BY_KIND: Final[Mapping[str, str]] = {
    "released": "put_back",
    "accepted": "handed_over",
    "assigned": "assigned",
    "stepped_in": "lead_in",
    "urgency_raised": "urgent",
    "referred": "referred",
    "signal_confirmed": "signal",
    "callback_requested": "callback",
    "erased": "erased",
}
"""Kind of event -> the measure that each event of it counts for; a kind that stands neither here nor in `_STEPS` counts
for none."""
PLAIN: Final = (
    "arrived", "left", "put_back", "handed_over", "assigned", "lead_in", "closed", "reopened", "urgent", "signal",
    "referred", "callback",    "patrol", "patrol_acknowledged", "patrol_refused", "patrol_cancelled", "erased",
)  # fmt: skip
"""Measures without values. `left`: before an answer; `patrol`: cases, not what was told of them later."""

MORE: Final = "more"
WAITS_S: Final = (30, 60, 120, 300, 600, 1800, 3600)
LENGTHS_S: Final = (300, 900, 1800, 3600, 7200, 14_400)
"""Upper ends of the steps in which times are counted, s; above the last one: MORE."""


def _steps(ends: tuple[int, ...]) -> tuple[str, ...]:
    return (*map(str, ends), MORE)


TIMES: Final[Mapping[str, tuple[str, ...]]] = {
    "wait": _steps(WAITS_S),
    "answer": _steps(WAITS_S),
    "length": _steps(LENGTHS_S),
}
"""Times in steps: from the first message until an officer took it, until his first answer (both counted for the hour
in which it began to wait), and from opening to the first close."""

_ISO: Final = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en "
    "eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv "
    "ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne "
    "ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st "
    "su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
LANGUAGES: Final = tuple(_ISO.split())
"""ISO 639-1."""
UNKNOWN: Final = "unknown"
DEPARTMENTS: Final = (
    *(f"{number:02}" for number in range(1, 20)), "2A", "2B", *map(str, range(21, 96)),
    "971", "972", "973", "974", "975", "976", "977", "978", "986", "987", "988", UNKNOWN,
)  # fmt: skip
REFERRAL_KINDS: Final = (
    "emergency", "helpline", "shelter", "association", "chat", "network", "state_chat", "portal", "local",
)  # fmt: skip
TOLD_BY_CONSOLES: Final[Mapping[str, frozenset[str]]] = {
    "language": frozenset(LANGUAGES) | {UNKNOWN},
    "department": frozenset(DEPARTMENTS),
    "outcome": frozenset(OUTCOMES),
    "referral": frozenset(REFERRAL_KINDS),
    "urgency": frozenset({"red", "amber", "none"}),
}
"""What consoles tell, from closed lists: language, department, outcome and urgency when a conversation is closed (the
first two at its first close), the kind of each referral when it is given."""


def may_be_told(measure: str, value: str) -> bool:
    """Whether it stands in the lists."""
    return value in TOLD_BY_CONSOLES.get(measure, ())


def hour_of(at: int) -> int:
    """The hour of a time in ms."""
    return at // HOUR_MS


class Counting:
    """Gives what each event counts for. It keeps, in memory only, since when each conversation waits for its first
    answer; fed with all events of the log it is again what it was."""

    def __init__(self) -> None:
        self._unanswered: dict[str, int] = {}  # conversation -> ms of its first message

    def learn(self, event: Event, before: Conversation | None, after: Conversation) -> list[Key]:
        """What `event` counts for; `before` and `after`: its conversation, None when it was not known."""
        was = before or Conversation(cid=event.cid)
        kind = BY_KIND.get(event.kind)
        here = [kind] if kind else []
        here += [*_moves(event, was, after), *_patrols(was, after)]
        keys = [(hour_of(event.at), measure, "") for measure in here]
        return [*keys, *self._first_answer(event, was), *_times(event, was, after)]

    def _first_answer(self, event: Event, was: Conversation) -> Iterator[Key]:
        """What is counted for the hour in which she began to wait."""
        if _arrives(event, was):
            self._unanswered[event.cid] = event.at
        elif _answers(event) and (since := self._unanswered.pop(event.cid, None)) is not None:
            yield hour_of(since), "answer", _step(event.at - since, WAITS_S)
        elif _goes(event) and (since := self._unanswered.pop(event.cid, None)) is not None:
            yield hour_of(since), "left", ""
        elif event.kind == "erased":
            self._unanswered.pop(event.cid, None)


def _arrives(event: Event, was: Conversation) -> bool:
    return isinstance(event.what, Said) and event.by == VISITOR and was.state is State.OPENING


def _answers(event: Event) -> bool:
    return isinstance(event.what, Said) and event.by not in (VISITOR, RELAY)


def _goes(event: Event) -> bool:
    return isinstance(event.what, Left) and event.what.how in GONE


def _moves(event: Event, was: Conversation, after: Conversation) -> Iterator[str]:
    if _arrives(event, was):
        yield "arrived"
    if after.state is State.CLOSED and was.state is not State.CLOSED:
        yield "closed"
    if was.state is State.CLOSED and after.state is State.WAITING:
        yield "reopened"


def _times(event: Event, was: Conversation, after: Conversation) -> Iterator[Key]:
    if after.state is State.HELD and not was.held_since and was.waiting_since:
        yield hour_of(was.waiting_since), "wait", _step(event.at - was.waiting_since, WAITS_S)
    if after.state is State.CLOSED and not was.closed_at and was.opened_at:
        yield hour_of(event.at), "length", _step(event.at - was.opened_at, LENGTHS_S)


def _patrols(was: Conversation, after: Conversation) -> Iterator[str]:
    if after.cases is was.cases or after.state is State.ERASED:
        return
    known = {case.id: case for case in was.cases}
    for case in after.cases:
        yield from _case(known.get(case.id), case)


def _case(was: Case | None, case: Case) -> Iterator[str]:
    if was is None:
        yield "patrol"
        was = Case(case.id, ())
    if case.cancelled and not was.cancelled:
        yield "patrol_cancelled"
    if case.state is PatrolState.REFUSED and was.state is not PatrolState.REFUSED:
        yield "patrol_refused"
    elif case.id in case.acked and case.id not in was.acked:
        yield "patrol_acknowledged"


def _step(ms: int, ends: tuple[int, ...]) -> str:
    return next((str(end) for end in ends if ms < end * 1000), MORE)
