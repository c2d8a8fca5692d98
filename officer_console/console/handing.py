"""Handing over, key by key: the panel opened and the offer made; what I am offered, accepted or declined.

Nothing comes up by itself, nothing that arrives moves the focus, and she is written to only by what is sent on a key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from officer_console.client.api import Notice
from officer_console.console.attempt import attempt
from officer_console.console.handover_words import ASK, GREETING, NAME_LIMIT, answered, by_load, colleagues
from officer_console.console.keymap import shown
from officer_console.console.usable import may
from officer_console.console.words import Level, Told, refusal
from officer_console.locale import _
from officer_console.model.conversation import State
from officer_console.model.queue import GONE
from officer_console.model.text import one_line

if TYPE_CHECKING:
    from officer_console.console.screens.duty import Duty
    from officer_console.console.widgets.handover_pane import Begun, HandOverPane
    from officer_console.console.widgets.offered_pane import OfferedPane

NOTICES: Final = frozenset({"accepted", "declined"})


class Handing:
    """The panels are made when they are first asked for: the queue is on screen the sooner."""

    def __init__(self, duty: Duty) -> None:
        self._duty, self._desk, self._shelf = duty, duty.desk, duty.shelf
        self._key = shown(duty.keymap["hand-over"])
        self._pane: HandOverPane | None = None
        self._offered: OfferedPane | None = None
        self._messages: dict[str, str] = {}  # what she would read, as edited
        self._told: set[str] = set()  # conversations in which she has been asked
        self._untold = ""  # the conversation that is offered without telling her, if the key comes again
        self._accepted: dict[str, None] = {}  # conversations that are to be greeted in

    # giving

    async def press(self, cid: str) -> None:
        """The key: open the panel for a conversation; in it offer what stands there, or withdraw what is offered."""
        if not may(self._desk, cid, "offered"):
            told = refusal("not_yours") if cid else _("There is no conversation to hand over: go to one first.")
            return self._duty.tell(Told(told, Level.WARNING))
        if self._pane is None or self._pane.cid != cid:
            return await self._open(cid)
        if self._desk.handovers.of(cid):
            if attempt(self._duty.tell, self._desk.handovers.withdraw, cid):
                self._duty.tell(Told(_("Withdrawn: it is still yours, and the card stays.")))
            return
        self._offer(cid, self._pane)

    def told(self, notice: Notice) -> Told:
        """How an offer of mine was answered."""
        return answered(self._desk, notice, self._key)

    # being asked

    async def answer(self) -> None:
        """The key: the panel with what I am offered; in it, the next one."""
        dock, offered = self._duty.dock, self._desk.handovers.offered()
        if not offered:
            return self._duty.tell(Told(_("Nobody offers you a conversation.")))
        pane = self._made()
        if dock.panel is pane and dock.has_focus:
            return pane.next()
        await dock.lend(pane, "")
        pane.show(offered[0].cid)
        pane.take_focus()
        self._shelf.begin(pane.refresh_state)

    def tick(self) -> None:
        """Greet where what I accepted is mine and can be read now: in the composer, never over what is begun there."""
        for cid in list(self._accepted):
            conversation = self._desk.queue.get(cid)
            offer = conversation.offer if conversation else None
            if conversation is None or (conversation.holder != self._desk.me and offer is None):
                del self._accepted[cid]  # somebody else has it
            elif conversation.holder == self._desk.me and not self._desk.talk.loading(cid):
                del self._accepted[cid]
                self._shelf.begin(lambda cid=cid: self._greet(cid))  # type: ignore[misc]

    def forget(self, cid: str) -> None:
        """Nothing of an erased conversation stays here."""
        self._messages.pop(cid, None)
        self._told.discard(cid)

    # parts of the above

    async def _open(self, cid: str) -> None:
        from officer_console.console.widgets.handover_pane import Begun, HandOverPane

        if self._pane is None:
            self._pane = HandOverPane(self._desk, self._shelf, self._duty.keymap, self._keep)
        pane = self._pane
        await self._duty.dock.lend(pane, cid)
        pane.show(cid)
        pane.begin(Begun(self._desk.handovers.card(cid), self._messages.get(cid, "")))
        pane.take_focus()
        self._untold = ""
        if cid not in self._messages and cid not in self._told:
            self._shelf.begin(lambda: pane.ask_with(self._prepared(cid, ASK)) if pane.cid == cid else None)

    def _made(self) -> OfferedPane:
        from officer_console.console.widgets.offered_pane import OfferedPane

        if self._offered is None:
            key = shown(self._duty.keymap["offered"])
            self._offered = OfferedPane(self._desk, self._shelf, key, self._answered)
        return self._offered

    def _prepared(self, cid: str, reply: str) -> str:
        """A quick reply in her language; "" when there is none, or nothing can be read."""
        from officer_console.console.offers import about, prepared

        row = self._shelf.library.replies.get(reply) if self._shelf.library else None
        if row is None or self._shelf.library is None:
            return ""
        return prepared(row, about(self._desk, cid, self._shelf.signals(cid)), self._shelf.library).text

    def _keep(self, cid: str, begun: Begun) -> None:
        self._messages[cid] = begun.message
        self._untold = ""
        self._desk.handovers.keep_card(cid, begun.card)

    def _offer(self, cid: str, pane: HandOverPane) -> None:
        begun, to = pane.begun, pane.to.kid
        if not to:
            return self._refuse(pane, by_load(colleagues(self._desk, cid)), "to")
        message = begun.message.strip()
        if not message and self._must_tell(cid) and self._untold != cid:
            self._untold = cid
            told = _("NOT OFFERED: she would not be told. {key} again offers it without telling her.")
            return self._refuse(pane, told.format(key=self._key), "message")
        if not attempt(lambda told: self._refuse(pane, told.text, ""), self._desk.handovers.offer, cid, to, begun.card):
            return
        name = one_line(self._desk.name(to), NAME_LIMIT)
        if message and attempt(self._duty.tell, self._desk.talk.say, cid, message):
            self._told.add(cid)
            self._messages[cid] = ""
            self._duty.tell(
                Told(_("Offered to {name}, and she is asked. It is yours until {name} accepts.").format(name=name))
            )
        elif not message:
            self._duty.tell(Told(_("Offered to {name}; she is NOT told.").format(name=name), Level.WARNING))
        self._duty.dock.put_away()

    def _must_tell(self, cid: str) -> bool:
        """Whether she can read, and has not been told."""
        conversation = self._desk.queue.get(cid)
        return cid not in self._told and conversation is not None and conversation.visitor not in GONE

    def _refuse(self, pane: HandOverPane, words: str, field: str) -> None:
        pane.warn(words, field)
        self._duty.tell(Told(words, Level.DANGER))

    def _answered(self, cid: str, accepted: bool) -> None:
        handovers = self._desk.handovers
        if not attempt(self._duty.tell, handovers.accept if accepted else handovers.decline, cid):
            return
        self._duty.dock.put_away()
        if not accepted:
            return self._duty.tell(Told(_("Declined: it stays with the colleague.")))
        self._accepted[cid] = None
        self._duty.run_worker(self._into(cid))

    async def _into(self, cid: str) -> None:
        """Write in what has just been accepted."""
        await self._duty.panes.open(cid)
        conversation = self._desk.queue.get(cid)
        if self._duty.panes.active and (
            conversation is None or conversation.state is not State.HELD or conversation.holder != self._desk.me
        ):
            self._duty.panes.active.wait_for_claim()
        self.tick()

    def _greet(self, cid: str) -> None:
        text, pane = self._prepared(cid, GREETING), self._duty.panes.of(cid)
        if not text or self._desk.talk.draft(cid).strip():
            return
        if pane is None:
            return self._desk.talk.save_draft(cid, text)
        if not pane.composer.text.strip():
            pane.composer.put_in(text)
            self._duty.tell(Told(_("A greeting stands in the text, nothing is sent: read it, change it.")))
