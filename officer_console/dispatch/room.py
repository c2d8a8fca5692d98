"""The dispatch side of a desk: requests come in from the relay, opened and checked; a connector takes them to whoever
sends the patrols; what those tell goes back to the officers.

Every step is one transaction of the store. A connector is called inside it, so that what it writes down there and what
it tells are on disk together with the request, or not at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from typing import Final, Protocol

import msgspec

from officer_console.client.api import LinkPhase, LinkState
from officer_console.client.keychain import Keychain
from officer_console.client.link import Link
from officer_console.client.patrol_seal import is_honest
from officer_console.model.callback import callback_header
from officer_console.model.events import (
    CallbackRequested,
    CallbackTold,
    Erased,
    Event,
    PatrolCancelled,
    PatrolRequested,
    PatrolStatus,
)
from officer_console.model.patrol import TOLD, Asked, Case, PatrolState, asked, told
from officer_console.protocol.commands import Wrap
from officer_console.protocol.desk_session import Tell as LinkTold
from officer_console.protocol.frames import Happened, Here, Welcome
from officer_console.vault.chain import Signed
from officer_console.vault.errors import VaultError

from .books import Tell
from .callbacks import CallBackBook, RoomCallBack, open_callback
from .casebook import CaseBook, Place, Told, owner
from .cases import Asking, RoomCase
from .codes import UNSEALED, UNTRUSTED
from .opening import Rejected, officer_name, open_asked
from .store import Store
from .tells import Tells

SWEEP_S: Final = 3600
"""Seconds between two looks for what has been kept long enough."""
HOUR_MS: Final = 3_600_000
_LINKED: Final = frozenset({LinkPhase.CATCHING_UP, LinkPhase.ONLINE})
_log: Final = logging.getLogger("officer_console.dispatch")


class RoomKeys(Keychain):
    """What a member of the dispatch role can sign and open: never anything with a desk key, whoever sends one."""

    def learn(self, entries: Iterable[Signed], wraps: Iterable[Wrap]) -> bool:
        """Take statements; see `Keychain`."""
        return super().learn(entries, ())


class Connector(Protocol):
    """One way to whoever sends the patrols: a room's system, or a dispatcher at a screen."""

    def asked(self, room: Room, case: RoomCase, asking: Asking) -> None:
        """An officer asks (`case.asked == (asking,)`: a new case), knows more (an update), or cancels
        (`asking.cancels`).

        Called once for each, in order, inside the transaction that notes that it was called; `room.tell` joins it.
        Never called for what was rejected: the room has told that. After a lost data folder it comes again for all that
        the log has; then `case` says how far that had come.
        """
        ...

    @property
    def takes_callbacks(self) -> bool:
        """Whether there is a person who reads requests for a call back."""
        ...

    async def run(self, room: Room) -> None:
        """Work until cancelled. It goes on while there is no link to the relay."""
        ...


class Room:
    """One member of the dispatch role at work (see the module).

    `exercise`: it takes requests of a practice desk, and no others. `keep_h`: hours for which a case's words are kept
    once it is over. `remember` is called when the list of officers has grown; `clock` in ms.
    """

    def __init__(  # noqa: PLR0913 - what a room is made of is known at once and never again
        self, url: str, chain: RoomKeys, store: Store, connector: Connector, *,
        exercise: bool, keep_h: int, remember: Callable[[Keychain], None], clock: Callable[[], int],
    ) -> None:  # fmt: skip
        self.exercise = exercise
        self.store = store
        self._chain = chain
        self._connector = connector
        self._keep_ms = keep_h * HOUR_MS
        self._remember = remember
        self._known = chain.heads.size
        self._clock = clock
        self._link = Link(url, chain, lambda: store.cursor, self._told, self._link_changed, clock)
        self._cases = CaseBook(store)
        self._callbacks = CallBackBook(store)
        self._tells = Tells(store, self._cases, chain, self._link, self.now)
        self._catching_up = False
        self._phase = LinkPhase.CONNECTING
        self._subscribers: list[Callable[[], None]] = []
        self._announcing = False

    # ---- what there is ----

    @property
    def link(self) -> LinkState:
        """The connection to the relay, as a console shows it; `unsent` counts what the officers are not told yet."""
        return msgspec.structs.replace(self._link.state, unsent=len(self._tells.book.open()))

    @property
    def desk_name(self) -> str:
        return self._chain.directory.desk

    def now(self) -> int:
        """Milliseconds since 1970 by the relay's clock, as far as it is known."""
        return self._clock() + self._link.state.skew

    def cases(self) -> tuple[RoomCase, ...]:
        """All cases whose words are kept, the oldest first. Raises OSError."""
        return self._cases.cases()

    def case(self, case_id: str) -> RoomCase | None:
        """One of `cases`."""
        return self._cases.case(case_id)

    def standing(self, case_id: str) -> Case | None:
        """A case as the log will have it once all is told, also when its words are dropped."""
        place = self._cases.place(case_id)
        return self._tells.standing(place) if place else None

    def callbacks(self) -> tuple[RoomCallBack, ...]:
        """All requests for a call back that are kept, the oldest first. Raises OSError."""
        return self._callbacks.all()

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` after each change of `cases()` or `link`, soon; gives the function that ends it."""
        self._subscribers.append(changed)
        return lambda: self._subscribers.remove(changed) if changed in self._subscribers else None

    # ---- what a connector does ----

    def tell(self, re: str, state: str, *, unit: str = "", words: str = "", code: str = "", cause: str = "") -> bool:
        """Tell the officers what becomes of a request (`re`: an id of `case.asked`); on disk when this returns.

        `state` of `model.patrol.TOLD`; it is sent in the open, while `unit`, `words` and `code` (of `codes`) are sealed
        to the desk. The same state with the same `cause` is told once; without a cause, the same words are. Gives
        whether it is new. Raises OSError when the disk takes nothing, ValueError for another state or no request.
        """
        if state not in TOLD:
            raise ValueError("not a state that can be told")
        place = self._place(re)
        with self.store.change():
            self.store.afterwards(self._announce)
            return self._tells.tell(place, Tell(place.case_id, re, state, unit, words, code), cause)

    def answer_callback(self, id: str, state: str) -> bool:
        """Take a call back ("taken") or refuse it; on disk when this returns. Gives whether nobody had. Raises
        OSError."""
        known = self._callbacks.get(id)
        if known is None or known.state != "asked":
            return False
        with self.store.change():
            self._callbacks.tell(id, state)
            self._tells.tell_callback(known.cid, id, state)
            self.store.afterwards(self._announce)
        return True

    def retry(self) -> None:
        """Try to reach the relay now."""
        self._link.retry()

    async def run(self) -> None:
        """Keep the link and run the connector, until cancelled."""
        try:
            self._hand_on()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._link.run())
                group.create_task(self._connector.run(self))
                group.create_task(self._sweep())
        finally:
            self._tells.close()
            self._subscribers.clear()

    def _place(self, re: str) -> Place:
        place = self._cases.place(re)
        if place is None:
            raise ValueError("not a request of this room")
        return place

    # ---- what the relay tells ----

    def _told(self, tell: LinkTold) -> None:
        # An OSError ends this connection, and the next one begins after what is on disk.
        match tell.frame:
            case Welcome():
                self._catching_up = True
            case Happened(e=event):
                self._happened(event)
            case Here(seq=seq):
                self._catching_up = False
                with self.store.change():
                    self.store.move(seq)
                self._hand_on()
                self._refuse_callbacks()
                self._tells.linked(True)
        if self._known != self._chain.heads.size:
            self._known = self._chain.heads.size
            with contextlib.suppress(VaultError, OSError):  # a full disk: it is learnt again at the next login
                self._remember(self._chain)

    def _link_changed(self) -> None:
        state = self._link.state
        if state.phase is self._phase:
            return
        _log.log(
            logging.INFO if state.phase in _LINKED else logging.WARNING,
            "link to the relay: %s %s", state.phase, state.problem,
        )  # fmt: skip
        lost, self._phase = self._phase in _LINKED and state.phase not in _LINKED, state.phase
        if lost:
            self._catching_up = False
            self._tells.linked(False, state.problem)
            self._hand_on()
        self._announce()

    def _happened(self, event: Event) -> None:
        with self.store.change():
            if event.seq <= self.store.cursor:
                return
            if isinstance(event.what, Erased):
                self._cases.erase(event.cid)
                if self._callbacks.erase(event.cid):
                    self.store.afterwards(self.store.shred)
            elif is_honest(self._chain, event):
                self._fold(event)
            else:  # no console believes it either
                _log.warning("an event about a patrol is not signed as it must be; it is passed over")
            self.store.move(event.seq)
            if not self._catching_up:
                self._hand_on()
            self.store.afterwards(self._announce)

    def _fold(self, event: Event) -> None:
        match event.what:
            case CallbackRequested():
                return self._called_back(event)
            case CallbackTold(h=h):
                self._callbacks.tell(callback_header(h).case, callback_header(h).state)
                return self._tells.book.done(event.cid, event.id)
        cases = self._cases.fold(event.cid)
        if isinstance(event.what, PatrolStatus):
            self._cases.keep(event.cid, told(cases, event.what.h, event.at))
            if event.by == self._chain.kid:
                self._tells.book.done(event.cid, event.id)
            return
        if owner(cases, event.id):
            return  # a relay that sends it twice
        cancels = isinstance(event.what, PatrolCancelled)
        cases = asked(cases, Asked(event.id, event.by, event.at, cancels))
        case = owner(cases, event.id)
        if case:
            self._cases.keep(event.cid, cases)
            self._take(event, Place(event.cid, case.id))

    def _called_back(self, event: Event) -> None:
        if self._callbacks.get(event.id) is None:
            self._callbacks.keep(open_callback(self._chain, event, self.exercise))
            if not self._catching_up:
                self.store.afterwards(self._refuse_callbacks)

    def _refuse_callbacks(self) -> None:
        """What nobody reads, here or in another room of this desk, is refused: the officer must know."""
        alone = len(self._chain.directory.rooms(self.now() // 1000)) == 1
        unread = alone and not self._connector.takes_callbacks
        for each in self._callbacks.all():
            if each.state == "asked" and (unread or (alone and each.code)):
                self.answer_callback(each.id, "refused")

    def _take(self, event: Event, place: Place) -> None:
        """Open a request, and keep it, rejected or not."""
        assert isinstance(event.what, PatrolRequested | PatrolCancelled)
        if self._cases.place(event.id):  # of another conversation: what the room answers would belong to two
            self._reject(place, event.id, UNTRUSTED)
            return
        cancels, name = isinstance(event.what, PatrolCancelled), officer_name(self._chain, event.by)
        asking = Asking(event.id, event.seq, event.at, event.by, name, cancels)
        try:
            opened = open_asked(self._chain, event, self.exercise)
        except Rejected as rejected:
            asking = msgspec.structs.replace(asking, code=rejected.code)
        else:
            fields = {"request": opened.request, "reason": opened.reason, "said_at": opened.said_at}
            asking = msgspec.structs.replace(asking, **fields)
        self._cases.add(place, asking)
        before = self._cases.told(place.case_id)
        self._cases.tell(place.case_id, Told(before.unit, before.words))  # whoever asks again has answered

    # ---- on to the connector ----

    def _hand_on(self) -> None:
        """Give the connector what it has not got. Older events are gathered first: a later one may say that it had it
        once already, before our data were lost."""
        for id in self._cases.new():
            with self.store.change():
                place = self._place(id)
                case = self._cases.case(place.case_id)
                asking = next(each for each in case.asked if each.id == id) if case else None
                if case and asking and not asking.code:
                    self._connector.asked(self, _up_to(case, asking), asking)
                elif asking and not self._foreign(asking):
                    self._reject(place, id, asking.code)
                self._cases.handed(id)

    def _foreign(self, asking: Asking) -> bool:
        """Whether it was sealed to others, before we belonged to the desk."""
        me = self._chain.member(self._chain.kid)
        return asking.code == UNSEALED and me is not None and asking.at // 1000 < me.nbf

    def _reject(self, place: Place, id: str, code: str) -> None:
        _log.warning("a request was rejected: %s", code)
        # "refused" ends a whole case; what is wrong with a later message must not end one on which a patrol is out.
        state = PatrolState.REFUSED if id == place.case_id and code != UNSEALED else PatrolState.FAILED
        self._tells.tell(place, Tell(place.case_id, id, state, code=code), "")

    # ---- beside ----

    def _announce(self) -> None:
        if self._subscribers and not self._announcing:
            self._announcing = True
            asyncio.get_running_loop().call_soon(self._tell_subscribers)

    def _tell_subscribers(self) -> None:
        self._announcing = False
        for changed in list(self._subscribers):
            changed()

    async def _sweep(self) -> None:
        while True:
            try:
                self._drop_old()
            except OSError:
                _log.exception("what was kept long enough could not be dropped")
            await asyncio.sleep(SWEEP_S)

    def _drop_old(self) -> None:
        with self.store.change():
            dropped = self._cases.drop_old(self.now(), self._keep_ms)
            dropped += self._callbacks.drop_old(self.now() - self._keep_ms)
        if dropped:
            self.store.shred()
            self._announce()


def _up_to(case: RoomCase, asking: Asking) -> RoomCase:
    """The case as it was when this was asked; its state is of now."""
    return msgspec.structs.replace(case, asked=tuple(each for each in case.asked if each.seq <= asking.seq))
