"""What is refused, with file, line and reason; and that nothing of it runs."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from officer_console.errors import UserError
from officer_console.practice.fields import MOST_BYTES
from officer_console.practice.problems import SessionError
from officer_console.practice.reading import examine, look, parse, read_file
from tests.practice.made import HEAD, LINES, changed, session, written


def problems(data: bytes) -> list[tuple[int, str]]:
    with pytest.raises(SessionError) as caught:
        parse(data, "made")
    return [(one.line, one.reason) for one in caught.value.problems]


def number(which: str) -> int:
    """The line of the file on which this kind or id stands."""
    return 1 + next(at for at, line in enumerate(LINES) if which in (line.get("id"), line["line"]))


def test_the_small_session_is_sound() -> None:
    assert session().id == "made"


CUE: dict[str, Any] = {"line": "cue", "id": "more", "when": {"does": ["blame"]}, "then": "shrinks", "why": "x"}
BAD: list[tuple[str, list[dict[str, Any]], int, str]] = [
    ("offsets go back", changed("v2", at=4000), number("v2"), "goes back in time"),
    ("a branch to nowhere", changed("blamed", then="nowhere"), number("blamed"), "branch that is not there"),
    (
        "a goto to nowhere",
        changed("again", steps=[{"do": "goto", "branch": "nope"}]),
        number("again"),
        "branch that is not there",
    ),
    (
        "an endless loop of branches",
        [
            *changed("again", steps=[{"do": "say", "id": "b2", "text": "x"}, {"do": "goto", "branch": "there"}])[:-2],
            {"line": "branch", "id": "there", "steps": [{"do": "wait", "ms": 9}, {"do": "goto", "branch": "again"}]},
            LINES[-1],
        ],
        number("again"),
        "endless loop: again → there → again",
    ),
    ("an endless loop of time", changed("alone", times=20), number("alone"), "endless loop"),
    (
        "a regular expression",
        [*LINES, CUE | {"when": {"words": ["(a+)+b"]}, "example": "aab"}],
        len(LINES) + 1,
        "never regular expressions",
    ),
    (
        "a pattern that costs too much",
        [*LINES, CUE | {"when": {"words": ["un _12 deux _12 trois _12 quatre cinq"]}, "example": "un"}],
        len(LINES) + 1,
        "longer than",
    ),
    ("a pattern without an example", [*LINES, CUE | {"when": {"words": ["appel*"]}}], len(LINES) + 1, "example"),
    ("a newer version", changed("session", practice=2), 1, "newer than this program"),
    ("a live one", changed("session", origin="live"), 1, "a real conversation is no file"),
    ("an unknown field", changed("v2", mood="sad"), number("v2"), "mood"),
    ("an unknown kind of line", [*LINES, {"line": "music", "at": 1}], len(LINES) + 1, "music"),
    ("an unknown act", changed("d-safe", when={"does": ["dance"]}), number("d-safe"), "dance"),
    ("an id twice", changed("v3", id="v2"), number("v3"), "second time"),
    ("no such message", changed("signal", messages=["v77"]), number("signal"), "v77"),
    ("no such end", changed("leaves", steps=[{"do": "end", "end": "worse"}]), number("leaves"), "no end worse"),
    ("two kinds of condition", changed("alone", when={"silence": 9, "patrol": ["sent"]}), number("alone"), "one kind"),
    ("no condition", changed("alone", when={}), number("alone"), "says nothing"),
    ("a step after the last", changed("leaves", steps=[{"do": "end", "end": "bad"}, {"do": "wait", "ms": 1}]),
     number("leaves"), "only be the last step"),
    ("a branch nothing leads to", [line for line in LINES if line.get("id") != "alone"], number("there") - 1,
     "nothing leads to"),
    ("no truth", [line for line in LINES if line["line"] != "truth"], 0, "truth"),
    ("no head", LINES[1:], 1, "head"),
    ("another name", changed("session", id="other"), 1, "the file's name made"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "line", "reason"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_it_is_refused_with_line_and_reason(lines: list[dict[str, Any]], line: int, reason: str) -> None:
    found = problems(written(lines))
    assert any(at == line and reason in why for at, why in found), found


def test_broken_json_is_told_with_its_line() -> None:
    lines = written(LINES).splitlines(keepends=True)
    lines[7] = b'{"line": "said", "at": 0, \n'
    found = problems(b"".join(lines))
    assert (8, "is not JSON: Input data was truncated") in found


def test_every_problem_is_told_not_only_the_first() -> None:
    lines = changed("v2", at=4000)
    lines[-1]["steps"] = [{"do": "end", "end": "worse"}]
    found = problems(written(lines))
    assert {at for at, _why in found} >= {number("v2"), number("leaves")}


def test_a_live_log_is_no_session() -> None:
    event = {"seq": 4, "at": 1, "cid": "c", "id": "e", "by": "v", "what": {"kind": "said"}}
    assert problems(json.dumps(event).encode())[0][1].startswith("this is the log of a live conversation")


def test_a_live_one_with_consent_is_none_in_a_file() -> None:
    consent = {"event": "e1", "redacted_by": "Ana", "countersigned_by": "Karim"}
    data = written(changed("session", origin="live", consent=consent))
    assert problems(data)[0][1].startswith("a real conversation is no file: it exists only sealed")
    assert parse(data, "made", live=True).head.origin == "live"


def test_a_hundred_thousand_events_are_refused_at_once() -> None:
    said = {"line": "said", "at": 200_000, "text": "x"}
    data = written(LINES) + b"".join(json.dumps(said | {"id": f"m{n}"}).encode() + b"\n" for n in range(100_000))
    began = time.perf_counter()
    found = problems(data)
    assert time.perf_counter() - began < 1
    assert len(found) == 1
    assert "at most 20000 lines" in found[0][1]


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "made.jsonl"
    with file.open("wb") as out:
        out.truncate(MOST_BYTES + 1)
    with pytest.raises(UserError, match="16 MiB"):
        look(file)


def test_the_report_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "made.jsonl"
    file.write_bytes(written(changed("v2", at=4000)))
    with pytest.raises(SessionError, match=rf"made.jsonl:{number('v2')}: goes back in time"):
        read_file(file)


def test_playing_shows_what_reading_does_not(tmp_path: Path) -> None:
    lines = changed("o1", fits={"does": ["weapon_asked"]})
    lines.append(CUE | {"inside": ["leaves"], "said": ["v6"]})
    lines.append(CUE | {"id": "misfit", "when": {"words": ["appel*"]}, "example": "rien"})
    file = tmp_path / "made.jsonl"
    file.write_bytes(written(lines))
    told = {one.line: one.reason for one in examine(file, {"119"})}
    assert "does not fit its “fits”" in told[number("o1")]
    assert "never plays" in told[len(LINES) + 1]
    assert "the example does not fit" in told[len(LINES) + 2]
    assert "the directory has no 3919" in told[number("truth")]


def test_a_head_alone_is_no_session() -> None:
    assert problems(written([HEAD]))
