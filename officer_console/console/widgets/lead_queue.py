"""All conversations as a shift lead looks at them: who waits how long, who has whom, who is left without a word."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len

from officer_console.console.times import brief
from officer_console.console.widgets.queue_pane import QueuePane
from officer_console.console.widgets.queue_rows import SECTION_LOOKS, section_of
from officer_console.console.widgets.rows_pane import Piece, Row
from officer_console.console.widgets.wrapping import fit
from officer_console.console.words import GONE_MARK
from officer_console.locale import _
from officer_console.model.conversation import Conversation, State
from officer_console.model.departments import department_of
from officer_console.model.text import one_line

URGENCY = {"red": "!!", "amber": "! ", "": "  "}
NAME_LIMIT = 18
WORDS = 120


class LeadQueue(QueuePane):
    """See `QueuePane`. What a lead may not read has no words here either."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set()

    def _conversation(self, conversation: Conversation) -> Row:
        assert self._desk is not None
        c, desk = conversation, self._desk
        here = c.cid == self.cursor_cid
        mark = ("▶" if self.has_focus else "▷") if here else " "
        section = SECTION_LOOKS[section_of(c, desk.me)]
        time = brief(desk.now() - since) if (since := _since(c)) else ""
        pieces: list[Piece] = [
            (mark, ""),
            (URGENCY[c.urgency] if c.urgency else ("? " if desk.queue.proposed(c.cid) else "  "), "queue--attention"),
            (f"{time:>5}", "queue--attention" if c.unanswered_since else section),
            (f" {GONE_MARK.get(c.visitor, ' ')} ", "queue--gone"),
            (f"{c.language[:2]:<3}{department_of(c.postcode):<4}", "queue--quiet"),
            *self._told(c),
        ]
        room = max(0, self.width - sum(cell_len(text) for text, _looks in pieces))
        pieces.append((fit(one_line(c.first_words, WORDS), room), "" if c.state is State.WAITING else "queue--quiet"))
        return Row(tuple(pieces), ("queue--cursor" if self.has_focus else "queue--cursor-elsewhere") if here else "")

    def _told(self, c: Conversation) -> list[Piece]:
        """Who has her, whether a patrol is asked for, who reads along."""
        assert self._desk is not None
        told: list[Piece] = []
        if c.state is State.HELD:
            told.append((fit(one_line(self._desk.name(c.holder), NAME_LIMIT), NAME_LIMIT) + " ", "queue--holder"))
            told.append((_("no word yet") + " " if c.unanswered_since else "", "queue--attention"))
        if c.patrol:
            waits = bool(c.patrol.unacked_since)
            told.append((_("PATROL") + ("! " if waits else " "), "queue--attention" if waits else "queue--patrol"))
        if c.guests:
            told.append((_("+{n} lead").format(n=len(c.guests)) + " ", "queue--mine"))
        return told


def _since(c: Conversation) -> int:
    """Since when she waits: for somebody, or for a word; of a closed one, since when it is closed."""
    return {State.WAITING: c.waiting_since, State.CLOSED: c.closed_at}.get(c.state, c.unanswered_since)
