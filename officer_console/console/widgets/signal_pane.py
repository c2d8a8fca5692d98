"""The danger signals: which an officer has confirmed, which are proposed, and which else there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from officer_console.client.api import Change, Desk
from officer_console.console.commands import Where
from officer_console.console.proposals import NAME, RULE, Proposals, Proposed
from officer_console.console.signal_words import (
    MARK,
    gravest_first,
    last_of_visitor,
    quoted,
    signal_name,
    who_and_when,
    words_of,
)
from officer_console.console.usable import may
from officer_console.console.widgets.offer_list import Item, OfferList
from officer_console.console.widgets.offering import STEPS
from officer_console.console.widgets.panel import Panel
from officer_console.console.widgets.text_line import styled
from officer_console.console.words import Level, Told, refusal
from officer_console.locale import _
from officer_console.model.conversation import State
from officer_console.model.signals import SIGNALS
from officer_console.model.text import one_line
from officer_console.model.transcript import Line

WHICH_WORDS: Final = 40
Confirm = Callable[[str, str, str], None]
"""Confirms, in a conversation, a signal that a message shows."""


class SignalPane(Panel):
    """Nothing is pointed at until an arrow is pressed: nothing takes a confirmed signal back."""

    WHERE = Where.PICKER

    def __init__(self, desk: Desk, proposals: Proposals, confirm: Confirm) -> None:
        super().__init__()
        self._desk, self._proposals, self._confirm = desk, proposals, confirm
        self._proposed: dict[str, Proposed] = {}
        self._list = OfferList(self._preview, can_focus=True)
        self._text, self._foot = Static(id="preview"), Static(id="foot")

    def compose(self) -> ComposeResult:
        yield self._list
        yield self._text
        yield self._foot

    # what it is told

    def show(self, cid: str) -> None:
        self.cid, self.display = cid, bool(cid)
        self._proposals.forget()
        self._fill(stay=False)
        if cid:
            self._proposals.begin(self.was_read)

    def go_back(self) -> None:
        self._list.focus()

    def take_focus(self) -> None:
        """At once: what is typed next is typed here."""
        self.screen.set_focus(self._list, scroll_visible=False)

    def was_read(self) -> None:
        """What it takes to propose is there."""
        self._fill(stay=True)

    def changed(self, change: Change) -> None:
        """One was confirmed, or she wrote."""
        if self.cid in change.cids:
            self._fill(stay=True)

    def refresh_state(self) -> None:
        if self.cid:
            conversation = self._desk.queue.get(self.cid)
            words = one_line(conversation.first_words, WHICH_WORDS) if conversation else ""
            proposed = NAME.get(self._proposals.urgency(self.cid), "")
            title = [_("DANGER SIGNALS"), _(proposed) if proposed else "", words]
            self.border_title = Content(" · ".join(filter(None, title)))
            keys = _("Enter: confirm · ↑ ↓: choose · Esc")
            more = _("Nothing is sent or shown to her.")
            self._foot.update(Content("\n").join([Content.styled(keys, "bold"), Content.styled(more, "$muted")]))
            self._preview()

    def holds(self) -> bool:
        conversation = self._desk.queue.get(self.cid)
        return conversation is not None and conversation.state is not State.ERASED

    # what the officer does

    def on_key(self, event: events.Key) -> None:
        if event.key in STEPS:
            self._list.move(STEPS[event.key])
        elif event.key == "enter":
            line = self._shown_by(self._list.key)
            self._confirm(self.cid, self._list.key, line.key if line else "")
        else:
            return
        event.stop().prevent_default()

    # parts of the above

    def _fill(self, *, stay: bool) -> None:
        if not self.cid:  # what she wrote does not stay in it
            self._proposed = {}
            self._list.put(())
            return self._text.update("")
        stay = stay and bool(self._list.key)
        self._proposed = {each.signal: each for each in self._proposals.of(self.cid)}
        self._list.put([*self._confirmed(), *self._proposals_of_it(), *self._others()], stay=stay)
        if not stay:
            self._list.point("")
        self.refresh_state()

    def _confirmed(self) -> Iterator[Item]:
        confirmed = gravest_first(self._desk, self.cid)
        if confirmed:
            yield Item("", "", _("Confirmed"))
        for each in confirmed:
            told = _("{signal}: {who}").format(signal=signal_name(each.signal), who=who_and_when(self._desk, each))
            yes = _("yes")
            yield Item(each.signal, f"{MARK} {yes}", told)

    def _proposals_of_it(self) -> Iterator[Item]:
        proposals, urgency = self._proposals, self._proposals.urgency(self.cid)
        if proposals.reading or proposals.problem:
            yield Item("", "", _("Proposed"), (Told(proposals.problem or _("Being read …")),))
        elif rule := RULE.get(urgency):
            told = Told(f"{_(NAME[urgency])}: {_(rule)}", Level.WARNING)
            yield Item("", "", _("Proposed, not confirmed") if self._proposed else _("Proposed"), (told,))
        for each in self._proposed.values():
            words = tuple(Told(_("proposed: {words}").format(words=quoted(one))) for one in each.words)
            yield Item(each.signal, "?", signal_name(each.signal), words)

    def _others(self) -> Iterator[Item]:
        confirmed = {*self._proposed, *(each.signal for each in self._desk.signals.of(self.cid))}
        others = [signal for signal in SIGNALS if signal not in confirmed]
        if others:
            yield Item("", "", _("Not confirmed, the gravest first"))
        yield from (Item(signal, "", signal_name(signal)) for signal in others)

    def _shown_by(self, signal: str) -> Line | None:
        """The message with the words that raised it, else her last one."""
        proposed = self._proposed.get(signal)
        by_key = (line for line in self._desk.talk.lines(self.cid) if proposed and line.key == proposed.message)
        return next(by_key, None) or last_of_visitor(self._desk, self.cid)

    def _preview(self) -> None:
        """What Enter would do, or what was done."""
        parts = [styled(told) for told in self._told(self._list.key) if told.text]
        self._text.update(Content("\n").join(parts))

    def _told(self, signal: str) -> tuple[Told, ...]:
        seen = next((each for each in self._desk.signals.of(self.cid) if each.signal == signal), None)
        if seen:
            return Told(_("Confirmed; nothing takes it back.")), Told(words_of(self._desk, self.cid, seen.message))
        if not may(self._desk, self.cid, "signal_confirmed"):
            return (Told(refusal("not_yours"), Level.WARNING),)
        if not signal:
            return (Told(_("Choose one with ↑ ↓. Only what you confirm is recorded.")),)
        told = _("Enter confirms “{signal}”. Nothing takes it back.").format(signal=signal_name(signal))
        line = self._shown_by(signal)
        return Told(told, Level.WARNING), Told(_("Shown by: {words}").format(words=quoted(line.text)) if line else "")
