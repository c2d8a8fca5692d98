"""A relay as a running service: its parts put together, served by uvicorn, stopped in order."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import socket
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import msgspec
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from officer_console.config import Config
from officer_console.config import Relay as RelayConfig
from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.model.queue import Queue
from officer_console.paths import relay_dir
from officer_console.protocol import codec
from officer_console.protocol.commands import Entry, Wrap
from officer_console.protocol.founding import FoundingCode, make_founding_code
from officer_console.protocol.frames import Directory
from officer_console.protocol.refusals import Refused
from officer_console.serving import Server, listen, quiet, started, url_of
from officer_console.supervisor import supervised

from . import exports
from .access import Doorkeeper
from .calendar import Calendar
from .connected import Connected
from .context import Context
from .crew import keep_running
from .figures import BURST, PER_S, Figures
from .figures_store import FiguresStore
from .founding import FoundingToken, relay_key
from .gauges import watch_desk
from .hub import Hub
from .joining import Joiners
from .limits import Buckets
from .log.extra import require_cluster
from .log.interface import Clock, Engine
from .log.sqlite import SqliteLog
from .members import Members
from .metrics import Metrics
from .networks import Networks
from .passing import Passing
from .peers import Alone
from .presence import Presence
from .registrar import Registrar
from .roster import Roster
from .sockets import Sockets
from .standing import Standings
from .tending import Tending
from .web import Web
from .wire import Wire

if TYPE_CHECKING:
    from .cluster import Cluster

PATIENCE_S: Final = 3.0
"""Seconds that clients have to take their goodbye when the relay stops."""
STUCK_MS: Final = 30_000
"""Milliseconds the kernel keeps a connection whose other end takes nothing."""
BACKLOG: Final = 1024
STOP_LOOK_S: Final = 0.1
_PORTS: Final = {"http": 80, "https": 443}


def wall_clock() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Relay:
    """One relay: an ASGI application and the tasks beside it."""

    def __init__(self, config: RelayConfig, folder: Path, clock: Clock, here: str) -> None:
        self._cluster, engine = _engine(config, folder, clock)
        self.context = build_context(config, folder, clock, here, engine, self._cluster)
        self._folder = folder
        self._sockets = Sockets(self.context, _origins(config.public_url, here))
        self._web = Web(self.context)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Rebuild everything from the log, then let people in. Raises UserError when the log can't be read."""
        context = self.context
        if self._cluster:
            await self._cluster.start(context)
        try:
            await context.members.load()
            context.figures.start(await context.log.head())
            await context.registrar.load()
            await exports.tidy(context)
        except (Refused, ValueError, msgspec.DecodeError):
            text = _("The relay's log in {folder} is damaged, or was written by a newer version; restore a backup.")
            raise UserError(text.format(folder=self._folder)) from None
        context.hub.start()
        context.tending.begin()
        context.members.watch(self._directory_grew)
        loops = {
            "the hub": context.hub.run,
            "the status": context.standings.keep_pages,
            "the roster": context.standings.keep_consoles,
            "the heartbeat": self._sockets.beat,
            "the watch": self._sockets.drop_stalled,
            "the figures": context.figures.run,
            "the timers": context.tending.run,
            "the clock": context.metrics.lag.keep,
        }
        self._tasks = [asyncio.create_task(keep_running(name, work)) for name, work in loops.items()]
        self._tasks.append(asyncio.create_task(context.presence.sweep()))
        if self._cluster:
            await self._cluster.attach(context, self._sockets)
            self._sockets.prepare = self._cluster.refresh
        self._sockets.ready = True

    @property
    def waits(self) -> bool:
        """Whether its log is elsewhere, and may not be there yet."""
        return self._cluster is not None

    async def say_bye(self) -> None:
        """Let nobody in any more, and ask everybody to come back."""
        await self._sockets.say_bye(PATIENCE_S)

    async def stop(self) -> None:
        """Finish the commits, then close."""
        self.context.presence.stop()
        if self._cluster:
            await self._cluster.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.context.figures.close()
        await self.context.log.close()

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application. WebSockets never come here."""
        if scope["type"] == "http":
            await self._web.app(scope, receive, send)

    def wire(self, *, server_state: ServerState, **_: Any) -> Wire:
        """What uvicorn hands a WebSocket over to."""
        return Wire(self._sockets, server_state)

    def _directory_grew(self, entries: Sequence[Entry], wraps: Sequence[Wrap]) -> None:
        context = self.context
        for port in context.connected.desks:
            own = [wrap for wrap in wraps if wrap.to == port.kid]
            if entries or own:
                port.put(codec.encode(Directory(list(entries), own)))
        context.joiners.enrolled(context.members.directory.members)


def _engine(config: RelayConfig, folder: Path, clock: Clock) -> tuple[Cluster | None, Engine]:
    """The log that the configuration names. Raises UserError."""
    if not config.log:
        return None, SqliteLog(folder, clock)
    require_cluster()
    from .cluster import Cluster
    from .log.address import parse
    from .log.jetstream import JetStreamLog

    engine = JetStreamLog(folder, parse(config.log), config.copies, clock)
    return Cluster(engine, folder), engine


def build_context(
    config: RelayConfig, folder: Path, clock: Clock, here: str, log: Engine, cluster: Cluster | None
) -> Context:
    """The parts of a relay over a log. `here` is the address it listens on. Raises UserError."""
    limits = config.limits
    key = relay_key(folder)
    peers = cluster.others if cluster else Alone()
    queue = Queue(timers=config.queue)
    roster = Roster(clock)
    metrics = Metrics(queue, clock)
    said = Buckets(limits.messages_burst, limits.messages_per_s, time.monotonic)
    registrar = Registrar(log, limits, said, queue, metrics.timed)
    connected = Connected(roster, peers)
    standings = Standings(connected, queue, roster, peers, config.divert_to)
    passing = Passing(connected, queue, peers)
    hub = Hub(log, log.shelf, registrar, connected, standings, passing)
    members = Members(log.directory, log.shelf, clock)
    registrar.watcher = figures = _figures(config, folder, clock, hub)
    watch_desk(metrics, log, connected, members, clock)
    return Context(
        config=config,
        clock=clock,
        log=log,
        shelf=log.shelf,
        registrar=registrar,
        roster=roster,
        members=members,
        connected=connected,
        standings=standings,
        passing=passing,
        hub=hub,
        presence=Presence(registrar, connected, config.timing.visitor_lost_after_s),
        joiners=Joiners(connected, peers),
        networks=Networks(clock, config.network_header),
        tending=Tending(registrar, roster, config.queue, clock),
        doorkeeper=Doorkeeper(key, members, _hosts(config.public_url, here), clock),
        token=FoundingToken(folder, clock, cluster.token if cluster else lambda: None),
        metrics=metrics,
        figures=figures,
    )


def _figures(config: RelayConfig, folder: Path, clock: Clock, hub: Hub) -> Figures:
    told = Buckets(BURST, PER_S, time.monotonic)
    store, calendar = FiguresStore(folder), Calendar(config.time_zone)
    return Figures(store, lambda: hub.cursor, clock, calendar, config.figures_years, told)


def _hosts(public: str, here: str) -> frozenset[str]:
    """host[:port] of each of the relay's addresses, as a console that dials it may name it: the port that goes without
    saying may be said."""
    origins = [urlsplit(_origin(url)) for url in _names(public, here)]
    spoken = {f"{each.netloc}:{_PORTS[each.scheme]}" for each in origins if each.port is None}
    return frozenset(spoken | {each.netloc for each in origins})


def _origins(public: str, here: str) -> frozenset[str]:
    """Origins of the page: the public address; on this machine alone, where it listens too."""
    on_loopback = urlsplit(public).scheme == "http"
    return frozenset(map(_origin, _names(public, here) if on_loopback else [public]))


def _names(public: str, here: str) -> list[str]:
    return [public, here, re.sub(r"(?<=//)(127\.0\.0\.1|\[::1\])(?=:)", "localhost", here)]


def _origin(url: str) -> str:
    """A URL's origin as browsers spell it: in small letters, without the port that goes without saying."""
    parts = urlsplit(url)
    netloc = parts.netloc.lower().removesuffix(f":{_PORTS[parts.scheme]}")
    return f"{parts.scheme}://{netloc}"


class _Server(Server):
    """It says goodbye before it closes. Signals are `running_relay`'s affair."""

    def __init__(self, config: uvicorn.Config, relay: Relay) -> None:
        super().__init__(config)
        self._relay = relay

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        await self._relay.say_bye()
        await super().shutdown(sockets)

    def stop(self) -> None:
        """Stop in order; asked a second time, at once."""
        self.force_exit = self.should_exit
        self.should_exit = True


def _listen(config: RelayConfig, port: int) -> socket.socket:
    listener = listen(config, port, BACKLOG, _("The relay can't listen on {host}, port {port}: {reason}."))
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # accepted connections inherit it
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STUCK_MS)
    return listener


def _uvicorn_config(relay: Relay, config: RelayConfig) -> uvicorn.Config:
    return quiet(
        relay.app,
        config,
        ws=relay.wire,
        backlog=BACKLOG,
    )


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
    """Serve a relay until the block ends; with `signals`, then on until SIGINT or SIGTERM.

    `port` 0 takes a free one, and `public_url` then is that of this machine. Raises UserError when the port is
    taken or the folder can't be used.
    """
    chosen = config.relay.port if port is None else port
    listener = _listen(config.relay, chosen)
    with contextlib.closing(listener):
        actual = listener.getsockname()[1]
        here = url_of(config.relay, actual)
        settings = msgspec.structs.replace(config.relay, public_url=here) if chosen == 0 else config.relay
        relay = Relay(settings, relay_dir(settings.data_dir), clock, here)
        try:
            if not relay.waits:
                await relay.start()
            server = _Server(_uvicorn_config(relay, settings), relay)
            async with _serving(server, listener, signals):
                if relay.waits:
                    await _unless_stopped(relay.start(), server)
                yield Running(relay, here, actual)
        finally:
            await relay.stop()


async def _unless_stopped(work: Coroutine[Any, Any, None], server: _Server) -> None:
    """Wait for something that may take for ever. Raises UserError when the server is asked to stop meanwhile."""
    task = asyncio.create_task(work)
    try:
        while not task.done():
            await asyncio.wait((task,), timeout=STOP_LOOK_S)
            if server.should_exit and not task.done():
                raise UserError(_("Stopped before the cluster answered."))
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@contextlib.asynccontextmanager
async def _serving(server: _Server, listener: socket.socket, signals: bool) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    caught = (signal.SIGINT, signal.SIGTERM) if signals else ()
    for each in caught:
        loop.add_signal_handler(each, server.stop)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        if not await started(server, serving):
            raise UserError(_("The relay could not start."))
        async with supervised(os.environ if signals else {}):
            yield
            if signals:
                await serving
    finally:
        server.should_exit = True
        await serving
        for each in caught:
            loop.remove_signal_handler(each)
