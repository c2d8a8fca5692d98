"""How a busy queue looks: pictures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from textual.pilot import Pilot

from officer_console.config import Console
from officer_console.console.app import ConsoleApp
from officer_console.console.setup import Setup
from officer_console.model.arrivals import Arrivals
from officer_console.model.envelope import RELAY
from officer_console.model.events import Crowded, Released, UrgencyRaised
from officer_console.model.roster import Duty, OnDuty
from tests.console.driving import SMALL, Clock
from tests.console.fake_desk import ANA, FakeDesk
from tests.console.test_app_queueing import comes_back

SnapCompare = Callable[..., bool]
LEA = "kid-lea"


@pytest.fixture(autouse=True)
def _in_paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def busy() -> FakeDesk:
    """Every reason for a place, and every timer."""
    desk = FakeDesk()
    desk.names[LEA] = "Léa Morin"
    desk.shift.add(OnDuty(LEA, "officer", Duty(since=desk.time), False, desk.time - 30_000))
    desk.shift._set(languages=("fr",))
    mine = desk.add("il a fermé la porte à clé", waited=900, postcode="69003")
    desk.claims.claim(mine)
    desk.append(mine, desk.me, UrgencyRaised("red"))
    desk.talk.mark_read(mine)
    gone = desk.add("j'ai peur", waited=700, postcode="33000")
    desk.colleague_claims(gone, LEA)
    late = desk.add("vous êtes là ?", waited=650, postcode="31000")
    desk.colleague_claims(late)
    desk.pass_time(200)
    for words, waited, level, postcode in (
        ("il a un couteau, il est dans l'escalier", 20, "red", "75011"),
        ("il me suit depuis la rupture", 400, "amber", "20090"),
        ("je ne sais pas si c'est grave", 240, "", "13001"),
    ):
        cid = desk.add(words, waited=waited, postcode=postcode)
        if level:
            desk.append(cid, ANA, UrgencyRaised(level))
    desk.signals.propose(desk.add("il va me tuer si je pars", waited=90, postcode="97400"), "red")
    back = desk.add("me revoilà, c'est moi de tout à l'heure", waited=100, postcode="69001")
    comes_back(desk, back, desk.me)
    kept = desk.add("encore moi", waited=100, postcode="59000")
    comes_back(desk, kept, ANA)
    desk.add("is anybody there", waited=15, language="en")
    crowd = desk.add("allo allo", waited=120)
    desk.append(crowd, RELAY, Crowded(4))
    left = desk.add("personne ne m'a répondu", waited=500, postcode="06000")
    desk.colleague_claims(left, LEA)
    desk.append(left, RELAY, Released("gone"))
    desk.set_link(last_beat=desk.time - 2000)
    return desk


def looks(snap_compare: SnapCompare, size: tuple[int, int], *keys: str, paused: bool = False) -> bool:
    desk = busy()
    if paused:
        desk.queue.arrivals = Arrivals("pause", ANA, desk.time - 60_000, 1)
        desk.shift.paused_because = "panne au poste, renfort à 3 h"
        desk.shift.do("break")
    app = ConsoleApp(Setup(desk=desk, config=Console(), clock=Clock()))

    async def work(pilot: Pilot[int]) -> None:
        await pilot.press(*keys)
        app.duty.tick()
        await pilot.pause()

    return snap_compare(app, terminal_size=size, run_before=work)


def test_a_busy_queue_in_140_columns(snap_compare: SnapCompare) -> None:
    assert looks(snap_compare, (140, 30), "down", "down", "down", "down", "enter")


def test_a_busy_queue_in_80_columns(snap_compare: SnapCompare) -> None:
    assert looks(snap_compare, SMALL, "home", "down", "down")


def test_arrivals_paused_and_on_a_break(snap_compare: SnapCompare) -> None:
    assert looks(snap_compare, (120, 24), paused=True)
