"""A small session made by hand, and variants of it."""

from __future__ import annotations

import json
from typing import Any

from officer_console.practice.plot import Plot, plot_of
from officer_console.practice.reading import parse
from officer_console.practice.session import Session

HEAD: dict[str, Any] = {
    "line": "session", "practice": 1, "id": "made", "language": "fr", "title": "Made", "difficulty": 1, "minutes": 5,
    "topics": ["made"],
    "visitor": {"pace": 8, "hesitates": 0, "patience": 300, "postcode": "69003", "nods": ["ok", "oui"],
                "unsure": ["je sais pas"]},
}  # fmt: skip
LINES: list[dict[str, Any]] = [
    HEAD,
    {"line": "truth", "urgency": "red", "gist": "It is so.", "patrol": "needed", "patrol_by": 120, "patrol_after": "v4",
     "referrals": ["3919"], "outcomes": ["patrol"]},
    {"line": "signal", "signal": "en_cours", "messages": ["v1"]},
    {"line": "fact", "field": "place", "any": ["3 rue X"], "messages": ["v4"]},
    {"line": "deed", "id": "d-safe", "when": {"does": ["safety_asked"]}, "by": 60, "text": "Ask whether it is safe."},
    {"line": "end", "id": "good", "text": "Safe.", "value": 2},
    {"line": "end", "id": "bad", "text": "Gone.", "value": -2},
    {"line": "said", "at": 0, "id": "v1", "text": "il est la"},
    {"line": "claimed", "at": 5000},
    {"line": "said", "at": 10000, "id": "v2", "text": "aidez moi"},
    {"line": "replied", "at": 20000, "id": "o1", "text": "Pouvez-vous écrire sans danger ?",
     "fits": {"does": ["safety_asked"]}},
    {"line": "said", "at": 30000, "id": "v3", "text": "oui"},
    {"line": "signal_confirmed", "at": 35000, "signal": "en_cours", "message": "v1"},
    {"line": "replied", "at": 40000, "id": "o2", "text": "À quelle adresse êtes-vous ?",
     "fits": {"does": ["address_asked"]}},
    {"line": "said", "at": 50000, "id": "v4", "text": "3 rue X"},
    {"line": "patrol_requested", "at": 60000, "request": {"place": "3 rue X"}},
    {"line": "patrol_status", "at": 70000, "state": "accepted"},
    {"line": "patrol_status", "at": 130000, "state": "on_scene", "unit": "A1"},
    {"line": "said", "at": 140000, "id": "v5", "text": "ils sont la"},
    {"line": "replied", "at": 150000, "id": "o3", "text": "Vous pouvez revenir écrire ici. Au revoir.",
     "fits": {"does": ["goodbye"]}, "said": ["v5"]},
    {"line": "said", "at": 160000, "id": "v6", "text": "merci"},
    {"line": "ended", "at": 165000, "end": "good"},
    {"line": "closed", "at": 170000, "outcome": "patrol"},
    {"line": "cue", "id": "blamed", "when": {"does": ["blame"]}, "then": "shrinks", "times": 2, "why": "Blame."},
    {"line": "cue", "id": "twice", "when": {"does": ["address_asked"]}, "count": 2, "said": ["v4"], "then": "again",
     "why": "Asked twice."},
    {"line": "cue", "id": "alone", "when": {"silence": 90}, "then": "there", "why": "Silence."},
    {"line": "cue", "id": "gone", "when": {"silence": 200}, "then": "leaves", "why": "Long silence."},
    {"line": "branch", "id": "shrinks",
     "steps": [{"do": "type", "ms": 3000}, {"do": "say", "id": "b1", "text": "..."}]},
    {"line": "branch", "id": "again", "steps": [{"do": "say", "id": "b2", "text": "deja dit"}]},
    {"line": "branch", "id": "there", "steps": [{"do": "say", "id": "b3", "text": "vous etes la ?"}]},
    {"line": "branch", "id": "leaves", "steps": [{"do": "leave", "how": "closed"}, {"do": "end", "end": "bad"}]},
]  # fmt: skip


def written(lines: list[dict[str, Any]]) -> bytes:
    """The file of these lines."""
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def changed(which: str, /, **fields: Any) -> list[dict[str, Any]]:
    """The lines with one changed: the line kind, or the id."""
    found = [dict(line) for line in LINES]
    line = next(one for one in found if which in (one.get("id"), one["line"]))
    line.update(fields)
    return found


def session(lines: list[dict[str, Any]] | None = None) -> Session:
    return parse(written(lines or LINES), "made")


def plot(*more: dict[str, Any], lines: list[dict[str, Any]] | None = None) -> Plot:
    """A plot of the small session, with more lines."""
    return plot_of(session([*(lines or LINES), *more]))
