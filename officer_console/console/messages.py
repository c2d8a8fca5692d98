"""The one message that brings the desk's news to the screens."""

from __future__ import annotations

from textual.message import Message

from officer_console.client.api import Change


class DeskChanged(Message):
    """What changed at the desk since the last one."""

    def __init__(self, change: Change) -> None:
        super().__init__()
        self.change = change
