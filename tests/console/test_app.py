"""What an officer may rely on: focus, texts, drafts, alerts, the lock, what is said when something fails."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import msgspec
import pytest
from textual.worker import WorkerCancelled

from officer_console.client.api import Change, LinkPhase, Notice
from officer_console.config import load
from officer_console.console.keymap import keymap_from
from officer_console.console.screens.ask import Ask
from officer_console.console.screens.lock import Lock
from officer_console.model.conversation import State
from officer_console.model.patrol import TOLD, PatrolRequest
from officer_console.model.transcript import Kind, Status
from tests.console.driving import LARGE, SMALL, Driver, a_desk, console
from tests.console.fake_claims import FakeClaims
from tests.console.fake_desk import ANA, ME, FakeDesk

# nothing that arrives moves anything


def something_happens(desk: FakeDesk, chance: random.Random) -> None:
    """One thing of all that can come from outside."""
    cids = [conversation.cid for conversation in desk.queue]  # type: ignore[attr-defined]
    cid = chance.choice(cids)
    state = desk.queue.get(cid).state
    happenings = [
        lambda: desk.add(f"new {chance.random()}", waited=chance.randrange(500)),
        lambda: desk.visitor_says(cid, "word " * chance.randrange(1, 60)),
        lambda: desk.visitor_leaves(cid, chance.choice(["goodbye", "exit", "closed", "lost"])),
        lambda: desk.visitor_returns(cid),
        lambda: desk.talk.set_peer(cid, typing=chance.random() < 0.5, here=chance.random() < 0.5),
        lambda: desk.set_link(phase=chance.choice(list(LinkPhase)), unsent=chance.randrange(3), problem="network"),
        lambda: desk.talk.trouble(cid, chance.choice([Kind.MISSING, Kind.REFUSED, Kind.SEALED])),
        lambda: desk.emit(Change(notices=(Notice(chance.choice(["taken", "left", "returned"]), cid, who=ANA),))),
        lambda: desk.enrolment.newcomer_asks(f"kid-{chance.random()}"),
        lambda: desk.pass_time(chance.randrange(30)),
        lambda: desk.patrols.colleague_asks(cid, PatrolRequest(place="12 rue des Lilas")),
    ]
    if desk.queue.get(cid).cases:
        happenings.append(lambda: desk.patrols.room_tells(cid, chance.choice(sorted(TOLD)), words="which door?"))
    if state is State.WAITING:
        happenings.append(lambda: desk.colleague_claims(cid))
    if state is not State.ERASED:
        chance.choice(happenings)()


@pytest.mark.parametrize(("seed", "size"), [(0, SMALL), (1, SMALL), (2, LARGE)])
async def test_nothing_that_arrives_moves_the_focus_or_touches_the_text(seed: int, size: tuple[int, int]) -> None:
    chance = random.Random(seed)
    desk, cids = a_desk()
    desk.talk.fill_lines(cids[0], 50)
    async with console(desk, size=size) as drive:
        await drive.press("f2", "f2", "f5")
        await drive.press("ctrl+j", "ctrl+j", "ctrl+j", "ctrl+j", "up")
        written = ""
        for letter in "is he in the same room":
            await drive.press("space" if letter == " " else letter)
            written += letter
            place, screen = drive.place, drive.app.screen
            for _ in range(8):
                something_happens(desk, chance)
            await drive.seconds(1)
            assert drive.place == place
            assert drive.app.screen is screen
        assert drive.pane.composer.text == f"\n\n\n{written}\n"
        assert drive.app.duty.panes.shown == [cids[1], cids[0]]


async def test_the_queues_cursor_stays_on_its_conversation() -> None:
    desk, cids = a_desk()
    async with console(desk) as drive:
        await drive.press("down")
        desk.add("older", waited=900)
        desk.colleague_claims(cids[0])
        await drive.settle()
        assert drive.app.duty.queue.cursor_cid == cids[1]
        assert drive.app.focused is drive.app.duty.queue


async def test_a_visitor_who_leaves_throws_nobody_out() -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2")
        await drive.write("are you")
        place = drive.place
        for how, words in [
            ("goodbye", "said goodbye"),
            ("exit", "leave at once"),
            ("closed", "closed the page"),
            ("lost", "network lost"),
        ]:
            desk.visitor_leaves(first, how)
            await drive.settle()
            assert words in drive.text
            assert drive.place == place


async def test_an_erased_conversation_is_gone_and_the_pane_stays() -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2")
        await drive.write("draft about her")
        focused = drive.app.focused
        desk.visitor_erases(first)
        await drive.settle()
        assert drive.app.focused is focused
        assert "bathroom" not in drive.text
        assert "draft about her" not in drive.text
        assert "erased" in drive.text
        await drive.write("x")
        assert drive.pane.composer.text == ""


# what is written


async def test_each_conversation_has_its_own_draft() -> None:
    desk, (first, second, _third) = a_desk()
    desk.talk.save_draft(second, "from yesterday")
    async with console(desk) as drive:
        await drive.press("f2")
        await drive.write("for the first")
        assert desk.talk.draft(first) == "for the first"
        await drive.press("f2")
        assert drive.pane.composer.text == "from yesterday"
        await drive.write("!")
        await drive.press("f3")
        assert drive.pane.cid == first
        assert drive.pane.composer.text == "for the first"
        assert desk.talk.draft(second) == "from yesterday!"


async def test_undo_never_brings_the_text_of_another_conversation() -> None:
    desk, (_first, second, _third) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2")
        await drive.write("secret of the first")
        await drive.press("f2", "ctrl+z", "ctrl+z", "ctrl+v")
        assert drive.pane.cid == second
        assert drive.pane.composer.text == ""


async def test_cut_text_stays_in_the_console(monkeypatch: pytest.MonkeyPatch) -> None:
    desk, _cids = a_desk()
    async with console(desk) as drive:
        written: list[str] = []
        monkeypatch.setattr(drive.app._driver, "write", written.append)
        await drive.press("f2")
        await drive.write("her address")
        await drive.press("shift+home", "ctrl+x")
        assert drive.pane.composer.text == ""
        await drive.press("ctrl+v")
        assert drive.pane.composer.text == "her address"
        assert not any("\x1b]52" in bytes_ for bytes_ in written)


async def test_alt_and_a_letter_is_no_letter() -> None:
    """Terminals send the letter along."""
    from textual.events import Key

    desk, _cids = a_desk()
    async with console(desk) as drive:
        await drive.press("f2")
        for key, letter in (("alt+a", "a"), ("alt+z", "z")):
            drive.app.post_message(Key(key, letter))
        await drive.settle()
        assert drive.pane.composer.text == ""


async def test_what_one_does_not_hold_keeps_the_text_as_a_draft() -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("enter")
        await drive.write("hello")
        await drive.press("enter")
        assert drive.pane.composer.text == "hello"
        assert desk.talk.draft(first) == "hello"
        assert "Take it first (Ctrl+T)" in drive.status
        await drive.press("ctrl+t", "enter")
        assert desk.talk.lines(first)[-1].text == "hello"


async def test_a_colleagues_conversation_cannot_be_written_in() -> None:
    desk, (first, *_others) = a_desk()
    desk.colleague_claims(first)
    async with console(desk) as drive:
        await drive.press("end", "enter")
        await drive.write("hello")
        await drive.press("enter")
        assert desk.talk.lines(first)[-1].kind is Kind.CLAIMED
        assert "Only the officer who holds it can write" in drive.status
        assert "held by Ana Petit" in drive.text


async def test_a_full_disk_keeps_the_text_and_says_so() -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2")
        desk.disk_full = True
        await drive.write("hello")
        await drive.press("enter")
        assert drive.pane.composer.text == "hello"
        assert "disk is full" in drive.status
        desk.disk_full = False
        await drive.press("enter")
        assert desk.talk.lines(first)[-1].text == "hello"


async def test_too_long_a_text_stays() -> None:
    desk, _cids = a_desk()
    async with console(desk) as drive:
        await drive.press("f2")
        drive.pane.composer.insert("é" * 8001)
        await drive.press("enter")
        assert len(drive.pane.composer.text) == 8001
        assert "too long" in drive.status


async def test_enter_on_nothing_sends_nothing() -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2")
        count = len(desk.talk.lines(first))
        await drive.press("enter", "space", "enter")
        assert len(desk.talk.lines(first)) == count


async def test_what_is_typed_right_after_enter_is_not_lost() -> None:
    """Keys that are in the queue already when the message is sent."""
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2")
        await drive.pilot.press(*"one", "enter", *"two", "enter", *"three")
        await drive.settle()
        assert [line.text for line in desk.talk.lines(first)[-2:]] == ["one", "two"]
        assert drive.pane.composer.text == "three"


async def test_a_message_not_yet_stored_is_marked_and_the_link_says_so() -> None:
    desk, (first, *_others) = a_desk()
    desk.hold_back = True
    async with console(desk) as drive:
        await drive.press("f2")
        await drive.write("hello")
        await drive.press("enter")
        assert desk.talk.lines(first)[-1].status is Status.PENDING
        desk.set_link(unsent=1)
        await drive.settle()
        assert "1 not yet stored" in drive.text
        desk.talk.store_all()
        desk.set_link(unsent=0)
        await drive.settle()
        assert "not yet stored" not in drive.text


async def test_a_refused_message_comes_back_into_the_composer() -> None:
    desk, (_first, *_others) = a_desk()
    desk.hold_back = True
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2")
        await drive.write("hello")
        await drive.press("enter")
        desk.talk.refuse_all("storage")
        await drive.settle()
        assert drive.pane.composer.text == "hello"
        assert "The relay cannot store anything" in drive.status
        assert drive.status.endswith("in the draft again.") or drive.status.endswith("stands in the draft.")
        assert drive.bells == 1


async def test_a_refused_message_comes_to_the_end_of_what_is_being_written() -> None:
    desk, (first, *_others) = a_desk()
    desk.hold_back = True
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2")
        await drive.write("one")
        await drive.press("enter")
        await drive.write("three")
        desk.talk.save_draft(first, "three\none")  # as the desk does; its change has not been told yet
        await drive.press("left", "x")
        assert drive.pane.composer.text == "threxe\none"
        assert desk.talk.draft(first) == "threxe\none"


async def test_a_claim_that_is_not_answered_yet_is_told() -> None:
    class FarClaims(FakeClaims):
        def claim(self, cid: str) -> None:
            pass

        def take_next(self) -> str | None:
            return next(desk.queue.waiting()).cid

    desk = FakeDesk()
    desk.claims = FarClaims(desk)
    cid = desk.add("hello")
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2")
        assert "Not yours yet: the relay has not answered" in drive.text
        await drive.write("hi")
        await drive.press("enter")
        assert drive.pane.composer.text == "hi"
        assert drive.status.startswith("Not yours yet")
        FakeClaims.claim(desk.claims, cid)
        await drive.press("enter")
        assert desk.talk.lines(cid)[-1].text == "hi"


async def test_the_visitor_sees_that_one_is_writing_until_one_stops() -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2")
        desk.talk.typings.clear()
        await drive.press("a")
        assert desk.talk.typings[-1] == (first, True)
        await drive.press("backspace")
        assert desk.talk.typings[-1] == (first, False)
        await drive.press("a", "enter")
        assert desk.talk.typings[-1] == (first, False)


# pasting


async def paste(drive: Driver, text: str) -> None:
    from textual.events import Paste

    drive.app.post_message(Paste(text))
    await drive.settle()


async def test_one_line_is_pasted_at_the_cursor() -> None:
    desk, _cids = a_desk()
    async with console(desk) as drive:
        await drive.press("f2", "a", "b", "left")
        await paste(drive, "one line\r")
        assert drive.pane.composer.text == "aone lineb"


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
async def test_several_lines_are_asked_about_and_never_send(end: str) -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2")
        count = len(desk.talk.lines(first))
        await paste(drive, end.join(f"line {n}" for n in range(9)))
        assert isinstance(drive.app.screen, Ask)
        assert "9 lines were pasted:" in drive.text
        assert "… and 3 more" in drive.text
        await drive.press("escape")
        assert drive.pane.composer.text == ""
        await paste(drive, end.join("abc"))
        await drive.press("enter")
        assert drive.pane.composer.text == "a\nb\nc"
        assert len(desk.talk.lines(first)) == count


async def test_too_long_a_paste_is_refused() -> None:
    desk, _cids = a_desk()
    async with console(desk) as drive:
        await drive.press("f2")
        await paste(drive, "x" * 16_001)
        assert "16001 bytes are more than a message can hold" in drive.text
        await drive.press("enter")
        assert drive.pane.composer.text == ""


# alerts


async def test_someone_new_is_told_until_a_key_in_the_queue() -> None:
    desk, _cids = a_desk()
    async with console(desk, config={"alert_repeat_s": 10}) as drive:
        await drive.press("f2")
        desk.add("a fourth one")
        await drive.settle()
        assert drive.bells == 1
        assert "▲ 1 ALERT" in drive.text
        assert "Someone new is waiting (F2 takes the next)" in drive.text
        await drive.seconds(9)
        assert drive.bells == 1
        await drive.seconds(1)
        assert drive.bells == 2
        await drive.write("not in the queue")
        assert "▲ 1 ALERT" in drive.text
        await drive.press("escape", "down")
        assert "ALERT" not in drive.text
        await drive.seconds(30)
        assert drive.bells == 2


async def test_an_answer_stands_a_while_and_then_the_alert_comes_back() -> None:
    desk, _cids = a_desk()
    async with console(desk) as drive:
        await drive.press("f2")
        desk.add("a fourth one")
        await drive.press("alt+t")
        assert drive.status == "Colours: paper"
        await drive.seconds(5)
        assert drive.status == "Colours: paper"
        await drive.seconds(1)
        assert "Someone new is waiting" in drive.status


async def test_what_is_written_elsewhere_is_told_until_it_is_on_screen() -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2", "f2")
        desk.visitor_says(first, "please")
        await drive.settle()
        assert (drive.bells, "A visitor of yours has written (F3)" in drive.text) == (1, True)
        await drive.press("f3")
        await drive.seconds(60)
        assert (drive.bells, "ALERT" in drive.text) == (1, False)


async def test_what_is_written_on_screen_rings_only_for_who_is_away() -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2")
        desk.visitor_says(first, "one")
        await drive.settle()
        assert drive.bells == 0
        await drive.seconds(6)
        desk.visitor_says(first, "two")
        await drive.settle()
        assert drive.bells == 1
        assert "ALERT" not in drive.text


async def test_without_a_bell_the_words_stay() -> None:
    desk, _cids = a_desk()
    async with console(desk, config={"bell": False}) as drive:
        await drive.press("f2")
        desk.add("a fourth one")
        await drive.settle()
        assert (drive.bells, "▲ 1 ALERT" in drive.text) == (0, True)


async def test_the_loser_of_a_claim_is_told_who_won() -> None:
    desk, (first, second, _third) = a_desk()
    async with console(desk) as drive:
        desk.claims.rival = ANA
        await drive.press("f2")
        assert desk.queue.get(first).holder == ANA
        assert drive.pane.cid == second
        assert drive.status == "Ana Petit took that conversation before you. F3 goes to yours."


async def test_a_visitor_who_writes_after_the_close_comes_back_loudly() -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2", "f8", "1", "enter")
        desk.visitor_says(first, "he is back")
        await drive.settle()
        assert desk.queue.get(first).state is State.WAITING
        assert "▲ 1 ALERT" in drive.text


# the link


async def test_the_link_line_tells_the_truth() -> None:
    desk, _cids = a_desk()
    async with console(desk) as drive:
        desk.set_link(last_beat=desk.now() - 3000)
        await drive.settle()
        assert "● connected, heartbeat 3 s ago" in drive.text
        await drive.seconds(8)
        assert "NO HEARTBEAT for 11 s" in drive.text
        desk.set_link(phase=LinkPhase.RECONNECTING, since=desk.now(), retry_at=desk.now() + 4000)
        await drive.settle()
        assert "NOT CONNECTED for 0 s, next try in 4 s (Ctrl+R: now)" in drive.text


async def test_heartbeats_are_counted_by_this_machines_clock() -> None:
    """The relay's clock is an hour ahead."""
    desk, _cids = a_desk()
    own = desk.now() - 3_600_000
    async with console(desk) as drive:
        desk.set_link(skew=3_600_000, last_beat=own - 2000)
        await drive.settle()
        assert "heartbeat 2 s ago" in drive.text


# the lock


async def test_the_screen_locks_itself_when_nobody_is_there() -> None:
    desk, _cids = a_desk()
    async with console(desk, config={"lock_after_min": 3}) as drive:
        await drive.press("f2")
        await drive.seconds(179)
        assert not isinstance(drive.app.screen, Lock)
        await drive.press("a")
        await drive.seconds(179)
        assert not isinstance(drive.app.screen, Lock)
        await drive.seconds(1)
        assert isinstance(drive.app.screen, Lock)


async def test_the_screen_never_locks_itself_at_zero_minutes(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[console]\nlock_after_min = 0\n")
    desk, _cids = a_desk()
    async with console(desk, config=msgspec.structs.asdict(load(tmp_path / "config.toml").console)) as drive:
        await drive.seconds(100_000)
        assert drive.app.screen is drive.app.duty


async def test_behind_the_lock_nothing_counts_as_read_and_alerts_ring() -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2", "ctrl+l")
        desk.visitor_says(first, "are you there")
        await drive.seconds(1)
        assert desk.talk.unread(first) == 1
        assert drive.bells == 1
        assert "are you there" not in drive.text
        assert "1 visitor waits for your answer" in drive.text
        await drive.press("enter")
        assert "are you there" in drive.text
        await drive.seconds(1)
        assert desk.talk.unread(first) == 0
        assert "ALERT" not in drive.text


async def test_the_lock_asks_for_the_passphrase_where_there_is_one() -> None:
    desk, _cids = a_desk()
    async with console(desk, unlock=lambda word: word == "open") as drive:
        await drive.press("ctrl+l")
        await drive.write("wrong")
        await drive.press("enter")
        assert isinstance(drive.app.screen, Lock)
        assert "That is not the passphrase" in drive.text
        assert "wrong" not in drive.text
        await drive.write("open")
        await drive.press("enter")
        assert drive.app.screen is drive.app.duty


async def test_the_locked_console_can_be_left() -> None:
    desk, _cids = a_desk()
    async with console(desk, unlock=lambda word: False) as drive:
        await drive.press("ctrl+l", "f10")
        assert not drive.app.is_running


# starting and leaving


async def test_problems_of_the_settings_are_told_once_as_a_plain_list() -> None:
    desk, _cids = a_desk()
    keymap, problems = keymap_from({"lock": "f9", "[/bold]": "f2"})
    async with console(desk, keymap=keymap, problems=tuple(problems)) as drive:
        assert isinstance(drive.app.screen, Ask)
        assert "lock: F9 belongs to patrol already" in drive.text
        assert "[/bold]: there is no such command" in drive.text
        await drive.press("enter")
        assert drive.app.screen is drive.app.duty


async def test_the_demos_page_is_in_the_header_and_on_the_welcome_panel() -> None:
    desk, _cids = a_desk()
    async with console(desk, page="http://127.0.0.1:41234") as drive:
        assert drive.text.count("http://127.0.0.1:41234") == 2
        await drive.press("f2")
        assert drive.text.count("http://127.0.0.1:41234") == 1


async def test_leaving_waits_until_the_desk_has_written_everything() -> None:
    import asyncio

    class SlowDesk(FakeDesk):
        flushed = False

        async def run(self) -> None:
            try:
                await super().run()
            finally:
                await asyncio.sleep(0.05)
                self.flushed = True

    desk = SlowDesk()
    async with console(desk) as drive:
        await drive.press("f10")
        with contextlib.suppress(WorkerCancelled):  # how the desk's own ends
            await drive.app.workers.wait_for_complete()
        assert desk.flushed
    assert desk._told == []


SIZES = [(40, 15), (60, 20), SMALL, (119, 40), LARGE]


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_can_be_worked_in(size: tuple[int, int]) -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk, size=size) as drive:
        assert "waiting" in drive.text
        await drive.press("f2")
        await drive.write("hello there")
        assert "hello there" in drive.text
        assert "WRITING HERE" in drive.text
        assert drive.pane.transcript.region.height >= 2
        await drive.press("enter")
        assert desk.talk.lines(first)[-1].text == "hello there"


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("size", SIZES[1:])
async def test_two_conversations_fit_where_they_may_be_shown(size: tuple[int, int], turned: bool) -> None:
    desk, _cids = a_desk()
    config = {"split": "vertical" if turned else "horizontal"}
    async with console(desk, size=size, config=config) as drive:
        await drive.press("f2", "f2", "f5")
        for pane in drive.app.duty.panes.all:
            assert pane.composer.region.height >= 2
            assert pane.transcript.region.height >= 1
            assert drive.app.screen.region.contains_region(pane.region)
        assert "2 · WRITING HERE" in drive.text
        assert "1 · reading" in drive.text
        assert drive.app.duty.queue.region.height >= 4


async def test_a_small_terminal_says_that_there_is_no_room_for_two() -> None:
    desk, _cids = a_desk()
    async with console(desk, size=SIZES[0]) as drive:
        await drive.press("f2", "f2", "f5")
        assert len(drive.app.duty.panes.all) == 1
        assert drive.status.startswith("Two conversations need")


async def test_the_conversation_says_which_one_it_is_without_colour() -> None:
    desk, _cids = a_desk()
    async with console(desk) as drive:
        await drive.press("f2")
        assert "┏━ 1 · WRITING HERE" in drive.text
        await drive.press("escape")
        assert "╭─ 1 · reading" in drive.text
        assert "┏━ CHOOSING HERE" in drive.text
        assert desk.queue.get(_cids[0]).holder == ME
