"""Referrals and prepared texts, read when first needed, and which of them stand in what an officer is writing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from officer_console.client.api import Desk
from officer_console.console.attempt import Tell
from officer_console.console.words import Level, Told, refusal
from officer_console.errors import reason
from officer_console.locale import _, ngettext
from officer_console.model.text import one_line
from officer_console.protocol.refusals import Refused

if TYPE_CHECKING:
    from officer_console.referrals.entries import Referral
    from officer_console.referrals.library import Library
    from officer_console.referrals.report import Problem

NAME_LIMIT, FIRST_LIMIT = 80, 120
CHECK = "officer-console referrals check"


class Shelf:
    """`library` is None until it has been read; `problem`: why it can't be. `open_library` is called in a thread."""

    def __init__(self, desk: Desk, open_library: Callable[[], Library], tell: Tell) -> None:
        self.library: Library | None = None
        self.problem = ""
        self._desk, self._open, self._tell = desk, open_library, tell
        self._reading: asyncio.Task[None] | None = None
        self._then: list[Callable[[], None]] = []
        self._put: dict[str, dict[str, None]] = {}

    def begin(self, then: Callable[[], None] = lambda: None) -> None:
        """Read it, unless it has been; `then` is called once it is there, or can't be read."""
        if self.library is not None:
            return then()
        self._then.append(then)
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())

    def name_of(self, line: str) -> str:
        """What a line of the directory is called; its id while the directory has not been read."""
        row = self.library.directory.get(line) if self.library else None
        return one_line(row.name if row else line, NAME_LIMIT)

    def signals(self, cid: str) -> tuple[str, ...]:
        """The danger signals that an officer has confirmed: what is looked for and suggested follows them."""
        return tuple(confirmed.signal for confirmed in self._desk.signals.of(cid))

    # what stands in a composer

    def text_of_code(self, cid: str, code: str) -> str:
        """The prepared text of a short code, for this conversation, which is being put into its composer; "" when
        there is none, or nothing has been read."""
        from officer_console.console.offers import about, of_code

        if self.library is None:
            return ""
        found = of_code(self.library, code, about(self._desk, cid, self.signals(cid)))
        if found:
            self.put(cid, found.lines)
        return found.text if found else ""

    def put(self, cid: str, lines: Iterable[str]) -> None:
        """These lines of the directory have been put into the composer."""
        self._put.setdefault(cid, {}).update(dict.fromkeys(lines))

    def said(self, cid: str, text: str) -> None:
        """This was sent: what was put in and still is in it was given."""
        from officer_console.console.offers import is_in

        lines = self._put.pop(cid, {})
        rows = [self.library.directory.get(line) for line in lines] if self.library else []
        for row in rows:
            if row and is_in(row, text):
                self._give(cid, row)

    # parts of the above

    def _give(self, cid: str, row: Referral) -> None:
        known = row.id in self._desk.referrals.given(cid)
        try:
            self._desk.referrals.give(cid, row.id)
        except Refused as refused:
            self._not_recorded(row.id, refusal(refused.code))
        except OSError as error:
            self._not_recorded(row.id, reason(error))
        else:
            if not known:
                self._desk.figures.count_referral(row.kind)

    def _not_recorded(self, line: str, why: str) -> None:
        told = _("Your message is on its way. That it gives {name} could not be recorded: {why}")
        self._tell(Told(told.format(name=self.name_of(line), why=why), Level.WARNING))

    async def _read(self) -> None:
        try:
            self.library = await asyncio.to_thread(_read_all, self._open)
            self.problem = ""
            self._tell_problems(self.library.problems)
        except Exception as error:  # whatever it is: people are answered without prepared texts too
            why = reason(error) if isinstance(error, OSError) else type(error).__name__
            self.problem = _("The directory can't be read: {reason}. All else works.").format(reason=why)
            self._tell(Told(self.problem, Level.DANGER))
        self._reading = None
        then, self._then = self._then, []
        for each in then:
            each()

    def _tell_problems(self, problems: list[Problem]) -> None:
        wrong = [problem for problem in problems if not problem.warning]
        if wrong:
            told = ngettext(
                "{n} entry of the station's own files can't be used: {first}. “{command}” tells all.",
                "{n} entries of the station's own files can't be used: {first}. “{command}” tells all.",
                len(wrong),
            )
            told = told.format(n=len(wrong), first=one_line(str(wrong[0]), FIRST_LIMIT), command=CHECK)
            self._tell(Told(told, Level.WARNING))


def _read_all(open_library: Callable[[], Library]) -> Library:
    """In a thread, with what else costs time at the first question."""
    from officer_console.console import offers  # noqa: F401 - the words of the rows
    from officer_console.referrals.clock import is_holiday
    from officer_console.referrals.told import now

    is_holiday(now().date())
    return open_library()
