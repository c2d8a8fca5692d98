"""What is kept to practise on in a FakeDesk, with levers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from officer_console.model.exports import Export
from officer_console.protocol.refusals import Refused

if TYPE_CHECKING:
    from tests.console.fake_desk import FakeDesk


class FakeExports:
    """See `client.api.Exports`. Answers come at once unless `late` is a list, which then holds them back."""

    def __init__(self, desk: FakeDesk) -> None:
        self._desk = desk
        self.standing: dict[str, Export] = {}
        self.sessions: dict[str, bytes] = {}
        self.sent: list[tuple[str, bytes]] = []
        self.refuse = ""  # code that `done` gets
        self.refuse_at_once = ""  # code that is raised
        self.late: list[Callable[[], None]] | None = None

    # what the screens see

    def all(self) -> Sequence[Export]:
        return sorted(self.standing.values(), key=lambda export: -export.at)

    def of(self, cid: str) -> Export | None:
        return self.standing.get(cid)

    def send(self, cid: str, session: bytes, done: Callable[[str], None]) -> None:
        self._begin()

        def keep() -> None:
            if not self.refuse:
                self.sent.append((cid, session))
                self.keep(cid, session, by=self._desk.me)
            done(self.refuse)

        self._answer(keep)

    def fetch(self, cid: str, done: Callable[[bytes, str], None]) -> None:
        self._begin()
        self._answer(lambda: done(b"" if self.refuse else self.sessions.get(cid, b""), self.refuse))

    def countersign(self, cid: str, session: bytes, done: Callable[[str], None]) -> None:
        self._begin()
        assert session == self.sessions[cid], "vouches for what was read"

        def sign() -> None:
            if not self.refuse:
                self.standing[cid] = msgspec.structs.replace(self.standing[cid], countersigned=self._desk.me)
            done(self.refuse)

        self._answer(sign)

    def withdraw(self, cid: str, done: Callable[[str], None]) -> None:
        self._begin()

        def end() -> None:
            if not self.refuse:
                self.end(cid)
            done(self.refuse)

        self._answer(end)

    # levers

    def keep(self, cid: str, session: bytes, *, by: str, countersigned: str = "") -> Export:
        """It is kept from now on."""
        export = Export(cid, f"export of {cid}", by, self._desk.time, parts=1, there=1, countersigned=countersigned)
        self.standing[cid], self.sessions[cid] = export, session
        return export

    def end(self, cid: str) -> None:
        """It has ended, or the conversation was erased."""
        self.standing.pop(cid, None)
        self.sessions.pop(cid, None)

    def _begin(self) -> None:
        if self.refuse_at_once:
            raise Refused(self.refuse_at_once)

    def _answer(self, answer: Callable[[], None]) -> None:
        if self.late is None:
            answer()
        else:
            self.late.append(answer)
