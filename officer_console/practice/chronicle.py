"""An attempt as it is judged: what happened so far, by kind. Made anew from the entries, and nothing else is kept."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import msgspec

from officer_console.model.patrol import PatrolRequest, load_request

from .analysis import Reading
from .fields import Act
from .moments import Confirms, Done, Ends, Entry, Gives, Goes, Moment, Over, Replies, Sends, Shares, Stands, Writes
from .plot import Plot


class Reply(msgspec.Struct, frozen=True):
    """One of the trainee's."""

    at: int
    text: str
    reading: Reading

    @property
    def acts(self) -> frozenset[Act]:
        return self.reading.acts


class Chronicle:
    """`entries` in the order in which they happened; `now` ms of the session."""

    def __init__(self, plot: Plot, entries: Iterable[Entry], now: int) -> None:
        self.plot = plot
        self.entries = list(entries)
        ended = next((one.at for one in self.entries if isinstance(one.what, Over)), None)
        self.over = ended is not None
        self.now = now if ended is None else ended

    @cached_property
    def replies(self) -> list[Reply]:
        """What the trainee wrote."""
        return [Reply(one.at, one.what.text, one.what.reading) for one in self._done() if isinstance(one.what, Replies)]

    @cached_property
    def said(self) -> dict[str, int]:
        """Her messages -> when; what she shared too."""
        return {one.what.id: one.at for one in self._moments() if isinstance(one.what, Writes | Shares)}

    @property
    def arrived(self) -> int | None:
        """When she first wrote."""
        return min(self.said.values(), default=None)

    @cached_property
    def waits(self) -> list[tuple[int, int]]:
        """From her words to the answer, once the trainee had the conversation: an unanswered one lasts until now."""
        waits: list[tuple[int, int]] = []
        since: int | None = None
        for one in self.entries:
            if isinstance(one.what, Writes) and since is None and self.replies and one.at > self.replies[0].at:
                since = one.at
            elif isinstance(one.what, Replies | Goes | Ends) or _closes(one):
                waits += [(since, one.at)] if since is not None else []
                since = None
        return waits + ([(since, self.now)] if since is not None else [])

    @cached_property
    def confirmed(self) -> dict[str, tuple[int, str]]:
        """Signal -> when the trainee confirmed it, and in which message."""
        found = [(one.what, one.at) for one in self._done() if isinstance(one.what, Confirms)]
        return {what.signal: (at, what.message) for what, at in reversed(found)}

    @cached_property
    def requests(self) -> list[tuple[int, PatrolRequest]]:
        """What the trainee asked of the room."""
        return [(one.at, load_request(one.what.request)) for one in self._done() if isinstance(one.what, Sends)]

    @cached_property
    def given(self) -> list[tuple[int, str]]:
        """The referrals that the trainee gave."""
        return [(one.at, one.what.referral) for one in self._done() if isinstance(one.what, Gives)]

    @cached_property
    def claimed_at(self) -> int | None:
        """When the trainee took the conversation first."""
        return next((one.at for one in self._done() if one.what == Stands("claimed")), None)

    @cached_property
    def closed_at(self) -> int | None:
        """When the trainee closed it last."""
        return next((one.at for one in reversed(self.entries) if _closes(one)), None)

    @property
    def outcome(self) -> str:
        """With what he closed it."""
        closing = (one.what for one in reversed(self.entries) if isinstance(one.what, Stands) and _closes(one))
        return next((what.outcome for what in closing), "")

    @cached_property
    def left_at(self) -> int | None:
        """When she left for good, before he closed."""
        gone: int | None = None
        for one in self._moments():
            if isinstance(one.what, Goes):
                gone = one.at
            elif isinstance(one.what, Writes):
                gone = None
        return gone if gone is not None and (self.closed_at is None or gone < self.closed_at) else None

    @cached_property
    def end(self) -> str:
        """The end it came to, or ""."""
        return next((one.what.end for one in self._moments() if isinstance(one.what, Ends)), "")

    @property
    def end_at(self) -> int:
        """When it ended."""
        return next((one.at for one in self._moments() if isinstance(one.what, Ends)), self.now)

    def _done(self) -> list[Done]:
        return [one for one in self.entries if isinstance(one, Done)]

    def _moments(self) -> list[Moment]:
        return [one for one in self.entries if isinstance(one, Moment)]


def _closes(one: Entry) -> bool:
    return isinstance(one.what, Stands) and one.what.state == "closed"
