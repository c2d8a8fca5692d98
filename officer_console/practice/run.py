"""One round of practice without a screen: the desk, what plays on it, and what is told at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.paths import data_dir
from officer_console.vault.files import replace_file

from .attempts import VERSION, Attempt, Attempts, Head
from .debrief import Debrief, Earlier, debrief_of, overall
from .debrief_text import html, markdown
from .desk.clock import Clock
from .desk.desk import PracticeDesk
from .desk.replay import Replay
from .desk.seats import Seat, Seats
from .feedback import Remark, remarks
from .moments import Done, Notes, Typing
from .plot import plot_of
from .record_officer import play_record
from .session import Session
from .together import MOST_AT_ONCE, Together, priorities


class Wanted(msgspec.Struct, frozen=True):
    """What is asked for. `began` is the time of day, ms since 1970; `language` the trainee's; `text`: what his trainer
    says of it."""

    sessions: tuple[Session, ...]
    seed: int
    speed: float
    began: int
    language: str
    name: str = ""
    text: str = ""


class Practice:
    """Sitting in one to four sessions. `seconds` only rises; `attempts` None: nothing is kept, none were before."""

    def __init__(self, wanted: Wanted, attempts: Attempts | None, seconds: Callable[[], float]) -> None:
        if not 1 <= len(wanted.sessions) <= MOST_AT_ONCE:
            raise UserError(_("from one to {n} sessions can be practised at once").format(n=MOST_AT_ONCE))
        self.wanted, self.attempts = wanted, attempts
        self.desk = PracticeDesk(Clock(seconds, wanted.began, wanted.speed), wanted.name)
        self.seats = Seats(self.desk, [plot_of(session) for session in wanted.sessions], wanted.seed)
        self.kept: list[Path] = []

    @property
    def over(self) -> bool:
        return self.seats.over

    @property
    def real(self) -> bool:
        """Whether a real conversation is among them: its words are never written down, in no attempt and no debrief."""
        return any(is_real(session) for session in self.wanted.sessions)

    def session_of(self, cid: str) -> Session | None:
        """The session of a conversation."""
        seat = next((seat for seat in self.seats.seats if seat.cid == cid), None)
        return seat.sitting.plot.session if seat else None

    def told(self) -> list[tuple[str, Remark]]:
        """What there is to tell now, with the conversation, in the order of its moments."""
        arrives = {seat.cid: seat.arrives for seat in self._begun()}
        found = [(seat.cid, remark) for seat in self._begun() for remark in self._remarks(seat)]
        found += self._priorities()
        return sorted(found, key=lambda each: arrives[each[0]] + each[1].at)

    def debriefs(self) -> list[Debrief]:
        """The debrief of each session in which something was done or that has ended."""
        return [self._debrief(seat) for seat in self._begun()]

    def keep(self) -> None:
        """The attempts are kept for the trainee as they are now, each in its file; nothing where one is real. Raises
        UserError, VaultError."""
        if self.attempts is None or self.real:
            return
        worked = [seat for seat in self._begun() if any(isinstance(one, Done) for one in seat.sitting.entries)]
        self.kept = [self.attempts.keep(self._attempt(seat)) for seat in worked]

    # ---- parts of the above ----

    def _begun(self) -> Iterable[Seat]:
        return [seat for seat in self.seats.seats if seat.here]

    def _priorities(self) -> list[tuple[str, Remark]]:
        begun = [Together(seat.cid, seat.arrives, seat.sitting.chronicle()) for seat in self._begun()]
        return list(priorities(begun, self.wanted.language))

    def _remarks(self, seat: Seat) -> Sequence[Remark]:
        return remarks(seat.sitting.chronicle(), self.wanted.language)

    def _debrief(self, seat: Seat) -> Debrief:
        sitting = seat.sitting
        record = play_record(sitting.plot, sitting.seed).chronicle()
        heads = self.attempts.of(sitting.plot.session.id) if self.attempts else ()
        earlier = [Earlier(head.at, head.overall) for head in heads]
        before = [one for one in earlier if one.at != self.wanted.began]
        more = [remark for cid, remark in self._priorities() if cid == seat.cid]
        return debrief_of(sitting.chronicle(), record, self.wanted.language, before, more)

    def _attempt(self, seat: Seat) -> Attempt:
        sitting, wanted = seat.sitting, self.wanted
        score = overall(self._remarks(seat))
        end = sitting.chronicle().end
        head = Head(VERSION, sitting.plot.session.id, wanted.began, sitting.seed, wanted.speed, score, end, wanted.name)
        kept = [entry for entry in sitting.entries if not isinstance(entry.what, Typing | Notes)]
        return Attempt(head, tuple(kept))


class Watching:
    """Watching one session. A real conversation stands still before its first line until `begin`."""

    def __init__(self, wanted: Wanted, seconds: Callable[[], float]) -> None:
        if len(wanted.sessions) != 1:
            raise UserError(_("one session can be watched at a time"))
        self.wanted, self.session = wanted, wanted.sessions[0]
        self.desk = PracticeDesk(Clock(seconds, wanted.began, wanted.speed), wanted.name)
        self.replay = Replay(self.desk, self.session)
        if self.real:
            self.desk.clock.playing = False
            self.desk.clock.jump(-1)

    @property
    def real(self) -> bool:
        """Whether it is a real conversation's."""
        return is_real(self.session)

    def begin(self) -> None:
        """From the first line on."""
        self.desk.clock.jump(0)
        self.desk.clock.playing = True
        self.desk.wake()


def is_real(session: Session) -> bool:
    """Whether it is a real conversation's."""
    return session.head.origin == "live"


def write_debrief(debrief: Debrief, folder: Path, at: int, language: str) -> list[Path]:
    """The debrief as Markdown and as HTML, readable for the trainee alone. Raises VaultError."""
    stem = folder / f"{at}-{debrief.session}"
    written = [(stem.with_suffix(".md"), markdown(debrief)), (stem.with_suffix(".html"), html(debrief, language))]
    for file, text in written:
        replace_file(file, text.encode())
    return [file for file, _text in written]


def practice_dir() -> Path:
    """Where attempts and debriefs are. Raises UserError."""
    return data_dir("practice")
