"""The screen an officer works on: queue, conversations, and how things stand."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.screen import Screen

from officer_console.client.api import Change, LinkPhase, Notice
from officer_console.console.actions import ACTIONS, OF_THE_APP
from officer_console.console.alerts import STAYS, TOLD_ONCE, Alerts
from officer_console.console.commands import Command, Where
from officer_console.console.idle import Idle
from officer_console.console.keymap import by_key, shown
from officer_console.console.messages import DeskChanged
from officer_console.console.sections import waiting_count
from officer_console.console.setup import Setup
from officer_console.console.usable import SCOPES, Situation, useful
from officer_console.console.widgets.key_line import KeyLine
from officer_console.console.widgets.link_line import LinkLine
from officer_console.console.widgets.panes import Panes
from officer_console.console.widgets.queue_pane import QueuePane
from officer_console.console.widgets.status_line import StatusLine
from officer_console.console.widgets.welcome import Welcome
from officer_console.console.words import Level, Told, key_warning, refusal, trouble, undone
from officer_console.locale import _
from officer_console.model.text import one_line

if TYPE_CHECKING:
    from officer_console.console.inviting import Inviting
    from officer_console.console.widgets.conversation_pane import ConversationPane
    from officer_console.console.widgets.transcript_pane import TranscriptPane

AWAY_S = 5
"""Seconds without a key after which a message is rung for even when its conversation is on screen."""
NAME_LIMIT = 40


class Duty(Screen[None], inherit_bindings=False):
    """Hands keys to actions and the desk's news to the panes. Nothing that arrives moves the focus."""

    AUTO_FOCUS = "QueuePane"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-usual"), (120, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (24, "-tall")]  # noqa: RUF012

    class Asked(Message):
        """A command that is the app's to do."""

        def __init__(self, id: str) -> None:
            super().__init__()
            self.id = id

    def __init__(self, setup: Setup, idle: Idle) -> None:
        super().__init__()
        self.desk, self.keymap = setup.desk, setup.keymap
        self._setup, self._idle = setup, idle
        self._by_key = by_key(setup.keymap)
        self._missed = Change()
        self.covered = False
        self.alerts = Alerts(setup.config.alert_repeat_s * 1000)
        self.begun: dict[tuple[str, str], str] = {}
        """Notes and remarks that Escape put off, by what they are ("note", "remark") and the conversation."""
        self._inviting: Inviting | None = None
        self.queue = QueuePane()
        welcome = Welcome(setup.keymap, setup.page)
        self.panes = Panes(self.desk, setup.keymap, welcome, stacked=setup.config.split == "vertical")
        self._link = LinkLine(self.desk, setup.page, shown(setup.keymap["reconnect"]))
        self._status = StatusLine()
        self._keys = KeyLine(setup.keymap)

    def compose(self) -> ComposeResult:
        yield self._link
        with Horizontal(id="body"):
            yield self.queue
            yield self.panes
        yield self._status
        yield self._keys

    def on_mount(self) -> None:
        self.queue.show(self.desk)
        self.set_interval(1, self.tick)
        self.tick()

    @property
    def situation(self) -> Situation:
        """Where the officer is."""
        pane, count = self.panes.active, len(self.panes.all)
        if self.queue.has_focus:
            return Situation(Where.QUEUE, self.queue.cursor_cid or "", count)
        if pane is None or not pane.has_focus_within:
            return Situation(Where.ANYWHERE, "", count)
        return Situation(Where.COMPOSER if pane.composer.has_focus else Where.CONVERSATION, pane.cid, count)

    @property
    def inviting(self) -> Inviting:
        """Taking somebody into the desk. Made when first asked for: few are leads."""
        from officer_console.console.inviting import Inviting

        if self._inviting is None:
            self._inviting = Inviting(self)
        return self._inviting

    def tell(self, told: Told) -> None:
        """Answer the officer on the status line."""
        self._status.answer(told, self._now())

    def cover(self, covered: bool) -> None:
        """The screen is locked: what arrives is not shown, so it must not count as read."""
        self.covered = covered
        if not covered:
            missed, self._missed = self._missed, Change()
            self.panes.changed(missed)
            self.tick()

    def tick(self) -> None:
        """A second has passed, or something may look different."""
        if not self.covered:
            self.panes.tick()
            for cid in self.panes.shown:
                self.alerts.seen(cid)
        self.alerts.settle(self.desk.queue, {newcomer.kid for newcomer in self.desk.newcomers})
        if self.alerts.rings(self._now()):
            self._ring()
        self._show_lines()

    # what the officer does

    async def on_key(self, event: events.Key) -> None:
        if self.queue.has_focus:
            self.alerts.seen_queue(self._now())
        commands = self._by_key.get(event.key, [])
        command = next((c for c in commands if c.where in SCOPES[self.situation.where]), None)
        if command:
            await self._do(command, event)
        elif any(c.where is Where.CONVERSATION for c in commands):
            self.tell(Told(_("That key is about a conversation: go to one first."), Level.WARNING))
        elif event.key == "ctrl+c":
            told = _("{key} leaves the console; Ctrl+C stops nothing here.")
            self.tell(Told(told.format(key=shown(self.keymap["quit"]))))
        self._show_lines()

    async def on_queue_pane_picked(self, event: QueuePane.Picked) -> None:
        await self.panes.open(event.cid)

    def on_queue_pane_moved(self) -> None:
        self._show_lines()

    def on_transcript_pane_seen(self, event: TranscriptPane.Seen) -> None:
        if not self.covered:
            self.desk.mark_read(event.cid)

    def on_conversation_pane_tell(self, event: ConversationPane.Tell) -> None:
        self.tell(event.told)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self._show_lines()

    # what the desk tells

    def on_desk_changed(self, event: DeskChanged) -> None:
        change = event.change
        self.queue.changed(change)
        if self.covered:
            self._missed = Change(self._missed.cids | change.cids, notices=self._missed.notices + change.notices)
        else:
            self.panes.changed(change)
        for notice in change.notices:
            self._notice(notice)
        self.tick()

    def _notice(self, notice: Notice) -> None:
        on_screen = not self.covered and notice.cid in self.panes.shown
        if notice.kind == "failed" and notice.text:
            self._again(notice)
        if notice.kind == "erased":
            self.begun = {key: text for key, text in self.begun.items() if notice.cid not in key}
        if notice.kind == "taken":
            self._loudly(Told(self._taken(notice), Level.WARNING))
        elif notice.kind in ("joined", "not_joined"):
            told = self._joined(notice)
            self.tell(told) if told.level is Level.GOOD else self._loudly(told)
        elif notice.kind == "failed" and on_screen:
            self._loudly(Told(undone(notice), Level.DANGER))
        elif notice.kind in STAYS and not on_screen:
            self.alerts.add(notice, self._now())
        elif notice.kind in TOLD_ONCE and not on_screen:
            self.tell(Told(_(TOLD_ONCE[notice.kind])))
        elif notice.kind == "wrote" and self._idle.seconds() > AWAY_S:
            self._ring()

    # parts of the above

    async def _do(self, command: Command, event: events.Key) -> None:
        if command.id in OF_THE_APP:
            event.stop()
            self.post_message(self.Asked(command.id))
        elif action := ACTIONS.get(command.id):
            event.stop()
            done = action(self)
            if inspect.isawaitable(done):
                await done

    def _taken(self, notice: Notice) -> str:
        if not notice.who:
            return refusal(notice.code)
        told = _("{name} took that conversation before you. {key} goes to yours.")
        name = one_line(self.desk.name(notice.who), NAME_LIMIT)
        return told.format(name=name, key=shown(self.keymap["next-to-answer"]))

    def _joined(self, notice: Notice) -> Told:
        name = one_line(self.desk.name(notice.who), NAME_LIMIT)
        if notice.kind == "joined":
            return Told(_("{name} belongs to the desk now.").format(name=name), Level.GOOD)
        told = _("{name} was not let in. {why}")
        return Told(told.format(name=name, why=refusal(notice.code)), Level.DANGER)

    def _again(self, notice: Notice) -> None:
        """The text of a note or remark that was refused stands there again, before what is begun there."""
        key = "note" if notice.what == "noted" else "remark", notice.cid
        self.begun[key] = "\n".join(filter(None, [notice.text, self.begun.get(key, "")]))

    def _loudly(self, told: Told) -> None:
        self.tell(told)
        self._ring()

    def _ring(self) -> None:
        if self._setup.config.bell:
            self.app.bell()

    def _show_lines(self) -> None:
        self._link.show(len(self.alerts))
        self._status.alert(self._standing(), self._now())
        self._keys.show(useful(self.desk, self.situation))
        self.queue.border_title = Content(self._queue_title())

    def _standing(self) -> Told:
        """What is told while nothing is being answered: what hinders work, else the alerts, else what will hinder."""
        link = self.desk.link
        if hindered := trouble(link):
            return Told(hindered, Level.DANGER)
        keys = (shown(self.keymap[id]) for id in ("take-next", "next-to-answer", "invite"))
        alerts = self.alerts.told(*keys)
        if alerts.text or link.phase is not LinkPhase.ONLINE:
            return alerts
        return Told(key_warning(self.desk.key_ends, self.desk.now()), Level.WARNING)

    def _queue_title(self) -> str:
        waiting = _("{n} waiting").format(n=waiting_count(self.desk.queue))
        return " · ".join([_("CHOOSING HERE") if self.queue.has_focus else _("Queue"), waiting])

    def _now(self) -> int:
        return int(self._setup.clock() * 1000)
