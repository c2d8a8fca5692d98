"""What to answer: the picker of prepared texts, the card for a complaint, the request for a call back; and what an
answer depends on: the danger signals.

Each stands in the queue's place beside the conversation. What is chosen goes into the composer and is never sent by
itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from officer_console.console.attempt import attempt
from officer_console.console.keymap import shown
from officer_console.console.signal_words import signal_name
from officer_console.console.usable import may
from officer_console.console.words import Level, Told, refusal
from officer_console.locale import _
from officer_console.model.callback import CallBackRequest, dump_callback, load_callback

if TYPE_CHECKING:
    from officer_console.console.offers import Prepared
    from officer_console.console.screens.duty import Duty
    from officer_console.console.widgets.callback_pane import CallBackPane
    from officer_console.console.widgets.card_pane import CardPane
    from officer_console.console.widgets.reply_pane import ReplyPane
    from officer_console.console.widgets.signal_pane import SignalPane

BEGUN = "callback"
"""By this, what is begun in the form stands in `Duty.begun`: in memory, and leaving the console asks about it."""


class Replying:
    """The panels are made when they are first asked for: the queue is on screen the sooner."""

    def __init__(self, duty: Duty) -> None:
        self._duty, self._desk, self._shelf = duty, duty.desk, duty.shelf
        self._picker: ReplyPane | None = None
        self._card: CardPane | None = None
        self._form: CallBackPane | None = None
        self._signals: SignalPane | None = None
        self._asked: dict[str, CallBackRequest] = {}  # should the relay refuse it

    async def pick(self) -> None:
        """The key of the picker: open it, or in it show all there is."""
        cid, dock = self._meant(), self._duty.dock
        if cid and self._picker and dock.panel is self._picker and dock.has_focus:
            self._picker.widen()
        elif cid:
            await self._open_picker(cid)

    async def complain(self) -> None:
        """The key of the card: open it, in it go to the call back, there read back and send."""
        cid, dock = self._meant(), self._duty.dock
        if cid and self._form and dock.panel is self._form and dock.has_focus:
            self._form.press()
        elif cid and self._card and dock.panel is self._card and dock.has_focus:
            await self._open_form(cid)
        elif cid:
            await self._open_card(cid)

    async def assess(self) -> None:
        """The key of the danger signals."""
        if cid := self._meant():
            await self._open_signals(cid)

    def not_asked(self, cid: str) -> None:
        """The relay refused a request for a call back: it stands in the form again, unless another is begun there."""
        request = self._asked.pop(cid, None)
        if request and not self._duty.begun.get((BEGUN, cid)):
            self._keep(cid, request)

    # the panels

    async def _open_picker(self, cid: str) -> None:
        from officer_console.console.widgets.reply_pane import ReplyPane

        if self._picker is None:
            key = shown(self._duty.keymap["replies"])
            self._picker = ReplyPane(self._desk, self._shelf, key, self._put_in)
        await self._duty.dock.lend(self._picker, cid)
        self._picker.show(cid)
        self._duty.set_focus(self._picker.typed, scroll_visible=False)  # at once: what is typed next is typed there
        self._shelf.begin(self._picker.was_read)

    async def _open_card(self, cid: str) -> None:
        from officer_console.console.widgets.card_pane import CardPane

        if self._card is None:
            key = shown(self._duty.keymap["complaint"])
            self._card = CardPane(self._desk, self._shelf, key, self._put_in, self._open_form)
        await self._duty.dock.lend(self._card, cid)
        self._card.show(cid)
        self._card.take_focus()
        self._shelf.begin(self._card.was_read)

    async def _open_form(self, cid: str) -> None:
        from officer_console.console.widgets.callback_pane import CallBackPane

        if not may(self._desk, cid, "callback_requested"):
            return self._duty.tell(Told(refusal("not_yours"), Level.WARNING))
        if self._form is None:
            key = shown(self._duty.keymap["complaint"])
            self._form = CallBackPane(self._desk, key, self._keep, self._ask, self._back)
        await self._duty.dock.lend(self._form, cid)
        self._form.show(cid)
        self._form.begin(self._begun(cid))
        self._form.take_focus()

    async def _open_signals(self, cid: str) -> None:
        from officer_console.console.proposals import Proposals
        from officer_console.console.widgets.signal_pane import SignalPane

        if self._signals is None:
            proposals = Proposals(self._desk, self._duty.triage, self._duty.triage_faults, self._duty.tell)
            self._signals = SignalPane(self._desk, proposals, self._confirm)
        await self._duty.dock.lend(self._signals, cid)
        self._signals.show(cid)
        self._signals.take_focus()

    def _back(self) -> None:
        """From the form to the card."""
        form, card = self._form, self._card
        assert form and card
        cid = form.cid
        self._duty.dock.swap(card)
        card.show(cid)
        card.take_focus()

    # what they do

    def _meant(self) -> str:
        """The conversation one is in; "" after it has been said that there is none, or nothing is left of it."""
        cid = self._duty.situation.cid or self._duty.writing_in
        pane = self._duty.panes.of(cid)
        if pane and not pane.composer.read_only:
            return cid
        self._duty.tell(Told(_("There is no conversation to write in: open one first."), Level.WARNING))
        return ""

    def _put_in(self, cid: str, chosen: Prepared, stay: bool) -> None:
        pane = self._duty.panes.of(cid)
        if pane is None or pane.composer.read_only:
            return
        pane.composer.put_in(chosen.text)
        self._shelf.put(cid, chosen.lines)
        self._duty.tell(Told(_("Put in, nothing is sent: read it, change it. Ctrl+Z takes it out again.")))
        if not stay:
            self._duty.dock.put_away()
            self._duty.set_focus(pane.composer, scroll_visible=False)

    def _confirm(self, cid: str, signal: str, message: str) -> None:
        tell, name = self._duty.tell, signal_name(signal)
        if not signal:
            return tell(Told(_("Choose a signal with ↑ ↓ first."), Level.WARNING))
        if any(each.signal == signal for each in self._desk.signals.of(cid)):
            return tell(Told(_("“{signal}” is confirmed already.").format(signal=name)))
        if not may(self._desk, cid, "signal_confirmed"):
            return tell(Told(refusal("not_yours"), Level.WARNING))
        if attempt(tell, self._desk.signals.confirm, cid, signal, message):
            told = _("Confirmed: {signal}. Nothing is sent or shown to her; nothing takes it back.")
            tell(Told(told.format(signal=name)))

    def _begun(self, cid: str) -> CallBackRequest:
        """What was begun in the form, else the unit that is competent for her."""
        from officer_console.console.complaint import unit_of

        if begun := self._duty.begun.get((BEGUN, cid)):
            return load_callback(begun)
        conversation, library = self._desk.queue.get(cid), self._shelf.library
        unit = unit_of(library, conversation.postcode) if library and conversation else ""
        spoken = "en" if conversation and conversation.language == "en" else "fr"
        return CallBackRequest(unit=unit, language="en" if spoken == "en" else "fr")

    def _keep(self, cid: str, request: CallBackRequest) -> None:
        texts = (request.name, request.phone, request.email, request.when, request.note)
        self._duty.begun[BEGUN, cid] = dump_callback(request) if any(texts) else ""

    def _ask(self, cid: str, request: CallBackRequest) -> bool:
        if not attempt(self._duty.tell, self._desk.referrals.request_callback, cid, request):
            return False
        self._asked[cid] = request
        self._duty.begun.pop((BEGUN, cid), None)
        self._duty.tell(Told(_("Passed on: the room sees it when it has time. What becomes of it stands here.")))
        return True
