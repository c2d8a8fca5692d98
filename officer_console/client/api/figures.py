"""Figures of the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

from officer_console.model.shown_figures import Report


class FiguresAnswer(msgspec.Struct, frozen=True):
    """The figures that were asked for, or none and the refusal's code."""

    report: Report | None = None
    code: str = ""


class Figures(Protocol):
    """Figures of the desk, for shift leads; and the one count that a screen knows and nobody else."""

    def ask(self, first: str, last: str, answered: Callable[[FiguresAnswer], None]) -> None:
        """Ask for the figures from one day to another ("2026-11-01", both included, of the station's time zone). Leads
        only. `answered` is called once, on the event loop; not at all when another question follows before."""
        ...

    def count_referral(self, kind: str) -> None:
        """A referral of this kind (figures.REFERRAL_KINDS) has been given: count it, without saying to whom."""
        ...
