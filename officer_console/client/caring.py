"""What a shift asks of officers: `client.api.Care`; and the debrief after a grave conversation of one's own."""

from __future__ import annotations

from officer_console.model.bodies import Signal
from officer_console.model.conversation import Conversation, State
from officer_console.model.events import Event, SignalConfirmed
from officer_console.model.exposure import GRAVE_SIGNALS, Exposure, Exposures

from .api import Shift, Signals
from .channel import read_note
from .surroundings import Surroundings


class Caring:
    """See `client.api.Care`. A grave conversation of mine that ends (closed, handed over, put back, given to another,
    erased) raises my debrief flag; only I lower it, for only I know whether it has been talked about."""

    def __init__(self, around: Surroundings, signals: Signals, shift: Shift) -> None:
        self._around = around
        self._signals = signals
        self._shift = shift
        self._exposures = Exposures()
        self._begun = False

    def exposure(self, kid: str) -> Exposure:
        officer = self._shift.officer(kid)
        duty = self._shift.mine if kid == self._around.me else officer.duty if officer else None
        if duty is None:
            return Exposure()
        now, resting = self._around.now(), duty.doing == "break"
        return self._exposures.of(kid, duty.since, duty.rested, now, resting=resting)

    def happened(self, event: Event, before: Conversation | None, after: Conversation) -> None:
        """An event of a conversation."""
        cid, me = event.cid, self._around.me
        was_mine = before is not None and before.state is State.HELD and before.holder == me
        is_mine = after.state is State.HELD and after.holder == me
        if was_mine and self._grave_signal(event):
            self._exposures.found_grave(me, cid, event.at)
        grave = self._exposures.is_grave(me, cid)
        self._exposures.apply(event, before, after)
        if self._begun and was_mine and not is_mine and grave:
            self._shift.debrief(True)

    def linked(self, linked: bool) -> None:
        """All that was missing is here, or the link is lost. What is told at the start is the past: no debrief."""
        self._begun |= linked

    def _grave_signal(self, event: Event) -> bool:
        """Whether the event confirms a grave signal, or one was confirmed before I took the conversation."""
        if any(each.signal in GRAVE_SIGNALS for each in self._signals.of(event.cid)):
            return True
        if not isinstance(event.what, SignalConfirmed) or event.what.note is None:
            return False
        body = read_note(self._around.chain, event, event.what.note).body
        return isinstance(body, Signal) and body.b in GRAVE_SIGNALS
