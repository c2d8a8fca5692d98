"""A short fire; `python -m tests.fire.kill_relay --rounds 100` is the long one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from .kill_relay import Fire, burn, passed
from .referee import read_log

KILLS = 5


async def test_nothing_acknowledged_is_lost_however_often_the_relay_is_killed(tmp_path: Path) -> None:
    fires: list[Fire] = []
    result = await burn(KILLS, 6, 1, tmp_path, lambda fire, moment: fires.append(fire))
    assert passed(result), result
    assert result.acknowledged > 100 and result.clients >= 8  # one may just be erasing everything
    misses_a_row(fires[-1])


def misses_a_row(fire: Fire) -> None:
    """The referee of a real fire sees it when one row of the real log is not there."""
    log = read_log(fire.relay.data)
    (seq,) = [event.seq for event in log if event.kind == "said"][-1:]
    with closing(sqlite3.connect(fire.relay.data / "log.db")) as db, db:
        assert db.execute("DELETE FROM events WHERE seq = ?", (seq,)).rowcount == 1
    faults = fire.referee.judge(read_log(fire.relay.data))
    assert [f"acknowledged as {seq}" in fault for fault in faults.lost] == [True]
