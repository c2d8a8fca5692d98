"""What a hand-over is called: who can be asked, the card in lines, how an offer was answered. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from officer_console.client.api import Desk, HandOver, Notice
from officer_console.console.signal_words import MARK, signal_name
from officer_console.console.times import span
from officer_console.console.words import Level, Told
from officer_console.locale import _
from officer_console.model.envelope import RELAY
from officer_console.model.handover import Card
from officer_console.model.roster import OnDuty
from officer_console.model.rules import ANSWERS
from officer_console.model.text import displayable, one_line

NAME_LIMIT: Final = 40
ASK, GREETING = "handover-ask", "first-taking-over"
"""Ids of the quick replies that she is asked with, and greeted."""


def colleagues(desk: Desk, cid: str) -> list[OnDuty]:
    """Who can be asked to take a conversation: who is not on a break, speaks her language and has room first, then
    who holds least."""
    conversation = desk.queue.get(cid)
    language = conversation.language if conversation else ""

    def place(officer: OnDuty) -> tuple[bool, bool, bool, int, str]:
        duty, load = officer.duty, desk.shift.load(officer.kid)
        foreign = bool(duty.languages) and bool(language) and language not in duty.languages
        return duty.doing == "break", foreign, load >= duty.capacity, load, desk.name(officer.kid)

    there = (each for each in desk.shift.officers() if each.linked and each.role in ANSWERS)
    return sorted((each for each in there if each.kid != desk.me and each.duty.doing != "leaving"), key=place)


def colleague(desk: Desk, officer: OnDuty) -> str:
    """One of them in a line."""
    duty = officer.duty
    parts = [one_line(desk.name(officer.kid), NAME_LIMIT)]
    parts.append(_("holds {n} of {most}").format(n=desk.shift.load(officer.kid), most=duty.capacity))
    parts.append(", ".join(duty.languages))
    parts.append(_("on a break") if duty.doing == "break" else "")
    return " · ".join(filter(None, parts))


def signals_of(card: Card) -> str:
    """The confirmed danger signals on a card, in a line; "" for none."""
    names = ", ".join(map(signal_name, card.signals))
    return f"{MARK} {names}" if names else ""


def referrals_of(card: Card, name_of: Callable[[str], str]) -> str:
    """The referrals on a card, in a line; "" for none. `name_of`: what a line of the directory is called."""
    return ", ".join(map(name_of, card.referrals))


def card_lines(card: Card, name_of: Callable[[str], str]) -> list[tuple[str, str, Level]]:
    """A card as headings and texts, what is most urgent first; what is empty is left out."""
    lines = [
        (_("Danger signals"), signals_of(card), Level.WARNING),
        (_("Facts"), card.facts, Level.PLAIN),
        (_("Next step"), card.next, Level.PLAIN),
        (_("Promised to her"), card.promises, Level.PLAIN),
        (_("Referrals she was given"), referrals_of(card, name_of), Level.PLAIN),
    ]
    return [(heading, displayable(text), level) for heading, text, level in lines if text.strip()]


def waits(desk: Desk, offer: HandOver, key: str) -> Told:
    """An offer that has not been answered. `key` withdraws it."""
    name = one_line(desk.name(offer.to), NAME_LIMIT)
    if not offer.at:
        return Told(_("The offer to {name} is not at the relay yet.").format(name=name), Level.WARNING)
    told = _("Offered to {name} {span} ago; ends by itself after {most}. {key} withdraws it.")
    most = span(desk.shift.timers.offer_s * 1000)
    return Told(told.format(name=name, span=span(desk.now() - offer.at), most=most, key=key), Level.WARNING)


def answered(desk: Desk, notice: Notice, key: str) -> Told:
    """How an offer of mine was answered. `key` offers it to another."""
    name = one_line(desk.name(notice.who), NAME_LIMIT)
    if notice.kind == "accepted":
        return Told(_("{name} has taken the conversation on.").format(name=name), Level.GOOD)
    if notice.who == RELAY:
        return Told(
            _("NOBODY ANSWERED your hand-over. It is still yours; {key} offers it again.").format(key=key),
            Level.WARNING,
        )
    told = _("{name} does NOT take it on. It is still yours; {key} offers it to another.")
    return Told(told.format(name=name, key=key), Level.WARNING)


def by_load(officers: Sequence[OnDuty]) -> str:
    """Said when there is nobody to ask."""
    return "" if officers else _("Nobody else is on duty: put it back, or ask a shift lead.")
