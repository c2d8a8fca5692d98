"""The officer of the record at work: days of absence, what he writes to her who is away, and her being slower today."""

from __future__ import annotations

from typing import Any

from officer_console.practice.moments import Done, Replies
from officer_console.practice.planning import LEAPT, leaping
from officer_console.practice.plot import Plot
from officer_console.practice.reach import reached
from officer_console.practice.record_officer import play_record
from officer_console.practice.sitting import Sitting
from tests.practice import trainees
from tests.practice.made import LINES, plot, session

DAY = 86_400_000


def cut(*more: dict[str, Any], until: int = 55_000) -> list[dict[str, Any]]:
    """The small session up to a moment, then other lines."""
    kept = [line for line in LINES if line.get("at", 0) <= until]
    head = [line for line in kept if line["line"] not in ("cue", "branch", "deed")]
    return [*head, *more, *(line for line in kept if line["line"] in ("cue", "branch", "deed"))]


def away(absence: int, *meanwhile: dict[str, Any]) -> Plot:
    """She goes after she has told where she is, and comes back after `absence` ms."""
    back = 60_000 + absence
    return plot(lines=cut(
        {"line": "left", "at": 60_000, "how": "lost"},
        *meanwhile,
        {"line": "returned", "at": back},
        {"line": "said", "at": back + 5_000, "id": "v7", "text": "c'est moi"},
        {"line": "replied", "at": back + 20_000, "id": "o3", "text": "Bonsoir. Je vous lis.", "said": ["v7"]},
        {"line": "said", "at": back + 30_000, "id": "v8", "text": "merci"},
        {"line": "ended", "at": back + 35_000, "end": "good"},
        {"line": "closed", "at": back + 40_000, "outcome": "patrol"},
    ))  # fmt: skip


def end_of(sitting: Sitting) -> str:
    return sitting.chronicle().end


def replied_at(sitting: Sitting, text: str) -> int:
    return next(
        one.at
        for one in sitting.entries
        if isinstance(one, Done) and isinstance(one.what, Replies) and one.what.text == text
    )


def test_after_three_days_that_passed_in_a_moment_he_answers_at_once() -> None:
    sitting = play_record(away(3 * DAY), 1)
    assert end_of(sitting) == "good"
    assert replied_at(sitting, "Bonsoir. Je vous lis.") < 120_000


def test_the_average_trainee_is_no_days_late_either() -> None:
    sitting = trainees.average(away(3 * DAY), 1)
    assert sitting.chronicle().closed_at is not None
    assert max(one.at for one in sitting.entries if isinstance(one, Done)) < 300_000


def test_what_is_done_in_a_long_absence_stays_in_what_is_left_of_it() -> None:
    note = {"line": "noted", "at": 60_000 + DAY, "text": "Elle revient."}
    record = session([*cut(
        {"line": "left", "at": 60_000, "how": "lost"}, note,
        {"line": "returned", "at": 60_000 + 3 * DAY},
        {"line": "said", "at": 61_000 + 3 * DAY, "id": "v7", "text": "re"},
        {"line": "left", "at": 62_000 + 3 * DAY, "how": "lost"},
        {"line": "returned", "at": 90_000 + 3 * DAY},
        {"line": "left", "at": 91_000 + 3 * DAY, "how": "lost"},
        {"line": "returned", "at": 91_000 + 5 * DAY},
        {"line": "ended", "at": 92_000 + 5 * DAY, "end": "good"},
    )]).record  # fmt: skip
    moments = [at for at, line in leaping(record) if line.at >= 60_000]
    first, second = 60_000 + LEAPT, 91_000 + 2 * LEAPT
    assert moments == [
        60_000, first, first, 61_000 + LEAPT, 62_000 + LEAPT, 90_000 + LEAPT, 91_000 + LEAPT, second, second + 1_000
    ]  # fmt: skip
    assert [line for _at, line in leaping(record)] == list(record)


def test_a_short_absence_takes_its_time() -> None:
    record = away(290_000).session.record
    assert [at for at, _line in leaping(record)] == [line.at for line in record]


def test_he_writes_to_her_who_is_away_without_waiting() -> None:
    told = {"line": "replied", "at": 70_000, "id": "o2b", "text": "Je reste là.", "joined": True}
    sitting = play_record(away(55_000, told), 1)
    assert replied_at(sitting, "Je reste là.") < 80_000
    assert replied_at(sitting, "Bonsoir. Je vous lis.") < 145_000


def test_all_is_reached_though_she_is_slower_than_in_the_record() -> None:
    """He answers a moment after her last line: when she takes longer today, he must wait for it."""
    lines: list[dict[str, Any]] = []
    for n in range(8):
        at, before = 60_000 + 30_000 * n, f"w{n - 1}" if n else "v4"
        lines += [
            {"line": "replied", "at": at, "id": f"p{n}", "text": "Je vous lis.", "said": [before]},
            {"line": "said", "at": at + 29_700, "id": f"w{n}", "text": "oui"},
        ]
    lines += [{"line": "ended", "at": 300_000, "end": "good"}, {"line": "closed", "at": 301_000, "outcome": "other"}]
    assert "good" in reached(plot(lines=cut(*lines))).ends


def test_what_holds_between_her_last_word_and_the_rooms_is_reached() -> None:
    lines = cut(
        {"line": "patrol_requested", "at": 60_000, "request": {"place": "3 rue X"}},
        {"line": "replied", "at": 75_000, "id": "o2b", "text": "Êtes-vous blessée ?",
         "fits": {"does": ["injury_asked"]}},
        {"line": "said", "at": 80_000, "id": "w1", "text": "non"},
        {"line": "patrol_status", "at": 100_000, "state": "on_the_way"},
        {"line": "said", "at": 105_000, "id": "w2", "text": "ok"},
        {"line": "patrol_status", "at": 130_000, "state": "on_scene"},
        {"line": "said", "at": 140_000, "id": "w3", "text": "ils sont la"},
        {"line": "ended", "at": 150_000, "end": "good"},
        {"line": "closed", "at": 160_000, "outcome": "patrol"},
    )  # fmt: skip
    between = {"line": "cue", "id": "between", "when": {"stands": ["closed"]}, "said": ["w1"], "unsaid": ["w2"],
               "then": "leaves", "why": "It is so."}  # fmt: skip
    assert "between" in reached(plot(between, lines=lines)).cues
