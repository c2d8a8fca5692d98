"""What the officers are told: made once, on disk before it is sent, sent byte for byte until the relay has it.

In order within a conversation; conversations don't wait for each other.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

import msgspec

from officer_console.client.keychain import Keychain
from officer_console.client.patrol_seal import seal_callback_told, seal_told
from officer_console.model.bodies import PatrolTold
from officer_console.model.envelope import PatrolStatusHeader
from officer_console.model.patrol import QUESTION, Case, told
from officer_console.model.text import displayable, one_line
from officer_console.protocol.commands import Command, TellPatrol
from officer_console.protocol.desk_session import Answered
from officer_console.vault.base64url import b64
from officer_console.vault.errors import VaultError

from .books import Tell, TellBook
from .casebook import CaseBook, Place, Told, owner
from .store import Store

WORDS: Final = 400
UNIT: Final = 60
"""Characters that are told at most."""
GONE: Final = frozenset({"erased", "unknown"})
"""Refusals that mean: the officers' side of this case is no more."""
POINTLESS: Final = frozenset({"no_case", "state", "conflict"})
"""Refusals of what the log will never take, or has already."""
CHOKES: Final = frozenset({"malformed", "too_large", "unexpected", "bad_signature", "replayed"})
"""Refusals at which the relay cuts a connection because of what was sent over it."""
AGAIN_S: Final = (1.0, 30.0)
"""Seconds before something is sent again that was refused for now: the first time, and at most."""
STRIKES: Final = 3
"""A command at which the relay has cut the connection so many times is not sent any more by this process: it must not
keep the others from being told."""
_log: Final = logging.getLogger("officer_console.dispatch")


class Wires(Protocol):
    """What carries commands; False when there is no link."""

    def command(self, do: Command, answered: Callable[[Answered], None]) -> bool: ...


class Tells:
    """See the module. `now` in ms by the relay's clock."""

    def __init__(self, store: Store, cases: CaseBook, chain: Keychain, wires: Wires, now: Callable[[], int]) -> None:
        self.book = TellBook(store)
        self._store = store
        self._cases = cases
        self._chain = chain
        self._wires = wires
        self._now = now
        self._linked = False
        self._on_way: dict[str, str] = {}  # id -> conversation
        self._resting: set[str] = set()
        self._strikes: dict[str, int] = {}
        self._wait_s = AGAIN_S[0]
        self._timer: asyncio.TimerHandle | None = None

    def tell(self, place: Place, tell: Tell, cause: str) -> bool:
        """Keep something to tell (its `do` is made here), and send it; False when it was told before. Without a `cause`
        the same words are told once."""
        id = tell_id(tell, cause)
        if self.book.known(id):
            return False
        tell = _clean(tell)
        tell = msgspec.structs.replace(tell, do=self._sealed(place.cid, id, tell))
        with self._store.change():
            self.book.add(tell)
            self._note(tell)
            if self._cases.erased(place.cid):
                self._keep_here(tell)
            self._store.afterwards(self.pump)
        return True

    def tell_callback(self, cid: str, id: str, state: str) -> None:
        """Keep that a call back was taken or refused, and send it."""
        tell = Tell(id, id, state)
        header = PatrolStatusHeader(
            cid=cid, kid="", s=self._chain.kid, id=tell_id(tell, ""), case=id, re=id, state=state, at=self._now()
        )
        with self._store.change():
            self.book.add(msgspec.structs.replace(tell, do=seal_callback_told(self._chain, header)))
            self._store.afterwards(self.pump)

    def standing(self, place: Place) -> Case | None:
        """The case as the log will have it once all is told."""
        cases = self._cases.fold(place.cid)
        for tell in self.book.of(place.cid):
            cases = told(cases, tell.do.h, self._now())
        return owner(cases, place.case_id)

    # ---- sending ----

    def linked(self, linked: bool, problem: str = "") -> None:
        """There is a link with nothing missing, or no more, because of this `problem`."""
        if problem in CHOKES:
            for id in self._on_way:
                self._strikes[id] = self._strikes.get(id, 0) + 1
        self._linked = linked
        self._on_way.clear()
        self._wake()

    def pump(self) -> None:
        """Send what can be sent now."""
        if not self._linked:
            return
        busy = set(self._on_way.values()) | self._resting
        for cid, id in self.book.open():
            if cid in busy or self._strikes.get(id, 0) >= STRIKES:
                continue
            busy.add(cid)
            tell = self.book.get(id)
            if tell is None:
                continue
            self._on_way[id] = cid
            if not self._wires.command(tell.do, partial(self._answered, tell)):
                del self._on_way[id]

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _answered(self, tell: Tell, answer: Answered) -> None:
        self._on_way.pop(tell.do.id, None)
        code = answer.code
        if code and code not in GONE | POINTLESS:
            self._again(tell, code)
        else:
            self._wait_s = AGAIN_S[0]
            self._end(tell, code)
        self.pump()

    def _end(self, tell: Tell, code: str) -> None:
        if code:
            _log.info("what became of a case was not taken by the relay: %s", code)
        with self._store.change():
            if code in GONE:
                self._keep_here(tell)
            else:
                self.book.done(tell.do.cid, tell.do.id)

    def _again(self, tell: Tell, code: str) -> None:
        _log.warning("what became of a case is told again later: the relay answers %s", code)
        self._resting.add(tell.do.cid)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._wait_s, self._wake)
            self._wait_s = min(2 * self._wait_s, AGAIN_S[1])

    def _wake(self) -> None:
        self.close()
        self._resting.clear()
        self.pump()

    # ---- making ----

    def _sealed(self, cid: str, id: str, tell: Tell) -> TellPatrol:
        now, kid = self._now(), self._chain.kid
        header = PatrolStatusHeader(
            cid=cid, kid="", s=kid, id=id, case=tell.case_id, re=tell.re, state=tell.state, at=now
        )
        body = PatrolTold(ts=now, b=tell.words, unit=tell.unit, code=tell.code) if tell.has_words else None
        try:
            return seal_told(self._chain, header, body)
        except VaultError:
            _log.warning("the desk has no key: the officers get a state without its words")
            return seal_told(self._chain, header, None)

    def _note(self, tell: Tell) -> None:
        before = self._cases.told(tell.case_id)
        question = tell.words if tell.state == QUESTION else before.question
        self._cases.tell(tell.case_id, Told(tell.unit or before.unit, tell.words or before.words, question))

    def _keep_here(self, tell: Tell) -> None:
        """There is no conversation any more that the log would keep it in; the case goes on, here."""
        cid = tell.do.cid
        if isinstance(tell.do, TellPatrol):
            self._cases.keep(cid, told(self._cases.fold(cid), tell.do.h, self._now()))
        self.book.done(cid, tell.do.id)


def tell_id(tell: Tell, cause: str) -> str:
    """The event's id, the same when the same is told again."""
    cause = cause or f"{tell.code}\n{tell.unit}\n{tell.words}"
    told = "\n".join((tell.case_id, tell.re, tell.state, cause))
    return b64(hashlib.sha256(told.encode(errors="replace")).digest()[:16])


def _clean(tell: Tell) -> Tell:
    """Nothing that the relay or a console would stumble over."""
    unit, words = one_line(tell.unit, UNIT), displayable(tell.words, limit=WORDS).strip()
    return msgspec.structs.replace(tell, unit=unit, words=words)
