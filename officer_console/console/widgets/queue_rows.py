"""A conversation as one row of the queue, and the queue's sections. Knows no widget."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container
from dataclasses import dataclass
from typing import Final, NamedTuple

from rich.cells import cell_len

from officer_console.client.api import Desk
from officer_console.console.queue_words import row_of
from officer_console.console.times import brief
from officer_console.console.widgets.place_marks import OVER, held_pieces, is_over, urgency_piece, waiting_pieces
from officer_console.console.widgets.rows_pane import Piece, Row
from officer_console.console.widgets.wrapping import fit
from officer_console.console.words import GONE_MARK
from officer_console.locale import N_, _
from officer_console.model.conversation import Conversation, State, Visitor
from officer_console.model.departments import department_of
from officer_console.model.next import Row as Now
from officer_console.model.queue import Queue, rank
from officer_console.model.text import one_line

TITLES: Final = (N_("Yours"), N_("Waiting"), N_("With colleagues"), N_("Closed"), N_("Erased"))
"""By section: yours, waiting, held by others, closed, erased."""
MINE, WAITING, HELD, CLOSED, ERASED = range(5)
SECTION_LOOKS: Final = ("queue--mine", "queue--waiting", "queue--held", "queue--closed", "queue--closed")

TIME_WIDTH: Final = 4
LANGUAGE_FROM: Final = 26
"""Cells from which on the language has a column."""
TAGS_FROM: Final = 40
"""Cells from which on how a visitor left is written, too."""
NAME_LIMIT: Final = 16
WORDS: Final = 160
MANY: Final = 9
GONE: Final = {
    Visitor.GOODBYE: N_("goodbye"),
    Visitor.EXIT: N_("exit"),
    Visitor.CLOSED: N_("page closed"),
    Visitor.LOST: N_("network lost"),
}


class Section(NamedTuple):
    """`first` is the index in the queue of its first conversation, `row` the row of its title."""

    number: int
    first: int
    size: int
    row: int


@dataclass(frozen=True)
class Plan:
    """Which row holds what: each section that has someone in it begins with its title."""

    sections: tuple[Section, ...] = ()
    rows: int = 0

    def index(self, row: int) -> int | None:
        """The conversation's index in the queue; None for a title, or outside."""
        section = self.section(row)
        inside = section is not None and section.row < row <= section.row + section.size
        return section.first + row - section.row - 1 if section and inside else None

    def section(self, row: int) -> Section | None:
        """The section that a row is in."""
        return next((section for section in reversed(self.sections) if section.row <= row), None)

    def row(self, index: int) -> int:
        """The row of the conversation at an index of the queue."""
        return index + 1 + sum(section.first <= index for section in self.sections[1:])


def plan(queue: Queue) -> Plan:
    """The sections of the queue as it is now; costs O(log n)."""
    sections: list[Section] = []
    row, first = 0, 0
    for number in range(len(TITLES)):
        end = bisect_left(range(len(queue)), number + 1, lo=first, key=lambda i: section_of(queue[i], queue.me))
        if end > first:
            sections.append(Section(number, first, end - first, row))
            row += 1 + end - first
        first = end
    return Plan(tuple(sections), row)


def section_of(conversation: Conversation, me: str) -> int:
    """The number of the section that a conversation stands in."""
    return rank(conversation, me)[0]


def title_row(section: Section, width: int) -> Row:
    """The title of a section and how many are in it."""
    title = f" {_(TITLES[section.number])} {section.size} "
    return Row(((fit(title, width), SECTION_LOOKS[section.number]),), "queue--title")


def conversation_row(
    desk: Desk, conversation: Conversation, width: int, cursor: str, looks: str, kept: Container[str] = ()
) -> Row:
    """The columns of a conversation; `cursor` is the mark before it, `looks` those of the whole row. `kept`: those with
    a patrol request that is only on this machine."""
    c, now = conversation, row_of(desk)
    section = section_of(c, desk.me)
    unread = desk.talk.unread(c.cid) if section == MINE else 0
    urgent, over = urgency_piece(desk.queue, c), is_over(now, c)
    first = urgent if section == WAITING else None
    pieces: list[Piece] = [
        (cursor, ""),
        first or (_attention(c, unread), "queue--attention"),
        *_right(waiting_time(c, now.now), TIME_WIDTH + 1, "queue--attention" if over else SECTION_LOOKS[section]),
        (OVER if over else " ", "queue--attention"),
        (f"{GONE_MARK.get(c.visitor, ' ')} ", "queue--gone"),
    ]
    if width >= LANGUAGE_FROM:
        pieces.append((f"{c.language[:2]:<3}", "queue--quiet"))
    pieces.append((f"{department_of(c.postcode):<4}", "queue--quiet"))
    if urgent and section in (MINE, HELD):
        pieces.append((f"{urgent[0].strip()} ", urgent[1]))
    pieces += [*_patrol(c, kept), *_told(desk, now, c, width)]
    room = max(0, width - sum(cell_len(text) for text, _looks in pieces))
    loud = "queue--unread" if unread or c.needs_answer else ""
    pieces.append((fit(one_line(c.first_words, WORDS), room), loud if section <= WAITING else "queue--quiet"))
    return Row(tuple(pieces), looks)


def waiting_time(conversation: Conversation, now: int) -> str:
    """How long she has waited for somebody, or for an answer; of a closed one, how long it has been closed."""
    c = conversation
    since = {State.WAITING: c.waiting_since, State.CLOSED: c.closed_at}.get(c.state, 0)
    since = c.asked_at if c.needs_answer else since
    return brief(now - since) if since else ""


def _right(text: str, cells: int, looks: str) -> tuple[Piece, Piece]:
    return (" " * (cells - cell_len(text)), ""), (text, looks)


def _attention(conversation: Conversation, unread: int) -> str:
    """How many are unread; "!" when all is read but not answered."""
    if unread:
        return f"{unread:>2}" if unread <= MANY else f"{MANY}+"
    return " !" if conversation.needs_answer else "  "


def _patrol(conversation: Conversation, kept: Container[str]) -> list[Piece]:
    """That a patrol is asked for, and "!" while the room has not acknowledged it."""
    case = conversation.patrol
    if case is None and conversation.cid not in kept:
        return []
    waits = case is None or case.unacked_since or conversation.cid in kept
    return [(_("PATROL") + ("! " if waits else " "), "queue--attention" if waits else "queue--patrol")]


def _told(desk: Desk, now: Now, conversation: Conversation, width: int) -> list[Piece]:
    """What must be known before the first words: who has her, how she left, why she stands here."""
    c = conversation
    told: list[Piece] = []
    if c.state is State.WAITING:
        told += waiting_pieces(desk, now, c, width >= TAGS_FROM)
    if c.state is State.HELD:
        told += held_pieces(desk, c)
    if width >= TAGS_FROM and c.visitor in GONE:
        told.append((f"[{_(GONE[c.visitor])}] ", "queue--gone"))
    if c.state is State.HELD and c.holder != desk.me:
        told.append((one_line(desk.name(c.holder), NAME_LIMIT) + " ", "queue--holder"))
    return told
