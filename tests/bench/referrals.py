"""Search over 60,000 imported places and 500 quick replies, key by key as it is typed, beside one painted frame.

The same queries as in tests/referrals/queries.py; what is found among so many is counted too. Beside the
queries for places stands SQLite's bare full-text question for the same words in the same file, in the same run: it
knows no replies, no typos, no department and no order.
"""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from officer_console.referrals import fold
from officer_console.referrals.hits import Filters
from officer_console.referrals.home import Home
from officer_console.referrals.import_places import import_places
from officer_console.referrals.library import Library, open_library
from tests.referrals.made import WANTED, rows, written
from tests.referrals.queries import QUERIES, missed
from tests.referrals.towns import towns

from .report import Figure, absolute, figure, quantile

PLACES: Final = 60_000
REPLIES: Final = 500
FRAME_MS: Final = 16.7
"""One of sixty frames a second."""
PLACE_QUERIES: Final = [text for text, id in QUERIES.items() if id.rpartition("-")[0] in WANTED]
MOST_OF_BARE: Final = 3.0
OPEN_MS: Final = 1_000.0
IMPORT_S: Final = 60.0
LEAST_FOUND: Final = 0.9

_REPLY = """
[[template]]
id = "bench-{n}"
code = "zb{n}"
moment = "listening"
author = "bench"
title = {{ fr = "{title}", en = "{title}" }}
text = {{ fr = "{text} {{referral.3919}}", en = "{text} {{referral.116006}}" }}
"""


def run() -> list[Figure]:
    """Measure."""
    with tempfile.TemporaryDirectory() as folder:
        where = Home(Path(folder) / "config", Path(folder) / "data")
        file = written(Path(folder) / "places.json", itertools.chain(towns(), rows(PLACES)))
        import_s = _timed(lambda: import_places(file, where))
        _more_replies(where.config)
        opened: list[Library] = []
        open_s = _timed(lambda: opened.append(open_library(where)))
        library = opened[0]
        assert library.places is not None and len(library.places) >= PLACES
        assert len(library.replies) >= REPLIES and not library.problems
        figures = [*_searches(library, where), _found(library)]
        library.close()
    return [
        *figures,
        absolute("referrals.open", open_s * 1000, "ms", OPEN_MS),
        absolute("referrals.import", import_s, "s for 60,000 places", IMPORT_S),
    ]


def _searches(library: Library, where: Home) -> list[Figure]:
    conversation = Filters(language="fr", postcode="69003", signals=("menace_mort", "enfants"))
    keys = _each(lambda text: library.search(text, conversation), _keys(QUERIES))
    with contextlib.closing(sqlite3.connect(where.places)) as db:
        ours = _each(lambda text: library.search(text, conversation), _keys(PLACE_QUERIES))
        bare = _each(lambda text: _bare(db, text), _keys(PLACE_QUERIES))
    suggested = _each(lambda text: library.suggest(("menace_mort", "enfants"), text, "fr"), QUERIES)
    return [
        absolute("referrals.search.p95", quantile(keys, 0.95), "ms a key, beside one frame", FRAME_MS),
        absolute("referrals.search.worst", max(keys), "ms, beside two frames", 2 * FRAME_MS),
        figure(
            "referrals.search.fts",
            quantile(ours, 0.95),
            quantile(bare, 0.95),
            "ms a key, beside bare FTS5",
            ("<=", MOST_OF_BARE),
        ),
        absolute("referrals.suggest.p95", quantile(suggested, 0.95), "ms, beside one frame", FRAME_MS),
    ]


def _keys(texts: Iterable[str]) -> list[str]:
    """What stands in the field after each key."""
    return [text[:end] for text in texts for end in range(1, len(text) + 1)]


def _found(library: Library) -> Figure:
    found = len(QUERIES) - len(missed(library))
    return figure("referrals.found", found, len(QUERIES), "queries in the first three", (">=", LEAST_FOUND))


def _bare(db: sqlite3.Connection, text: str) -> None:
    words = fold.words(text)
    question = " AND ".join(f'"{word}"' for word in words) + "*" * bool(words)
    asked = "SELECT * FROM places WHERE number IN (SELECT rowid FROM words WHERE words MATCH ? LIMIT 20)"
    db.execute(asked, (question,)).fetchall()


def _more_replies(folder: Path) -> None:
    """As many replies as are missing to REPLIES, of words that real ones are made of."""
    shipped = list(open_library(Home(folder, folder)).replies.values())
    words = fold.words(" ".join(reply.text["fr"].replace("{", " ").replace("}", " ") for reply in shipped))
    texts = (" ".join(words[at * 37 % len(words) :][:40]) for at in itertools.count(1))
    made = [
        _REPLY.format(n=n, title=text[:40], text=_plain(text)) for n, text in zip(range(REPLIES), texts, strict=False)
    ]
    folder.mkdir()
    (folder / "templates.toml").write_text("".join(made[: REPLIES - len(shipped)]), "utf-8")


def _plain(text: str) -> str:
    """Without figures: some would be telephone numbers that are in no directory."""
    return "".join(char for char in text if not char.isdigit())


def _each(ask: object, texts: Iterable[str]) -> list[float]:
    """Milliseconds of each question."""
    assert callable(ask)
    return [1000 * _timed(lambda text=text: ask(text)) for text in texts]


def _timed(act: object) -> float:
    assert callable(act)
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin
