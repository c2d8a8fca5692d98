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

from officer_console.client.api import Change, Desk, LinkPhase
from officer_console.console.actions import ACTIONS, OF_THE_APP
from officer_console.console.alerts import Alerts, Ways
from officer_console.console.care_words import Limits, own_prompt
from officer_console.console.commands import Command, Where
from officer_console.console.countersigning import waiting_told
from officer_console.console.docking import Dock
from officer_console.console.folds import Folds
from officer_console.console.idle import Idle
from officer_console.console.keymap import by_key, shown
from officer_console.console.messages import DeskChanged
from officer_console.console.news import News
from officer_console.console.patrol_words import Names, open_count
from officer_console.console.queue_words import arrivals_told, place_told
from officer_console.console.queueing import Again
from officer_console.console.screens.covering import Coverable
from officer_console.console.sections import mine, waiting_count
from officer_console.console.setup import Setup
from officer_console.console.shelf import Shelf
from officer_console.console.shift_actions import leaving_told
from officer_console.console.usable import SCOPES, Situation, useful
from officer_console.console.widgets.key_line import KeyLine
from officer_console.console.widgets.link_line import LinkLine
from officer_console.console.widgets.panes import Panes, Pieces
from officer_console.console.widgets.queue_pane import QueuePane
from officer_console.console.widgets.status_line import StatusLine
from officer_console.console.widgets.welcome import Welcome
from officer_console.console.words import Level, Told, key_warning, trouble
from officer_console.locale import _
from officer_console.model.text import one_line

if TYPE_CHECKING:
    from officer_console.console.handing import Handing
    from officer_console.console.inviting import Inviting
    from officer_console.console.keeping import Keeping
    from officer_console.console.leading import Leading
    from officer_console.console.patrolling import Patrolling
    from officer_console.console.replying import Replying
    from officer_console.console.watching import Watching
    from officer_console.console.widgets.conversation_pane import ConversationPane
    from officer_console.console.widgets.transcript_pane import TranscriptPane

NAME_LIMIT = 40
OPENING = ("replies", "complaint", "signals", "hand-over", "offered")
"""Commands that move the focus into a panel in which one types at once."""


class Duty(Coverable, inherit_bindings=False):
    """Hands keys to actions and the desk's news to the panes. Nothing that arrives moves the focus."""

    AUTO_FOCUS = "QueuePane"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-usual"), (120, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (24, "-tall")]  # noqa: RUF012

    own_keys: tuple[Command, ...] = ()
    """Keys of a kind of duty, for the help."""

    # Each is made when first asked for: the queue is on screen the sooner.
    _inviting: Inviting | None = None
    _handing: Handing | None = None
    _keeping: Keeping | None = None
    _leading: Leading | None = None
    _patrolling: Patrolling | None = None
    _replying: Replying | None = None

    class Asked(Message):
        """A command that is the app's to do."""

        def __init__(self, id: str) -> None:
            super().__init__()
            self.id = id

    class Leaving(Message):
        """The shift has ended, and nothing is left behind: leave the console."""

    def __init__(self, setup: Setup, idle: Idle) -> None:
        super().__init__()
        self.desk, self.keymap = setup.desk, setup.keymap
        self.triage, self.triage_faults = setup.triage, setup.triage_faults
        self._setup, self._idle = setup, idle
        self.limits = Limits(setup.config.break_after_h, setup.config.grave_before_break)
        self._by_key = by_key(setup.keymap)
        self._missed = Change()
        self.alerts = Alerts(setup.config.alert_repeat_s * 1000)
        self.again = Again(self.now_ms)
        self._watching = _watching(setup)
        self.begun: dict[tuple[str, str], str] = {}
        """What Escape put off, by what it is ("note", "remark", "cancel", "callback") and the conversation."""
        self.dock, self._news = Dock(self), News(self, setup, idle)
        self.opened = asyncio.Event()
        """Set once a command of OPENING has been done."""
        self.shelf = Shelf(self.desk, setup.library, self.tell)
        keys = (shown(setup.keymap[id]) for id in ("patrol", "cancel-patrol", "patrols"))
        self.names = Names(one_line(setup.config.room_phone, NAME_LIMIT), *keys)
        self.folds = Folds(self.desk, setup.graphic, setup.dangers, self._refold)
        self.queue = QueuePane()
        self.queue.folded = self.folds.folded
        welcome = Welcome(setup.keymap, setup.page)
        pieces = Pieces(self.desk, setup.keymap, self.names, self.shelf, self.folds)
        self.panes = Panes(pieces, welcome, stacked=setup.config.split == "vertical")
        self._link = self._make_link(self.desk, setup.page, shown(setup.keymap["reconnect"]))
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
        if self._watching:
            self._watching.begin()
            self.set_interval(self._watching.EVERY_S, self._watching.work)
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
    def leading(self) -> Leading:
        """A lead's acts, and whispers. Made when first asked for, as above."""
        from officer_console.console.leading import Leading

        if self._leading is None:
            self._leading = Leading(self)
        return self._leading

    def leads_on(self, screen: Screen[object]) -> bool:
        """Whether this is the lead's view."""
        return self._leading is not None and self._leading.is_on(screen)

    async def press_patrol(self) -> None:
        """The key that sends a patrol: for the conversation one is in, or under the cursor of the lead's view."""
        await (self.leading.patrol() if self.leads_on(self.app.screen) else self.patrolling.press())

    @property
    def patrolling(self) -> Patrolling:
        """Sending a patrol. Made when first asked for: the queue is on screen the sooner."""
        from officer_console.console.patrolling import Patrolling

        if self._patrolling is None:
            self._patrolling = Patrolling(self, self.names, self._setup.config.patrol_grace_s * 1000)
        return self._patrolling

    @property
    def handing(self) -> Handing:
        """Handing over, and being asked. Made when first asked for, as above."""
        from officer_console.console.handing import Handing

        if self._handing is None:
            self._handing = Handing(self)
        return self._handing

    @property
    def keeping(self) -> Keeping:
        """Keeping a conversation to practise on. Made when first asked for, as above."""
        from officer_console.console.keeping import Keeping

        if self._keeping is None:
            self._keeping = Keeping(self)
        return self._keeping

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
        self._status.answer(told, self.now_ms())

    def uncovered(self) -> None:
        """All of it is seen again."""
        missed, self._missed = self._missed, Change()
        self._show_changes(missed)
        self.tick()

    def touched(self) -> None:
        """Somebody is at the keys: what is on screen has been seen."""
        if not self.covered and self.alerts.seen_late(self.panes.shown, self.now_ms()):
            self._show_lines()

    def tick(self) -> None:
        """A second has passed, or something may look different."""
        if not self.covered:
            self.panes.tick()
            for cid in self.panes.shown:
                self.alerts.seen(cid)
            self._tick_panel()
        self._news.settle_alerts()
        if self.desk.role == "lead":
            self.leading.tick()
        if self.alerts.rings(self.now_ms()):
            self.ring()
        if not self.covered:
            self._show_lines()

    # what the officer does

    async def on_key(self, event: events.Key) -> None:
        if self.queue.has_focus:
            self.alerts.seen_queue(self.now_ms())
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
        self.opened.set()  # also when the key opened nothing here: no key after it waits
        self._tick_panel()
        self._show_lines()

    async def on_queue_pane_picked(self, event: QueuePane.Picked) -> None:
        if self.desk.role == "lead" and self.leading.asks(event.cid):
            return self.leading.read(event.cid)
        await self.panes.open(event.cid)

    def on_queue_pane_moved(self) -> None:
        self._show_lines()

    def on_transcript_pane_seen(self, event: TranscriptPane.Seen) -> None:
        if not self.covered:
            self.desk.talk.mark_read(event.cid)

    def on_conversation_pane_tell(self, event: ConversationPane.Tell) -> None:
        self.tell(event.told)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        if self.dock.has_focus:
            self.panes.point_to(self.dock.cid)
        self._show_lines()

    # what the desk tells

    def on_desk_changed(self, event: DeskChanged) -> None:
        change, missed = event.change, self._missed
        if self._watching:
            self._watching.changed(change.cids)
        if self.covered:
            self._missed = Change(missed.cids | change.cids, queue=missed.queue or change.queue)
        else:
            self._show_changes(change)
        for notice in change.notices:
            self._news.tell(notice)
        if change.notices or not self.covered:  # what is covered has time until the next second
            self.tick()

    # parts of the above

    def _make_link(self, desk: Desk, extra: str, retry_key: str) -> LinkLine:
        return LinkLine(desk, extra, retry_key)

    def forget(self, cid: str) -> None:
        """Nothing of what is erased stands anywhere."""
        self.begun = {key: text for key, text in self.begun.items() if cid not in key}
        self.folds.forget(cid)
        if self._handing:
            self._handing.forget(cid)
        if self._keeping:
            self._keeping.forget(cid)

    def not_asked(self, cid: str) -> None:
        """A request for a call back was refused: it stands in its form again."""
        if self._replying:
            self._replying.not_asked(cid)

    def _show_changes(self, change: Change) -> None:
        self.queue.changed(change)
        self.panes.changed(change)
        self.dock.changed(change)

    def _tick_panel(self) -> None:
        self.dock.tick()
        if self._patrolling:
            self._patrolling.tick()
        if self._handing:
            self._handing.tick()

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

    def _refold(self) -> None:
        self.panes.refold()
        self.queue.repaint()

    def ring(self) -> None:
        """The bell, if it is wanted."""
        if self._setup.config.bell:
            self.app.bell()

    def _show_lines(self) -> None:
        self._link.show(len(self.alerts))
        self._status.alert(self.standing(), self.now_ms())
        self._keys.show(useful(self.desk, self.situation))
        self.queue.border_title = Content(self._queue_title())

    def standing(self) -> Told:
        """What is told while nothing is being answered: what hinders work, else the alerts, else what will hinder."""
        link = self.desk.link
        if hindered := trouble(link):
            return Told(hindered, Level.DANGER)
        wanted = ("take-next", "next-to-answer", "invite", "offered", "hand-over")
        next_, answer, join, offered, hand = (shown(self.keymap[id]) for id in wanted)
        alerts = self.alerts.told(Ways(next_, answer, join, self.names.list, self.names.phone, offered, hand))
        if alerts.text or link.phase is not LinkPhase.ONLINE:
            return alerts
        if warning := key_warning(self.desk.key_ends, self.desk.now()):
            return Told(warning, Level.WARNING)
        if paused := arrivals_told(self.desk):
            return Told(paused, Level.WARNING)
        if prompt := own_prompt(self.desk, self.limits, shown(self.keymap["care"])):
            return Told(prompt)
        leaving = leaving_told(self, len(mine(self.desk.queue)), shown(self.keymap["end-shift"]))
        if leaving.text:
            return leaving
        open_ = open_count(len(self.desk.patrols.all_open()), self.names.list)
        return Told(open_ or self._place_under_cursor() or waiting_told(self))

    def _place_under_cursor(self) -> str:
        """Why she stands there whom the cursor of the queue is on."""
        conversation = self.desk.queue.get(self.queue.cursor_cid or "") if self.queue.has_focus else None
        return place_told(self.desk, conversation) if conversation else ""

    def _queue_title(self) -> str:
        waiting = _("{n} waiting").format(n=waiting_count(self.desk.queue))
        return " · ".join([_("CHOOSING HERE") if self.queue.has_focus else _("Queue"), waiting])

    def now_ms(self) -> int:
        """Of a clock that only rises."""
        return int(self._setup.clock() * 1000)


def _watching(setup: Setup) -> Watching | None:
    """Made only where signals are proposed: the queue is on screen the sooner elsewhere."""
    if setup.triage is None:
        return None
    from officer_console.console.watching import Watching

    return Watching(setup.desk, setup.triage)
