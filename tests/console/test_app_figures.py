"""The figures on a shift lead's screen."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from officer_console.config import Console
from officer_console.console.app import ConsoleApp
from officer_console.console.figure_page import page
from officer_console.console.screens.figures import FiguresPage
from officer_console.console.setup import Setup
from officer_console.model.shown_figures import HIDDEN
from officer_console.referrals.library import Library
from officer_console.themes import load_theme
from tests.console.driving import SMALL, Clock, Driver, a_desk, console
from tests.console.fake_desk import FakeDesk
from tests.console.replying import station

TALL = (200, 80)


@pytest.fixture(autouse=True)
def _in_paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Paris")
    monkeypatch.setenv("TERM", "xterm-256color")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def lead(**options: object) -> FakeDesk:
    desk, _cids = a_desk(role="lead")
    for name, value in options.items():
        setattr(desk.figures, name, value)
    return desk


def words(drive: Driver) -> str:
    """The text in the box, without its frame and line breaks."""
    return " ".join(re.sub("[║╔╗╚╝═]", " ", drive.text).split())


async def test_a_lead_sees_the_last_seven_days() -> None:
    desk = lead()
    async with console(desk, size=TALL) as drive:
        await drive.press("alt+n")
        assert isinstance(drive.app.screen, FiguresPage)
        assert desk.figures.asked == [("2025-11-18", "2025-11-24")]
        assert "2025-11-18 to 2025-11-24 (seven days)" in drive.text
        for heading in (
            "by the hour of the day",
            "Half were taken within",
            "by day",
            "Outcome",
            "Language",
            "Department",
        ):
            assert heading in drive.text
        assert "69 Rhône" in drive.text and "1 to 4 is shown as <5" in words(drive)
        await drive.press("escape")
        assert drive.app.screen is drive.app.duty


async def test_only_a_shift_lead_sees_them() -> None:
    desk, _cids = a_desk()
    async with console(desk) as drive:
        await drive.press("alt+n")
        assert drive.app.screen is drive.app.duty and not desk.figures.asked
        assert drive.status == "Only a shift lead sees the figures."


async def test_the_range_is_chosen_by_a_key_and_moved() -> None:
    desk = lead()
    async with console(desk) as drive:
        await drive.press("alt+n", "d", "left", "left", "right", "m", "right", "right")
        assert desk.figures.asked[1:] == [
            ("2025-11-24", "2025-11-24"), ("2025-11-23", "2025-11-23"), ("2025-11-22", "2025-11-22"),
            ("2025-11-23", "2025-11-23"), ("2025-10-25", "2025-11-23"), ("2025-10-26", "2025-11-24"),
            ("2025-10-26", "2025-11-24"),
        ]  # fmt: skip


async def test_a_refusal_is_told_and_the_last_figures_stay() -> None:
    desk = lead()
    async with console(desk, size=TALL) as drive:
        await drive.press("alt+n")
        desk.figures.refuse = "network"
        await drive.press("m")
        assert "The relay cannot be reached." in drive.text and "69 Rhône" in drive.text


async def test_a_late_answer_to_an_older_question_is_not_shown() -> None:
    desk = lead(late=[])
    async with console(desk, size=TALL) as drive:
        await drive.press("alt+n", "d")
        assert "asking the relay" in drive.text
        week, day = desk.figures.late or []
        week()
        await drive.settle()
        assert "by the hour of the day" not in drive.text
        day()
        await drive.settle()
        assert "by the hour of the day" in drive.text and "asking the relay" not in drive.text
        await drive.press("m", "escape")
        for late in desk.figures.late or []:
            late()  # the page is gone
        await drive.settle()


async def test_nobody_came() -> None:
    async with console(lead(quiet=True)) as drive:
        await drive.press("alt+n")
        assert "Nobody came in these days." in drive.text


async def test_the_key_that_sends_a_patrol_works_over_it() -> None:
    desk = lead()
    async with console(desk) as drive:
        await drive.press("f2", "alt+n", "f9")
        assert drive.app.screen is drive.app.duty and drive.app.duty.dock.panel


@pytest.mark.parametrize("width", [20, 45, 74, 100, 136])
def test_no_line_is_wider_than_the_page(width: int) -> None:
    desk = FakeDesk(role="lead")
    parts = [*page(desk.figures.made("2025-11-01", "2025-11-30"), width)]
    drawn = [line for part in parts[1:] for line in part.lines]
    assert max(map(len, drawn)) <= max(width, 42), "24 columns and their scale take 42 cells"


def test_hidden_ones_stand_in_the_order_of_their_names() -> None:
    made = FakeDesk(role="lead").figures.made("2025-11-24", "2025-11-24")
    made.values["department"].clear()
    made.values["department"].update({"13": HIDDEN, "69": 10, "75": HIDDEN, "974": 20})
    lines = next(part.lines for part in page(made, 60) if part.heading == "Department")
    assert [line.split()[0] for line in lines] == ["974", "69", "13", "75"]


def test_of_many_departments_the_first_are_shown_and_the_rest_is_told() -> None:
    made = FakeDesk(role="lead").figures.made("2025-11-24", "2025-11-24")
    made.values["department"].update(dict.fromkeys(map(str, range(21, 41)), 5))
    lines = next(part.lines for part in page(made, 60) if part.heading == "Department")
    assert len(lines) == 13 and lines[-1].endswith("more: officer-console relay stats")


async def test_a_referral_that_is_given_is_counted_by_its_kind(tmp_path: Path) -> None:
    desk, (first, *_others) = a_desk()
    library: Library = station(tmp_path)()
    row = library.directory.get("3919")
    assert row
    async with console(desk, library=lambda: library) as drive:
        await drive.press("f2", "f12")
        while drive.app.duty.shelf.library is None:
            await drive.pilot.pause(0.01)
        shelf = drive.app.duty.shelf
        for _ in range(2):
            shelf.put(first, ["3919"])
            shelf.said(first, f"appelez le {row.phone}")
        assert desk.figures.counted == [row.kind], "once for each conversation"


def looks(snap_compare: Callable[..., bool], size: tuple[int, int], *keys: str, theme: str = "dusk") -> bool:
    chosen, _problems = load_theme(theme, Path("/nonexistent"))
    app = ConsoleApp(Setup(desk=lead(), config=Console(), theme=chosen, clock=Clock()))

    async def work(pilot: Pilot[int]) -> None:
        await pilot.press("alt+n", *keys)
        await pilot.pause()

    return snap_compare(app, terminal_size=size, run_before=work)


def test_a_week_in_80_columns(snap_compare: Callable[..., bool]) -> None:
    assert looks(snap_compare, SMALL)


def test_a_month_in_160_columns(snap_compare: Callable[..., bool]) -> None:
    assert looks(snap_compare, (160, 60), "m", theme="paper")
