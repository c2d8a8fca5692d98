"""What costs too much to be looked at each time a session is opened: whether the record fits itself, and whether all of
it can happen. `practice check` tells it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from officer_console.errors import did_you_mean, nearest
from officer_console.locale import _

from .format import Branch, Cue, End, Referred, Replied, Truth
from .patterns import cue_key
from .plot import Plot, holds, plot_of, reply_key
from .reach import Reached, reached
from .reading import Numbered, Wrong
from .session import Session


def unfit(session: Session, lines: Sequence[Numbered], referrals: Collection[str] = ()) -> Iterator[Wrong]:
    """Every problem that only playing shows. `referrals`: ids of the directory; none: not looked at."""
    plot = plot_of(session)
    can = reached(plot)
    for number, line in lines:
        yield from ((number, why) for why in _of_line(plot, line, can))
        if referrals and isinstance(line, Truth | Referred):
            named = line.referrals if isinstance(line, Truth) else [line.referral]
            yield from ((number, why) for why in _unknown(named, referrals))


def _of_line(plot: Plot, line: object, can: Reached) -> Iterator[str]:
    match line:
        case Replied():
            yield from _of_reply(plot, line)
        case Cue():
            yield from _of_cue(plot, line, can)
        case Branch() if line.id not in can.branches:
            yield _("this branch is never reached")
        case End() if line.id not in can.ends:
            yield _("this end is never reached")


def _of_reply(plot: Plot, reply: Replied) -> Iterator[str]:
    reading = plot.read(reply.text)
    if harms := sorted({"blame", "pressure", "doubt", "promise"} & reading.acts):
        words = "; ".join(reading.words_of(act) for act in harms)  # type: ignore[arg-type]
        yield _("a reply of the record does harm ({acts}: {words})").format(acts=", ".join(harms), words=words)
    if reply.joined:
        return
    group = plot.groups[reply_key(reply.id)]
    if not group.in_turn and not plot.fits(group, reading):
        told = _("the record's own reply does not fit its “fits”; what it does: {acts}")
        yield told.format(acts=", ".join(sorted(reading.acts)) or "—")


def _of_cue(plot: Plot, cue: Cue, can: Reached) -> Iterator[str]:
    if cue.example and not holds(cue.when, cue_key(cue.id), plot.read(cue.example)):
        told = _("the example does not fit; what it does: {acts}")
        yield told.format(acts=", ".join(sorted(plot.read(cue.example).acts)) or "—")
    elif cue.id not in can.cues:
        yield _("this cue never plays")


def _unknown(named: Sequence[str], known: Collection[str]) -> Iterator[str]:
    for name in named:
        if name not in known:
            yield _("the directory has no {name}").format(name=name) + did_you_mean(nearest(name, known))
