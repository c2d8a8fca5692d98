"""The desk without a relay: what it refuses, what it keeps when the disk or the link is gone."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from officer_console.client.api import KEY_SHORT_MS, LinkPhase, Notice
from officer_console.client.desk import OfficerDesk
from officer_console.client.disk import MAX_DRAFT
from officer_console.client.outbox import Outbox
from officer_console.errors import UserError
from officer_console.model.events import Claimed, Event, Said
from officer_console.model.transcript import Kind, Status
from officer_console.protocol.commands import Say
from officer_console.protocol.frames import Happened
from officer_console.protocol.refusals import Refused
from officer_console.vault.statements import DAY

from .paper import ABOUT, NOW, Log, Paper, PaperVisitor
from .scripted import ScriptedRelay, Talk

PAPER = Paper()
WAIT_S = 5


class Alone:
    """An officer's desk that holds one conversation and was told of it; `now` is both clocks, in s."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self.folder = folder
        self.log = Log()
        self.visitor = PaperVisitor(PAPER, self.log)
        self.cid = self.visitor.cid
        self.visitor.say(ABOUT, "au secours")
        self.log.add(self.cid, "claim", PAPER.officer.kid, Claimed())
        self.desk = self.opened("http://127.0.0.1:9")
        self.hear(*self.log.events)

    def opened(self, url: str) -> OfficerDesk:
        return OfficerDesk(url, PAPER.officer, self.folder, lambda chain: None, lambda: self.now * 1000, os.urandom)

    def hear(self, *events: Event) -> None:
        for event in events:
            self.desk._hearing.happened(event)
        self.desk._store.caught_up()  # it was connected before

    def query_only(self, on: bool) -> None:
        """The disk takes nothing any more, or does again."""
        self.desk._disk._db.execute(f"PRAGMA query_only={'ON' if on else 'OFF'}")


@pytest.fixture
async def alone(tmp_path: Path) -> Alone:
    return Alone(tmp_path)


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(WAIT_S):
        while not holds():
            await asyncio.sleep(0.002)


# ---- the desk's key ----


async def test_without_a_key_in_force_nothing_is_sealed_and_the_reason_has_its_own_name(alone: Alone) -> None:
    assert alone.desk.key_ends == (NOW + 7 * DAY) * 1000
    assert alone.desk.key_ends - alone.desk.now() > KEY_SHORT_MS
    alone.now = NOW + 7 * DAY
    assert alone.desk.key_ends == 0
    for command in (
        lambda: alone.desk.talk.note(alone.cid, "x"),
        lambda: alone.desk.claims.close_conversation(alone.cid, "other"),
    ):
        with pytest.raises(Refused, match="desk_key"):
            command()
    assert alone.desk.link.unsent == 0
    alone.desk.talk.say(alone.cid, "je suis là")  # needs the conversation's key only
    assert alone.desk.link.unsent == 1


@pytest.mark.parametrize("text", ["", "  \n", "é" * 8001])
async def test_what_cannot_be_sent_is_refused_before_the_outbox(alone: Alone, text: str) -> None:
    for command in (alone.desk.talk.say, alone.desk.talk.note):
        with pytest.raises(ValueError, match=r"empty|too long"):
            command(alone.cid, text)
    assert alone.desk.link.unsent == 0


# ---- numbers ----


async def test_the_number_of_a_refused_message_goes_to_the_next_one(alone: Alone) -> None:
    """The two before it are stored, but their events have not come yet."""
    for word in ("un", "deux", "trois", "quatre"):
        alone.desk.talk.say(alone.cid, word)
    numbers = [number for number, _ in alone.desk._outbox]
    for number in numbers[:2]:
        alone.desk._answers.done(number)
    alone.desk._answers.refused(numbers[2:], "full", "")
    assert alone.desk.talk.draft(alone.cid) == "trois\nquatre"
    alone.desk.talk.say(alone.cid, "cinq")
    assert [entry.header().n for _, entry in alone.desk._outbox] == [2]


async def test_other_words_under_its_number_give_a_message_back(alone: Alone) -> None:
    """What was stored of another console, or of an earlier life of this one, does not stand for what waits here."""
    alone.desk.talk.say(alone.cid, "un")
    ((number, first),) = list(alone.desk._outbox)
    alone.desk._outbox.remove(number)
    record = alone.desk._store.record(alone.cid)
    record.taken = -1
    for word in ("deux", "trois"):
        alone.desk.talk.say(alone.cid, word)
    assert isinstance(first.do, Say)
    alone.hear(alone.log.add(alone.cid, first.event_id, PAPER.officer.kid, Said(first.do.env)))
    assert alone.desk.talk.draft(alone.cid) == "deux\ntrois" and alone.desk.link.unsent == 0
    alone.desk.talk.say(alone.cid, "quatre")
    assert [entry.header().n for _, entry in alone.desk._outbox] == [1]


async def test_a_refused_note_changes_no_number(alone: Alone) -> None:
    alone.desk.talk.say(alone.cid, "un")
    alone.desk.talk.note(alone.cid, "une note")
    (first, _), (second, _) = list(alone.desk._outbox)
    alone.desk._answers.done(first)
    alone.desk._answers.refused([second], "state", "")
    alone.desk.talk.say(alone.cid, "deux")
    assert [entry.header().n for _, entry in alone.desk._outbox] == [1]


async def test_what_was_refused_is_named_and_comes_back(alone: Alone) -> None:
    told: list[Notice] = []
    alone.desk.subscribe(lambda change: told.extend(change.notices))
    alone.desk.talk.say(alone.cid, "un message")
    alone.desk.talk.note(alone.cid, "une note")
    alone.desk.claims.release(alone.cid)
    alone.desk.claims.close_conversation(alone.cid, "other", "une remarque")
    for number, _ in alone.desk._outbox:
        alone.desk._answers.refused([number], "storage", "")
    await until(lambda: len(told) == 4)
    assert [(each.kind, each.what, each.text) for each in told] == [
        ("failed", "said", ""), ("failed", "noted", "une note"), ("failed", "released", ""),
        ("failed", "closed", "une remarque"),
    ]  # fmt: skip
    assert alone.desk.talk.draft(alone.cid) == "un message"


async def test_what_waits_stands_after_what_is_stored(alone: Alone) -> None:
    alone.desk.talk.say(alone.cid, "un")
    alone.desk.talk.note(alone.cid, "une note")
    alone.desk._disk.close()
    alone.desk = alone.opened("http://127.0.0.1:9")
    alone.hear(*alone.log.events)
    alone.desk.talk.note(alone.cid, "une autre")  # before any event has its line
    alone.desk._hearing.caught_up()
    alone.desk.open(alone.cid)
    await until(lambda: not alone.desk._store._behind)
    lines = alone.desk.talk.lines(alone.cid)
    assert [line.kind for line in lines] == [Kind.ABOUT, Kind.VISITOR, Kind.CLAIMED, Kind.OFFICER, Kind.NOTE, Kind.NOTE]
    assert [line.status for line in lines[-3:]] == [Status.PENDING] * 3


# ---- a link that breaks before all is here ----


async def test_conversations_open_though_the_link_broke_during_the_catch_up(tmp_path: Path) -> None:
    alone = Alone(tmp_path)
    alone.desk._disk.close()

    async def breaks(talk: Talk) -> None:
        await talk.send(relay.welcome(), *map(Happened, alone.log.events))

    relay = ScriptedRelay(PAPER.officer, breaks)
    async with relay.serving():
        alone.desk = alone.opened(relay.url)
        running = asyncio.create_task(alone.desk.run())
        await until(lambda: alone.desk.link.phase is LinkPhase.RECONNECTING and len(alone.desk.queue))
        relay.script = lambda talk: talk.gone()
        alone.desk.open(alone.cid)
        await until(lambda: any(line.text == "au secours" for line in alone.desk.talk.lines(alone.cid)))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


# ---- the disk ----


async def test_nothing_typed_is_lost_while_the_disk_takes_nothing(
    alone: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("officer_console.client.drafts.WAIT_S", 0.01)
    monkeypatch.setattr("officer_console.client.drafts.AGAIN_S", 0.05)
    links: list[str] = []
    alone.desk.subscribe(lambda change: links.append(alone.desk.link.disk) if change.link else None)
    alone.query_only(True)
    alone.desk.talk.save_draft(alone.cid, "je vous")
    await until(lambda: alone.desk.link.disk)
    for command in (alone.desk.talk.say, alone.desk.talk.note):
        with pytest.raises(OSError, match="Read-only"):
            command(alone.cid, "je vous crois")
    assert alone.desk.talk.draft(alone.cid) == "je vous" and alone.desk.link.unsent == 0
    assert not any(line.kind is Kind.OFFICER for line in alone.desk.talk.lines(alone.cid))
    alone.query_only(False)
    await until(lambda: not alone.desk.link.disk)
    assert alone.desk._disk.drafts() == {alone.cid: "je vous"}
    await until(lambda: links[-1] == "" and any(links))
    alone.desk.talk.say(alone.cid, "je vous crois")
    assert alone.desk.talk.draft(alone.cid) == "" and len(Outbox(alone.desk._disk)) == 1


async def test_a_message_refused_while_the_disk_takes_nothing_is_in_the_draft(alone: Alone) -> None:
    alone.desk.talk.say(alone.cid, "un")
    alone.query_only(True)
    alone.desk._answers.refused([number for number, _ in alone.desk._outbox], "full", "")
    assert (alone.desk.talk.draft(alone.cid), alone.desk.link.unsent) == ("un", 0)
    alone.query_only(False)


async def test_the_draft_on_disk_is_bounded_and_never_in_clear(alone: Alone) -> None:
    text = "ma cachette é" * 20_000
    alone.desk.talk.save_draft(alone.cid, text)
    await alone.desk._drafts.close()
    assert alone.desk.talk.draft(alone.cid) == text
    kept = alone.desk._disk.drafts()[alone.cid]
    assert text.startswith(kept) and MAX_DRAFT - 1 <= len(kept.encode()) <= MAX_DRAFT
    files = [path for path in alone.folder.iterdir() if path.is_file()]
    assert {path.name for path in files} <= {"lock", "unsent.sqlite", "unsent.sqlite-wal", "unsent.sqlite-shm"}
    assert not any(b"cachette" in path.read_bytes() for path in files)


async def test_sqlite_puts_nothing_into_temporary_files(alone: Alone) -> None:
    (store,) = alone.desk._disk._db.execute("PRAGMA temp_store").fetchone()
    assert store == 2  # memory


# ---- two consoles ----


async def test_a_second_console_of_the_same_officer_is_told_so_in_one_line(alone: Alone) -> None:
    with pytest.raises(UserError, match="open already on this machine") as told:
        alone.opened("http://127.0.0.1:9")
    assert "\n" not in str(told.value)
    alone.desk._disk.close()
    alone.opened("http://127.0.0.1:9")._disk.close()
