"""A room without a relay and without a room's system: events are handed to it, and what it would tell is looked at."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from officer_console.client.keychain import Keychain, RelayPin
from officer_console.client.patrol_seal import seal_patrol
from officer_console.dispatch.answers import Answers
from officer_console.dispatch.books import Delivery, Tell
from officer_console.dispatch.cases import Asking, RoomCase
from officer_console.dispatch.delivery import Deliveries
from officer_console.dispatch.posting import Timing
from officer_console.dispatch.room import Room, RoomKeys
from officer_console.dispatch.service import Membership, open_store
from officer_console.model.events import Erased, Event, PatrolCancelled, PatrolRequested, PatrolStatus
from officer_console.model.patrol import dump_request
from officer_console.protocol.commands import TellPatrol
from officer_console.protocol.desk_session import Answered
from officer_console.protocol.desk_session import Tell as LinkTold
from officer_console.protocol.frames import Happened, Here, Welcome
from tests.relay.peers import Station, random_id

from .desk import REQUEST, identity_of, settings
from .fake_room import SECRET

CID = random_id()


class Noted:
    """A connector that only notes what it gets."""

    def __init__(self) -> None:
        self.got: list[tuple[RoomCase, Asking]] = []

    takes_callbacks = True

    def asked(self, room: Room, case: RoomCase, asking: Asking) -> None:
        self.got.append((case, asking))

    async def run(self, room: Room) -> None:
        raise NotImplementedError


class Offline:
    """See the module. `log` are the events so far; `clock` can be moved."""

    def __init__(
        self, folder: Path, station: Station | None = None, exercise: bool = False, real: bool = False
    ) -> None:
        self.clock = time.time_ns() // 1_000_000
        self.station = station or Station(self.clock // 1000)
        self.officer, _ = self.station.enrol("Ana", "officer")
        self.keys, _ = self.station.enrol("Salle", "dispatch")
        self.folder = folder
        self.log: list[Event] = []
        self.exercise = exercise
        self.real = real
        self.noted = Noted()
        self.open()

    def open(self, folder: Path | None = None) -> None:
        """Begin anew, as after a restart; in another folder, as after a loss."""
        chain = RoomKeys(identity_of(self.station, self.keys), self.station.directory, RelayPin())
        self.mine = Membership("http://127.0.0.1:1", chain, folder or self.folder)
        self.store = open_store(self.mine)
        config = settings("http://127.0.0.1:1/", exercise=self.exercise)
        no_poster: Any = None
        self.deliveries = Deliveries(config, self.store, [SECRET], no_poster, time.time, Timing())
        connector = self.deliveries if self.real else self.noted
        self.room = Room(
            self.mine.relay_url, chain, self.store, connector,
            exercise=self.exercise, keep_h=72, remember=lambda chain: None, clock=lambda: self.clock,
        )  # fmt: skip
        self.answers = Answers(self.room, self.deliveries, self.store)

    def close(self) -> None:
        self.store.close()

    # ---- what the relay sends ----

    def catch_up(self) -> None:
        """Log in, get all that is missing, and all is here."""
        self.room._told(LinkTold(Welcome("", "dispatch", self.clock, 0, [], [])))
        for event in [each for each in self.log if each.seq > self.store.cursor]:
            self.room._told(LinkTold(Happened(event)))
        self.room._told(LinkTold(Here(len(self.log))))

    def happened(self, event: Event) -> None:
        self.room._told(LinkTold(Happened(event)))

    def asks(self, request: Any = REQUEST, *, cid: str = CID, id: str = "", cancel: str = "", live: bool = True) -> str:
        """An officer asks or cancels; gives the id."""
        chain = Keychain(identity_of(self.station, self.officer), self.station.directory, RelayPin())
        id = id or random_id()
        act, text = ("cancel", cancel) if cancel else ("request", dump_request(request))
        do = seal_patrol(chain, cid, id, act, text, self.clock)  # type: ignore[arg-type]
        what = (PatrolCancelled if cancel else PatrolRequested)(do.h, do.sig, "", tuple(do.rooms))
        self.append(cid, id, self.officer.kid, what, live)
        return id

    def append(self, cid: str, id: str, by: str, what: Any, live: bool = True) -> Event:
        event = Event(len(self.log) + 1, self.clock, cid, id, by, what)
        self.log.append(event)
        if live:
            self.happened(event)
        return event

    def erases(self, cid: str = CID) -> None:
        self.append(cid, "erased", "v", Erased())

    # ---- what it would tell ----

    def untold(self) -> list[Tell]:
        book = self.room._tells.book
        return [tell for _, id in book.open() if (tell := book.get(id))]

    def store_tells(self, live: bool = True) -> None:
        """The relay takes all that is told."""
        for tell in self.untold():
            do = tell.do
            self.append(do.cid, do.id, self.keys.kid, PatrolStatus(do.h, do.sig), live)
            if live:
                assert do.id not in [id for _, id in self.room._tells.book.open()]

    def delivery(self, id: str, **fields: Any) -> Delivery:
        """Put a message where it would be after some tries."""
        found = self.deliveries.book.get(id)
        assert found is not None
        with self.store.change():
            self.deliveries.book.keep(msgspec.structs.replace(found, **fields))
        return found


class Wires:
    """A link that answers as it is told: `answers` by the order of the commands, after those ""."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.given: list[TellPatrol] = []

    def command(self, do: Any, answered: Any) -> bool:
        self.given.append(do)
        code = self.answers.pop(0) if self.answers else ""
        if code != "lost":
            answered(Answered(None, code=code))
        return True


@contextlib.contextmanager
def offline(**options: Any) -> Iterator[Offline]:
    with tempfile.TemporaryDirectory() as folder:
        it = Offline(Path(folder), **options)
        try:
            yield it
        finally:
            it.close()
