"""The desk's half of the figures: what is counted when a conversation is closed, and what a shift lead asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from officer_console.model.conversation import Conversation
from officer_console.model.figures import LANGUAGES, UNKNOWN, may_be_told
from officer_console.model.shown_figures import Report, known
from officer_console.protocol.commands import WantFigures
from officer_console.protocol.desk_session import Answered

from .api import FiguresAnswer as Answer
from .tallies import Carry, Counts

Answering = Callable[[Answer], None]
NETWORK: Final = "network"
LEVELS: Final = ("none", "amber", "red")


def counts_of_close(conversation: Conversation, outcome: str, signals: Iterable[str]) -> Counts:
    """What counts when a conversation is closed: who she was, as far as that goes, at the first close only."""
    from officer_console.model.triage import urgency  # when first asked for: the queue is on screen the sooner
    from officer_console.referrals.departments import department_of

    raised = max(conversation.urgency or LEVELS[0], urgency(signals), key=LEVELS.index)
    counts = [("outcome", outcome), ("urgency", raised)]
    if not conversation.closed_at:
        language = conversation.language if conversation.language in LANGUAGES else UNKNOWN
        counts += [("language", language), ("department", department_of(conversation.postcode) or UNKNOWN)]
    return [count for count in counts if may_be_told(*count)]


class Figuring:
    """See `client.api.Figures`: one question at a time, the newest. `carry` as for Tallies, `count` takes counts."""

    def __init__(self, carry: Carry, count: Callable[[Counts], None]) -> None:
        self._carry = carry
        self._count = count
        self._answer: Answering | None = None
        self._days = ("", "")

    def ask(self, first: str, last: str, answered: Answering) -> None:
        self._answer, self._days = answered, (first, last)

        def refused(answer: Answered) -> None:
            if answer.code and self._days == (first, last):
                self._give(Answer(code=answer.code))

        if not self._carry(WantFigures(first, last), refused):
            self._give(Answer(code=NETWORK))

    def count_referral(self, kind: str) -> None:
        if may_be_told("referral", kind):
            self._count([("referral", kind)])

    def came(self, report: Report) -> None:
        """The relay has sent figures."""
        if self._days == (report.first, report.last):
            first, last = map(date.fromisoformat, self._days)
            self._give(Answer(known(report, (last - first).days + 1)))

    def linked(self, linked: bool) -> None:
        """Without a link no answer comes any more."""
        if not linked:
            self._give(Answer(code=NETWORK))

    def _give(self, answer: Answer) -> None:
        answered, self._answer = self._answer, None
        if answered:
            answered(answer)
