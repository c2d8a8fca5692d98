"""Consoles that ask to be enrolled, until a shift lead's console has published them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from officer_console.protocol import codec
from officer_console.protocol.frames import Join, Joining
from officer_console.protocol.refusals import Refused
from officer_console.vault.base64url import unb64
from officer_console.vault.errors import BadSignature, VaultError
from officer_console.vault.primitives import kid, verify

from .connected import Connected
from .peers import Peers
from .port import Port

MAX_WAITING = 50


class _Asked(msgspec.Struct, frozen=True):
    sig_pub: str


class Joiners:
    """The relay passes requests on; it knows no invitation's secret and decides nothing."""

    def __init__(self, connected: Connected, peers: Peers) -> None:
        self._connected = connected
        self._peers = peers
        self._elsewhere: dict[str, Join] = {}
        self._waiting: dict[str, tuple[Callable[[], None], Join]] = {}

    def ask(self, join: Join, enrolled: Callable[[], None]) -> None:
        """Pass a request on to all leads who are connected. `enrolled` is called when a lead has enrolled it. Asked
        again by another connection, the newest one is answered. Raises Refused."""
        name = asking(join)
        if len(self._waiting) >= MAX_WAITING and name not in self._waiting:
            raise Refused("busy")
        self._waiting[name] = (enrolled, join)
        self._connected.to_all_desks(_frame(join), "lead")
        self._peers.asked(name, join)

    def elsewhere(self, name: str, join: Join | None) -> None:
        """Somebody asks through another relay; None: no longer."""
        if join is None:
            self._elsewhere.pop(name, None)
        elif name in self._elsewhere or len(self._elsewhere) < MAX_WAITING:
            self._elsewhere[name] = join
            self._connected.to_all_desks(_frame(join), "lead")

    def tell_others(self) -> None:
        """Another relay has come: it hears of all who wait here."""
        for name, (_, join) in self._waiting.items():
            self._peers.asked(name, join)

    def repeat(self, lead: Port) -> None:
        """A lead has connected: tell her of all who wait."""
        for join in (*(join for _, join in self._waiting.values()), *self._elsewhere.values()):
            lead.put(_frame(join))

    def drop(self, join: Join) -> None:
        """Its connection has ended."""
        for name, (_, waiting) in tuple(self._waiting.items()):
            if waiting is join:
                del self._waiting[name]
                self._peers.asked(name, None)

    def enrolled(self, names: Iterable[str]) -> None:
        """These members are in the directory now."""
        for name in self._elsewhere.keys() & set(names):
            del self._elsewhere[name]
        for name in tuple(self._waiting.keys() & set(names)):
            tell, _ = self._waiting.pop(name)
            tell()


def asking(join: Join) -> str:
    """The kid of who asks, who has shown that he has its key. Raises Refused("malformed") or "bad_signature"."""
    try:
        pub = unb64(msgspec.json.decode(join.request, type=_Asked).sig_pub, 65)
        verify(pub, "invite", join.request.encode(), unb64(join.sig, 64))
        return kid(pub)
    except BadSignature:
        raise Refused("bad_signature") from None
    except (msgspec.DecodeError, VaultError):
        raise Refused("malformed") from None


def _frame(join: Join) -> str:
    return codec.encode(Joining(join.invite, join.request, join.mac, join.sig))
