"""What is wrong with a session's file: where, and why in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from officer_console.errors import UserError
from officer_console.locale import ngettext
from officer_console.model.text import one_line

SHOWN: Final = 100
"""Problems told of one file."""


class Problem(msgspec.Struct, frozen=True):
    """One problem; `line` from 1, 0 when it is the whole file's."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        """As `file:line: reason`, in one line."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{one_line(where, 300)}: {one_line(self.reason, 300)}"


class SessionError(UserError):
    """A session that is refused, with every problem of its file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        head = ngettext("the session has a problem:", "the session has {n} problems:", len(self.problems))
        told = [str(problem) for problem in self.problems[:SHOWN]]
        super().__init__("\n  ".join([head.format(n=len(self.problems)), *told]))
