"""One attempt as a trainer reads it: judged when it is first asked for, and then kept."""

from __future__ import annotations

from functools import cached_property

from .attempts import Head
from .board import Judged, chronicle_of, judge
from .debrief import Debrief, debrief_of
from .feedback import Remark
from .folder import Handed
from .record_officer import play_record
from .session import Session


class Review:
    """`session`: the one that was practised, None when it is not installed; `language`: the trainer's."""

    def __init__(self, handed: Handed, session: Session | None, language: str) -> None:
        self.handed, self.session, self._language = handed, session, language

    @property
    def file(self) -> str:
        """The name of its file, which tells it from all others."""
        return self.handed.file

    @property
    def head(self) -> Head:
        return self.handed.attempt.head

    @cached_property
    def judged(self) -> Judged:
        """Its scores."""
        return judge(self.handed.attempt, self.session)

    @cached_property
    def debrief(self) -> Debrief | None:
        """The debrief that the trainee got, by the rules of today; None when there is none: see `Judged.basis`."""
        if self.session is None or self.judged.basis != "today":
            return None
        try:
            chronicle = chronicle_of(self.handed.attempt, self.session)
            record = play_record(chronicle.plot, self.head.seed).chronicle()
            return debrief_of(chronicle, record, self._language)
        except Exception:  # see board.judge
            return None


def told_in(debrief: Debrief) -> list[Remark]:
    """Everything that a debrief tells, in the order of its moments."""
    return sorted((remark for one in debrief.scores for remark in one.remarks), key=lambda remark: remark.at)
