"""What a dispatcher reads: states, labels, and a case as parts of a page. Pure; every text in it is displayable."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final, NamedTuple

from officer_console.client.patrol_files import shown_request
from officer_console.console.patrol_words import nature, position
from officer_console.console.times import of_day, span
from officer_console.console.words import LANGUAGE
from officer_console.dispatch.board import Entry, OnBoard
from officer_console.dispatch.cases import Asking
from officer_console.dispatch.codes import SENTENCES
from officer_console.locale import N_, _, ngettext
from officer_console.model.patrol import QUESTION, PatrolRequest, PatrolState, changed
from officer_console.model.text import one_line

NAME, UNIT, PLACE, WORDS = 40, 60, 120, 400
"""Characters that are shown at most."""
MOST, LINE = 4, 50
"""Changes that are shown at the top, and characters of each."""

STATE: Final = {
    PatrolState.STORED: N_("NOT OPENED"),
    PatrolState.TROUBLE: N_("NOT OPENED"),
    PatrolState.FAILED: N_("NOT OPENED"),
    PatrolState.SENT: N_("NOT OPENED"),
    PatrolState.DELIVERED: N_("NOT OPENED"),
    PatrolState.OPENED: N_("opened"),
    PatrolState.ACCEPTED: N_("accepted"),
    PatrolState.ASSIGNED: N_("unit assigned"),
    PatrolState.ON_THE_WAY: N_("on the way"),
    PatrolState.ON_SCENE: N_("on the scene"),
    PatrolState.CANCELLED: N_("CANCELLED"),
    PatrolState.REFUSED: N_("refused"),
    PatrolState.CLOSED: N_("closed"),
}
"""How far a case has come, as dispatchers read it."""

LABEL: Final = {
    "place": N_("Place"),
    "postcode": N_("Postcode"),
    "city": N_("Town"),
    "point": N_("Position"),
    "where": N_("Described"),
    "floor": N_("Floor"),
    "code": N_("Door code"),
    "now": N_("Happening now"),
    "weapon": N_("Weapon"),
    "injuries": N_("Injuries"),
    "people": N_("Who is there"),
    "children": N_("Children"),
    "author": N_("Author looks"),
    "contact": N_("Reaching her"),
    "nature": N_("Kind of facts"),
    "silent": N_("Approach"),
    "note": N_("From officer"),
    "words": N_("She will read"),
    "language": N_("Language"),
}
"""Field of a request -> what dispatchers read beside it."""

HEAD: Final = ("place", "town", "floor", "code", "where", "point")
"""What stands in the place's block, in this order."""
BODY: Final = (
    "now", "weapon", "injuries", "people", "children", "author", "contact", "note", "nature", "language", "words",
)  # fmt: skip
"""What stands below it."""
VITAL: Final = frozenset({"now", "weapon", "injuries", "people", "children"})
"""Of these it is said that nobody knows."""


class Part(NamedTuple):
    """Some text of the page; `looks` is one of the page's classes; `label` stands left of it."""

    text: str
    looks: str = "text"
    label: str = ""


# ---- in few words ------------------------------------------------------------------------------------------------


def headline(shown: OnBoard) -> str:
    """How a case stands, in the list."""
    if shown.case.cancelled and not shown.finished:
        return _("CANCELLED")
    if shown.rings:
        return _("NEW REQUEST") if shown.id in shown.unseen else _("UPDATE")
    return " · ".join(filter(None, [unit(shown), _(STATE[shown.state]), _("you asked") if asks(shown) else ""]))


def unit(shown: OnBoard) -> str:
    return one_line(shown.case.unit, UNIT)


def asks(shown: OnBoard) -> bool:
    """Whether a question from here has no answer yet."""
    return bool(shown.case.question) and not shown.finished and not shown.case.cancelled


def place(shown: OnBoard) -> str:
    """Where, in one line; the most exact first."""
    request = shown.case.newest or PatrolRequest()
    town = f"{request.postcode} {request.city}".strip()
    parts = (request.place, town, request.where, position(request.point) if request.point else "")
    return one_line(", ".join(filter(None, parts)), PLACE)


# ---- the head: what must be seen at once ---------------------------------------------------------------------------


def head(shown: OnBoard, now: int) -> list[Part]:
    """News, cancelling, the approach, the place, how far it has come. Where it has no room for all, the end is cut:
    what may cost a life stands first."""
    request = shown_request(shown.case.newest or PatrolRequest())
    return [*_news(shown), _approach(request), *_unseen_changes(shown), *_place(request), *_standing(shown, now)]


def _news(shown: OnBoard) -> Iterator[Part]:
    new = shown.id in shown.unseen
    if new and shown.rings:
        yield Part(_("NEW REQUEST: Enter opens it, the ringing stops"), "loud")
    times = [of_day(asking.at) for _before, asking in _updates(shown) if asking.id in shown.unseen and not new]
    if times:
        yield Part(_("UPDATE of {time}: Enter, it is seen").format(time=", ".join(times)), "loud")
    yield from _cancelling(shown)
    yield from (_rejected(asking) for asking in shown.case.asked if asking.code)
    if shown.case.erased:
        yield Part(_("She has erased the conversation: the officer learns nothing more of this case."), "warning")


def _unseen_changes(shown: OnBoard) -> Iterator[Part]:
    """The first of them, the newest at the top, each in about a line; below stand all."""
    if shown.id in shown.unseen:
        return
    news = [_differences(before, asking) for before, asking in _updates(shown) if asking.id in shown.unseen]
    found = [each for differences in reversed(news) for each in differences]
    for label, text in found[:MOST]:
        yield Part(one_line(text, LINE), "changed", label)
    left = len(found) - MOST
    if left > 0:
        more = ngettext("and {n} more change, below", "and {n} more changes, below", left)
        yield Part(more.format(n=left), "changed")


def _cancelling(shown: OnBoard) -> Iterator[Part]:
    cancelling = shown.case.cancelling
    if cancelling is None:
        return
    told = _("CANCELLED {time} by {name}: {reason}")
    reason, name = one_line(cancelling.reason, WORDS), one_line(cancelling.officer, NAME)
    yield Part(told.format(time=of_day(cancelling.at), name=name, reason=reason), "loud")
    if not shown.finished and not shown.unseen:
        yield Part(_("Call the unit back, then C closes the case."), "loud")


def unreadable(code: str) -> str:
    """Why something is not shown, by a code of `dispatch.codes`."""
    return _(SENTENCES[code]) if code in SENTENCES else _("it can't be read")


def _rejected(asking: Asking) -> Part:
    told = _("A message of {time} is not shown: {why}")
    why = unreadable(asking.code)
    return Part(told.format(time=of_day(asking.at), why=why), "loud")


def _place(request: PatrolRequest) -> Iterator[Part]:
    lines = {name: _value(request, name) for name in HEAD if name != "town"}
    lines["town"] = f"{request.postcode} {request.city}".strip()
    first = next((name for name in ("place", "where", "point") if lines[name]), "")
    yield Part("", "place")
    for name in HEAD:
        if lines[name]:
            label = _(LABEL[name]) if name in ("floor", "code") else ""
            yield Part(lines[name], "street" if name == first else "place", label)
    yield Part("", "place")


def _approach(request: PatrolRequest) -> Part:
    if request.silent:
        return Part(_("SILENT APPROACH: no siren, do not ring her"), "silent")
    return Part(_("Siren allowed, she may be rung"))


def _standing(shown: OnBoard, now: int) -> Iterator[Part]:
    state = " · ".join(filter(None, [_(STATE[shown.state]), unit(shown)]))
    told = _("{state} · {span} ago ({time})").format(
        state=state[:1].upper() + state[1:], span=span(now - shown.since), time=of_day(shown.since)
    )
    untold = _("NOT YET TOLD")
    yield Part(f"{told} · {untold}" if shown.untold else told, "warning" if shown.untold else "state")
    if asks(shown):
        yield Part(_("You asked: {words}").format(words=one_line(shown.case.question, WORDS)), "warning")


# ---- the body: everything the officer wrote, what changed, what was told --------------------------------------------


def body(shown: OnBoard) -> list[Part]:
    """All that is known, labelled; then what changed and when; then what was told."""
    return [*_facts(shown), *_changes(shown), *_history(shown)]


def _facts(shown: OnBoard) -> Iterator[Part]:
    request = shown_request(shown.case.newest or PatrolRequest())
    times = {name: asking.at for before, asking in _updates(shown) for name in _changed(before, asking)}
    for name in BODY:
        text = _value(request, name) or (_("not told") if name in VITAL else "")
        if name in times:
            yield Part(f"{text or '—'}  ◄ {of_day(times[name])}", "changed", _(LABEL[name]))
        elif text:
            yield Part(text, "text" if _value(request, name) else "muted", _(LABEL[name]))
    first = shown.case.asked[0]
    yield Part(f"{one_line(first.officer, NAME)}, {of_day(first.at)}", label=_("Asked by"))


def _changes(shown: OnBoard) -> Iterator[Part]:
    updates = _updates(shown)
    if updates:
        yield from (Part(""), Part(_("WHAT CHANGED"), "title"))
    for before, asking in reversed(updates):
        told = _("{time} by {name}").format(time=of_day(asking.at), name=one_line(asking.officer, NAME))
        yield Part(told, "muted")
        yield from (Part(text, "text", label) for label, text in _differences(before, asking))


def _differences(before: PatrolRequest, asking: Asking) -> Iterator[tuple[str, str]]:
    """Label and words of each fact that an update tells otherwise."""
    assert asking.request is not None
    after, old = shown_request(asking.request), shown_request(before)
    names = _changed(before, asking)
    for name in names:
        was = _value(old, name)
        text = _value(after, name) or _("nothing any more")
        yield _(LABEL[name]), _("{text} (before: {was})").format(text=text, was=was) if was else text
    if not names:
        yield "", _("the same again")


def _changed(before: PatrolRequest, asking: Asking) -> list[str]:
    assert asking.request is not None
    found = changed(before, asking.request)
    return [name for name in LABEL if name in found]


def _updates(shown: OnBoard) -> list[tuple[PatrolRequest, Asking]]:
    """Each update, after what was known before it."""
    requests = shown.case.requests
    return [(one.request or PatrolRequest(), other) for one, other in pairwise(requests)]


def _history(shown: OnBoard) -> Iterator[Part]:
    elsewhere = shown.state.value not in {entry.state for entry in shown.told} and shown.state is not PatrolState.STORED
    if not shown.told and not elsewhere:
        return
    yield from (Part(""), Part(_("TOLD TO THE OFFICER"), "title"))
    if elsewhere and shown.state is not PatrolState.CANCELLED:
        told = _("{state} (from another place)").format(state=_(STATE[shown.state]))
        yield Part(told, label=of_day(shown.since))
    yield from (Part(_entry(entry), label=of_day(entry.at)) for entry in reversed(shown.told))


def _entry(entry: Entry) -> str:
    if entry.state == QUESTION:
        return _("question: {words}").format(words=one_line(entry.words, WORDS))
    if entry.state == PatrolState.DELIVERED:
        return _("delivered to the room")
    said = [_(STATE[PatrolState(entry.state)]), one_line(entry.unit, UNIT), one_line(entry.words, WORDS)]
    return " · ".join(filter(None, said))


def _value(request: PatrolRequest, name: str) -> str:
    """What a field says."""
    held: Any = getattr(request, name)
    match name:
        case "point":
            return position(held) if held else ""
        case "nature":
            return nature(held)
        case "silent":
            return _("silent") if held else _("siren allowed")
        case "language":
            return _(LANGUAGE[held])
    return str(held)
