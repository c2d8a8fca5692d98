"""What patrol requests, their states and what goes wrong with them are called. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from officer_console.client.api import Patrol
from officer_console.console.times import SECOND, span
from officer_console.console.words import Level, Told
from officer_console.locale import N_, _, ngettext
from officer_console.model.patrol import MICRO, QUESTION, PatrolRequest, PatrolState, Point, point_of
from officer_console.model.text import one_line

NATURE: Final = {
    "C02.15.04": N_("Violence in the family"),
    "C02.15.02": N_("Physical assault"),
    "C02.15.06": N_("Threats, or another assault"),
    "C02.14.01": N_("Suspected rape"),
    "C02.14.02": N_("Sexual assault"),
    "C02.14.03": N_("Indecent exposure"),
    "C02.14.04": N_("Sexual harassment"),
    "C02.04.03": N_("Held against her will"),
    "C02.04.02": N_("Abduction"),
    "C02.13.00": N_("Attempted suicide, danger now"),
    "C02.03.01": N_("Homicide"),
    "C06.08.06": N_("Breach of a court order"),
    "C07.03.01": N_("Family dispute"),
    "C07.09.01": N_("Person in a violent frenzy"),
    "C07.12.00": N_("Shots fired"),
    "C03.04.01": N_("Break-in at a home"),
}
"""Code of model.patrol.NATURES -> what officers read."""

HELP: Final = {
    "fr": "Votre demande d’aide est acceptée : une patrouille va venir. Je reste avec vous ici.",
    "en": "Your call for help is accepted: a patrol will come. I am staying with you here.",
}
"""What the visitor reads when the room has accepted, in the language of her page, unless the officer writes something
else. It promises no time, and no patrol that is on its way: none may be assigned yet."""

CODE: Final = {
    "unreachable": N_("The room's system can't be reached; it is tried again."),
    "timeout": N_("The room's system does not answer; it is tried again."),
    "http_5xx": N_("The room's system has a fault of its own; it is tried again."),
    "http_429": N_("The room's system takes no more at this moment; it is tried again."),
    "http_4xx": N_("The room's system refuses requests of this desk: its operator must look."),
    "gone": N_("The room has switched this way of asking off: only its telephone is left."),
    "redirect": N_("The room's system points elsewhere and is not followed there: its operator must look."),
    "garbage": N_("The room's system answers what nobody can read: its operator must look."),
    "signature": N_("The room's answer is not signed as agreed, nor believed: its operator must check the secret."),
    "expired": N_("It was too old when the room could have had it: ask again if it is still needed."),
    "practice": N_("This is a practice request, and that is a real room: nobody comes."),
    "live": N_("This is a real request, and that is an exercise room: nobody comes."),
    "unsealed": N_("The room could not open it: tell a shift lead, its keys don't fit."),
    "untrusted": N_("The room does not know the officer who signed it: tell a shift lead."),
    "no_url": N_("The room's side is not set up yet: its operator must enter an address."),
    "tls": N_("The room's system could not prove what it is: its operator must check the certificate."),
    "unknown_case": N_("The room does not know the case that this belongs to."),
    "disk": N_("The room's side can't keep anything: its disk takes nothing."),
}
"""Code of what went wrong on the way to the room (`Patrol.code`) -> what officers read, with what to do."""

STATE: Final = {
    PatrolState.KEPT: N_("on this machine only, NOT SENT"),
    PatrolState.STORED: N_("at the relay, NOT WITH THE ROOM"),
    PatrolState.TROUBLE: N_("the room's system has not taken it"),
    PatrolState.FAILED: N_("DID NOT REACH THE ROOM"),
    PatrolState.SENT: N_("with the room's system"),
    PatrolState.DELIVERED: N_("delivered to the room, nobody has opened it"),
    PatrolState.OPENED: N_("opened by a dispatcher"),
    PatrolState.ACCEPTED: N_("ACCEPTED"),
    PatrolState.ASSIGNED: N_("a unit is assigned"),
    PatrolState.ON_THE_WAY: N_("a unit is ON THE WAY"),
    PatrolState.ON_SCENE: N_("the unit is ON THE SCENE"),
    PatrolState.CANCELLED: N_("cancelled"),
    PatrolState.REFUSED: N_("REFUSED"),
    PatrolState.CLOSED: N_("closed"),
}
"""How far a case has come, as officers read it."""

UNIT_STATE: Final = {
    PatrolState.ASSIGNED: N_("{unit} is assigned"),
    PatrolState.ON_THE_WAY: N_("{unit} is ON THE WAY"),
    PatrolState.ON_SCENE: N_("{unit} is ON THE SCENE"),
}
NOT_THERE: Final = frozenset({PatrolState.KEPT, PatrolState.STORED, PatrolState.TROUBLE, PatrolState.SENT})
"""States in which the room has not acknowledged it."""
LOUD: Final = frozenset({"refused", "failed", "trouble", QUESTION})
"""What the room tells that must not be missed."""
GOOD: Final = frozenset({"accepted", "assigned", "on_the_way", "on_scene"})
UNIT_LIMIT, WORDS_LIMIT, PLACE_LIMIT, PART_LIMIT = 30, 200, 60, 40


class Names(NamedTuple):
    """What the sentences name: the room's telephone, and the keys as keyboards write them."""

    phone: str
    patrol: str
    cancel: str
    list: str


# ---- the request -------------------------------------------------------------------------------------------------


def where(request: PatrolRequest) -> str:
    """The place in one line, the most exact first; empty when there is none."""
    town = " ".join(filter(None, [request.postcode, request.city]))
    street = ", ".join(filter(None, [request.place, town if request.place or not request.where else ""]))
    parts = [street, request.where, position(request.point) if request.point else ""]
    return one_line(" · ".join(filter(None, parts)), WORDS_LIMIT)


def position(point: Point) -> str:
    """Where her device says that it is, in degrees, and within how many metres."""
    north, east = (f"{degrees / MICRO:.5f}" for degrees in (point.lat, point.lon))
    return f"{north}, {east} ± {point.acc} m"


def placed(geo: str) -> str:
    """A `geo:` address as officers read it, and itself: what a map or another console takes."""
    point = point_of(geo)
    return f"{position(point)} · {geo}" if point else geo


def read_back(request: PatrolRequest, fields: Iterable[str] | None = None) -> str:
    """The request in one line, as one would say it on the telephone; only these `fields` when they are given."""
    parts = (_part(request, name) for name in (TOLD if fields is None else fields))
    told = " · ".join(filter(None, parts))
    return one_line(told if fields is not None else f"{where(request)} · {told}", 2 * WORDS_LIMIT)


TOLD: Final = (
    "floor", "code", "nature", "weapon", "silent", "contact", "injuries", "children", "people", "now", "author", "note",
)  # fmt: skip
"""Fields that are read back after the place, in this order."""

_SAID: Final = {
    "floor": N_("floor {text}"),
    "code": N_("code {text}"),
    "now": N_("now: {text}"),
    "weapon": N_("WEAPON: {text}"),
    "injuries": N_("injuries: {text}"),
    "people": N_("there: {text}"),
    "children": N_("children: {text}"),
    "author": N_("author: {text}"),
    "contact": N_("reach her: {text}"),
    "note": N_("for the room: {text}"),
    "words": N_("she will read: {text}"),
}


def _part(request: PatrolRequest, name: str) -> str:
    if name == "nature":
        return nature(request.nature)
    if name == "silent":
        return _("SILENT") if request.silent else _("siren allowed")
    if name == "point":
        return position(request.point) if request.point else ""
    text = one_line(getattr(request, name), PART_LIMIT)
    return _(_SAID[name]).format(text=text) if text and name in _SAID else text


def nature(code: str) -> str:
    """The kind of facts."""
    return _(NATURE[code]) if code in NATURE else code


# ---- how it stands -----------------------------------------------------------------------------------------------


def wrong(code: str) -> str:
    """What went wrong on the way to the room, and what to do; empty for no code."""
    known = "http_5xx" if code.startswith("http_5") else code
    return _(CODE[known]) if known in CODE else _("The room's system told “{code}”.").format(code=code) if code else ""


def ring(phone: str) -> str:
    """What to do while no machine helps."""
    return _("RING {phone}").format(phone=phone)


def counting(patrol: Patrol | None, now: int) -> int:
    """Seconds of the countdown that are left, the one that runs included; 0 when none runs."""
    left = patrol.due - now if patrol and patrol.due else 0
    return max(0, (left + SECOND - 1) // SECOND)


def is_late(patrol: Patrol, now: int, late_ms: int) -> bool:
    """Whether the room has not acknowledged for too long."""
    since = patrol.unacked_since
    begins = patrol.state is PatrolState.KEPT and bool(counting(patrol, now))
    return bool(since) and not begins and not patrol.over and now - since >= late_ms


def strip(patrol: Patrol, now: int, names: Names) -> list[Told]:
    """How a request stands: one sentence after the other, what must be done first."""
    if left := counting(patrol, now):
        return [Told(_("SENDING in {n} s · Esc takes it back").format(n=left), Level.DANGER)]
    return [*_hindered(patrol, now, names), *_standing(patrol, now, names)]


def _hindered(patrol: Patrol, now: int, names: Names) -> Iterator[Told]:
    """What needs the officer."""
    if patrol.old:
        told = _("{ring} · STILL MEANT? {key} answers · NOT SENT for {span}")
        age = span(now - (patrol.unacked_since or patrol.state_at))
        yield Told(told.format(span=age, key=names.patrol, ring=ring(names.phone)), Level.DANGER)
    elif patrol.unacked_since and not patrol.over:
        yield Told(f"{ring(names.phone)} · {_unacked(patrol, now)}", Level.DANGER)
    if patrol.failed and not patrol.over:
        yield Told(_("{ring} · THE LAST UPDATE DID NOT REACH THE ROOM").format(ring=ring(names.phone)), Level.DANGER)
    if patrol.question and not patrol.over:
        told = _("THE ROOM ASKS: {words} ({key} answers)")
        words = one_line(patrol.question, WORDS_LIMIT)
        yield Told(told.format(words=words, key=names.patrol), Level.WARNING)


def _standing(patrol: Patrol, now: int, names: Names) -> Iterator[Told]:
    """How far it has come, since when, and what the room said."""
    level = _level(patrol)
    if patrol.state in (PatrolState.FAILED, PatrolState.REFUSED):
        told = _("{ring}, or {key} for another")
        yield Told(told.format(ring=ring(names.phone), key=names.patrol), Level.DANGER)
    yield Told(aged(patrol, now), level)
    if patrol.words:
        yield Told(_("room: {words}").format(words=one_line(patrol.words, WORDS_LIMIT)), level)
    if patrol.state in (PatrolState.TROUBLE, PatrolState.FAILED, PatrolState.REFUSED) or patrol.failed:
        yield from (Told(told, Level.DANGER) for told in [wrong(patrol.code)] if told)


def _unacked(patrol: Patrol, now: int) -> str:
    """The seconds stand first: where there is little room the rest is cut."""
    told = _("{n} s CANCELLING NOT ACKNOWLEDGED") if patrol.cancelled else _("{n} s NOT ACKNOWLEDGED")
    return told.format(n=max(0, now - patrol.unacked_since) // SECOND)


def state_of(patrol: Patrol) -> str:
    """How far it has come, with the unit when it is known."""
    return _said_state(patrol.state, one_line(patrol.unit, UNIT_LIMIT))


def _said_state(state: str, unit: str = "") -> str:
    if unit and state in UNIT_STATE:
        return _(UNIT_STATE[PatrolState(state)]).format(unit=unit)
    return _(STATE[PatrolState(state)]) if state in STATE else state


def aged(patrol: Patrol, now: int) -> str:
    """How far it has come, and since when."""
    told = _("{state} for {span}") if patrol.state in NOT_THERE else _("{state} {span} ago")
    return told.format(state=state_of(patrol), span=span(now - patrol.state_at))


def _level(patrol: Patrol) -> Level:
    if patrol.state in NOT_THERE or patrol.state in (PatrolState.FAILED, PatrolState.REFUSED):
        return Level.DANGER
    if patrol.cancelled or patrol.state in (PatrolState.CANCELLED, PatrolState.CLOSED):
        return Level.PLAIN
    return Level.GOOD if patrol.state.value in GOOD else Level.WARNING


def row(patrol: Patrol, now: int, which: str, asker: str) -> str:
    """A request in the list of them: what is urgent, how far, where, who she is (`which`), who asked."""
    late = _unacked(patrol, now) if patrol.unacked_since and not counting(patrol, now) else ""
    age = aged(patrol, now)
    asks = _("ASKS YOU") if patrol.question else ""
    place = one_line(where(patrol.request), PLACE_LIMIT) if patrol.request else ""
    return " · ".join(filter(None, [late, asks, age, place, f"“{which}”" if which else "", asker]))


# ---- news --------------------------------------------------------------------------------------------------------


def told_by_room(state: str, text: str) -> Told:
    """What the room has just told, for the status line. `text`: its words, or its unit."""
    words = one_line(text, WORDS_LIMIT)
    if state == QUESTION:
        return Told(_("The room asks: {words}").format(words=words), Level.WARNING)
    level = Level.DANGER if state in LOUD else Level.GOOD if state in GOOD else Level.PLAIN
    told = _("Patrol: {state}: {words}") if words else _("Patrol: {state}")
    return Told(told.format(state=_said_state(state), words=words), level)


def asked_by(code: str, name: str) -> str:
    """What a colleague has done, by the kind of its event."""
    told = _("{name} has cancelled the patrol.") if code == "patrol_cancelled" else _("{name} has asked for a patrol.")
    return told.format(name=name)


def room_line(remark: str, text: str) -> str:
    """What the room told, for the transcript. `remark` is "state" or "state unit"."""
    state, _space, unit = remark.partition(" ")
    if state == QUESTION:
        return _("The room asks: {words}").format(words=text)
    told = _("The room: {state}: {words}") if text else _("The room: {state}")
    return told.format(state=_said_state(state, unit), words=text)


def unacknowledged(requests: Iterable[tuple[str, Patrol]]) -> str:
    """How many requests the room has not acknowledged; empty for none."""
    n = sum(bool(patrol.unacked_since) for _cid, patrol in requests)
    told = ngettext(
        "{n} patrol request is NOT ACKNOWLEDGED by the room", "{n} patrol requests are NOT ACKNOWLEDGED by the room", n
    )
    return told.format(n=n) if n else ""


def open_count(count: int, key: str) -> str:
    """How many requests are not over; empty for none."""
    told = ngettext("{n} open patrol request ({key})", "{n} open patrol requests ({key})", count)
    return told.format(n=count, key=key) if count else ""
