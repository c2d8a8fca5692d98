"""The desk's half of the figures: what is counted when a conversation is closed, and what a shift lead asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from officer_console.model.conversation import Conversation
from officer_console.model.figures import LANGUAGES, UNKNOWN, may_be_told
from officer_console.model.shown_figures import Report, known
from officer_console.model.triage import urgency
from officer_console.protocol.commands import WantFigures
from officer_console.protocol.desk_session import Answered
from officer_console.referrals.departments import department_of

from .figures_api import Answer
from .tallies import Carry, Counts, Tallies

Answering = Callable[[Answer], None]
NETWORK: Final = "network"


def counts_of_close(conversation: Conversation, outcome: str, signals: Iterable[str]) -> Counts:
    """What counts when a conversation is closed: who she was, as far as that goes, at the first close only."""
    counts = [("outcome", outcome), ("urgency", urgency(signals))]
    if not conversation.closed_at:
        language = conversation.language if conversation.language in LANGUAGES else UNKNOWN
        counts += [("language", language), ("department", department_of(conversation.postcode) or UNKNOWN)]
    return [count for count in counts if may_be_told(*count)]


class Asking:
    """One question at a time, the newest. `carry` as for Tallies."""

    def __init__(self, carry: Carry) -> None:
        self._carry = carry
        self._answer: Answering | None = None
        self._days = ("", "")

    def ask(self, first: str, last: str, answered: Answering) -> None:
        """See `figures_api.Figures.ask_figures`."""
        self._answer, self._days = answered, (first, last)

        def refused(answer: Answered) -> None:
            if answer.code and self._days == (first, last):
                self._give(Answer(code=answer.code))

        if not self._carry(WantFigures(first, last), refused):
            self._give(Answer(code=NETWORK))

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


class FiguresDesk:
    """That half of `client.api.Desk`; `figures_api` documents every method."""

    _tallies: Tallies
    _asking: Asking

    def ask_figures(self, first: str, last: str, answered: Answering) -> None:
        self._asking.ask(first, last, answered)

    def count_referral(self, kind: str) -> None:
        if may_be_told("referral", kind):
            self._tallies.add([("referral", kind)])
