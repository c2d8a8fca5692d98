"""Reading what is kept to practise on, and vouching for it."""

from __future__ import annotations

from typing import Any

import pytest

from officer_console.client.api import LinkPhase
from officer_console.console.screens.exports import ExportList
from officer_console.console.screens.read_export import ReadExport
from officer_console.practice.exporting import exported
from tests.console.driving import LARGE, SMALL, Driver, a_desk, console
from tests.console.fake_desk import ANA, ME, FakeDesk
from tests.practice.real import FRENCH, about, decisions, lines

pytestmark = pytest.mark.usefixtures("_english")


@pytest.fixture(name="_english")
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")


def session(**more: Any) -> bytes:
    """Redacted, not countersigned."""
    rows = lines(FRENCH)
    return exported(rows, (), decisions(rows, "fr"), about("fr", **more))


def kept(*, by: str = ANA, role: str = "officer", countersigned: str = "", **more: Any) -> tuple[FakeDesk, str]:
    desk, cids = a_desk(role=role)
    desk.exports.keep(cids[0], session(**more), by=by, countersigned=countersigned)
    return desk, cids[0]


async def opened(drive: Driver) -> None:
    await drive.press("ctrl+o", "enter")
    assert isinstance(drive.app.screen, ReadExport)


async def read_to_end(drive: Driver) -> None:
    await drive.press("end")
    page = drive.app.screen.query_one("#page")
    while page.scroll_y < page.max_scroll_y:  # it glides there
        await drive.settle()


async def test_what_waits_is_told_and_listed_and_read() -> None:
    desk, _cid = kept()
    async with console(desk, size=LARGE) as drive:
        await drive.press("ctrl+o")
        assert isinstance(drive.app.screen, ExportList)
        assert "redacted by Ana Petit · WAITS FOR A SECOND READER" in drive.text
        await drive.press("enter")
        assert "Une nuit" in drive.text
        assert "Visitor: bonsoir, je m'appelle [nom 1]" in drive.text
        assert "[lieu" in drive.text
        assert "Lilas" not in drive.text


async def test_the_status_line_tells_of_it_when_nothing_else_is_to_be_told() -> None:
    desk = FakeDesk()
    desk.exports.keep("c", session(), by=ANA)
    async with console(desk, size=LARGE) as drive:
        drive.app.duty.tick()
        await drive.settle()
        assert "1 conversation is kept to practise on and waits for a second reader (Ctrl+O)" in drive.status
        await drive.seconds(10)
        assert drive.bells == 0, "nobody is called from a conversation for it"
    for by, countersigned in ((ME, ""), (ANA, ME)):
        desk.exports.keep("c", session(), by=by, countersigned=countersigned)
        async with console(desk, size=LARGE) as drive:
            assert "second reader" not in drive.status


async def test_it_is_countersigned_once_the_end_was_on_screen() -> None:
    desk, cid = kept()
    async with console(desk, size=SMALL) as drive:
        await opened(drive)
        await drive.press("c")
        assert "Read it to its end first." in drive.text
        assert not desk.exports.standing[cid].countersigned
        await read_to_end(drive)
        await drive.press("c")
        assert desk.exports.standing[cid].countersigned == ME
        assert drive.app.screen is drive.app.duty
        assert "Countersigned: trainers can practise on it." in drive.status


async def test_what_is_short_enough_has_been_seen_at_once() -> None:
    desk, cid = kept()
    async with console(desk, size=(160, 80)) as drive:
        await opened(drive)
        await drive.press("c")
        assert desk.exports.standing[cid].countersigned == ME


@pytest.mark.parametrize(
    ("by", "countersigned", "why"),
    [(ME, "", "somebody else must read it"), (ANA, ANA, "countersigned already"), (ANA, ME, "countersigned already")],
)
async def test_who_may_not_countersign_is_told_why(by: str, countersigned: str, why: str) -> None:
    desk, cid = kept(by=by, countersigned=countersigned, role="lead")
    async with console(desk, size=(160, 80)) as drive:
        await opened(drive)
        await drive.press("c")
        assert why in drive.text
        assert desk.exports.standing[cid].countersigned == countersigned


async def test_it_is_ended_by_the_same_key_twice() -> None:
    desk, cid = kept()
    async with console(desk, size=LARGE) as drive:
        await opened(drive)
        await drive.press("w")
        assert "W again: end it" in drive.text
        assert cid in desk.exports.standing
        await drive.press("down", "w")
        assert cid in desk.exports.standing, "asked anew after another key"
        await drive.press("w")
        assert cid not in desk.exports.standing
        assert "Ended: nobody can open it any more." in drive.status


async def test_a_refusal_is_told_and_the_screen_stays() -> None:
    desk, _cid = kept()
    async with console(desk, size=(160, 80)) as drive:
        await opened(drive)
        desk.exports.refuse = "unsure"
        await drive.press("c")
        assert "NOT DONE: The connection was lost before the answer came" in drive.text
        desk.exports.refuse_at_once = "network"
        await drive.press("c")
        assert "NOT DONE: The relay cannot be reached." in drive.text
        desk.exports.refuse, desk.exports.refuse_at_once = "", ""
        await drive.press("c")
        assert drive.app.screen is drive.app.duty


@pytest.mark.parametrize("code", ["no_export", "bad_signature", "storage"])
async def test_what_can_not_be_fetched_is_told(code: str) -> None:
    desk, _cid = kept()
    desk.exports.refuse = code
    async with console(desk, size=LARGE) as drive:
        await opened(drive)
        assert "Une nuit" not in drive.text
        await drive.press("c")
        assert "There is nothing here to vouch for." in drive.text


async def test_what_is_no_session_can_be_ended_only() -> None:
    desk, cid = kept()
    desk.exports.sessions[cid] = b'{"line":"session"}'
    async with console(desk, size=LARGE) as drive:
        await opened(drive)
        assert "It is no session that can be practised on" in drive.text
        await drive.press("c")
        assert "There is nothing here to vouch for." in drive.text


async def test_when_it_ends_meanwhile_nothing_of_it_stays_on_screen() -> None:
    desk, cid = kept()
    async with console(desk, size=LARGE) as drive:
        await opened(drive)
        desk.exports.end(cid)
        drive.app.screen._look()  # type: ignore[attr-defined]
        await drive.settle()
        assert "It is not kept any more" in drive.text
        assert "bonsoir" not in drive.text
        await drive.press("w", "w", "c")
        assert isinstance(drive.app.screen, ReadExport)
        await drive.press("escape")
        assert drive.app.screen is drive.app.duty


async def test_an_answer_that_comes_after_the_screen_has_gone_touches_nothing() -> None:
    desk, _cid = kept()
    desk.exports.late = []
    async with console(desk, size=LARGE) as drive:
        await opened(drive)
        assert "Fetching it from the relay" in drive.text
        await drive.press("escape")
        place = drive.place
        for answer in desk.exports.late:
            answer()
        await drive.settle()
        assert drive.place == place
        assert drive.app.screen is drive.app.duty


async def test_words_from_outside_are_never_markup() -> None:
    desk, _cid = kept(title="[red]un titre[/red] [link=x]", gist="[bold]rien[/]")
    async with console(desk, size=LARGE) as drive:
        await opened(drive)
        assert "[red]un titre[/red] [link=x]" in drive.text
        assert "[bold]rien[/]" in drive.text


async def test_nothing_is_kept() -> None:
    desk, _cids = a_desk()
    async with console(desk, size=LARGE) as drive:
        await drive.press("ctrl+o")
        assert drive.app.screen is drive.app.duty
        assert "Nothing is kept to practise on." in drive.status


async def test_escape_leaves_everything_as_it_was() -> None:
    desk, cid = kept()
    async with console(desk, size=LARGE) as drive:
        place = drive.place
        await drive.press("ctrl+o", "escape")
        assert drive.place == place
        await drive.press("ctrl+o", "enter", "w", "escape")
        assert drive.app.screen is drive.app.duty
        assert cid in desk.exports.standing
        assert desk.link.phase is LinkPhase.ONLINE
