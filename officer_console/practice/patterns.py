"""A scenario's own patterns: those of its conditions, each under the key of the condition it belongs to."""

from __future__ import annotations

from collections.abc import Iterator

from officer_console.model.lexicon import Lexicon, Row

from .analysis import source
from .format import When
from .session import Session


def conditions(session: Session) -> Iterator[tuple[str, When]]:
    """Every condition, with its key."""
    yield from ((cue_key(cue.id), cue.when) for cue in session.cues)
    yield from ((deed_key(deed.id), deed.when) for deed in session.deeds)
    yield from ((fits_key(reply.id), reply.fits) for reply in session.replies())


def cue_key(id: str) -> str:
    return f"cue:{id}"


def deed_key(id: str) -> str:
    return f"deed:{id}"


def fits_key(id: str) -> str:
    return f"fits:{id}"


def pattern_lexicon(session: Session) -> Lexicon | None:
    """The patterns of a session, ready; None when it has none. What can't be used stands in `refused`."""
    rows = [Row(id=key, signal=key, say=when.words) for key, when in conditions(session) if when.words]
    return Lexicon(source(session.head.language, rows)) if rows else None
