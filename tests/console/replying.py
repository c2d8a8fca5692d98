"""Prepared texts as an officer works with them, for the tests: a station's small library, and what the panels show."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from officer_console.console.widgets.callback_pane import CallBackPane
from officer_console.console.widgets.card_pane import CardPane
from officer_console.console.widgets.reply_pane import ReplyPane
from officer_console.console.widgets.signal_pane import SignalPane
from officer_console.referrals.dila import Commune, Taken
from officer_console.referrals.home import Home
from officer_console.referrals.library import Library, open_library
from officer_console.referrals.place_store import Writing
from officer_console.referrals.places import Place, Source
from tests.console.driving import Driver
from tests.console.fake_desk import FakeDesk

CFCV = "0 800 05 95 95"
LYON = "69003"
UNIT = "Commissariat de Lyon 3e"


def a_talk(words: str = "I am in the bathroom", **known: str) -> tuple[FakeDesk, str]:
    """A desk where one visitor waits; `known` her language and postcode."""
    desk = FakeDesk()
    return desk, desk.add(words, waited=60, language=known.get("language", "en"), postcode=known.get("postcode", ""))


def station(folder: Path, rows: str = "", replies: str = "", *, places: bool = False) -> Callable[[], Library]:
    """The shipped library with the station's own files beside it."""
    if rows:
        (folder / "referrals.toml").write_text(rows, "utf-8")
    if replies:
        (folder / "templates.toml").write_text(replies, "utf-8")
    if places:
        _import(folder / "places.sqlite")
    return lambda: open_library(Home(folder, folder))


def a_reply(id: str, code: str, **fields: str) -> str:
    """A prepared text as a station writes it, reviewed and not expired unless `fields` say otherwise (TOML)."""
    given = {
        "moment": '"safety"', "author": '"station"', "reviewed_on": "2025-11-01",
        "title": f'{{ en = "{id}" }}', "text": f'{{ en = "Text of {id}." }}',
    } | fields  # fmt: skip
    lines = [f'id = "{id}"', f'code = "{code}"', *(f"{name} = {value}" for name, value in given.items())]
    return "\n".join(["[[template]]", *lines, ""])


def _import(file: Path) -> None:
    lyon = {"postcode": LYON, "town": "Lyon", "insee": "69383", "department": "69"}
    police = Place(
        id="p1", kind="police", name=UNIT, address="10 rue Garibaldi", lat=45.76, lon=4.85, phone="04 78 00 00 17",
        hours="24/7", **lyon,
    )  # fmt: skip
    far = Place(id="p2", kind="police", name="Commissariat de Vienne", lat=45.52, lon=4.87, department="38")
    with Writing(file) as writing:
        writing.add(Taken(police, frozenset({"69383"})))
        writing.add(Taken(far, frozenset()))
        writing.add_communes([Commune(LYON, "69383", "Lyon", 45.76, 4.85)])
        writing.source(Source(file="test.json", date="2025-11-01", imported_on="2025-11-02", places=2))


async def read(drive: Driver) -> None:
    """Until the directory has been read."""
    while drive.app.duty.shelf.library is None:
        await asyncio.sleep(0.01)
    await drive.settle()


async def opened(drive: Driver, *keys: str) -> None:
    """Take the first visitor, open the picker, and press these keys once the directory is there."""
    await drive.press("f2", "f12")
    await read(drive)
    await drive.press(*keys)


def picker(drive: Driver) -> ReplyPane | None:
    """The picker, when it is open."""
    return next((pane for pane in drive.app.duty.query(ReplyPane) if pane.display), None)


def card(drive: Driver) -> CardPane | None:
    """The card, when it is open."""
    return next((pane for pane in drive.app.duty.query(CardPane) if pane.display), None)


def form(drive: Driver) -> CallBackPane | None:
    """The request for a call back, when it is open."""
    return next((pane for pane in drive.app.duty.query(CallBackPane) if pane.display), None)


def listed(pane: ReplyPane | CardPane | SignalPane | None) -> str:
    """All that is in its list, whether there is room for it or not."""
    assert pane is not None
    parts = (item for item in pane._list._items)
    return "\n".join(" ".join([i.short, i.title, *(told.text for told in i.details)]) for i in parts)
