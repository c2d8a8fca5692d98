"""The ways to those who follow the log: pages and consoles."""

from __future__ import annotations

from officer_console.protocol.frames import Status

from .port import Port
from .wire import Wire


class Following(Port):
    """A way to who follows the log. `cursor` is the last seq it has been sent; `ready` once it has caught up."""

    __slots__ = ("cursor", "ready")

    def __init__(self, wire: Wire, limit: int, bye: bytes) -> None:
        super().__init__(wire, limit, bye)
        self.cursor = 0
        self.ready = False


class VisitorPort(Following):
    """The way to one page."""

    __slots__ = ("cid", "status")

    def __init__(self, wire: Wire, limit: int, bye: bytes) -> None:
        super().__init__(wire, limit, bye)
        self.cid = ""
        self.status: Status | None = None


class DeskPort(Following):
    """The way to one console of the officer `kid`; `on_duty` once it has asked for events."""

    __slots__ = ("kid", "on_duty", "role")

    def __init__(self, wire: Wire, limit: int, bye: bytes) -> None:
        super().__init__(wire, limit, bye)
        self.kid = ""
        self.role = ""
        self.on_duty = False
