"""Keeps a number of invented visitors writing to a relay, each in her own time; what breaks one leaves the others."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from itertools import accumulate, chain, zip_longest
from random import Random
from typing import Final

from officer_console.client.visitor import Visitor, wall_clock
from officer_console.locale import ngettext
from officer_console.model.bodies import About, Help, Text
from officer_console.protocol.refusals import Refused
from officer_console.protocol.visitor_events import Happened, Heard, Seen, Stands

from .player import Action, Leave, Network, Player, Say, Type
from .story import Danger, Story, load_topics

FIRST_S: Final = 0.3
"""Seconds before the first visitor comes."""
GAP_S: Final = 14.0
ALL_WITHIN_S: Final = 180.0
"""Seconds between one visitor and the next, on average, and in which all have come, however many."""
NEXT_S: Final = (20.0, 70.0)
"""Seconds between a visitor who left and the one who comes for her."""
_DANGERS: Final[tuple[Danger, ...]] = ("now", "some", "high", "none")


def dealt(stories: list[Story], random: Random) -> list[Story]:
    """All stories, shuffled, each danger and each language in its turn: the first is in danger now."""
    shuffled = random.sample(stories, len(stories))
    languages = list(dict.fromkeys(story.language for story in shuffled))
    by_danger: list[list[Story]] = []
    for danger in _DANGERS:
        alike = [story for story in shuffled if story.danger == danger]
        by_danger.append(_in_turn([[story for story in alike if story.language == each] for each in languages]))
        languages.reverse()
    return _in_turn(by_danger)


def _in_turn(groups: list[list[Story]]) -> list[Story]:
    """The first of each, then the second of each, and so on."""
    return [story for story in chain.from_iterable(zip_longest(*groups)) if story]


def arrivals(count: int, random: Random) -> list[float]:
    """When each of the first visitors comes, in seconds: the first at once, the others as chance has it."""
    mean = min(GAP_S, ALL_WITHIN_S / max(count, 1))
    gaps = (random.expovariate(1 / mean) for _ in range(count - 1))
    return [*accumulate(gaps, initial=FIRST_S)][:count]


class Crowd:
    """`count` visitors at a time. The same `random` deals the same people the same stories in the same order."""

    def __init__(self, url: str, root: bytes, stories: list[Story], count: int, random: Random) -> None:
        self._url = url
        self._root = root
        self._arrivals = arrivals(count, random)
        self._coming = self._people(stories, random)
        self._failed: list[str] = []

    async def run(self) -> None:
        """For ever."""
        async with asyncio.TaskGroup() as group:
            for seconds in self._arrivals:
                group.create_task(self._seat(seconds))

    @property
    def failure(self) -> str:
        """What failed, in one sentence, or ""; kinds only: the words of an error can be a conversation's."""
        if not self._failed:
            return ""
        told = ngettext(
            "A simulated visitor stopped because of a fault in the program ({kinds}); the others went on.",
            "{n} simulated visitors stopped because of a fault in the program ({kinds}); the others went on.",
            len(self._failed),
        )
        return told.format(n=len(self._failed), kinds=", ".join(sorted(set(self._failed))))

    def _people(self, stories: list[Story], random: Random) -> Iterator[Telling]:
        while stories:  # none would be looked for without end
            for story in dealt(stories, random):
                yield Telling(story, Random(random.random()))

    async def _seat(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            telling = next(self._coming)
            try:
                await telling.run(self._url, self._root)
            except Exception as error:
                self._failed.append(type(error).__name__)
            seconds = telling.random.uniform(*NEXT_S)


def _now() -> int:
    return int(asyncio.get_running_loop().time() * 1000)


class Telling:
    """One visitor's conversation: her player's actions on a real connection, and what comes from it to her player."""

    def __init__(self, story: Story, random: Random) -> None:
        self.random = random
        self._story = story
        self._player = Player(story, load_topics(story.language), random)
        self._news = False
        self._last = 0

    async def run(self, url: str, root: bytes) -> None:
        """From her first words until she leaves, or until the conversation is erased."""
        about = About(ts=wall_clock(), lang=self._story.language, postcode=self._story.postcode)
        async with Visitor(url, root, about=about, told=self.told, rng=Random(self.random.random())) as visitor:
            with contextlib.suppress(Refused):
                await self._play(visitor)

    async def _play(self, visitor: Visitor) -> None:
        self._player.begin(_now())
        while not visitor.over:
            for action in self._player.due(_now()):
                await self._do(visitor, action)
            self._news = False
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout((self._player.wake_at() - _now()) / 1000):
                    await visitor.until(lambda _visitor: self._news)

    async def _do(self, visitor: Visitor, action: Action) -> None:
        match action:
            case Type(on):
                visitor.typing(on)
            case Say(text):
                self._last = visitor.say(text)
            case Network(there):
                (visitor.find_network if there else visitor.lose_network)()
            case Leave(how) if how:
                await visitor.stored(self._last)  # her page keeps nothing for later
                await visitor.leave(how)

    def told(self, happened: Happened) -> None:
        """Something has happened on her page."""
        now = _now()
        self._news = True
        match happened:
            case Heard(body=Text(b=text) | Help(b=text)):
                self._player.heard(text, now)
            case Stands(status):
                self._player.stands(status.state, now)
            case Seen(presence) if presence.typing:
                self._player.sees_typing(now)
            case _:
                self._news = False
