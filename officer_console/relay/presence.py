"""How visitors come and go, as events of their conversations."""

from __future__ import annotations

import asyncio
import os

from officer_console.model.conversation import Conversation, State, Visitor
from officer_console.model.envelope import RELAY, VISITOR
from officer_console.model.events import Draft, How, Left, Returned, What
from officer_console.protocol.refusals import Refused
from officer_console.vault.base64url import b64

from .hub import Hub
from .registrar import Registrar


class Presence:
    """Appends `left` and `returned`. `lost_after` in seconds: how long a silent loss may last before it is told."""

    def __init__(self, registrar: Registrar, hub: Hub, lost_after: float) -> None:
        self._registrar = registrar
        self._hub = hub
        self._lost_after = lost_after
        self._timers: dict[str, asyncio.Task[None]] = {}

    async def came(self, cid: str) -> None:
        """A page is connected."""
        timer = self._timers.pop(cid, None)
        if timer:
            timer.cancel()
        conversation = self._registrar.queue.get(cid)
        if conversation and conversation.visitor is not Visitor.HERE:
            await self._append(cid, VISITOR, Returned())

    async def left(self, cid: str, how: How) -> None:
        """The visitor goes, knowingly."""
        await self._append(cid, VISITOR, Left(how))

    def disconnected(self, cid: str) -> None:
        """A connection ended; without a word, it counts as lost after a while."""
        conversation = self._registrar.queue.get(cid)
        if conversation and _is_there(conversation) and not self._hub.visitor_here(cid):
            self._timers[cid] = asyncio.create_task(self._lose_later(cid, self._lost_after))

    async def sweep(self) -> None:
        """After a start: those who were there before and have not come back are lost."""
        await asyncio.sleep(self._lost_after * 2)
        for conversation in tuple(self._registrar.queue.everything()):
            if _is_there(conversation) and not self._hub.visitor_here(conversation.cid):
                await self._append(conversation.cid, RELAY, Left("lost"))

    def stop(self) -> None:
        for timer in self._timers.values():
            timer.cancel()

    async def _lose_later(self, cid: str, after: float) -> None:
        await asyncio.sleep(after)
        self._timers.pop(cid, None)
        conversation = self._registrar.queue.get(cid)
        if conversation and _is_there(conversation) and not self._hub.visitor_here(cid):
            await self._append(cid, RELAY, Left("lost"))

    async def _append(self, cid: str, by: str, what: What) -> None:
        draft = Draft(cid, f"relay.{b64(os.urandom(16))}", by, what)
        try:
            await self._registrar.submit(draft, by)
        except Refused:
            return  # erased meanwhile, or the disk is full: presence is news, not a record


def _is_there(conversation: Conversation) -> bool:
    return conversation.visitor is Visitor.HERE and conversation.state is not State.ERASED
