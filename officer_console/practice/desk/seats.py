"""Sessions that a trainee sits in: one, or several at once, each with its own arrival."""

from __future__ import annotations

from random import Random
from typing import Final

from officer_console.client.api import Notice, Peer
from officer_console.model.bodies import About, Place, Text
from officer_console.model.conversation import State
from officer_console.model.envelope import RELAY, VISITOR
from officer_console.model.events import Left, Opened, Returned, Said
from officer_console.model.patrol import Point, geo
from officer_console.model.text import displayable
from officer_console.model.transcript import Kind, Line, Status
from officer_console.practice.moments import Comes, Did, Goes, Moment, Replies, Shares, Tells, Types, Writes
from officer_console.practice.plot import Plot
from officer_console.practice.sitting import Sitting

from .desk import PracticeDesk

FIRST_MS: Final = 1_500
"""When the first visitor comes."""
APART_MS: Final = (25_000, 110_000)
"""Between one arrival and the next, as on a real night."""


class Seat:
    """One session on the desk: its conversation, when it begins, and how the trainee sits in it."""

    def __init__(self, cid: str, arrives: int, sitting: Sitting) -> None:
        self.cid, self.arrives, self.sitting = cid, arrives, sitting
        self.here = False

    def wake_at(self) -> int | None:
        """In ms of practice."""
        if not self.here:
            return self.arrives
        at = self.sitting.wake_at()
        return None if at is None else self.arrives + at


def arrivals(count: int, seed: int) -> list[int]:
    """When each of several visitors comes, ms of practice."""
    random, at, found = Random(f"arrivals {seed}"), FIRST_MS, []
    for _number in range(count):
        found.append(at)
        at += random.randint(*APART_MS)
    return found


class Seats:
    """See `stage.Stage`."""

    def __init__(self, desk: PracticeDesk, plots: list[Plot], seed: int) -> None:
        self._desk = desk
        self.seats = [
            Seat(f"practice-{number}", at, Sitting(plot, seed + number))
            for number, (plot, at) in enumerate(zip(plots, arrivals(len(plots), seed), strict=True))
        ]
        self._by_cid = {seat.cid: seat for seat in self.seats}
        desk.put_on(self, self.read)

    @property
    def over(self) -> bool:
        """Whether every session has ended."""
        return all(seat.sitting.over for seat in self.seats)

    def read(self, cid: str, text: str) -> Replies:
        """What the trainee writes, with what it does."""
        return Replies(text, self._by_cid[cid].sitting.plot.read(text))

    def wake_at(self) -> int | None:
        return min((at for seat in self.seats if (at := seat.wake_at()) is not None), default=None)

    def advance(self, now: int) -> None:
        for seat in self.seats:
            if not seat.here and now >= seat.arrives:
                self._arrive(seat)
            if seat.here:
                self._show(seat, seat.sitting.advance(now - seat.arrives))

    def did(self, cid: str, did: Did) -> None:
        seat = self._by_cid[cid]
        self._show(seat, seat.sitting.do(self._desk.clock.now() - seat.arrives, did))

    # ---- onto the desk ----

    def _arrive(self, seat: Seat) -> None:
        seat.here = True
        head, log, at = seat.sitting.plot.session.head, self._desk.log, self._desk.clock.of_day(seat.arrives)
        log.append(seat.cid, VISITOR, Opened(h="", box=""), at=at)
        about = About(ts=at, lang=head.language, postcode=head.visitor.postcode)
        told = f"{head.language} {head.visitor.postcode}".rstrip()
        log.append(seat.cid, VISITOR, Said(), about, Line("", Kind.ABOUT, 0, text=told), at)
        log.announcer.notice(Notice("arrived", seat.cid))

    def _show(self, seat: Seat, moments: list[Moment]) -> None:
        for moment in moments:
            self._put(seat.cid, self._desk.clock.of_day(seat.arrives + moment.at), moment)

    def _put(self, cid: str, at: int, moment: Moment) -> None:
        log = self._desk.log
        match moment.what:
            case Types(on):
                self._peer(cid, on)
            case Writes(id, text):
                self._peer(cid, False)
                body = Text(ts=at, b=displayable(text))
                log.append(cid, VISITOR, Said(), body, Line(id, Kind.VISITOR, 0, text=body.b), at)
            case Shares(id, lat, lon, acc):
                place = Place(ts=at, lat=lat, lon=lon, acc=acc)
                log.append(cid, VISITOR, Said(), place, Line(id, Kind.PLACE, 0, text=geo(Point(lat, lon, acc))), at)
            case Goes(how):
                by = RELAY if how == "lost" else VISITOR
                log.set_peer(cid, Peer())
                log.append(cid, by, Left(how), line=Line("", Kind.LEFT, 0, text=how), at=at)
            case Comes(leap):
                self._desk.clock.leap(leap)
                log.append(cid, VISITOR, Returned(), line=Line("", Kind.RETURNED, 0), at=at + leap)
            case Tells():
                self._desk.patrols.room_tells(cid, moment.what, at)

    def _peer(self, cid: str, typing: bool) -> None:
        conversation = self._desk.queue.get(cid)
        held = conversation is not None and conversation.state is State.HELD
        if typing:
            self._desk.log.set_status(cid, Status.READ)
        self._desk.log.set_peer(cid, Peer(typing=typing and held, here=True))
