"""How fast a session opens, and whether a replay keeps its moments when it is played a hundred times faster."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from officer_console.model.transcript import Kind
from officer_console.practice.desk.clock import Clock
from officer_console.practice.desk.desk import PracticeDesk
from officer_console.practice.desk.replay import Replay
from officer_console.practice.format import Said
from officer_console.practice.reading import parse, read_file
from officer_console.practice.session import Session
from tests.practice.made import LINES, written

from .report import Figure, absolute, figure

EVENTS = 10_000
OPEN_MS = 100.0
SPEED = 100.0
FRAME_MS = 1000 / 60
PLAYED = 600
"""Messages of the replay, in ten minutes of the session: six seconds at this speed."""
TIMES = 5


def run() -> list[Figure]:
    """Opening 10,000 events; a replay at 100 times the speed."""
    data = _large(EVENTS, 100)
    opened, bare = min(_opened(data) for _time in range(TIMES)), min(_bare(data) for _time in range(TIMES))
    late, in_order, plain = asyncio.run(_replayed(parse(_large(PLAYED, 1000), "made")))
    return [
        absolute("practice.open_10000_events", opened, "ms", OPEN_MS),
        figure("practice.open_beside_json", opened, bare, "ms", ("<=", 20.0)),
        absolute("practice.replay_x100_latest_event", late, "ms", FRAME_MS),
        figure("practice.replay_x100_beside_sleep", late, plain, "ms", ("<=", 10.0)),
        absolute("practice.replay_x100_out_of_order", in_order, "events", 1.0),
    ]


def _large(count: int, step: int) -> bytes:
    """The small session with so many messages more at its end."""
    chance = Random(7)
    said: list[dict[str, Any]] = [
        {"line": "said", "at": 200_000 + step * n, "id": f"m{n}", "text": "mot " * chance.randint(1, 30)}
        for n in range(count)
    ]
    return written([*LINES, *said])


def _opened(data: bytes) -> float:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "made.jsonl"
        file.write_bytes(data)
        start = perf_counter()
        read_file(file)
        return 1000 * (perf_counter() - start)


def _bare(data: bytes) -> float:
    """Only decoding the lines."""
    start = perf_counter()
    for line in data.splitlines():
        json.loads(line)
    return 1000 * (perf_counter() - start)


async def _replayed(session: Session) -> tuple[float, float, float]:
    """The latest of all events in ms, how many came out of order, and the latest of a plain loop that sleeps."""
    loop = asyncio.get_running_loop()
    due = [line.at for line in session.record if isinstance(line, Said)]
    desk = PracticeDesk(Clock(loop.time, 0, SPEED))
    replay = Replay(desk, session)
    seen: list[tuple[str, float]] = []
    put = desk.log.put

    def noted(cid: str, line: Any) -> None:
        if line.kind is Kind.VISITOR:
            seen.append((line.key, desk.clock._exact()))
        put(cid, line)

    desk.log.put = noted  # type: ignore[method-assign]
    running = asyncio.create_task(desk.run())
    while not replay.over:
        await asyncio.sleep(0.05)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    late = max((at - wanted) / SPEED for (_key, at), wanted in zip(seen, due, strict=True))
    ids = [line.id for line in session.record if isinstance(line, Said)]
    wrong = sum(key != id for (key, _at), id in zip(seen, ids, strict=True))
    return late, float(wrong), await _plain(due)


async def _plain(due: list[int]) -> float:
    loop = asyncio.get_running_loop()
    start, late = loop.time(), 0.0
    for at in due:
        wanted = start + at / 1000 / SPEED
        await asyncio.sleep(max(0.0, wanted - loop.time()))
        late = max(late, loop.time() - wanted)
    return 1000 * late
