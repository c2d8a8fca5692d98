"""Keeps a number of invented visitors writing to a relay, one after the other, each in her own time."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from random import Random
from typing import Final

from officer_console.client.visitor import Visitor, wall_clock
from officer_console.model.bodies import About, Text
from officer_console.protocol.refusals import Refused
from officer_console.protocol.visitor_events import Happened, Heard

from .story import Act, Story, Teller, typing_time

FIRST_S, NEXT_S = (0.3, 9.0), (20.0, 70.0)
"""Seconds before a visitor comes: the first ones, and those who follow one who left."""
LOST_S: Final = 14.0
"""Seconds without network: longer than it takes the relay to say so."""


class Crowd:
    """`count` visitors at a time. `random` makes everything the same for the same seed."""

    def __init__(self, url: str, root: bytes, stories: list[Story], count: int, random: Random) -> None:
        self._url = url
        self._root = root
        self._count = count
        self._random = random
        shuffled = random.sample(stories, len(stories))
        self._stories: Iterator[Story] = itertools.cycle(shuffled)

    async def run(self) -> None:
        """For ever."""
        async with asyncio.TaskGroup() as group:
            for number in range(self._count):
                first = 0.3 if number == 0 else self._random.uniform(*FIRST_S)
                group.create_task(self._seat(first, Random(self._random.random())))

    async def _seat(self, pause: float, random: Random) -> None:
        while True:
            await asyncio.sleep(pause)
            await Telling(next(self._stories), random).run(self._url, self._root)
            pause = random.uniform(*NEXT_S)


class Telling:
    """One visitor's conversation."""

    def __init__(self, story: Story, random: Random) -> None:
        self._story = story
        self._random = random
        self._teller = Teller(story)
        self._heard: asyncio.Queue[str] = asyncio.Queue()

    async def run(self, url: str, root: bytes) -> None:
        """From her first words until she leaves."""
        about = About(ts=wall_clock(), lang=self._story.language, postcode=self._story.postcode)
        async with Visitor(url, root, about=about, told=self._told, rng=self._random) as visitor:
            try:
                await self._talk(visitor)
            except Refused:
                return  # the officer or the relay has ended it

    def _told(self, happened: Happened) -> None:
        if isinstance(happened, Heard) and isinstance(happened.body, Text):
            self._heard.put_nowait(happened.body.b)

    async def _talk(self, visitor: Visitor) -> None:
        await self._say(visitor, self._story.opening)
        while not visitor.over:
            act = await self._next()
            await self._say(visitor, act.say)
            if act.end == "network":
                visitor.lose_network()
                await asyncio.sleep(LOST_S)
                visitor.find_network()
            elif act.end:
                await visitor.leave(act.end)
                return

    async def _next(self) -> Act:
        """What she does when the officer has written, or was silent for too long."""
        try:
            async with asyncio.timeout(self._teller.patience):
                text = await self._heard.get()
        except TimeoutError:
            return self._teller.wait()
        await asyncio.sleep(self._random.uniform(1.0, 4.0))  # she reads
        while not self._heard.empty():
            text += "\n" + self._heard.get_nowait()
        return self._teller.hear(text)

    async def _say(self, visitor: Visitor, lines: list[str] | tuple[str, ...]) -> None:
        for number, line in enumerate(lines):
            if number or visitor.heard:
                visitor.typing(True)
                await asyncio.sleep(typing_time(line, self._story.pace, self._random))
                visitor.typing(False)
            await visitor.stored(visitor.say(line))
