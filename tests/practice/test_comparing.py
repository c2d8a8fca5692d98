"""Attempts beside each other, and how somebody gets on; the folder that is looked at again and again."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from officer_console.errors import UserError
from officer_console.practice.annotating import annotate, take_back
from officer_console.practice.attempts import Attempt, Head
from officer_console.practice.comparing import Comparison, compare
from officer_console.practice.course import courses, newest
from officer_console.practice.folder import Folder, Handed
from officer_console.practice.format import Remarked
from officer_console.practice.handing import Exercise, exercise_of, hand_in, set_exercise
from officer_console.practice.reading import read_file
from officer_console.practice.review import Review
from officer_console.practice.sitting import Sitting
from tests.practice import trainees
from tests.practice.made import LINES, plot, session, written


def review(sitting: Sitting, at: int = 5) -> Review:
    attempt = Attempt(Head(1, "made", at, 1, 1.0, 40, "", "Zoé"), tuple(sitting.entries))
    return Review(Handed(f"{at}.attempt", attempt), session(), "en")


def compared(one: Sitting, other: Sitting) -> Comparison:
    first, second = review(one).debrief, review(other).debrief
    assert first and second
    return compare(first, second)


def test_the_same_twice_differs_in_nothing() -> None:
    found = compared(trainees.excellent(plot()), trainees.excellent(plot()))
    assert found.differences == () and found.alike > 5
    assert all(score.one == score.other for score in found.scores)


def test_what_differs_is_told_on_both_sides_in_the_order_of_its_moments() -> None:
    found = compared(trainees.harmful(plot()), trainees.excellent(plot()))
    respect = next(score for score in found.scores if score.name == "Respect and listening")
    assert (respect.one or 0) < (respect.other or 0)
    kinds = {
        rule: ({remark.kind for remark in each.one}, {remark.kind for remark in each.other})
        for each in found.differences
        for rule in {remark.rule for remark in (*each.one, *each.other)}
    }
    assert kinds["first-answer"] == ({"bad"}, {"good"})
    assert [each.at for each in found.differences] == sorted(each.at for each in found.differences)
    patrol = next(figure for figure in found.figures if figure.name == "Patrol asked for")
    assert (patrol.one, patrol.other, patrol.record) == ("—", "1:00", "1:00")


def test_the_course_of_scores() -> None:
    both = [review(trainees.harmful(plot()), 5).judged, review(trainees.excellent(plot()), 9).judged]
    whole, *parts = courses(both, "en", "Overall")
    assert whole.name == "Overall" and whole.values == (both[0].overall, both[1].overall)
    assert whole.gained == both[1].overall - both[0].overall > 50
    assert all(part.known for part in parts)
    assert newest(both, "") == both[1].overall
    assert newest(both, "no such") is None
    assert courses(both[:1], "en", "Overall")[0].gained is None


def test_without_its_session_a_review_has_no_debrief() -> None:
    it = review(trainees.excellent(plot()))
    gone = Review(it.handed, None, "en")
    assert gone.judged.basis == "kept" and gone.judged.overall == 40 and gone.debrief is None


def test_what_does_not_fit_is_unfit_and_breaks_nothing() -> None:
    attempt = review(trainees.excellent(plot())).handed.attempt
    said = next(one for one in attempt.entries if type(one.what).__name__ == "Sends")
    broken = msgspec.structs.replace(said, what=msgspec.structs.replace(said.what, request="{"))
    it = Review(Handed("x", Attempt(attempt.head, (broken, *attempt.entries))), session(), "en")
    assert it.judged.basis == "unfit" and it.judged.overall == 40 and it.debrief is None


def test_a_file_is_read_again_only_when_it_has_changed(tmp_path: Path) -> None:
    attempt = review(trainees.excellent(plot())).handed.attempt
    file, folder = hand_in(attempt, tmp_path, "Zoé"), Folder(tmp_path)
    (first,) = folder.look().handed
    assert folder.look().handed[0] is first
    hand_in(attempt, tmp_path, "Zoé")
    assert folder.look().handed[0] is not first
    file.unlink()
    assert folder.look().handed == ()


def test_a_note_is_taken_back_and_nothing_else(tmp_path: Path) -> None:
    source = tmp_path / "made.jsonl"
    source.write_bytes(written(LINES))
    own = annotate(source, tmp_path / "own", 31_000, "First.", "Ana")
    annotate(source, tmp_path / "own", 31_000, "Second.")
    take_back(tmp_path / "own", "made", Remarked(at=31_000, text="First.", by="Ana"))
    assert [line.text for line in read_file(own).record if isinstance(line, Remarked)] == ["Second."]
    with pytest.raises(UserError, match="not in your own"):
        take_back(tmp_path / "own", "made", Remarked(at=31_000, text="First.", by="Ana"))


def test_an_exercise_keeps_its_options_and_is_no_more_than_can_be_sat_in(tmp_path: Path) -> None:
    whole = Exercise(["made"], "Try it.", 7, 2.5, "end")
    set_exercise(tmp_path, whole)
    assert exercise_of(tmp_path) == whole
    for wrong in (Exercise([]), Exercise(["made"] * 5)):
        with pytest.raises(UserError, match="from one to 4"):
            set_exercise(tmp_path, wrong)
    assert exercise_of(tmp_path) == whole
