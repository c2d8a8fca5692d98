"""The shift lead's view: all conversations, all officers, how the queue is, and what a lead can do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen

from officer_console.client.api import Change, Desk
from officer_console.console import lead_keys as keys
from officer_console.console.care_words import Limits
from officer_console.console.keymap import Keymap
from officer_console.console.lead_words import NAME_LIMIT, arrivals_told, light, light_told, rule, sums
from officer_console.console.messages import DeskChanged
from officer_console.console.widgets.lead_foot import LeadKeys, Plots, Requests
from officer_console.console.widgets.lead_queue import LeadQueue
from officer_console.console.widgets.link_line import LinkLine
from officer_console.console.widgets.officers_pane import OfficersPane
from officer_console.console.widgets.queue_pane import QueuePane
from officer_console.console.widgets.status_line import StatusLine
from officer_console.console.widgets.text_line import TextLine, styled
from officer_console.console.words import Told
from officer_console.locale import _
from officer_console.model.conversation import State
from officer_console.model.text import one_line

if TYPE_CHECKING:
    from officer_console.console.leading import Leading


class LeadView(Screen[None], inherit_bindings=False):
    """Hands keys to the lead's acts and the desk's news to the lists. Nothing that arrives moves a cursor."""

    CSS_PATH = "lead.tcss"
    AUTO_FOCUS = "LeadQueue"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide"), (160, "-wider")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]  # noqa: RUF012

    def __init__(self, leading: Leading, desk: Desk, keymap: Keymap, retry_key: str, limits: Limits) -> None:
        super().__init__()
        self._leading, self._desk, self._keymap = leading, desk, keymap
        self.queue = LeadQueue()
        self.officers = OfficersPane(desk, limits)
        self._link = LinkLine(desk, "", retry_key)
        self._light, self._sums = TextLine(id="light"), TextLine(id="sums")
        self._door, self._rule = TextLine(id="door"), TextLine(id="rule")
        self._plots, self._requests = Plots(desk), Requests(desk)
        self._status = StatusLine()
        self._keys = LeadKeys(keymap)

    def compose(self) -> ComposeResult:
        yield self._link
        yield self._light
        yield self._sums
        yield self._door
        yield self._rule
        with Horizontal(id="lists"):
            yield self.queue
            yield self.officers
        with Horizontal(id="foot"):
            yield self._plots
            yield self._requests
        yield self._status
        yield self._keys

    def on_mount(self) -> None:
        self.queue.show(self._desk)
        self.officers.order()
        self._unsubscribe = self._desk.subscribe(self._changed)
        self.set_interval(1, self.tick)
        self.tick()

    def on_unmount(self) -> None:
        self._unsubscribe()

    # ---- news ----

    def on_desk_changed(self, event: DeskChanged) -> None:
        event.stop()
        change: Change = event.change
        self.queue.changed(change)
        if change.shift:
            self.officers.order()
        self.tick()

    def tick(self) -> None:
        """A second has passed, or something may look different."""
        desk = self._desk
        self._link.show(self._leading.alerts)
        self._light.put(styled(light_told(light(desk))))
        self._sums.put(Content(sums(desk)))
        self._rule.put(Content(rule(desk.shift.timers)))
        self._tell_door()
        self.officers.tick()
        self._plots.tick()
        self._requests.tick()
        self._status.alert(self._leading.standing(), self._leading.now_ms())
        self._titles()
        self._keys.show(self._useful())

    def tell(self, told: Told) -> None:
        """Answer the lead on the status line."""
        self._status.answer(told, self._leading.now_ms())

    # ---- keys ----

    def on_key(self, event: events.Key) -> None:
        self._leading.seen()
        if event.key == "escape":
            event.stop()
            self.dismiss()
            return
        if event.key in ("tab", "shift+tab"):
            event.stop()
            (self.officers if self.queue.has_focus else self.queue).focus()
        elif event.key in keys.ACT_OF:
            event.stop()
            self._leading.act(keys.ACT_OF[event.key], self.queue.cursor_cid or "")
        else:
            self._leading.other_key(event)

    def on_queue_pane_picked(self, event: QueuePane.Picked) -> None:
        event.stop()
        self._leading.act("read", event.cid)

    def on_queue_pane_moved(self, event: QueuePane.Moved) -> None:
        event.stop()
        self._keys.show(self._useful())

    def on_descendant_focus(self) -> None:
        self._titles()

    # ---- parts of the above ----

    def _changed(self, change: Change) -> None:
        self.post_message(DeskChanged(change))

    def _tell_door(self) -> None:
        arrivals = self._desk.queue.arrivals
        name = one_line(self._desk.name(arrivals.by), NAME_LIMIT)
        told = arrivals_told(arrivals, name, self._desk.shift.paused_because)
        self._door.display = bool(told.text)
        self._door.put(styled(told))

    def _titles(self) -> None:
        count = len(self._desk.queue)
        here = _("CHOOSING HERE")
        words = _("All conversations: {n}").format(n=count)
        self.queue.border_title = Content(" · ".join(filter(None, [here if self.queue.has_focus else "", words])))
        words = _("Officers: {n}").format(n=len(self._desk.shift.officers()))
        self.officers.border_title = Content(" · ".join(filter(None, [here if self.officers.has_focus else "", words])))

    def _useful(self) -> Sequence[str]:
        """The ids of the acts that are possible now, the most useful first."""
        conversation = self._desk.queue.get(self.queue.cursor_cid or "")
        state = conversation.state if conversation else None
        mine = conversation is not None and conversation.holder == self._desk.me
        ids: list[str] = []
        if state in (State.WAITING, State.HELD):
            ids += [keys.GIVE.id, *([] if mine else [keys.TAKE_OVER.id])]
        if state is not None and state is not State.ERASED:
            ids += [keys.READ.id]
        if state is State.HELD:
            ids += [keys.WHISPER.id, *([] if mine else [keys.JOIN.id])]
        if state in (State.WAITING, State.HELD) and conversation and conversation.urgency != "red":
            ids.append(keys.RAISE.id)
        door = [keys.PAUSE.id, keys.DIVERT.id] if self._desk.queue.arrivals.open else [keys.REOPEN.id]
        return [*ids, keys.BREAK.id, *door, keys.FIGURES.id, keys.OTHER.id, keys.BACK.id]
