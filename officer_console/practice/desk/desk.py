"""The practice desk: `client.api.Desk` in this process, over what plays on its stage."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

from officer_console.client.api import Change, LinkPhase, LinkState
from officer_console.locale import _
from officer_console.model.queue import Queue
from officer_console.practice.moments import Did, Replies

from .alone import NoCare, NoEnrolment, NoExports, NoFigures, NoHandOvers, NoLead, OneShift
from .claims import PracticeClaims
from .clock import Clock
from .log import Log
from .patrols import ROOM, PracticePatrols
from .referring import PracticeReferrals, PracticeSignals
from .stage import Stage
from .talk import PracticeTalk

ME: Final = "practice-trainee"
OFFICER: Final = "practice-officer"
"""The officer of a recording."""
TRAINER: Final = "practice-trainer"
"""Who says something of a moment."""
DAYS_MS: Final = 30 * 86_400_000
"""The practice key never ends."""


class PracticeDesk:
    """`clock` is the time of practice; `name` the trainee's, as the screens show it."""

    def __init__(self, clock: Clock, name: str = "") -> None:
        self.me, self.role = ME, "officer"
        self.clock = clock
        self._log = Log(ME, "officer", clock.of_day)
        self._names = {ME: name or _("Trainee"), OFFICER: _("Officer of the record")}
        self._names |= {ROOM: _("Room (practice)"), TRAINER: _("Trainer")}
        self._woken = asyncio.Event()
        self._stage: Stage | None = None
        self._read: Callable[[str, str], Replies] | None = None
        self._watchers: list[Callable[[], None]] = []
        self.talk = PracticeTalk(self._log, self._did, self._reply)
        self.claims = PracticeClaims(self._log, self._did)
        self.patrols = PracticePatrols(self._log, self._did)
        self.referrals = PracticeReferrals(self._log, self._did)
        self.signals = PracticeSignals(self._log, self._did)
        self.enrolment, self.handovers, self.exports = NoEnrolment(), NoHandOvers(), NoExports()
        self.care, self.figures = NoCare(), NoFigures()
        self.lead, self.shift = NoLead(), OneShift(self._log)

    def put_on(self, stage: Stage, read: Callable[[str, str], Replies]) -> None:
        """What plays here from now on."""
        self._stage, self._read = stage, read
        self.wake()

    @property
    def log(self) -> Log:
        """Where what plays writes to."""
        return self._log

    # ---- what the screens see ----

    @property
    def queue(self) -> Queue:
        return self._log.queue

    @property
    def link(self) -> LinkState:
        now = self.clock.of_day()
        return LinkState(LinkPhase.ONLINE, now, now, on_duty=(ME,), desk_name=_("practice desk"), rooms=(ROOM,))

    @property
    def key_ends(self) -> int:
        return self.clock.of_day() + DAYS_MS

    @property
    def practice(self) -> bool:
        return True

    def now(self) -> int:
        return self.clock.of_day()

    def name(self, kid: str) -> str:
        return self._names.get(kid, kid)

    def open(self, cid: str) -> None:
        """Everything is here already."""

    def subscribe(self, told: Callable[[Change], None]) -> Callable[[], None]:
        return self._log.announcer.subscribe(told)

    def retry(self) -> None:
        """There is no link."""

    # ---- playing ----

    def watch(self, happened: Callable[[], None]) -> None:
        """Be told whenever something has played or the trainee has done something."""
        self._watchers.append(happened)

    def wake(self) -> None:
        """Look again what comes next: the time or the rate has changed."""
        self._woken.set()

    async def run(self) -> None:
        try:
            while True:
                self._play()
                await self._rest()
        finally:
            self.patrols.close()
            self._log.announcer.close()

    def _play(self) -> None:
        if self._stage is not None:
            self._stage.advance(self.clock.now())
            self._happened()

    async def _rest(self) -> None:
        """Until something comes, or somebody wakes us."""
        at = self._stage.wake_at() if self._stage else None
        seconds = self.clock.seconds_until(at) if at is not None else None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        self._woken.clear()

    def _did(self, cid: str, did: Did) -> None:
        if self._stage is not None:
            self._stage.did(cid, did)
        self._log.announcer.hurry()
        self._happened()
        self.wake()

    def _reply(self, cid: str, text: str) -> Replies:
        assert self._read is not None
        return self._read(cid, text)

    def _happened(self) -> None:
        for watcher in self._watchers:
            watcher()
