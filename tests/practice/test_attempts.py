"""Attempts are for the trainee alone: whose files they are, that keys seal them, that they read back as they were."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from officer_console.errors import UserError
from officer_console.practice.attempts import Attempt, Attempts, Head, dump, load
from officer_console.practice.chronicle import Chronicle
from officer_console.practice.feedback import remarks
from officer_console.practice.plot import plot_of
from officer_console.practice.record_officer import play_record
from officer_console.vault.identity import Identity
from officer_console.vault.local import LocalSeal
from tests.practice.made import plot, session

WORDS = "Pouvez-vous"


def attempt(at: int = 5, id: str = "made") -> Attempt:
    return Attempt(Head(1, id, at, 3, 1.0, 66, "good", "Zoé"), tuple(play_record(plot(), 3).entries))


def seal() -> LocalSeal:
    return LocalSeal(Identity.create(b"g" * 16))


def test_an_attempt_reads_back_and_is_judged_the_same_again() -> None:
    kept = load(dump(attempt()))
    assert kept == attempt()
    again = Chronicle(plot_of(session()), kept.entries, kept.entries[-1].at)
    assert remarks(again) == remarks(play_record(plot(), 3).chronicle())


def test_files_are_for_the_trainee_alone(tmp_path: Path) -> None:
    file = Attempts(tmp_path / "attempts").keep(attempt())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_folder_that_others_can_enter_is_refused(tmp_path: Path) -> None:
    (tmp_path / "attempts").mkdir(mode=0o755)
    with pytest.raises(UserError, match="open to others"):
        Attempts(tmp_path / "attempts").keep(attempt())


def test_with_keys_nothing_is_readable_on_disk(tmp_path: Path) -> None:
    own = seal()
    file = Attempts(tmp_path / "attempts", own).keep(attempt())
    assert WORDS.encode() not in file.read_bytes()
    assert list(Attempts(tmp_path / "attempts", own).all()) == [attempt()]
    assert list(Attempts(tmp_path / "attempts", seal()).all()) == []
    assert list(Attempts(tmp_path / "attempts").all()) == []


def test_earlier_ones_of_a_session_are_found_in_order(tmp_path: Path) -> None:
    own = Attempts(tmp_path / "attempts")
    for at, id in ((7, "made"), (5, "made"), (6, "other")):
        own.keep(attempt(at, id))
    assert [head.at for head in own.of("made")] == [5, 7]


def test_what_is_no_attempt_is_left_out(tmp_path: Path) -> None:
    own = Attempts(tmp_path / "attempts")
    own.keep(attempt())
    (tmp_path / "attempts" / "9-x.attempt").write_bytes(b"{}\n")
    (tmp_path / "attempts" / "8-x.attempt").write_bytes(b"")
    assert len(list(own.all())) == 1


def test_a_newer_one_is_refused() -> None:
    with pytest.raises(UserError, match="newer version"):
        load(dump(Attempt(Head(2, "made", 5, 3, 1.0, 66), ())))
