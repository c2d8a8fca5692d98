"""What waits in the store: messages for the room, things to tell the officers; and which webhooks have come."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from officer_console.protocol.commands import TellCallback, TellPatrol

from .store import Store

DeliveryState = Literal["waiting", "taken", "failed", "dropped"]
"""Of a message: it is tried, the room's system has it, it is not tried any more, a cancelling made it pointless."""


class Delivery(msgspec.Struct, frozen=True):
    """One message for the room's system. Times in ms by the relay's clock.

    `opens`: it goes (or went) as the message that opens the case there. `first` when it was tried first, `next` when it
    is tried next, 0: at once. `code` what was told of it last. `reached`: the room's system may have it, whatever it
    answered.
    """

    seq: int
    id: str
    case_id: str
    expires: int
    cancels: bool = False
    opens: bool = False
    state: DeliveryState = "waiting"
    first: int = 0
    next: int = 0
    tries: int = 0
    code: str = ""
    reached: bool = False


_delivery: Final = msgspec.json.Decoder(Delivery)


class DeliveryBook:
    """The messages, in the order of the log. What changes something is called inside `store.change`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, delivery: Delivery) -> None:
        """Add a message, or put it in the place of what it was."""
        query = (
            "INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, NULL)"
            " ON CONFLICT (seq) DO UPDATE SET state = excluded.state, plan = excluded.plan"
        )
        plan = msgspec.json.encode(delivery)
        self._store.write(query, delivery.seq, delivery.id, delivery.case_id, delivery.state, plan)

    def get(self, id: str) -> Delivery | None:
        row = self._store.row("SELECT plan FROM deliveries WHERE id = ?", id)
        return _delivery.decode(row[0]) if row else None

    def of(self, case_id: str) -> list[Delivery]:
        """Those of a case."""
        rows = self._store.rows("SELECT plan FROM deliveries WHERE case_id = ? ORDER BY seq", case_id)
        return [_delivery.decode(plan) for (plan,) in rows]

    def opener(self, case_id: str) -> Delivery | None:
        """The message by which the room's system has the case, or may have it."""
        opening = [each for each in self.of(case_id) if each.opens]
        return max(opening, key=lambda each: (each.state == "taken", each.reached, -each.seq), default=None)

    def waiting(self) -> list[Delivery]:
        """All that are tried."""
        rows = self._store.rows("SELECT plan FROM deliveries WHERE state = 'waiting' ORDER BY seq")
        return [_delivery.decode(plan) for (plan,) in rows]

    def message(self, id: str) -> bytes | None:
        """The bytes that went out at the first try."""
        row = self._store.row("SELECT message FROM deliveries WHERE id = ?", id)
        return self._store.open(f"message {id}", row[0]) if row and row[0] else None

    def keep_message(self, id: str, message: bytes) -> None:
        self._store.write(
            "UPDATE deliveries SET message = ? WHERE id = ?", self._store.seal(f"message {id}", message), id
        )


class Tell(msgspec.Struct, frozen=True):
    """Something to tell of the request `re` of a case (or of a call back, which is its own case), and `do`, the command
    as it is sent."""

    case_id: str
    re: str
    state: str
    unit: str = ""
    words: str = ""
    code: str = ""
    do: TellPatrol | TellCallback = TellPatrol("", "", "", "")

    @property
    def has_words(self) -> bool:
        return bool(self.unit or self.words or self.code)


_tell: Final = msgspec.json.Decoder(Tell)


class TellBook:
    """What the relay has not answered yet, in order; of the rest, the ids. Changes are made inside `store.change`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, tell: Tell) -> bool:
        """Gives whether it is new."""
        id, cid = tell.do.id, tell.do.cid
        query = "INSERT OR IGNORE INTO tells (cid, id, words) VALUES (?, ?, ?)"
        return self._store.write(query, cid, id, self._sealed(tell)) == 1

    def known(self, id: str) -> bool:
        """Whether this was told, or is to be told."""
        return self._store.row("SELECT 1 FROM tells WHERE id = ?", id) is not None

    def open(self) -> list[tuple[str, str]]:
        """Conversation and id of each that waits, in order."""
        return self._store.rows("SELECT cid, id FROM tells WHERE words IS NOT NULL ORDER BY n")

    def get(self, id: str) -> Tell | None:
        row = self._store.row("SELECT words FROM tells WHERE id = ?", id)
        return _tell.decode(self._store.open(f"tell {id}", row[0])) if row and row[0] else None

    def of(self, cid: str) -> list[Tell]:
        """All about patrols that wait for a conversation, in order."""
        found = (self.get(id) for of, id in self.open() if of == cid)
        return [tell for tell in found if tell and isinstance(tell.do, TellPatrol)]

    def done(self, cid: str, id: str) -> None:
        """The log has it, or never will; also for one that was told from a folder that is lost."""
        self._store.write("INSERT OR IGNORE INTO tells (cid, id) VALUES (?, ?)", cid, id)
        self._store.write("UPDATE tells SET words = NULL WHERE id = ?", id)

    def _sealed(self, tell: Tell) -> bytes:
        return self._store.seal(f"tell {tell.do.id}", msgspec.json.encode(tell))


SEEN_S: Final = 86_400
"""Seconds for which the ids of webhooks are remembered; older ones are refused for their age."""


class SeenBook:
    """Which webhooks have come. `now` in s."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def has(self, id: str) -> bool:
        return self._store.row("SELECT 1 FROM seen WHERE id = ?", id) is not None

    def add(self, id: str, now: int) -> None:
        self._store.write("DELETE FROM seen WHERE at < ?", now - SEEN_S)
        self._store.write("INSERT OR IGNORE INTO seen VALUES (?, ?)", id, now)
