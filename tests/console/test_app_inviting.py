"""A shift lead takes somebody into the desk from the console."""

from __future__ import annotations

import pytest

from officer_console.client.api import Change, Notice
from officer_console.console.screens.ask import Ask
from officer_console.vault.statements import MemberRole
from tests.console.driving import LARGE, SMALL, Driver, a_desk, console
from tests.console.fake_desk import FakeDesk
from tests.console.fake_enrolment import FakeEnrolment

LONG = "oc1." + "0123456789abcdef" * 8


class LongInvitations(FakeEnrolment):
    """They are as long as real ones."""

    def invite(self, role: MemberRole) -> str:
        super().invite(role)
        return LONG


def a_lead() -> FakeDesk:
    """The desk of a lead whose invitations are as long as real ones."""
    desk = FakeDesk(role="lead")
    desk.enrolment = LongInvitations(desk)
    return desk


def pasted(drive: Driver) -> str:
    """The command on the screen, as a shell takes it from the terminal's clipboard."""
    lines = drive.text.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("officer-console enrol"))
    end = next(n for n in range(start, len(lines)) if lines[n].endswith('"'))
    return "\n".join(lines[start : end + 1])


@pytest.mark.parametrize("size", [(60, 20), SMALL, LARGE])
async def test_an_invitation_can_be_copied_from_the_terminal(size: tuple[int, int]) -> None:
    async with console(a_lead(), size=size) as drive:
        await drive.press("alt+i", "2", "enter")
        command, _space, rest = pasted(drive).partition(' "')
        assert command == "officer-console enrol"
        assert "".join(rest.removesuffix('"').split()) == LONG


@pytest.mark.parametrize(("key", "role"), [("2", "officer"), ("3", "trainer"), ("4", "dispatch"), ("5", "wall")])
async def test_the_role_is_chosen_and_the_time_told(key: str, role: str) -> None:
    desk = FakeDesk(role="lead")
    async with console(desk) as drive:
        await drive.press("alt+i")
        assert "Only the desk's root key makes" in " ".join(drive.text.split())
        await drive.press(key, "enter")
        assert desk.enrolment.invited == [role]
        assert 'officer-console enrol "oc1.invitation-1"' in drive.text
        assert "Good until" in drive.text


async def test_escape_loses_no_invitation_and_an_old_one_goes() -> None:
    desk = FakeDesk(role="lead")
    async with console(desk, size=LARGE, config={"lock_after_min": 0}) as drive:
        await drive.press("alt+i", "2", "enter", "escape", "alt+i", "6", "enter")
        assert "oc1.invitation-1" in drive.text
        assert desk.enrolment.invited == ["officer"]
        await drive.press("escape")
        await drive.seconds(3600)
        await drive.press("alt+i")
        assert "Show again" not in drive.text


async def test_who_asks_is_told_rings_and_is_let_in_after_comparing() -> None:
    desk, _cids = a_desk(role="lead")
    async with console(desk, config={"alert_repeat_s": 10}) as drive:
        await drive.press("f2")
        await drive.write("half a")
        place = drive.place
        desk.enrolment.newcomer_asks()
        await drive.settle()
        assert drive.place == place
        assert drive.status == "▲ Somebody asks to join the desk (Alt+I)"
        assert drive.bells == 1
        await drive.seconds(10)
        assert drive.bells == 2
        await drive.press("alt+i")
        assert "Zoé Roche asks to join" in drive.text
        await drive.press("2", "enter")
        assert "4Q7F N2K8 9RTC 0V3H X6MD" in drive.text
        await drive.press("2", "enter")
        assert desk.enrolment.newcomers == ()
        assert drive.status == "Zoé Roche belongs to the desk now."
        assert drive.place == place
        await drive.seconds(30)
        assert "ALERT" not in drive.text


@pytest.mark.parametrize("keys", [("escape",), ("1", "enter")])
async def test_who_is_not_let_in_yet_goes_on_waiting(keys: tuple[str, ...]) -> None:
    desk = FakeDesk(role="lead")
    async with console(desk) as drive:
        desk.enrolment.newcomer_asks()
        await drive.press("alt+i", "2", "enter", *keys)
        assert drive.app.screen is drive.app.duty
        assert len(desk.enrolment.newcomers) == 1
        await drive.press("alt+i")
        assert "Zoé Roche asks to join" in drive.text


async def test_who_was_not_invited_is_turned_away() -> None:
    desk = FakeDesk(role="lead")
    async with console(desk) as drive:
        desk.enrolment.newcomer_asks()
        await drive.press("alt+i", "2", "enter", "3", "enter")
        assert desk.enrolment.newcomers == ()
        assert desk.name("kid-zoe") == "kid-zoe"
        assert drive.status == "Zoé Roche was turned away; that invitation is void."


async def test_who_has_gone_in_the_meantime_is_told() -> None:
    desk = FakeDesk(role="lead")
    async with console(desk, size=LARGE) as drive:
        desk.enrolment.newcomer_asks()
        await drive.press("alt+i", "2", "enter")
        desk.enrolment.newcomers = ()
        await drive.press("2", "enter")
        assert drive.status.startswith("The invitation is not valid any more.")
        assert drive.app.screen is drive.app.duty


async def test_the_alert_goes_when_nobody_asks_any_more() -> None:
    desk = FakeDesk(role="lead")
    async with console(desk) as drive:
        desk.enrolment.newcomer_asks()
        await drive.settle()
        assert "1 ALERT" in drive.text
        desk.enrolment.turn_away("kid-zoe")
        await drive.settle()
        assert "ALERT" not in drive.text


async def test_who_could_not_be_let_in_is_told_loudly() -> None:
    desk = FakeDesk(role="lead")
    desk.names["kid-zoe"] = "Zoé Roche"
    async with console(desk, size=LARGE) as drive:
        desk.emit(Change(newcomers=True, notices=(Notice("not_joined", "", "kid-zoe", "directory"),)))
        await drive.settle()
        assert drive.status.startswith("Zoé Roche was not let in. The relay's list of officers")
        assert drive.bells == 1


async def test_a_question_is_never_put_by_what_arrives() -> None:
    desk = FakeDesk(role="lead")
    async with console(desk) as drive:
        desk.enrolment.newcomer_asks()
        await drive.settle()
        assert not isinstance(drive.app.screen, Ask)
