"""Two colleagues play a session: what one writes reaches the other, and what was played becomes a session."""

from __future__ import annotations

import argparse
import io
import os
import stat
from pathlib import Path

import pytest

from officer_console.console.practice.record import Typed, _play
from officer_console.errors import UserError
from officer_console.locale import set_language
from officer_console.model.patrol import PatrolRequest
from officer_console.practice.desk.clock import Clock
from officer_console.practice.desk.desk import PracticeDesk
from officer_console.practice.desk.live import CID, Live
from officer_console.practice.format import Left, PatrolTold, Replied, Returned, Said
from officer_console.practice.reading import read_file
from officer_console.practice.recording import VISITOR, Booth, save, visitor_line
from tests.practice.desking import BEGAN, Seconds

SAFE = "Pouvez-vous écrire sans danger ?"


class Pair:
    """Both sides, in one process; the time is moved by hand."""

    def __init__(self, folder: Path) -> None:
        self.now = BEGAN
        self.hers = Booth(folder, lambda: self.now)
        self.hers.begin()
        self.his = Booth(folder, lambda: self.now)
        self.seconds = Seconds()
        self.desk = PracticeDesk(Clock(self.seconds, self.his.began()))
        self.live = Live(self.desk, self.his, "fr")
        self.count = 0

    def writes(self, text: str) -> None:
        self.now += 10_000
        self.seconds.now += 10
        self.count += 1
        line = visitor_line(text, self.hers.at(), self.count)
        assert line is not None
        self.hers.write(VISITOR, line)
        self.live.advance(self.desk.clock.now())

    def waits(self) -> None:
        self.now += 5_000
        self.seconds.now += 5


@pytest.fixture(name="pair")
async def _pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path / "booth")


def test_nothing_can_be_answered_before_it_is_begun(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nothing is being recorded"):
        Booth(tmp_path / "booth", lambda: BEGAN).began()


def test_what_the_visitors_player_can_type() -> None:
    assert visitor_line("bonsoir", 5, 1) == Said(at=5, id="v1", text="bonsoir")
    assert visitor_line("/leave lost", 5, 1) == Left(at=5, how="lost")
    assert visitor_line("/leave", 5, 1) == Left(at=5, how="closed")
    assert visitor_line("/back", 5, 1) == Returned(at=5)
    assert visitor_line("/room on_scene TV 2", 5, 1) == PatrolTold(at=5, state="on_scene", unit="TV 2")
    for wrong in ("/room dances", "/leave dancing", "/dance"):
        assert visitor_line(wrong, 5, 1) is None


async def test_what_one_writes_reaches_the_other_and_is_saved(pair: Pair, tmp_path: Path) -> None:
    pair.writes("il est la")
    assert [line.text for line in pair.desk.talk.lines(CID)] == ["fr", "il est la"]
    pair.waits()
    pair.desk.claims.claim(CID)
    pair.desk.talk.say(CID, SAFE)
    assert [line.text for line in pair.hers.news("officer.jsonl") if isinstance(line, Replied)] == [SAFE]
    pair.writes("oui 3 rue X")
    pair.desk.signals.confirm(CID, "en_cours", "v1")
    pair.desk.patrols.request(CID, PatrolRequest(place="3 rue X"), 0)
    pair.writes("/room on_scene TV 2")
    patrol = pair.desk.patrols.of(CID)
    assert patrol is not None and patrol.unit == "TV 2"
    pair.waits()
    pair.desk.talk.say(CID, "Vous pouvez revenir ici. Au revoir.")
    pair.writes("merci")
    pair.waits()
    pair.desk.claims.close_conversation(CID, "patrol")
    file = save("played", "fr", pair.hers.everything(), tmp_path)
    session = read_file(file)
    assert session.head.origin == "played"
    assert session.truth.urgency == "red" and session.truth.patrol == "needed" and session.truth.outcomes == ["patrol"]
    assert [signal.signal for signal in session.signals] == ["en_cours"]
    replies = list(session.replies())
    assert replies[0].fits.does == ["safety_asked"]
    assert [line.line if hasattr(line, "line") else type(line).__name__ for line in session.record] == [
        "Said", "Claimed", "Replied", "Said", "Confirmed", "PatrolRequested", "PatrolTold", "Replied", "Said", "Closed",
        "Ended",
    ]  # fmt: skip
    with pytest.raises(UserError, match="already"):
        save("played", "fr", pair.hers.everything(), tmp_path)


async def test_the_two_meet_where_nobody_else_looks(pair: Pair, tmp_path: Path) -> None:
    pair.writes("secret")
    assert stat.S_IMODE((tmp_path / "booth").stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "booth").iterdir()} == {0o600}


async def test_a_line_that_is_half_written_is_read_when_it_is_whole(pair: Pair, tmp_path: Path) -> None:
    pair.writes("un")
    file = tmp_path / "booth" / VISITOR
    whole = b'{"line":"said","at":99999,"id":"v9","text":"deux"}\n'
    with file.open("ab") as out:
        out.write(whole[:20])
    pair.live.advance(pair.desk.clock.now())
    with file.open("ab") as out:
        out.write(whole[20:])
    pair.live.advance(pair.desk.clock.now())
    assert [line.text for line in pair.desk.talk.lines(CID)] == ["fr", "un", "deux"]


def test_nothing_written_is_nothing_to_save(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nothing to save"):
        save("played", "fr", [], tmp_path)


def test_the_visitors_terminal(tmp_path: Path) -> None:
    set_language("en")
    reading, writing = os.pipe()
    os.write(writing, b"bonsoir\n\n/dance\n/leave exit\n/save\n")
    out = io.StringIO()
    args = argparse.Namespace(name="typed", config=tmp_path / "config.toml")
    assert _play(Booth(tmp_path / "booth", lambda: BEGAN), args, Typed(reading), out) == 0
    os.close(writing)
    assert Typed(reading).line() == "/quit"
    os.close(reading)
    assert "There is no such command." in out.getvalue() and "Saved:" in out.getvalue()
    assert read_file(tmp_path / "sessions" / "typed.jsonl").head.id == "typed"
