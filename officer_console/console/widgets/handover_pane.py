"""The hand-over panel: who is asked, the card for him, and what she reads; beside the conversation, never over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec
from textual import events, on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from officer_console.client.api import Change, Desk
from officer_console.console.handover_words import colleague, colleagues, referrals_of, signals_of, waits
from officer_console.console.keymap import Keymap, shown
from officer_console.console.shelf import Shelf
from officer_console.console.usable import may
from officer_console.console.widgets.handover_fields import CardText, ColleagueLine
from officer_console.console.widgets.panel import Panel
from officer_console.console.widgets.patrol_lines import STEPS
from officer_console.console.widgets.text_line import styled
from officer_console.console.words import Level, Told
from officer_console.locale import N_, _
from officer_console.model.handover import Card
from officer_console.model.text import one_line

TEXTS: Final = ("message", "facts", "promises", "next")
LABEL: Final = {
    "facts": N_("Facts"), "promises": N_("Promised to her"), "next": N_("Next step"), "message": N_("SHE READS"),
}  # fmt: skip
HINT: Final = {
    "to": N_("← → choose the colleague"),
    "facts": N_("What the next officer must know; read every word"),
    "promises": N_("What you told her you would do"),
    "next": N_("What should be done first"),
    "message": N_("Told and asked, in her language; sent with the offer. Her answer comes in the conversation"),
}
WHICH_WORDS: Final = 40


class Begun(NamedTuple):
    """What stands in the panel."""

    card: Card
    message: str


class HandOverPane(Panel):
    """`keep` gets what stands in it at every change. Asks and sends nothing by itself."""

    def __init__(self, desk: Desk, shelf: Shelf, keymap: Keymap, keep: Callable[[str, Begun], None]) -> None:
        super().__init__()
        self._desk, self._shelf, self._keep = desk, shelf, keep
        self._key = shown(keymap["hand-over"])
        self._card, self._message, self._warning = Card(), "", ""
        self.to = ColleagueLine()
        self._texts = {name: CardText(name, keymap, self._step) for name in TEXTS}
        self._last = "to"
        self._warn, self._known, self._foot = Static(id="warn"), Static(id="known"), Static(id="foot")

    def compose(self) -> ComposeResult:
        yield self._warn
        with VerticalScroll(id="fields", can_focus=False):
            yield Static(Content(_("To")), classes="label")
            yield self.to
            for name, text in self._texts.items():
                yield Static(Content(_(LABEL[name])), classes="label")
                yield text
            yield self._known
        yield self._foot

    # what it is told

    def show(self, cid: str) -> None:
        self.cid, self.display, self._warning = cid, bool(cid), ""
        if not cid:
            self.begin(Begun(Card(), ""))

    def begin(self, begun: Begun) -> None:
        """Begin with this."""
        self._card, self._message = begun
        for name in TEXTS:
            self._texts[name].put(begun.message if name == "message" else getattr(begun.card, name))
        self._last = "to"
        self.query_one("#fields").scroll_home(animate=False)
        self.refresh_state()

    def ask_with(self, message: str) -> None:
        """What she would read is known now."""
        if self.cid and not self._texts["message"].text:
            self._message = message
            self._texts["message"].put(message)

    def take_focus(self) -> None:
        """At once: what is typed next is typed there."""
        self._go_to("to")

    def go_back(self) -> None:
        self._go_to(self._last)

    def warn(self, words: str, field: str = "") -> None:
        """Say in red why something was not done, until something is changed."""
        self._warning = words
        self.refresh_state()
        if field:
            self._go_to(field)

    def changed(self, change: Change) -> None:
        if change.shift or self.cid in change.cids:
            self.refresh_state()

    def holds(self) -> bool:
        return may(self._desk, self.cid, "offered")

    def refresh_state(self) -> None:
        if not self.cid:
            return
        conversation = self._desk.queue.get(self.cid)
        words = one_line(conversation.first_words, WHICH_WORDS) if conversation else ""
        self.border_title = Content(" · ".join(filter(None, [_("HAND OVER"), words])))
        self.to.show({each.kid: colleague(self._desk, each) for each in colleagues(self._desk, self.cid)})
        told = self._told()
        self._warn.display = bool(told)
        self._warn.update(Content("\n").join(map(styled, told)))
        self._known.update(self._known_of(self._now))
        self._foot.update(self._footing())

    # what it tells

    @property
    def begun(self) -> Begun:
        """What stands in the fields."""
        texts = {name: self._texts[name].text for name in TEXTS if name != "message"}
        return Begun(msgspec.structs.replace(self._now, **texts), self._texts["message"].text)

    # what the officer does

    def on_key(self, event: events.Key) -> None:
        if event.key in STEPS:
            self._step(STEPS[event.key])
            event.stop().prevent_default()

    @on(CardText.Changed)
    def _edited(self, event: CardText.Changed) -> None:
        event.stop()
        begun = self.begun
        if self.cid and begun != Begun(self._card, self._message):
            self._card, self._message = begun
            self._warning = ""
            self._keep(self.cid, begun)
            self.refresh_state()

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _focus_moved(self) -> None:
        self._last = self._focused or self._last
        self.refresh_state()

    # parts of the above

    @property
    def _now(self) -> Card:
        """What is confirmed and given by now."""
        signals = tuple(each.signal for each in self._desk.signals.of(self.cid))
        return msgspec.structs.replace(
            self._card, signals=signals, referrals=tuple(self._desk.referrals.given(self.cid))
        )

    @property
    def _fields(self) -> dict[str, Widget]:
        return {"to": self.to, **self._texts}

    @property
    def _focused(self) -> str:
        focused = self.screen.focused
        return next((name for name, widget in self._fields.items() if widget is focused), "")

    def _step(self, by: int) -> None:
        names = list(self._fields)
        at = names.index(self._focused) + by if self._focused else 0
        self._go_to(names[max(0, min(at, len(names) - 1))])

    def _go_to(self, name: str) -> None:
        widget = self._fields[name]
        self.screen.set_focus(widget, scroll_visible=False)
        self.call_after_refresh(widget.scroll_visible, animate=False)

    def _told(self) -> list[Told]:
        offer = self._desk.handovers.of(self.cid)
        told = [Told(self._warning, Level.DANGER)]
        if offer:
            told.append(waits(self._desk, offer, self._key))
        return [each for each in told if each.text]

    def _known_of(self, card: Card) -> Content:
        """What goes along and is not written here."""
        signals, referrals = signals_of(card), referrals_of(card, self._shelf.name_of)
        lines = [
            styled(Told(signals or _("No danger signal is confirmed."), Level.WARNING if signals else Level.PLAIN))
        ]
        told = _("Referrals: {names}").format(names=referrals) if referrals else _("No referral was given.")
        return Content("\n").join([*lines, Content.styled(told, "$muted")])

    def _footing(self) -> Content:
        told = _("{key}: OFFER, tell her · Esc: later")
        if self._desk.handovers.of(self.cid):
            told = _("{key}: withdraw the offer · Esc: back")
        keys = Content.styled(told.format(key=self._key), "bold")
        hint = _(HINT[self._focused]) if self._focused else ""
        return Content("\n").join([keys, Content.styled(hint, "$muted")])
