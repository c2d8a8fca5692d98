"""The danger signals: what an officer confirms, and where it is seen then."""

from __future__ import annotations

import pytest

from officer_console.console.signal_words import signal_name, signals_told
from officer_console.console.widgets.signal_pane import SignalPane
from officer_console.model.signals import SIGNALS
from tests.console.driving import LARGE, SMALL, Driver, console
from tests.console.fake_desk import ANA, FakeDesk
from tests.console.replying import a_talk, listed

KNIFE = "he has a knife [/b] \x1b[2J"


def signals(drive: Driver) -> SignalPane | None:
    """The panel, when it is open."""
    return next((pane for pane in drive.app.duty.query(SignalPane) if pane.display), None)


async def test_one_key_opens_it_beside_the_transcript_and_escape_puts_it_away() -> None:
    for size in ((60, 20), SMALL, LARGE):
        desk, cid = a_talk("hello there")
        async with console(desk, size=size) as drive:
            await drive.press("f2", "alt+s")
            pane = signals(drive)
            assert pane and pane.cid == cid and pane.has_focus_within
            assert "DANGER SIGNALS" in drive.text and "danger now" in drive.text
            assert not pane.region.overlaps(drive.pane.transcript.region)
            await drive.press("escape")
            assert signals(drive) is None
            assert drive.app.focused is drive.pane.composer


async def test_all_stand_there_in_plain_words_the_gravest_first() -> None:
    desk, _cid = a_talk()
    async with console(desk) as drive:
        await drive.press("f2", "alt+s")
        rows = listed(signals(drive)).splitlines()
        assert [row.strip() for row in rows[1:]] == [signal_name(signal) for signal in SIGNALS]


async def test_nothing_is_confirmed_that_was_not_pointed_at() -> None:
    desk, cid = a_talk()
    async with console(desk) as drive:
        await drive.press("f2", "alt+s", "enter")
        desk.visitor_says(cid, "are you there")
        await drive.settle()
        await drive.press("enter")
        assert desk.signals.of(cid) == ()
        assert "Choose a signal" in drive.status


async def test_enter_confirms_the_chosen_one_for_the_visitors_last_message() -> None:
    desk, cid = a_talk()
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2")
        desk.visitor_says(cid, KNIFE)
        desk.talk.say(cid, "Where is he?")
        await drive.press("alt+s", "down", "down")
        assert "Enter confirms “weapon”. Nothing takes it back." in drive.text
        await drive.press("enter")
        (seen,) = desk.signals.of(cid)
        message = next(line for line in desk.talk.lines(cid) if line.key == seen.message)
        assert (seen.signal, seen.by, message.text.startswith("he has a knife [/b]")) == ("arme", desk.me, True)
        assert "nothing takes it back" in drive.status and "\x1b" not in drive.text
        assert "⚠ You confirmed a danger signal: weapon" in drive.text
        assert "⚠ weapon" in drive.pane.details.render().plain
        first, then = listed(signals(drive)).splitlines()[:2]
        assert first.strip() == "Confirmed" and then.startswith("⚠ yes weapon: You, ")
        assert "“he has a knife [/b]" in signals(drive)._text.render().plain
        await drive.press("enter")
        assert "confirmed already" in drive.status and len(desk.signals.of(cid)) == 1


async def test_what_a_colleague_confirmed_stands_there_with_her_name() -> None:
    desk, cid = a_talk()
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2", "alt+s")
        desk.names[ANA] = "Ana [/x]"
        desk.signals.confirmed_by(cid, "enfants", ANA)
        desk.signals.confirmed_by(cid, "arme", ANA)
        await drive.settle()
        rows = listed(signals(drive)).splitlines()
        assert "weapon: Ana [/x], " in rows[1] and "children: Ana [/x], " in rows[2]
        assert "Ana [/x] confirmed a danger signal: children" in drive.text
        assert "⚠ weapon, children" in drive.pane.details.render().plain
        assert drive.app.duty.shelf.signals(cid) == ("enfants", "arme")


async def test_a_message_that_comes_does_not_move_what_is_pointed_at() -> None:
    desk, cid = a_talk()
    async with console(desk) as drive:
        await drive.press("f2", "alt+s", "down", "down")
        desk.signals.confirmed_by(cid, "coups", ANA)
        desk.visitor_says(cid, "he is shouting")
        await drive.settle()
        assert signals(drive)._list.key == "arme" and signals(drive).has_focus_within
        await drive.press("enter")
        assert desk.signals.of(cid)[-1].message == desk.talk.lines(cid)[-2].key


async def test_while_nobody_has_it_an_officer_may_confirm_but_not_in_a_colleagues() -> None:
    desk, cid = a_talk()
    async with console(desk, size=LARGE) as drive:
        await drive.press("enter", "alt+s", "down", "enter")
        assert [each.signal for each in desk.signals.of(cid)] == ["en_cours"]
        desk.colleague_claims(cid)
        await drive.settle()
        await drive.press("down", "enter")
        assert len(desk.signals.of(cid)) == 1
        assert "Only the officer who holds the conversation" in drive.status


@pytest.mark.parametrize(
    ("trouble", "words"), [({"disk_full": True}, "disk takes nothing"), ({"key_ends": 0}, "desk's key has ended")]
)
async def test_what_hinders_it_is_told(trouble: dict[str, object], words: str) -> None:
    desk, cid = a_talk()
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2", "alt+s", "down")
        for name, value in trouble.items():
            setattr(desk, name, value)
        await drive.press("enter")
        assert words in drive.status and desk.signals.of(cid) == ()


async def test_what_the_relay_refuses_is_told_and_is_not_confirmed() -> None:
    desk, cid = a_talk()
    desk.hold_back = True
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2", "alt+s", "down", "enter")
        assert "danger now: You, not yet stored" in listed(signals(drive))
        desk.signals.refuse_all()
        await drive.settle()
        assert "SIGNAL NOT CONFIRMED" in drive.status and desk.signals.of(cid) == ()


async def test_the_reply_that_is_suggested_follows_what_was_confirmed() -> None:
    desk, cid = a_talk("hello there")
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2")
        desk.signals.confirmed_by(cid, "enfants", ANA)
        await drive.press("f12")
        while drive.app.duty.shelf.library is None:
            await drive.settle()
        assert "confirmed: children" in drive.text


async def test_keys_that_are_typed_at_once_are_typed_there() -> None:
    from textual.events import Key

    desk, cid = a_talk()
    async with console(desk) as drive:
        await drive.press("f2", *"draft")
        for key in ("alt+s", "down", "enter"):
            drive.app.post_message(Key(key, None))
        await drive.settle()
        await drive.settle()
        assert drive.pane.composer.text == "draft"
        assert [each.signal for each in desk.signals.of(cid)] == ["en_cours"]


def test_a_line_names_few_of_them_and_says_how_many_more() -> None:
    desk = FakeDesk()
    cid = desk.add("hello")
    for signal in ("coups", "enfants", "arme", "animaux", "unheard_of"):
        desk.signals.confirmed_by(cid, signal, ANA)
    assert signals_told(desk, cid) == "⚠ weapon, children, blows, +2"
    assert signals_told(desk, "nobody") == ""
