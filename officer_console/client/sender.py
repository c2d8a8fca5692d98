"""Takes the outbox to the relay: in order, one command at a time in each conversation, until each is answered.

One at a time, because a message that is refused makes those after it wrong; conversations don't wait for each other,
and a patrol request waits for no message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, Protocol

from officer_console.protocol.commands import Assign, Claim, Command, Say, StepIn
from officer_console.protocol.desk_session import Answered

from .outbox import Outbox, Unsent

LATER: Final = frozenset({"rate", "storage", "busy"})
"""Refusals that pass: the same bytes are sent again."""
AGAIN_S: Final = (1.0, 4.0)
"""Seconds before something is sent again: the first time, and at most. What the relay could not store for a while must
not wait much longer than that."""
PATROL: Final = " patrol"
"""What the lane of a conversation's patrols ends with."""
CLAIM_MS: Final = 120_000
"""Milliseconds after which an unsent command of SOON is not meant any more: nobody wants to be in a conversation
unawares, or to move one that has moved on."""
SOON: Final = (Claim, Assign, StepIn)


class Wires(Protocol):
    """What carries commands; False when there is no link."""

    def command(self, do: Command, answered: Callable[[Answered], None]) -> bool: ...


class Refusal(Protocol):
    """What to do with entries, by their numbers, that the relay refused for good; they are to be removed."""

    def __call__(self, numbers: list[int], code: str, who: str) -> None: ...


class Sender:
    """`refused` is told the numbers of the entries that the relay will never take; `done` of each that it took. `held`
    tells whether an entry must not be sent yet."""

    def __init__(
        self, outbox: Outbox, wires: Wires, done: Callable[[int], None], refused: Refusal,
        held: Callable[[Unsent], bool], clock: Callable[[], int],
    ) -> None:  # fmt: skip
        self._outbox = outbox
        self._wires = wires
        self._done = done
        self._refused = refused
        self._held = held
        self._clock = clock
        self._linked = False
        self._on_way: dict[int, str] = {}  # entry -> its lane
        self._resting: set[str] = set()  # lanes whose next try is later
        self._wait_s = AGAIN_S[0]
        self._timer: asyncio.TimerHandle | None = None

    def linked(self, linked: bool) -> None:
        """There is a link, or no more: then nothing is known of what was on its way."""
        self._linked = linked
        self._on_way.clear()
        self._wake()

    def pump(self) -> None:
        """Send what can be sent now."""
        if not self._linked:
            return
        for number, entry in self._first_of_each():
            if isinstance(entry.do, SOON) and self._clock() - entry.at > CLAIM_MS:
                self._refused([number], "network", "")
            elif self._wires.command(entry.do, partial(self._answered, number)):
                self._on_way[number] = _lane(entry)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _first_of_each(self) -> Iterator[tuple[int, Unsent]]:
        busy = set(self._on_way.values()) | self._resting
        for number, entry in self._outbox:
            if _lane(entry) not in busy and not self._held(entry):
                busy.add(_lane(entry))
                yield number, entry

    def _answered(self, number: int, answer: Answered) -> None:
        lane = self._on_way.pop(number, "")
        if answer.code in LATER:
            if self._outbox.get(number) is not None:  # else it was stored all the same, and has come from the log
                self._rest(lane)
        elif answer.code:
            self._wait_s = AGAIN_S[0]
            self._refused(self._falling_with(number), answer.code, answer.who)
        else:
            self._wait_s = AGAIN_S[0]
            self._done(number)
        self.pump()

    def _falling_with(self, number: int) -> list[int]:
        """A refused message takes the later ones of its conversation with it: their numbers don't follow any more."""
        refused = self._outbox.get(number)
        if refused is None or not isinstance(refused.do, Say):
            return [number]
        return [n for n, e in self._outbox if e.cid == refused.cid and isinstance(e.do, Say) and n >= number]

    def _rest(self, lane: str) -> None:
        self._resting.add(lane)
        urgent = lane.endswith(PATROL)
        if urgent:
            self.close()  # a patrol does not wait as long as all others
        if self._timer is None:
            wait = AGAIN_S[0] if urgent else self._wait_s
            self._timer = asyncio.get_running_loop().call_later(wait, self._wake)
            self._wait_s = min(2 * self._wait_s, AGAIN_S[1])

    def _wake(self) -> None:
        self.close()
        self._resting.clear()
        self.pump()


def _lane(entry: Unsent) -> str:
    """What goes one after the other: the messages and acts of a conversation, and apart from them its patrols."""
    return entry.cid + PATROL if entry.is_patrol else entry.cid
