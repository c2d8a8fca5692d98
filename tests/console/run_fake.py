"""A console with a desk in memory, to be driven through a real terminal: `python -m tests.console.run_fake WHAT`.

WHAT: plain, hostile, crash (breaks when the officer takes a conversation), or busy (paints all the time, and is told
late that it should end).
"""

from __future__ import annotations

import asyncio
import sys

from officer_console.cli import _fail
from officer_console.config import Config, Console
from officer_console.console.main import show
from tests.console.fake_claims import FakeClaims
from tests.console.fake_desk import FakeDesk

HOSTILE = (
    "GOOD \x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x1b[2J\x1b[31m\x9b2J\x90q\x9c \u202eTXET\u202c [/foo] [b]bold[/b] "
    "[@click=app.quit]click[/] \u2066x\u2069 z\u0301\u0302\u0303\u0304\u0305\u0306\u0307 WORDS"
)
SECRET = "nobody-must-read-this"


class BrokenClaims(FakeClaims):
    """Break with the words of a conversation in the exception and in its variables."""

    def take_next(self) -> str | None:
        words = SECRET
        raise RuntimeError(words)


class Broken(FakeDesk):
    """Breaks at a key."""

    def __init__(self) -> None:
        super().__init__()
        self.claims = BrokenClaims(self)


class Busy(FakeDesk):
    """Something changes sixty times more before it has ended."""

    async def run(self) -> None:
        try:
            await super().run()
        finally:
            for unsent in range(60):
                self.set_link(unsent=unsent)
                await asyncio.sleep(0.01)


DESKS = {"crash": Broken, "busy": Busy}


def main() -> int:
    what = sys.argv[1]
    desk = DESKS.get(what, FakeDesk)()
    cid = desk.add(HOSTILE if what == "hostile" else "I am in the bathroom", waited=90)
    if what == "hostile":
        desk.names[desk.me] = desk.names["kid-ana"] = HOSTILE
        desk.visitor_says(cid, HOSTILE)
        desk.talk.save_draft(cid, HOSTILE)
        desk.set_link(desk_name=HOSTILE)
    return show(desk, Config(console=Console(bell=False)))


if __name__ == "__main__":
    try:
        code = main()
    except Exception as error:
        code = _fail(error)
    sys.exit(code)
