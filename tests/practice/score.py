"""How well the acts of replies are found: `python -m tests.practice.score` prints figures and every miss.

graded.tsv: language, reply, acts that deserve praise in it, acts that do harm in it. Written without looking at the
lexicons, by who wrote them; of the first FIRST lines every third was never looked at while the lexicons were mended,
and is counted apart. Those after them were written with a mend, from what sessions had been judged wrongly for.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from officer_console.practice.analysis import read

PRAISED = frozenset(
    {"safety_asked", "open_question", "validation", "presence", "consent_asked", "next_step", "goodbye"}
)
BLAMED = frozenset({"blame", "pressure", "doubt", "promise", "jargon", "several_questions"})
FIRST = 195
"""Lines before those that were written with a mend."""


class Graded(NamedTuple):
    """One reply and what it deserves."""

    lang: str
    text: str
    good: frozenset[str]
    bad: frozenset[str]
    held: bool


class Score(NamedTuple):
    """What was found wrongly, and missed: (reply, act)."""

    replies: int
    false_praise: list[tuple[str, str]]
    false_blame: list[tuple[str, str]]
    missed_praise: list[tuple[str, str]]
    missed_blame: list[tuple[str, str]]
    praises: int
    blames: int


def graded() -> list[Graded]:
    """All graded replies."""
    lines = (Path(__file__).parent / "graded.tsv").read_text("utf-8").splitlines()
    rows = [(line + "\t\t").split("\t")[:4] for line in lines if line]
    return [
        Graded(lang, text, frozenset(good.split()), frozenset(bad.split()), number % 3 == 2 and number < FIRST)
        for number, (lang, text, good, bad) in enumerate(rows)
    ]


def score(replies: list[Graded]) -> Score:
    """What the rules say against what they should."""
    wrong: list[list[tuple[str, str]]] = [[], [], [], []]
    for reply in replies:
        acts = read(reply.text, reply.lang).acts
        praise, blame = acts & PRAISED, acts & BLAMED
        found = (praise - reply.good, blame - reply.bad, reply.good - praise, reply.bad - blame)
        for kept, acts_ in zip(wrong, found, strict=True):
            kept += [(reply.text, act) for act in sorted(acts_)]
    return Score(len(replies), *wrong, sum(len(each.good) for each in replies), sum(len(each.bad) for each in replies))


def told(name: str, of: Score) -> str:
    """One line."""
    return (
        f"{name}: {of.replies} replies; false praise {len(of.false_praise)}, false blame {len(of.false_blame)}; "
        f"missed {len(of.missed_praise)} of {of.praises} praises, {len(of.missed_blame)} of {of.blames} blames"
    )


if __name__ == "__main__":
    everything = graded()
    for name, part in (
        ("all", everything),
        ("mended with", [one for one in everything if not one.held]),
        ("held back", [one for one in everything if one.held]),
    ):
        print(told(name, score(part)))
    shown = score([one for one in everything if not one.held])
    for kind in ("false_praise", "false_blame", "missed_praise", "missed_blame"):
        for text, act in getattr(shown, kind):
            print(f"  {kind:14} {act:18} {text}")
