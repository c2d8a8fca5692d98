"""What stands on the wallboard. No name, no word of a conversation: whoever walks by may read it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from officer_console.client.api import Desk, LinkPhase
from officer_console.console.lead_words import crew, crew_told, light, light_told
from officer_console.console.times import HOUR, MINUTE, SECOND, of_day, span
from officer_console.console.words import LATE_BEAT, Level, Told, link_line
from officer_console.locale import _
from officer_console.model.conversation import State

MOST_LOADS: Final = 40


def band(desk: Desk) -> Told:
    """The light; without a connection, that nothing here is true any more."""
    now = desk.now() - desk.link.skew
    if desk.link.phase is not LinkPhase.ONLINE or now - desk.link.last_beat > LATE_BEAT:
        told = _("WHAT STANDS HERE IS OLD: {link}").format(link=link_line(desk.link, now).text)
        return Told(told, Level.DANGER)
    return light_told(light(desk))


def clock(ms: int) -> str:
    """A wait as large figures show it: 7:05, or 1h23."""
    if ms >= HOUR:
        return f"{ms // HOUR}h{ms % HOUR // MINUTE:02}"
    return f"{ms // MINUTE}:{ms % MINUTE // SECOND:02}"


def tiles(desk: Desk) -> Sequence[tuple[str, str, Level]]:
    """The large figures: title, figure, how loudly."""
    overview, now = desk.lead.overview, desk.now()
    target = desk.shift.timers.wait_target_s * SECOND
    waited = now - overview.longest_since if overview.longest_since else 0
    late = Level.DANGER if waited > 2 * target else Level.WARNING if waited > target else Level.PLAIN
    urgent, patrols = len(overview.urgent), len(overview.patrols)
    longest = _("longest wait (promised: {target})").format(target=span(target))
    return (
        (_("waiting"), str(overview.count(State.WAITING)), late),
        (longest, clock(waited) if waited else "–", late),
        (_("urgent"), str(urgent), Level.DANGER if overview.waits_urgently == "red" else Level.PLAIN),
        (_("patrols open"), str(patrols), Level.WARNING if patrols else Level.PLAIN),
    )


def people(desk: Desk) -> str:
    """Who is there, in numbers."""
    told = [crew_told(crew(desk)), _("{n} held").format(n=desk.lead.overview.count(State.HELD))]
    return " · ".join(told)


def loads(desk: Desk) -> str:
    """How many conversations each of them holds, the most first; whose they are is not said."""
    held = sorted((desk.shift.load(each.kid) for each in desk.shift.officers() if each.linked), reverse=True)
    more = ["…"] if len(held) > MOST_LOADS else []
    return _("conversations of each officer: {loads}").format(loads=" ".join([*map(str, held[:MOST_LOADS]), *more]))


def door(desk: Desk) -> Told:
    """That nobody new is let in; who said so and why is told on the consoles."""
    arrivals = desk.queue.arrivals
    if arrivals.open:
        return Told("")
    words = _("ARRIVALS PAUSED since {time}") if arrivals.way == "pause" else _("ARRIVALS DIVERTED since {time}")
    return Told(words.format(time=of_day(arrivals.at)), Level.WARNING)
