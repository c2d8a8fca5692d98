"""What I am offered: the card of a colleague's conversation, to accept or decline with one key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from officer_console.client.api import Change, Desk, HandOver
from officer_console.console.commands import Where
from officer_console.console.handover_words import NAME_LIMIT, card_lines
from officer_console.console.shelf import Shelf
from officer_console.console.times import span
from officer_console.console.widgets.panel import Panel
from officer_console.console.widgets.text_line import styled
from officer_console.console.words import Level, Told, presence
from officer_console.locale import _
from officer_console.model.text import one_line

ACCEPTS, DECLINES = frozenset({"enter"}), frozenset({"delete", "backspace"})
SCROLLS: Final = {"down": 1, "up": -1}


class OfferedPane(Panel):
    """`answer` is told the conversation, and whether it is accepted. It is about no conversation that is on screen."""

    WHERE = Where.CARD
    ALONE = True

    def __init__(self, desk: Desk, shelf: Shelf, key: str, answer: Callable[[str, bool], None]) -> None:
        super().__init__()
        self._desk, self._shelf, self._key, self._answer = desk, shelf, key, answer
        self._which = ""
        self._head, self._card, self._foot = Static(id="warn"), Static(id="card"), Static(id="foot")

    def compose(self) -> ComposeResult:
        yield self._head
        with VerticalScroll(id="fields"):
            yield self._card
        yield self._foot

    # what it is told

    def show(self, cid: str) -> None:
        """`cid` is offered to me; "" hides it."""
        self._which, self.display = cid, bool(cid)
        if cid:
            self.query_one("#fields").scroll_home(animate=False)
        else:
            self._card.update("")
        self.refresh_state()

    def go_back(self) -> None:
        self.take_focus()

    def take_focus(self) -> None:
        """At once: what is typed next is typed here."""
        self.screen.set_focus(self.query_one("#fields"), scroll_visible=False)

    def next(self) -> None:
        """Show the next one that I am offered."""
        cids = [each.cid for each in self._desk.handovers.offered()]
        if cids:
            at = cids.index(self._which) + 1 if self._which in cids else 0
            self.show(cids[at % len(cids)])

    def changed(self, change: Change) -> None:
        self.refresh_state()

    def holds(self) -> bool:
        return self._offer is not None

    def refresh_state(self) -> None:
        offer = self._offer
        if offer is None:
            return
        name = one_line(self._desk.name(offer.by), NAME_LIMIT)
        self.border_title = Content(_("{name} OFFERS YOU A CONVERSATION").format(name=name))
        self._head.update(Content("\n").join(map(styled, self._told(offer))))
        self._card.update(self._content(offer))
        self._foot.update(self._footing())

    # what the officer does

    def on_key(self, event: events.Key) -> None:
        if event.key in ACCEPTS | DECLINES:
            self._answer(self._which, event.key in ACCEPTS)
        elif event.key in SCROLLS:
            self.query_one("#fields").scroll_relative(y=SCROLLS[event.key], animate=False)
        else:
            return
        event.stop().prevent_default()

    # parts of the above

    @property
    def _offer(self) -> HandOver | None:
        return next((each for each in self._desk.handovers.offered() if each.cid == self._which), None)

    def _told(self, offer: HandOver) -> list[Told]:
        """How she is, and how long there is to answer."""
        desk, conversation = self._desk, self._desk.queue.get(offer.cid)
        seen = presence(conversation, None, desk.now(), linked=True) if conversation else Told("")
        seen = Told(" ".join([_("Visitor"), seen.text]), seen.level)
        left = offer.at + desk.shift.timers.offer_s * 1000 - desk.now()
        most = desk.shift.mine.capacity
        held = Told(_("You hold {n} of {most}.").format(n=desk.shift.load(desk.me), most=most))
        told = [seen, Told(_("Ends by itself in {span}.").format(span=span(max(0, left))), Level.WARNING), held]
        return [each for each in told if each.text]

    def _content(self, offer: HandOver) -> Content:
        if offer.card is None:
            return styled(Told(_("The card can't be read here. Ask the colleague."), Level.DANGER))
        parts = []
        for heading, text, level in card_lines(offer.card, self._shelf.name_of):
            parts += [Content.styled(heading, "bold $muted"), styled(Told(text, level)), Content()]
        return Content("\n").join(parts or [Content(_("The card is empty."))])

    def _footing(self) -> Content:
        keys = Content.styled(_("Enter: ACCEPT · Del: decline · Esc"), "bold")
        count = len(self._desk.handovers.offered())
        more = (
            _("{key}: the next of {n}").format(key=self._key, n=count)
            if count > 1
            else _("The conversation comes when you accept.")
        )
        return Content("\n").join([keys, Content.styled(more, "$muted")])
