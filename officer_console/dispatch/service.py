"""The dispatch side as a running service: its parts put together, the inbound endpoint served by uvicorn."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import uvicorn

from officer_console.client.keychain import Keychain
from officer_console.client.open_desk import wall_clock
from officer_console.config import Dispatch
from officer_console.errors import UserError, reason
from officer_console.locale import _
from officer_console.vault.base64url import b64
from officer_console.vault.local import LocalSeal

from .answers import Answers
from .delivery import Deliveries, parties_of
from .inbound import Inbound
from .posting import Poster, Timing
from .room import Connector, Room, RoomKeys
from .store import Store

BACKLOG: Final = 128
LOOK_S: Final = 0.01


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
            yield Running(room, inbound, _address(settings, listener.getsockname()[1]))
            work.cancel()


class _Server(uvicorn.Server):
    """uvicorn's server, which leaves the signals to whoever runs it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def _serving(inbound: Inbound, settings: Dispatch, listener: socket.socket) -> AsyncIterator[None]:
    server = _Server(_uvicorn_config(inbound, settings))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            if serving.done():
                await serving
                raise UserError(_("The dispatch side could not start."))
            await asyncio.sleep(LOOK_S)
        yield
    finally:
        server.should_exit = True
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:  # the room has failed meanwhile; the socket is not closed under the server
            await serving
            raise


def _uvicorn_config(inbound: Inbound, settings: Dispatch) -> uvicorn.Config:
    options: dict[str, Any] = {
        "interface": "asgi3",
        "ws": "none",
        "access_log": False,
        "log_config": None,
        "server_header": False,
        "date_header": False,
        "proxy_headers": False,
        "lifespan": "off",
        "backlog": BACKLOG,
        "timeout_graceful_shutdown": 2,
        "limit_concurrency": BACKLOG,
    }
    if settings.tls_cert:
        options |= {"ssl_certfile": settings.tls_cert, "ssl_keyfile": settings.tls_key}
    return uvicorn.Config(inbound.app, **options)


def _listen(settings: Dispatch, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        text = _("The dispatch side can't listen on {host}, port {port}: {reason}.")
        raise UserError(text.format(host=settings.host, port=port, reason=reason(error))) from None
    return listener


def _address(settings: Dispatch, port: int) -> str:
    scheme = "https" if settings.tls_cert else "http"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{scheme}://{host}:{port}/dispatch/inbound"
