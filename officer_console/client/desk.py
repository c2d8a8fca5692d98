"""The desk as one officer's console has it: `client.api.Desk` over a relay.

It joins the parts: the link brings events to the store, the officer's commands go through the outbox to the link, and
the announcer tells the screens what changed.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from officer_console.model.bodies import Presence
from officer_console.model.queue import Queue
from officer_console.model.roster import Duty
from officer_console.model.text import one_line
from officer_console.model.transcript import Line
from officer_console.protocol.commands import History
from officer_console.protocol.desk_session import Answered, Tell
from officer_console.vault.errors import VaultError
from officer_console.vault.local import LocalSeal

from .announcer import Announcer
from .answers import Answers
from .api import Change, LinkPhase, LinkState
from .caring import Caring
from .claims import Claiming
from .confirming import Confirming
from .disk import Disk
from .drafts import Drafts
from .exporting import Exporting
from .figures import Figuring
from .handovers import HandingOver
from .hearing import Hearing, Parts
from .histories import Histories
from .keychain import Keychain
from .leading import Leading
from .link import Link
from .notices import Notices
from .orders import Orders
from .outbox import Outbox
from .patrols import Patrols
from .presences import Presences
from .record import Record
from .referring import Referring
from .sender import LATER, Sender
from .shift_lead import ShiftLead
from .shifts import Shifts
from .store import Store
from .surroundings import Surroundings
from .talking import Talking
from .tallies import Tallies

NAME_LENGTH: Final = 60
BEGINNING: Final = Duty(since=0)
"""How an officer is on duty who says nothing of it; the shift begins when the relay first sees him."""
_LINKED: Final = frozenset({LinkPhase.CATCHING_UP, LinkPhase.ONLINE})


class OfficerDesk:
    """See `client.api.Desk`, which documents every method. `folder` keeps what is unsent; `remember` is called when
    the list of officers has grown; `clock` in ms, `random_bytes(n)`, `duty` how the shift
    begins."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a desk needs is known at once and never again
        self, url: str, chain: Keychain, folder: Path, remember: Callable[[Keychain], None],
        clock: Callable[[], int], random_bytes: Callable[[int], bytes], duty: Duty = BEGINNING,
    ) -> None:  # fmt: skip
        self.me = chain.kid
        self.queue = queue = Queue(chain.kid)
        self._chain = chain
        self._clock = clock
        self._announcer = announcer = Announcer()
        self._disk = Disk(folder, LocalSeal(chain.identity))
        self._outbox = outbox = Outbox(self._disk)
        self._drafts = Drafts(self._disk, announcer.link)
        self._link = Link(url, chain, lambda: queue.seq, self._told, self._link_changed, clock)
        around = Surroundings(chain, queue, outbox, self._drafts, announcer, clock, self._skew, self._record)
        orders = Orders(around, random_bytes, self._pump)
        self._histories = Histories(self._ask)
        self._presences = Presences(self._send_live, announcer.conversation, clock, random.randint)
        self._tallies = tallies = Tallies(self._drafts, self._link.command, clock, orders.new_id, random.randint)
        self.shift = Shifts(around, duty, self._link.command)
        self.signals = Confirming(around, orders, self._read_waiting)
        self.claims = Claiming(around, orders, self.shift, self.signals, tallies)
        self.patrols = Patrols(around, orders, self._lines, self._say)
        self.referrals = Referring(around, orders)
        self.enrolment = ShiftLead(chain, url, self._link.command, announcer.notice, announcer.newcomers, clock)
        self._store = Store(chain, queue, announcer, self._histories, outbox.of, self.patrols)
        self.talk = Talking(around, orders, self._store, self._presences)
        self._answers = Answers(outbox, self._drafts, self._disk, self._store.known, announcer, self.claims)
        self._sender = Sender(outbox, self._link, self._answers.done, self._answers.refused, self.patrols.held, clock)
        self.figures = Figuring(self._link.command, tallies.add)
        self.handovers = HandingOver(around, orders, self._lines, self.signals, self.referrals, self.shift)
        self.care = Caring(around, self.signals, self.shift)
        self.lead = Leading(around, orders, self._link.command)
        self.exports = Exporting(around, orders, self._link.command, self.enrolment.practice_key, self._store)
        self._hearing = Hearing(chain, self._heard(Notices(queue, announcer.notice)), remember)

    def _heard(self, notices: Notices) -> Parts:
        return Parts(
            self._store, self.talk, self._histories, self._presences, self._sender, notices, self.patrols,
            self._answers, self.enrolment, self.shift, self._tallies, self.figures, self.handovers, self.care,
            self.lead, self.exports,
        )  # fmt: skip

    @property
    def role(self) -> str:
        return self._store.role

    @property
    def practice(self) -> bool:
        return self._chain.directory.use == "practice"

    @property
    def link(self) -> LinkState:
        desk = one_line(self._chain.directory.desk, NAME_LENGTH)
        unsent, disk = len(self._outbox), self._drafts.problem
        return msgspec.structs.replace(self._link.state, unsent=unsent, desk_name=desk, disk=disk)

    @property
    def key_ends(self) -> int:
        try:
            return self._chain.directory.desk_key(self.now() // 1000).exp * 1000
        except VaultError:
            return 0

    def now(self) -> int:
        return self._clock() + self._skew()

    def name(self, kid: str) -> str:
        if member := self._chain.member(kid):
            return one_line(member.name, NAME_LENGTH)
        return next((each.name for each in self.enrolment.newcomers if each.kid == kid), kid)

    def open(self, cid: str) -> None:
        self._store.show(cid)

    def subscribe(self, told: Callable[[Change], None]) -> Callable[[], None]:
        return self._announcer.subscribe(told)

    def retry(self) -> None:
        self._link.retry()

    async def run(self) -> None:
        self.patrols.begin()
        try:
            await self._link.run()
        finally:
            self.patrols.close()
            self._sender.close()
            self._tallies.close()
            self._presences.close()
            self._store.close()
            self._announcer.close()
            with contextlib.suppress(OSError):
                await self._drafts.close()
            self._disk.close()

    # The parts ask for each other while the desk is put together: hence these.

    def _pump(self) -> None:
        self._sender.pump()

    def _skew(self) -> int:
        return self._link.state.skew

    def _record(self, cid: str) -> Record | None:
        return self._store.known(cid)

    def _read_waiting(self) -> None:
        self._store.read_waiting()

    def _lines(self, cid: str) -> Sequence[Line]:
        return self.talk.lines(cid)

    def _say(self, cid: str, text: str, case: str) -> None:
        self.talk.write(cid, text, case)

    def _told(self, tell: Tell) -> None:
        self._hearing.told(tell)

    def _link_changed(self) -> None:
        self._hearing.linked(self._link.state.phase in _LINKED)
        self._announcer.link()

    def _send_live(self, cid: str, presence: Presence) -> None:
        record = self._record(cid)
        if record and record.channel:
            self._link.send(record.channel.seal_live(presence, self._clock() // 1000))

    def _ask(self, cid: str) -> None:
        def answered(answer: Answered) -> None:
            if answer.code in LATER:
                self._histories.refused(cid)
            elif answer.code:
                self._histories.end(cid)

        self._link.command(History(cid), answered)
