"""The desk as the screens see it: read state, give commands, be told what changed. Nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from officer_console.model.queue import Queue

from .care import Care
from .changes import Change
from .claims import Claims
from .enrolment import Enrolment
from .exports import Exports
from .figures import Figures
from .handovers import HandOvers
from .lead import Lead
from .link import LinkState
from .patrols import PatrolRequests
from .referrals import Referrals
from .shift import Shift
from .signals import Signals
from .talk import Talk

KEY_SHORT_MS: Final = 72 * 3_600_000
"""With less left of the desk's key, everybody is warned: no shift lead has logged in for days."""


class Desk(Protocol):
    """The desk as one officer sees it, with a part for each thing that is done there. All methods, those of the parts
    too, return at once; what a command did comes back as a Change."""

    @property
    def talk(self) -> Talk: ...
    @property
    def claims(self) -> Claims: ...
    @property
    def patrols(self) -> PatrolRequests: ...
    @property
    def referrals(self) -> Referrals: ...
    @property
    def signals(self) -> Signals: ...
    @property
    def enrolment(self) -> Enrolment: ...
    @property
    def exports(self) -> Exports: ...
    @property
    def handovers(self) -> HandOvers: ...
    @property
    def care(self) -> Care: ...
    @property
    def shift(self) -> Shift: ...
    @property
    def figures(self) -> Figures: ...
    @property
    def lead(self) -> Lead: ...
    @property
    def me(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def queue(self) -> Queue: ...
    @property
    def link(self) -> LinkState: ...

    @property
    def key_ends(self) -> int:
        """When the desk's newest key ends, ms of the relay's clock; 0 when none is in force. See KEY_SHORT_MS."""
        ...

    @property
    def practice(self) -> bool:
        """Whether this is a desk for practice: no request of it ever reaches a real room."""
        ...

    def now(self) -> int:
        """Relay's clock as well as known, ms."""
        ...

    def name(self, kid: str) -> str:
        """Displayable name of an officer."""
        ...

    def open(self, cid: str) -> None:
        """The conversation is on screen: its history is fetched when needed."""
        ...

    def subscribe(self, told: Callable[[Change], None]) -> Callable[[], None]:
        """Be told of changes, on the event loop; while much happens at most five times a second. Gives the function
        that ends it."""
        ...

    def retry(self) -> None:
        """Try to connect now, from whatever phase."""
        ...

    async def run(self) -> None:
        """Keep the link until cancelled; cancelling flushes drafts and closes the connection."""
        ...
