"""What an officer should know before leaving the console."""

from __future__ import annotations

from officer_console.client.api import Desk
from officer_console.console.patrol_words import unacknowledged
from officer_console.console.sections import mine
from officer_console.console.times import SECOND, span
from officer_console.locale import _, ngettext


def open_matters(desk: Desk, begun: int = 0) -> list[str]:
    """One sentence for each thing that is not finished, and what is safe; empty when nothing is open. `begun`: how
    many notes, remarks and requests for a call back are begun."""
    told = [
        _patrols(desk),
        _held(len(mine(desk.queue)), desk.shift.timers.gone_return_s),
        _unsent(desk.link.unsent),
        _begun(begun),
    ]
    return list(filter(None, told))


def _patrols(desk: Desk) -> str:
    """Of the requests that this officer or this machine answers for."""
    requests = [(cid, patrol) for cid, patrol in desk.patrols.all_open() if patrol.by == desk.me or patrol.unsent]
    if any(patrol.due for _cid, patrol in requests):
        return _("A patrol request is in its countdown: it is NOT SENT when you leave now.")
    return unacknowledged(requests)


def _held(count: int, after_s: int) -> str:
    if not count:
        return ""
    told = ngettext(
        "You hold a conversation. When you leave now nobody answers in it for {span}; then it goes back into the queue "
        "by itself. At the end of a shift, hand it over, put it back or close it first.",
        "You hold {n} conversations. When you leave now nobody answers in them for {span}; then they go back into the "
        "queue by themselves. At the end of a shift, hand them over, put them back or close them first.",
        count,
    )
    return told.format(n=count, span=span(after_s * SECOND))


def _unsent(count: int) -> str:
    if not count:
        return ""
    told = ngettext(
        "{n} message is not stored at the relay yet. It is safe on this machine, sealed, and goes out when "
        "you next start the console here.",
        "{n} messages are not stored at the relay yet. They are safe on this machine, sealed, and go out when "
        "you next start the console here.",
        count,
    )
    return told.format(n=count)


def _begun(count: int) -> str:
    if not count:
        return ""
    told = ngettext(
        "Something that you began (a note, a remark, a call back) is not kept: finish it first.",
        "{n} things that you began (notes, remarks, call backs) are not kept: finish them first.",
        count,
    )
    return told.format(n=count)
