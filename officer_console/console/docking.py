"""The queue's place, lent to one panel at a time. Nothing comes up by itself; nothing that arrives moves the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widget import Widget

from officer_console.client.api import Change

if TYPE_CHECKING:
    from officer_console.console.screens.duty import Duty
    from officer_console.console.widgets.panel import Panel


class Dock:
    """`panel` is the one that is open, or None."""

    def __init__(self, duty: Duty) -> None:
        self._duty = duty
        self.panel: Panel | None = None
        self._before: Widget | None = None  # where the officer was

    @property
    def cid(self) -> str:
        """The conversation that a panel is open for; "" while none is."""
        return self.panel.cid if self.panel else ""

    @property
    def has_focus(self) -> bool:
        """Whether one is in the panel."""
        return bool(self.panel and self.panel.has_focus_within)

    async def lend(self, panel: Panel, cid: str) -> None:
        """Give the place to `panel`, for a conversation that is on screen then ("": for none). What stood there is put
        away."""
        before = self._remembered(cid)
        if cid and cid not in self._duty.panes.shown:
            await self._duty.panes.open(cid)
        if not panel.is_attached:
            await self._duty.query_one("#body").mount(panel, before=self._duty.queue)
        self._before = before
        self.swap(panel)

    def swap(self, panel: Panel) -> None:
        """Put `panel`, which was shown before, in the place of the one that is open."""
        if self.panel and self.panel is not panel:
            self.panel.show("")
        self.panel = panel
        self._duty.queue.display = False
        self._duty.add_class("-panel")

    def escape(self) -> bool:
        """Go one step back in the panel, or put it away; whether there was one."""
        if self.panel is None:
            return False
        if not self.panel.step_back():
            self.put_away()
        return True

    def put_away(self, *, back: bool = True) -> None:
        """Close the panel; what is written in it stays. Who was in it is back where he was, or with `back` False in the
        conversation that is on screen now."""
        panel, before = self.panel, self._before if back else None
        if panel is None:
            return
        inside = panel.has_focus_within
        self._duty.queue.display = True
        self._duty.remove_class("-panel")
        if inside:  # at once: what is typed next must be typed there
            self._duty.set_focus(self._home(before), scroll_visible=False)
        panel.show("")
        self.panel = self._before = None

    def next_part(self) -> bool:
        """Go from the panel to the conversations and back; False while none is open."""
        panes = self._duty.panes.all
        if self.panel is None or not panes:
            return False
        if self.panel.has_focus_within:
            panes[0].composer.focus()
        elif self._duty.panes.active is panes[-1]:
            self.panel.go_back()
        else:
            panes[-1].composer.focus()
        return True

    def changed(self, change: Change) -> None:
        """Show what has changed."""
        if self.panel:
            self.panel.changed(change)

    def tick(self) -> None:
        """A second has passed, or something may look different."""
        if self.panel is None:
            return
        lost = not self.panel.ALONE and self.cid not in self._duty.panes.shown
        if lost or not self.panel.holds():
            return self.put_away(back=False)
        self.panel.refresh_state()

    def _remembered(self, cid: str) -> Widget | None:
        """Where to go back to: from panel to panel it stays the same, in another conversation it is its composer."""
        if not self.has_focus:
            return self._duty.focused
        return self._before if cid == self.cid else None

    def _home(self, before: Widget | None) -> Widget:
        """Where the officer was before, if that is on screen; else the composer, else the queue."""
        queue, panes = self._duty.queue, self._duty.panes
        shown = {queue, *panes.all}
        above = [each for each in before.ancestors_with_self if isinstance(each, Widget)] if before else []
        if before and not shown.isdisjoint(above) and all(each.display for each in above):
            return before
        return panes.active.composer if panes.active else queue
