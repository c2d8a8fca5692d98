"""A session made ready to be sat in: what she says in groups, each with what begins it, and its patterns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from officer_console.model.lexicon import Lexicon

from .analysis import Reading, read
from .fields import RoomState
from .format import (
    Closed,
    Cue,
    Ended,
    Left,
    PatrolRequested,
    PatrolTold,
    Recorded,
    Replied,
    Returned,
    Said,
    Shared,
    When,
)
from .patterns import fits_key, pattern_lexicon
from .session import Session

Hers = Said | Shared | Left | Returned | Ended
"""Lines of the record that are told in groups."""
START: Final = "start"
CLOSING: Final = "closed"
USUAL_ROOM: Final[tuple[tuple[int, RoomState], ...]] = (
    (20_000, "accepted"), (60_000, "assigned"), (90_000, "on_the_way"), (480_000, "on_scene"),
)  # fmt: skip
"""What the room tells of a patrol, and how many ms after the request, when the record has none."""


class Group(msgspec.Struct, frozen=True):
    """What she says and does after one thing. `lines`: ms after it, line. `fits`, `said`: see format.Replied."""

    key: str
    lines: tuple[tuple[int, Hers], ...] = ()
    reply: Replied | None = None

    @property
    def in_turn(self) -> bool:
        """Whether any harmless reply fits, when it is this group's turn."""
        return self.reply is not None and self.reply.fits == When()


class Told(msgspec.Struct, frozen=True):
    """What the room tells: ms after the request, its words, and the group that follows."""

    after: int
    line: PatrolTold
    group: str


class Plot(msgspec.Struct, frozen=True):
    """A session ready to be sat in. `groups` by key, those of replies in the order of the record."""

    session: Session
    groups: dict[str, Group]
    room: tuple[Told, ...]
    patterns: Lexicon | None
    cues: dict[str, Cue]

    def read(self, text: str) -> Reading:
        """What a reply does, and which patterns of this session fit it."""
        return read(text, self.session.head.language, self.patterns)

    def fits(self, group: Group, reading: Reading) -> bool:
        """Whether a reply fits the group by its own condition."""
        reply = group.reply
        return reply is not None and not group.in_turn and holds(reply.fits, fits_key(reply.id), reading)


def holds(when: When, key: str, reading: Reading) -> bool:
    """Whether a condition of a reply holds for it; `key` is that of its patterns."""
    done = not when.does or not reading.acts.isdisjoint(when.does)
    said = not when.words or key in reading.hits
    return bool(when.does or when.words) and done and said


def plot_of(session: Session) -> Plot:
    """Make a session ready."""
    groups = {group.key: group for group in _groups(session.record)}
    patterns = pattern_lexicon(session)
    return Plot(session, groups, tuple(_room(session)), patterns, {cue.id: cue for cue in session.cues})


def reply_key(id: str) -> str:
    """The group that follows this reply."""
    return f"reply:{id}"


def room_key(at: int) -> str:
    """The group that follows what the room told at this moment of the record."""
    return f"room:{at}"


def _groups(record: tuple[Recorded, ...]) -> Iterator[Group]:
    key, since, reply = START, 0, None
    lines: list[tuple[int, Hers]] = []
    for line in record:
        if (begun := _begins(line)) is not None:
            yield Group(key, tuple(lines), reply)
            key, since, lines = begun, line.at, []
            reply = line if isinstance(line, Replied) else None
        elif isinstance(line, Hers):
            lines.append((line.at - since, line))
    yield Group(key, tuple(lines), reply)


def _begins(line: Recorded) -> str | None:
    """The key of the group that a line begins."""
    match line:
        case Replied(joined=False):
            return reply_key(line.id)
        case PatrolTold():
            return room_key(line.at)
        case Closed():
            return CLOSING
    return None


def _room(session: Session) -> Iterator[Told]:
    asked = next((line.at for line in session.record if isinstance(line, PatrolRequested)), None)
    told = [line for line in session.room() if asked is not None and line.at >= asked]
    if told and asked is not None:
        yield from (Told(line.at - asked, line, room_key(line.at)) for line in told)
    else:
        yield from (Told(after, PatrolTold(at=after, state=state), "") for after, state in USUAL_ROOM)
