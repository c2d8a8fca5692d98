"""`exports list` and `practise`: which there are, for whom, how one is fetched, and how it is handed over."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from officer_console.cli import main
from officer_console.client.api import LinkPhase
from officer_console.console import exports
from officer_console.console.practice.main import handed_over
from officer_console.errors import UserError
from officer_console.locale import set_language
from officer_console.practice.exporting import exported
from officer_console.practice.problems import SessionError
from officer_console.practice.reading import parse
from tests.console.kept_exports import KeptExports, RunningDesk, export
from tests.practice.real import FRENCH, about, decisions, lines, sealed

READY, OLDER = export("ready", 1), export("older", 3)
UNREAD = export("unread", 0, countersigned="")
ALL = [UNREAD, READY, OLDER]


@pytest.fixture(autouse=True)
def _english() -> None:
    set_language("en")


def session(title: str = "Une nuit") -> bytes:
    """As a lead has sealed it."""
    shown = lines(FRENCH)
    return exported(shown, (), decisions(shown, "fr"), about(title=title))


def desk(role: str = "trainer", **more: Any) -> RunningDesk:
    return RunningDesk(KeptExports([(each, session(each.cid)) for each in ALL], **more), role)


def asked(which: str = "", **more: Any) -> argparse.Namespace:
    given = {"action": "practise", "export": which, "speed": 1.0, "feedback": "now", "seed": None, "replay": False}
    return argparse.Namespace(**(given | more))


class Handed:
    """Takes the place of the fresh process."""

    def __init__(self, desk: RunningDesk) -> None:
        self._desk = desk
        self.session, self.options = b"", list[str]()

    def __call__(self, session: bytes, options: Sequence[str]) -> int:
        assert not self._desk.running, "the desk is closed before anybody practises"
        self.session, self.options = session, list(options)
        return 0


def practised(monkeypatch: pytest.MonkeyPatch, it: RunningDesk, which: str = "", **more: Any) -> Handed:
    handed = Handed(it)
    monkeypatch.setattr(exports, "hand_over", handed)
    assert exports.act(asked(which, **more), it) == 0
    return handed


def title(handed: Handed) -> str:
    return parse(handed.session, live=True).head.title


# ---- list ------------------------------------------------------------------------------------------------------------


def test_a_lead_sees_all_and_how_each_stands(capsys: pytest.CaptureFixture[str]) -> None:
    it = desk("lead")
    assert exports.act(argparse.Namespace(action="list"), it) == 0
    told = capsys.readouterr()
    rows = told.out.splitlines()
    assert "nobody has countersigned it yet" in rows[0] and "redacted by Ana Petit" in rows[0]
    assert "countersigned by Karim Benali" in rows[1] and exports.short(READY) in rows[1]
    assert rows[3] == "3 real conversations to practise on"
    assert "c-ready" not in told.out and "Connecting" in told.err
    assert not it.running


def test_a_trainer_sees_only_what_is_countersigned(capsys: pytest.CaptureFixture[str]) -> None:
    assert exports.act(argparse.Namespace(action="list"), desk()) == 0
    out = capsys.readouterr().out
    assert exports.short(UNREAD) not in out and exports.short(OLDER) in out and "2 real conversations" in out


@pytest.mark.parametrize("role", ["dispatch", "wall"])
def test_no_other_member_has_anything_to_do_with_them(role: str) -> None:
    with pytest.raises(UserError, match="only officers, shift leads and trainers"):
        exports.act(asked(), desk(role))


def test_who_is_not_enrolled_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(exports, "harden", lambda: None)  # it would be of this very process
    for name in ("CONFIG", "STATE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    assert main(["--language", "en", "exports", "list"]) == 1
    assert "enrol" in capsys.readouterr().err


# ---- which -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["officer", "lead", "trainer"])
def test_the_newest_that_is_ready_is_meant_when_none_is_named(monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    it = desk(role)
    handed = practised(monkeypatch, it)
    assert title(handed) == "c-ready" and it.exports.fetched == ["c-ready"]
    consent = parse(handed.session, live=True).head.consent
    assert consent is not None and consent.countersigned_by == "Karim Benali"


def test_one_is_named_by_its_number_or_its_short_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert title(practised(monkeypatch, desk("lead"), "3")) == "c-older"
    assert title(practised(monkeypatch, desk("trainer"), "2")) == "c-older"
    assert title(practised(monkeypatch, desk("trainer"), exports.short(OLDER).upper())) == "c-older"


@pytest.mark.parametrize(
    ("role", "which", "why"),
    [
        ("lead", "1", "nobody has countersigned it yet"),
        ("trainer", exports.short(UNREAD), "there is no such real conversation"),
        ("trainer", "0", "there is no such"),
        ("trainer", "3", "there is no such"),
        ("trainer", "c-older", "there is no such"),
    ],
)
def test_what_is_not_ready_or_not_there_is_told(role: str, which: str, why: str) -> None:
    it = desk(role)
    with pytest.raises(UserError, match=why):
        exports.act(asked(which), it)
    assert not it.running and it.exports.fetched == []


def test_none_is_told_too() -> None:
    with pytest.raises(UserError, match="there is no such"):
        exports.act(asked(), RunningDesk(KeptExports([])))


@pytest.mark.parametrize(
    ("refused", "why"),
    [
        ("no_export", "withdrawn, or the conversation erased"), ("!network", "cannot be reached"),
        ("unsure", "connection to the relay has ended"), ("bad_signature", "a shift lead must log in"),
    ],
)  # fmt: skip
def test_a_refusal_is_told_in_words(refused: str, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "KEY_S", 0.01)
    it = desk(refused=refused)
    with pytest.raises(UserError, match=why):
        exports.act(asked(), it)
    assert not it.running


def test_who_is_new_waits_for_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "AGAIN_S", 0)
    it = desk(keyless=3)
    assert title(practised(monkeypatch, it)) == "c-ready" and len(it.exports.fetched) == 4


def test_what_is_no_session_is_never_handed_over() -> None:
    it = RunningDesk(KeptExports([(READY, b'{"line":"session"}\n')]))
    with pytest.raises(SessionError):
        exports.act(asked(), it)


# ---- the connection --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("silent", [False, True])
def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch, silent: bool) -> None:
    monkeypatch.setattr(exports, "PATIENCE_S", 0.05)
    it = desk(silent=silent)
    if not silent:
        it.set_link(phase=LinkPhase.CONNECTING)
    with pytest.raises(UserError, match=r"ws://127.0.0.1/desk has not answered"):
        exports.act(asked(), it)
    assert not it.running


def test_a_relay_that_is_away_is_told_of_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(exports, "PATIENCE_S", 0.05)
    it = desk()
    it.set_link(phase=LinkPhase.RECONNECTING, problem="network")
    with pytest.raises(UserError, match="has not answered"):
        exports.act(asked(), it)
    assert capsys.readouterr().err.count("trying again") == 1


def test_who_is_not_let_in_is_told_why() -> None:
    it = desk()
    it.set_link(phase=LinkPhase.STOPPED, problem="version")
    with pytest.raises(UserError) as caught:
        exports.act(asked(), it)
    assert str(caught.value) and "expected" not in str(caught.value)


def test_it_is_asked_once_everything_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    it = desk()
    it.set_link(phase=LinkPhase.CATCHING_UP)
    begun = it.run

    async def run() -> None:
        asyncio.get_running_loop().call_soon(lambda: it.set_link(phase=LinkPhase.ONLINE))
        await begun()

    monkeypatch.setattr(it, "run", run)
    assert title(practised(monkeypatch, it)) == "c-ready"


def test_a_desk_that_breaks_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    it = desk()
    it.set_link(phase=LinkPhase.CONNECTING)

    async def run() -> None:
        raise UserError("another console is open")

    monkeypatch.setattr(it, "run", run)
    with pytest.raises(UserError, match="another console"):
        exports.act(asked(), it)


# ---- handing over ----------------------------------------------------------------------------------------------------


def test_the_options_of_practice_go_along(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    more = {"replay": True, "speed": 4.0, "seed": 7, "feedback": "end", "config": tmp_path, "language": "fr"}
    options = practised(monkeypatch, desk(), **more).options
    assert options == [
        "--speed", "4.0", "--feedback", "end", "--seed", "7", "--config", str(tmp_path), "--language", "fr", "--replay",
    ]  # fmt: skip
    assert practised(monkeypatch, desk()).options == ["--speed", "1.0", "--feedback", "now"]


def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Takes the place of this program; the descriptor is its sixth word."""
    file = tmp_path / "program"
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o700)
    monkeypatch.setattr(exports.sys, "executable", str(file))


def open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_a_session_larger_than_a_pipe_arrives_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, monkeypatch, f"cat /proc/self/fd/$6 > {tmp_path}/read; exit 3")
    data, before = os.urandom(3_000_000), open_descriptors()
    assert exports.hand_over(data, []) == 3
    assert (tmp_path / "read").read_bytes() == data
    assert open_descriptors() == before


def test_a_process_that_reads_nothing_keeps_nobody_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, monkeypatch, "kill -TERM $$")
    before = open_descriptors()
    assert exports.hand_over(bytes(3_000_000), []) == 128 + 15
    monkeypatch.setattr(exports.sys, "executable", str(tmp_path / "nothing"))
    with pytest.raises(OSError, match="nothing"):
        exports.hand_over(b"x", [])
    assert open_descriptors() == before


def test_only_a_pipe_hands_over(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, sealed())
    os.close(writing)
    assert handed_over(reading) == sealed()
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(reading)
    with pytest.raises(UserError, match="can't be read"):
        handed_over(reading)
    file = tmp_path / "real"
    file.write_bytes(sealed())
    with file.open("rb") as opened, pytest.raises(UserError, match="through a pipe"):
        handed_over(opened.fileno())
