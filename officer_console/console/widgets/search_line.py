"""What is searched for in a conversation."""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.widgets import Input

from officer_console.locale import _

LIMIT = 200


class SearchLine(Input):
    """Enter or ↓ goes to the next place, ↑ to the one before, Escape ends the search."""

    class Step(Message):
        """Go to the next match (+1) or the one before (-1)."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    class Ended(Message):
        """The search is over."""

    def __init__(self) -> None:
        super().__init__(placeholder=_("Search: Enter next, ↑ before, Esc ends"), max_length=LIMIT, compact=True)

    def on_key(self, event: events.Key) -> None:
        step = {"enter": 1, "down": 1, "up": -1}.get(event.key)
        if step:
            self.post_message(self.Step(step))
        elif event.key == "escape":
            self.post_message(self.Ended())
        elif "+" in event.key:
            event.prevent_default()  # Alt+A arrives with the letter "a" and is no text
            return
        else:
            return
        event.stop().prevent_default()
