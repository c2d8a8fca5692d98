"""What danger signals are called, and what an officer is told of those that were confirmed. Pure."""

from __future__ import annotations

from typing import Final

from officer_console.client.api import Desk
from officer_console.console.times import of_day
from officer_console.locale import _
from officer_console.model.signals import SIGNALS, Confirmed
from officer_console.model.text import one_line
from officer_console.model.transcript import Kind, Line

MARK: Final = "⚠"
NAME_LIMIT, WORDS_LIMIT = 40, 160
FEW: Final = 3
"""Signals that are named in a line; of the others it says how many."""


def signal_name(signal: str) -> str:
    """A signal in plain words; its id when it is of a newer console."""
    from officer_console.referrals.suggest import NAMES  # when first asked for: the queue is on screen the sooner

    return one_line(_(NAMES[signal]) if signal in NAMES else signal, NAME_LIMIT)


def gravest_first(desk: Desk, cid: str) -> list[Confirmed]:
    """The confirmed signals of a conversation."""
    order = {signal: number for number, signal in enumerate(SIGNALS)}
    return sorted(desk.signals.of(cid), key=lambda each: order.get(each.signal, len(order)))


def signals_told(desk: Desk, cid: str) -> str:
    """The confirmed signals in a few words, the gravest first; "" for none."""
    names = [signal_name(each.signal) for each in gravest_first(desk, cid)]
    more = [f"+{len(names) - FEW}"] if len(names) > FEW else []
    return f"{MARK} {', '.join(names[:FEW] + more)}" if names else ""


def who_and_when(desk: Desk, confirmed: Confirmed) -> str:
    """Who confirmed it, and at what time."""
    name = _("You") if confirmed.by == desk.me else one_line(desk.name(confirmed.by), NAME_LIMIT)
    when = of_day(confirmed.at) if confirmed.at else _("not yet stored")
    return f"{name}, {when}"


def last_of_visitor(desk: Desk, cid: str) -> Line | None:
    """The visitor's last message."""
    return next((line for line in reversed(desk.talk.lines(cid)) if line.kind is Kind.VISITOR), None)


def words_of(desk: Desk, cid: str, key: str) -> str:
    """The words of a message, quoted; "" when there is none with this key."""
    line = next((line for line in reversed(desk.talk.lines(cid)) if key and line.key == key), None)
    return quoted(line.text) if line else ""


def quoted(words: str) -> str:
    """What somebody wrote, on one line."""
    return f"“{one_line(words, WORDS_LIMIT)}”"
