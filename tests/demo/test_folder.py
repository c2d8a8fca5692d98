"""The demo's temporary folder: nobody else's is touched, and none of ours is left."""

from __future__ import annotations

import fcntl
import os
import tempfile
from pathlib import Path

import pytest

from officer_console.demo.folder import LOCK, PREFIX, own_folder, sweep


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left_by_a_killed_demo(among: Path, name: str = "killed") -> Path:
    folder = among / f"{PREFIX}{name}"
    folder.mkdir(mode=0o700)
    (folder / LOCK).touch(0o600)
    (folder / "relay").mkdir()
    (folder / "relay" / "log.db").write_text("sealed")
    return folder


def test_it_is_ours_alone_while_it_is_used_and_gone_afterwards(temporary: Path) -> None:
    with own_folder() as (folder, _lock):
        assert folder.parent == temporary
        assert folder.stat().st_mode & 0o777 == 0o700
        with own_folder() as (other, _other_lock):
            assert folder.is_dir()
            assert other != folder
    assert not list(temporary.iterdir())


def test_what_a_killed_demo_left_goes_with_the_next_start(temporary: Path) -> None:
    left = left_by_a_killed_demo(temporary)
    with own_folder():
        assert not left.exists()


def test_a_folder_is_in_use_as_long_as_any_process_has_its_lock(temporary: Path) -> None:
    folder = left_by_a_killed_demo(temporary)
    lock = os.open(folder / LOCK, os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    child = os.dup(lock)
    os.close(lock)
    sweep(temporary)
    assert folder.is_dir()
    os.close(child)
    sweep(temporary)
    assert not folder.exists()


@pytest.mark.parametrize("what", ["no lock", "open to others", "a link", "a file", "a lock that is a link", "a name"])
def test_what_may_be_somebody_elses_is_left_alone(temporary: Path, what: str) -> None:
    elsewhere = temporary / "elsewhere"
    elsewhere.mkdir()
    folder = left_by_a_killed_demo(elsewhere if what == "a link" else temporary)
    kept = folder / "relay" / "log.db"
    match what:
        case "no lock":
            (folder / LOCK).unlink()
        case "open to others":
            folder.chmod(0o755)
        case "a link":
            (temporary / f"{PREFIX}link").symlink_to(folder)
        case "a file":
            (temporary / f"{PREFIX}file").write_text("mine")
            folder.chmod(0o755)
        case "a lock that is a link":
            (folder / LOCK).unlink()
            (folder / LOCK).symlink_to(kept)
        case "a name":
            kept = folder.rename(temporary / "officer-console-other") / "relay" / "log.db"
    sweep(temporary)
    assert kept.read_text() == "sealed"
    assert what != "a file" or (temporary / f"{PREFIX}file").exists()
