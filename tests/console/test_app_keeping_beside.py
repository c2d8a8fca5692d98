"""While a lead keeps a conversation: keys that come in one rush, and what happens elsewhere meanwhile."""

from __future__ import annotations

from textual import events
from textual.widgets import Input, Static

from officer_console.console.screens.read_export import ReadExport
from officer_console.console.screens.redact import Redact
from officer_console.console.screens.redacted import Redacted
from officer_console.model.envelope import VISITOR
from officer_console.model.events import Said
from officer_console.model.transcript import Kind, Line
from tests.console.driving import LARGE, Driver, console
from tests.console.fake_desk import ANA, FakeDesk


def agreed() -> tuple[FakeDesk, str]:
    """A closed conversation of a lead's, whose visitor agreed."""
    desk = FakeDesk(role="lead")
    cid = desk.add("bonsoir je m'appelle Sonia, mon mari Karim est à Lyon", waited=60)
    desk.claims.claim(cid)
    desk.talk.written[cid].append(Line("ask", Kind.CONSENT_ASKED, desk.time, next(desk.numbers), desk.me))
    desk.append(cid, VISITOR, Said(), line=Kind.CONSENT, text="yes")
    desk.talk.consent = lambda _cid: "her consent"  # type: ignore[method-assign]
    desk.claims.close_conversation(cid, "advised")
    return desk, cid


async def deciding(drive: Driver, cid: str) -> Redact:
    await drive.app.duty.panes.open(cid)
    await drive.press("ctrl+p")
    screen = drive.app.screen
    assert isinstance(screen, Redact)
    return screen


def rush(drive: Driver, *keys: str) -> None:
    """All at once, as a slow line brings them."""
    for key in keys:
        drive.app.post_message(events.Key(key, key if len(key) == 1 else None))


async def test_keys_in_one_rush_are_about_one_thing_after_the_other() -> None:
    desk, cid = agreed()
    async with console(desk, size=LARGE) as drive:
        screen = await deciding(drive, cid)
        work = screen._work
        first, second = work.items[:2]
        rush(drive, *"Nina", "enter", "enter", *"Oran")
        await drive.settle()
        assert work.decision(first).mark == "Nina"  # type: ignore[union-attr]
        assert work.decision(second).mark == second.mark  # type: ignore[union-attr]
        assert screen.query_one(Input).value == "Oran"


async def test_what_arrives_behind_it_is_told_and_does_not_count_as_read() -> None:
    desk, cid = agreed()
    other = desk.add("je suis là", waited=5)
    desk.claims.claim(other)
    async with console(desk, size=LARGE) as drive:
        await drive.app.duty.panes.open(other)
        await drive.press("f5")
        screen = await deciding(drive, cid)
        desk.visitor_says(other, "il revient")
        await drive.settle()
        screen._look()
        await drive.settle()
        assert desk.talk.unread(other) == 1 and "has written" in drive.text
        await drive.press("f9")
        assert not drive.app.duty.covered and drive.app.screen is drive.app.duty


async def test_what_was_replaced_is_seen_in_what_is_left() -> None:
    desk, cid = agreed()
    async with console(desk, size=LARGE) as drive:
        screen = await deciding(drive, cid)
        await drive.press(*["enter"] * len(screen._work.items), "f5")
        left = drive.app.screen
        assert isinstance(left, Redacted) and drive.app.duty.covered
        shown = left.query_one("#text", Static).render()
        marked = {shown.plain[span.start : span.end] for span in shown.spans}  # type: ignore[union-attr]
        assert "[nom 1]" in marked
        await drive.press("escape")
        assert not drive.app.duty.covered


async def test_what_arrives_behind_a_second_reader_is_told_and_does_not_count_as_read() -> None:
    desk, cid = agreed()
    other = desk.add("je suis là", waited=5)
    desk.claims.claim(other)
    desk.exports.keep(cid, b"", by=ANA)
    async with console(desk, size=LARGE) as drive:
        await drive.app.duty.panes.open(other)
        await drive.press("ctrl+o", "enter")
        screen = drive.app.screen
        assert isinstance(screen, ReadExport)
        desk.visitor_says(other, "il revient")
        await drive.settle()
        screen._look()
        await drive.settle()
        assert desk.talk.unread(other) == 1 and "has written" in drive.text
        await drive.press("escape")
        assert drive.app.screen is drive.app.duty and desk.talk.unread(other) == 0
