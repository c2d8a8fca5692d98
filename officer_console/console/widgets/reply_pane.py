"""The picker: one types, the prepared texts and lines that answer are listed, and one of them is put in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.widgets import Input

from officer_console.client.api import Desk
from officer_console.console.offers import About, details, found, short, suggested, title
from officer_console.console.shelf import Shelf
from officer_console.console.widgets.offer_list import Item
from officer_console.console.widgets.offering import PUTS, STEPS, Offering, Put, nothing_yet
from officer_console.console.words import Told
from officer_console.locale import _
from officer_console.model.text import one_line
from officer_console.referrals.hits import Entry, Hit

NUMBERS: Final = {f"alt+{n}": n for n in (1, 2, 3)}
TYPED_LIMIT, WHY_LIMIT = 80, 120


class TypedLine(Input):
    """What is looked for. `act` does what a key is for, and tells whether it is for anything: within the key press, so
    that what is typed after it can't get in between.

    A key that was on its way when the picker was put away, or that came after an Enter that has to wait, is for where
    one writes then.
    """

    def __init__(self, act: Callable[[str], bool]) -> None:
        super().__init__(placeholder=_("Type a short code or words"), max_length=TYPED_LIMIT, compact=True)
        self.cursor_blink = False  # each blink is traffic over SSH, and moves beside what is to be read
        self.holding = False
        self._act = act
        self._held: list[events.Key] = []

    def on_key(self, event: events.Key) -> None:
        if self.screen.focused is not self or self.holding:
            event.stop().prevent_default()
            self._held.append(events.Key(event.key, event.character))
            self.let_go()
        elif self._act(event.key):
            event.stop().prevent_default()
        elif "+" in event.key:
            event.prevent_default()  # Alt+R arrives with the letter "r" and is no text

    def let_go(self) -> None:
        """Give what was held to where one writes now, unless more is to be waited for."""
        focused = self.screen.focused
        if focused is not None and not self.holding:
            held, self._held = self._held, []
            for key in held:
                focused.post_message(key)

    def restricted(self) -> None:
        """The line is full; Textual would ring the bell, which means something else here."""

    def on_paste(self, event: events.Paste) -> None:
        event.stop().prevent_default()
        self.replace(one_line(event.text, TYPED_LIMIT), *sorted(self.selection))


class ReplyPane(Offering):
    """`widen_key` is the key that opened it: again, it shows all languages and departments."""

    def __init__(self, desk: Desk, shelf: Shelf, widen_key: str, put: Put) -> None:
        super().__init__(desk, shelf, put)
        self._widen_key = widen_key
        self._everything = False
        self._filled = ""  # for what was typed then
        self._wanted: bool | None = None  # Enter came before the directory was there; whether to stay
        self._hits: dict[str, tuple[Hit, bool]] = {}
        self.typed = TypedLine(self._act)

    def compose(self) -> ComposeResult:
        yield self.typed
        yield from super().compose()

    # what it is told

    def show(self, cid: str) -> None:
        self.cid, self.display, self._everything, self._wanted = cid, bool(cid), False, None
        self.typed.value = ""
        self.typed.holding = False
        self.fill()

    def go_back(self) -> None:
        self.typed.focus()

    def widen(self) -> None:
        """Show what is in no language of hers and of other departments too, or only what fits again."""
        self._everything = not self._everything
        self.fill()

    def fill(self) -> None:
        """List what answers: something else is typed, or more is to be shown."""
        self._filled = self.typed.value
        self._list.put(self._items() if self.cid else ())
        self.refresh_state()

    def was_read(self) -> None:
        """The directory is there, or can't be read: list, and do what an Enter before that has asked for."""
        if not self.cid:
            return
        self.fill()
        if self._wanted is not None:
            stay, self._wanted = self._wanted, None
            self.typed.holding = False
            if self._shelf.library:
                self._put_in(self._list.key, stay)
            self.typed.let_go()

    # what the officer does

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._catch_up()

    def _act(self, key: str) -> bool:
        """Do what a key is for; whether it is for anything but writing."""
        if key not in {*STEPS, *PUTS, *NUMBERS}:
            return False
        self._catch_up()
        if key in STEPS:
            self._list.move(STEPS[key])
        elif key in PUTS:
            self._put_in(self._list.key, PUTS[key])
        else:
            self._put_in(self._numbered(NUMBERS[key]), False)
        return True

    def _catch_up(self) -> None:
        """The message that something else is typed may come after the next key."""
        if self.cid and self.typed.value != self._filled:
            self.fill()

    # parts of the above

    def _items(self) -> list[Item]:
        library, known = self._shelf.library, self._about
        if library is None:
            return [nothing_yet(self._shelf)]
        typed = self.typed.value.strip()
        ideas = [] if typed else suggested(library, self._desk, self.cid, known)
        ids = {hit.id for hit in ideas}
        others = [h for h in found(library, typed, known, everything=self._everything) if h.id not in ids]
        self._hits = {f"{hit.kind} {hit.id}": (hit, hit in ideas) for hit in [*ideas, *others]}
        heading = _("Every language and department") if self._everything else ""
        items = [Item("", "", _("Suggested: Alt+1, 2, 3"))] if ideas else []
        items += [self._item(f"{hit.kind} {hit.id}", known) for hit in ideas]
        items += [Item("", "", heading or _("For this conversation"))] if ideas or heading else []
        items += [self._item(f"{hit.kind} {hit.id}", known) for hit in others]
        return items if self._hits else [*items, Item("", "", _("Nothing is found."))]

    def _title(self) -> str:
        return _("WHAT TO ANSWER")

    def _item(self, key: str, known: About) -> Item:
        library = self._shelf.library
        assert library is not None
        hit, idea = self._hits[key]
        told = details(hit, known, library, why=idea)
        return Item(key, short(hit.entry), title(hit.entry), tuple(told))

    def _numbered(self, number: int) -> str:
        """The key of a suggestion; "" when there is none of this number."""
        ideas = [key for key, (_hit, idea) in self._hits.items() if idea]
        return ideas[number - 1] if number <= len(ideas) else ""

    def _put_in(self, key: str, stay: bool) -> None:
        if self._shelf.library is None:
            self._wanted, self.typed.holding = stay, True
            self._shelf.begin(self.was_read)
        else:
            super()._put_in(key, stay)

    def _entry(self, key: str) -> Entry | None:
        return self._hits[key][0].entry if key in self._hits else None

    def _why(self) -> Told:
        hit, idea = self._hits.get(self._list.key, (None, False))
        return Told(one_line(hit.why, WHY_LIMIT) if hit and idea else "")

    def _footing(self) -> tuple[str, str]:
        wide = _("{key}: only what fits") if self._everything else _("{key}: all languages and places")
        return _("Enter: put in · Ctrl+J: stay · Esc"), wide.format(key=self._widen_key)
