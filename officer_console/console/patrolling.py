"""Sending a patrol, key by key: the panel opened, read back and sent, counted down, taken back, put away.

Nothing comes up by itself and nothing that arrives moves the focus. What is written in the panel is the desk's draft.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from officer_console.client.api import Desk, Patrol
from officer_console.console.attempt import Tell, attempt
from officer_console.console.patrol_words import Names, counting, read_back, ring
from officer_console.console.usable import may
from officer_console.console.words import Level, Told, refusal
from officer_console.locale import _
from officer_console.model.conversation import State
from officer_console.model.patrol import PatrolRequest, changed

if TYPE_CHECKING:
    from officer_console.console.screens.duty import Duty
    from officer_console.console.widgets.patrol_pane import PatrolPane


def take_back(desk: Desk, cid: str, tell: Tell, names: Names) -> bool:
    """End the countdown of a conversation; whether one ran."""
    if not (cid and counting(desk.patrols.of(cid), desk.now()) and desk.patrols.take_back(cid)):
        return False
    told = _("TAKEN BACK: nothing was sent. It stands in the panel ({key}).")
    tell(Told(told.format(key=names.patrol), Level.WARNING))
    return True


class Patrolling:
    """The panel, once it was first asked for. `grace_ms`: how long the countdown is."""

    def __init__(self, duty: Duty, names: Names, grace_ms: int) -> None:
        self._duty, self._desk, self._names, self._grace_ms = duty, duty.desk, names, grace_ms
        self._pane: PatrolPane | None = None

    @property
    def cid(self) -> str:
        """The conversation that the panel is open for; "" while it is not."""
        return self._pane.cid if self._pane else ""

    async def press(self) -> None:
        """The key: open the panel for the conversation one is in, or send what stands in it."""
        cid = self._meant()
        if not cid:
            return self._duty.tell(Told(_("There is no conversation to send a patrol for."), Level.WARNING))
        if not may(self._desk, cid, "patrol_requested"):
            conversation = self._desk.queue.get(cid)
            gone = conversation is None or conversation.state is State.ERASED
            return self._duty.tell(Told(refusal("erased" if gone else "state"), Level.WARNING))
        if self.cid == cid:
            self._send(cid)
        else:
            await self._open(cid)

    def take_back(self) -> bool:
        """Take back what is counted down where the officer is; whether there was anything."""
        here = dict.fromkeys([self._duty.dock.cid, self._duty.writing_in])
        taken = any(take_back(self._desk, cid, self._duty.tell, self._names) for cid in here)
        if taken:
            self._duty.dock.tick()
            self.tick()
        return taken

    def tick(self) -> None:
        """A second has passed, or something may look different: the countdown may be over."""
        pane, of = self._pane, self._desk.patrols.of
        if pane and pane.sent and self.cid and not counting(of(self.cid), self._desk.now()):
            self._counted_down(pane)

    def not_meant(self, cid: str) -> bool:
        """Drop a request that was kept for too long into the panel; whether there was one."""
        patrol = self._desk.patrols.of(cid)
        if patrol is None or not patrol.old:
            return False
        self._desk.patrols.again(cid, False)
        told = _("Dropped: nothing was sent. It stands in the panel ({key}).")
        self._duty.tell(Told(told.format(key=self._names.patrol), Level.WARNING))
        if self.cid:
            self._duty.dock.put_away()
        return True

    # parts of the above

    def _meant(self) -> str:
        """The conversation one is in, or the one under the queue's cursor."""
        duty = self._duty
        return duty.situation.cid or duty.writing_in or duty.queue.cursor_cid or ""

    async def _open(self, cid: str) -> None:
        pane = self._made()
        await self._duty.dock.lend(pane, cid)
        first = pane.show(cid)
        pane.go_to(first)
        self._duty.alerts.seen_patrols(cid)

    def _made(self) -> PatrolPane:
        # Imported when the first one is opened: the queue is on screen the sooner.
        from officer_console.console.widgets.patrol_pane import PatrolPane

        if self._pane is None:
            self._pane = PatrolPane(self._desk, self._names)
        return self._pane

    def _send(self, cid: str) -> None:
        assert self._pane is not None
        patrol, request = self._desk.patrols.of(cid), self._pane.request
        if left := counting(patrol, self._desk.now()):
            told = _("It goes out in {n} s by itself. Esc takes it back.").format(n=left)
            return self._duty.tell(Told(told, Level.WARNING))
        if not request.has_place:
            told = _("NOT SENT: no place. Write an address, describe the place, or ask her for it.")
            return self._refuse(told, "place")
        if self._again(cid, patrol, request) or self._nothing_new(patrol, request):
            return
        if attempt(self._failed, self._desk.patrols.request, cid, request, self._grace_ms):
            self._duty.tell(Told(self._read_back(patrol, request), Level.WARNING))
            self._pane.was_sent(request)
            self._duty.dock.tick()
            self.tick()

    def _again(self, cid: str, patrol: Patrol | None, request: PatrolRequest) -> bool:
        """A request that was kept for too long is still meant; False when it isn't that, or is something else now."""
        if patrol is None or not patrol.old:
            return False
        if patrol.request is not None and changed(patrol.request, request):
            self._desk.patrols.again(cid, False)
            return False
        self._desk.patrols.again(cid, True)
        self._duty.tell(Told(_("Still meant: it goes out as soon as there is a way."), Level.WARNING))
        self._duty.dock.put_away()
        return True

    def _nothing_new(self, patrol: Patrol | None, request: PatrolRequest) -> bool:
        """The open case knows all of this: nothing is sent."""
        assert self._pane is not None
        if patrol is None or not self._pane.is_update or patrol.request is None or patrol.failed:
            return False
        if changed(patrol.request, request):
            return False
        self._refuse(_("Nothing is new, so nothing was sent. Write what the room does not know yet."), "note")
        return True

    def _read_back(self, patrol: Patrol | None, request: PatrolRequest) -> str:
        assert self._pane is not None
        if patrol and patrol.request and self._pane.is_update:
            new = read_back(request, changed(patrol.request, request))
            return _("UPDATE: {words}").format(words=new)
        return _("PATROL TO: {words}").format(words=read_back(request))

    def _failed(self, told: Told) -> None:
        words = f"{told.text} {ring(self._names.phone)}"
        self._refuse(words, "")

    def _refuse(self, words: str, field: str) -> None:
        assert self._pane is not None
        self._pane.warn(words)
        self._duty.tell(Told(words, Level.DANGER))
        if field:
            self._pane.go_to(field)

    def _counted_down(self, pane: PatrolPane) -> None:
        """The countdown is over, or was taken back."""
        patrol, sent = self._desk.patrols.of(self.cid), pane.sent
        pane.sent = None
        if patrol is None or patrol.request != sent:
            return
        if pane.request == sent:
            return self._duty.dock.put_away()
        told = _("What you have written since is not in it: {key} sends it as an update.")
        self._duty.tell(Told(told.format(key=self._names.patrol), Level.WARNING))
