"""The picker: one key opens it beside the transcript; what is chosen goes into the composer and is never sent."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Static

from officer_console.console.keymap import keymap_from
from officer_console.console.screens.close import Close
from officer_console.model.bodies import OUTCOMES
from officer_console.model.patrol import PatrolRequest
from officer_console.model.transcript import Kind
from officer_console.referrals.library import Library, open_library
from tests.console.driving import LARGE, NOTHING, SMALL, Driver, a_desk, console
from tests.console.fake_desk import ANA
from tests.console.replying import CFCV, a_reply, a_talk, listed, opened, picker, read, station

MOST_KEYS = 4

# opened, and put away


@pytest.mark.parametrize("keys", [(), ("ctrl+f",), ("pageup",)], ids=["composer", "search", "transcript"])
@pytest.mark.parametrize("key", ["f12", "alt+r"])
async def test_one_key_opens_it_from_a_conversation_and_escape_puts_it_away(key: str, keys: tuple[str, ...]) -> None:
    desk, cid = a_talk()
    async with console(desk) as drive:
        await drive.press("f2", *keys)
        before = drive.app.focused
        await drive.press(key)
        pane = picker(drive)
        assert pane and pane.cid == cid
        assert drive.app.focused is pane.typed
        await drive.press("escape")
        assert picker(drive) is None
        assert drive.app.focused is before
        assert drive.app.duty.queue.display


async def test_it_hides_nothing_of_what_was_written() -> None:
    for size in ((60, 20), SMALL, (100, 30), LARGE):
        desk, _cid = a_talk("hello there")
        async with console(desk, size=size) as drive:
            await opened(drive)
            pane = picker(drive)
            assert pane
            assert not pane.region.overlaps(drive.pane.transcript.region)
            assert drive.pane.transcript.region.height >= 3
            assert drive.app.screen.region.contains_region(pane.region)
            assert "hello there" in drive.text.split("Visitor")[-1]
            assert "▶" in drive.text


async def test_without_a_conversation_it_says_so() -> None:
    desk, _cids = a_desk()
    async with console(desk) as drive:
        await drive.press("f12")
        assert picker(drive) is None
        assert "go to one first" in drive.status


async def test_the_patrols_key_takes_its_place_and_escape_goes_back_to_the_text() -> None:
    desk, _cid = a_talk("14 rue des Lilas 69003 Lyon")
    async with console(desk) as drive:
        await drive.press("f2", "f12", "f9")
        assert picker(drive) is None
        assert drive.app.duty.dock.panel.border_title.startswith("PATROL")
        await drive.press("escape")
        assert drive.app.focused is drive.pane.composer
        assert drive.app.duty.queue.display


async def test_nothing_that_arrives_moves_the_choice_or_the_focus() -> None:
    desk, cid = a_talk()
    async with console(desk) as drive:
        await opened(drive, "down")
        before = drive.app.focused, picker(drive)._list.key, listed(picker(drive))
        desk.visitor_says(cid, "he has a knife")
        desk.add("somebody else")
        await drive.seconds(2)
        assert (drive.app.focused, picker(drive)._list.key, listed(picker(drive))) == before


async def test_it_goes_when_nothing_is_left_of_the_conversation() -> None:
    desk, cid = a_talk()
    async with console(desk) as drive:
        await opened(drive)
        desk.visitor_erases(cid)
        await drive.seconds(1)
        assert picker(drive) is None


# typed, found, put in


async def test_a_referral_is_in_the_composer_after_four_keys() -> None:
    desk, cid = a_talk()
    async with console(desk) as drive:
        await opened(drive)
        keys = ("c", "f", "enter")
        assert len(keys) <= MOST_KEYS
        await drive.press(*keys)
        assert CFCV in drive.pane.composer.text
        assert drive.app.focused is drive.pane.composer
        assert picker(drive) is None
        assert desk.talk.draft(cid) == drive.pane.composer.text
        assert not [line for line in desk.talk.lines(cid) if line.kind is Kind.OFFICER]  # never sends by itself


@pytest.mark.parametrize("typed", ["prelev", "samples", "SAMPLES", "sampels", "échantillons"])
async def test_codes_words_accents_and_a_typo_find_it(typed: str) -> None:
    desk, _cid = a_talk()
    async with console(desk) as drive:
        await opened(drive)
        await drive.write(typed)
        found = listed(picker(drive))
        assert "Samples without a complaint" in found or typed.startswith("é")


async def test_keys_that_come_in_one_rush_go_where_they_are_meant() -> None:
    desk, _cid = a_talk()
    async with console(desk) as drive:
        await drive.press("f2", "a")
        for turn in range(2):  # the first time the directory is not even there
            for key in ("b", "f12", "c", "f", "c", "v", "enter", "Z"):
                drive.app.post_message(events.Key(key, key if len(key) == 1 else None))
            while drive.pane.composer.text.count("Z") != turn + 1:
                await asyncio.sleep(0.02)
        await drive.settle()
        text = drive.pane.composer.text
        assert text.startswith("ab To talk about rape")
        assert text.count(CFCV) == 2
        assert text.endswith("Z")


async def test_it_is_put_in_at_the_cursor_and_undo_takes_it_out() -> None:
    desk, _cid = a_talk()
    async with console(desk) as drive:
        await drive.press("f2", *"ab", "left")
        await drive.press("f12")
        await read(drive)
        await drive.press(*"cfcv", "enter")
        text = drive.pane.composer.text
        assert text.startswith("a To talk") and text.endswith("b")
        await drive.press("!")
        assert "too.!b" in drive.pane.composer.text
        await drive.press("ctrl+z", "ctrl+z")
        assert drive.pane.composer.text == "ab"


async def test_several_can_be_put_into_one_message() -> None:
    desk, _cid = a_talk()
    async with console(desk) as drive:
        await opened(drive, *"cfcv", "ctrl+j")
        assert picker(drive) and drive.app.focused is picker(drive).typed
        await drive.press(*(["backspace"] * 4), *"3919", "alt+enter", "escape")
        assert CFCV in drive.pane.composer.text and "3919" in drive.pane.composer.text


async def test_suggestions_come_first_each_with_its_reason_and_are_taken_by_number() -> None:
    desk, _cid = a_talk("the children are afraid, he hit me")
    async with console(desk) as drive:
        await opened(drive)
        shown = listed(picker(drive)).splitlines()
        assert shown[0].strip().startswith("Suggested")
        assert [("in the last message: " in line) for line in shown[1:4]] == [True] * 3
        assert drive.pane.composer.text == ""  # never inserted by themselves
        await drive.press("alt+2")
        assert "119" in drive.pane.composer.text


async def test_while_one_types_the_first_row_is_what_was_typed() -> None:
    desk, _cid = a_talk("the children are afraid")
    async with console(desk) as drive:
        await opened(drive, *"cfcv")
        assert "Suggested" not in listed(picker(drive))
        assert listed(picker(drive)).splitlines()[0].startswith("cfcv")


async def test_what_is_for_others_is_left_out_until_it_is_asked_for(tmp_path: Path) -> None:
    replies = a_reply("only-french", "seulfr", title='{ fr = "Zebre" }', text='{ fr = "Texte." }')
    desk, _cid = a_talk()
    async with console(desk, library=station(tmp_path, replies=replies)) as drive:
        await opened(drive, *"zebre")
        assert "Nothing is found" in listed(picker(drive))
        await drive.press("f12")
        assert "Zebre IN FRENCH" in listed(picker(drive))
        await drive.press("enter")
        assert drive.pane.composer.text == "Texte."


async def test_lines_tell_whether_they_are_open_and_what_they_cost() -> None:
    desk, _cid = a_talk()
    async with console(desk) as drive:  # a Monday at 3 in the morning in Paris
        await opened(drive, *"119")
        assert "open now free" in listed(picker(drive))
        await drive.press(*(["backspace"] * 3), *"cfcv")
        assert "opens today at 10:00 free" in listed(picker(drive))


async def test_expired_and_unreviewed_texts_and_uncertain_lines_are_marked(tmp_path: Path) -> None:
    replies = a_reply("old-one", "zzold", expires_on="2025-01-01") + a_reply("good-one", "zzgood")
    desk, _cid = a_talk()
    async with console(desk, library=station(tmp_path, replies=replies), size=LARGE) as drive:
        await opened(drive, *"zz")
        shown = listed(picker(drive))
        assert "old-one EXPIRED" in shown and "EXPIRED" in drive.text
        assert "good-one EXPIRED" not in shown and "UNREVIEWED" not in shown
        await drive.press("backspace", "backspace", *"cfcv")
        assert "UNREVIEWED" in listed(picker(drive)) and "TO BE CHECKED" in listed(picker(drive))
        await drive.press(*(["backspace"] * 4), *"gams")
        assert "UNCERTAIN" in listed(picker(drive))


async def test_the_station_hears_once_of_what_it_wrote_wrongly(tmp_path: Path) -> None:
    desk, _cid = a_talk()
    library = station(tmp_path, replies=a_reply("bad", "b") + a_reply("fine", "zzfine"))
    async with console(desk, library=library, size=LARGE) as drive:
        await opened(drive, *"zzfine")
        assert "1 entry of the station's own files can't be used" in drive.status
        assert "templates.toml: bad: code" in drive.status
        await drive.press("enter", "f12")
        assert "station's own" not in drive.status


async def test_a_stations_texts_are_never_markup_nor_control(tmp_path: Path) -> None:
    rows = """
[[referral]]
id = "evil"
name = "Zevil [/foo] $text %s [@click=app.quit]x"
kind = "helpline"
phone = "3949"
hours = "24/7"
confidence = "high"
"""
    replies = a_reply("evil-one", "zzevil", title='{ en = "Zevil [/bar" }', text='{ en = "Keep $calm \\u001b[2J" }')
    replies += a_reply("evil-two", "zztwo", text='{ en = "Open [/foo and $x \\\\x1b" }')
    desk, _cid = a_talk()
    async with console(desk, library=station(tmp_path, rows, replies), size=LARGE) as drive:
        await opened(drive, *"zevil")
        assert "Zevil [/foo] $text %s [@click=app.quit]x" in drive.text
        await drive.press("enter")
        assert "[@click=app.quit]x" in drive.pane.composer.text
        await drive.press("f12", *"zztwo")
        assert "Open [/foo and $x" in drive.text
        assert "\x1b" not in drive.text


async def test_it_is_not_read_before_it_is_needed() -> None:
    calls: list[int] = []

    def library() -> Library:
        calls.append(1)
        return open_library(NOTHING)

    desk, _cid = a_talk()
    async with console(desk, library=library) as drive:
        await drive.press("f2", *"hello", "enter")
        assert calls == []
        await drive.press("f12")
        await read(drive)
        await drive.press("escape", "f12", "escape", "/")
        assert calls == [1]


async def test_a_directory_that_cannot_be_read_hinders_nothing_else() -> None:
    def library() -> Library:
        raise OSError(5, "Input/output error")

    desk, cid = a_talk()
    async with console(desk, library=library, size=LARGE) as drive:
        await drive.press("f2", "f12", *"ab", "enter")
        while "can't be read" not in drive.status:
            await asyncio.sleep(0.01)
        await drive.settle()
        assert "The directory can't be read: Input/output error" in drive.text
        assert picker(drive).typed.value == "ab"
        await drive.press("escape", *"hello", "enter")
        assert desk.talk.lines(cid)[-1].text == "hello"


async def test_its_key_can_be_another() -> None:
    keymap, problems = keymap_from({"replies": "alt+y"})
    assert problems == []
    desk, _cid = a_talk()
    async with console(desk, keymap=keymap) as drive:
        await drive.press("f2", "alt+y")
        await read(drive)
        assert picker(drive) and "Alt+Y: all languages" in drive.text


# short codes


async def write(drive: Driver, text: str) -> None:
    """As a person types: one key after the other, not in a rush."""
    for char in text:
        await drive.press({" ": "space", "/": "slash", "\t": "tab"}.get(char, char))
        drive.pane.composer._last_key = 0


@pytest.mark.parametrize("end", [" ", "\t"])
async def test_a_short_code_in_the_composer_expands_and_undo_brings_back_what_was_typed(end: str) -> None:
    desk, cid = a_talk()
    async with console(desk) as drive:
        await drive.press("f2")
        await write(drive, "/")
        await read(drive)
        await write(drive, f"cfcv{end}")
        text = drive.pane.composer.text
        assert text.startswith("To talk about rape") and text.endswith(end.strip("\t") or "too.")
        assert drive.app.focused is drive.pane.composer
        assert desk.talk.draft(cid) == text
        await drive.press("ctrl+z")
        assert drive.pane.composer.text == f"/cfcv{end}".rstrip("\t")


async def test_a_code_typed_before_the_directory_was_read_expands_then() -> None:
    desk, _cid = a_talk()
    async with console(desk) as drive:
        await drive.press("f2")
        await write(drive, "/cfcv ")
        await read(drive)
        assert CFCV in drive.pane.composer.text


@pytest.mark.parametrize("typed", ["14/2 ", "et/ou ", "/nothing ", "/ cfcv ", "//cfcv ", "cfcv ", "/cfcv. "])
async def test_other_slashes_stay_as_they_are(typed: str) -> None:
    desk, _cid = a_talk()
    async with console(desk) as drive:
        await opened(drive, "escape")
        await write(drive, typed.replace(".", "x"))
        assert drive.pane.composer.text == typed.replace(".", "x")


async def test_what_is_pasted_never_expands() -> None:
    desk, _cid = a_talk()
    async with console(desk) as drive:
        await opened(drive, "escape")
        drive.app.post_message(events.Paste("/cfcv "))
        await drive.settle()
        assert drive.pane.composer.text == "/cfcv "
        for char in " /cfcv ":  # into a terminal that does not mark what is pasted
            drive.app.post_message(events.Key({" ": "space", "/": "slash"}.get(char, char), char))
        await drive.settle()
        assert drive.pane.composer.text == "/cfcv  /cfcv "


# given


async def test_a_referral_is_recorded_when_it_is_sent_and_not_offered_again() -> None:
    desk, cid = a_talk("he raped me")
    async with console(desk, size=LARGE) as drive:
        await opened(drive, *"cfcv", "enter")
        assert desk.referrals.given(cid) == ()  # a draft is nothing that she has
        await drive.press("enter")
        assert desk.referrals.given(cid) == ("cfcv",)
        assert "You gave a referral: Viols Femmes Informations" in drive.text
        await drive.press("f12")
        assert "cfcv " not in "\n".join(listed(picker(drive)).splitlines()[:4])
        await drive.press(*"cfcv")
        assert "GIVEN" in listed(picker(drive))


async def test_what_was_taken_out_again_was_not_given() -> None:
    desk, cid = a_talk()
    async with console(desk) as drive:
        await opened(drive, *"cfcv", "enter", "ctrl+z", *"ok", "enter")
        await drive.press(*"hello", "enter")
        assert [line.text for line in desk.talk.lines(cid) if line.kind is Kind.OFFICER] == ["ok", "hello"]
        assert desk.referrals.given(cid) == ()


async def test_a_code_records_what_it_gives_too() -> None:
    desk, cid = a_talk()
    async with console(desk) as drive:
        await opened(drive, "escape")
        await write(drive, "/cfcv ")
        await drive.press("enter")
        assert desk.referrals.given(cid) == ("cfcv",)


async def test_that_it_could_not_be_recorded_is_told_and_the_message_is_sent() -> None:
    desk, cid = a_talk()
    desk.referrals.refuse_given = "desk_key"
    async with console(desk, size=LARGE) as drive:
        await opened(drive, *"cfcv", "enter", "enter")
        assert drive.pane.composer.text == ""
        assert "Your message is on its way. That it gives Viols Femmes" in drive.status
        assert desk.referrals.given(cid) == ()


async def test_a_colleagues_referral_has_its_name_once_the_directory_is_read() -> None:
    desk, cid = a_talk()
    desk.colleague_claims(cid)
    desk.referrals.lines_given[cid] = ["3919"]
    desk.append(cid, ANA, _referred(), line=Kind.REFERRED, text="3919")
    async with console(desk, size=LARGE) as drive:
        await drive.press("enter")
        await read(drive)
        assert "Ana Petit gave a referral: 3919 Violences Femmes Info" in drive.text


def _referred() -> object:
    from officer_console.model.events import Referred

    return Referred()


# closing


async def chosen(drive: Driver) -> str:
    """The outcome that is chosen when the question comes up."""
    await drive.press("f8")
    assert isinstance(drive.app.screen, Close)
    at = drive.app.screen._outcomes.highlighted
    return "" if at is None else OUTCOMES[at]


async def test_a_referral_fills_the_outcome_and_enter_confirms_it() -> None:
    desk, cid = a_talk()
    async with console(desk) as drive:
        await opened(drive, *"cfcv", "enter", "enter", "f12", *"3919", "enter", "enter")
        assert await chosen(drive) == "referred"
        shown = " ".join(drive.text.split())
        assert "2 referrals were given" in shown and "Viols Femmes" in shown and "3919" in shown
        await drive.press("enter")
        assert desk.queue.get(cid).outcome == "referred"


async def test_a_patrol_that_was_accepted_goes_before_a_referral() -> None:
    desk, cid = a_talk()
    async with console(desk) as drive:
        await opened(drive, *"cfcv", "enter", "enter")
        desk.patrols.asks(cid, PatrolRequest(place="12 rue des Lilas"), desk.me)
        desk.patrols.room_tells(cid, "delivered")
        assert await chosen(drive) == "referred"
        await drive.press("escape")
        desk.patrols.room_tells(cid, "accepted")
        assert await chosen(drive) == "patrol"
        why = str(drive.app.screen.query_one("#proposed", Static).render())
        assert "the room accepted a patrol; 1 referral was given" in why


async def test_without_either_no_outcome_is_chosen() -> None:
    desk, _cid = a_talk()
    async with console(desk) as drive:
        await drive.press("f2", *"hello", "enter")
        assert await chosen(drive) == ""
        assert "Chosen already" not in drive.text


async def test_another_outcome_can_be_chosen_all_the_same() -> None:
    desk, cid = a_talk()
    async with console(desk) as drive:
        await opened(drive, *"cfcv", "enter", "enter", "f8", "1", "enter")
        assert desk.queue.get(cid).outcome == "advised"
