"""Whom an officer takes next, and why each of those who wait stands where she stands.

The order is the queue's (`queue.counts_from`): how long she has waited, earlier by what her urgency is worth, later by
how many of her network waited before her. Two things are one officer's own. Somebody who comes back to him counts at
least as amber, for him. And whom somebody else fits who is there and has room, he leaves to him, but no longer than
`keep_for_s`; red waits for nobody. So for every officer alike holds what `overtaken_until` says: no one starves.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Final, Literal, NamedTuple

from .conversation import URGENCY, Conversation
from .departments import as_number, department_of
from .queue import GONE, MOST_TURNS, Queue, counts_from
from .roster import Duty, OnDuty
from .timers import Timers

Code = Literal["red", "amber", "red?", "amber?", "back", "kept", "fit", "yours", "turn", "returned", "away"]


class Reason(NamedTuple):
    """One reason for a place. `who` an officer, `n` a count or a time (ms), `text` a `Why`.

    "red", "amber": `who` raised it; "red?", "amber?": the danger signals propose it. "back": she came back to `who`;
    "kept": she did, and is kept for him until `n`; "fit": kept until `n` for colleagues whose languages or departments
    fit. "yours": I fit, and not every colleague does. "turn": `n` of her network waited before her. "returned": taken
    from `who` and put back, `text` why. "away": she has left and reads nothing now.
    """

    code: Code
    who: str = ""
    n: int = 0
    text: str = ""


class Row(NamedTuple):
    """What the next one depends on: the queue, who is on duty (this officer too, by key), and the time, ms."""

    queue: Queue
    officers: Mapping[str, OnDuty]
    now: int

    @property
    def mine(self) -> Duty:
        """How this officer is on duty; while nobody has told, he is there for all."""
        known = self.officers.get(self.queue.me)
        return known.duty if known else _ANYBODY


_ANYBODY: Final = Duty(since=0)


def next_for(row: Row, skip: Container[str] = ()) -> Conversation | None:
    """Whom this officer takes next, but none of `skip`; None when nobody waits but those who are kept for others. Costs
    a look at each who is."""
    known: dict[tuple[str, str], bool] = {}
    waiting = (each for each in row.queue.waiting() if each.cid not in skip)
    return next((each for each in waiting if not _is_kept(row, each, known)), None)


def kept_for(row: Row, conversation: Conversation) -> Reason | None:
    """Why this officer leaves her to others for now: "kept" or "fit"; None when he does not."""
    until = conversation.waiting_since + row.queue.timers.keep_for_s * 1000
    if row.now >= until or _level(row.queue, conversation) == "red":
        return None
    former = conversation.came_back_to
    if former == row.queue.me:
        return None
    if former and has_room(row, former):
        return Reason("kept", former, until)
    if not fits(row.mine, conversation) and any(_takes(row, kid, conversation) for kid in row.officers):
        return Reason("fit", n=until)
    return None


def reasons(row: Row, conversation: Conversation) -> list[Reason]:
    """Why she stands where she stands, the weightiest first; a conversation that waits."""
    c, proposed = conversation, row.queue.proposed(conversation.cid)
    found = [Reason("red" if c.urgency == "red" else "amber", c.raised_by)] if c.urgency else []
    if URGENCY.index(proposed) > URGENCY.index(c.urgency):
        found.append(Reason("red?" if proposed == "red" else "amber?"))
    if kept := kept_for(row, c):
        found.append(kept)
    elif c.came_back_to:
        found.append(Reason("back", c.came_back_to))
    if c.put_back:
        found.append(Reason("returned", c.former, text=c.went_back))
    if is_mine(row, c):
        found.append(Reason("yours"))
    if c.turn:
        found.append(Reason("turn", n=c.turn))
    return [*found, Reason("away")] if c.visitor in GONE else found


def overtaken_until(conversation: Conversation, timers: Timers, proposed: str = "") -> int:
    """Nobody who begins to wait after this moment (ms) is taken before her while she is there, whatever becomes of
    him: the most that urgency is worth after the moment from which her own wait counts, and not before `keep_for_s`."""
    most = max(timers.ahead_red_s, timers.ahead_amber_s) * 1000
    kept = conversation.waiting_since + timers.keep_for_s * 1000
    return max(counts_from(conversation, timers, proposed) + most, kept)


def most_overtaking(timers: Timers) -> int:
    """The longest time, ms, after she began to wait in which somebody can come who is taken before her."""
    behind = MOST_TURNS * timers.network_step_s
    return max(behind + max(timers.ahead_red_s, timers.ahead_amber_s), timers.keep_for_s) * 1000


def has_room(row: Row, kid: str) -> bool:
    """Whether an officer is there, takes new ones, and holds fewer than he can."""
    known = row.officers.get(kid)
    return bool(known and known.linked and known.duty.doing == "here" and row.queue.load(kid) < known.duty.capacity)


def fits(duty: Duty, conversation: Conversation) -> bool:
    """Whether an officer is there for her language and department; what is not known of her fits everybody."""
    language, department = conversation.language[:2].lower(), department_of(conversation.postcode)
    speaks = not duty.languages or not language or language in {each[:2].lower() for each in duty.languages}
    near = not duty.departments or not department or department in {as_number(each) for each in duty.departments}
    return speaks and near


def is_mine(row: Row, conversation: Conversation) -> bool:
    """Whether this officer is there for her, and not everybody is."""
    there = (each for kid, each in row.officers.items() if kid != row.queue.me and each.linked)
    return fits(row.mine, conversation) and any(not fits(each.duty, conversation) for each in there)


def _takes(row: Row, kid: str, conversation: Conversation) -> bool:
    other = kid != row.queue.me and has_room(row, kid)
    return other and fits(row.officers[kid].duty, conversation)


def _is_kept(row: Row, conversation: Conversation, known: dict[tuple[str, str], bool]) -> bool:
    """As `kept_for`; who fits is found once for each language and postcode."""
    if row.now >= conversation.waiting_since + row.queue.timers.keep_for_s * 1000:
        return False
    if conversation.came_back_to or _level(row.queue, conversation) == "red":
        return kept_for(row, conversation) is not None
    what = conversation.language, conversation.postcode
    if what not in known:
        known[what] = kept_for(row, conversation) is not None
    return known[what]


def _level(queue: Queue, conversation: Conversation) -> str:
    return max(conversation.urgency, queue.proposed(conversation.cid), key=URGENCY.index)
