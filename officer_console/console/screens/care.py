"""What this shift has asked of the officer: hours, grave conversations, and whether he wants to talk about it."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from officer_console.client.api import Desk
from officer_console.console.care_words import Limits, prompt
from officer_console.console.screens.over import Over
from officer_console.console.times import of_day, span
from officer_console.console.widgets.text_line import styled
from officer_console.console.words import Level, Told
from officer_console.locale import _

TALKED = "d"


class CareScreen(Over[None]):
    """D raises the debrief flag, and takes it away when it has been talked about. Looks at the desk each second."""

    CSS_PATH = "care.tcss"

    def __init__(self, desk: Desk, limits: Limits) -> None:
        super().__init__()
        self._desk, self._limits = desk, limits

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(_("Your shift"))
            yield Static(id="told")
            yield Static(id="how")

    def on_mount(self) -> None:
        self.look()
        self.set_interval(1, self.look)

    def look(self) -> None:
        """Show how it stands now."""
        self.query_one("#told", Static).update(Content("\n").join(map(styled, self._told())))
        debrief = self._desk.shift.mine.debrief
        how = _("D: it has been talked about · Esc: back") if debrief else _("D: I want to talk about it · Esc: back")
        self.query_one("#how", Static).update(Content(how))

    def on_key(self, event: events.Key) -> None:
        event.stop()
        if event.key == TALKED:
            self._desk.shift.debrief(not self._desk.shift.mine.debrief)
            self.look()
        elif event.key in ("escape", "enter"):
            self.put_off()

    def put_off(self) -> None:
        self.dismiss()

    def _told(self) -> list[Told]:
        exposure, duty = self._desk.care.exposure(self._desk.me), self._desk.shift.mine
        rested = _("on a break now") if duty.doing == "break" else span(exposure.unrested_ms)
        told = [
            Told(_("On duty: {span}, since {time}").format(span=span(exposure.on_ms), time=of_day(duty.since))),
            Told(_("Without a break: {span}").format(span=rested)),
            Told(_("Conversations: {n}").format(n=exposure.conversations)),
            Told(_("Grave ones: {n}, since the last break {m}").format(n=exposure.grave, m=exposure.grave_unrested)),
            Told(_("Grave: danger now, a patrol asked for, or a grave signal confirmed."), Level.PLAIN),
        ]
        if why := prompt(exposure, self._limits):
            told.append(Told(_("Think of a break: {why}").format(why=why), Level.WARNING))
        if duty.debrief:
            told.append(Told(_("DEBRIEF: you and the shift lead see that it should be talked about."), Level.WARNING))
        return told
