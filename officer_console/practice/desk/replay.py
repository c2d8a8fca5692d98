"""A recording watched on the practice desk, as it went: play, pause, step, faster, slower, jump, shortened pauses."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import Final

from officer_console.client.api import Notice, Peer
from officer_console.model.bodies import About, Outcome, Place, Text
from officer_console.model.envelope import RELAY, VISITOR
from officer_console.model.events import Claimed, Closed, Left, Noted, Opened, Released, Returned, Said
from officer_console.model.patrol import Point, geo
from officer_console.model.text import displayable
from officer_console.model.transcript import Kind, Line, Status
from officer_console.practice import format as lines
from officer_console.practice.analysis import read
from officer_console.practice.moments import Did, Replies, Tells
from officer_console.practice.session import Session
from officer_console.practice.track import Track, track_of

from .desk import OFFICER, TRAINER, PracticeDesk

RATES: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)


class Replay:
    """See `stage.Stage`. `moved` is called with the conversation's new name when it was begun anew."""

    def __init__(self, desk: PracticeDesk, session: Session, moved: Callable[[str, str], None] | None = None) -> None:
        self.session, self.moved = session, moved
        self._desk = desk
        self.track: Track = track_of(session)
        self._next = 0
        self._begun = 0
        self.annotation = ""
        self.cid = ""
        desk.log.role = "trainer"  # who watches may do nothing in it
        self._begin()
        desk.put_on(self, lambda cid, text: Replies(text, read(text, session.head.language)))

    # ---- the stage ----

    def wake_at(self) -> int | None:
        if self._next >= len(self.track.beats):
            return None
        beat = self.track.beats[self._next]
        typing = self._desk.log.peers.get(self.cid, Peer()).typing
        return beat.at if typing or beat.types_at <= self._desk.clock.now() else beat.types_at

    def advance(self, now: int) -> None:
        beats = self.track.beats
        while self._next < len(beats) and beats[self._next].at <= now:
            self._play(self._next)
        if self._next < len(beats) and beats[self._next].types_at <= now < beats[self._next].at:
            self._desk.log.set_status(self.cid, Status.READ)
            self._desk.log.set_peer(self.cid, Peer(typing=True, here=True))

    def did(self, cid: str, did: Did) -> None:
        """Who watches does nothing."""

    # ---- what the trainee asks of it ----

    @property
    def over(self) -> bool:
        """Whether all has been played."""
        return self._next >= len(self.track.beats)

    def toggle(self) -> None:
        """Play, or stand still."""
        self._desk.clock.playing = not self._desk.clock.playing
        self._desk.wake()

    def faster(self, steps: int) -> None:
        """The next of RATES, or the one before."""
        at = min(range(len(RATES)), key=lambda each: abs(RATES[each] - self._desk.clock.rate))
        self._desk.clock.rate = RATES[min(max(at + steps, 0), len(RATES) - 1)]
        self._desk.wake()

    def step(self, by: int) -> None:
        """To the next line, or the one before, and stand still."""
        self._desk.clock.playing = False
        beats = self.track.beats
        if by > 0 and not self.over:
            self.jump(beats[self._next].at)
        elif by < 0 and self._next:
            self.jump(beats[self._next - 2].at if self._next > 1 else 0)

    def jump(self, to: int) -> None:
        """To a moment of the play; backwards it is begun anew."""
        to = min(max(to, 0), self.track.length)
        if bisect_right([beat.at for beat in self.track.beats], to) < self._next:
            self._begin()
        self._desk.clock.jump(to)
        self.advance(to)
        self._desk.wake()

    def jump_to_mark(self, by: int) -> None:
        """To the next or last moment that matters: a signal, a patrol, a referral, what a trainer says, an end."""
        now = self._desk.clock.now()
        marked = [beat.at for beat in self.track.beats if isinstance(beat.line, WEIGHTY)]
        ahead = [at for at in marked if at > now] if by > 0 else [at for at in reversed(marked) if at < now - 500]
        if ahead:
            self.jump(ahead[0])

    def shorten(self) -> None:
        """Pauses shorter, or as they were; what was played stays."""
        beat = self.track.beats[max(self._next - 1, 0)]
        self.track = track_of(self.session, not self.track.shortened)
        self._desk.clock.jump(self.track.at_of_record(beat.line.at))
        self._desk.wake()

    # ---- onto the desk ----

    def _begin(self) -> None:
        """A conversation of its own for each beginning: what screens keep of one only grows."""
        old, self._begun, self._next, self.annotation = self.cid, self._begun + 1, 0, ""
        self.cid = f"replay-{self._begun}"
        log, head = self._desk.log, self.session.head
        self._desk.clock.leapt = 0
        at = self._desk.clock.of_day(0)
        log.append(self.cid, VISITOR, Opened(h="", box=""), at=at)
        about = About(ts=at, lang=head.language, postcode=head.visitor.postcode)
        told = f"{head.language} {head.visitor.postcode}".rstrip()
        log.append(self.cid, VISITOR, Said(), about, Line("", Kind.ABOUT, 0, text=told), at)
        log.announcer.notice(Notice("arrived", self.cid))
        if old:
            if self.moved:
                self.moved(old, self.cid)
            log.forget(old)

    def _play(self, number: int) -> None:
        beat = self.track.beats[number]
        self._next = number + 1
        self._desk.clock.leapt = beat.line.at - beat.at
        self._put(beat.line, self._desk.clock.of_day(beat.at))

    def _put(self, line: lines.Recorded, at: int) -> None:
        self._hers(line, at)
        self._officers(line, at)

    def _hers(self, line: lines.Recorded, at: int) -> None:
        cid, log = self.cid, self._desk.log
        match line:
            case lines.Said(id=id, text=text):
                log.set_peer(cid, Peer(here=True))
                body = Text(ts=at, b=displayable(text))
                log.append(cid, VISITOR, Said(), body, Line(id, Kind.VISITOR, 0, text=body.b), at)
            case lines.Shared(id=id, lat=lat, lon=lon, acc=acc):
                place = Place(ts=at, lat=lat, lon=lon, acc=acc)
                log.append(cid, VISITOR, Said(), place, Line(id, Kind.PLACE, 0, text=geo(Point(lat, lon, acc))), at)
            case lines.Left(how=how):
                by = RELAY if how == "lost" else VISITOR
                log.set_peer(cid, Peer())
                log.append(cid, by, Left(how), line=Line("", Kind.LEFT, 0, text=how), at=at)
            case lines.Returned():
                log.append(cid, VISITOR, Returned(), line=Line("", Kind.RETURNED, 0), at=at)
            case lines.Remarked(text=text):
                self.annotation = displayable(text)
                log.append(cid, TRAINER, Noted(), line=Line("", Kind.NOTE, 0, text=self.annotation), at=at)

    def _officers(self, line: lines.Recorded, at: int) -> None:
        cid, log, desk = self.cid, self._desk.log, self._desk
        match line:
            case lines.Claimed():
                log.append(cid, OFFICER, Claimed(), line=Line("", Kind.CLAIMED, 0), at=at)
            case lines.Released():
                log.append(cid, OFFICER, Released(), line=Line("", Kind.RELEASED, 0), at=at)
            case lines.Replied(id=id, text=text):
                body = Text(ts=at, b=displayable(text))
                log.append(cid, OFFICER, Said(), body, Line(id, Kind.OFFICER, 0, text=body.b), at)
            case lines.Noted(text=text):
                log.append(cid, OFFICER, Noted(), line=Line("", Kind.NOTE, 0, text=displayable(text)), at=at)
            case lines.Confirmed(signal=signal, message=message):
                desk.signals.confirmed(cid, OFFICER, signal, message, at)
            case lines.Referred(referral=referral):
                desk.referrals.referred(cid, OFFICER, referral, at)
            case lines.PatrolRequested(request=request):
                desk.patrols.asks(cid, OFFICER, request, at)
            case lines.PatrolCancelled(reason=reason):
                desk.patrols.ask(cid, OFFICER, "cancel", displayable(reason), at=at)
            case lines.PatrolTold(state=state, unit=unit, text=text):
                desk.patrols.room_tells(cid, Tells(state, unit, text), at)
            case lines.Closed(outcome=outcome, remark=remark):
                body_ = Outcome(ts=at, b=outcome, remark=remark)
                told = Line("", Kind.CLOSED, 0, text=outcome, remark=displayable(remark))
                log.append(cid, OFFICER, Closed(), body_, told, at)


WEIGHTY: Final = (
    lines.Confirmed, lines.PatrolRequested, lines.PatrolTold, lines.Referred, lines.Remarked, lines.Closed, lines.Ended,
    lines.Left,
)  # fmt: skip
"""Lines that one jumps to."""
