"""One at a time for each name, in the order in which they asked."""

from __future__ import annotations

import asyncio


class Turn:
    """A place in a line, taken when it is made; `async with` waits for it. Each must be used."""

    def __init__(self, line: dict[str, asyncio.Future[None]], name: str) -> None:
        self._line = line
        self._name = name
        self._before = line.get(name)
        self._over = line[name] = asyncio.get_running_loop().create_future()

    async def __aenter__(self) -> None:
        if self._before is None:
            return
        try:
            await asyncio.wait((self._before,))
        except asyncio.CancelledError:
            self._before.add_done_callback(lambda _: self._end())
            raise

    async def __aexit__(self, *error: object) -> None:
        self._end()

    def _end(self) -> None:
        if not self._over.done():  # the loop may be closing
            self._over.set_result(None)
        if self._line.get(self._name) is self._over:
            del self._line[self._name]


class Turns:
    """Nothing is kept of a name that nobody uses."""

    def __init__(self) -> None:
        self._line: dict[str, asyncio.Future[None]] = {}

    def of(self, name: str) -> Turn:
        """The next place in this name's line."""
        return Turn(self._line, name)

    async def settled(self) -> None:
        """Wait until all who have asked until now have had their turn."""
        for name in tuple(self._line):
            async with self.of(name):
                pass
