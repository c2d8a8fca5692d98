"""How every part of the desk gives a command: when the rules allow it, sealed, into the outbox, and to the relay."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from officer_console.model.rules import may_append, parts_of
from officer_console.protocol.refusals import Refused
from officer_console.vault.base64url import b64
from officer_console.vault.errors import Malformed, VaultError

from .outbox import Order, Unsent
from .surroundings import Surroundings

Sealed = TypeVar("Sealed")


class Orders:
    """`random_bytes(n)`; `pump()` sends what can be sent."""

    def __init__(self, around: Surroundings, random_bytes: Callable[[int], bytes], pump: Callable[[], None]) -> None:
        self._around = around
        self._role = around.chain.role
        self._random = random_bytes
        self._pump = pump

    def new_id(self) -> str:
        """An event's."""
        return b64(self._random(16))

    def require(self, cid: str, kind: str) -> None:
        """Raises Refused unless the rules let this officer append an event of this kind."""
        conversation, me = self._around.queue.get(cid), self._around.me
        if conversation is None:
            raise Refused("unknown")
        if not may_append(conversation, kind, parts_of(conversation, me, self._role)):
            raise Refused("not_yours" if conversation.holder != me else "state")

    def sealed(self, seal: Callable[[], Sealed]) -> Sealed:
        """What `seal` gives. Raises ValueError for what can't be sealed, Refused("desk_key") when there is no key."""
        try:
            return seal()
        except Malformed as error:
            raise ValueError(str(error)) from None
        except VaultError:
            raise Refused("desk_key") from None

    def submit(self, do: Order, text: str = "") -> None:
        """Put a command into the outbox and send it."""
        self.keep(do, text)
        self.kept(do.cid)

    def keep(self, do: Order, text: str = "") -> Unsent:
        """Put a command into the outbox; it is sent with `kept`."""
        entry = Unsent(do, text, self._around.clock())
        self._around.outbox.add(entry)
        return entry

    def kept(self, cid: str) -> None:
        """The outbox holds something else of a conversation: show it at once, and send what can be sent."""
        self._around.announcer.conversation(cid)
        self._around.announcer.link()
        self._around.announcer.hurry()
        self._pump()
