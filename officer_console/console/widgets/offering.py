"""A panel with a list of what can be put into the composer, how the chosen one reads, and the keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from officer_console.client.api import Desk
from officer_console.console.commands import Where
from officer_console.console.offers import About, Prepared, about, prepared
from officer_console.console.shelf import Shelf
from officer_console.console.widgets.offer_list import Item, OfferList
from officer_console.console.widgets.panel import Panel
from officer_console.console.widgets.text_line import styled
from officer_console.console.words import Told
from officer_console.locale import _
from officer_console.model.conversation import State
from officer_console.model.text import one_line
from officer_console.referrals.hits import Entry
from officer_console.referrals.places import Place

STEPS: Final = {"down": 1, "up": -1}
PUTS: Final = {"enter": False, "ctrl+j": True, "alt+enter": True}
"""Keys that put in -> whether the panel stays."""
WHICH_WORDS, SOURCE_LIMIT = 40, 300
Put = Callable[[str, Prepared, bool], None]
"""Puts into the composer of a conversation; whether the panel stays."""


class Offering(Panel):
    """Subclasses fill the list, and tell what stands behind a key of it."""

    WHERE = Where.PICKER
    LIST_HAS_FOCUS = False

    def __init__(self, desk: Desk, shelf: Shelf, put: Put) -> None:
        super().__init__()
        self._desk, self._shelf, self._put = desk, shelf, put
        self._list = OfferList(self._preview, can_focus=self.LIST_HAS_FOCUS)
        self._text, self._foot = Static(id="preview"), Static(id="foot")

    def compose(self) -> ComposeResult:
        yield self._list
        yield self._text
        yield self._foot

    def refresh_state(self) -> None:
        if self.cid:
            conversation = self._desk.queue.get(self.cid)
            words = one_line(conversation.first_words, WHICH_WORDS) if conversation else ""
            self.border_title = Content(" · ".join(filter(None, [self._title(), words])))
            keys, more = self._footing()
            self._foot.update(Content("\n").join([Content.styled(keys, "bold"), Content.styled(more, "$muted")]))
            self._preview()

    def holds(self) -> bool:
        conversation = self._desk.queue.get(self.cid)
        return conversation is not None and conversation.state is not State.ERASED

    # for subclasses

    def _entry(self, key: str) -> Entry | None:
        """What stands behind a key of the list."""
        raise NotImplementedError

    def _title(self) -> str:
        raise NotImplementedError

    def _footing(self) -> tuple[str, str]:
        """The keys that put in, and the others."""
        raise NotImplementedError

    def _why(self) -> Told:
        """Why the one that is pointed at is there, when it has a reason of its own."""
        return Told("")

    @property
    def _about(self) -> About:
        return about(self._desk, self.cid, self._shelf.signals(self.cid))

    def _put_in(self, key: str, stay: bool) -> None:
        if chosen := self._chosen(key):
            self._put(self.cid, chosen, stay)

    # parts of the above

    def _chosen(self, key: str) -> Prepared | None:
        library, entry = self._shelf.library, self._entry(key)
        return prepared(entry, self._about, library) if library and entry else None

    def _preview(self) -> None:
        """What must be known first stands first: of a long text the end may have no room."""
        chosen = self._chosen(self._list.key)
        self._text.display = chosen is not None
        if chosen:
            told = Content(" · ").join(styled(each) for each in (*chosen.told, self._why()) if each.text)
            source = Content.styled(self._source(), "$muted")
            self._text.update(Content("\n").join(part for part in (told, Content(chosen.text), source) if part))

    def _source(self) -> str:
        """The licence of the open directory wants to be quoted wherever a place of it is shown."""
        library, entry = self._shelf.library, self._entry(self._list.key)
        return one_line(library.quoted, SOURCE_LIMIT) if library and isinstance(entry, Place) else ""


def nothing_yet(shelf: Shelf) -> Item:
    """What stands in a list until the directory has been read."""
    return Item("", "", one_line(shelf.problem, SOURCE_LIMIT) or _("The directory is being read …"))
