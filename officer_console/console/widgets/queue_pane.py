"""Everybody who waits, is being answered or was: one row each. The cursor is on a conversation, not on a place."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, NamedTuple

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from officer_console.client.api import Change, Desk
from officer_console.console.widgets.queue_rows import (
    MINE,
    Plan,
    conversation_row,
    plan,
    section_of,
    title_row,
)
from officer_console.console.widgets.rows_pane import EMPTY, Row, RowsPane
from officer_console.console.widgets.wrapping import fit
from officer_console.locale import N_, _
from officer_console.model.conversation import Conversation
from officer_console.model.patrol import PatrolState

CURSOR, CURSOR_ELSEWHERE = "▶", "▷"
"""The mark of the cursor while keys go to the queue, and while they do not."""


class Seat(NamedTuple):
    """Whom the officer sees where: a conversation, its section, its line of the screen."""

    cid: str
    section: int
    line: int


class QueuePane(RowsPane, can_focus=True):
    """Shows `desk.queue`. What arrives never moves the cursor to another conversation. Writes no state."""

    DEFAULT_CSS = """
    QueuePane {
        background: $background; color: $text;
        scrollbar-background: $background; scrollbar-background-hover: $background;
        scrollbar-color: $border; scrollbar-color-hover: $muted;
    }
    QueuePane > .queue--cursor { background: $panel; text-style: bold; }
    QueuePane > .queue--cursor-elsewhere { background: $surface; }
    QueuePane > .queue--attention { color: $danger; text-style: bold; }
    QueuePane > .queue--patrol { color: $success; text-style: bold; }
    QueuePane > .queue--unread { text-style: bold; }
    QueuePane > .queue--gone { color: $warning; }
    QueuePane > .queue--holder { color: $held; text-style: italic; }
    QueuePane > .queue--quiet { color: $muted; }
    QueuePane > .queue--mine { color: $mine; text-style: bold; }
    QueuePane > .queue--waiting { color: $waiting; text-style: bold; }
    QueuePane > .queue--held { color: $held; }
    QueuePane > .queue--closed { color: $closed; }
    QueuePane > .queue--title { background: $surface; text-style: bold; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "queue--cursor",
        "queue--cursor-elsewhere",
        "queue--attention",
        "queue--patrol",
        "queue--unread",
        "queue--gone",
        "queue--holder",
        "queue--quiet",
        "queue--mine",
        "queue--waiting",
        "queue--held",
        "queue--closed",
        "queue--title",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", N_("Up"), show=False),
        Binding("down", "move(1)", N_("Down"), show=False),
        Binding("pageup", "page(-1)", N_("Page up"), show=False),
        Binding("pagedown", "page(1)", N_("Page down"), show=False),
        Binding("home", "end(0)", N_("First"), show=False),
        Binding("end", "end(-1)", N_("Last"), show=False),
        Binding("enter", "pick", N_("Open"), show=False),
    ]

    class Picked(Message):
        """The officer wants to see this conversation."""

        def __init__(self, cid: str) -> None:
            super().__init__()
            self.cid = cid

    class Moved(Message):
        """The cursor is on this conversation now."""

        def __init__(self, cid: str) -> None:
            super().__init__()
            self.cid = cid

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, QueuePane.Moved)

    def __init__(self) -> None:
        super().__init__()
        self.cursor_cid: str | None = None
        self._desk: Desk | None = None
        self._plan = Plan()
        self._seats: list[Seat] = []
        self.folded: Callable[[Conversation], Conversation] = lambda conversation: conversation
        self._kept: frozenset[str] = frozenset()  # those with a patrol request that is only on this machine
        self._cursor_index = 0  # where the cursor's conversation was last

    def show(self, desk: Desk) -> None:
        """Show the queue of this desk."""
        self._desk, self.cursor_cid = desk, None
        self._order()
        self._seat()
        self.repaint()

    def changed(self, change: Change) -> None:
        """Show what has changed: the cursor stays on its conversation, and what is on screen where it is."""
        if self._desk is None:
            return
        self._look_for_kept()
        before = self._seats
        if change.queue or not self._plan.rows:
            self._order()
            self._keep(before)
            self._seat()
        stay = {seat.line for seat in {*before} & {*self._seats} if seat.cid not in change.cids}
        self.repaint(line for line in range(self.page) if line not in stay)

    def on_mount(self) -> None:
        self.set_interval(1, self.tick)

    def tick(self) -> None:
        """A second has passed: the times on screen are painted again where they differ."""
        self._look_for_kept()
        self.repaint()

    # what the officer does

    def action_move(self, by: int) -> None:
        """To the next conversation, or to the nearest on screen when the cursor is out of sight."""
        row = self._row_of(self.cursor_cid)
        if row is None or not 0 <= row - self.scroll_offset.y < self.page:
            row = self.scroll_offset.y - 1 if by > 0 else self.scroll_offset.y + self.page
        self._go(row + by, by)

    def action_page(self, by: int) -> None:
        row = self._row_of(self.cursor_cid) or 0
        self._go(row + by * max(1, self.page - 1), by)

    def action_end(self, place: int) -> None:
        self._go(self._plan.rows - 1 if place else 0, -1 if place else 1)

    def action_pick(self) -> None:
        if self.cursor_cid:
            self.post_message(self.Picked(self.cursor_cid))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        seen = next((seat.cid for seat in self._seats if offset and seat.line == offset.y), None)
        if seen:
            self._point(seen)
            self.action_pick()

    # what Textual asks

    def row(self, y: int) -> Row:
        if self._desk is None:
            return EMPTY
        if not self._plan.rows:
            words = _("Nobody is waiting.") if y == 1 else ""
            return Row(((fit("  " + words, self.width), "queue--quiet"),)) if words else EMPTY
        index = self._plan.index(y)
        conversation = None if index is None else self._at(index)
        if conversation:
            return self._conversation(conversation)
        section = self._plan.section(y)
        return title_row(section, self.width) if section and section.row == y else EMPTY

    def on_resize(self, event: events.Resize) -> None:
        self.set_height(self._plan.rows)
        self._reveal()
        self._seat()

    def on_focus(self) -> None:
        self.repaint()

    def on_blur(self) -> None:
        self.repaint()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._seat()

    # parts of the above

    def _conversation(self, conversation: Conversation) -> Row:
        assert self._desk is not None
        here = conversation.cid == self.cursor_cid
        mark = (CURSOR if self.has_focus else CURSOR_ELSEWHERE) if here else " "
        looks = ("queue--cursor" if self.has_focus else "queue--cursor-elsewhere") if here else ""
        shown = self.folded(conversation)
        return conversation_row(self._desk, shown, self.width, mark, looks, self._kept)

    def _look_for_kept(self) -> None:
        """Few conversations have a request; to ask the desk about each row would cost every repaint."""
        requests = self._desk.patrols.all_open() if self._desk else ()
        self._kept = frozenset(cid for cid, patrol in requests if patrol.state is PatrolState.KEPT)

    def _order(self) -> None:
        """Learn the queue's order anew; the cursor of a conversation that is gone goes to its neighbour."""
        assert self._desk is not None
        queue = self._desk.queue
        self._plan = plan(queue)
        index = queue.index(self.cursor_cid) if self.cursor_cid else None
        if index is not None:
            self._cursor_index = index
        elif len(queue):
            self._point(queue[min(self._cursor_index, len(queue) - 1)].cid)
        else:
            self.cursor_cid = None
        self.set_height(self._plan.rows)

    def _seat(self) -> None:
        """Remember who is on which line: when the desk tells of a change, its queue has the new order already."""
        top = self.scroll_offset.y
        places = ((line, self._plan.index(top + line)) for line in range(self.page))
        seen = ((line, self._at(index)) for line, index in places if index is not None)
        self._seats = [Seat(c.cid, section_of(c, self._me), line) for line, c in seen if c]

    def _keep(self, seats: list[Seat]) -> None:
        """Scroll so that who was on screen, and belongs where he did, stays on the same line of it."""
        staying = (seat for seat in seats if self._section(seat.cid) == seat.section)
        anchor = min(staying, key=lambda seat: seat.cid != self.cursor_cid, default=None)
        row = self._row_of(anchor.cid) if anchor else None
        if anchor and row is not None and self.scroll_offset.y:
            self.scroll_to(y=row - anchor.line, animate=False, force=True)
        became = [seat for seat in seats if seat.cid == self.cursor_cid and seat.section != MINE]
        if became and self._section(became[0].cid) == MINE:
            self._reveal()

    @property
    def _me(self) -> str:
        return self._desk.queue.me if self._desk else ""

    def _at(self, index: int) -> Conversation | None:
        """Who is at this index of the queue, which may be shorter already than was told."""
        return self._desk.queue[index] if self._desk and index < len(self._desk.queue) else None

    def _section(self, cid: str) -> int | None:
        conversation = self._desk.queue.get(cid) if self._desk else None
        return section_of(conversation, self._me) if conversation else None

    def _row_of(self, cid: str | None) -> int | None:
        index = self._desk.queue.index(cid) if self._desk and cid else None
        return None if index is None else self._plan.row(index)

    def _go(self, row: int, by: int) -> None:
        """Put the cursor on this row, or past a title."""
        row = max(0, min(row, self._plan.rows - 1))
        for candidate in (row, row + by, row - by):
            index = self._plan.index(candidate)
            conversation = None if index is None else self._at(index)
            if conversation:
                self._point(conversation.cid)
                return self._reveal()

    def _point(self, cid: str) -> None:
        self.cursor_cid = cid
        index = self._desk.queue.index(cid) if self._desk else None
        self._cursor_index = index or 0
        self.post_message(self.Moved(cid))
        self.repaint()

    def _reveal(self) -> None:
        """Scroll as little as shows the cursor, with the title when it stands right under one."""
        row = self._row_of(self.cursor_cid)
        if row is None:
            return
        above = row - 1 if self._plan.index(row - 1) is None else row
        top = min(above, max(self.scroll_offset.y, row + 1 - self.page))
        self.scroll_to(y=top, animate=False, force=True)
