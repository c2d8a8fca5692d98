"""The programs whose screens are timed: `python -m tests.bench.console_apps duty FOLDER | alone | busy | lead | bare`.

`duty` is the console of an enrolled officer on a real relay; `alone` the console with a desk in memory; `busy` the
same with 10,000 conversations and 200 events a second; `lead` that with the lead's view open and 200 officers; `bare` a
Textual app of four widgets.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

READY = "ready to be used"
FIRST_WORDS = "Mon mari me frappe"
CONVERSATIONS = 10_000
EVENTS_PER_S = 200
PER_TURN = 4
OFFICERS, HELD_EACH = 200, 5


def bare() -> None:
    """Four widgets, one of them an input."""
    from textual.app import App, ComposeResult
    from textual.widgets import Footer, Header, Input, Static

    class Bare(App[None]):
        def compose(self) -> ComposeResult:
            yield Header()
            yield Static(READY)
            yield Input()
            yield Footer()

    Bare().run()


def duty(folder: Path) -> None:
    """`there.json` in the folder is what officer_console.demo.world wrote."""
    from officer_console.console.pace import hurry

    hurry()  # as officer_console.console.main does before it opens the desk
    import msgspec

    from officer_console.client.enrolling import Enrolled
    from officer_console.client.keychain import RelayPin
    from officer_console.client.open_desk import desk_of
    from officer_console.config import Config
    from officer_console.console.main import show
    from officer_console.protocol.commands import Entry
    from officer_console.vault.chain import Directory
    from officer_console.vault.identity import Identity

    kind = msgspec.defstruct("There", [("page", str), ("keys", str), ("relay", RelayPin), ("entries", list[Entry])])
    there: Any = msgspec.json.decode((folder / "there.json").read_bytes(), type=kind)
    identity = Identity.parse(there.keys)
    directory = Directory.verify(there.entries, identity.genesis16)
    show(desk_of(Enrolled(identity, directory, there.relay, there.page), folder), Config())


def alone() -> None:
    """A few people wait."""
    from officer_console.config import Config
    from officer_console.console.main import show
    from tests.console.fake_desk import FakeDesk

    desk = FakeDesk()
    desk.add(FIRST_WORDS)
    desk.fill(20)
    show(desk, Config())


def busy(*, lead: bool = False) -> None:
    """One conversation is taken; in it, in others, and in the queue something happens all the time.

    It is told as a real desk tells it, by the same announcer. `lead`: the lead's view is open, and the officers have
    conversations and write in them.
    """
    from officer_console.client.announcer import Announcer
    from officer_console.client.api import Change
    from officer_console.config import Config, Console
    from officer_console.console.main import show
    from officer_console.model.roster import Duty, OnDuty
    from tests.console.fake_desk import FakeDesk

    class BusyDesk(FakeDesk):
        announcer: Announcer | None = None

        def subscribe(self, told: Callable[[Change], None]) -> Callable[[], None]:
            self.announcer = self.announcer or Announcer()
            return self.announcer.subscribe(told)

        def emit(self, change: Change) -> None:
            if self.announcer is None:
                return
            for notice in change.notices:
                self.announcer.notice(notice)
            for cid in change.cids:
                self.announcer.conversation(cid, order=change.queue)
            if change.link:
                self.announcer.link()
            if change.shift:
                self.announcer.shift()

        def staff(self, cids: list[str]) -> None:
            """Each officer holds some of these."""
            for number in range(OFFICERS):
                kid = f"kid-{number:03}"
                self.names[kid] = f"Officer {number:03}"
                self.shift.add(OnDuty(kid, "officer", Duty(since=self.time - number * 60_000)))
                for cid in cids[number::OFFICERS][:HELD_EACH]:
                    self.colleague_claims(cid, kid)

        async def run(self) -> None:
            others = itertools.cycle([conversation.cid for conversation in self.queue.waiting()][1:])
            for number in itertools.count():
                self.pass_time(1 / EVENTS_PER_S)
                self.one_event(number, next(others))
                if lead and number % EVENTS_PER_S == 0:
                    kid = f"kid-{number // EVENTS_PER_S % OFFICERS:03}"
                    self.shift.add(OnDuty(kid, "officer", Duty(since=self.time)))
                if number % PER_TURN == 0:
                    self.set_link(last_beat=self.now())
                    await asyncio.sleep(PER_TURN / EVENTS_PER_S)

        def one_event(self, number: int, other: str) -> None:
            match number % 20:
                case 0 | 5 | 10:
                    self.add("somebody new")
                case 1:
                    self.visitor_says(self.queue[0].cid, "again something")
                case 3 | 13 if lead:
                    holder = f"kid-{number // 10 % OFFICERS:03}"
                    self.colleague_says(next(self.queue.held_by(holder)).cid, "I am here", holder)
                case 2 | 12:
                    self.visitor_leaves(other, ("lost", "closed", "exit", "goodbye")[number // 20 % 4])
                case _:
                    self.visitor_says(other, "still there")

    desk = BusyDesk(role="lead" if lead else "officer")
    cids = desk.fill(CONVERSATIONS)
    if lead:
        desk.staff(cids)
    show(desk, Config(console=Console(bell=False)), lead=lead)


if __name__ == "__main__":
    programs = {"alone": alone, "bare": bare, "busy": busy, "lead": lambda: busy(lead=True)}
    {**programs, "duty": lambda: duty(Path(sys.argv[2]))}[sys.argv[1]]()
