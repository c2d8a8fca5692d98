"""A real conversation in a file is refused by every command that reads session files, with file, line and reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from officer_console.cli import main
from officer_console.console.practice import main as practising
from officer_console.practice import library
from tests.practice.real import sealed

WHY = "a real conversation is no file: it exists only sealed, and is opened by “officer-console exports practise”"


@pytest.fixture(name="file")
def _file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Among the station's own sessions."""
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    for name in ("harden", "need_terminal"):  # they would be of this very process
        monkeypatch.setattr(practising, name, lambda: None)
    file = tmp_path / "config" / "officer-console" / "sessions" / "a-night.jsonl"
    file.parent.mkdir(parents=True)
    file.write_bytes(sealed())
    return file


@pytest.mark.parametrize(
    "words",
    [
        ["check", "FILE"], ["check"], ["start", "FILE"], ["start", "a-night"], ["FILE"], ["start", "--replay", "FILE"],
        ["annotate", "a-night", "0:10", "Regardez."], ["exercise", "FOLDER", "a-night"], ["redact", "FILE", "NEW"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_it_is_refused(words: list[str], file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    places = {"FILE": str(file), "FOLDER": str(tmp_path), "NEW": str(tmp_path / "new.jsonl")}
    before = file.read_bytes()
    assert main(["--language", "en", "practice", *(places.get(word, word) for word in words)]) == 1
    told = capsys.readouterr()
    assert f"a-night.jsonl:1: {WHY}" in told.out + told.err or f"a-night:1: {WHY}" in told.out + told.err
    assert file.read_bytes() == before and not (tmp_path / "new.jsonl").exists()
    assert not (tmp_path / "exercise.json").exists()


def test_it_is_in_no_list(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["practice", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed and "a-night" not in {row["id"] for row in listed}
    assert "a-night" not in {session.id for session in library.installed()}
