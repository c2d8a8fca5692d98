"""The screen an officer works on: queue, conversations, and how things stand."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.screen import Screen

from officer_console.client.api import Change, LinkPhase, Notice, Patrol
from officer_console.console.actions import ACTIONS, OF_THE_APP
from officer_console.console.alerts import TOLD_ONCE, Alerts, Ways
from officer_console.console.commands import Command, Where
from officer_console.console.docking import Dock
from officer_console.console.idle import Idle
from officer_console.console.keymap import by_key, shown
from officer_console.console.messages import DeskChanged
from officer_console.console.patrol_words import Names, asked_by, is_late, open_count, told_by_room
from officer_console.console.sections import waiting_count
from officer_console.console.setup import Setup
from officer_console.console.shelf import Shelf
from officer_console.console.usable import SCOPES, Situation, useful
from officer_console.console.widgets.key_line import KeyLine
from officer_console.console.widgets.link_line import LinkLine
from officer_console.console.widgets.panes import Panes, Pieces
from officer_console.console.widgets.queue_pane import QueuePane
from officer_console.console.widgets.status_line import StatusLine
from officer_console.console.widgets.welcome import Welcome
from officer_console.console.words import Level, Told, key_warning, refusal, trouble, undone
from officer_console.locale import _
from officer_console.model.text import one_line

if TYPE_CHECKING:
    from officer_console.console.inviting import Inviting
    from officer_console.console.patrolling import Patrolling
    from officer_console.console.replying import Replying
    from officer_console.console.widgets.conversation_pane import ConversationPane
    from officer_console.console.widgets.transcript_pane import TranscriptPane

AWAY_S = 5
"""Seconds without a key after which a message is rung for even when its conversation is on screen."""
NAME_LIMIT = 40
OPENING = ("replies", "complaint", "signals")
"""Commands that move the focus into a panel in which one types at once."""


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
        self.triage, self.triage_faults = setup.triage, setup.triage_faults
        self._setup, self._idle = setup, idle
        self._by_key = by_key(setup.keymap)
        self._missed = Change()
        self.covered = False
        self.alerts = Alerts(setup.config.alert_repeat_s * 1000)
        self.begun: dict[tuple[str, str], str] = {}
        """What Escape put off, by what it is ("note", "remark", "cancel", "callback") and the conversation."""
        self._inviting: Inviting | None = None
        self._patrolling: Patrolling | None = None
        self._replying: Replying | None = None
        self.dock = Dock(self)
        self.opened = asyncio.Event()
        """Set once a command of OPENING has been done."""
        self.shelf = Shelf(self.desk, setup.library, self.tell)
        keys = (shown(setup.keymap[id]) for id in ("patrol", "cancel-patrol", "patrols"))
        self.names = Names(one_line(setup.config.room_phone, NAME_LIMIT), *keys)
        self.queue = QueuePane()
        welcome = Welcome(setup.keymap, setup.page)
        pieces = Pieces(self.desk, setup.keymap, self.names, self.shelf)
        self.panes = Panes(pieces, welcome, stacked=setup.config.split == "vertical")
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
        pane, panel = self.panes.active, self.dock.panel
        parts = len(self.panes.all) + bool(panel)
        if self.queue.has_focus:
            return Situation(Where.QUEUE, self.queue.cursor_cid or "", parts)
        if panel and panel.has_focus_within:
            return Situation(panel.WHERE, panel.cid, parts)
        if pane is None or not pane.has_focus_within:
            return Situation(Where.ANYWHERE, "", parts)
        return Situation(Where.COMPOSER if pane.composer.has_focus else Where.CONVERSATION, pane.cid, parts)

    @property
    def writing_in(self) -> str:
        """The conversation that is not only looked at from the queue; "" for none."""
        return self.panes.active.cid if self.panes.active and not self.queue.has_focus else ""

    @property
    def inviting(self) -> Inviting:
        """Taking somebody into the desk. Made when first asked for: few are leads."""
        from officer_console.console.inviting import Inviting

        if self._inviting is None:
            self._inviting = Inviting(self)
        return self._inviting

    @property
    def patrolling(self) -> Patrolling:
        """Sending a patrol. Made when first asked for: the queue is on screen the sooner."""
        from officer_console.console.patrolling import Patrolling

        if self._patrolling is None:
            self._patrolling = Patrolling(self, self.names, self._setup.config.patrol_grace_s * 1000)
        return self._patrolling

    @property
    def replying(self) -> Replying:
        """Prepared texts, the complaint card. Made when first asked for, as above."""
        from officer_console.console.replying import Replying

        if self._replying is None:
            self._replying = Replying(self)
        return self._replying

    def go_to_queue(self) -> None:
        """Choose in the queue; the panel that stands in its place is put away."""
        self.dock.put_away()
        self.queue.focus()

    def tell(self, told: Told) -> None:
        """Answer the officer on the status line."""
        self._status.answer(told, self._now())

    def cover(self, covered: bool) -> None:
        """The screen is locked: what arrives is not shown, so it must not count as read."""
        self.covered = covered
        if not covered:
            missed, self._missed = self._missed, Change()
            self._show_changes(missed)
            self.tick()

    def touched(self) -> None:
        """Somebody is at the keys: what is on screen has been seen."""
        if not self.covered and self.alerts.seen_late(self.panes.shown, self._now()):
            self._show_lines()

    def tick(self) -> None:
        """A second has passed, or something may look different."""
        if not self.covered:
            self.panes.tick()
            for cid in self.panes.shown:
                self.alerts.seen(cid)
            self._tick_panel()
        self._settle_alerts()
        if self.alerts.rings(self._now()):
            self._ring()
        self._show_lines()

    # what the officer does

    async def on_key(self, event: events.Key) -> None:
        if self.queue.has_focus:
            self.alerts.seen_queue(self._now())
        if event.key == "escape" and self._escaped():
            event.stop()
            return self._show_lines()
        commands = self._by_key.get(event.key, [])
        command = next((c for c in commands if c.where in SCOPES[self.situation.where]), None)
        if command:
            await self._do(command, event)
        elif any(c.where is Where.CONVERSATION for c in commands):
            self.tell(Told(_("That key is about a conversation: go to one first."), Level.WARNING))
        elif event.key == "ctrl+c":
            told = _("{key} leaves the console; Ctrl+C stops nothing here.")
            self.tell(Told(told.format(key=shown(self.keymap["quit"]))))
        self._tick_panel()
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
        if self.dock.has_focus:
            self.panes.point_to(self.dock.cid)
        self._show_lines()

    # what the desk tells

    def on_desk_changed(self, event: DeskChanged) -> None:
        change = event.change
        self.queue.changed(change)
        if self.covered:
            self._missed = Change(self._missed.cids | change.cids, notices=self._missed.notices + change.notices)
        else:
            self._show_changes(change)
        for notice in change.notices:
            self._notice(notice)
        self.tick()

    def _notice(self, notice: Notice) -> None:
        on_screen = not self.covered and notice.cid in self.panes.shown
        if notice.kind == "failed":
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
        elif notice.kind == "patrol_told" and (on_screen or not self.alerts.stays(notice)):
            self._told_of_patrol(notice)
        elif notice.kind == "patrol_asked" and on_screen:
            name = one_line(self.desk.name(notice.who), NAME_LIMIT)
            self._loudly(Told(asked_by(notice.code, name), Level.WARNING))
        elif self.alerts.stays(notice) and (not on_screen or notice.kind in ("patrol_old", "patrol_unsent")):
            self.alerts.add(notice, self._now())
        elif notice.kind in TOLD_ONCE and not on_screen:
            self.tell(Told(_(TOLD_ONCE[notice.kind])))
        elif notice.kind == "wrote" and self._idle.seconds() > AWAY_S:
            self._ring()

    # parts of the above

    def _show_changes(self, change: Change) -> None:
        self.panes.changed(change)
        self.dock.changed(change)

    def _tick_panel(self) -> None:
        self.dock.tick()
        if self._patrolling:
            self._patrolling.tick()

    def _escaped(self) -> bool:
        """What is counted down is taken back, else the panel goes; whether there was either."""
        return bool(self._patrolling and self._patrolling.take_back()) or self.dock.escape()

    async def _do(self, command: Command, event: events.Key) -> None:
        if command.id in OF_THE_APP:
            event.stop()
            self.post_message(self.Asked(command.id))
        elif action := ACTIONS.get(command.id):
            event.stop()
            done = action(self)
            if inspect.isawaitable(done):
                await done
        if command.id in OPENING:
            self.opened.set()

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

    def _told_of_patrol(self, notice: Notice) -> None:
        """The strip shows the rest; what hurries or cheers is said once more."""
        told = told_by_room(notice.code, notice.text)
        if told.level is Level.GOOD:
            self.tell(told)
        elif told.level is not Level.PLAIN:
            self._loudly(told)

    def _settle_alerts(self) -> None:
        desk, now = self.desk, self.desk.now()
        late_ms, open_ = self._setup.config.patrol_late_s * 1000, desk.patrols()
        late = (cid for cid, patrol in open_ if is_late(patrol, now, late_ms) and self._is_ours(cid, patrol))
        self.alerts.late(frozenset(late), self._now())
        old = {cid for cid, patrol in open_ if patrol.old}
        self.alerts.settle(desk.queue, {newcomer.kid for newcomer in desk.newcomers}, old)

    def _is_ours(self, cid: str, patrol: Patrol) -> bool:
        """Whether this officer must act when the room doesn't: who asked or holds it, and a lead for all."""
        conversation, me = self.desk.queue.get(cid), self.desk.me
        if me == patrol.by or self.desk.role == "lead" or conversation is None:
            return True
        return conversation.holder == me or any(me in case.askers for case in conversation.cases[-1:])

    def _again(self, notice: Notice) -> None:
        """The text of a note or remark that was refused stands there again, before what is begun there; the request
        for a call back in its form."""
        if what := {"noted": "note", "closed": "remark"}.get(notice.what) if notice.text else None:
            key = what, notice.cid
            self.begun[key] = "\n".join(filter(None, [notice.text, self.begun.get(key, "")]))
        if notice.what == "callback_requested" and self._replying:
            self._replying.not_asked(notice.cid)

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
        next_, answer, join = (shown(self.keymap[id]) for id in ("take-next", "next-to-answer", "invite"))
        alerts = self.alerts.told(Ways(next_, answer, join, self.names.list, self.names.phone))
        if alerts.text or link.phase is not LinkPhase.ONLINE:
            return alerts
        if warning := key_warning(self.desk.key_ends, self.desk.now()):
            return Told(warning, Level.WARNING)
        return Told(open_count(len(self.desk.patrols()), self.names.list))

    def _queue_title(self) -> str:
        waiting = _("{n} waiting").format(n=waiting_count(self.desk.queue))
        return " · ".join([_("CHOOSING HERE") if self.queue.has_focus else _("Queue"), waiting])

    def _now(self) -> int:
        return int(self._setup.clock() * 1000)
