"""What is asked before practice begins: what it is about to be, and what in it can weigh on somebody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from officer_console.console.practice.debriefed import LEAVE
from officer_console.console.screens.ask import Answer, Ask
from officer_console.locale import _
from officer_console.model.text import displayable, one_line
from officer_console.practice.format import Head
from officer_console.practice.run import Wanted, is_real

TITLE: Final = 120
NAME: Final = 80


def introduction(wanted: Wanted, key: str) -> Ask:
    """Gives LEAVE when it shall not begin. `key`: with which one can stop."""
    real = any(map(is_real, wanted.sessions))
    title = _("PRACTICE · A REAL CONVERSATION") if real else _("PRACTICE")
    answers = [Answer("begin", _("Begin")), Answer(LEAVE, _("Leave practice"))]
    return Ask(title, "\n\n".join(_parts(wanted, key)), answers)


def _parts(wanted: Wanted, key: str) -> Iterator[str]:
    heads = [session.head for session in wanted.sessions]
    yield from (_("{title} ({n} min)").format(title=one_line(head.title, TITLE), n=head.minutes) for head in heads)
    yield from (_("It is about: {warning}").format(warning=displayable(head.warning)) for head in heads if head.warning)
    if wanted.text:
        yield displayable(wanted.text)
    real = [session.head for session in wanted.sessions if is_real(session)]
    for head in real:
        yield from _real(head)
    told = _("You can stop at any moment: {key}.")
    yield (told if real else _("Everything is invented.") + " " + told).format(key=key)


def _real(head: Head) -> Iterator[str]:
    """Who answers for it, and what it asks of who reads it."""
    consent = head.consent
    assert consent is not None  # reading.py lets none in without
    told = _(
        "This is a real conversation: somebody lived it, and agreed that others practise on it. {lead} has taken out "
        "what could tell who she is, {officer} has read it over and countersigned."
    )
    yield told.format(lead=one_line(consent.redacted_by, NAME), officer=one_line(consent.countersigned_by, NAME))
    yield _(
        "Treat it as one: speak of it to nobody outside the desk, and copy nothing. Nothing of it is kept on this "
        "machine, neither your attempt nor the debrief. If you believe that you know who she is, stop, and tell a "
        "shift lead."
    )
