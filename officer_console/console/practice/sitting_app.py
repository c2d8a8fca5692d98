"""Sitting in: the console on a practice desk, with the feedback beside it and the debrief at the end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from textual import events
from textual.app import ComposeResult

from officer_console.console.idle import Idle
from officer_console.console.keymap import shown
from officer_console.console.practice.coaching import Coach
from officer_console.console.practice.debriefed import LEAVE, Debriefed
from officer_console.console.practice.introduction import introduction
from officer_console.console.practice.marks import DEBRIEF_KEY, MarkedApp, MarkedDuty
from officer_console.console.practice.own_keys import DEBRIEF, FEEDBACK
from officer_console.console.practice.side_line import SideLine
from officer_console.console.setup import Setup
from officer_console.console.words import Level, Told
from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.practice.debrief import clock
from officer_console.practice.run import Practice, practice_dir, write_debrief

FEEDBACK_KEY: Final = FEEDBACK.keys[0]


class SittingDuty(MarkedDuty):
    """The duty screen with the side line; two keys of its own."""

    own_keys = (FEEDBACK, DEBRIEF)

    def __init__(self, setup: Setup, idle: Idle, practice: Practice, coach: Coach) -> None:
        super().__init__(setup, idle)
        self._practice, self._coach = practice, coach
        self.side = SideLine()

    def compose(self) -> ComposeResult:
        for part in super().compose():  # one by one: what is inside what is told by the moment of the yield
            if part is self._status:
                yield self.side
            yield part

    async def on_key(self, event: events.Key) -> None:
        """Before the duty screen's own, which Textual calls next."""
        if event.key in (FEEDBACK_KEY, DEBRIEF_KEY):
            event.stop()
            event.prevent_default()
        if event.key == FEEDBACK_KEY:
            self._coach.on = not self._coach.on
            self.tell(Told(_("Feedback at once.") if self._coach.on else _("Feedback at the end only.")))
            self.show_side()
        elif event.key == DEBRIEF_KEY:
            self.post_message(self.Asked("quit"))

    def tick(self) -> None:
        super().tick()
        self.show_side()

    def show_side(self) -> None:
        """What is to be told now."""
        practice = self._practice
        self._coach.hear(practice.told())
        told = self._coach.shown(self.now_ms())
        session = practice.session_of(told[0] if told else self.writing_in) or practice.wanted.sessions[0]
        hint = _("It is over. {key}: debrief") if practice.over else _("{feedback}: feedback on/off · {key}: debrief")
        hint = hint.format(feedback=shown((FEEDBACK_KEY,)), key=shown((DEBRIEF_KEY,)))
        rate = f" ×{practice.wanted.speed:g}" if practice.wanted.speed != 1 else ""
        passed = clock(practice.desk.clock.now())
        self.side.show(session.head.title, f"{passed}{rate}", told[1] if told else None, hint)


class SittingApp(MarkedApp):
    """Gives 0 when it was left in order."""

    def __init__(self, setup: Setup, practice: Practice, *, feedback: bool = True) -> None:
        self.practice, self._coach = practice, Coach(feedback)
        self._debriefed = False
        super().__init__(setup)

    def make_duty(self, setup: Setup, idle: Idle) -> SittingDuty:
        return SittingDuty(setup, idle, self.practice, self._coach)

    def on_mount(self) -> None:
        """Before the console's own, which Textual calls next."""
        self.practice.desk.watch(self._happened)
        self.practice.desk.clock.playing = False
        self.call_after_refresh(self._introduce)

    def ask_to_leave(self) -> None:
        """The debrief first; from there one leaves."""
        if self._debriefed and self.practice.over:
            return self.leave()
        self.debrief()

    def debrief(self) -> None:
        """Show it; what was done so far is kept."""
        self._debriefed = True
        self._keep()

        def answered(answer: str | None) -> None:
            if answer == LEAVE:
                return self.leave()
            self._debriefed = self.practice.over  # looked at on the way, it comes again at the end

        write = None if self.practice.real else self._write
        self.push_screen(Debriefed(self.practice.debriefs(), write), answered)

    def leave(self) -> None:
        self._keep()
        super().leave()

    # parts of the above

    def _tick(self) -> None:
        super()._tick()
        self._happened()

    def _introduce(self) -> None:
        """What it is about to be, before it begins."""

        def answered(answer: str | None) -> None:
            if answer == LEAVE:
                return self.leave()
            self.practice.desk.clock.playing = True
            self.practice.desk.wake()

        self.push_screen(introduction(self.practice.wanted, shown((DEBRIEF_KEY,))), answered)

    def _happened(self) -> None:
        """Something played. Looked at later: a question may be going away at this very moment."""
        if self.practice.over and not self._debriefed:
            self.call_later(self._end)

    def _end(self) -> None:
        """When all is over the debrief comes by itself, once no question stands over the screen."""
        if not self._debriefed and self.screen is self.duty:
            self.debrief()

    def _keep(self) -> None:
        try:
            self.practice.keep()
        except (UserError, OSError) as error:
            self.duty.tell(Told(str(error), Level.WARNING))

    def _write(self) -> Sequence[Path]:
        folder, wanted = practice_dir() / "debriefs", self.practice.wanted
        found = (write_debrief(each, folder, wanted.began, wanted.language) for each in self.practice.debriefs())
        return [file for files in found for file in files]
