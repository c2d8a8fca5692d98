"""What relays know of each other when messages are lost, doubled by a copied folder, or stop coming."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.protocol.frames import DeskLive, Join
from officer_console.relay.others import SILENCE_S, Others
from officer_console.relay.peers import Desk

CID = "c" * 21 + "A"
FRAME = DeskLive(CID, "{}", "n" * 16, "c" * 8)
JOIN = Join("A" * 11, "{}", "A" * 43, "A" * 86)


class Relay:
    """One relay on a bus that loses what it is told to lose."""

    def __init__(self, bus: Bus, where: str) -> None:
        self.others = Others(where, bus.put(self), lambda: bus.now)
        self.mine: set[str] = set()
        self.my_desks: list[Desk] = []
        self.lost: list[str] = []
        self.delivered: list[object] = []
        self.asked: dict[str, Join | None] = {}
        self.alive = True
        bus.relays.append(self)
        self.others.attach(self)

    def came(self, cid: str) -> None:
        if cid not in self.mine:
            self.mine.add(cid)
            self.others.page_came(cid)

    def left(self, cid: str) -> None:
        if cid in self.mine:
            self.mine.discard(cid)
            self.others.page_left(cid)

    # ---- others.Here ----

    def own_desks(self) -> Iterable[Desk]:
        return self.my_desks

    def own_pages(self) -> Iterable[str]:
        return self.mine

    def others_changed(self) -> None: ...
    def other_came(self) -> None: ...
    def pages_lost(self, cids: Sequence[str]) -> None:
        self.lost += cids

    def deliver_to_desk(self, kid: str, frame: DeskLive) -> None:
        self.delivered.append((kid, frame))

    def deliver_to_page(self, frame: DeskLive) -> None:
        self.delivered.append(frame)

    def others_ask(self, name: str, join: Join | None) -> None:
        self.asked[name] = join


class Bus:
    """Everybody hears everything, himself too, unless it is lost."""

    def __init__(self) -> None:
        self.now = 0.0
        self.relays: list[Relay] = []
        self.lossy = False
        self.random = Random(1)
        self._line: list[bytes] = []

    def put(self, relay: Relay) -> object:
        return lambda data: self._line.append(data) if relay.alive else None

    def settle(self) -> None:
        while self._line:
            data = self._line.pop(0)
            for relay in self.relays:
                if relay.alive and not (self.lossy and self.random.random() < 0.5):
                    relay.others.heard(data)

    def beat(self, times: int = 1) -> None:
        for _ in range(times):
            self.now += 1.0
            for relay in self.relays:
                if relay.alive:
                    relay.others._beat()
            self.settle()
            for relay in self.relays:
                for run, other in tuple(relay.others._others.items()):
                    if self.now - other.heard > SILENCE_S:
                        relay.others._forget(run)


@pytest.fixture
def bus() -> Bus:
    return Bus()


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.sampled_from("abcdef")), max_size=60), st.booleans())
def test_whatever_is_lost_all_agree_in_the_end(steps: list[tuple[int, bool, str]], lossy: bool) -> None:
    bus = Bus()
    relays = [Relay(bus, f"{n}") for n in range(3)]
    bus.settle()
    bus.lossy = lossy
    for number, comes, cid in steps:
        (relays[number].came if comes else relays[number].left)(cid)
        bus.settle()
    bus.lossy = False
    bus.beat(3)
    for relay in relays:
        elsewhere = {cid for other in relays if other is not relay for cid in other.mine}
        assert {cid for cid in "abcdef" if relay.others.has_page(cid)} == elsewhere
        assert relay.others.count() == 3


def test_who_falls_silent_is_forgotten_with_his_visitors(bus: Bus) -> None:
    one, two, three = (Relay(bus, f"{n}") for n in range(3))
    bus.settle()
    for cid in "ab":
        one.came(cid)
    two.came("b")  # she is back at another one
    one.my_desks.append(Desk("kid", "officer", True))
    bus.beat(2)
    assert list(three.others.desks()) == [Desk("kid", "officer", True)]
    one.alive = False
    bus.beat(int(SILENCE_S) + 2)
    assert three.lost == ["a"] and sorted(two.lost) == ["a", "b"], "each asks whether she is at itself"
    assert list(three.others.desks()) == [] and three.others.count() == 2


def test_who_stops_in_order_is_forgotten_at_once(bus: Bus) -> None:
    one, two = (Relay(bus, f"{n}") for n in range(2))
    one.came("a")
    bus.settle()
    one.others.leave()
    bus.settle()
    assert two.lost == ["a"] and two.others.count() == 1


def test_a_copied_folder_is_seen_by_both(bus: Bus) -> None:
    one, two, three = Relay(bus, "same"), Relay(bus, "same"), Relay(bus, "another")
    bus.beat()
    assert (one.others.twin, two.others.twin, three.others.twin) == (True, True, False)


def test_live_frames_go_only_where_somebody_is(bus: Bus) -> None:
    one, two, three = (Relay(bus, f"{n}") for n in range(3))
    two.my_desks.append(Desk("kid", "officer", True))
    three.came(CID)
    bus.beat(2)
    one.others.live_to_desk("kid", FRAME)
    one.others.live_to_page(FRAME)
    one.others.live_to_desk("nobody", FRAME)
    one.others.live_to_page(DeskLive("A" * 22, "{}", "n" * 16, "c" * 8))
    sent = len(bus._line)
    bus.settle()
    assert sent == 2
    assert two.delivered == three.delivered == [("kid", FRAME), FRAME]
    assert one.delivered == []


def test_what_is_not_understood_is_passed_over(bus: Bus) -> None:
    one = Relay(bus, "1")
    for data in (b"", b"\xff", b'{"t":"of the future","run":"x"}', b'{"t":"beat"}', b"[]"):
        one.others.heard(data)
    assert one.others.count() == 1


def test_who_asks_to_join_is_told_of(bus: Bus) -> None:
    one, two = (Relay(bus, f"{n}") for n in range(2))
    bus.settle()
    one.others.asked("kid", JOIN)
    bus.settle()
    assert two.asked == {"kid": JOIN} and one.asked == {}
    one.others.asked("kid", None)
    bus.settle()
    assert two.asked == {"kid": None}
