"""A short race for a cluster's conversations; `python -m tests.fire.claims` is the long one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from officer_console.model.events import Claimed, Event
from officer_console.protocol.frames import Done, NoCmd
from tests.nats import Servers

from .claims import Result, judge, race

CONVERSATIONS, CONSOLES = 15, 20


async def test_each_conversation_is_won_once(nats: Callable[[int], Servers], tmp_path: Path) -> None:
    result = await race(CONVERSATIONS, CONSOLES, 1, nats(1), tmp_path)
    assert (result.winners, result.claims) == (CONVERSATIONS, CONVERSATIONS * CONSOLES), result.faults


def test_the_judge_sees_a_second_winner() -> None:
    """And one who was told nothing, or something else."""

    class Log:
        def __init__(self, *by: str) -> None:
            self.by = by

        def log(self) -> list[Event]:
            return [Event(n, 0, "c", f"{n}", by, Claimed()) for n, by in enumerate(self.by, 1)]

    won, lost = Done(0, 1), NoCmd("taken", "", 0, "a")
    judged = [
        (Log("a"), {"a": won, "b": lost}, 1),
        (Log("a", "b"), {"a": won, "b": lost}, 0),
        (Log("a"), {"a": won, "b": won}, 0),
        (Log("b"), {"a": won, "b": lost}, 0),
        (Log("a"), {"a": won, "b": NoCmd("taken", "", 0, "b")}, 0),
        (Log(), {"a": lost, "b": lost}, 0),
    ]
    for log, answers, winners in judged:
        result = Result(1, 2)
        judge(result, ["c"], {kid: {"c": answer} for kid, answer in answers.items()}, log.log())
        assert (result.winners, len(result.faults)) == (winners, 1 - winners)
