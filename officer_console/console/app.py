"""The console as a Textual app: it wires the desk, the screens and the themes, and keeps nothing itself."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from textual import events
from textual.content import Content
from textual.worker import Worker, WorkerCancelled

from officer_console.client.api import Change
from officer_console.console.colours import textual_theme
from officer_console.console.idle import Idle
from officer_console.console.leaving import open_matters
from officer_console.console.messages import DeskChanged
from officer_console.console.patrol_words import unacknowledged
from officer_console.console.screens.duty import OPENING, Duty
from officer_console.console.sealed_app import SealedApp
from officer_console.console.sections import mine, waiting_count
from officer_console.console.setup import Setup
from officer_console.console.widgets.text_line import styled
from officer_console.console.words import Level, Told, link_line
from officer_console.locale import _, ngettext
from officer_console.themes import load_theme, theme_files

FLUSH_S: Final = 5
"""Seconds the desk has to write its drafts and close the connection when the console is left."""
OPENING_S: Final = 2
"""The most that keys wait for a panel to open."""
MINUTE_S: Final = 60


class ConsoleApp(SealedApp, inherit_bindings=False):
    """Gives 0 when it was left in order; `failure` is what broke it otherwise."""

    CSS_PATH = "screens/duty.tcss"  # with the app's own, so that it is parsed once

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup.theme)
        self._setup = setup
        self._idle = Idle(setup.clock)
        self._worker: Worker[None] | None = None
        self.duty = self.make_duty(setup, self._idle)

    def make_duty(self, setup: Setup, idle: Idle) -> Duty:
        """The screen one works on."""
        return Duty(setup, idle)

    def get_default_screen(self) -> Duty:
        return self.duty

    def on_mount(self) -> None:
        self._worker = self.run_worker(self._run_desk(), exit_on_error=True)
        self.set_interval(1, self._tick)
        if self._setup.problems:
            self.call_after_refresh(self._tell_problems)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.InputEvent | events.Paste):
            self._idle.touch()
            self.duty.touched()
        opens = self._opens(event)
        if opens:
            self.duty.opened.clear()
        await super().on_event(event)
        if opens:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.duty.opened.wait(), OPENING_S)

    # commands

    async def on_key(self, event: events.Key) -> None:
        """The key that sends a patrol works over every question too: what is begun there is put off."""
        if event.key in self._setup.keymap["patrol"] and self._put_off():
            event.stop()
            await self.duty.patrolling.press()

    def on_duty_asked(self, event: Duty.Asked) -> None:
        commands = {"theme": self._next_theme, "lock": self.lock, "quit": self.ask_to_leave}
        commands[event.id]()

    def on_duty_leaving(self) -> None:
        self.ask_to_leave()

    def on_lock_leaving(self) -> None:
        self.ask_to_leave()

    def ask_to_leave(self) -> None:
        """Leave, after a question when something is open."""
        from officer_console.console.screens.ask import Answer, Ask
        from officer_console.console.shift_actions import end_shift

        matters = open_matters(self._setup.desk, sum(map(bool, self.duty.begun.values())))
        if not matters:
            return self.leave()

        def answered(answer: str | None) -> None:
            if answer == "leave":
                self.leave()
            elif answer == "end":
                end_shift(self.duty)

        body = "\n\n".join([*matters, _("Drafts are kept.")])
        ending = (
            [Answer("end", _("End of shift: hand over, put back or close"))] if mine(self._setup.desk.queue) else []
        )
        leave = _("Leave at once, as it is") if ending else _("Leave the console")
        answers = [Answer("stay", _("Stay")), *ending, Answer("leave", leave)]
        self.push_screen(Ask(_("Leave?"), body, answers), answered)

    def leave(self) -> None:
        """Let the desk write what it has, then end the app."""
        self.run_worker(self._leave(), exit_on_error=True)

    def lock(self) -> None:
        """Hide everything until somebody comes back."""
        from officer_console.console.screens.lock import Lock

        if self.duty.covered:
            return

        def unlocked(_nothing: None) -> None:
            self._idle.touch()
            self.duty.cover(False)

        self.duty.cover(True)
        self.push_screen(Lock(self._counts, self._setup.unlock, self._setup.keymap["quit"]), unlocked)

    # parts of the above

    def _put_off(self) -> bool:
        """Put off whatever stands over the duty screen; False when something does that can't be: the lock."""
        from officer_console.console.screens.over import Over

        while isinstance(self.screen, Over):
            self.screen.put_off()
        return self.screen is self.duty

    def _opens(self, event: events.Event) -> bool:
        """Whether it is a key that moves the focus into a panel: the next key is looked at when that is done, so that
        whoever types on at once types there."""
        if not isinstance(event, events.Key) or event.is_forwarded or self.screen is not self.duty:
            return False
        return any(event.key in self._setup.keymap[id] for id in OPENING)

    async def _run_desk(self) -> None:
        end = self._setup.desk.subscribe(self._changed)
        try:
            await self._setup.desk.run()
        finally:
            end()

    def _changed(self, change: Change) -> None:
        self.duty.post_message(DeskChanged(change))

    async def _leave(self) -> None:
        if self._worker:
            self._worker.cancel()
            with contextlib.suppress(WorkerCancelled, TimeoutError):
                await asyncio.wait_for(self._worker.wait(), FLUSH_S)
        self.exit(0)

    def _tick(self) -> None:
        minutes = self._setup.config.lock_after_min
        if minutes and self._idle.seconds() >= minutes * MINUTE_S:
            self.lock()

    def _counts(self) -> Content:
        desk = self._setup.desk
        waiting, answers = waiting_count(desk.queue), sum(c.needs_answer for c in mine(desk.queue))
        many = ngettext("{n} person waits for an officer", "{n} people wait for an officer", waiting)
        mine_ = ngettext("{n} visitor waits for your answer", "{n} visitors wait for your answer", answers)
        loud = Level.WARNING if len(self.duty.alerts) else Level.PLAIN
        told = [Told(many.format(n=waiting), loud), Told(mine_.format(n=answers), loud)]
        told += [Told(unacknowledged(desk.patrols.all_open()), Level.DANGER)]
        told.append(link_line(desk.link, desk.now() - desk.link.skew))
        return Content("\n").join(styled(each) for each in told if each.text)

    def _tell_problems(self) -> None:
        from officer_console.console.screens.ask import Answer, Ask

        title = _("Some settings can't be used; the usual ones are used instead")
        body = "\n".join(f"· {problem}" for problem in self._setup.problems)
        self.push_screen(Ask(title, body, [Answer("on", _("Go on"))]))

    def _next_theme(self) -> None:
        if self.no_color:
            return self.duty.tell(Told(_("NO_COLOR is set: there are no colours to change.")))
        names = sorted(theme_files(self._setup.themes))
        turn = names.index(self.theme) + 1 if self.theme in names else 0
        theme, problems = load_theme(names[turn % len(names)], self._setup.themes)
        self.register_theme(textual_theme(theme))
        self.theme = theme.name
        told = problems[0] if problems else _("Colours: {name}").format(name=theme.name)
        self.duty.tell(Told(told, Level.WARNING if problems else Level.PLAIN))
