"""The trainer's side: attempts that were handed in, their progress and comparison, words at a moment, an exercise."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from officer_console.cli import main
from officer_console.errors import UserError
from officer_console.practice.annotating import annotate, moment
from officer_console.practice.attempts import Attempt, Head
from officer_console.practice.board import compared, judged, overview, sparkline
from officer_console.practice.format import Remarked
from officer_console.practice.handing import Exercise, exercise_of, hand_in, handed_in, newest, set_exercise
from officer_console.practice.problems import SessionError
from officer_console.practice.reading import read_file
from officer_console.practice.sitting import Sitting
from tests.practice import trainees
from tests.practice.made import LINES, plot, session, written

SESSIONS = {"made": session()}


def attempt(sitting: Sitting, at: int = 5, by: str = "Zoé", id: str = "made") -> Attempt:
    return Attempt(Head(1, id, at, 1, 1.0, 40, "", by), tuple(sitting.entries))


def test_what_is_handed_in_is_a_copy_under_a_name(tmp_path: Path) -> None:
    kept = attempt(trainees.excellent(plot()), by="")
    file = hand_in(kept, tmp_path, "Zoé B.")
    assert file.name == "zo-b-5-made.attempt"
    found, wrong = handed_in(tmp_path)
    assert [one.head.by for one in found] == ["Zoé B."] and wrong == []
    assert found[0].entries == kept.entries


def test_what_is_no_attempt_is_named_and_left_out(tmp_path: Path) -> None:
    (tmp_path / "x.attempt").write_bytes(b"nothing")
    assert handed_in(tmp_path) == ([], ["x.attempt"])
    with pytest.raises(UserError, match="no folder"):
        handed_in(tmp_path / "nowhere")


def test_the_last_attempt_is_the_one_that_is_handed_in() -> None:
    one, two = attempt(trainees.excellent(plot()), 5), attempt(trainees.harmful(plot()), 9, id="other")
    assert newest([one, two]) is two
    assert newest([one, two], "made") is one
    with pytest.raises(UserError):
        newest([], "")


def test_attempts_are_judged_again_and_compared() -> None:
    best, worst = attempt(trainees.excellent(plot()), 5), attempt(trainees.harmful(plot()), 9, "Karim")
    found = judged([best, worst], SESSIONS)
    assert found[0].overall > 80
    assert found[1].overall < 30
    told = list(compared(found, "en"))
    at = told.index("Respect and listening")
    assert "Zoé" in told[at + 1] and told[at + 1].endswith("85")
    assert "Karim" in told[at + 2] and "█" * 16 not in told[at + 2]


def test_of_a_session_that_is_gone_what_was_kept_is_told() -> None:
    assert judged([attempt(trainees.excellent(plot()))], {})[0].overall == 40


def test_progress_is_a_row_of_steps_and_an_exercise_tells_who_has_not_done_it() -> None:
    assert sparkline([0, 50, 100]) == "▁▄█"
    found = judged([attempt(trainees.harmful(plot()), 5), attempt(trainees.excellent(plot()), 9)], SESSIONS)
    other = judged([attempt(trainees.average(plot()), 7, "Karim", "else")], SESSIONS)
    told = "\n".join(overview([*found, *other], ["made"]))
    assert " → " in told and "★ made" in told
    assert "Exercise made: 1 of 2 have done it (not yet: Karim)" in told


def test_a_trainer_says_something_at_a_moment(tmp_path: Path) -> None:
    source = tmp_path / "made.jsonl"
    source.write_bytes(written(LINES))
    own = annotate(source, tmp_path / "own", moment("0:31"), "Look how short.", "Ana")
    annotate(source, tmp_path / "own", moment("10:00"), "And at the end.")
    record = read_file(own).record
    remarks = [line for line in record if isinstance(line, Remarked)]
    assert [(one.at, one.text) for one in remarks] == [(31_000, "Look how short."), (600_000, "And at the end.")]
    assert source.read_bytes() == written(LINES)
    with pytest.raises(SessionError):
        annotate(source, tmp_path / "own", 10**12, "never")
    with pytest.raises(UserError):
        moment("noon")


def test_an_exercise_is_set_and_read(tmp_path: Path) -> None:
    set_exercise(tmp_path, Exercise(["made"], "Try it."))
    assert exercise_of(tmp_path) == Exercise(["made"], "Try it.")
    (tmp_path / "exercise.json").write_bytes(b"{")
    with pytest.raises(UserError, match="damaged"):
        exercise_of(tmp_path)


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = tmp_path / "class"
    folder.mkdir()
    hand_in(attempt(trainees.excellent(plot()), by=""), folder, "Zoé")
    assert main(["--language", "en", "practice", "board", str(folder)]) == 0
    assert "1 attempt handed in" in capsys.readouterr().out
    assert main(["practice", "board", str(folder), "--json"]) == 0
    assert msgspec.json.decode(capsys.readouterr().out)[0]["by"] == "Zoé"
    id = "fr-01-salle-de-bain"
    assert main(["--language", "en", "practice", "annotate", id, "1:00", "Regardez ici."]) == 0
    assert (tmp_path / "config" / "officer-console" / "sessions" / f"{id}.jsonl").exists()
    assert main(["--language", "en", "practice", "exercise", str(folder), id]) == 0
    assert main(["--language", "en", "practice", "exercise", str(folder), "fr-01-sale-de-bain"]) == 1
    assert "did you mean fr-01-salle-de-bain" in capsys.readouterr().err
    assert main(["practice", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {"id", "title", "warning", "difficulty", "minutes"} <= set(listed[0])
    assert "gist" not in listed[0]


def test_new_sessions_begin_sound_in_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for language in ("fr", "en"):
        assert main(["--language", language, "practice", "new", f"mine-{language}"]) == 0
        file = tmp_path / "officer-console" / "sessions" / f"mine-{language}.jsonl"
        assert main(["practice", "check", str(file)]) == 0
        assert main(["practice", "new", f"mine-{language}"]) == 1
    assert main(["practice", "new", "Not A Name"]) == 1
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"line":"session"}\n')
    capsys.readouterr()
    assert main(["--language", "en", "practice", "check", str(broken)]) == 1
    assert "broken.jsonl:1:" in capsys.readouterr().out
    assert main(["practice", "schema"]) == 0
    assert json.loads(capsys.readouterr().out)["$schema"].startswith("https://json-schema.org")
