"""A short fire: patrol requests while console, relay and dispatch side are killed; and the referee can see a fault."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.dispatch.fake_room import FakeRoom, Hit

from .patrol_console import place_of
from .patrols import burn, judge


async def test_a_short_fire(tmp_path: Path) -> None:
    result = await burn(12, 7, tmp_path, least_kills=6)
    assert result.line == "lost 0 doubled 0 of 12"
    assert result.cases == 12 and sum(result.kills.values()) >= 6


def _hit(id: str, cid: str, more: str = "") -> Hit:
    body = f'{{"distributionKind":"Report","where":"{place_of(cid)}{more}"}}'
    return Hit("/cases", {"webhook-id": id}, body.encode(), 0)


def test_the_referee_sees_what_is_lost_and_what_is_doubled() -> None:
    room = FakeRoom()
    room.hits = [_hit("1", "a"), _hit("1", "a"), _hit("2", "b"), _hit("3", "b"), _hit("4", "d"), _hit("4", "d", "!")]
    result = judge(room, ["a", "b", "c", "d"], Counter(), 1)
    assert (result.line, result.requests) == ("lost 1 doubled 2 of 4", 4)
