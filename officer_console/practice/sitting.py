"""One trainee in one session: the state of the simulated visitor, and everything that happened, in order."""

from __future__ import annotations

from .chronicle import Chronicle
from .engine import advance, begin, happen, wake_at
from .moments import Did, Done, Entry, Moment, Replies
from .plot import Plot


class Sitting:
    """`do` and `advance` give what happened because of it. Times are ms of the session, and only rise."""

    def __init__(self, plot: Plot, seed: int) -> None:
        self.plot, self.seed = plot, seed
        self.state = begin(plot, seed)
        self.entries: list[Entry] = []

    def advance(self, until: int) -> list[Moment]:
        """Time passes."""
        self.state, moments = advance(self.plot, self.state, max(until, self.state.now))
        self.entries += moments
        return moments

    def do(self, at: int, did: Did) -> list[Moment]:
        """The trainee does something."""
        at = max(at, self.state.now)
        self.state, moments = happen(self.plot, self.state, at, did)
        self.entries += [*moments, Done(at, did)]
        return moments

    def reply(self, at: int, text: str) -> list[Moment]:
        """He writes."""
        return self.do(at, Replies(text, self.plot.read(text)))

    def wake_at(self) -> int | None:
        """When something happens if he does nothing; None: never."""
        return wake_at(self.plot, self.state)

    @property
    def over(self) -> bool:
        return self.state.over

    def chronicle(self) -> Chronicle:
        """As it is judged."""
        return Chronicle(self.plot, self.entries, self.state.now)


def run_out(sitting: Sitting, until: int) -> None:
    """Nothing more is done; what happens by itself happens, until all is over or `until`."""
    while not sitting.over:
        at = sitting.wake_at()
        if at is None or at > until:
            sitting.advance(until)
            return
        sitting.advance(at)
