"""Real conversations that are kept to practise on: `client.api.Exports`. Done with a link, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from officer_console.model.conversation import Conversation
from officer_console.model.exports import Export
from officer_console.model.rules import ANSWERS, DESK_ROLES
from officer_console.protocol.commands import Command, EndExport, FetchExport
from officer_console.protocol.desk_session import Answered
from officer_console.protocol.frames import Kept
from officer_console.protocol.refusals import Refused
from officer_console.vault.errors import VaultError

from .export_seal import events_of, read_export, seal_countersign, seal_export
from .orders import Orders
from .store import Store
from .surroundings import Surroundings

Carry = Callable[[Command, Callable[[Answered], None]], bool]
Done = Callable[[str], None]
MAY_FETCH: Final = ANSWERS | {"trainer"}


class _Job(NamedTuple):
    """What has been asked for: `commands` that are still to be given, `done` once they are."""

    commands: list[Command]
    done: Done


class Exporting:
    """See `client.api.Exports`. `carry` gives a command to the link, False when there is none; `practice_key(done)`
    makes the desk's practice key when there is none in force."""

    def __init__(
        self, around: Surroundings, orders: Orders, carry: Carry, practice_key: Callable[[Done], None],
        store: Store,
    ) -> None:  # fmt: skip
        self._around = around
        self._orders = orders
        self._carry = carry
        self._practice_key = practice_key
        self._store = store
        store.read_through = self.read
        self._linked = False
        self._standing: dict[str, Export] = {}
        self._open: set[Done] = set()
        self._fetching: dict[str, Callable[[Kept], None]] = {}
        self._kept: dict[str, Kept] = {}  # as they were fetched, to be countersigned
        self._ending: set[str] = set()

    # ---- what there is ----

    def all(self) -> Sequence[Export]:
        return sorted((each for each in self._standing.values() if each.whole), key=lambda export: -export.at)

    def of(self, cid: str) -> Export | None:
        return self._standing.get(cid)

    # ---- what is asked ----

    def send(self, cid: str, session: bytes, done: Done) -> None:
        if self._around.chain.role not in DESK_ROLES:
            raise Refused("not_yours")
        self._orders.require(cid, "exported")
        if not self._consent(cid):
            raise Refused("consent")
        count = events_of(session)
        self._require_link()

        def sealed(code: str) -> None:
            consent = self._consent(cid)
            if code or not consent:
                return done(code or "consent")
            ids, chain = [self._orders.new_id() for _ in range(count)], self._around.chain
            try:
                commands = seal_export(chain, cid, consent, session, ids, self._around.now())
            except VaultError:
                return done("desk_key")
            self._go_on(_Job([*commands], done))

        self._practice_key(self._once(sealed))

    def fetch(self, cid: str, done: Callable[[bytes, str], None]) -> None:
        if self._around.chain.role not in MAY_FETCH:
            raise Refused("not_yours")
        self._require_link()
        got: list[bytes] = []

        def came(kept: Kept) -> None:
            try:
                got.append(self._read(kept))
                self._kept[cid] = kept
            except (VaultError, Refused):
                self._kept.pop(cid, None)

        def answered(code: str) -> None:
            self._fetching.pop(cid, None)
            done(b"".join(got[-1:]), code or ("" if got else "bad_signature"))

        self._fetching[cid] = came
        self._go_on(_Job([FetchExport(cid)], answered))

    def countersign(self, cid: str, session: bytes, done: Done) -> None:
        self._orders.require(cid, "countersigned")
        export, kept = self.of(cid), self._kept.get(cid)
        if export is None or kept is None:
            raise Refused("no_export")
        if export.by == self._around.me:
            raise Refused("not_yours")
        self._require_link()
        try:
            do = seal_countersign(self._around.chain, kept, session, self._orders.new_id())
        except VaultError:
            raise Refused("bad_signature") from None
        self._go_on(_Job([do], done))

    def withdraw(self, cid: str, done: Done) -> None:
        self._orders.require(cid, "export_ended")
        if self.of(cid) is None:
            raise Refused("no_export")
        self._require_link()
        self._go_on(_Job([EndExport(cid, self._orders.new_id())], done))

    # ---- what the relay tells ----

    def came(self, kept: Kept) -> None:
        """The relay has sent what is kept of a conversation."""
        if told := self._fetching.get(kept.cid):
            told(kept)

    def happened(self, after: Conversation) -> None:
        """Something has happened in a conversation: what is kept of it may be another, or have ended."""
        if after.export is not None:
            self._standing[after.cid] = after.export
        elif self._standing.pop(after.cid, None):
            self._kept.pop(after.cid, None)
            self._ending.discard(after.cid)

    def linked(self, linked: bool) -> None:
        """There is a link with nothing missing, or no more: of what is unanswered nobody knows whether it was done."""
        self._linked = linked
        if not linked:
            self._ending.clear()
            lost, self._open = self._open, set()
            for done in lost:
                done("unsure")

    def read(self, cid: str) -> None:
        """All of a conversation has been read that is here: if her consent does not stand, what is kept ends."""
        export, record = self.of(cid), self._around.record(cid)
        if export is None or record is None or cid in self._ending or not self._linked:
            return
        if record.behind or not record.complete or record.channel is None or record.consent:
            return
        self._ending.add(cid)
        self._go_on(_Job([EndExport(cid, self._orders.new_id())], lambda code: self._ending.discard(cid)))

    # ---- parts of the above ----

    def _read(self, kept: Kept) -> bytes:
        """The session, when it is of whom the events name. Raises VaultError, Refused."""
        read, export = read_export(self._around.chain, kept), self.of(kept.cid)
        if export is None or read.by != export.by or export.countersigned not in ("", read.countersigned):
            raise Refused("bad_signature")
        return read.session

    def _consent(self, cid: str) -> str:
        record = self._store.open_now(cid)
        return record.consent if record.complete and not record.behind else ""

    def _require_link(self) -> None:
        if not self._linked:
            raise Refused("network")

    def _go_on(self, job: _Job) -> None:
        """Give the next command of a job; once it is done, the one after that."""
        done = self._once(job.done)

        def answered(answer: Answered) -> None:
            if done not in self._open:  # the link was lost meanwhile, and it was told
                return
            if answer.code or len(job.commands) == 1:
                return done(answer.code)
            self._open.discard(done)
            self._go_on(_Job(job.commands[1:], job.done))

        if not self._carry(job.commands[0], answered):
            done("network")

    def _once(self, told: Done) -> Done:
        """`told`, called once: by who answers, or when the link is lost before."""

        def done(code: str) -> None:
            self._open.discard(done)
            told(code)

        self._open.add(done)
        return done
