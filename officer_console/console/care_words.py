"""What a shift has asked of an officer, in words; and the prompt for a break. Pure."""

from __future__ import annotations

from typing import NamedTuple

from officer_console.client.api import Desk
from officer_console.console.times import HOUR, brief, span
from officer_console.locale import _, ngettext
from officer_console.model.exposure import Exposure


class Limits(NamedTuple):
    """After so many hours, or so many grave conversations, without a break one is asked to think of one."""

    hours: int
    grave: int


def exposure_told(exposure: Exposure) -> str:
    """One officer's shift in a few words, for a list of officers."""
    parts = [_("on for {span}").format(span=span(exposure.on_ms))]
    parts.append(_("{span} without a break").format(span=span(exposure.unrested_ms)) if exposure.unrested_ms else "")
    parts.append(grave_told(exposure.grave) if exposure.grave else "")
    return " · ".join(filter(None, parts))


def grave_told(count: int) -> str:
    """How many grave conversations."""
    return ngettext("{n} grave conversation", "{n} grave conversations", count).format(n=count)


def prompt(exposure: Exposure, limits: Limits) -> str:
    """Why a break would be good now; "" when there is no reason."""
    reasons = []
    if exposure.unrested_ms >= limits.hours * HOUR:
        reasons.append(_("{span} without a break").format(span=span(exposure.unrested_ms)))
    if exposure.grave_unrested >= limits.grave:
        reasons.append(grave_told(exposure.grave_unrested))
    return ", ".join(reasons)


def short_prompt(exposure: Exposure, limits: Limits) -> str:
    """The same for a list of officers, in few cells."""
    tired, grave = exposure.unrested_ms >= limits.hours * HOUR, exposure.grave_unrested >= limits.grave
    if not tired and not grave:
        return ""
    why = [brief(exposure.unrested_ms)] if tired else []
    why += [_("{n} grave").format(n=exposure.grave_unrested)] if grave else []
    return _("break? {why}").format(why=" · ".join(why))


def own_prompt(desk: Desk, limits: Limits, key: str) -> str:
    """What the officer himself is asked; "" for nothing. `key` shows more."""
    why, parts = prompt(desk.care.exposure(desk.me), limits), []
    if why:
        parts.append(_("Think of a break: {why}").format(why=why))
    if desk.shift.mine.debrief:
        parts.append(_("you had a grave conversation: talk about it with somebody"))
    return f"{' · '.join(parts)} ({key})" if parts else ""
