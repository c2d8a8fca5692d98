"""A short fire; `python -m tests.fire.kill_relay --rounds 100` is the long one."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from officer_console.relay.figures_store import read_counts
from tests.model.test_figures import counted

from .kill_relay import Fire, burn, passed
from .referee import read_log

KILLS = 5


async def test_nothing_acknowledged_is_lost_however_often_the_relay_is_killed(tmp_path: Path) -> None:
    fires: list[Fire] = []
    result = await burn(KILLS, 6, 1, tmp_path, lambda fire, moment: fires.append(fire))
    assert passed(result), result
    assert result.acknowledged > 100 and result.clients >= 8  # one may just be erasing everything
    figures_agree(fires[-1])
    misses_a_row(fires[-1])


def figures_agree(fire: Fire) -> None:
    """What the relay counted over all its lives is what its log tells, but for what was erased from that."""
    told, log = Counter[str](), read_log(fire.relay.data)
    for (_hour, measure, _value), number in read_counts(fire.relay.data, 0, 10**9):
        told[measure] += number
    found = Counter[str]()
    for (_hour, measure, _value), number in counted(log).items():
        found[measure] += number
    erased = sum(event.kind == "erased" for event in log)
    assert told["erased"] == erased and found["arrived"] > 2
    assert told["arrived"] == found["arrived"] + erased, "who erased everything had written before"
    assert found <= told, "nothing is lost"
    assert erased or found == told, "nothing is doubled"


def misses_a_row(fire: Fire) -> None:
    """The referee of a real fire sees it when one row of the real log is not there."""
    log = read_log(fire.relay.data)
    (seq,) = [event.seq for event in log if event.kind == "said"][-1:]
    with closing(sqlite3.connect(fire.relay.data / "log.db")) as db, db:
        assert db.execute("DELETE FROM events WHERE seq = ?", (seq,)).rowcount == 1
    faults = fire.referee.judge(read_log(fire.relay.data))
    assert [f"acknowledged as {seq}" in fault for fault in faults.lost] == [True]
