"""What of each event goes to whom. Nobody here waits for anybody.

One task follows the log and hands each event to whom it concerns. A page or console that has catching up to do reads
the log itself, at its own pace, until there is nothing between it and the hub: then its port is `ready`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from officer_console.model.envelope import VISITOR
from officer_console.model.events import Erased, Event, Exported, ExportEnded, Opened, Said
from officer_console.protocol import codec
from officer_console.protocol.frames import Ack, Gone, Stored
from officer_console.protocol.refusals import Refused

from .connected import Connected
from .following import VisitorPort
from .log.interface import KeyShelf, Log
from .passing import Passing
from .port import NORMAL
from .registrar import Registrar
from .standing import Standings
from .views import Views


class Hub:
    """Follows the log from `cursor`."""

    def __init__(
        self, log: Log, shelf: KeyShelf, registrar: Registrar, connected: Connected, standings: Standings,
        passing: Passing,
    ) -> None:  # fmt: skip
        self.cursor = 0
        self._log = log
        self._shelf = shelf
        self._registrar = registrar
        self._connected = connected
        self._standings = standings
        self._passing = passing

    def start(self) -> None:
        """Whatever the registrar has learnt by now is news to nobody."""
        self.cursor = self._registrar.queue.seq

    async def run(self) -> None:
        """Hand each event to those it concerns, for ever."""
        async for batch in self._log.follow(self.cursor):
            boxes = await self.boxes(batch)
            for event in batch:
                self.cursor = event.seq
                self._registrar.learn(event)
                self._tell_visitors(event)
                self._tell_desks(event, boxes.get(event.cid, ""))
                self._standings.happened(event)
                if isinstance(event.what, Erased):
                    self._passing.forget(event.cid)
                elif isinstance(event.what, Exported | ExportEnded):
                    await self._tidy(event.cid)

    async def boxes(self, batch: Sequence[Event]) -> dict[str, str]:
        """The boxed keys of the conversations that are opened in a batch."""
        cids = [event.cid for event in batch if isinstance(event.what, Opened)]
        found = await self._shelf.openings(cids) if cids else {}
        return {cid: opening.box for cid, opening in found.items()}

    def views(self, event: Event, box: str) -> Views:
        """What each console gets of an event, as things stand now."""
        return Views(event, self._registrar.queue.get(event.cid), box)

    def tell_visitor(self, port: VisitorPort, event: Event, *, replay: bool) -> None:
        """Send a page what it may know of an event, once."""
        if event.seq <= port.cursor:
            return
        port.cursor = event.seq
        frame = visitors_view(event, replay=replay)
        if frame is not None:
            port.put(codec.padded(frame))
        if isinstance(frame, Gone):
            port.end(NORMAL)

    def _tell_visitors(self, event: Event) -> None:
        for port in self._connected.pages_of(event.cid):
            if port.ready:
                self.tell_visitor(port, event, replay=False)

    def _tell_desks(self, event: Event, box: str) -> None:
        views = self.views(event, box)
        for port in self._connected.desks:
            if port.ready and event.seq > port.cursor:
                port.cursor = event.seq
                frame = views.frame(port.kid, port.role)
                if frame is not None:
                    port.put(frame)

    async def _tidy(self, cid: str) -> None:
        """Another relay may have begun or ended an export: what does not stand has no key here, either."""
        conversation = self._registrar.queue.get(cid)
        export = conversation.export if conversation else None
        with contextlib.suppress(Refused):  # it is done again at the next start
            await self._shelf.drop_exports(cid, but=export.id if export else "")


def visitors_view(event: Event, *, replay: bool) -> Stored | Ack | Gone | None:
    """What a visitor's page gets of an event: an allow-list, so that no kind is ever shown by accident."""
    match event.what:
        case Said(env=env) if env is not None:
            if event.by == VISITOR and not replay:
                return Ack(event.id, event.seq, event.at)
            return Stored(event.seq, event.at, env.h, env.n, env.c)
        case Opened():
            return Ack(event.id, event.seq, event.at)
        case Erased():
            return Gone()
        case _:
            return None
