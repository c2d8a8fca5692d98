"""How visitors come and go, as events of their conversations."""

from __future__ import annotations

import asyncio
import os

from officer_console.model.conversation import State, Visitor
from officer_console.model.envelope import RELAY, VISITOR
from officer_console.model.events import Draft, How, Left, Returned, What
from officer_console.model.rules import is_told
from officer_console.protocol.refusals import Refused
from officer_console.vault.base64url import b64

from .connected import Connected
from .registrar import Registrar


class Presence:
    """Appends `left` and `returned`. `lost_after` in seconds: how long a silent loss may last before it is told."""

    def __init__(self, registrar: Registrar, connected: Connected, lost_after: float) -> None:
        self._registrar = registrar
        self._connected = connected
        self._lost_after = lost_after
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def came(self, cid: str) -> None:
        """A page is connected."""
        self._stop_timer(cid)
        await self._append(cid, VISITOR, Returned())

    async def left(self, cid: str, how: How) -> None:
        """The visitor goes, knowingly. Said twice, by the page and by its beacon, it counts once."""
        await self._append(cid, VISITOR, Left(how))

    def disconnected(self, cid: str) -> None:
        """A connection ended; without a word, it counts as lost after a while."""
        if self._is_lost(cid):
            self._stop_timer(cid)
            loop = asyncio.get_running_loop()
            self._timers[cid] = loop.call_later(self._lost_after, self._time_is_up, cid)

    async def sweep(self) -> None:
        """After a start: those who were there before and have not come back are lost."""
        await asyncio.sleep(self._lost_after * 2)
        for conversation in tuple(self._registrar.queue.everything()):
            await self._lose(conversation.cid)

    def stop(self) -> None:
        """Tell of nobody any more."""
        for timer in self._timers.values():
            timer.cancel()
        for task in self._tasks:
            task.cancel()

    def _stop_timer(self, cid: str) -> None:
        timer = self._timers.pop(cid, None)
        if timer:
            timer.cancel()

    def _time_is_up(self, cid: str) -> None:
        del self._timers[cid]
        task = asyncio.create_task(self._lose(cid))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _lose(self, cid: str) -> None:
        if not self._is_lost(cid):
            return
        await self._append(cid, RELAY, Left("lost"))
        if self._connected.visitor_here(cid):  # she came back in that moment
            await self.came(cid)

    def _is_lost(self, cid: str) -> bool:
        conversation = self._registrar.queue.get(cid)
        if conversation is None or conversation.state is State.ERASED:
            return False
        return conversation.visitor is Visitor.HERE and not self._connected.visitor_here(cid)

    async def _append(self, cid: str, by: str, what: What) -> None:
        conversation = self._registrar.queue.get(cid)
        if conversation is None or is_told(conversation, by, what):
            return
        draft = Draft(cid, f"relay.{b64(os.urandom(16))}", by, what)
        try:
            await self._registrar.submit(draft, by)
        except Refused:
            return  # erased meanwhile, or the disk is full: presence is news, not a record
