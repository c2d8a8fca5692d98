"""What hinders the work, or soon will, stands on the status line with what to do."""

from __future__ import annotations

import pytest

from officer_console.client.api import KEY_SHORT_MS, Change, LinkPhase, Notice
from officer_console.console.widgets.composer import Composer
from tests.console.driving import SMALL, Driver, a_desk, console

WIDTHS = [(40, 24), SMALL, (200, 60)]


def words(drive: Driver) -> str:
    """What stands on the lines under the queue."""
    rows = drive.text.splitlines()
    region = drive.app.duty._status.region
    return " ".join(" ".join(rows[region.y : region.bottom]).split())


async def test_the_end_of_the_desks_key_is_told_in_time() -> None:
    desk, _cids = a_desk()
    async with console(desk) as drive:
        desk.key_ends = desk.now() + KEY_SHORT_MS + 1000
        await drive.seconds(1)
        assert drive.status == ""
        await drive.seconds(1)
        assert words(drive) == "▲ The desk's key ends in 2 d: a shift lead must log in, or visitors can't write."
        assert drive.bells == 0
        desk.add("somebody new")
        await drive.settle()
        assert "Someone new is waiting" in words(drive)


async def test_only_who_is_connected_knows_that_the_key_has_ended() -> None:
    desk, _cids = a_desk()
    desk.key_ends = 0
    desk.set_link(phase=LinkPhase.CATCHING_UP)
    async with console(desk) as drive:
        assert "key" not in words(drive)
        desk.set_link(phase=LinkPhase.ONLINE)
        await drive.settle()
        assert words(drive).endswith("The desk's key has ended: visitors can't write until a shift lead logs in.")


@pytest.mark.parametrize("size", WIDTHS[1:])
async def test_why_the_relay_refuses_is_told_whole(size: tuple[int, int]) -> None:
    desk, _cids = a_desk()
    async with console(desk, size=size) as drive:
        desk.set_link(phase=LinkPhase.STOPPED, problem="directory")
        await drive.settle()
        assert "STOPPED (Ctrl+R: try again)" in drive.text
        assert words(drive).endswith("is not the one this console knows. Tell a shift lead at once.")


async def test_nobody_is_said_to_be_there_while_the_link_is_lost() -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2")
        desk.talk.set_peer(first, here=True)
        await drive.settle()
        assert "● is here" in drive.text
        desk.set_link(phase=LinkPhase.RECONNECTING, problem="network")
        await drive.settle()
        assert "is here" not in drive.text.replace("if the visitor is here", "")
        assert "? no connection" in drive.text


async def test_a_note_that_was_refused_stands_in_the_note_again() -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2", "ctrl+n")
        await drive.write("two children")
        await drive.press("enter", "ctrl+n")
        await drive.write("and a dog")
        await drive.press("escape")
        desk.emit(Change(notices=(Notice("failed", first, code="storage", what="noted", text="two children"),)))
        await drive.settle()
        assert words(drive).startswith("NOTE NOT KEPT: The relay cannot store anything")
        await drive.press("ctrl+n")
        assert drive.app.screen.query_one(Composer).text == "two children\nand a dog"


async def test_a_full_disk_is_told_before_the_alerts() -> None:
    desk, _cids = a_desk()
    async with console(desk) as drive:
        await drive.press("f2")
        desk.add("somebody new")
        desk.set_link(disk="the disk is full")
        await drive.settle()
        assert "disk takes nothing: the disk is full. What you type is in memory only." in words(drive)
        assert "1 ALERT" in drive.text


@pytest.mark.parametrize("size", WIDTHS)
async def test_a_long_answer_has_a_second_line_and_gives_it_back(size: tuple[int, int]) -> None:
    desk, _cids = a_desk()
    async with console(desk, size=size) as drive:
        height = drive.app.duty._status.region.height
        assert height == 1
        await drive.press("enter", "enter", "x", "enter")
        assert words(drive).endswith("kept as a draft.")
        await drive.seconds(60)
        assert drive.app.duty._status.region.height == height
