"""Everything of this room in one hand: rows, replies, places, search, suggestions. What a console opens.

Opening costs 0.3 s (500 replies, 60,000 places): do it in a thread. All else is quick enough for a key
press. A library is frozen: after an import or a change of a file, open a new one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from officer_console.errors import UserError

from .directory import Directory, load_directory, stale_rows
from .hits import ANY, Filters, Hit
from .home import Home, home
from .nearest import Near, nearest_places
from .place_store import PlaceStore
from .places import Kind
from .render import Facts, Rendered, render
from .replies import Reply, load_replies, old_replies
from .report import Problem
from .search import MOST, Search
from .suggest import Suggestions


class Library:
    """Opened by `open_library`. `problems`: what could not be used; it is all told, and all else works."""

    def __init__(
        self, directory: Directory, replies: Mapping[str, Reply], places: PlaceStore | None, problems: list[Problem]
    ) -> None:
        self.directory = directory
        self.replies = replies
        self.places = places
        self.problems = problems
        self._search = Search(directory, replies, places)
        self._suggestions = Suggestions(directory, replies)

    def search(self, text: str, filters: Filters = ANY, most: int = MOST) -> list[Hit]:
        """See `search.Search.search`."""
        return self._search.search(text, filters, most)

    def suggest(
        self, signals: Sequence[str], last_message: str, language: str = "", given: Collection[str] = ()
    ) -> list[Hit]:
        """See `suggest.Suggestions.suggest`."""
        return self._suggestions.suggest(signals, last_message, language, given)

    def render(self, reply: Reply, language: str, postcode: str = "") -> Rendered:
        """A reply as it will be sent. See `render.render`."""
        return render(reply, language, Facts(self.directory, self.places, postcode))

    def nearest(self, postcode: str, kind: Kind, most: int = 3) -> list[Near]:
        """See `nearest.nearest_places`."""
        return nearest_places(self.places, postcode, kind, most)

    @property
    def quoted(self) -> str:
        """The source to quote wherever an imported place is shown; "" when there are none."""
        return self.places.source.quoted() if self.places else ""

    def close(self) -> None:
        """No more questions."""
        if self.places:
            self.places.close()


def open_library(where: Home | None = None) -> Library:
    """The library of this machine, or of other folders. Never fails because of what is in a file."""
    where = where or home()
    problems: list[Problem] = []
    directory = load_directory(where, problems)
    replies = load_replies(where, directory, problems)
    return Library(directory, replies, _places(where, problems), problems)


def check(where: Home, today: date) -> list[Problem]:
    """Every problem of all files, errors first: what can't be used, what is old, what nobody has reviewed."""
    problems: list[Problem] = []
    directory = load_directory(where, problems)
    replies = load_replies(where, directory, problems)
    _places(where, problems)
    problems += stale_rows(directory, today, "referrals")
    problems += old_replies(replies, today, "templates")
    return sorted(problems, key=lambda problem: problem.warning)


def _places(where: Home, problems: list[Problem]) -> PlaceStore | None:
    try:
        return PlaceStore.open(where.places)
    except UserError as error:
        problems.append(Problem(str(where.places), reason=str(error)))
        return None
