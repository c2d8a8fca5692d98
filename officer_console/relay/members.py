"""The desk's directory as the relay has it: it checks every statement and can sign none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from officer_console.protocol.commands import Entry, Heads, Wrap
from officer_console.protocol.frames import Bundle
from officer_console.protocol.refusals import Refused
from officer_console.vault.base64url import b64, unb64
from officer_console.vault.chain import KEY_HOLDERS, Directory, Member
from officer_console.vault.directory import page_bundle
from officer_console.vault.errors import VaultError

from .log.interface import Clock, Conflict, DirectoryStore, KeyShelf, Statement
from .sizes import BOX_SIZES, require_sizes

Watcher = Callable[[Sequence[Entry], Sequence[Wrap]], None]


class Members:
    """The verified directory, extended only by what continues it. `clock` in ms."""

    def __init__(self, store: DirectoryStore, shelf: KeyShelf, clock: Clock) -> None:
        self.directory = Directory()
        self._store = store
        self._shelf = shelf
        self._clock = clock
        self._watchers: list[Watcher] = []
        self._extending = asyncio.Lock()
        self._work: set[asyncio.Task[None]] = set()

    async def load(self) -> None:
        """Read and verify all that is stored. Raises Untrusted when the files were tampered with."""
        statements = await self._store.statements()
        if statements:
            self.directory = Directory.verify(statements)

    async def refresh(self, wraps: Sequence[Wrap] = ()) -> None:
        """Another relay has extended what is stored. Raises VaultError when that does not continue what we have."""
        async with self._extending:
            size = self.directory.size
            more = (await self._store.statements())[size:]
            if more:
                self.directory = self.directory.extend(more) if size else Directory.verify(more)
            entries = self.entries_after(size)
        if entries or wraps:
            for watcher in self._watchers:
                watcher(entries, wraps)

    @property
    def founded(self) -> bool:
        return self.directory.size > 0

    @property
    def root(self) -> str | None:
        """The root key's public half, or None before the founding."""
        return b64(self.directory.root) if self.founded else None

    def heads(self) -> Heads:
        return Heads(self.directory.size, b64(self.directory.head))

    def member(self, kid: str) -> Member:
        """Who has this key, now. Raises VaultError."""
        return self.directory.member(kid, self._now())

    def bundle(self) -> Bundle | None:
        """The chain that a visitor's page checks; None when no desk key is valid."""
        try:
            return Bundle(**page_bundle(self.directory, self._now()))
        except VaultError:
            return None

    def desk_keys(self) -> frozenset[str]:
        """Names of the desk keys under which a conversation may be opened now, with a day's slack for slow clocks."""
        now, day = self._now(), 86_400
        keys = self.directory.desk_keys.values()
        return frozenset(key.kid for key in keys if key.use == "live" and key.nbf - day <= now <= key.exp + day)

    def entries_after(self, size: int) -> list[Entry]:
        return [Entry(each.s, each.sig) for each in self.directory.entries[size:]]

    async def known_to(self, kid: str, size: int) -> tuple[list[Entry], list[Wrap]]:
        """The statements after the first `size`, and all desk keys that are wrapped for a member, of one moment."""
        async with self._extending:
            wraps = [Wrap(key, kid, box) for key, box in await self._shelf.wraps(kid)]
            return self.entries_after(size), wraps

    def require(self, seen: Heads) -> None:
        """Raises Refused("directory") unless our list continues the one that somebody saw."""
        try:
            self.directory.require(seen.size, unb64(seen.head, 32))
        except VaultError:
            raise Refused("directory") from None

    def watch(self, watcher: Watcher) -> None:
        """Be told of every extension."""
        self._watchers.append(watcher)

    async def extend(self, entries: Sequence[Entry], wraps: Sequence[Wrap]) -> None:
        """Take statements that continue the list, and wraps for members. Raises Refused("directory").

        Once begun it is carried through, whatever becomes of who asked for it.
        """
        work = asyncio.create_task(self._extend(entries, wraps))
        self._work.add(work)
        work.add_done_callback(self._work.discard)
        await asyncio.shield(work)

    async def _extend(self, entries: Sequence[Entry], wraps: Sequence[Wrap]) -> None:
        async with self._extending:
            known = {(each.s, each.sig) for each in self.directory.entries}
            entries = [each for each in entries if (each.s, each.sig) not in known]  # sent again, they count once
            try:
                longer = self.directory.extend(entries, self._now())
            except VaultError:
                raise Refused("directory") from None
            for wrap in wraps:
                _require_fitting(wrap, longer)
            await self._keep(entries, wraps)
            self.directory = longer
        for watcher in self._watchers:
            watcher(entries, wraps)

    async def _keep(self, entries: Sequence[Entry], wraps: Sequence[Wrap]) -> None:
        statements = [Statement(each.s, each.sig) for each in entries]
        try:
            await self._store.extend(self.directory.size, statements, [(each.key, each.to, each.box) for each in wraps])
        except Conflict:
            await self.load()
            raise Refused("directory") from None

    def _now(self) -> int:
        return self._clock() // 1000


def _require_fitting(wrap: Wrap, directory: Directory) -> None:
    """A wrap is of a key and for a member of the list, and nobody gets a key that his role must not have."""
    member, key = directory.members.get(wrap.to), directory.desk_keys.get(wrap.key)
    if member is None or key is None or member.role not in KEY_HOLDERS[key.use]:
        raise Refused("directory")
    require_sizes(wrap.box, BOX_SIZES)
