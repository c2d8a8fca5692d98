"""One short connection to a relay's `/desk`, for commands that are no console: enrolling, inviting."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, TypeVar
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from officer_console.errors import UserError, reason
from officer_console.locale import N_, _
from officer_console.protocol import codec
from officer_console.protocol.commands import Command, Heads
from officer_console.protocol.desk_session import Answered, DeskSession, Effect, Hands, Over, Send, Tell
from officer_console.protocol.frames import Found, Join

from .wire import dial

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
REFUSED: Final = {
    "login": N_("The relay does not let these keys in. Has the enrolment ended? Ask a shift lead."),
    "version": N_("The relay speaks another version; install the same version as the station's."),
    "bad_signature": N_("This is not the relay that was met before, or somebody stands in between. Nothing was sent."),
    "directory": N_("The relay's list of officers does not continue the one known here. Tell a shift lead."),
    "founding": N_("The founding code is not valid any more, or the desk exists already."),
    "not_founded": N_("This desk has not been founded yet; use the founding code."),
    "invitation": N_("The invitation is not valid any more; ask the shift lead for a new one."),
    "busy": N_("The relay is busy; try again in a minute."),
}
T = TypeVar("T")


def desk_address(url: str) -> tuple[str, str]:
    """The WebSocket address of a relay's `/desk`, and its host[:port]. Raises UserError for an unsafe address."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UserError(
            _("{url} is not the address of a relay; it looks like https://desk.example.org").format(url=url)
        )
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise UserError(_("{url} is not safe: a relay on another machine must have https://").format(url=url))
    return f"{parts.scheme.replace('http', 'ws')}://{parts.netloc}/desk", parts.netloc


class Exchange:
    """Frames and commands, one after the other. What the session tells is kept until it is asked for."""

    def __init__(self, ws: ClientConnection, session: DeskSession) -> None:
        self._ws = ws
        self._session = session
        self._told: deque[Effect] = deque()

    async def until(self, *kinds: type[T]) -> T:
        """The next frame of these kinds; others are passed over. Raises UserError when the relay ends it."""
        while True:
            effect = await self._next()
            frame = effect.frame if isinstance(effect, Tell) else effect
            if isinstance(frame, kinds):
                return frame

    async def command(self, do: Command) -> None:
        """Give a command and wait until it is done. Raises UserError when it is refused."""
        await self._act(self._session.command(do, do))
        answer = await self.until(Answered)
        if answer.code:
            raise refused(answer.code)

    def learnt(self, heads: Heads) -> None:
        """The list of officers as verified now."""
        self._session.heads = heads

    async def _next(self) -> Effect:
        while not self._told:
            await self._act(self._session.feed(codec.desk_out(await self._ws.recv())))
        effect = self._told.popleft()
        if isinstance(effect, Over):
            raise refused(effect.code)
        return effect

    async def _act(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Send):
                await self._ws.send(codec.encode(effect.frame))
            else:
                self._told.append(effect)


def refused(code: str) -> UserError:
    """A refusal of the relay in plain words."""
    text = REFUSED.get(code)
    return UserError(_(text) if text else _("The relay refused this ({code}). Try again.").format(code=code or "bye"))


@asynccontextmanager
async def exchange(url: str, hands: Hands, heads: Heads, first: Found | Join | None = None) -> AsyncIterator[Exchange]:
    """Connect, and log in unless `first` comes before. Raises UserError when there is no relay."""
    address, host = desk_address(url)
    session = DeskSession(hands, host, heads, os.urandom, first=first, follow=False)
    try:
        async with dial(address, max_size=codec.MAX_DESK_OUT) as ws:
            yield Exchange(ws, session)
    except (OSError, TimeoutError) as error:
        why = reason(error) if isinstance(error, OSError) else _("no answer came in time")
        raise UserError(_("The relay at {url} can't be reached: {reason}.").format(url=url, reason=why)) from None
    except (InvalidHandshake, ConnectionClosed):
        raise UserError(
            _("What answers at {url} is not a relay, or it has stopped. Try again.").format(url=url)
        ) from None
