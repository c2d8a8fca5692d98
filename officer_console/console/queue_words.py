"""Why somebody who waits stands where she stands, and which timers run, in words. Pure but for the desk it reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from officer_console.client.api import Desk, LinkPhase
from officer_console.console.times import HOUR, SECOND, of_day, span
from officer_console.console.turn_words import LEVEL
from officer_console.console.words import Level, Told
from officer_console.locale import N_, _, ngettext
from officer_console.model.conversation import Conversation, State
from officer_console.model.next import Reason, Row, overtaken_until, reasons
from officer_console.model.text import one_line
from officer_console.model.timers import Timers

NAME_LIMIT: Final = 24
RETURNED: Final = {
    "unanswered": N_("back in the queue: {name} left her unanswered"),
    "gone": N_("back in the queue: the console of {name} was gone"),
    "relief": N_("back in the queue: the shift of {name} is over"),
    "": N_("put back by {name}"),
}
REASON: Final = {
    "red": N_("danger now ({name})"),
    "amber": N_("urgent ({name})"),
    "red?": N_("the signals propose: danger now"),
    "amber?": N_("the signals propose: urgent"),
    "back": N_("came back to {name}"),
    "kept": N_("came back, kept for {name} until {time}"),
    "fit": N_("kept until {time} for colleagues of her language or department"),
    "yours": N_("of your languages or departments"),
    "away": N_("she has left: behind those who can read"),
}
"""Code of a reason -> what officers read; "returned" and "turn" have their own."""
PAUSED: Final = {"pause": N_("NO ARRIVALS"), "divert": N_("ARRIVALS DIVERTED")}
_PAUSED: Final = {
    "pause": N_("No new conversations since {time}, says {name}: {why}"),
    "divert": N_("New visitors are sent elsewhere since {time}, says {name}: {why}"),
}


class Tended(NamedTuple):
    """How long a visitor who is held has waited (`waits`) for a word, and in how long the relay puts her back (ms); 0:
    she does not wait, it does not. `holder_gone`: her officer has no console anywhere."""

    waits: int = 0
    back_in: int = 0
    holder_gone: bool = False


def row_of(desk: Desk) -> Row:
    """What the order depends on now."""
    return Row(desk.queue, {each.kid: each for each in desk.shift.officers()}, desk.now())


def why_here(desk: Desk, conversation: Conversation) -> str:
    """What puts somebody who waits where she stands, beside the time she has waited; often empty."""
    if conversation.state is not State.WAITING:
        return ""
    return " · ".join(_reason(desk, each) for each in reasons(row_of(desk), conversation))


def place(desk: Desk, conversation: Conversation) -> list[str]:
    """Of somebody who waits: how many stand before her, by how much the desk's promise is broken, and until when
    somebody who comes may still go before her."""
    queue, now = desk.queue, desk.now()
    if conversation.state is not State.WAITING:
        return []
    ahead = queue.ahead(conversation.cid) or 0
    told = [ngettext("{n} before her", "{n} before her", ahead).format(n=ahead) if ahead else _("first in the queue")]
    over = now - conversation.waiting_since - queue.timers.wait_target_s * SECOND
    if over >= 0:
        told.append(_("{span} over the target").format(span=span(over)))
    until = overtaken_until(conversation, queue.timers, queue.proposed(conversation.cid))
    return [*told, _("whoever comes after {time} goes behind her").format(time=of_day(until))]


def taken_because(desk: Desk, row: Row, conversation: Conversation) -> str:
    """Why she was the next one, when it was more than how long she waited; else empty."""
    found = [_reason(desk, each) for each in reasons(row, conversation) if each.code not in ("kept", "fit", "away")]
    if not found:
        return ""
    waited = _("waited {span}").format(span=span(row.now - conversation.waiting_since))
    return _("Taken: {why}.").format(why=", ".join([*found, waited]))


def _reason(desk: Desk, reason: Reason) -> str:
    name = one_line(desk.name(reason.who), NAME_LIMIT) if reason.who else ""
    if reason.code == "turn":
        return ngettext("behind {n} of her network", "behind {n} of her network", reason.n).format(n=reason.n)
    told = RETURNED.get(reason.text, RETURNED[""]) if reason.code == "returned" else REASON[reason.code]
    if reason.code == "back" and reason.who == desk.me:
        told = N_("came back to you")
    return _(told).format(name=name, time=of_day(reason.n))


def urgency_told(desk: Desk, cid: str) -> Told:
    """How urgent an officer holds her for, once she is held; while she waits her place says it."""
    conversation = desk.queue.get(cid)
    if conversation is None or not conversation.urgency or conversation.state is not State.HELD:
        return Told("")
    level = Level.DANGER if conversation.urgency == "red" else Level.WARNING
    return Told(_(LEVEL[conversation.urgency]).upper(), level)


# ---- who is held ----


def tended(desk: Desk, conversation: Conversation) -> Tended:
    """How a conversation is looked after, as far as this console knows: nothing while there is no connection."""
    c, now, timers = conversation, desk.now(), desk.shift.timers
    if c.state is not State.HELD or desk.link.phase is not LinkPhase.ONLINE:
        return Tended()
    backs = [c.unanswered_since + timers.answer_return_s * SECOND] if c.left_alone else []
    holder, gone = desk.shift.officer(c.holder), _is_gone(desk, c.holder)
    if gone and holder:
        backs.append(max(holder.seen, c.held_since, c.last_desk_at) + timers.gone_return_s * SECOND)
    since = c.unanswered_since
    return Tended(max(1, now - since) if since else 0, max(SECOND, min(backs) - now) if backs else 0, gone)


def _is_gone(desk: Desk, kid: str) -> bool:
    """Whether an officer has no console anywhere. Before the relay has told who is there, nobody knows."""
    if desk.shift.officer(desk.me) is None:
        return False
    holder = desk.shift.officer(kid)
    return holder is None or not holder.linked


def is_late(seen: Tended, timers: Timers) -> bool:
    """Whether its officer is warned."""
    return seen.waits >= timers.answer_warn_s * SECOND


def why_late(desk: Desk, conversation: Conversation) -> Told:
    """Which timers run for somebody who is held; nothing while all is well."""
    seen, timers = tended(desk, conversation), desk.shift.timers
    told = []
    if seen.holder_gone:
        told.append(_("THE CONSOLE OF THIS OFFICER IS GONE"))
    if seen.waits and (is_late(seen, timers) or seen.back_in):
        told.append(_("no word for her since {span}").format(span=span(seen.waits)))
    if 0 < seen.back_in <= HOUR:  # further off it is no news
        told.append(_("back in the queue in {span}").format(span=_count_down(seen.back_in)))
    loud = seen.holder_gone or is_late(seen, timers)
    return Told(" · ".join(told), (Level.DANGER if loud else Level.PLAIN) if told else Level.PLAIN)


def _count_down(ms: int) -> str:
    return span(ms + SECOND - 1)


class Neglected(NamedTuple):
    """Conversations by what must be told of them."""

    mine: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()


def neglected(desk: Desk) -> Neglected:
    """Mine in which the visitor has waited for too long; for a lead those of others too, and those whose officer's
    console is gone. Nothing while there is no connection."""
    queue, now, timers, me = desk.queue, desk.now(), desk.shift.timers, desk.me
    if desk.link.phase is not LinkPhase.ONLINE:
        return Neglected()

    def late(kid: str, after_s: int) -> Iterator[str]:
        before = now - after_s * SECOND
        return (c.cid for c in queue.held_by(kid) if 0 < c.unanswered_since <= before)

    mine = frozenset(late(me, timers.answer_warn_s))
    if desk.role != "lead":
        return Neglected(mine)
    kids = [kid for kid in queue.holders() if kid != me]
    gone = frozenset(c.cid for kid in kids if _is_gone(desk, kid) for c in queue.held_by(kid))
    return Neglected(mine, frozenset(cid for kid in kids for cid in late(kid, timers.answer_lead_s)), gone)


def place_told(desk: Desk, conversation: Conversation) -> str:
    """Of whom the queue's cursor is on: why she stands there, or which timers run."""
    return why_here(desk, conversation) or why_late(desk, conversation).text


# ---- the desk ----


def break_called(desk: Desk, lead: str, key: str) -> Told:
    """A lead asks this officer to take a break."""
    told = _("{name} asks you to take a break ({key}).")
    return Told(told.format(name=one_line(desk.name(lead), NAME_LIMIT), key=key), Level.WARNING)


def arrivals_told(desk: Desk) -> str:
    """That nobody new is let in: who said so, when, and why; empty while all are welcome."""
    paused = desk.queue.arrivals
    if paused.open:
        return ""
    name, why = one_line(desk.name(paused.by), NAME_LIMIT), desk.shift.paused_because or _("no reason can be read here")
    return _(_PAUSED[paused.way]).format(time=of_day(paused.at), name=name, why=why)


def tag(desk: Desk) -> str:
    """What must be on every screen at all times: that this officer takes nothing, that nobody new is let in."""
    paused = desk.queue.arrivals
    doing = {"break": _("ON A BREAK"), "leaving": _("ABOUT TO LEAVE")}.get(desk.shift.mine.doing, "")
    who = one_line(desk.name(paused.by), NAME_LIMIT)
    told = "" if paused.open else f"{_(PAUSED[paused.way])} {of_day(paused.at)} {who}"
    return " · ".join(filter(None, [doing, told]))
