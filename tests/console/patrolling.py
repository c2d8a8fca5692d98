"""Patrol requests as an officer works with them, for the tests."""

from __future__ import annotations

from typing import Any

from officer_console.console.widgets.patrol_pane import PatrolPane
from officer_console.model.patrol import Point
from tests.console.driving import Driver
from tests.console.fake_desk import FakeDesk

ADDRESS = "12 rue des Lilas, 69003 Lyon"
POINT = Point(lat=45_757_812, lon=4_832_011, acc=25)
GRACE, LATE = 4, 15


def a_call(words: str = ADDRESS, **options: Any) -> tuple[FakeDesk, str]:
    """A desk where one visitor waits, who has written these words."""
    desk = FakeDesk(**options)
    cid = desk.add("il me frappe", waited=60)
    if words:
        desk.visitor_says(cid, words)
    return desk, cid


def panel(drive: Driver) -> PatrolPane | None:
    """The panel, when it is open."""
    panes = list(drive.app.duty.query(PatrolPane))
    return panes[0] if panes and panes[0].display else None


def field(drive: Driver) -> str:
    """The field of the panel that has the focus; "" when none has."""
    return (getattr(drive.app.focused, "id", None) or "").removeprefix("field-")


def warning(drive: Driver) -> str:
    """What the panel says above its fields, whole."""
    opened = panel(drive)
    assert opened is not None
    return str(opened._warn.render()) if opened._warn.display else ""


def strip(drive: Driver) -> str:
    """What the strip of the pane in use says, whole; "" while it is hidden."""
    shown = drive.pane.strip
    return shown.render().plain.strip() if shown.display else ""


async def asked(drive: Driver, *keys: str) -> None:
    """Take the first visitor, open the panel, type these keys there, send, and let the countdown end."""
    await drive.press("f2", "f9", *keys, "f9")
    await drive.seconds(GRACE)
