"""Who is connected: the pages and consoles of this relay, and what is known of those of the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from officer_console.model.rules import ANSWERS

from .following import DeskPort, VisitorPort
from .peers import Desk, Peers
from .roster import Roster
from .wire import framed


class Connected:
    """All connections of this relay that have said who they are. `peers` are the other relays."""

    def __init__(self, roster: Roster, peers: Peers) -> None:
        self.pages: set[VisitorPort] = set()
        self.desks: set[DeskPort] = set()
        self._visitors: defaultdict[str, set[VisitorPort]] = defaultdict(set)
        self._peers = peers
        self._roster = roster
        roster.elsewhere = peers.desks

    # ---- pages ----

    def joins(self, port: VisitorPort, cid: str) -> None:
        """A page is that of a conversation's visitor."""
        port.cid = cid
        if cid not in self._visitors:
            self._peers.page_came(cid)
        self._visitors[cid].add(port)

    def leaves(self, port: VisitorPort) -> None:
        """A page's connection has ended."""
        self.pages.discard(port)
        self._visitors[port.cid].discard(port)
        if not self._visitors[port.cid]:
            del self._visitors[port.cid]
            if port.cid:
                self._peers.page_left(port.cid)

    def pages_of(self, cid: str) -> Collection[VisitorPort]:
        """A conversation's pages that are connected here."""
        return self._visitors.get(cid, ())

    def visitor_here(self, cid: str) -> bool:
        """Whether a page of this conversation is connected, here or to another relay."""
        return cid in self._visitors or self._peers.has_page(cid)

    def own_pages(self) -> list[str]:
        """Conversations whose pages are connected here."""
        return list(self._visitors)

    # ---- consoles ----

    def all_desks(self) -> list[Desk]:
        """All consoles, here and at other relays."""
        return [*self.own_desks(), *self._peers.desks()]

    def own_desks(self) -> list[Desk]:
        """The consoles of this relay."""
        duty = self._roster.duty
        return [Desk(port.kid, port.role, port.on_duty, duty(port.kid)) for port in self.desks]

    def on_duty(self) -> list[str]:
        """Officers and leads who are connected and follow."""
        return sorted({desk.kid for desk in self.all_desks() if desk.on_duty and desk.role in ANSWERS})

    def rooms(self) -> list[str]:
        """Members of the dispatch role who are connected and follow."""
        return sorted({desk.kid for desk in self.all_desks() if desk.on_duty and desk.role == "dispatch"})

    def console_here(self, kid: str) -> bool:
        """Whether a console of this officer is connected here and follows."""
        return any(port.kid == kid and port.on_duty for port in self.desks)

    def to_all_desks(self, text: str, role: str | None = None) -> None:
        """Send a frame to all consoles here that are logged in (of a role)."""
        frame = framed(text)
        for port in self.desks:
            if role in (None, port.role):
                port.put(frame)
