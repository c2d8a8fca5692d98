"""Danger signals that software proposes from what a visitor wrote, with the words that raised each. None is confirmed
by it, and nothing follows from it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from officer_console.client.api import Desk
from officer_console.console.words import Level, Told
from officer_console.errors import reason
from officer_console.locale import N_, _, ngettext
from officer_console.model.text import one_line
from officer_console.model.transcript import Kind, Line
from officer_console.model.triage import Result, Urgency, urgency

Triage = Callable[[Sequence[str], str], Result]
"""What the visitor's messages, in their order and in her language, give. Slow at its first call."""
CHECK: Final = "officer-console triage"
FIRST_LIMIT: Final = 160
NAME: Final[dict[Urgency, str]] = {"red": N_("RED proposed"), "amber": N_("AMBER proposed")}
RULE: Final[dict[Urgency, str]] = {
    "red": N_("Danger now, or two of weapon, strangulation, threats to kill, separation, suicide."),
    "amber": N_("At least one signal. RED: danger now, or two of the gravest."),
}


class Proposed(NamedTuple):
    """`words` as she wrote them, of her newest message first; `message`: the key of that message."""

    signal: str
    words: tuple[str, ...]
    message: str


class Proposals:
    """`problem`: why there are none. What was found is kept for one conversation at a time."""

    def __init__(
        self, desk: Desk, triage: Triage | None, faults: Callable[[], Sequence[str]], tell: Callable[[Told], None]
    ) -> None:
        self._faults, self._tell = faults, tell
        self.problem = ""
        self.on = triage is not None
        self._ready = False
        self._desk, self._triage = desk, triage
        self._reading: asyncio.Task[None] | None = None
        self._known: tuple[str, int, Result] | None = None  # conversation, how many messages

    @property
    def reading(self) -> bool:
        """Whether what it takes is still on its way."""
        return self.on and not self._ready and not self.problem

    def begin(self, then: Callable[[], None]) -> None:
        """Read what it takes, in a thread, unless it has been; `then` is called once it is there, or can't be read."""
        if self._triage and self.reading and self._reading is None:
            self._reading = asyncio.create_task(self._read(self._triage, then))

    def of(self, cid: str) -> list[Proposed]:
        """Proposed and not confirmed, the gravest first."""
        confirmed = {each.signal for each in self._desk.signals.of(cid)}
        result = self._result(cid)
        signals = [signal for signal in result.signals if signal not in confirmed] if result else []
        return [self._proposed(cid, signal, result) for signal in signals if result]

    def urgency(self, cid: str) -> Urgency:
        """By the rule, of all that is confirmed or proposed: confirming something never lowers it."""
        result = self._result(cid)
        return urgency({*result.signals, *(each.signal for each in self._desk.signals.of(cid))}) if result else "none"

    def forget(self) -> None:
        """What was found holds words of the visitor."""
        self._known = None

    # parts of the above

    async def _read(self, triage: Triage, then: Callable[[], None]) -> None:
        try:
            await asyncio.to_thread(triage, (), "")
            self._ready = True
            self._tell_faults(self._faults())
        except Exception as error:  # whatever it is: signals are confirmed without proposals too
            self._failed(error)
        then()

    def _tell_faults(self, faults: Sequence[str]) -> None:
        """Once, for signals that a station means to find are not found without its rows."""
        if faults:
            told = ngettext(
                "{n} row of the station's own lexicons can't be used: {first}. “{command}” tells all.",
                "{n} rows of the station's own lexicons can't be used: {first}. “{command}” tells all.",
                len(faults),
            )
            told = told.format(n=len(faults), first=one_line(faults[0], FIRST_LIMIT), command=CHECK)
            self._tell(Told(told, Level.WARNING))

    def _result(self, cid: str) -> Result | None:
        if not self._ready or self.problem or self._triage is None:
            return None
        said = _said(self._desk, cid)
        if self._known is None or self._known[:2] != (cid, len(said)):
            conversation = self._desk.queue.get(cid)
            try:
                found = self._triage([line.text for line in said], conversation.language if conversation else "")
            except Exception as error:  # as above
                self._failed(error)
                return None
            self._known = cid, len(said), found
        return self._known[2]

    def _failed(self, error: Exception) -> None:
        why = reason(error) if isinstance(error, OSError) else type(error).__name__
        self.problem = _("No signal can be proposed: {reason}. All else works.").format(reason=why)

    def _proposed(self, cid: str, signal: str, result: Result) -> Proposed:
        said = _said(self._desk, cid)
        why = [each for each in result.because if each.signal == signal and each.message < len(said)]
        why.sort(key=lambda each: (-each.message, each.start))
        words = tuple(dict.fromkeys(each.words for each in why))
        return Proposed(signal, words, said[why[0].message].key if why else "")


def _said(desk: Desk, cid: str) -> list[Line]:
    return [line for line in desk.talk.lines(cid) if line.kind is Kind.VISITOR]
