"""The dispatch side as a running service: its parts put together, the inbound endpoint served by uvicorn."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from officer_console.client.keychain import Keychain
from officer_console.client.open_desk import wall_clock
from officer_console.config import Dispatch
from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.serving import Server, listen, quiet, started, url_of
from officer_console.vault.base64url import b64
from officer_console.vault.local import LocalSeal

from .answers import Answers
from .delivery import Deliveries, parties_of
from .inbound import Inbound
from .posting import Poster, Timing
from .room import Connector, Room, RoomKeys
from .store import Store

BACKLOG: Final = 128


class Membership(msgspec.Struct, frozen=True):
    """Whose room it is: the relay's address, the keys, the folder of its own, and what to call when the list of
    officers has grown."""

    relay_url: str
    chain: RoomKeys
    folder: Path
    remember: Callable[[Keychain], None] = lambda chain: None


class Running(NamedTuple):
    """A dispatch side at work. `url` is where the room's system sends its answers to."""

    room: Room
    inbound: Inbound
    url: str


def open_store(mine: Membership) -> Store:
    """The store of a member. Raises as `Store`."""
    identity = mine.chain.identity
    return Store(mine.folder, LocalSeal(identity), f"{b64(identity.genesis16)} {identity.kid}")


def make_room(settings: Dispatch, mine: Membership, store: Store, connector: Connector) -> Room:
    """A room for any connector; `run` it. Raises UserError when its desk is of the other kind, real or practice."""
    require_use(settings.exercise, mine.chain.directory.use)
    return Room(
        mine.relay_url,
        mine.chain,
        store,
        connector,
        exercise=settings.exercise,
        keep_h=settings.keep_h,
        remember=mine.remember,
        clock=wall_clock,
    )


def require_use(exercise: bool, use: str) -> None:
    """Raises UserError unless both are real or both for practice."""
    if use == "practice" and not exercise:
        raise UserError(_("This desk is for practice, and the room is a real one: set dispatch.exercise = true."))
    if use == "live" and exercise:
        raise UserError(_("This desk is a real one, and the room is for exercises: set dispatch.exercise = false."))


@contextlib.asynccontextmanager
async def running_dispatch(
    settings: Dispatch, mine: Membership, secrets: Sequence[bytes], *, port: int | None = None,
    timing: Timing | None = None, context: ssl.SSLContext | None = None,
) -> AsyncIterator[Running]:  # fmt: skip
    """Serve a room's system until the block ends. `port` 0 takes a free one; `context` is for the way out. Raises
    UserError."""
    timing = timing or Timing()
    with (
        contextlib.closing(_listen(settings, settings.port if port is None else port)) as listener,
        contextlib.closing(open_store(mine)) as store,
    ):
        poster = Poster(settings.url, timing, context)
        deliveries = Deliveries(settings, store, secrets, poster, time.time, timing)
        room = make_room(settings, mine, store, deliveries)
        answers = Answers(room, deliveries, store)
        inbound = Inbound(room, answers, store, parties_of(settings), secrets, time.time)
        async with asyncio.TaskGroup() as group, _serving(inbound, settings, listener):
            work = group.create_task(room.run())
            yield Running(room, inbound, url_of(settings, listener.getsockname()[1]) + "/dispatch/inbound")
            work.cancel()


@contextlib.asynccontextmanager
async def _serving(inbound: Inbound, settings: Dispatch, listener: socket.socket) -> AsyncIterator[None]:
    server = Server(quiet(inbound.app, settings, ws="none", backlog=BACKLOG, limit_concurrency=BACKLOG))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        if not await started(server, serving):
            raise UserError(_("The dispatch side could not start."))
        yield
    finally:
        server.should_exit = True
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:  # the room has failed meanwhile; the socket is not closed under the server
            await serving
            raise


def _listen(settings: Dispatch, port: int) -> socket.socket:
    refused = _("The dispatch side can't listen on {host}, port {port}: {reason}.")
    return listen(settings, port, BACKLOG, refused)
