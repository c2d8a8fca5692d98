"""How handing over looks: the panel of who gives, of who is asked, and the end of a shift."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from officer_console.config import Console
from officer_console.console.app import ConsoleApp
from officer_console.console.setup import Setup
from officer_console.model.handover import Card
from officer_console.themes import load_theme
from tests.console.driving import Clock
from tests.console.fake_desk import ANA, ME, FakeDesk
from tests.console.replying import station
from tests.console.test_app_handover import a_shift

SnapCompare = Callable[..., bool]
Work = Callable[[Pilot[int]], Awaitable[None]]


@pytest.fixture(autouse=True)
def _in_paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def looks(
    snap_compare: SnapCompare, folder: Path, desk: FakeDesk, size: tuple[int, int], *keys: str, theme: str = "dusk"
) -> bool:
    chosen, _problems = load_theme(theme, folder)
    app = ConsoleApp(Setup(desk=desk, config=Console(), theme=chosen, clock=Clock(), library=station(folder)))

    async def work(pilot: Pilot[int]) -> None:
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        while app.duty.shelf.library is None and app.duty.dock.panel:
            await asyncio.sleep(0.01)
        app.duty.tick()
        await pilot.pause()

    return snap_compare(app, terminal_size=size, run_before=work)


def held() -> FakeDesk:
    desk, cid = a_shift("je suis 14 rue des Lilas 69003 Lyon, il a un couteau")
    desk.talk.say(cid, "Je vous rappelle à 18 h. Êtes-vous seule ?")
    desk.signals.confirmed_by(cid, "arme", ME)
    desk.claims.claim(desk.add("il m'a pris mes clés", waited=300, language="fr"))
    return desk


def test_the_hand_over_panel_in_80_columns(snap_compare: SnapCompare, tmp_path: Path) -> None:
    assert looks(snap_compare, tmp_path, held(), (80, 24), "enter", "alt+h")


def test_the_hand_over_panel_in_132_columns(snap_compare: SnapCompare, tmp_path: Path) -> None:
    assert looks(snap_compare, tmp_path, held(), (132, 34), "enter", "alt+h", "down", theme="paper")


def test_what_one_is_offered_in_100_columns(snap_compare: SnapCompare, tmp_path: Path) -> None:
    desk = held()
    cid = desk.add("il est derrière la porte", language="fr")
    card = Card(
        "14 rue des Lilas\n3e étage, code 12B4", ("en_cours", "arme"), "je vous rappelle", ("3919",), "la porte"
    )
    desk.handovers.offered_by(cid, ANA, card)
    assert looks(snap_compare, tmp_path, desk, (100, 30), "alt+j")


def test_the_end_of_a_shift_in_100_columns(snap_compare: SnapCompare, tmp_path: Path) -> None:
    assert looks(snap_compare, tmp_path, held(), (100, 30), "alt+q", theme="contrast")


def test_ones_shift_in_80_columns(snap_compare: SnapCompare, tmp_path: Path) -> None:
    desk = held()
    desk.care.set(ME, on_ms=18_000_000, unrested_ms=15_000_000, conversations=9, grave=3, grave_unrested=2)
    desk.shift.debrief(True)
    assert looks(snap_compare, tmp_path, desk, (80, 24), "alt+k")
