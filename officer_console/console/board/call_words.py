"""What a dispatcher reads of a request for a call back. Pure; every text in it is displayable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from officer_console.console.board.words import NAME, WORDS, Part, unreadable
from officer_console.console.times import of_day, span
from officer_console.console.words import LANGUAGE
from officer_console.dispatch.callbacks import RoomCallBack
from officer_console.locale import N_, _, ngettext
from officer_console.model.callback import CallBackRequest
from officer_console.model.text import one_line

STATE: Final = {"asked": N_("nobody has taken it yet"), "taken": N_("taken"), "refused": N_("refused")}
"""What became of a request."""
CONTACT: Final = {"name": N_("Name"), "phone": N_("Telephone"), "email": N_("Mail")}
"""How to reach her: field of a request -> what dispatchers read beside it, in this order."""
REST: Final = {"unit": N_("For which unit"), "note": N_("From officer")}
"""What stands below."""
LOOKS: Final = {"asked": "warning", "taken": "state", "refused": "muted"}
"""How its state is shown."""


def to_read(count: int) -> str:
    """How many are unanswered."""
    return ngettext("{n} call back to read", "{n} call backs to read", count).format(n=count)


def call_line(each: RoomCallBack) -> str:
    """One in the list: what became of it, and whose it is; no way to reach her."""
    name = one_line(each.request.name, NAME) or _("no name") if each.request else _("can't be shown")
    if each.state != "asked":
        return f"{_(STATE[each.state])} · {name}"
    return " · ".join(filter(None, [name, one_line(each.request.unit, NAME) if each.request else ""]))


def call_page(each: RoomCallBack, now: int) -> list[Part]:
    """All that is known of one, what may cost a life first. A refused one is dim: nobody here calls her."""
    if each.request is None:
        why = unreadable(each.code)
        return [Part(_("It can't be shown: {why}").format(why=why), "loud"), *_standing(each, now)]
    parts = [*_safety(each.request), *_contact(each.request), *_rest(each.request), *_standing(each, now)]
    return [part._replace(looks="muted") for part in parts] if each.state == "refused" else parts


def gone_page(state: str, others: bool) -> list[Part]:
    """What stands in the place of one that has disappeared; `state` is what it was, `others`: there are more."""
    if state == "asked":
        told = _("She has erased the conversation: this call back is gone, and must not be made.")
    else:
        told = _("This call back is gone: she has erased the conversation, or it was kept long enough.")
    left = [_("Nothing of it is kept here."), _("↑ ↓ chooses another one.") if others else ""]
    return [Part(told, "loud"), Part(" ".join(filter(None, left)))]


def _safety(request: CallBackRequest) -> Iterator[Part]:
    when = one_line(request.when, WORDS)
    if when:
        yield Part(_("CALLING OR WRITING CAN ENDANGER HER. Safe only when and how she says:"), "loud")
        yield Part(when, "loud")
    else:
        yield Part(_("CALLING OR WRITING CAN ENDANGER HER. Nobody knows when and how it is safe."), "loud")


def _contact(request: CallBackRequest) -> Iterator[Part]:
    for name, label in CONTACT.items():
        text = one_line(getattr(request, name), WORDS)
        yield Part(text or _("not told"), "street" if text and name != "name" else "place", _(label))


def _rest(request: CallBackRequest) -> Iterator[Part]:
    for name, label in REST.items():
        if text := one_line(getattr(request, name), WORDS):
            yield Part(text, label=_(label))
    yield Part(_(LANGUAGE[request.language]), label=_("Language"))


def _standing(each: RoomCallBack, now: int) -> Iterator[Part]:
    told = _("{name}, {span} ago ({time})")
    name = one_line(each.officer, NAME)
    yield Part(told.format(name=name, span=span(now - each.at), time=of_day(each.at)), label=_("Passed on by"))
    state = _(STATE[each.state])
    yield Part(state[:1].upper() + state[1:], LOOKS[each.state], _("State"))
