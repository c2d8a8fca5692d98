"""The signs of a queue row that say how urgent somebody is, whom she is kept for, and which timers run."""

from __future__ import annotations

from typing import Final

from officer_console.client.api import Desk
from officer_console.console.queue_words import is_late, tended
from officer_console.console.times import SECOND, brief
from officer_console.console.widgets.rows_pane import Piece
from officer_console.locale import _
from officer_console.model.conversation import URGENCY, Conversation, State
from officer_console.model.next import Row, kept_for
from officer_console.model.queue import Queue
from officer_console.model.text import one_line

SIGN: Final = {"red": "!!", "amber": " !", "red?": "??", "amber?": " ?"}
"""Danger now, urgent; with a question mark the signals propose it and nobody has said so yet."""
LOOKS: Final = {"red": "queue--attention", "red?": "queue--attention"}
CAME_BACK, RETURNS, CROWD, ELSEWHERE = "↩ ", "↺", "×", "→ "
OVER: Final = "+"
"""After the time of somebody who waits for longer than she should."""
NAME_LIMIT: Final = 12


def urgency_piece(queue: Queue, conversation: Conversation) -> Piece | None:
    """How urgent she is; None when nobody says so."""
    raised, proposed = conversation.urgency, queue.proposed(conversation.cid)
    code = raised if URGENCY.index(proposed) <= URGENCY.index(raised) else f"{proposed}?"
    return (SIGN[code], LOOKS.get(code, "queue--gone")) if code else None


def is_over(row: Row, conversation: Conversation) -> bool:
    """Whether somebody waits for longer than the desk promises, for an officer or for his answer."""
    c, timers = conversation, row.queue.timers
    if c.state is State.WAITING:
        return row.now - c.waiting_since >= timers.wait_target_s * SECOND
    return bool(c.unanswered_since) and row.now - c.unanswered_since >= timers.answer_warn_s * SECOND


def waiting_pieces(desk: Desk, row: Row, conversation: Conversation, wide: bool) -> list[Piece]:
    """Whom she is kept for or came back to, why she is here again, how many of her network were before her."""
    c, found = conversation, list[Piece]()
    kept = kept_for(row, c)
    if c.came_back_to:
        found.append(_came_back(desk, c.came_back_to, wide))
    elif c.went_back:
        found.append((RETURNS + " ", "queue--attention"))
    elif c.reopened:
        found.append((CAME_BACK + (_("came back") + " " if wide else ""), "queue--gone"))
    if kept and kept.code == "fit":
        found.append((ELSEWHERE + (_("for colleagues") + " " if wide else ""), "queue--holder"))
    if c.turn:
        found.append((f"{CROWD}{c.turn} ", "queue--quiet"))
    return found


def _came_back(desk: Desk, to: str, wide: bool) -> Piece:
    mine = to == desk.me
    name = _("to you") if mine else one_line(desk.name(to), NAME_LIMIT)
    return CAME_BACK + (f"{name} " if wide or mine else ""), "queue--mine" if mine else "queue--holder"


def held_pieces(desk: Desk, conversation: Conversation) -> list[Piece]:
    """That the officer's console is gone, and in how long she goes back to the queue."""
    seen, found = tended(desk, conversation), list[Piece]()
    if seen.holder_gone:
        found.append((_("GONE") + " ", "queue--attention"))
    if seen.back_in and (seen.holder_gone or is_late(seen, desk.shift.timers)):
        found.append((f"{RETURNS}{brief(seen.back_in)} ", "queue--attention"))
    return found
