"""What the shift has asked of the officer, on the screen."""

from __future__ import annotations

import pytest

from officer_console.console.care_words import Limits, exposure_told, prompt
from officer_console.console.screens.care import CareScreen
from officer_console.model.exposure import Exposure
from tests.console.driving import LARGE, SMALL, console
from tests.console.fake_desk import ME, FakeDesk

HOUR = 3_600_000
LIMITS = Limits(4, 2)


@pytest.mark.parametrize(
    ("exposure", "told"),
    [
        (Exposure(on_ms=HOUR, unrested_ms=HOUR), ""),
        (Exposure(on_ms=5 * HOUR, unrested_ms=4 * HOUR), "4 h 00 without a break"),
        (Exposure(on_ms=5 * HOUR, unrested_ms=HOUR, grave=3, grave_unrested=1), ""),
        (Exposure(on_ms=5 * HOUR, unrested_ms=HOUR, grave=3, grave_unrested=2), "2 grave conversations"),
        (Exposure(on_ms=9 * HOUR), ""),
    ],
)
def test_when_a_break_would_be_good(exposure: Exposure, told: str) -> None:
    assert prompt(exposure, LIMITS) == told


def test_a_shift_in_a_few_words() -> None:
    told = exposure_told(Exposure(on_ms=5 * HOUR, unrested_ms=HOUR, grave=1))
    assert told == "on for 5 h 00 · 1 h 00 without a break · 1 grave conversation"


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_one_key_shows_it_and_one_says_that_it_was_talked_about(size: tuple[int, int]) -> None:
    desk = FakeDesk()
    desk.care.set(ME, on_ms=5 * HOUR, unrested_ms=4 * HOUR, conversations=9, grave=2, grave_unrested=2)
    async with console(desk, size=size) as drive:
        assert "Think of a break: 4 h 00 without a break, 2 grave conversations (Alt+K)" in drive.status
        await drive.press("alt+k")
        assert isinstance(drive.app.screen, CareScreen)
        for told in ("On duty: 5 h 00", "Without a break: 4 h 00", "Conversations: 9", "Grave ones: 2"):
            assert told in drive.text
        await drive.press("d")
        assert desk.shift.mine.debrief and "DEBRIEF" in drive.text
        await drive.press("d", "escape")
        assert not desk.shift.mine.debrief


async def test_an_alert_goes_before_it_and_the_limits_are_the_stations() -> None:
    desk = FakeDesk()
    desk.care.set(ME, on_ms=2 * HOUR, unrested_ms=2 * HOUR)
    async with console(desk, config={"break_after_h": 2}) as drive:
        assert "Think of a break" in drive.status
        desk.add("bonjour")
        await drive.settle()
        assert "Someone new is waiting" in drive.status
    async with console(desk) as drive:
        assert "break" not in drive.status


async def test_the_debrief_flag_stands_there_until_it_is_taken_away() -> None:
    desk = FakeDesk()
    desk.shift.debrief(True)
    async with console(desk) as drive:
        assert "talk about it with somebody (Alt+K)" in drive.status
        await drive.press("alt+k", "d", "escape")
        assert drive.status == ""
