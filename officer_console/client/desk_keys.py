"""The desk's keys as one member has them: what opens conversations, and what opens those that are practised on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from officer_console.locale import _
from officer_console.protocol.commands import Wrap
from officer_console.vault.base64url import b64, unb64
from officer_console.vault.chain import DeskKey, Directory, Member
from officer_console.vault.envelopes import wrap_desk_key
from officer_console.vault.errors import CannotOpen, VaultError
from officer_console.vault.identity import Identity
from officer_console.vault.opening import unwrap_desk_key
from officer_console.vault.statements import DAY, Use

SPEAKERS: Final = frozenset({"officer", "lead"})
"""Roles whose words a transcript shows, and who hold the live desk keys."""


class DeskKeys:
    """`directory()` gives the list of officers as it is known now. Keys are called by their kid."""

    def __init__(self, identity: Identity, directory: Callable[[], Directory]) -> None:
        self._identity = identity
        self._directory = directory
        self._privs: dict[str, bytes] = {}

    def __len__(self) -> int:
        return len(self._privs)

    def __contains__(self, name: str) -> bool:
        return name in self._privs

    def private(self, name: str) -> bytes:
        """The private half. Raises CannotOpen when we have none of that name."""
        try:
            return self._privs[name]
        except KeyError:
            raise CannotOpen(_("this officer has not been given the desk's key for it")) from None

    def of(self, use: Use) -> list[DeskKey]:
        """Those of the list that we have, the newest first."""
        keys = self._directory().desk_keys.values()
        return sorted((key for key in keys if key.use == use and key.kid in self), key=lambda key: -key.n)

    def in_force(self, at: int) -> list[DeskKey]:
        """Those that visitors may use at `at` (s)."""
        return [key for key in self.of("live") if key.nbf - DAY <= at < key.exp]

    def holders(self, at: int) -> list[Member]:
        """Who gets the live ones at `at` (s): neither trainers nor the dispatch room."""
        return [each for each in self._directory().holders("live", at) if each.role in SPEAKERS]

    def wraps(self, name: str, members: Iterable[Member]) -> list[Wrap]:
        """One, sealed for each of these members. Raises CannotOpen."""
        priv = self.private(name)
        return [Wrap(name, each.kid, b64(wrap_desk_key(each.box_pub, name, priv))) for each in members]

    def wraps_for(self, member: Member, most: int) -> list[Wrap]:
        """The newest live ones, at most so many, sealed for somebody who is new."""
        return [wrap for key in self.of("live")[:most] for wrap in self.wraps(key.kid, [member])]

    def add(self, name: str, priv: bytes) -> None:
        """Keep one that we made ourselves."""
        self._privs[name] = priv

    def take(self, wrap: Wrap) -> None:
        """Keep what was sealed for us, if it is of a key of the list."""
        if wrap.key in self or wrap.key not in self._directory().desk_keys:
            return
        for box_priv in filter(None, (self._identity.box_priv, self._identity.old_box_priv)):
            try:
                self._privs[wrap.key] = unwrap_desk_key(box_priv, wrap.key, unb64(wrap.box))
                return
            except VaultError:
                continue  # sealed for the other box key, or not honestly: then what it opens stays closed

    def forget(self) -> None:
        """Drop them all."""
        self._privs.clear()
