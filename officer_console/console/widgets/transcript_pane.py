"""The messages of one conversation. Nothing that arrives moves what is being read, unless that is the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import events
from textual.cache import LRUCache
from textual.message import Message

from officer_console.client.api import Change, Desk
from officer_console.console.folds import Folds
from officer_console.console.widgets.folding import fold
from officer_console.console.widgets.heights import Heights
from officer_console.console.widgets.rows_pane import EMPTY, Row, RowsPane
from officer_console.console.widgets.transcript_rows import TIME_WIDTH, TranscriptRows
from officer_console.console.widgets.wrapping import Span
from officer_console.locale import _
from officer_console.model.transcript import Kind, Line

Match = tuple[int, Span]
"""A line, and where in its words."""
LINES_KEPT = 512
"""Lines whose rows are kept made: some pages."""


class TranscriptPane(RowsPane, can_focus=False):
    """Shows the lines of a conversation; the end is followed while it is on screen. Writes no state."""

    DEFAULT_CSS = """
    TranscriptPane {
        background: $background; color: $text;
        scrollbar-background: $background; scrollbar-background-hover: $background;
        scrollbar-color: $border; scrollbar-color-hover: $muted;
    }
    TranscriptPane > .transcript--quiet { color: $muted; }
    TranscriptPane > .transcript--visitor { color: $visitor; text-style: bold; }
    TranscriptPane > .transcript--officer { color: $officer; text-style: bold; }
    TranscriptPane > .transcript--colleague { color: $officer; text-style: bold italic; }
    TranscriptPane > .transcript--note { color: $warning; text-style: bold italic; }
    TranscriptPane > .transcript--note-words { text-style: italic; }
    TranscriptPane > .transcript--presence { color: $warning; text-style: bold; }
    TranscriptPane > .transcript--patrol { color: $accent; text-style: bold; }
    TranscriptPane > .transcript--pending { color: $warning; text-style: italic; }
    TranscriptPane > .transcript--trouble { color: $danger; text-style: bold reverse; }
    TranscriptPane > .transcript--new { color: $focus; text-style: bold; }
    TranscriptPane > .transcript--match { color: $accent; text-style: bold underline; }
    TranscriptPane > .transcript--match-current { color: $focus; text-style: bold reverse; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "transcript--quiet",
        "transcript--visitor",
        "transcript--officer",
        "transcript--colleague",
        "transcript--note",
        "transcript--note-words",
        "transcript--presence",
        "transcript--patrol",
        "transcript--pending",
        "transcript--trouble",
        "transcript--new",
        "transcript--match",
        "transcript--match-current",
    }

    class NewBelow(Message):
        """So many lines have come that are below what is on screen; 0 when the end is on screen again."""

        def __init__(self, cid: str, count: int) -> None:
            super().__init__()
            self.cid, self.count = cid, count

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, TranscriptPane.NewBelow) and message.cid == self.cid

    class Seen(Message):
        """All lines there are have been on screen, and some of them were unread: `desk.talk.mark_read` is due."""

        def __init__(self, cid: str) -> None:
            super().__init__()
            self.cid = cid

    def __init__(self, name_of: Callable[[str], str] = str, folds: Folds | None = None) -> None:
        super().__init__()
        self._folds = folds
        self._name_of = name_of
        self.cid = ""
        self.new_below = 0
        self.at_end = True
        self._desk: Desk | None = None
        self._book: TranscriptRows | None = None
        self._heights = Heights(self._guess, self._measure)
        self._made: LRUCache[int, list[Row]] = LRUCache(LINES_KEPT)
        self._matches: list[Match] = []
        self._placing = False

    # what to show

    def show(self, desk: Desk, cid: str) -> None:
        """Show this conversation, at its end."""
        self._desk, self.cid, self.at_end = desk, cid, True
        self._book = TranscriptRows(desk, desk.talk.lines(cid), self._name_of, self._told_instead)
        self._book.unread_at = desk.talk.first_unread(cid)
        self._matches = []
        self._lay_out(0, 0)
        self._count_below(0)

    def changed(self, change: Change) -> None:
        """Show what has changed in this conversation; the place that is being read stays where it is."""
        if self._desk is None or self.cid not in change.cids:
            return
        book, new = self._open_book, list(self._desk.talk.lines(self.cid))
        if len(new) < len(book.lines) or not book.lines:
            return self._begin_again()
        differ = [i for i, (one, other) in enumerate(zip(book.lines, new, strict=False)) if one != other]
        came = new[len(book.lines) :]
        confirmed = {line.remark for line in came if line.kind is Kind.SIGNAL}  # a folded message names its danger
        differ += [i for i, line in enumerate(book.lines) if line.key in confirmed]
        index, row = self._place()
        last_said = book.last_said
        book.put(new)
        self._separate(came)
        for changed in (*differ, last_said, book.last_said):
            self._doubt(changed)
        self._heights.grow(len(new))
        self._put(index, row)
        self._search_again((*differ, *range(len(new) - len(came), len(new))))
        self._count_below(self.new_below + len(came))

    def reword(self) -> None:
        """The names of referrals are known now; the place that is being read stays where it is."""
        if self._desk is None or not self._open_book.lines:
            return
        place = self._place()
        for index, line in enumerate(self._open_book.lines):
            if line.kind is Kind.REFERRED:
                self._doubt(index)
        self._put(*place)

    def refold(self) -> None:
        """As `reword`, of the messages that are folded."""
        if self._desk is None or not self._open_book.lines:
            return
        place = self._place()
        for index, line in enumerate(self._open_book.lines):
            if line.kind is Kind.VISITOR:
                self._doubt(index)
        self._put(*place)

    def open_folded(self) -> bool:
        """Open the newest message that is folded; whether there was one."""
        lines = self._open_book.lines if self._desk else []
        key = next((line.key for line in reversed(lines) if self._told_instead(line)), "")
        if self._folds and key:
            self._folds.open(self.cid, key)
            self.refold()
            self._search_again(range(len(lines)))
        return bool(key)

    def _told_instead(self, line: Line) -> str:
        return self._folds.told(self.cid, line) if self._folds else ""

    # where to read

    def to_first_unread(self) -> None:
        """Go to the first message that had not been on screen when the conversation was opened or left behind."""
        if self._desk is None:
            return
        index = self._open_book.unread_at
        index = self._desk.talk.first_unread(self.cid) if index is None else index
        if index is not None and index < len(self._heights):
            self._go(index, 0, 0)

    def search(self, text: str) -> int:
        """Mark what is like `text` (whatever its accents and case), go to the nearest; how many there are."""
        if self._book is None:
            return 0
        index, _row = self._place()
        self._book.needle, self._book.match = fold(text.strip()), None
        self._made.clear()
        self._matches = self._found(range(len(self._book.lines)))
        self._go_to_match(next((match for match in self._matches if match[0] >= index), None) or self._last_match())
        return len(self._matches)

    def next_match(self, by: int = 1) -> None:
        """Go to the next place that was searched for, or with -1 to the one before; round at the ends."""
        if self._matches:
            self._go_to_match(self._matches[(self.match_number - 1 + by) % len(self._matches)])

    @property
    def match_number(self) -> int:
        """Which match is the current one, from 1; 0 for none."""
        match = self._book.match if self._book else None
        return self._matches.index(match) + 1 if match in self._matches else 0

    # what Textual asks

    def row(self, y: int) -> Row:
        if self._book is None or not self._book.width or y >= self._heights.total:
            return self._alone() if y == 0 else EMPTY
        index, row = self._heights.find(y)
        return self._rows(index)[row]

    def on_resize(self, event: events.Resize) -> None:
        if self._book is None:
            return
        index, place = 0, 0
        if self._book.width and self._book.lines:
            index, row = self._place()
            place = self._book.place_of(index, row)
        self._lay_out(index, place)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if not self._placing and self._book and len(self._heights):
            self.at_end = self.scroll_offset.y >= self.max_scroll_y
            self._put(*self._place())
            self._count_below(self.new_below)

    # parts of the above

    @property
    def _open_book(self) -> TranscriptRows:
        assert self._book is not None
        return self._book

    def _alone(self) -> Row:
        """What stands where no line is yet."""
        loading = self._desk is not None and self._desk.talk.loading(self.cid)
        words = _("The history is on its way …") if loading else ""
        return Row(((" " * TIME_WIDTH + words, "transcript--quiet"),))

    def _guess(self, index: int) -> int:
        return self._open_book.guess(index)

    def _measure(self, index: int) -> int:
        return len(self._rows(index))

    def _rows(self, index: int) -> list[Row]:
        rows = self._made.get(index)
        if rows is None:
            rows = self._made[index] = self._open_book.rows(index)
        return rows

    def _doubt(self, index: int) -> None:
        """A line looks different now, and so may what stands above the next."""
        for at in (index, index + 1):
            self._made.discard(at)
            self._heights.doubt(at)

    def _begin_again(self) -> None:
        assert self._desk is not None
        needle = self._open_book.needle
        self.show(self._desk, self.cid)
        self._open_book.needle = needle
        self._search_again(range(len(self._open_book.lines)))

    def _separate(self, came: list[Line]) -> None:
        """ "New" stands before the first line that came while the end was not on screen, until I have answered."""
        book = self._open_book
        assert self._desk is not None
        old = book.unread_at
        if any(line.kind is Kind.OFFICER and line.who == self._desk.me for line in came):
            book.unread_at = None
        elif old is None and not self.at_end:
            first = len(book.lines) - len(came)
            book.unread_at = next((i for i, line in enumerate(came, first) if line.kind is Kind.VISITOR), None)
        for index in {old, book.unread_at}:
            if index is not None:
                self._doubt(index)

    def _lay_out(self, index: int, place: int) -> None:
        """Wrap everything anew; `place` is the character of line `index` that was at the top."""
        book = self._open_book
        book.width = self.width
        self._made.clear()
        self._heights.start_over(len(book.lines))
        if not book.width:
            return
        row = book.row_of(index, place) if place else 0
        self._put(index, row)
        self.refresh()
        self._tell_seen()

    def _place(self) -> tuple[int, int]:
        """The line at the top of the screen, and which of its rows."""
        return self._heights.find(self.scroll_offset.y) if len(self._heights) else (0, 0)

    def _put(self, index: int, row: int) -> None:
        """Keep this row at the top, or the end at the bottom when it is followed, and measure a page around."""
        heights, page = self._heights, self.page
        if self.at_end:
            index, row = len(heights), 0
        heights.settle_up(index, 2 * page)
        heights.settle_down(index, 2 * page)
        top = heights.total - page if self.at_end else heights.top(index) + row
        self._placing = True
        try:
            self.set_height(heights.total, top)
        finally:
            self._placing = False
        self.repaint()

    def _go(self, index: int, row: int, above: int) -> None:
        """Put this row so many rows below the top."""
        self.at_end = False
        self._heights.settle_up(index, self.page + above)
        self._put(*self._heights.find(self._heights.top(index) + row - above))
        self.at_end = self.scroll_offset.y >= self.max_scroll_y
        self._count_below(self.new_below)

    def _found(self, lines: Iterable[int]) -> list[Match]:
        book = self._open_book
        return [(index, span) for index in lines for span in book.matches(index)] if book.needle else []

    def _search_again(self, lines: Iterable[int]) -> None:
        """Look only at lines that changed or came."""
        anew = set(lines)
        kept = [match for match in self._matches if match[0] not in anew]
        self._matches = sorted([*kept, *self._found(anew)])

    def _last_match(self) -> Match | None:
        return self._matches[-1] if self._matches else None

    def _go_to_match(self, match: Match | None) -> None:
        book = self._open_book
        for at in (book.match, match):
            if at:
                self._made.discard(at[0])
        book.match = match
        if match:
            row = book.row_of(match[0], match[1][0])
            if not 0 <= self._heights.top(match[0]) + row - self.scroll_offset.y < self.page:
                self._go(match[0], row, self.page // 3)
        self.repaint()

    def _count_below(self, count: int) -> None:
        count = 0 if self.at_end else count
        if count != self.new_below:
            self.new_below = count
            self.set_class(count > 0, "-new-below")
            self.post_message(self.NewBelow(self.cid, count))
        self._tell_seen()

    def _tell_seen(self) -> None:
        if self.at_end and self._desk and self.width and self._desk.talk.unread(self.cid):
            self.post_message(self.Seen(self.cid))
