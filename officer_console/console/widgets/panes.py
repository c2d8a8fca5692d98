"""The conversations on screen: one, or two side by side or one above the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.widget import Widget

from officer_console.client.api import Change, Desk
from officer_console.console.folds import Folds
from officer_console.console.keymap import Keymap
from officer_console.console.patrol_words import Names
from officer_console.console.shelf import Shelf

if TYPE_CHECKING:
    from officer_console.console.widgets.conversation_pane import ConversationPane

MOST = 2


class Pieces(NamedTuple):
    """What every pane is made with."""

    desk: Desk
    keymap: Keymap
    names: Names
    shelf: Shelf
    folds: Folds | None = None


class Panes(Container):
    """`active` is the pane that had the focus last. Only the officer's keys change what is shown here."""

    def __init__(self, pieces: Pieces, welcome: Widget, *, stacked: bool) -> None:
        super().__init__()
        self._pieces, self._welcome = pieces, welcome
        self.all: list[ConversationPane] = []
        self.active: ConversationPane | None = None
        self._spare: list[ConversationPane] = []  # hidden: Textual may still paint what was just removed
        self.set_class(stacked, "-stacked")

    def compose(self) -> ComposeResult:
        yield self._welcome

    def of(self, cid: str) -> ConversationPane | None:
        """The pane that shows a conversation."""
        return next((pane for pane in self.all if pane.cid == cid), None)

    @property
    def shown(self) -> list[str]:
        """The conversations on screen."""
        return [pane.cid for pane in self.all]

    async def open(self, cid: str) -> None:
        """Show a conversation in the pane in use and write there; one that is on screen already stays where it is."""
        if self.active is None:
            return await self.add(cid)
        pane = self.of(cid) or self.active
        pane.show(cid)
        self._write_in(pane)

    async def add(self, cid: str) -> None:
        """Show a conversation in a pane of its own and write there."""
        pane = self._spare.pop() if self._spare else self._new()
        if not pane.is_attached:
            await self.mount(pane)
        self.move_child(pane, after=-1)
        self.all.append(pane)
        self.active = pane
        pane.show(cid)
        self._arrange()
        self._write_in(pane)

    def close(self, pane: ConversationPane) -> None:
        """Take a pane off the screen; its conversation and draft stay what they are."""
        pane.show("")
        self._spare.append(pane)
        self.all.remove(pane)
        self.active = self.all[0] if self.all else None
        self._arrange()
        if self.active:
            self._write_in(self.active)

    def next(self) -> None:
        """Write in the other conversation."""
        if self.active:
            after = self.all.index(self.active) + 1
            self._write_in(self.all[after % len(self.all)])

    def point_to(self, cid: str) -> None:
        """Commands are about the pane that shows this conversation: one fills in its patrol request."""
        self.active = self.of(cid) or self.active

    def turn(self) -> None:
        """From side by side to one above the other, and back."""
        self.toggle_class("-stacked")
        self._make_room()

    def changed(self, change: Change) -> None:
        """Show what has changed."""
        for pane in self.all:
            pane.changed(change)

    def refold(self) -> None:
        """Which messages are folded, and how that reads, may be otherwise now."""
        for pane in self.all:
            pane.transcript.refold()

    def tick(self) -> None:
        """A second has passed."""
        for pane in self.all:
            pane.refresh_state()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        focused = self.screen.focused
        self.active = next((pane for pane in self.all if pane.has_focus_within), self.active)
        if focused is not None and self.active is not None:
            for pane in self.all:
                pane.set_class(pane is self.active, "-active")

    def _write_in(self, pane: ConversationPane) -> None:
        """At once: what is typed next is typed there."""
        self.screen.set_focus(pane.composer, scroll_visible=False)

    def _new(self) -> ConversationPane:
        # Imported when the first conversation is opened: the queue is on screen the sooner.
        from officer_console.console.widgets.conversation_pane import ConversationPane

        return ConversationPane(*self._pieces)

    def _arrange(self) -> None:
        self._welcome.display = not self.all
        self.set_class(len(self.all) == MOST, "-split")
        self._make_room()
        for number, pane in enumerate(self.all, 1):
            pane.number = number
            pane.refresh_state()

    def _make_room(self) -> None:
        """Two side by side need more of the screen than one."""
        self.screen.set_class(self.has_class("-split") and not self.has_class("-stacked"), "-beside")
