"""What an officer does about the queue: take the next, take one in particular, raise urgency, take a break."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, cast

from officer_console.console.attempt import attempt
from officer_console.console.keymap import shown
from officer_console.console.queue_words import NAME_LIMIT, row_of, taken_because
from officer_console.console.times import SECOND, of_day
from officer_console.console.turn_words import LEVEL
from officer_console.console.usable import may
from officer_console.console.words import Level, Told, refusal
from officer_console.locale import _, ngettext
from officer_console.model.conversation import URGENCY
from officer_console.model.events import Level as Urgency
from officer_console.model.next import kept_for, next_for
from officer_console.model.text import one_line

if TYPE_CHECKING:
    from officer_console.console.screens.duty import Duty

AGAIN_MS: Final = 10 * SECOND
"""Within it the same key, pressed again, means it."""


class Again:
    """A key that asks before it does something: pressed again within AGAIN_MS it means it. `clock` gives ms, and only
    rises."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._asked: tuple[str, ...] | None = None
        self._at = 0

    def meant(self, *key: str) -> bool:
        """Whether the same was asked for a moment ago; when not, it is from now on."""
        now = self._clock()
        meant = self._asked == key and now - self._at < AGAIN_MS
        self._asked, self._at = (None if meant else key), now
        return meant


async def take_next(duty: Duty) -> None:
    """Take whom this officer takes next; at his capacity, or on a break, when the key is pressed again."""
    desk, taken = duty.desk, list[str | None]()
    if _holds_back(duty, "take-next"):
        return
    row, before = row_of(desk), next_for(row_of(desk))
    if not attempt(duty.tell, lambda: taken.append(desk.claims.take_next())):
        return
    if taken[0] is None:
        return duty.tell(_nobody(duty))
    await _into(duty, taken[0])
    if before and before.cid == taken[0] and (why := taken_because(desk, row, before)):
        duty.tell(Told(why))


async def take(duty: Duty) -> None:
    """Take the conversation that one is on, whoever it is kept for."""
    cid = duty.situation.cid
    if not may(duty.desk, cid, "claimed"):
        return duty.tell(Told(_why_not_taken(duty, cid), Level.WARNING))
    if not _holds_back(duty, "take", cid) and attempt(duty.tell, duty.desk.claims.claim, cid):
        await _into(duty, cid)


def urgency(duty: Duty) -> None:
    """One level up: to urgent, then to danger now; at once to what the danger signals propose. Nothing lowers it."""
    desk, cid = duty.desk, duty.situation.cid
    known = desk.claims.urgency(cid)
    if not cid or desk.queue.get(cid) is None:
        return duty.tell(Told(_("There is no conversation under the cursor."), Level.WARNING))
    if known == URGENCY[-1]:
        return duty.tell(Told(_("It stands at “{level}” already; nothing lowers that.").format(level=_(LEVEL[known]))))
    if not may(desk, cid, "urgency_raised"):
        return duty.tell(Told(refusal("not_yours"), Level.WARNING))
    level = max(URGENCY[URGENCY.index(known) + 1], desk.queue.proposed(cid), key=URGENCY.index)
    if attempt(duty.tell, desk.claims.raise_urgency, cid, cast(Urgency, level)):
        duty.tell(Told(_raised(duty, level), Level.WARNING))


def _raised(duty: Duty, level: str) -> str:
    told = _("Raised to “{level}”: every console sees it, the visitor does not. Nothing lowers it.")
    more = _("{key} again: “{level}”.").format(key=shown(duty.keymap["urgency"]), level=_(LEVEL[URGENCY[-1]]))
    return told.format(level=_(LEVEL[level])) + (f" {more}" if level != URGENCY[-1] else "")


def take_break(duty: Duty) -> None:
    """Take a break, or be back from it."""
    shift = duty.desk.shift
    if shift.mine.doing == "break":
        shift.do("here")
        return duty.tell(Told(_("You are back: new ones may be kept for you."), Level.GOOD))
    shift.do("break")
    told = _("You are on a break: nothing new is kept for you. What you hold stays yours. {key}: back.")
    duty.tell(Told(told.format(key=shown(duty.keymap["break"]))))


# ---- parts of the above ----


def _holds_back(duty: Duty, command: str, cid: str = "") -> bool:
    """Whether something speaks against one more that the officer has not set aside yet; tells it."""
    why = _against(duty, shown(duty.keymap[command]))
    if why and not duty.again.meant(command, cid):
        duty.tell(Told(why, Level.WARNING))
        return True
    if duty.desk.shift.mine.doing == "break":
        duty.desk.shift.do("here")
    return False


def _against(duty: Duty, key: str) -> str:
    mine, holding = duty.desk.shift.mine, duty.desk.claims.in_hand
    if mine.doing == "break":
        return _("You are on a break. {key} again: the break ends, and you take one.").format(key=key)
    if mine.doing == "leaving":
        return _("You are about to leave. {key} again: take one more all the same.").format(key=key)
    if holding < mine.capacity:
        return ""
    told = _("You hold {n} of {most}: press {key} again for one more.")
    return told.format(n=holding, most=mine.capacity, key=key)


def _nobody(duty: Duty) -> Told:
    """Why there is nobody to take: nobody waits, or only who is kept for others."""
    row = row_of(duty.desk)
    first = next(duty.desk.queue.waiting(), None)
    kept = kept_for(row, first) if first else None
    if kept is None:
        return Told(_("Nobody is waiting."))
    count, key = duty.desk.queue.waiting_size, shown(duty.keymap["take"])
    who = one_line(duty.desk.name(kept.who), NAME_LIMIT) if kept.who else _("colleagues whom she fits")
    told = ngettext(
        "Who waits is kept for {who} until {time}; {key} in the queue takes her all the same.",
        "All {n} who wait are kept for others, the first for {who} until {time}; {key} in the queue takes one.",
        count,
    )
    return Told(told.format(n=count, who=who, time=of_day(kept.n), key=key), Level.WARNING)


async def _into(duty: Duty, cid: str) -> None:
    """Write in what has just been claimed."""
    await duty.panes.open(cid)
    if duty.panes.active:
        duty.panes.active.wait_for_claim()


def _why_not_taken(duty: Duty, cid: str) -> str:
    conversation = duty.desk.queue.get(cid)
    if conversation is None:
        return _("There is no conversation under the cursor.")
    if conversation.holder == duty.desk.me:
        return _("It is yours already.")
    return refusal("taken")
