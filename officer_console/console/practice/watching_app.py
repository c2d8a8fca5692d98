"""Watching a session as it went."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult

from officer_console.console.idle import Idle
from officer_console.console.keymap import shown
from officer_console.console.practice.debriefed import LEAVE
from officer_console.console.practice.introduction import introduction
from officer_console.console.practice.marks import DEBRIEF_KEY, MarkedApp, MarkedDuty
from officer_console.console.practice.own_keys import BAR
from officer_console.console.practice.replay_bar import ReplayBar
from officer_console.console.setup import Setup
from officer_console.practice.run import Watching


class WatchingDuty(MarkedDuty):
    """The duty screen with the bar, which has the keys; the conversation that plays is open."""

    AUTO_FOCUS = "ReplayBar"
    own_keys = (BAR,)

    def __init__(self, setup: Setup, idle: Idle, watching: Watching) -> None:
        super().__init__(setup, idle)
        self._screening = watching
        self.bar = ReplayBar(watching.replay, watching.desk.clock)
        watching.replay.moved = self._moved

    def compose(self) -> ComposeResult:
        for part in super().compose():  # one by one: what is inside what is told by the moment of the yield
            if part is self._status:
                yield self.bar
            yield part

    async def show_conversation(self) -> None:
        """Open what plays; the keys stay the bar's."""
        await self.panes.open(self._screening.replay.cid)
        self.bar.focus()

    async def on_key(self, event: events.Key) -> None:
        """Before the duty screen's own, which Textual calls next."""
        if event.key == DEBRIEF_KEY:
            event.stop()
            event.prevent_default()
            self.bar.focus()

    def on_replay_bar_scroll(self, event: ReplayBar.Scroll) -> None:
        if pane := self.panes.active:
            scroll = pane.transcript.scroll_page_up if event.by < 0 else pane.transcript.scroll_page_down
            scroll(animate=False)

    def tick(self) -> None:
        super().tick()
        self.bar.refresh()

    def _moved(self, old: str, new: str) -> None:
        """It was begun anew, under another name."""
        pane = self.panes.of(old)
        if pane is not None:
            pane.show(new)


class WatchingApp(MarkedApp):
    """Gives 0 when it was left in order."""

    def __init__(self, setup: Setup, watching: Watching) -> None:
        self._screening = watching
        super().__init__(setup)

    def make_duty(self, setup: Setup, idle: Idle) -> WatchingDuty:
        return WatchingDuty(setup, idle, self._screening)

    def on_mount(self) -> None:
        """Before the console's own, which Textual calls next."""
        self.call_after_refresh(self._introduce if self._screening.real else self._begin)

    def ask_to_leave(self) -> None:
        """Nothing is lost."""
        self.leave()

    # parts of the above

    def _introduce(self) -> None:
        """Nobody watches a real conversation without being told."""

        def answered(answer: str | None) -> None:
            if answer == LEAVE:
                return self.leave()
            self._screening.begin()
            self.call_later(self._begin)

        self.push_screen(introduction(self._screening.wanted, shown(self.duty.keymap["quit"])), answered)

    async def _begin(self) -> None:
        assert isinstance(self.duty, WatchingDuty)
        await self.duty.show_conversation()
