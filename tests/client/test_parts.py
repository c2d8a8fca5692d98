"""Sender, live frames, histories, announcements and the lines of a transcript: each by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from officer_console.client.announcer import MAX_NOTICES, Announcer
from officer_console.client.api import Change, Notice, Peer
from officer_console.client.disk import Disk
from officer_console.client.histories import AT_ONCE, Histories
from officer_console.client.outbox import Outbox, Unsent
from officer_console.client.presences import SILENT_MS, Presences
from officer_console.client.sender import CLAIM_MS, Sender
from officer_console.client.transcript import Transcript
from officer_console.model.bodies import Presence
from officer_console.model.transcript import Kind, Line, Status
from officer_console.protocol.commands import Claim, Command, Release, RequestPatrol, Say
from officer_console.protocol.desk_session import Answered
from officer_console.protocol.frames import Past
from officer_console.vault.identity import Identity
from officer_console.vault.local import LocalSeal

from .test_disk import CID, ID, OTHER, message

# ---- the outbox's way to the relay ----


class Relay:
    """Takes commands; answers when told to."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self._answers: list[Callable[[Answered], None]] = []

    def command(self, do: Command, answered: Callable[[Answered], None]) -> bool:
        self.commands.append(do)
        self._answers.append(answered)
        return True

    def answer(self, code: str = "") -> None:
        self._answers.pop(0)(Answered(None, code=code))

    @property
    def sent(self) -> list[str]:
        return [do.env.c if isinstance(do, Say) else type(do).__name__ for do in self.commands]


class Sending:
    """A sender over a real outbox."""

    def __init__(self, folder: Path) -> None:
        self.disk = Disk(folder, LocalSeal(Identity.create(bytes(16))))
        self.outbox, self.relay, self.time = Outbox(self.disk), Relay(), 0
        self.refusals: list[tuple[int, str]] = []
        self.sender = Sender(
            self.outbox, self.relay, self.outbox.remove, self._refused, lambda entry: False, lambda: self.time
        )

    def _refused(self, numbers: list[int], code: str, who: str) -> None:
        self.refusals.append((len(numbers), code))
        self.outbox.remove(*numbers)

    def add(self, *entries: Unsent) -> None:
        for entry in entries:
            self.outbox.add(entry)
        self.sender.pump()


@pytest.fixture
def sending(tmp_path: Path) -> Sending:
    return Sending(tmp_path)


async def test_one_at_a_time_in_a_conversation_and_none_waits_for_another(sending: Sending) -> None:
    sending.sender.linked(True)
    sending.add(message(0), message(1), message(0, OTHER), Unsent(Release(CID, ID)))
    assert sending.relay.sent == ["sealed 0", "sealed 0"]
    sending.relay.answer()
    assert sending.relay.sent[2:] == ["sealed 1"]
    sending.relay.answer()
    sending.relay.answer()
    assert sending.relay.sent[3:] == ["Release"] and len(sending.outbox) == 1
    sending.relay.answer()
    assert len(sending.outbox) == 0


async def test_after_a_lost_link_the_same_bytes_go_out_again(sending: Sending) -> None:
    sending.add(message(0))
    assert sending.relay.sent == []
    for _ in range(2):
        sending.sender.linked(True)
        sending.sender.linked(False)
    assert sending.relay.sent == ["sealed 0", "sealed 0"] and sending.relay.commands[0] == sending.relay.commands[1]


async def test_a_refused_message_takes_the_later_ones_with_it_but_not_the_close(sending: Sending) -> None:
    sending.sender.linked(True)
    sending.add(message(0), message(1), Unsent(Release(CID, ID)), message(5, OTHER))
    sending.relay.answer("full")
    assert sending.refusals == [(2, "full")]
    assert [type(entry.do) for _, entry in sending.outbox] == [Release, Say] and sending.relay.sent[-1] == "Release"


async def test_a_patrol_waits_for_no_message_and_rests_a_second_at_most(
    sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("officer_console.client.sender.AGAIN_S", (0.01, 60.0))
    sending.sender._wait_s = 60.0
    sending.sender.linked(True)
    sending.add(message(0), Unsent(RequestPatrol(CID, ID, "h", "sig", "box", [])))
    assert sending.relay.sent == ["sealed 0", "RequestPatrol"]
    sending.relay.answer("rate")  # the message rests for a minute
    sending.relay.answer("storage")
    async with asyncio.timeout(5):
        while sending.relay.sent.count("RequestPatrol") < 2:
            await asyncio.sleep(0.005)


async def test_what_could_not_be_stored_for_long_rests_for_seconds(sending: Sending) -> None:
    sending.sender.linked(True)
    sending.add(message(0))
    for _ in range(12):
        sending.relay.answer("storage")
        timer = sending.sender._timer
        assert timer is not None and timer.when() - asyncio.get_running_loop().time() < 5
        sending.sender._wake()
    assert len(sending.relay.sent) == 13
    sending.sender.close()


async def test_what_passes_is_tried_again(sending: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("officer_console.client.sender.AGAIN_S", (0.01, 0.02))
    sending.sender._wait_s = 0.01
    sending.sender.linked(True)
    sending.add(message(0))
    sending.relay.answer("storage")
    assert sending.relay.sent == ["sealed 0"]
    async with asyncio.timeout(5):
        while len(sending.relay.sent) < 2:
            await asyncio.sleep(0.002)
    assert sending.refusals == [] and sending.relay.commands[0] == sending.relay.commands[1]
    sending.sender.close()


async def test_what_was_stored_all_the_same_keeps_nothing_waiting(sending: Sending) -> None:
    """Its event comes from the log, and then the relay, which had no answer, refuses it."""
    sending.sender.linked(True)
    sending.add(message(0), message(1))
    (first, _), _ = sending.outbox
    sending.outbox.remove(first)
    sending.relay.answer("storage")
    assert sending.relay.sent == ["sealed 0", "sealed 1"] and sending.sender._timer is None


async def test_an_old_claim_is_not_meant_any_more(sending: Sending) -> None:
    sending.add(Unsent(Claim(CID, ID), at=0))
    sending.time = CLAIM_MS + 1
    sending.sender.linked(True)
    assert (sending.relay.sent, sending.refusals) == ([], [(1, "network")])


# ---- live frames ----


class Frames:
    def __init__(self) -> None:
        self.time, self.sent, self.told = 1_000_000, list[tuple[int, Presence]](), list[str]()
        self.presences = Presences(self._send, self.told.append, lambda: self.time, lambda low, high: low)

    def _send(self, cid: str, presence: Presence) -> None:
        self.sent.append((self.time, presence))

    def at(self, time: int) -> None:
        self.time = 1_000_000 + time
        self.presences._tick()


async def test_one_frame_at_once_then_every_twenty_seconds_and_at_a_change() -> None:
    frames = Frames()
    frames.presences.linked(True)
    frames.presences.hold(CID, True)
    for time in (0, 1000, 19_999, 20_000):
        frames.at(time)
    frames.presences.show(CID, typing=True)
    for time in (20_001, 21_999, 22_000, 22_001):
        frames.at(time)
    assert [time - 1_000_000 for time, _ in frames.sent] == [0, 20_000, 22_000]
    assert [presence.typing for _, presence in frames.sent] == [False, False, True]
    frames.presences.hold(CID, False)
    frames.at(90_000)
    assert len(frames.sent) == 3 and frames.presences._timer is None


async def test_no_frame_without_a_link_or_a_held_conversation() -> None:
    frames = Frames()
    frames.presences.show(CID, typing=True)
    frames.presences.hold(CID, True)
    frames.at(50_000)
    assert frames.sent == [] and frames.presences._timer is None


async def test_the_visitor_is_there_until_she_is_silent_or_gone() -> None:
    frames = Frames()
    frames.presences.heard(CID, Presence(ts=0, typing=True))
    assert frames.presences.peer(CID) == Peer() and frames.told == []  # not ours
    frames.presences.hold(CID, True)
    frames.presences.heard(CID, Presence(ts=0, typing=True, read=2))
    assert frames.presences.peer(CID) == Peer(typing=True, here=True, read=2)
    frames.presences.quiet(CID)
    assert not frames.presences.peer(CID).typing and frames.presences.peer(CID).here
    frames.at(SILENT_MS - 1)
    assert frames.presences.peer(CID).here
    frames.at(SILENT_MS)
    assert frames.presences.peer(CID) == Peer(read=2) and frames.told == [CID, CID]
    frames.presences.close()


# ---- histories ----


def test_a_few_histories_at_a_time_and_the_urgent_one_at_once() -> None:
    asked: list[str] = []
    histories = Histories(asked.append)
    for n in range(AT_ONCE + 3):
        histories.want(f"c{n}")
    assert asked == []
    histories.linked(True)
    assert len(asked) == AT_ONCE and histories.loading("c9")
    histories.want("now", urgent=True)
    assert asked[-1] == "now"
    assert histories.part(Past("c0", [], False)) is None and histories.part(Past("c0", [], True)) == []
    assert not histories.loading("c0")
    histories.want("c0")
    assert "c0" not in asked[1:]
    histories.forget("c0")
    histories.want("c0")
    assert histories.loading("c0")
    assert histories.part(Past("unasked", [], True)) is None


async def test_what_the_relay_could_not_give_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given up, it would stay closed before the officer who has just taken the conversation."""
    monkeypatch.setattr("officer_console.client.histories.AGAIN_S", 0.01)
    asked: list[str] = []
    histories = Histories(asked.append)
    histories.linked(True)
    histories.want("a")
    assert histories.part(Past("a", [], False)) is None
    histories.refused("a")
    histories.want("a")
    assert asked == ["a"] and histories.loading("a")
    async with asyncio.timeout(5):
        while len(asked) < 2:
            await asyncio.sleep(0.005)
    assert histories.part(Past("a", [], True)) == [] and not histories.loading("a")


def test_what_was_not_answered_is_asked_again() -> None:
    asked: list[str] = []
    histories = Histories(asked.append)
    histories.linked(True)
    histories.want("a")
    histories.linked(False)
    assert histories.loading("a")
    histories.linked(True)
    assert asked == ["a", "a"]
    histories.end("a")
    assert not histories.loading("a")


# ---- announcements ----


async def test_changes_are_gathered_and_the_loop_sleeps_when_there_are_none() -> None:
    announcer, told = Announcer(), list[tuple[float, Change]]()
    loop = asyncio.get_running_loop()
    announcer.conversation("unheard")
    end = announcer.subscribe(lambda change: told.append((loop.time(), change)))
    stop = loop.time() + 0.3
    while loop.time() < stop:
        announcer.conversation("a")
        announcer.conversation("b", order=True)
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        while announcer._timer is not None:
            await asyncio.sleep(0.01)
    assert 2 <= len(told) <= 12 and told[0][1].cids >= {"a"} and any(change.queue for _, change in told)
    assert not any(change.link for _, change in told)
    end()
    announcer.close()


async def test_what_the_officer_did_is_told_at_once_in_a_flood() -> None:
    announcer, told = Announcer(), list[Change]()
    announcer.subscribe(told.append)
    for n in range(50):
        announcer.conversation(f"c{n}")
        await asyncio.sleep(0)
    paced = len(told)
    announcer.conversation("mine")
    announcer.hurry()
    for _ in range(3):
        await asyncio.sleep(0)
    assert len(told) == paced + 1 and "mine" in told[-1].cids
    announcer.close()


async def test_notices_are_told_once_each_and_not_without_end() -> None:
    announcer, told = Announcer(), list[Change]()
    announcer.subscribe(told.append)
    for n in range(MAX_NOTICES + 50):
        announcer.notice(Notice("arrived", f"c{n}"))
    async with asyncio.timeout(5):
        while not told:
            await asyncio.sleep(0.005)
    assert len(told[0].notices) == MAX_NOTICES and len(told[0].cids) == MAX_NOTICES + 50
    announcer.close()


# ---- lines ----


def line(key: str, kind: Kind, seq: int = 0, text: str = "", status: Status = Status.STORED) -> Line:
    return Line(key, kind, 1, seq, "me", text, status=status)


def test_an_own_line_changes_where_it_stands() -> None:
    transcript = Transcript()
    transcript.pend(line("me.0", Kind.OFFICER, text="a", status=Status.PENDING))
    transcript.pend(line("me.0", Kind.OFFICER, text="a", status=Status.PENDING))
    transcript.put(line("v.0", Kind.VISITOR, 1))
    transcript.put(line("me.0", Kind.OFFICER, 2, "a"))
    assert [(each.key, each.status) for each in transcript.lines] == [("me.0", "stored"), ("v.0", "stored")]
    assert transcript.read_by_visitor(1) and not transcript.read_by_visitor(1)
    assert transcript.lines[0].status is Status.READ


def test_what_was_read_before_it_came_back_is_read() -> None:
    transcript = Transcript()
    transcript.read_by_visitor(1)
    transcript.put(line("me.0", Kind.OFFICER, 1))
    transcript.put(line("me.1", Kind.OFFICER, 2))
    assert [each.status for each in transcript.lines] == [Status.READ, Status.STORED]


def test_a_failed_line_leaves_its_number_to_the_next() -> None:
    transcript = Transcript()
    transcript.pend(line("me.0", Kind.OFFICER, text="a", status=Status.PENDING))
    transcript.fail("me.0")
    transcript.fail("nobody")
    transcript.pend(line("me.0", Kind.OFFICER, text="b", status=Status.PENDING))
    assert [(each.text, each.status) for each in transcript.lines] == [("a", "failed"), ("b", "pending")]
    assert len({each.key for each in transcript.lines}) == 2


def test_a_relay_that_uses_an_id_twice_gets_two_keys() -> None:
    transcript = Transcript()
    transcript.put(line("x", Kind.CLAIMED, 1))
    transcript.put(line("x", Kind.CLAIMED, 2))
    assert [each.key for each in transcript.lines] == ["x", "x@2"]


def test_unread_counts_the_visitor_only() -> None:
    transcript = Transcript()
    for seq, kind in enumerate([Kind.ABOUT, Kind.VISITOR, Kind.OFFICER, Kind.VISITOR, Kind.LEFT], 1):
        transcript.put(line(f"k{seq}", kind, seq))
    assert [transcript.unread(mark) for mark in (0, 1, 2, 3, 4)] == [2, 2, 1, 1, 0]
    assert [transcript.first_unread(mark) for mark in (0, 2, 4)] == [1, 3, None]
