"""What is wrong in a file of the directory or of the replies: each thing with its file, row, field and reason.

UserError
└── ReferralError  the report of one file that was refused
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from officer_console.errors import UserError, reason
from officer_console.locale import _, ngettext
from officer_console.model.text import one_line

SHOWN = 200
"""Problems told of one file; a file with more is not a file to read the end of the list of."""


class Problem(msgspec.Struct, frozen=True, order=True):
    """One thing that is wrong. `row` is an id or "row 3"; a `warning` keeps nothing from being used."""

    file: str
    row: str = ""
    field: str = ""
    reason: str = ""
    warning: bool = False

    def __str__(self) -> str:
        """As one line: what is empty is left out."""
        return ": ".join(one_line(part, 300) for part in (self.file, self.row, self.field, self.reason) if part)


class ReferralError(UserError):
    """A file that can't be used, with every problem of it in one report."""

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        count = ngettext("{file} has a problem:", "{file} has {n} problems:", len(problems))
        lines = [str(msgspec.structs.replace(problem, file="")) for problem in problems[:SHOWN]]
        if len(problems) > SHOWN:
            lines.append(_("and {n} more").format(n=len(problems) - SHOWN))
        super().__init__("\n  ".join([count.format(file=file, n=len(problems)), *lines]))
        self.problems = list(problems)


class Row:
    """Collects the problems of one row, and tells whether there were errors."""

    def __init__(self, file: Path | str, row: str, into: list[Problem]) -> None:
        self.file = str(file)
        self.row = row
        self.sound = True
        self._into = into

    def wrong(self, field: str, reason: str) -> None:
        """The row can't be used because of this."""
        self.sound = False
        self._into.append(Problem(self.file, self.row, field, reason))

    def warn(self, field: str, reason: str) -> None:
        """The row can be used, but somebody should look at it."""
        self._into.append(Problem(self.file, self.row, field, reason, warning=True))


def unreadable(file: Path | str, error: Exception) -> Problem:
    """Why a file can't be read at all, as a problem."""
    if isinstance(error, OSError):
        return Problem(str(file), reason=_("can't be read: {reason}").format(reason=reason(error)))
    if isinstance(error, UnicodeDecodeError):
        return Problem(str(file), reason=_("is not UTF-8 text"))
    return Problem(str(file), reason=_("is not TOML: {detail}").format(detail=one_line(str(error), 200)))


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Those that keep something from being used."""
    return [problem for problem in problems if not problem.warning]
