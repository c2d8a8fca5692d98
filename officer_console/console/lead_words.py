"""What the lead's view and the wallboard say: the light and its rule, officers, and what an act has done. Pure."""

from __future__ import annotations

from typing import Final

from officer_console.client.api import Desk
from officer_console.console.times import SECOND, of_day, span
from officer_console.console.words import Level, Told
from officer_console.locale import N_, _, ngettext
from officer_console.model.arrivals import Arrivals
from officer_console.model.conversation import State
from officer_console.model.health import Crew, Health, Light, crew_of, health
from officer_console.model.roster import OnDuty
from officer_console.model.text import one_line
from officer_console.model.timers import Timers

NAME_LIMIT: Final = 24
REASON_LIMIT: Final = 200
LIGHT: Final = {
    Light.GREEN: (N_("GREEN"), Level.GOOD),
    Light.AMBER: (N_("AMBER"), Level.WARNING),
    Light.RED: (N_("RED"), Level.DANGER),
}
WHY: Final = {
    "danger": N_("somebody in danger waits"),
    "nobody": N_("people wait and nobody is there"),
    "far_over": N_("somebody waits more than twice as long as promised"),
    "urgent": N_("somebody urgent waits"),
    "over": N_("somebody waits longer than promised"),
    "no_room": N_("more people wait than officers have room for"),
    "unanswered": N_("an officer has left a visitor without a word"),
    "shut": N_("arrivals are paused"),
}
"""Code of model.health -> what it means."""
DOING: Final = {"here": N_("here"), "break": N_("on a break"), "leaving": N_("leaving")}


def crew(desk: Desk) -> Crew:
    """Who is there for whom waits."""
    return crew_of(desk.shift.officers(), desk.shift.load)


def light(desk: Desk) -> Health:
    """The light as it is now."""
    shut = not desk.queue.arrivals.open
    return health(desk.lead.overview, crew(desk), desk.shift.timers, desk.now(), shut=shut)


def light_told(told: Health) -> Told:
    """The light in a word, and what of the rule holds."""
    word, level = LIGHT[told.light]
    return Told(" · ".join([f"● {_(word)}", *(_(WHY[each]) for each in told.why)]), level)


def rule(timers: Timers) -> str:
    """The rule of the light, with the numbers that hold here."""
    target = timers.wait_target_s * SECOND
    told = _(
        "Red: danger waits, a wait over {twice}, nobody there. Amber: urgent waits, a wait over {target}, too little "
        "room, no word for {silent}, arrivals paused."
    )
    silent = span(timers.answer_lead_s * SECOND)
    return told.format(twice=span(2 * target), target=span(target), silent=silent)


def sums(desk: Desk) -> str:
    """The desk in one line."""
    overview, now = desk.lead.overview, desk.now()
    parts = [_("{n} waiting").format(n=overview.count(State.WAITING)), longest(desk)]
    parts.append(_("{n} urgent").format(n=len(overview.urgent)))
    parts.append(patrols(len(overview.patrols), overview.patrols.first[0] if overview.patrols.first else 0, now))
    parts.append(_("{n} held").format(n=overview.count(State.HELD)))
    return " · ".join([*parts, crew_told(crew(desk))])


def longest(desk: Desk) -> str:
    """The longest wait beside what is promised."""
    since, target = desk.lead.overview.longest_since, span(desk.shift.timers.wait_target_s * SECOND)
    waited = span(desk.now() - since) if since else "–"
    return _("longest {waited} (promised: {target})").format(waited=waited, target=target)


def patrols(count: int, oldest: int, now: int) -> str:
    """How many patrol requests are open, and since when the oldest is."""
    told = ngettext("{n} patrol open", "{n} patrols open", count).format(n=count)
    return told + (" (" + _("oldest {span}").format(span=span(now - oldest)) + ")" if oldest else "")


def crew_told(there: Crew) -> str:
    """Who is on duty, in numbers."""
    told = _("on duty {n}, room for {free}").format(n=there.there, free=there.free)
    away = [(there.on_break, _("{n} on a break")), (there.leaving, _("{n} leaving"))]
    return ", ".join([told, *(words.format(n=n) for n, words in away if n)])


def arrivals_told(arrivals: Arrivals, name: str, reason: str) -> Told:
    """Who lets nobody in, since when and why; empty while the door is open."""
    if arrivals.open:
        return Told("")
    told = (
        _("ARRIVALS PAUSED by {name} at {time}")
        if arrivals.way == "pause"
        else _("ARRIVALS DIVERTED by {name} at {time}")
    )
    words = told.format(name=name, time=of_day(arrivals.at))
    return Told(": ".join(filter(None, [words, reason])), Level.WARNING)


def doing(officer: OnDuty) -> str:
    """How an officer is on duty, in a word."""
    return _(DOING[officer.duty.doing]) if officer.linked else _("NOT CONNECTED")


def fits(officer: OnDuty) -> str:
    """Whom the officer is there for: languages and departments, "" for everybody."""
    duty = officer.duty
    return " · ".join(filter(None, (" ".join(duty.languages), " ".join(duty.departments))))


def choice(desk: Desk, officer: OnDuty) -> str:
    """An officer as one is chosen."""
    name = one_line(desk.name(officer.kid), NAME_LIMIT)
    load = _("{n} of {capacity}").format(n=desk.shift.load(officer.kid), capacity=officer.duty.capacity)
    return " · ".join(filter(None, (name, load, doing(officer), fits(officer))))


def calling(desk: Desk, cid: str) -> str:
    """What a conversation is called: its first words if they may be read, whose it is, its department."""
    conversation = desk.queue.get(cid)
    if conversation is None:
        return ""
    words = one_line(conversation.first_words, 40)
    held = conversation.state is State.HELD
    with_ = _("with {name}").format(name=one_line(desk.name(conversation.holder), NAME_LIMIT)) if held else ""
    return " · ".join(
        filter(
            None, (f"“{words}”" if words else "", with_, _("opened {time}").format(time=of_day(conversation.opened_at)))
        )
    )
