"""What states, codes and notices are called. Pure: tables and functions from the model to sentences."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from officer_console.client.api import KEY_SHORT_MS, LinkPhase, LinkState, Notice, Peer
from officer_console.console.times import SECOND, of_day, span
from officer_console.locale import N_, _, ngettext
from officer_console.model.conversation import Conversation, State, Visitor
from officer_console.model.text import one_line

LATE_BEAT: Final = 10 * SECOND
"""A heartbeat older than this is told loudly; the relay sends one every 5 s."""


class Level(StrEnum):
    """How loudly something is told."""

    GOOD = "good"
    PLAIN = "plain"
    WARNING = "warning"
    DANGER = "danger"


class Told(NamedTuple):
    """A sentence and how loudly it is told."""

    text: str
    level: Level = Level.PLAIN


OUTCOME: Final = {
    "advised": N_("Advised: listened, informed, advised"),
    "referred": N_("Referred to an association or a service"),
    "complaint": N_("Helped towards a complaint or an appointment"),
    "patrol": N_("A patrol was sent"),
    "no_answer": N_("The visitor does not answer any more"),
    "test": N_("A test, or written by mistake"),
    "abuse": N_("Abuse of the chat"),
    "other": N_("Something else (say what)"),
}
"""Code of model.bodies.OUTCOMES -> what officers read."""

LANGUAGE: Final = {"fr": N_("French"), "en": N_("English")}

REFUSAL: Final = {
    "malformed": N_("The relay did not understand it. Run “officer-console doctor”."),
    "too_large": N_("It is too large. Send it in parts."),
    "version": N_("The relay speaks another version. Update this console or the relay."),
    "unexpected": N_("The relay did not expect it now. Try again."),
    "late": N_("The relay waited too long for this console."),
    "login": N_("The relay does not let this officer in. Ask a shift lead whether you are enrolled."),
    "bad_signature": N_("A signature does not fit. Ask a shift lead."),
    "replayed": N_("The relay has had this command already."),
    "invitation": N_("The invitation is not valid any more. Ask a shift lead for another."),
    "founding": N_("The founding code is not valid any more, or the desk exists already."),
    "not_founded": N_("This desk has not been founded yet. Run “officer-console enrol” with the founding code."),
    "directory": N_("The relay's list of officers is not the one this console knows. Tell a shift lead at once."),
    "unknown": N_("There is no such conversation."),
    "erased": N_("The conversation has been erased."),
    "taken": N_("A colleague has taken this conversation."),
    "not_yours": N_("Only the officer who holds the conversation may do this."),
    "state": N_("The conversation does not allow this now."),
    "sequence": N_("The message came out of order. Send it again."),
    "conflict": N_("Another message has its number. Send it again."),
    "sender": N_("The message does not name its sender rightly."),
    "rate": N_("Too many messages at once. Wait a little and send it again."),
    "full": N_("This conversation has reached its largest size. Close it; the visitor can open another."),
    "busy": N_("Too many people are writing at this moment. Try again in a minute."),
    "desk_key": N_("The desk's key has ended. Nothing was sent; a shift lead must log in, then do it again."),
    "storage": N_("The relay cannot store anything at this moment. Send it again."),
    "no_case": N_("There is no open patrol request here."),
    "no_room": N_("No dispatch room belongs to this desk: nobody gets this. A shift lead can take a room in."),
    "no_offer": N_("There is no hand-over to answer any more."),
    "not_on_duty": N_("That officer is not on duty any more. Choose another."),
    "paused": N_("The desk lets no new conversation in at this moment."),
    "no_export": N_("Nothing is kept to practise on here any more."),
    "consent": N_("The visitor has not agreed, or not any more."),
    "network": N_("The relay cannot be reached."),
    "unsure": N_("The connection was lost before the answer came: look whether it was done."),
}
"""Code of protocol.refusals -> what officers read, with what to do."""

UNDONE: Final = {
    "said": N_("NOT SENT: {why} Your message stands in the draft again."),
    "noted": N_("NOTE NOT KEPT: {why} It stands in the note again."),
    "claimed": N_("NOT TAKEN: {why}"),
    "released": N_("NOT PUT BACK: {why} It is still yours."),
    "closed": N_("NOT CLOSED: {why} It is still yours."),
    "erased": N_("NOT ERASED: {why}"),
    "patrol_requested": N_("PATROL REQUEST NOT SENT: {why} Ring the room; what you asked stands in the panel."),
    "callback_requested": N_("CALL BACK NOT ASKED FOR: {why} What you wrote stands in the form again."),
    "referred": N_("NOT RECORDED that she was given a referral: {why} Your message is not touched by it."),
    "patrol_cancelled": N_("PATROL NOT CANCELLED: {why} Ring the room."),
    "urgency_raised": N_("URGENCY NOT RAISED: {why}"),
    "assigned": N_("NOT GIVEN TO ANOTHER: {why} Nothing has changed."),
    "offered": N_("HAND-OVER NOT OFFERED: {why} It is still yours."),
    "accepted": N_("NOT ACCEPTED: {why}"),
    "declined": N_("HAND-OVER NOT ENDED: {why}"),
    "whispered": N_("NOT WHISPERED: {why}"),
    "stepped_in": N_("YOU ARE NOT IN IT: {why}"),
    "stepped_out": N_("NOT STEPPED OUT: {why}"),
    "signal_confirmed": N_("SIGNAL NOT CONFIRMED: {why}"),
    "arrivals_paused": N_("ARRIVALS NOT PAUSED: {why}"),
    "arrivals_resumed": N_("ARRIVALS NOT LET IN AGAIN: {why}"),
    "break_called": N_("NOBODY WAS ASKED TO TAKE A BREAK: {why}"),
}
"""Kind of event that was refused -> what was not done, why, and where that leaves the officer."""

PRESENCE: Final = {
    Visitor.GOODBYE: N_("said goodbye {span} ago ({time})"),
    Visitor.EXIT: N_("pressed “leave at once” {span} ago ({time})"),
    Visitor.CLOSED: N_("closed the page {span} ago ({time})"),
    Visitor.LOST: N_("network lost {span} ago, may come back ({time})"),
}
GONE: Final = frozenset({"erased", "unknown"})
"""Refusals of a conversation that is no more."""
GONE_MARK: Final = {Visitor.GOODBYE: "◇", Visitor.EXIT: "◆", Visitor.CLOSED: "□", Visitor.LOST: "≈"}
"""A mark of its own for each way of leaving, beside the words."""


def refusal(code: str) -> str:
    """What a refusal means and what to do."""
    return _(REFUSAL.get(code, REFUSAL["unexpected"]))


def undone(notice: Notice) -> str:
    """What a `failed` notice says was not done."""
    if notice.code in GONE:  # nothing is kept of it
        return _("REFUSED: {why}").format(why=refusal(notice.code))
    told = UNDONE.get(notice.what, N_("REFUSED: {why} What was not sent stands in the draft."))
    return _(told).format(why=refusal(notice.code))


def presence(conversation: Conversation, peer: Peer | None, now: int, *, linked: bool = True) -> Told:
    """Whether the visitor is there, or how and when she left; `peer` is known only to who holds it. Without a link
    (`linked`) nobody knows who is still there."""
    how, at = conversation.visitor, conversation.visitor_at
    if conversation.state is State.ERASED:
        return Told("")
    if how is Visitor.HERE:
        return _here(peer) if linked else Told(_("? no connection: nobody knows if the visitor is here"), Level.WARNING)
    gone = _(PRESENCE[how]).format(time=of_day(at), span=span(now - at))
    level = Level.PLAIN if how is Visitor.GOODBYE else Level.WARNING
    return Told(f"{GONE_MARK[how]} {gone}", level)


def _here(peer: Peer | None) -> Told:
    if peer and peer.typing:
        return Told(_("✎ is writing …"), Level.GOOD)
    if peer is None or peer.here:
        return Told(_("● is here"), Level.GOOD)
    return Told(_("○ connected, page not in view"))


def facts(conversation: Conversation, now: int) -> list[str]:
    """Language, place, and the times, as far as known."""
    c = conversation
    told = [_(LANGUAGE[c.language])] if c.language in LANGUAGE else []
    told += [one_line(c.postcode, 10)] if c.postcode else []
    if c.state is State.WAITING:
        told.append(_("waiting {span}").format(span=span(now - c.waiting_since)))
    elif c.state is State.HELD:
        told.append(_("held {span}").format(span=span(now - c.held_since)))
    elif c.state is State.CLOSED:
        told.append(_("closed {span} ago").format(span=span(now - c.closed_at)))
    return [*told, _("opened {time}").format(time=of_day(c.opened_at))]


def unread(count: int) -> str:
    """How many messages have not been on screen; empty for none."""
    return ngettext("{n} unread", "{n} unread", count).format(n=count) if count else ""


def standing(conversation: Conversation | None, me: str, holder: str) -> str:
    """Whose the conversation is, in a few words."""
    if conversation is None:
        return _("gone")
    match conversation.state:
        case State.HELD if conversation.holder == me:
            return _("yours")
        case State.HELD:
            return _("held by {name}").format(name=holder)
        case State.WAITING | State.OPENING:
            return _("came back, nobody has it") if conversation.reopened else _("nobody has it")
        case State.CLOSED:
            return _("closed")
        case State.ERASED:
            return _("erased")


def link_line(link: LinkState, now: int, retry_key: str = "") -> Told:
    """The truth about the connection. `now` in ms of this machine's clock, as the times in `link`; `retry_key`
    tries at once."""
    told = _phase(link, now, retry_key)
    if not link.unsent:
        return told
    many = ngettext("{n} not yet stored", "{n} not yet stored", link.unsent).format(n=link.unsent)
    level = told.level if told.level in (Level.WARNING, Level.DANGER) else Level.WARNING
    return Told(f"{told.text} · {many}", level)


def _phase(link: LinkState, now: int, retry_key: str) -> Told:
    age = now - link.last_beat
    match link.phase:
        case LinkPhase.ONLINE if age > LATE_BEAT:
            old = _("NO HEARTBEAT for {span}: what you see may be old")
            return Told(old.format(span=span(age)), Level.DANGER)
        case LinkPhase.ONLINE:
            return Told(_("● connected, heartbeat {span} ago").format(span=span(age)), Level.GOOD)
        case LinkPhase.CATCHING_UP:
            return Told(_("catching up: the queue is not complete yet"), Level.WARNING)
        case LinkPhase.CONNECTING:
            return Told(_("connecting …"), Level.WARNING)
        case LinkPhase.RECONNECTING | LinkPhase.REFUSED:
            return Told(_reconnecting(link, now, retry_key), Level.DANGER)
        case LinkPhase.STOPPED:
            return Told(_stopped(retry_key), Level.DANGER)


def _stopped(retry_key: str) -> str:
    return _("STOPPED ({key}: try again)").format(key=retry_key) if retry_key else _("STOPPED")


def _reconnecting(link: LinkState, now: int, retry_key: str) -> str:
    refused = link.phase is LinkPhase.REFUSED
    gone = _("REFUSED for {span}") if refused else _("NOT CONNECTED for {span}")
    gone = gone.format(span=span(now - link.since))
    if link.retry_at <= now:
        return gone + ", " + _("trying now")
    wait = span(link.retry_at - now + SECOND - 1)
    told = _("next try in {span} ({key}: now)") if retry_key else _("next try in {span}")
    return gone + ", " + told.format(span=wait, key=retry_key)


def trouble(link: LinkState) -> str:
    """Why the console can't do its work, and what is safe; empty when it can."""
    if link.disk:
        told = _("This machine's disk takes nothing: {reason}. What you type is in memory only.")
        return told.format(reason=link.disk)
    known = link.problem not in ("", "network")
    refused = link.phase in (LinkPhase.STOPPED, LinkPhase.REFUSED, LinkPhase.RECONNECTING) and known
    return refusal(link.problem) if refused else ""


def key_warning(ends: int, now: int) -> str:
    """What to do when the desk's key ends soon (at `ends`, ms; 0: it has ended); empty when there is time."""
    if ends <= now:
        return _("The desk's key has ended: visitors can't write until a shift lead logs in.")
    if ends - now >= KEY_SHORT_MS:
        return ""
    told = _("The desk's key ends in {span}: a shift lead must log in, or visitors can't write.")
    return told.format(span=span(ends - now))
