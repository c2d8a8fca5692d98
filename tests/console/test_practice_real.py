"""Practising on a real conversation: what is said before it begins, and that nothing of it is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from officer_console.console.main import setup_of
from officer_console.console.practice.debriefed import Debriefed
from officer_console.console.practice.sitting_app import SittingApp
from officer_console.console.practice.watching_app import WatchingApp
from officer_console.locale import set_language
from officer_console.practice.attempts import Attempts
from officer_console.practice.reading import parse
from officer_console.practice.run import Practice, Wanted, Watching
from officer_console.practice.session import Session
from tests.console.test_practice import CONFIG, SIZE, Driver
from tests.practice.desking import BEGAN, Seconds
from tests.practice.made import session
from tests.practice.real import sealed


@pytest.fixture(autouse=True)
def _english() -> None:
    set_language("en")


def wanted(*sessions: Session) -> Wanted:
    return Wanted(sessions or (parse(sealed(), live=True),), 1, 1.0, BEGAN, "en")


@asynccontextmanager
async def sitting(attempts: Attempts | None, *sessions: Session) -> AsyncIterator[Driver]:
    seconds = Seconds()
    practice = Practice(wanted(*sessions), attempts, seconds)
    app = SittingApp(setup_of(practice.desk, CONFIG), practice)
    async with app.run_test(size=SIZE) as pilot:
        driver = Driver(app, pilot, seconds, practice.desk)
        await driver.settle()
        yield driver
    assert app.failure is None


@asynccontextmanager
async def watching() -> AsyncIterator[Driver]:
    seconds = Seconds()
    it = Watching(wanted(), seconds)
    app = WatchingApp(setup_of(it.desk, CONFIG), it)
    async with app.run_test(size=SIZE) as pilot:
        driver = Driver(app, pilot, seconds, it.desk)
        await driver.settle()
        yield driver
    assert app.failure is None


def introduced(driver: Driver) -> None:
    told = " ".join(driver.text.split())
    assert "PRACTICE · A REAL CONVERSATION" in told and "It is about: Une arme." in told
    assert "Ana Petit has taken out" in told and "Denis Roche has read it over and" in told
    assert "Nothing of it is kept on this machine, neither your" in told
    assert "invented" not in told and "bonsoir" not in told


async def test_it_is_said_first_what_it_is_and_who_answers_for_it() -> None:
    async with sitting(None) as driver:
        introduced(driver)
        await driver.pass_time(30)
        assert driver.desk.clock.now() == 0 and "bonsoir" not in driver.text
        await driver.press("enter")
        await driver.pass_time(4)
        await driver.press("f2")
        await driver.sees("bonsoir, je m'appelle [nom 1]")


async def test_an_invented_one_is_introduced_as_before(tmp_path: Path) -> None:
    async with sitting(Attempts(tmp_path), session()) as driver:
        assert "Everything is invented." in driver.text and "A REAL CONVERSATION" not in driver.text


@pytest.mark.parametrize("together", [False, True])
async def test_neither_attempt_nor_debrief_is_written(tmp_path: Path, together: bool) -> None:
    attempts = Attempts(tmp_path / "attempts")
    sessions = (parse(sealed(), live=True), *((session(),) if together else ()))
    async with sitting(attempts, *sessions) as driver:
        await driver.press("enter")
        await driver.pass_time(4)
        await driver.press("f2")
        await driver.write("Pouvez-vous écrire sans danger ?")
        await driver.press("alt+y")
        assert isinstance(driver.app.screen, Debriefed)
        assert "nothing of it is kept" in driver.text and "write it to files" not in driver.text
        await driver.press("s")
        assert "Written" not in driver.text
        await driver.press("q")
    assert list(tmp_path.rglob("*")) == []


async def test_watching_is_introduced_too_and_shows_nothing_before() -> None:
    async with watching() as driver:
        introduced(driver)
        await driver.pass_time(30)
        assert "bonsoir" not in driver.text
        await driver.press("enter")
        await driver.pass_time(1)
        await driver.sees("REPLAY", "bonsoir, je m'appelle [nom 1] [nom 2]")
        await driver.press("end")
        await driver.sees("over")
