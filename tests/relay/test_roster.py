"""Who is on duty over several relays: there when a console is anywhere, gone from the moment the last one is."""

from __future__ import annotations

from officer_console.model.roster import Duty
from officer_console.relay.peers import Desk
from officer_console.relay.roster import REMEMBERED_MS, Roster

BOB, DUTY = "kid-bob", Duty(since=1)


class Cluster:
    """A roster with a clock, and what the other relays tell."""

    def __init__(self) -> None:
        self.now = 1_000_000
        self.elsewhere: list[Desk] = []
        self.went: list[str] = []
        self.roster = Roster(lambda: self.now)
        self.roster.elsewhere = lambda: self.elsewhere
        self.roster.went_away = self.went.append

    def others(self, *desks: Desk) -> None:
        self.elsewhere = [*desks]
        self.roster.others_changed()


def test_at_another_relay_he_is_there() -> None:
    cluster = Cluster()
    cluster.others(Desk(BOB, "officer", True, DUTY))
    assert cluster.roster.answers(BOB) and cluster.roster.gone_since(BOB) is None
    assert [(each.kid, each.linked, each.duty) for each in cluster.roster.officers()] == [(BOB, True, DUTY)]


def test_when_that_relay_is_gone_he_is_from_then_on() -> None:
    cluster = Cluster()
    cluster.others(Desk(BOB, "officer", True, DUTY))
    cluster.now += 5000
    cluster.others()
    assert (cluster.roster.gone_since(BOB), cluster.went) == (cluster.now, [BOB])
    assert not cluster.roster.answers(BOB)
    cluster.others(Desk(BOB, "officer", True, DUTY))
    assert cluster.roster.gone_since(BOB) is None and cluster.went == [BOB]


def test_who_has_moved_to_this_relay_is_not_gone() -> None:
    cluster = Cluster()
    cluster.others(Desk(BOB, "officer", True, DUTY))
    cluster.roster.came(BOB, "officer")
    cluster.others()
    assert cluster.roster.gone_since(BOB) is None and cluster.went == []


def test_who_has_gone_from_here_is_known_for_a_while() -> None:
    cluster = Cluster()
    cluster.roster.came(BOB, "officer")
    cluster.roster.went(BOB)
    assert [each.linked for each in cluster.roster.officers()] == [False]
    cluster.now += REMEMBERED_MS + 1
    assert cluster.roster.officers() == []
    assert cluster.roster.gone_since(BOB) == 1_000_000
