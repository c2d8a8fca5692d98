"""The card for a complaint: where, how, what to bring, what if she does not want to; and the way to a call back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from textual import events

from officer_console.client.api import Change, Desk
from officer_console.console.callback_words import told_of
from officer_console.console.complaint import Card, card
from officer_console.console.shelf import Shelf
from officer_console.console.widgets.offer_list import Item
from officer_console.console.widgets.offering import PUTS, STEPS, Offering, Put, nothing_yet
from officer_console.locale import _
from officer_console.referrals.hits import Entry

TURNS: Final = {"right": 1, "left": -1}
MINOR_KEY: Final = "alt+m"
CALL_BACK: Final = "call back"
EMPTY: Final = Card((), {})


class CardPane(Offering):
    """`key` is the key that opened it: again, it goes to the request for a call back, as choosing that does
    (`call_back`)."""

    LIST_HAS_FOCUS = True

    def __init__(
        self, desk: Desk, shelf: Shelf, key: str, put: Put, call_back: Callable[[str], Awaitable[None]]
    ) -> None:
        super().__init__(desk, shelf, put)
        self._key, self._call_back = key, call_back
        self._minor = False
        self._card = EMPTY

    # what it is told

    def show(self, cid: str) -> None:
        if cid and cid != self.cid:
            self._minor = False
        self.cid, self.display = cid, bool(cid)
        self.fill()

    def go_back(self) -> None:
        self._list.focus()

    def take_focus(self) -> None:
        """At once: what is typed next is typed here."""
        self.screen.set_focus(self._list, scroll_visible=False)

    def fill(self, *, stay: bool = False) -> None:
        """Show what there is; with `stay` the same one is pointed at."""
        library = self._shelf.library
        if not self.cid:
            return
        self._card = card(library, self._about, minor=self._minor) if library else EMPTY
        items = self._card.items or (nothing_yet(self._shelf),)
        self._list.put([*items, *self._calling_back()], stay=stay)
        self.refresh_state()

    def was_read(self) -> None:
        """The directory is there."""
        self.fill()

    def changed(self, change: Change) -> None:
        """A call back was taken, a line was given, her postcode became known."""
        if self.cid in change.cids:
            self.fill(stay=True)

    # what the officer does

    async def on_key(self, event: events.Key) -> None:
        """A key is done when it has been done: what is typed after it is for where one is then."""
        focused = self.screen.focused
        if focused is not None and focused is not self._list:
            focused.post_message(events.Key(event.key, event.character))
        elif event.key in STEPS:
            self._list.move(STEPS[event.key])
        elif event.key in TURNS:
            self._list.turn(TURNS[event.key])
        elif event.key == MINOR_KEY:
            self._minor = not self._minor
            self.fill()
        elif event.key in PUTS:
            await self._choose(PUTS[event.key])
        else:
            return
        event.stop().prevent_default()

    # parts of the above

    async def _choose(self, stay: bool) -> None:
        if self._list.key == CALL_BACK:
            await self._call_back(self.cid)
        else:
            self._put_in(self._list.key, stay)

    def _calling_back(self) -> list[Item]:
        seen = [told_of(each) for each in self._desk.referrals.callbacks(self.cid)]
        return [
            Item("", "", _("Being called back by the unit"), tuple(seen)),
            Item(CALL_BACK, "", _("Ask for a call back …")),
        ]

    def _entry(self, key: str) -> Entry | None:
        return self._card.entries.get(key)

    def _title(self) -> str:
        return _("COMPLAINT, A MINOR") if self._minor else _("COMPLAINT")

    def _footing(self) -> tuple[str, str]:
        who = _("Alt+M: an adult") if self._minor else _("Alt+M: a minor")
        more = _("{who} · {key}: call back").format(who=who, key=self._key)
        return _("Enter: put in · ← →: section · Esc"), more
