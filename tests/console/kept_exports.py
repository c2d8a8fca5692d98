"""Exports that are at hand in memory: the same shape as `client.api.Exports`, as far as practising asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from officer_console.model.exports import Export
from officer_console.protocol.refusals import Refused
from tests.console.fake_desk import ANA, ME, START, FakeDesk


class KeptExports:
    """`refused`: code of the answer to every `fetch`, "!code" raises it sooner; `silent`: no answer comes; `keyless`:
    so many times the key is not there."""

    def __init__(
        self,
        sessions: Sequence[tuple[Export, bytes]],
        *,
        refused: str = "",
        silent: bool = False,
        keyless: int = 0,
    ) -> None:
        self._sessions, self._refused, self._silent, self._keyless = list(sessions), refused, silent, keyless
        self.fetched: list[str] = []

    def all(self) -> Sequence[Export]:
        return [export for export, _session in self._sessions]

    def fetch(self, cid: str, done: Callable[[bytes, str], None]) -> None:
        if self._refused.startswith("!"):
            raise Refused(self._refused[1:])
        self.fetched.append(cid)
        session = next(session for export, session in self._sessions if export.cid == cid)
        if not self._silent:
            code = "bad_signature" if len(self.fetched) <= self._keyless else self._refused
            answer = (b"", code) if code else (session, "")
            asyncio.get_running_loop().call_soon(done, *answer)


def export(name: str, days: int, *, countersigned: str = ME) -> Export:
    """One that was made so many days ago by Ana."""
    at = START - days * 86_400_000
    return Export(f"c-{name}", f"e-{name}", ANA, at, parts=2, there=2, countersigned=countersigned)


class RunningDesk(FakeDesk):
    """Knows whether it runs."""

    def __init__(self, exports: KeptExports, role: str = "trainer") -> None:
        super().__init__(role=role)
        self.exports, self.running = exports, False

    async def run(self) -> None:
        self.running = True
        try:
            await super().run()
        finally:
            self.running = False
