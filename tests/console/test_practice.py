"""The screens of practice: that they say what they are, feedback beside the work, the debrief, the bar of a replay."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from officer_console.config import Config, Console
from officer_console.console.app import ConsoleApp
from officer_console.console.main import setup_of
from officer_console.console.practice.coaching import STAYS_MS, Coach
from officer_console.console.practice.debriefed import Debriefed
from officer_console.console.practice.main import proposed
from officer_console.console.practice.sitting_app import SittingApp
from officer_console.console.practice.watching_app import WatchingApp
from officer_console.locale import set_language
from officer_console.practice.attempts import Attempts
from officer_console.practice.feedback import Remark
from officer_console.practice.moments import Replies
from officer_console.practice.run import Practice, Wanted, Watching
from officer_console.practice.session import Session
from tests.console.driving import console
from tests.console.fake_desk import FakeDesk
from tests.practice.desking import BEGAN, Seconds
from tests.practice.made import changed, session

CONFIG = Config(console=Console(bell=False, patrol_grace_s=0))
SIZE = (110, 34)
MARK = "PRACTICE"


@pytest.fixture(autouse=True)
def _english() -> None:
    set_language("en")


class Driver:
    """Keys and time in, text out."""

    def __init__(self, app: ConsoleApp, pilot: Pilot[int], seconds: Seconds, desk: Any) -> None:
        self.app, self.pilot, self.seconds, self.desk = app, pilot, seconds, desk

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def write(self, text: str) -> None:
        await self.press(*("space" if char == " " else char for char in text), "enter")

    async def settle(self) -> None:
        for _time in range(3):
            await self.pilot.pause()

    async def sees(self, *words: str) -> None:
        """Wait until all of them are on the screen."""
        for _time in range(40):
            if all(each in self.text for each in words):
                return
            await self.pilot.pause(0.02)
        raise AssertionError(f"{words} never came:\n{self.text}")

    async def pass_time(self, seconds: int) -> None:
        for _step in range(min(seconds, 8)):
            self.seconds.now += seconds / min(seconds, 8)
            self.desk.wake()
            await self.pilot.pause()
        self.app._tick()
        self.app.duty.tick()
        await self.settle()

    @property
    def text(self) -> str:
        return "\n".join(strip.text.rstrip() for strip in self.app.screen._compositor.render_strips())


@asynccontextmanager
async def sitting(folder: Path, *sessions: Session, feedback: bool = True, size: Any = SIZE) -> AsyncIterator[Driver]:
    seconds = Seconds()
    wanted = Wanted(sessions or (session(),), 1, 1.0, BEGAN, "en", "Zoé")
    practice = Practice(wanted, Attempts(folder / "attempts"), seconds)
    app = SittingApp(setup_of(practice.desk, CONFIG), practice, feedback=feedback)
    async with app.run_test(size=size) as pilot:
        driver = Driver(app, pilot, seconds, practice.desk)
        await driver.settle()
        yield driver
    assert app.failure is None


@asynccontextmanager
async def watching() -> AsyncIterator[Driver]:
    seconds = Seconds()
    it = Watching(Wanted((session(),), 1, 1.0, BEGAN, "en"), seconds)
    app = WatchingApp(setup_of(it.desk, CONFIG), it)
    async with app.run_test(size=SIZE) as pilot:
        driver = Driver(app, pilot, seconds, it.desk)
        await driver.settle()
        yield driver
    assert app.failure is None


async def begun(driver: Driver) -> None:
    await driver.press("enter")
    await driver.pass_time(4)
    await driver.press("f2")


async def test_the_warning_comes_first_and_no_time_passes_before(tmp_path: Path) -> None:
    warned = session(changed("session", warning="Violence against a child."))
    async with sitting(tmp_path, warned) as driver:
        assert "It is about: Violence against a child." in driver.text
        await driver.pass_time(30)
        assert driver.desk.clock.now() == 0
        await driver.press("enter")
        await driver.pass_time(3)
        assert "1 wait" in driver.text


@pytest.mark.parametrize("size", [(80, 24), (110, 34), (200, 50)])
async def test_every_screen_says_that_it_is_practice(tmp_path: Path, size: tuple[int, int]) -> None:
    async with sitting(tmp_path, size=size) as driver:
        assert MARK in driver.text
        await begun(driver)
        lines = [line for line in driver.text.splitlines() if MARK in line]
        assert len(lines) >= 3
        for keys in (("f8",), ("ctrl+n",), ("f1",), ("f9",), ("f12",), ("alt+s",), ("ctrl+l",), ("alt+y",)):
            await driver.press(*keys)
            assert MARK in driver.text, keys
            await driver.press("escape" if keys != ("ctrl+l",) else "enter")


HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202e [b]x[/b] [/foo]"


async def test_a_hostile_session_shows_nothing_but_text(tmp_path: Path) -> None:
    lines = changed("session", title=f"Good {HOSTILE}", warning=f"Careful {HOSTILE}")
    for line in lines:
        if line.get("text"):
            line["text"] = f"{line['text']} {HOSTILE}"
    async with sitting(tmp_path, session(lines)) as driver:
        for keys in (("enter",), ("f2",), ("alt+y",)):
            assert "Good" in driver.text or "il est la" in driver.text
            assert not any(bad in driver.text for bad in ("\x1b", "\x07", "\u202e"))
            await driver.press(*keys)
            await driver.pass_time(8)
        assert "[b]x[/b]" in driver.text
        assert not any(bad in driver.text for bad in ("\x1b", "\x07", "\u202e"))


async def test_the_frame_and_the_title_are_practices(tmp_path: Path) -> None:
    async with sitting(tmp_path) as driver:
        await begun(driver)
        assert driver.app.title == MARK
        assert driver.app.duty.styles.border_top[0] == "double"
        assert "an exercise: nothing leaves this machine" in driver.text
        assert "connected" not in driver.text


async def test_feedback_stands_in_the_side_line_and_can_be_off(tmp_path: Path) -> None:
    async with sitting(tmp_path) as driver:
        await begun(driver)
        await driver.write("Pourquoi vous n'êtes pas partie ?")
        await driver.pass_time(2)
        assert "✗ Blame" in driver.text
        assert "Ce n'est pas de votre faute" in driver.text
        await driver.press("f11")
        await driver.pass_time(1)
        assert "✗ Blame" not in driver.text


async def test_feedback_at_the_end_only(tmp_path: Path) -> None:
    async with sitting(tmp_path, feedback=False) as driver:
        await begun(driver)
        await driver.write("Pourquoi vous n'êtes pas partie ?")
        await driver.pass_time(2)
        assert "✗" not in driver.text
        await driver.press("alt+y")
        assert isinstance(driver.app.screen, Debriefed)
        await driver.press("pagedown")
        assert "✗" in driver.text


async def test_the_debrief_comes_by_itself_and_the_attempt_is_kept(tmp_path: Path) -> None:
    async with sitting(tmp_path) as driver:
        await begun(driver)
        await driver.write("Pouvez-vous écrire sans danger ?")
        await driver.press("f8", "7", "enter")
        await driver.pass_time(20)
        assert isinstance(driver.app.screen, Debriefed)
        assert "PRACTICE · DEBRIEF" in driver.text
        assert "Overall:" in driver.text
    kept = list(Attempts(tmp_path / "attempts").all())
    assert [attempt.head.session for attempt in kept] == ["made"]
    assert kept[0].head.by == "Zoé"


async def test_a_debrief_looked_at_on_the_way_is_not_the_last(tmp_path: Path) -> None:
    async with sitting(tmp_path) as driver:
        await begun(driver)
        await driver.press("alt+y")
        assert isinstance(driver.app.screen, Debriefed)
        await driver.press("escape")
        await driver.write("Pouvez-vous écrire sans danger ?")
        await driver.press("f8", "7", "enter")
        await driver.pass_time(20)
        assert isinstance(driver.app.screen, Debriefed)
    kept = list(Attempts(tmp_path / "attempts").all())
    assert len(kept) == 1
    assert kept[0].head.end == "" and any(isinstance(one.what, Replies) for one in kept[0].entries)


async def test_closing_does_what_it_does_on_duty_once(tmp_path: Path) -> None:
    async with sitting(tmp_path) as driver:
        await begun(driver)
        await driver.press("f8", "7", "enter")
        assert driver.app.screen is driver.app.duty
        assert len(driver.app.screen_stack) == 1


async def test_a_patrol_is_sent_with_the_very_key_and_marked(tmp_path: Path) -> None:
    async with sitting(tmp_path) as driver:
        await begun(driver)
        await driver.press("f9")
        assert "no real room gets this, nobody comes" in driver.text
        await driver.press(*("space" if char == " " else char for char in "3 rue X"))
        await driver.press("f9")
        await driver.pass_time(11)
        await driver.press("escape")
        strip = next(line for line in driver.text.splitlines() if "ACCEPTED" in line)
        assert MARK in strip


async def test_nothing_was_done_and_nothing_is_kept(tmp_path: Path) -> None:
    async with sitting(tmp_path) as driver:
        await driver.press("2", "enter")
    assert list(Attempts(tmp_path / "attempts").all()) == []


async def test_several_at_once_are_in_the_queue_by_and_by(tmp_path: Path) -> None:
    async with sitting(tmp_path, session(), session(), session()) as driver:
        await driver.press("enter")
        await driver.pass_time(4)
        assert "1 wait" in driver.text
        await driver.pass_time(230)
        assert "3 wait" in driver.text or "2 wait" in driver.text


async def test_a_replay_is_played_by_the_keys_of_its_bar() -> None:
    async with watching() as driver:
        await driver.pass_time(21)
        await driver.sees("REPLAY", "Pouvez-vous écrire sans danger")
        await driver.press("space")
        await driver.sees("PAUSED")
        await driver.press("right")
        await driver.sees("┃ oui")
        await driver.press("left")
        await driver.press("left")
        assert "┃ oui" not in driver.text
        await driver.press("end")
        await driver.sees("over", "┃ merci")
        await driver.press("0")
        await driver.sees("il est la", "0:00")
        assert "┃ merci" not in driver.text
        await driver.press("up", "up")
        await driver.sees("×4")
        await driver.press("s")
        await driver.sees("pauses shortened")


async def test_the_help_begins_with_the_keys_that_only_practice_has(tmp_path: Path) -> None:
    async with sitting(tmp_path) as driver:
        await driver.press("enter", "f1")
        told = driver.text
        assert re.search(r"Only in practice.*\n.*\bF11 +Feedback at once.*\n.*\bAlt\+Y +The debrief", told)
        assert told.index("Only in practice") < told.index("People who wait")
    async with watching() as driver:
        await driver.press("f1")
        assert "Back to the keys of the bar." in driver.text
        assert "F11" not in driver.text


async def test_the_help_on_duty_has_no_key_of_practice() -> None:
    async with console(FakeDesk()) as drive:
        await drive.press("f1")
        assert "People who wait" in drive.text
        assert "Only in practice" not in drive.text


async def test_the_bar_gets_the_keys_back() -> None:
    async with watching() as driver:
        await driver.pass_time(3)
        await driver.press("tab")
        await driver.press("alt+y", "space")
        assert "PAUSED" in driver.text


# ---- which remark is shown -------------------------------------------------------------------------------------------


def remark(rule: str, kind: str = "good", weight: int = 1, at: int = 0) -> tuple[str, Remark]:
    return "c", Remark(at, rule, "respect", kind, weight, rule)  # type: ignore[arg-type]


def test_what_went_wrong_is_told_before_what_went_well() -> None:
    coach = Coach(True)
    coach.hear([remark("well"), remark("wrong", "bad"), remark("worse", "bad", 4)])
    assert coach.shown(0) == remark("worse", "bad", 4)
    assert coach.shown(STAYS_MS + 1) is None


def test_a_heavier_remark_takes_the_place_at_once_and_each_is_told_once() -> None:
    coach = Coach(True)
    coach.hear([remark("well")])
    assert coach.shown(0) == remark("well")
    coach.hear([remark("well"), remark("wrong", "bad")])
    assert coach.shown(10) == remark("wrong", "bad")
    coach.hear([remark("well"), remark("wrong", "bad")])
    assert coach.shown(2 * STAYS_MS) is None


def test_without_a_wish_the_easiest_that_was_not_done_is_proposed() -> None:
    easy, hard = session(changed("session", difficulty=1)), session(changed("session", difficulty=3))
    assert proposed([hard, easy], set(), 1) == [easy]
    assert proposed([hard, easy], {"made"}, 2) == [easy, hard]
