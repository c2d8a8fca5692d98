"""What stands in the queue's place beside the conversations, never over them: one panel at a time."""

from __future__ import annotations

from typing import ClassVar

from textual.containers import Vertical

from officer_console.client.api import Change
from officer_console.console.commands import Where
from officer_console.console.widgets.frame import Frame


class Panel(Frame, Vertical):
    """`cid` is the conversation that it is open for; "" while it is not. Its place is lent by docking.Dock."""

    WHERE: ClassVar[Where] = Where.PANEL
    ALONE: ClassVar[bool] = False
    """Whether it is about no conversation on screen, and `cid` stays ""."""
    cid = ""

    def show(self, cid: str) -> object:
        """Be for this conversation; "" empties and hides it. What is begun in it is kept."""
        raise NotImplementedError

    def go_back(self) -> None:
        """Write on where one was in it."""
        raise NotImplementedError

    def changed(self, change: Change) -> None:
        """Something has changed. Neither the focus nor what is being written is touched."""

    def refresh_state(self) -> None:
        """What depends on the time it is now."""

    def step_back(self) -> bool:
        """Escape: go back inside the panel; False when there is nothing to go back to, and it is put away."""
        return False

    def holds(self) -> bool:
        """Whether there still is a reason to have it open."""
        return True
