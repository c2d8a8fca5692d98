"""The card for a complaint, and the request that she be called back."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import Key, Paste

from officer_console.console.leaving import open_matters
from officer_console.model.callback import LIMITS, CallBackRequest
from officer_console.model.transcript import Kind
from tests.console.driving import LARGE, NOTHING, SMALL, Driver, console
from tests.console.fake_desk import FakeDesk
from tests.console.replying import LYON, UNIT, a_talk, card, form, listed, read, station

PHONE = "06 12 34 56 78"


async def opened(drive: Driver, *keys: str) -> None:
    """Take the first visitor, open the card, and press these keys once the directory is there."""
    await drive.press("f2", "alt+d")
    await read(drive)
    await drive.press(*keys)


# the card


async def test_one_key_opens_it_beside_the_transcript_and_escape_puts_it_away() -> None:
    for size in ((60, 20), SMALL, (100, 30), LARGE):
        desk, cid = a_talk("hello there")
        async with console(desk, size=size) as drive:
            await opened(drive)
            pane = card(drive)
            assert pane and pane.cid == cid and pane.has_focus_within
            assert not pane.region.overlaps(drive.pane.transcript.region)
            assert drive.pane.transcript.region.height >= 3
            assert "▶" in drive.text and "hello there" in drive.text.split("Visitor")[-1]
            await drive.press("escape")
            assert card(drive) is None
            assert drive.app.focused is drive.pane.composer


async def test_it_tells_where_how_what_to_bring_and_what_if_she_does_not_want_to() -> None:
    desk, _cid = a_talk()
    async with console(desk) as drive:
        await opened(drive)
        shown = listed(card(drive))
        for words in (
            "Where: any unit must take it", "Writing to the prosecutor", "What to bring", "Samples without a complaint",
            "A medical examination needs no complaint", "The protection order", "Ask for a call back",
            "NEVER say that an online complaint works for violence, nor that it is too late",
        ):  # fmt: skip
            assert words in shown
        assert "Talking to the police as a minor" not in shown


async def test_a_text_of_it_goes_into_the_composer_and_is_not_sent() -> None:
    desk, cid = a_talk()
    async with console(desk) as drive:
        await opened(drive, "right", "enter")
        assert drive.app.focused is drive.pane.composer
        assert "complaint" in drive.pane.composer.text
        assert not [line for line in desk.talk.lines(cid) if line.kind is Kind.OFFICER]
        await drive.press("alt+d", "ctrl+j", "down", "ctrl+j")
        assert card(drive) and drive.pane.composer.text.count("?") >= 1


async def test_sections_are_gone_through_with_the_arrows() -> None:
    desk, _cid = a_talk()
    async with console(desk) as drive:
        await opened(drive)
        pane = card(drive)
        seen = [pane._list.key]
        for _turn in range(4):
            await drive.press("right")
            seen.append(pane._list.key)
        assert seen[:3] == ["complaint-where", "complaint-how", "evidence-certificate"]
        await drive.press("left", "left", "left", "left")
        assert pane._list.key == "complaint-where"


async def test_for_a_minor_what_is_for_minors_comes_first() -> None:
    desk, _cid = a_talk()
    async with console(desk) as drive:
        await opened(drive, "alt+m")
        shown = listed(card(drive))
        assert shown.index("Talking to the police as a minor") < shown.index("Where: any unit")
        assert "119" in shown and "A MINOR" in card(drive).border_title
        await drive.press("alt+m")
        assert "Talking to the police as a minor" not in listed(card(drive))


async def test_the_competent_unit_stands_there_with_its_hours_and_telephone(tmp_path: Path) -> None:
    desk, _cid = a_talk(language="fr", postcode=LYON)
    async with console(desk, library=station(tmp_path, places=True), size=LARGE) as drive:
        await opened(drive)
        shown = listed(card(drive))
        row = next(line for line in shown.splitlines() if UNIT in line)
        for words in ("COMPETENT HERE", "km", "open now", "10 rue Garibaldi", "04 78 00 00 17"):
            assert words in row
        assert "Commissariat de Vienne" in shown and "No local places" not in shown
        await drive.press("down", "down")
        assert "Licence Ouverte 2.0" in drive.text
        await drive.press("enter")
        assert "04 78 00 00 17" in drive.pane.composer.text


async def test_without_places_or_postcode_it_says_so_and_what_to_do(tmp_path: Path) -> None:
    desk, cid = a_talk(language="fr", postcode=LYON)
    async with console(desk) as drive:
        await opened(drive)
        assert "No local places are on this machine. “officer-console referrals import FILE”" in listed(card(drive))
    desk, cid = a_talk()
    async with console(desk, library=station(tmp_path, places=True)) as drive:
        await opened(drive)
        assert "Her postcode is not known" in listed(card(drive))
        assert cid


async def test_a_stations_own_texts_of_the_same_moments_stand_there_too(tmp_path: Path) -> None:
    from tests.console.replying import a_reply

    replies = a_reply("ours", "ours", moment='"complaint"', title='{ en = "Our $desk [x" }')
    desk, _cid = a_talk()
    async with console(desk, library=station(tmp_path, replies=replies), size=LARGE) as drive:
        await opened(drive)
        assert "Our $desk [x" in listed(card(drive))


# the call back


async def test_the_same_key_reads_back_and_then_sends() -> None:
    desk, cid = a_talk()
    async with console(desk, size=LARGE) as drive:
        await opened(drive, "alt+d")
        assert form(drive) and card(drive) is None
        await drive.press(*"Nina", "enter")
        await drive.write(PHONE)
        await drive.press("enter", "enter")
        await drive.write("after 18 h")
        await drive.press("alt+d")
        assert f"NOT SENT YET. Will be passed on: Nina, {PHONE} · after 18 h" in " ".join(drive.text.split())
        assert desk.referrals.callbacks(cid) == ()
        await drive.press("alt+d")
        (seen,) = desk.referrals.callbacks(cid)
        assert seen.request == CallBackRequest(name="Nina", phone=PHONE, when="after 18 h", language="en")
        assert "asked, nobody has taken it yet" in listed(card(drive))
        assert "You asked that she be called back: Nina" in drive.text
        desk.referrals.room_takes(cid)
        await drive.settle()
        assert "TAKEN: she will be called back" in listed(card(drive))
        assert "The room: the call back is taken" in drive.text


async def test_what_is_changed_after_it_was_read_back_is_read_back_again() -> None:
    desk, cid = a_talk()
    async with console(desk) as drive:
        await opened(drive, "alt+d", "enter", *"0612", "alt+d", "3", "alt+d")
        assert desk.referrals.callbacks(cid) == ()
        await drive.press("alt+d")
        assert desk.referrals.callbacks(cid)[0].request.phone == "06123"


async def test_without_a_way_to_reach_her_nothing_is_sent() -> None:
    desk, cid = a_talk()
    async with console(desk) as drive:
        await opened(drive, "alt+d", *"Nina", "alt+d", "alt+d")
        assert desk.referrals.callbacks(cid) == ()
        assert "NOT SENT: a telephone number" in drive.text
        assert drive.app.focused.id == "field-phone"


async def test_escape_loses_nothing_and_leaving_asks() -> None:
    desk, cid = a_talk()
    async with console(desk) as drive:
        await opened(drive, "alt+d", *"Nina", "enter", *"0612", "escape")
        assert card(drive) and form(drive) is None
        await drive.press("escape")
        assert drive.app.focused is drive.pane.composer
        assert sum(map(bool, drive.app.duty.begun.values())) == 1
        assert "a call back" in " ".join(open_matters(desk, 1))
        await drive.press("alt+d", "alt+d")
        assert (form(drive)._request.name, form(drive)._request.phone) == ("Nina", "0612")
        desk.visitor_erases(cid)
        await drive.seconds(1)
        assert form(drive) is None
        assert not any(drive.app.duty.begun.values())


async def test_the_patrols_key_takes_its_place_and_nothing_is_lost() -> None:
    desk, _cid = a_talk()
    async with console(desk) as drive:
        await opened(drive, "alt+d", *"Nina", "f9", "escape", "alt+d", "alt+d")
        assert form(drive)._request.name == "Nina"


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ({"no_room": True}, "No dispatch room belongs to this desk"),
        ({"disk_full": True}, "disk takes nothing"),
        ({"key_ends": 0}, "desk's key has ended"),
    ],
)
async def test_what_hinders_it_is_told_and_it_stays(trouble: dict[str, object], words: str) -> None:
    desk, cid = a_talk()
    async with console(desk, size=LARGE) as drive:
        await opened(drive, "alt+d", "enter", *"0612")
        for name, value in trouble.items():
            setattr(desk, name, value)
        await drive.press("alt+d", "alt+d")
        assert words in drive.status
        assert form(drive)._request.phone == "0612"
        assert desk.referrals.callbacks(cid) == ()


async def test_what_the_relay_refuses_stands_in_the_form_again() -> None:
    desk, cid = a_talk()
    desk.hold_back = True
    async with console(desk, size=LARGE) as drive:
        await opened(drive, "alt+d", "enter", *"0612", "alt+d", "alt+d")
        assert "not yet stored" in listed(card(drive))
        desk.referrals.refuse_all()
        await drive.settle()
        assert "CALL BACK NOT ASKED FOR" in drive.status
        await drive.press("alt+d")
        assert form(drive)._request.phone == "0612"
        assert desk.referrals.callbacks(cid) == ()


async def test_the_competent_unit_is_filled_in(tmp_path: Path) -> None:
    desk, _cid = a_talk(language="fr", postcode=LYON)
    async with console(desk, library=station(tmp_path, places=True)) as drive:
        await opened(drive, "alt+d")
        assert form(drive)._request.unit == f"{UNIT}, Lyon"
        assert not any(drive.app.duty.begun.values())


async def test_hostile_text_in_it_is_one_plain_line() -> None:
    desk, cid = a_talk()
    async with console(desk, size=LARGE) as drive:
        await opened(drive, "alt+d")
        drive.app.post_message(Paste("Nina [/foo]\x1b[2J\nx\u202e" + "y" * 300))
        await drive.settle()
        await drive.press("enter", *"0612", "alt+d")
        assert "\x1b" not in drive.text and "Nina [/foo]␛[2J x" in drive.text
        await drive.press("alt+d")
        assert len(desk.referrals.callbacks(cid)[0].request.name) <= LIMITS["name"]


async def test_a_key_with_alt_is_no_text_though_terminals_send_its_letter() -> None:
    desk, _cid = a_talk()
    async with console(desk) as drive:
        await opened(drive, "alt+d", "enter", *"0612")
        drive.app.post_message(Key("alt+d", "d"))
        await drive.settle()
        assert form(drive)._request.phone == "0612"
        assert "NOT SENT YET" in drive.text


async def test_what_is_typed_at_once_is_typed_there() -> None:
    desk, _cid = a_talk()
    async with console(desk) as drive:
        await opened(drive, "left", *["down"] * 99)
        for key in ("enter", "N", "i", "n", "a"):
            drive.app.post_message(Key(key, key if len(key) == 1 else None))
        await drive.settle()
        await drive.settle()
        assert form(drive)._request.name == "Nina"


def test_the_fake_desk_has_all_that_a_desk_has() -> None:
    from officer_console.client.api import Claims, Desk, Enrolment, PatrolRequests, Referrals, Signals, Talk

    parts = {"talk": Talk, "claims": Claims, "patrols": PatrolRequests, "referrals": Referrals, "signals": Signals}
    desk = FakeDesk()
    missing = _missing(desk, Desk)
    for name, part in {**parts, "enrolment": Enrolment}.items():
        missing += _missing(getattr(desk, name), part)
    assert missing == []


def _missing(fake: object, protocol: type) -> list[str]:
    members = [name for name in vars(protocol) if not name.startswith("_")]
    assert members
    return [name for name in members if not hasattr(fake, name)]
    assert NOTHING.row_files() == []
