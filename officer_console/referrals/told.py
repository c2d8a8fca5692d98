"""What a list shows of a row or a place, in the officer's language: open now or when, the cost, how to reach it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from officer_console.locale import N_, _

from .clock import zone
from .entries import COSTS, Referral
from .opening import Opening, opening_at
from .places import Place

DAYS: Final = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
WEEK_DAYS: Final = 7


def opening_of(entry: Referral | Place, at: datetime) -> Opening:
    """Whether it is open at `at`, which must know its time zone; a place by the time of its department."""
    return opening_at(entry.opening_hours, at, entry.department if isinstance(entry, Place) else "")


def opening_told(opening: Opening, at: datetime) -> str:
    """ "open now until 19:00", "opens on Monday at 10:00", "hours unknown"."""
    if opening.state == "unknown":
        return _("hours unknown")
    if opening.state == "open":
        told = _("open now until {time}").format(time=f"{opening.until:%H:%M}") if opening.until else _("open now")
    elif opening.opens is None:
        told = _("closed for the next two weeks")
    else:
        told = _opens(opening.opens, at)
    return _("{opening} (public holiday: may be closed)").format(opening=told) if opening.unsure else told


def _opens(opens: datetime, at: datetime) -> str:
    days = (opens.date() - at.astimezone(opens.tzinfo).date()).days
    time = f"{opens:%H:%M}"
    if days == 0:
        return _("opens today at {time}").format(time=time)
    if days == 1:
        return _("opens tomorrow at {time}").format(time=time)
    day = _(DAYS[opens.weekday()])
    if days < WEEK_DAYS:
        return _("opens on {day} at {time}").format(day=day, time=time)
    return _("opens on {day} {date} at {time}").format(day=day, date=f"{opens:%d/%m}", time=time)


def cost_told(row: Referral) -> str:
    """What it costs to reach it."""
    return _(COSTS[row.cost])


def ways_told(entry: Referral | Place) -> str:
    """How to reach it, on one line."""
    if isinstance(entry, Place):
        where = " ".join(filter(None, (entry.postcode, entry.town)))
        return ", ".join(filter(None, (entry.address, where, entry.phone, entry.mail)))
    sms = _("SMS {number}").format(number=entry.sms) if entry.sms else ""
    return ", ".join(filter(None, (entry.phone, sms, entry.chat or entry.web, entry.mail)))


def now() -> datetime:
    """This moment, in the time of Paris."""
    return datetime.now(zone())
