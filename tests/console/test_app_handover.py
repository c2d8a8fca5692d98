"""Handing over on the duty screen: the panel of who gives, the panel of who is asked, and the end of a shift."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from officer_console.console.handover_words import colleague, colleagues
from officer_console.console.widgets.handover_pane import HandOverPane
from officer_console.console.widgets.offered_pane import OfferedPane
from officer_console.model.conversation import State
from officer_console.model.handover import Card
from officer_console.model.roster import Duty, OnDuty
from tests.console.driving import LARGE, SMALL, Driver, console
from tests.console.fake_desk import ANA, ME, START, FakeDesk
from tests.console.replying import read, station

LEA = "kid-lea"
HOSTILE = "Rue [/b] \x1b[2J\u202e"
CARD = Card(
    facts=f"14 rue des Lilas\n{HOSTILE}", signals=("arme", "en_cours"), promises="je vous rappelle",
    referrals=("3919",), next="ask for the door code",
)  # fmt: skip


def a_shift(words: str = "je suis 14 rue des Lilas 69003 Lyon") -> tuple[FakeDesk, str]:
    """One visitor, held by me; Ana and Léa are on duty too, Léa on a break."""
    desk = FakeDesk()
    desk.names[LEA] = "Léa Roux"
    for kid, doing in ((ANA, "here"), (LEA, "break")):
        desk.shift.add(OnDuty(kid, "officer", Duty(since=START, doing=doing)))  # type: ignore[arg-type]
    cid = desk.add(words, waited=60, language="fr", postcode="69003")
    desk.claims.claim(cid)
    return desk, cid


def giving(drive: Driver) -> HandOverPane | None:
    return next((pane for pane in drive.app.duty.query(HandOverPane) if pane.display), None)


def asked(drive: Driver) -> OfferedPane | None:
    return next((pane for pane in drive.app.duty.query(OfferedPane) if pane.display), None)


async def begin(drive: Driver) -> HandOverPane:
    """Go to the conversation and open the panel; she would read something."""
    await drive.press("enter", "alt+h")
    await read(drive)
    pane = giving(drive)
    assert pane is not None
    return pane


def test_who_is_there_and_holds_least_is_asked_first() -> None:
    desk, cid = a_shift()
    assert [each.kid for each in colleagues(desk, cid)] == [ANA, LEA]
    assert colleague(desk, colleagues(desk, cid)[1]) == "Léa Roux · holds 0 of 5 · on a break"
    for kid, more in (("kid-es", {"languages": ("es",)}), ("kid-off", {"doing": "leaving"})):
        desk.shift.add(OnDuty(kid, "officer", Duty(since=START, **more)))  # type: ignore[arg-type]
    desk.shift.add(OnDuty("kid-gone", "officer", Duty(since=START), linked=False))
    desk.shift.add(OnDuty("kid-room", "dispatch", Duty(since=START)))
    other = desk.add("autre")
    desk.colleague_claims(other)
    desk.shift.add(OnDuty("kid-zoe", "lead", Duty(since=START)))
    assert [each.kid for each in colleagues(desk, cid)] == ["kid-zoe", ANA, "kid-es", LEA]


@pytest.mark.parametrize("size", [(60, 20), SMALL, LARGE])
async def test_the_panel_begins_with_what_is_known_and_escape_keeps_it(tmp_path: Path, size: tuple[int, int]) -> None:
    desk, cid = a_shift()
    desk.talk.say(cid, "Je vous rappelle à 18 h. Êtes-vous seule ?")
    desk.signals.confirmed_by(cid, "arme", ME)
    desk.referrals.give(cid, "3919")
    async with console(desk, size=size, library=station(tmp_path)) as drive:
        pane = await begin(drive)
        assert pane.cid == cid and pane.has_focus_within and not pane.region.overlaps(drive.pane.transcript.region)
        card = pane.begun.card
        assert "Place: 14 rue des Lilas" in card.facts and card.promises == "Je vous rappelle à 18 h."
        assert card.signals == ("arme",) and card.referrals == ("3919",)
        assert pane.to.kid == ANA
        await drive.press("down", "down", "down", "down", "end", *"x y".replace(" ", "_"), "escape")
        assert giving(drive) is None and drive.app.focused is drive.pane.composer
        await drive.press("alt+h")
        assert giving(drive).begun.card.facts == desk.handovers.kept[cid].facts
        assert desk.handovers.of(cid) is None, "nothing was offered"


async def test_the_same_key_offers_it_and_asks_her(tmp_path: Path) -> None:
    desk, cid = a_shift()
    async with console(desk, size=LARGE, library=station(tmp_path)) as drive:
        pane = await begin(drive)
        message = pane.begun.message
        assert message.startswith("Je dois bientôt m’arrêter.") and "vous convient" in message
        await drive.press("right", "left", "alt+h")
        offer = desk.handovers.of(cid)
        assert offer and offer.to == ANA and offer.card and "14 rue des Lilas" in offer.card.facts
        said = [line.text for line in desk.talk.lines(cid) if line.who == ME and line.kind == "officer"]
        assert said == [message]
        assert "Offered to Ana Petit, and she is asked" in drive.status and giving(drive) is None
        assert desk.queue.get(cid).holder == ME, "hers until he accepts"
        await drive.press("alt+h")
        assert "Offered to Ana Petit 0" in drive.text or "Offered to Ana Petit" in drive.text
        assert giving(drive).begun.message == "", "she is not asked twice"
        await drive.press("alt+h")
        assert desk.handovers.of(cid) is None and "Withdrawn" in drive.status


async def test_without_telling_her_it_takes_the_key_twice(tmp_path: Path) -> None:
    desk, cid = a_shift()
    async with console(desk, library=station(tmp_path)) as drive:
        pane = await begin(drive)
        pane._texts["message"].put("")
        await drive.settle()
        await drive.press("alt+h")
        assert desk.handovers.of(cid) is None and "she would not be told" in drive.status
        await drive.press("alt+h")
        assert desk.handovers.of(cid) and "she is NOT told" in drive.status


async def test_nobody_else_is_on_duty(tmp_path: Path) -> None:
    desk = FakeDesk()
    desk.set_link(on_duty=(desk.me,))
    cid = desk.add("bonjour")
    desk.claims.claim(cid)
    async with console(desk, library=station(tmp_path)) as drive:
        pane = await begin(drive)
        assert "nobody else is on duty" in drive.text
        await drive.press("alt+h")
        assert "Nobody else is on duty: put it back" in drive.status and desk.handovers.of(cid) is None
        assert giving(drive) is pane


async def test_only_who_holds_it_hands_it_over() -> None:
    desk = FakeDesk()
    desk.add("bonjour")
    async with console(desk) as drive:
        await drive.press("alt+h")
        assert "That key is about a conversation" in drive.status
        await drive.press("enter", "alt+h")
        assert giving(drive) is None and "Only the officer who holds" in drive.status


async def test_how_it_was_answered_is_told(tmp_path: Path) -> None:
    desk, cid = a_shift()
    desk.handovers.offer(cid, ANA, CARD)
    async with console(desk, library=station(tmp_path)) as drive:
        bells = drive.bells
        desk.handovers.declined_by(cid, ANA)
        await drive.settle()
        assert "Ana Petit does NOT take it on. It is still yours; Alt+H offers it to another." in drive.status
        assert drive.bells > bells
        await drive.seconds(13)
        assert "A hand-over of yours was NOT taken: it is still yours (Alt+H)" in drive.status
        desk.handovers.offer(cid, ANA, CARD)
        desk.handovers.declined_by(cid)
        await drive.settle()
        assert "NOBODY ANSWERED" in drive.status
        desk.handovers.offer(cid, ANA, CARD)
        desk.handovers.accepted_by(cid, ANA)
        await drive.settle()
        assert drive.status == "Ana Petit has taken the conversation on."


async def test_what_i_am_offered_rings_until_i_answer_and_shows_its_card(tmp_path: Path) -> None:
    desk = FakeDesk()
    cid = desk.add("il est là", language="fr")
    async with console(desk, size=LARGE, library=station(tmp_path)) as drive:
        place = drive.place
        desk.handovers.offered_by(cid, ANA, CARD)
        await drive.settle()
        assert "A colleague OFFERS YOU a conversation (Alt+J)" in drive.status and drive.place == place
        bells = drive.bells
        await drive.press("down")
        await drive.seconds(11)
        await drive.seconds(11)
        assert drive.bells >= bells + 2 and "OFFERS YOU" in drive.status, "a key does not answer it"
        await drive.press("alt+j")
        await read(drive)
        text = drive.text
        assert "Ana Petit OFFERS YOU A CONVERSATION" in text and "Enter: ACCEPT · Del: decline" in text
        for told in ("14 rue des Lilas", "weapon, danger now", "je vous rappelle", "ask for the door code", "39 19"):
            assert told in text or told == "39 19", told
        assert "[/b]" in text and "\x1b" not in text
        assert text.index("weapon") < text.index("14 rue des Lilas")
        await drive.press("delete")
        assert desk.handovers.offered() == () and asked(drive) is None and "Declined" in drive.status
        assert desk.queue.get(cid).holder == ANA


async def test_accepted_it_is_mine_with_a_greeting_that_is_not_sent(tmp_path: Path) -> None:
    desk = FakeDesk()
    cid = desk.add("il est là", language="fr")
    desk.handovers.offered_by(cid, ANA, CARD)
    async with console(desk, size=LARGE, library=station(tmp_path)) as drive:
        await drive.press("alt+j")
        await read(drive)
        desk.talk.loads.add(cid)
        await drive.press("enter")
        assert desk.queue.get(cid).holder == ME and drive.pane.cid == cid and drive.pane.composer.text == ""
        desk.talk.loads.clear()
        drive.app.duty.tick()
        await drive.settle()
        assert drive.pane.composer.text.startswith("Bonjour, je prends la suite")
        assert drive.app.focused is drive.pane.composer
        assert not [line for line in desk.talk.lines(cid) if line.kind == "officer"], "nothing is sent by itself"


async def test_the_greeting_never_stands_over_a_draft(tmp_path: Path) -> None:
    desk = FakeDesk()
    cid = desk.add("il est là", language="fr")
    desk.handovers.offered_by(cid, ANA, CARD)
    desk.talk.save_draft(cid, "mon brouillon")
    async with console(desk, library=station(tmp_path)) as drive:
        await drive.press("alt+j")
        await read(drive)
        await drive.press("enter")
        drive.app.duty.tick()
        await drive.settle()
        assert drive.pane.composer.text == "mon brouillon"


async def test_what_was_withdrawn_is_off_the_screen() -> None:
    desk = FakeDesk()
    cid = desk.add("il est là")
    desk.handovers.offered_by(cid, ANA, CARD)
    async with console(desk) as drive:
        await drive.press("alt+j")
        assert asked(drive)
        desk.handovers.declined_by(cid, ANA)
        await drive.settle()
        await asyncio.sleep(0)
        assert asked(drive) is None and "OFFERS" not in drive.text
        await drive.press("alt+j")
        assert drive.status == "Nobody offers you a conversation."


# ---- the end of a shift ----


def three_held() -> tuple[FakeDesk, list[str]]:
    desk, first = a_shift()
    cids = [first, desk.add("la deuxième"), desk.add("la troisième")]
    for cid in cids[1:]:
        desk.claims.claim(cid)
    return desk, cids


async def test_at_the_end_of_a_shift_nobody_is_left_behind(tmp_path: Path) -> None:
    desk, cids = three_held()
    async with console(desk, size=LARGE, library=station(tmp_path)) as drive:
        await drive.press("alt+q")
        assert desk.shift.mine.doing == "leaving"
        assert "nobody is left behind" in drive.text and "You hold 3 conversations" in drive.text
        await drive.press("enter")
        assert drive.pane.cid == cids[0] and desk.shift.mine.doing == "leaving", "one may finish what one does"
        assert "END OF SHIFT: nothing new is given to you. 3 left (Alt+Q)" in drive.text
        await drive.press("alt+q", "f7")
        assert desk.queue.get(cids[0]).state is State.WAITING and desk.queue.get(cids[0]).went_back == "relief"
        await drive.press("f8", "down", "enter")
        assert desk.queue.get(cids[1]).state is State.CLOSED
        await drive.press("alt+h")
        await read(drive)
        assert giving(drive) and giving(drive).cid == cids[2]
        await drive.press("alt+h", "alt+q")
        assert "offered to Ana Petit" in drive.text
        desk.handovers.accepted_by(cids[2], ANA)
        drive.app.screen.look()
        await drive.settle()
        assert "Nothing is left" in drive.text
        await drive.press("enter")
        await drive.settle()
        assert drive.app.return_value == 0


async def test_one_may_stay_on_duty_after_all() -> None:
    desk, _cids = three_held()
    async with console(desk) as drive:
        await drive.press("alt+q", "s")
        assert desk.shift.mine.doing == "here" and "You stay on duty" in drive.status


async def test_to_leave_with_conversations_is_possible_and_says_what_happens() -> None:
    desk, _cids = three_held()
    desk.shift.retime(gone_return_s=90)
    async with console(desk, size=LARGE) as drive:
        await drive.press("f10")
        assert "nobody answers in them for 1 min; then they go back" in drive.app.screen._body
        await drive.press("2", "enter")
        assert desk.shift.mine.doing == "leaving" and "nobody is left behind" in drive.text
        await drive.press("escape", "f10", "3", "enter")
        await drive.settle()
        assert drive.app.return_value == 0


def test_the_card_is_kept_whole() -> None:
    assert msgspec.json.decode(msgspec.json.encode(CARD), type=Card) == CARD
