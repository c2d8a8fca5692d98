"""A dispatch room without a screen and without a system behind it: opens what is sealed to it and tells what it is
asked to tell. For tests of the desk's side; the real one is `officer_console.dispatch`."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from officer_console.client.api import LinkPhase
from officer_console.client.enrolling import Enrolled
from officer_console.client.keychain import Keychain
from officer_console.client.link import Link
from officer_console.client.open_desk import wall_clock
from officer_console.client.patrol_seal import seal_told
from officer_console.model.bodies import PatrolAsked, PatrolTold
from officer_console.model.envelope import PatrolStatusHeader
from officer_console.model.events import Event, PatrolCancelled, PatrolRequested
from officer_console.model.patrol import PatrolRequest, load_request
from officer_console.protocol import codec
from officer_console.protocol.commands import TellPatrol
from officer_console.protocol.desk_session import Answered, Tell
from officer_console.protocol.frames import Happened
from officer_console.vault.base64url import b64, unb64
from officer_console.vault.opening import open_for_room


class HeadlessRoom:
    """See the module. `events` is all that the relay gave it."""

    def __init__(self, enrolled: Enrolled) -> None:
        self.chain = Keychain(enrolled.identity, enrolled.directory, enrolled.relay)
        self.events: list[Event] = []
        self.answers: list[Answered] = []
        self._changed = asyncio.Event()
        self.link = Link(enrolled.relay_url, self.chain, self._after, self._told, self._changed.set, wall_clock)

    @property
    def kid(self) -> str:
        return self.chain.kid

    def asked(self) -> list[Event]:
        """Requests and cancellings, in order."""
        return [event for event in self.events if isinstance(event.what, PatrolRequested | PatrolCancelled)]

    def opened(self, event: Event) -> str:
        """What was sealed to this room."""
        assert isinstance(event.what, PatrolRequested | PatrolCancelled)
        [box] = event.what.rooms
        body = open_for_room(self.chain.identity.box_priv, event.what.h, unb64(box.box))
        asked: PatrolAsked = codec.body(body, PatrolAsked)
        return asked.b

    def requests(self) -> list[PatrolRequest]:
        return [load_request(self.opened(each)) for each in self.asked() if isinstance(each.what, PatrolRequested)]

    def tell(
        self, event: Event, state: str, words: str = "", unit: str = "", code: str = "", case: str = ""
    ) -> TellPatrol:
        """Tell something of the request in this event, of its own case or of another."""
        header = PatrolStatusHeader(
            cid=event.cid, kid="", s=self.kid, id=b64(os.urandom(16)), case=case or event.id, re=event.id, state=state,
            at=wall_clock(),
        )  # fmt: skip
        body = PatrolTold(ts=wall_clock(), b=words, unit=unit, code=code) if words or unit or code else None
        do = seal_told(self.chain, header, body)
        self.give(do)
        return do

    def give(self, do: TellPatrol) -> None:
        assert self.link.command(do, self._answered)

    async def until(self, fits: Callable[[], object]) -> None:
        while not fits():
            self._changed.clear()
            await self._changed.wait()

    def _answered(self, answer: Answered) -> None:
        self.answers.append(answer)
        self._changed.set()

    def _after(self) -> int:
        return self.events[-1].seq if self.events else 0

    def _told(self, tell: Tell) -> None:
        if isinstance(tell.frame, Happened):
            self.events.append(tell.frame.e)
        self._changed.set()


@asynccontextmanager
async def room_on_duty(enrolled: Enrolled) -> AsyncIterator[HeadlessRoom]:
    """The room, connected."""
    room = HeadlessRoom(enrolled)
    running = asyncio.create_task(room.link.run())
    try:
        await room.until(lambda: room.link.state.phase is LinkPhase.ONLINE)
        yield room
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
