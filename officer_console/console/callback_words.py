"""What requests for a call back, and what becomes of them, are called. Pure."""

from __future__ import annotations

from typing import Final

from officer_console.client.api import CallBackSeen
from officer_console.console.times import of_day
from officer_console.console.words import Level, Told
from officer_console.locale import N_, _
from officer_console.model.callback import CallBackRequest
from officer_console.model.text import one_line

STATE: Final = {
    "kept": N_("not yet stored"),
    "asked": N_("asked, nobody has taken it yet"),
    "taken": N_("TAKEN: she will be called back"),
    "refused": N_("REFUSED: nobody calls her back"),
}
LEVEL: Final = {"taken": Level.GOOD, "refused": Level.DANGER}
WORDS: Final = 200


def callback_line(state: str) -> str:
    """What the room told of a call back, for the transcript."""
    if state == "taken":
        return _("The room: the call back is taken, she will be called")
    return _("The room: REFUSED to call her back. Tell her another way.")


def told_of(seen: CallBackSeen) -> Told:
    """One request and how it stands."""
    state = _(STATE[seen.state]) if seen.state in STATE else seen.state
    words = " · ".join(filter(None, [of_day(seen.at), state, contact(seen.request) if seen.request else ""]))
    return Told(words, LEVEL.get(seen.state, Level.WARNING))


def contact(request: CallBackRequest) -> str:
    """Whom to call and how."""
    return one_line(", ".join(filter(None, [request.name, request.phone, request.email])), WORDS)


def read_back(request: CallBackRequest) -> str:
    """All that would be passed on, on one line."""
    parts = [contact(request), request.when, request.unit, request.note]
    return one_line(" · ".join(filter(None, parts)), 3 * WORDS)
