"""What a trainee's work is told: each remark with its rule, why, a better wording, and the moment that made it.

A function of what happened so far, so it can be asked again after every event; what is missed for good is told once it
is (a time has passed, or all is over).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, Literal

import msgspec

from .chronicle import Chronicle, Reply
from .fields import Act
from .judging import Verdict, deeds, patrol_facts, patrol_needed, patrol_wrong, referrals, repeated, seen, wrong_signals
from .rules import Rule, rules

ORDINARY: Final = 3
"""Replies after which the absence of something that should be there often is told."""
PLAN: Final = "plan"
RESULT: Final = "result"
Kind = Literal["good", "bad", "missed"]


class Remark(msgspec.Struct, frozen=True):
    """One thing that is told. `rule`: id of the rule, of the session's deed ("deed:…") or "end"."""

    at: int
    rule: str
    competence: str
    kind: Kind
    weight: int
    text: str
    why: str = ""
    better: str = ""


Found = Iterator[Verdict]


def remarks(chronicle: Chronicle, language: str = "en") -> list[Remark]:
    """Everything there is to tell now, in the order of its moments."""
    found = [remark for rule in rules().rules for remark in _of_rule(rule, chronicle, language)]
    found += [_of_deed(verdict) for verdict in deeds(chronicle)]
    found += _of_end(chronicle)
    return sorted(found, key=lambda remark: remark.at)


def _of_rule(rule: Rule, chronicle: Chronicle, language: str) -> Iterator[Remark]:
    return worded(rule, _WATCHES[rule.watch](rule, chronicle), chronicle.plot.session.head.language, language)


def worded(rule: Rule, found: Iterable[Verdict], spoken: str, language: str) -> Iterator[Remark]:
    """What is said of findings; `spoken` is the session's language."""
    told = 0
    for verdict in found:
        texts = getattr(rule, verdict.kind) or rule.bad
        text = texts.get(language) or texts.get("en", "")
        told += verdict.kind != "good" or rule.watch == "often"
        if text and told <= max(rule.most, 1):
            filled = text.format(words=verdict.words, s=verdict.seconds, what=verdict.words)
            better = "" if verdict.kind == "good" else rule.better.get(spoken, "")
            why = rule.why.get(language, "")
            yield Remark(verdict.at, rule.id, rule.competence, verdict.kind, rule.weight, filled, why, better)


def _of_deed(verdict: Verdict) -> Remark:
    return Remark(verdict.at, f"deed:{verdict.id}", PLAN, verdict.kind, verdict.weight, verdict.words)


def _of_end(chronicle: Chronicle) -> Iterator[Remark]:
    end = chronicle.plot.session.end(chronicle.end) if chronicle.end else None
    if end is not None and chronicle.over:
        kind: Kind = "good" if end.value > 0 else "bad"
        yield Remark(chronicle.end_at, "end", RESULT, kind, abs(end.value) * 2 or 1, end.text)


# ---- what is looked for ----------------------------------------------------------------------------------------------


def _first_answer(rule: Rule, c: Chronicle) -> Found:
    first = c.replies[0].at if c.replies else None
    if c.arrived is None:
        return
    waited = (first if first is not None else c.now) - c.arrived
    late = waited > 1000 * rule.seconds
    if first is not None:
        yield Verdict(first, "bad" if late else "good", seconds=waited // 1000)
    elif c.over:
        yield Verdict(c.now, "bad", seconds=waited // 1000)


def _gap(rule: Rule, c: Chronicle) -> Found:
    """Her words that waited too long for an answer, after the first one."""
    for asked, answered in c.waits:
        if answered - asked > 1000 * rule.seconds:
            yield Verdict(answered, "bad", seconds=(answered - asked) // 1000)


def _first_question(rule: Rule, c: Chronicle) -> Found:
    if c.plot.session.truth.urgency == "none":
        return
    for reply in c.replies:
        asked = {act for act in reply.acts if act.endswith("_asked")} | (reply.acts & {"open_question"})
        if not asked.isdisjoint(rule.acts):
            yield Verdict(reply.at, "good")
            return
        if asked or reply.reading.questions:
            if asked.isdisjoint(rule.even):
                yield Verdict(reply.at, "bad")
            return
    if c.over:
        yield Verdict(c.now, "bad")


def _once(rule: Rule, c: Chronicle) -> Found:
    if rule.unless_red and c.plot.session.truth.urgency == "red":
        return
    reply = next((one for one in c.replies if not one.acts.isdisjoint(rule.acts)), None)
    if reply is not None:
        yield Verdict(reply.at, "good", _words(reply, rule.acts))
    elif c.over and c.plot.session.truth.urgency != "none":
        yield Verdict(c.now, "missed")


def _never(rule: Rule, c: Chronicle) -> Found:
    bad = [reply for reply in c.replies if not reply.acts.isdisjoint(rule.acts)]
    yield from (Verdict(reply.at, "bad", _words(reply, rule.acts)) for reply in bad)
    if not bad and c.over and len(c.replies) >= ORDINARY:
        yield Verdict(c.now, "good")


def _often(rule: Rule, c: Chronicle) -> Found:
    good = [reply for reply in c.replies if not reply.acts.isdisjoint(rule.acts)]
    yield from (Verdict(reply.at, "good", _words(reply, rule.acts)) for reply in good)
    if not good and len(c.replies) >= ORDINARY and (c.over or c.now - c.replies[0].at > 1000 * rule.seconds):
        yield Verdict(c.replies[0].at + 1000 * rule.seconds, "missed")


def _length(rule: Rule, c: Chronicle) -> Found:
    long = (reply for reply in c.replies if reply.reading.length > rule.seconds)
    yield from (Verdict(reply.at, "bad", seconds=reply.reading.length) for reply in long)


def _last(rule: Rule, c: Chronicle) -> Found:
    """What belongs to the end: in one of the last two replies before closing."""
    if c.closed_at is None or c.left_at is not None:
        return
    last = [reply for reply in c.replies if reply.at <= c.closed_at][-2:]
    done = any(not reply.acts.isdisjoint(rule.acts) for reply in last)
    yield Verdict(c.closed_at, "good" if done else "bad")


def _outcome(rule: Rule, c: Chronicle) -> Found:
    wanted = c.plot.session.truth.outcomes
    if c.closed_at is not None and wanted:
        yield Verdict(c.closed_at, "good" if c.outcome in wanted else "bad")
    elif c.over and c.closed_at is None:
        yield Verdict(c.now, "missed")


def _words(reply: Reply, acts: list[Act]) -> str:
    return next((words for act in acts if (words := reply.reading.words_of(act))), "")


_WATCHES: Final[Mapping[str, Callable[[Rule, Chronicle], Found]]] = {
    "first_answer": _first_answer,
    "gap": _gap,
    "first_question": _first_question,
    "once": _once,
    "never": _never,
    "often": _often,
    "length": _length,
    "last": _last,
    "outcome": _outcome,
    "signals": lambda rule, c: seen(c),
    "signals_wrong": lambda rule, c: wrong_signals(c),
    "patrol_needed": lambda rule, c: patrol_needed(c),
    "patrol_facts": lambda rule, c: patrol_facts(c),
    "patrol_wrong": lambda rule, c: patrol_wrong(c),
    "referral_fits": lambda rule, c: referrals(c),
    "referral_repeated": lambda rule, c: repeated(c),
    "together": lambda rule, c: iter(()),  # of several sessions: together.py
}
