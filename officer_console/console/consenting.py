"""Her consent to have a conversation practised on: how it stands, why she is not asked now, and what she would read."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from officer_console.client.api import Desk
from officer_console.console.times import of_day
from officer_console.console.usable import may
from officer_console.locale import N_, _
from officer_console.model.conversation import State
from officer_console.model.queue import GONE
from officer_console.model.transcript import Kind, Status

PAGE: Final = (
    N_(
        "May the police keep this conversation to train officers? Two officers will take out names, places, numbers "
        "and dates."
    ),
    N_(
        "You can say no, it changes nothing for you, and change your mind here. “Erase everything” erases it there too."
    ),
)
"""What the visitor's page says, in the words of relay/page/words.toml: the officer reads it before she does."""

Answer = Literal["", "leaving", "asked", "yes", "no"]


class Standing(NamedTuple):
    """How it stands, and since when (ms): nobody asked her, the question is on its way, she has it, she answered."""

    answer: Answer = ""
    at: int = 0


def standing(desk: Desk, cid: str) -> Standing:
    """By the newest line that tells of it; a question that was refused was never asked."""
    for line in reversed(desk.talk.lines(cid)):
        if line.kind is Kind.CONSENT:
            return Standing("yes" if desk.talk.consent(cid) else "no", line.at)
        if line.kind is Kind.CONSENT_ASKED and line.status is not Status.FAILED:
            return Standing("leaving" if line.status is Status.PENDING else "asked", line.at)
    return Standing()


def hindrance(desk: Desk, cid: str) -> str:
    """Why she is not asked now; "" when she can be."""
    conversation, patrol = desk.queue.get(cid), desk.patrols.of(cid)
    if conversation is None or conversation.state is State.ERASED:
        return _("There is nothing left to ask about: the conversation has been erased.")
    if desk.practice:
        return _("This is practice: nobody real could agree.")
    if not may(desk, cid, "said"):
        return _("Only who holds the conversation may ask her.")
    if desk.talk.loading(cid):
        return _("The conversation is still on its way: ask when all of it is here.")
    if patrol is not None and not patrol.over:
        return _("Not while a patrol is open: she has other things to read.")
    if conversation.urgency == "red":
        return _("Not while she is in danger now: she has other things to read.")
    return ""


def question(desk: Desk, cid: str) -> str:
    """What the officer reads before she is asked."""
    conversation = desk.queue.get(cid)
    parts = [_("Her page will say, in her language:"), *(f"“{_(words)}”" for words in PAGE)]
    parts.append(_("She answers with a button, or not at all. She is asked once; what you are writing stays."))
    if conversation is not None and conversation.visitor in GONE:
        parts.append(_("She has left: she reads it only if she comes back."))
    return "\n\n".join(parts)


def told(found: Standing) -> str:
    """How it stands, for who pressed the key; "" when nobody asked her."""
    words = {
        "": "",
        "leaving": _("She is being asked: the question is on its way."),
        "asked": _("She was asked at {time} and has not answered. She is asked once."),
        "no": _("She does not agree ({time}). She is not asked again; she can change her mind on her page."),
        "yes": _("She agrees, since {time}, that this conversation may be practised on."),
    }
    return words[found.answer].format(time=of_day(found.at))
