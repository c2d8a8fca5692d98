"""Every session that is shipped: sound, whole, the same for a seed, and telling good work from bad."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import msgspec
import pytest

from officer_console.practice import library
from officer_console.practice.attempts import Attempt, Head, dump
from officer_console.practice.feedback import remarks
from officer_console.practice.format import schema
from officer_console.practice.plot import plot_of
from officer_console.practice.reach import reached
from officer_console.practice.reading import examine, read_file
from officer_console.practice.sitting import Sitting
from officer_console.referrals.directory import load_directory
from officer_console.referrals.home import Home
from tests.practice import trainees

GAP = 12
"""Points between one trainee and the next, at least."""
SHIPPED = sorted(library.shipped_dir().glob("*.jsonl"))
NOWHERE = Home(Path("/nonexistent"), Path("/nonexistent"))


@pytest.fixture(scope="module", name="directory")
def _directory() -> frozenset[str]:
    return frozenset(load_directory(NOWHERE, []).rows)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
class TestEach:
    """Of every session."""

    def test_has_no_problem(self, file: Path, directory: frozenset[str]) -> None:
        assert [str(problem) for problem in examine(file, directory)] == []

    def test_fits_the_schema(self, file: Path) -> None:
        validator = jsonschema.Draft202012Validator(schema())
        for line in file.read_bytes().splitlines():
            validator.validate(msgspec.json.decode(line))

    def test_three_trainees_are_told_apart(self, file: Path) -> None:
        plot = plot_of(read_file(file))
        best, middle, worst = (
            trainees.mark(play(plot)) for play in (trainees.excellent, trainees.average, trainees.harmful)
        )
        print(f"{file.stem}: excellent {best}, average {middle}, harmful {worst}")
        assert best >= 80
        assert best - middle >= GAP
        assert middle - worst >= GAP

    def test_its_own_officer_is_told_of_no_fault(self, file: Path) -> None:
        plot = plot_of(read_file(file))
        for seed in (1, 2, 3):
            told = remarks(trainees.excellent(plot, seed).chronicle())
            assert [(one.rule, one.text) for one in told if one.kind != "good"] == []

    def test_every_cue_branch_and_end_is_reached(self, file: Path) -> None:
        plot = plot_of(read_file(file))
        can = reached(plot)
        assert can.cues == set(plot.cues)
        assert can.branches >= {branch.id for branch in plot.session.branches}
        assert can.ends == {end.id for end in plot.session.ends}

    def test_the_same_seed_gives_the_same_session_to_the_byte(self, file: Path) -> None:
        plot = plot_of(read_file(file))
        for play in (trainees.excellent, trainees.harmful):
            assert _bytes(play(plot, 7)) == _bytes(play(plot_of(read_file(file)), 7))
        assert _bytes(trainees.excellent(plot, 7)) != _bytes(trainees.excellent(plot, 8))


def _bytes(sitting: Sitting) -> bytes:
    return dump(Attempt(Head(1, sitting.plot.session.id, 0, 0, 1.0, 0), tuple(sitting.entries)))


def test_there_is_a_library() -> None:
    assert SHIPPED
