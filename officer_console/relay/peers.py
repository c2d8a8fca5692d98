"""What a relay knows of the other relays of its cluster, and tells them: who is connected where, and what is passed on
without being stored. A relay alone has `Alone`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import msgspec

from officer_console.model.roster import Duty
from officer_console.protocol.frames import DeskLive, Join


class Desk(msgspec.Struct, frozen=True, array_like=True):
    """A console that is logged in at some relay; `duty` how its officer is on duty."""

    kid: str
    role: str
    on_duty: bool
    duty: Duty | None = None


class Peers(Protocol):
    """The other relays. Nothing here waits, and nothing is certain: what they said last, until they fall silent."""

    def desks(self) -> Iterable[Desk]:
        """Consoles at other relays."""
        ...

    def has_page(self, cid: str) -> bool:
        """Whether a page of this conversation is connected to another relay."""
        ...

    def page_came(self, cid: str) -> None:
        """The first page of this conversation is connected here."""
        ...

    def page_left(self, cid: str) -> None:
        """The last page of this conversation has gone from here."""
        ...

    def desks_changed(self) -> None:
        """A console came, went, or changed what it is."""
        ...

    def live_to_desk(self, kid: str, frame: DeskLive) -> None:
        """Pass a live frame on to an officer's consoles at other relays."""
        ...

    def live_to_page(self, frame: DeskLive) -> None:
        """Pass a live frame on to a conversation's pages at other relays."""
        ...

    def break_called(self, kid: str, by: str) -> None:
        """A lead `by` asks an officer to take a break: his consoles at other relays are told."""
        ...

    def asked(self, name: str, join: Join | None) -> None:
        """Somebody here asks to be enrolled; None: no longer."""
        ...


class Alone:
    """There is no other relay."""

    def desks(self) -> Iterable[Desk]:
        return ()

    def has_page(self, cid: str) -> bool:
        return False

    def page_came(self, cid: str) -> None: ...
    def page_left(self, cid: str) -> None: ...
    def desks_changed(self) -> None: ...
    def live_to_desk(self, kid: str, frame: DeskLive) -> None: ...
    def live_to_page(self, frame: DeskLive) -> None: ...
    def break_called(self, kid: str, by: str) -> None: ...
    def asked(self, name: str, join: Join | None) -> None: ...
