"""What the trainee did against the truth of the session: signals, patrol, referrals, and what a good officer does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from officer_console.locale import _
from officer_console.model.patrol import PatrolRequest
from officer_console.model.said import fold
from officer_console.referrals.suggest import NAMES

from .chronicle import Chronicle
from .fields import ANY
from .format import Deed, Fact, When
from .patterns import deed_key
from .plot import holds

Kind = Literal["good", "bad", "missed"]


class Verdict(NamedTuple):
    """One finding: when, how it is, and what fills the rule's words."""

    at: int
    kind: Kind
    words: str = ""
    seconds: int = 0
    id: str = ""
    weight: int = 1


# ---- signals ---------------------------------------------------------------------------------------------------------


def seen(c: Chronicle) -> Iterator[Verdict]:
    """Signals that are there and were told: confirmed, or missed when all is over."""
    for signal in c.plot.session.signals:
        told = [c.said[message] for message in signal.messages if message in c.said]
        if not told:
            continue
        if signal.signal in c.confirmed:
            yield Verdict(c.confirmed[signal.signal][0], "good", signal_name(signal.signal))
        elif c.over:
            yield Verdict(c.now, "bad", signal_name(signal.signal))


def wrong_signals(c: Chronicle) -> Iterator[Verdict]:
    """Signals confirmed that nothing shows."""
    true = {signal.signal for signal in c.plot.session.signals}
    yield from (
        Verdict(at, "bad", signal_name(name)) for name, (at, _message) in c.confirmed.items() if name not in true
    )


def signal_name(signal: str) -> str:
    """A signal in plain words."""
    return _(NAMES[signal]) if signal in NAMES else signal


# ---- patrol ----------------------------------------------------------------------------------------------------------


def patrol_needed(c: Chronicle) -> Iterator[Verdict]:
    """A patrol that was needed: in time, late, or never."""
    truth = c.plot.session.truth
    since = c.said.get(truth.patrol_after) if truth.patrol_after else (c.claimed_at or c.arrived)
    if truth.patrol != "needed":
        return
    if c.requests and since is not None:
        took = max(c.requests[0][0] - since, 0)
        late = truth.patrol_by and took > 1000 * truth.patrol_by
        yield Verdict(c.requests[0][0], "bad" if late else "good", seconds=took // 1000)
    elif c.requests:
        yield Verdict(c.requests[0][0], "good", seconds=0)
    elif c.over:
        yield Verdict(c.now, "missed")


def patrol_wrong(c: Chronicle) -> Iterator[Verdict]:
    """A patrol where none may be sent."""
    if c.plot.session.truth.patrol == "wrong":
        if c.requests:
            yield Verdict(c.requests[0][0], "bad")
        elif c.over:
            yield Verdict(c.now, "good")


def patrol_facts(c: Chronicle) -> Iterator[Verdict]:
    """What she told and a patrol needs: in a request or missing from all of them."""
    if not c.requests or c.plot.session.truth.patrol == "wrong":
        return
    for fact in c.plot.session.facts:
        at = min((c.said[message] for message in fact.messages if message in c.said), default=None)
        passed = next((when for when, request in c.requests if holds_fact(fact, request)), None)
        if passed is not None:
            yield Verdict(passed, "good", fact.any[0])
        elif at is not None and c.over:
            yield Verdict(c.now, "bad", fact.any[0])


def holds_fact(fact: Fact, request: PatrolRequest) -> bool:
    """Whether the request tells the fact."""
    written = fold(getattr(request, fact.field))
    return any(fold(words) in written for words in fact.any)


# ---- referrals -------------------------------------------------------------------------------------------------------


def referrals(c: Chronicle) -> Iterator[Verdict]:
    """Referrals that fit, that don't, and none where one was due."""
    fitting = c.plot.session.truth.referrals
    for at, name in _first(c.given):
        yield Verdict(at, "good" if name in fitting else "bad", name)
    if fitting and not c.given and c.over and c.left_at is None:
        yield Verdict(c.now, "missed", fitting[0])


def repeated(c: Chronicle) -> Iterator[Verdict]:
    """Referrals given more than once."""
    once: set[str] = set()
    for at, name in c.given:
        if name in once:
            yield Verdict(at, "bad", name)
        once.add(name)


def _first(given: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    names: set[str] = set()
    for at, name in given:
        if name not in names:
            yield at, name
        names.add(name)


# ---- what a good officer does ----------------------------------------------------------------------------------------


def deeds(c: Chronicle) -> Iterator[Verdict]:
    """The session's own wishes: done in time, late or never."""
    for deed in c.plot.session.deeds:
        since = c.said.get(deed.after) if deed.after else c.arrived
        if since is None:
            continue
        until = since + 1000 * deed.by
        done = first_time(c, deed.when, deed_key(deed.id))
        if done is not None and done <= until:
            yield Verdict(done, "good", deed.text, id=deed.id, weight=deed.weight)
        elif c.over or c.now > until:
            yield _missed(deed, min(until, c.now))


def _missed(deed: Deed, at: int) -> Verdict:
    return Verdict(at, "missed", deed.text, id=deed.id, weight=deed.weight)


def first_time(c: Chronicle, when: When, key: str) -> int | None:
    """When a condition first held."""
    if when.does or when.words:
        return next((reply.at for reply in c.replies if holds(when, key, reply.reading)), None)
    if when.signal:
        return min(
            (at for name, (at, _m) in c.confirmed.items() if name in when.signal or ANY in when.signal), default=None
        )
    if when.referral:
        return next((at for at, name in c.given if name in when.referral or ANY in when.referral), None)
    if when.patrol:
        return c.requests[0][0] if c.requests and "sent" in when.patrol else None
    return c.claimed_at if "claimed" in when.stands else c.closed_at
