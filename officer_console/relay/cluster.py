"""A relay among others: its log on JetStream, what it tells the other relays, and what comes of what they tell."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.protocol.commands import Wrap
from officer_console.protocol.frames import DeskLive, Join
from officer_console.protocol.refusals import Refused
from officer_console.vault.errors import VaultError

from .context import Context
from .log.jetstream import JetStreamLog
from .log.making import other_key
from .others import Others
from .peers import Desk

AGAIN_S: Final = 0.5
LOOK_S: Final = 0.1
CUT_OFF_S: Final = 1.2
"""Seconds without any server after which clients are sent to another relay: the next server is found in less."""
COMPANY_S: Final = 60.0
"""Seconds for which a relay that is heard no more counts as another one. To whoever is cut off all fall silent: a busy
machine can see that before it sees that the connection is lost, and one that is cut off again heard nobody meanwhile.
"""
_PLACE: Final = "place"
"""The file that names a relay's folder."""
log = logging.getLogger(__name__)


class Doors(Protocol):
    """Who lets clients in."""

    def send_away(self) -> None: ...
    def let_in(self) -> None: ...


class Cluster:
    """One relay's part of a cluster. `others` are the other relays; `start` opens the log, `attach` joins them."""

    def __init__(self, engine: JetStreamLog, folder: Path) -> None:
        self._engine = engine
        self._line: asyncio.Queue[bytes] = asyncio.Queue()
        self.others = Others(_place(folder), self._line.put_nowait, time.monotonic)
        self._context: Context | None = None
        self._work: set[asyncio.Task[Any]] = set()

    async def start(self, context: Context) -> None:
        """Open the log, whenever the cluster answers. Raises UserError."""
        where = self._engine.link.address.told
        notes = await self._engine.start(lambda: log.warning("waiting for %s", where))
        if notes.get("move"):
            raise UserError(_("The move to {where} is not finished; run it again.").format(where=where))
        if notes.get("relay", context.doorkeeper.kid) != context.doorkeeper.kid:
            raise UserError(other_key(self._engine.link.address))

    async def attach(self, context: Context, doors: Doors) -> None:
        """Tell the others of this relay, and hear of them; everything is known here that the log had. `doors` are shut
        while no server is reached and another relay may reach one."""
        self._context = context
        context.metrics.watch("relays", "Relays of the cluster that are heard, this one too.", self.others.count)
        self._engine.watch(
            lambda: self._do(self._learn()),
            lambda key, member, box: self._do(self._learn(Wrap(key, member, box))),
        )
        await self._engine.link.hear(self._engine.streams.talk, self.others.heard)
        self._begin(self._send)
        self.others.attach(self)
        self._begin(self.others.keep)
        self._do(self._mind(doors))
        self._do(self._learn())

    def token(self) -> tuple[str, int] | None:
        """The founding token that any relay may take."""
        return self._engine.token()

    async def stop(self) -> None:
        """Say so to the others."""
        self.others.leave()
        while not self._line.empty() and self._engine.link.connected:
            await self._engine.link.tell(self._engine.streams.talk, self._line.get_nowait())
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)

    async def _mind(self, doors: Doors) -> None:
        link, reached = self._engine.link, time.monotonic()
        while True:
            await asyncio.sleep(LOOK_S)
            if link.connected:
                reached = time.monotonic()
            elif self.others.lately(COMPANY_S) and time.monotonic() - reached > CUT_OFF_S:
                log.error("no server of %s is reached: everybody is sent to another relay", link.address.told)
                doors.send_away()
                while not self._engine.healthy:
                    await asyncio.sleep(LOOK_S)
                log.warning("%s is reached again", link.address.told)
                doors.let_in()

    async def _send(self) -> None:
        while True:
            await self._engine.link.tell(self._engine.streams.talk, await self._line.get())

    async def refresh(self, *wraps: Wrap) -> None:
        """Learn of what other relays have added to the directory. Raises Refused("storage")."""
        try:
            await self._now.members.refresh(wraps)
        except VaultError:
            log.error("the cluster's list of officers does not continue the one that this relay has")

    async def _learn(self, *wraps: Wrap) -> None:
        """The same, however long it takes: nobody says it a second time."""
        while True:
            try:
                return await self.refresh(*wraps)
            except Refused:
                await asyncio.sleep(AGAIN_S)

    def _begin(self, work: Callable[[], Any]) -> None:
        self._do(work())

    def _do(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._work.discard(task)
        if not task.cancelled():
            task.exception()

    @property
    def _now(self) -> Context:
        assert self._context is not None
        return self._context

    # ---- others.Here ----

    def own_desks(self) -> Iterable[Desk]:
        return self._now.connected.own_desks()

    def own_pages(self) -> Iterable[str]:
        return self._now.connected.own_pages()

    def others_changed(self) -> None:
        standings = self._now.standings
        standings.others_changed()
        self._now.connected.to_all_desks(standings.pulse(self._now.clock()))

    def other_came(self) -> None:
        self._now.joiners.tell_others()

    def pages_lost(self, cids: Sequence[str]) -> None:
        for cid in cids:
            self._now.presence.disconnected(cid)

    def deliver_to_desk(self, kid: str, frame: DeskLive) -> None:
        self._now.passing.deliver_to_desk(kid, frame)

    def deliver_to_page(self, frame: DeskLive) -> None:
        self._now.passing.deliver_to_page(frame)

    def deliver_break(self, kid: str, by: str) -> None:
        self._now.passing.deliver_break(kid, by)

    def others_ask(self, name: str, join: Join | None) -> None:
        self._now.joiners.elsewhere(name, join)


def _place(folder: Path) -> str:
    """A name of this folder that no other folder has, unless it is a copy."""
    file = folder / _PLACE
    if not file.exists():
        file.write_text(os.urandom(16).hex())
        file.chmod(0o600)
    return file.read_text()
