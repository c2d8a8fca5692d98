"""A relay as a running service: its parts put together, served by uvicorn, stopped in order."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import uvicorn

from officer_console.config import Config
from officer_console.config import Relay as RelayConfig
from officer_console.errors import UserError, reason
from officer_console.locale import _
from officer_console.paths import relay_dir
from officer_console.protocol import codec
from officer_console.protocol.founding import FoundingCode, make_founding_code
from officer_console.protocol.frames import Beat, Bye, Directory, Entry, Pulse, Wrap

from .access import Doorkeeper, own_names
from .context import Context
from .founding import FoundingToken, relay_key
from .hub import Hub
from .joining import Joiners
from .limits import Buckets
from .log.interface import Clock
from .log.sqlite import SqliteLog
from .members import Members
from .metrics import Metrics
from .port import Message, Receive, Send
from .presence import Presence
from .registrar import Registrar
from .sockets import Sockets
from .web import Web

SERVICE_RESTART = 1012
COME_BACK_MS = 1000
LOGIN_TRIES, LOGIN_PER_S = 5, 5 / 60
MAX_WS = 4 * codec.MAX_FRAME
"""Bytes of the largest frame taken in; a visitor's are held to codec.MAX_FRAME when they are read."""


def wall_clock() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Relay:
    """One relay: an ASGI application and the tasks beside it."""

    def __init__(self, config: RelayConfig, folder: Path, clock: Clock, here: str) -> None:
        self.context = build_context(config, folder, clock, here)
        self._sockets = Sockets(self.context, _origins(config.public_url, here))
        self._web = Web(self.context)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Rebuild everything from the log, then let people in."""
        context = self.context
        await context.members.load()
        await context.registrar.load()
        context.members.watch(self._directory_grew)
        jobs = (context.hub.run(), context.hub.keep_status(), context.presence.sweep(), self._beat())
        self._tasks = [asyncio.create_task(job) for job in jobs]

    async def say_bye(self) -> None:
        """Let nobody in any more, and ask everybody to come back."""
        self._sockets.stopping = True
        bye = Bye(COME_BACK_MS)
        self.context.hub.end_all(SERVICE_RESTART, codec.padded(bye), codec.encode(bye))

    async def stop(self) -> None:
        """Finish the commits, then close."""
        self.context.presence.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.context.log.close()

    async def app(self, scope: Message, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        if scope["type"] == "websocket":
            await self._sockets.handle(scope, receive, send)
        elif scope["type"] == "http":
            await self._web.app(scope, receive, send)

    def _directory_grew(self, entries: Sequence[Entry], wraps: Sequence[Wrap]) -> None:
        context = self.context
        for port in context.hub.desks:
            if port.following:
                port.put(codec.encode(Directory(list(entries), [wrap for wrap in wraps if wrap.to == port.kid])))
        context.joiners.enrolled(context.members.directory.members)

    async def _beat(self) -> None:
        context = self.context
        while True:
            await asyncio.sleep(context.config.timing.heartbeat_s)
            now = context.clock()
            context.hub.to_all_desks(codec.encode(Pulse(now, context.registrar.queue.seq, context.hub.on_duty())))
            beat = codec.padded(Beat(now))
            for ports in tuple(context.hub.visitors.values()):
                for port in tuple(ports):
                    port.put(beat)


def build_context(config: RelayConfig, folder: Path, clock: Clock, here: str) -> Context:
    """The parts of a relay over a folder's files. `here` is the address it listens on. Raises UserError."""
    limits = config.limits
    log = SqliteLog(folder, clock)
    registrar = Registrar(log, limits, Buckets(limits.messages_burst, limits.messages_per_s, time.monotonic))
    hub = Hub(log, registrar)
    members = Members(log, log, clock)
    tries = Buckets(LOGIN_TRIES, LOGIN_PER_S, time.monotonic)
    return Context(
        config=config,
        clock=clock,
        log=log,
        shelf=log,
        registrar=registrar,
        members=members,
        hub=hub,
        presence=Presence(registrar, hub, config.timing.visitor_lost_after_s),
        joiners=Joiners(hub),
        doorkeeper=Doorkeeper(relay_key(folder), members, own_names(_names(config.public_url, here)), tries, clock),
        token=FoundingToken(folder, clock),
        metrics=Metrics(registrar.queue, clock),
    )


def _names(public: str, here: str) -> list[str]:
    return [public, here, here.replace("127.0.0.1", "localhost")]


def _origins(public: str, here: str) -> frozenset[str]:
    """Origins of the page: the public address; on this machine alone, where it listens too."""
    on_loopback = public.startswith("http://")
    return frozenset(_names(public, here) if on_loopback else [public.rstrip("/")])


class _Server(uvicorn.Server):
    """uvicorn's server, which says goodbye before it closes, and leaves signals to whoever embeds it."""

    def __init__(self, config: uvicorn.Config, relay: Relay, own_signals: bool) -> None:
        super().__init__(config)
        self._relay = relay
        self._own_signals = own_signals

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        if self._own_signals:
            with super().capture_signals():
                yield
        else:
            yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        await self._relay.say_bye()
        await super().shutdown(sockets)


def _listen(config: RelayConfig, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((config.host, port))
    except OSError as error:
        listener.close()
        text = _("The relay can't listen on {host}, port {port}: {reason}.")
        raise UserError(text.format(host=config.host, port=port, reason=reason(error))) from None
    return listener


def _uvicorn_config(relay: Relay, config: RelayConfig) -> uvicorn.Config:
    options: dict[str, Any] = {
        "interface": "asgi3",
        "ws": "websockets-sansio",
        "ws_max_size": MAX_WS,
        "ws_per_message_deflate": False,
        "ws_ping_interval": 20.0,
        "ws_ping_timeout": 20.0,
        "access_log": False,
        "log_config": None,
        "server_header": False,
        "date_header": False,
        "proxy_headers": False,
        "lifespan": "off",
        "timeout_graceful_shutdown": 5,
    }
    if config.tls_cert:
        options |= {"ssl_certfile": config.tls_cert, "ssl_keyfile": config.tls_key}
    return uvicorn.Config(relay.app, **options)


class Running:
    """A relay that listens. `url` is where; `founding_code()` makes a new code while the desk is not founded."""

    def __init__(self, relay: Relay, url: str, port: int) -> None:
        self.relay = relay
        self.url = url
        self.port = port

    def founding_code(self) -> str:
        """A fresh founding code, good for 30 minutes; any code before it is void."""
        context = self.relay.context
        code = FoundingCode(context.config.public_url, context.token.renew(), context.doorkeeper.kid)
        return make_founding_code(code)


@contextlib.asynccontextmanager
async def running_relay(
    config: Config, port: int | None = None, *, clock: Clock = wall_clock, signals: bool = False
) -> AsyncIterator[Running]:
    """Serve a relay until the block ends (or, with `signals`, see `serve`).

    `port` 0 takes a free one, and `public_url` then is that of this machine. Raises UserError when the port is
    taken or the folder can't be used.
    """
    chosen = config.relay.port if port is None else port
    listener = _listen(config.relay, chosen)
    actual = listener.getsockname()[1]
    scheme = "https" if config.relay.tls_cert else "http"
    here = f"{scheme}://{config.relay.host}:{actual}"
    settings = msgspec.structs.replace(config.relay, public_url=here) if chosen == 0 else config.relay
    try:
        relay = Relay(settings, relay_dir(settings.data_dir), clock, here)
    except BaseException:
        listener.close()
        raise
    try:
        await relay.start()
        server = _Server(_uvicorn_config(relay, settings), relay, signals)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await _started(server, serving)
            running = Running(relay, here, actual)
            yield running
            if signals:
                await serving
        finally:
            server.should_exit = True
            await serving
    finally:
        await relay.stop()
        listener.close()


async def _started(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    while not server.started:
        if serving.done():
            await serving
            raise UserError(_("The relay could not start."))
        await asyncio.sleep(0.01)
