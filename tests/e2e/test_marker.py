"""A marker goes through whole conversations; the relay that carried it has it nowhere: no file, no log, no memory."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from officer_console.client.visitor import Visitor
from officer_console.model.conversation import State
from officer_console.model.patrol import PatrolRequest
from officer_console.vault.base64url import b64
from officer_console.vault.envelopes import ConversationKeys
from officer_console.vault.primitives import signing_public
from tests.client.test_desk import Watched, on_duty
from tests.fire.served import Served, enrolled, served
from tests.headless_room import HeadlessRoom, room_on_duty
from tests.needles import found, key_forms, memory, text_forms
from tests.relay.peers import Station

MARKER = "lavender-7fQz2mWk9xTbR4vYcN"
WAIT_S = 30


class Told(NamedTuple):
    """What went through the relay: the visitors' conversations, and everybody's secret keys by what they are."""

    relay: Served
    kept: str
    erased: str
    sealed: bytes  # a piece of the erased conversation as the relay had it
    keys: dict[str, bytes]


# ---- needles ----


@pytest.mark.parametrize("before", range(6))
@pytest.mark.parametrize("after", range(3))
def test_the_needles_are_found(before: int, after: int) -> None:
    assert found(b64(bytes(before) + MARKER.encode() + bytes(after)).encode(), text_forms(MARKER))
    key = bytes(range(200, 232))
    assert found(base64.b64encode(b"k" * before + key + b"k" * after), key_forms(key))


# ---- the conversations ----


@asynccontextmanager
async def told(folder: Path) -> AsyncIterator[Told]:
    station = Station(int(time.time()))
    room_keys = station.enrol("La salle", "dispatch")[0]
    async with asyncio.timeout(WAIT_S), served(folder, station, level="debug") as relay:
        visitors = [Visitor(relay.url, signing_public(station.root)) for _ in range(2)]
        async with on_duty(enrolled(station, station.lead, relay.url), folder / "console") as mine:
            async with visitors[0] as kept:
                await talk(mine, kept)
                async with room_on_duty(enrolled(station, room_keys, relay.url)) as room:
                    await patrol(mine, room, kept)
                mine.desk.talk.note(kept.cid, f"note {MARKER}")
                mine.desk.claims.close_conversation(kept.cid, "advised", f"remark {MARKER}")
                await stands(mine, kept.cid, State.CLOSED)
            async with visitors[1] as erased:
                await talk(mine, erased)
                sealed = piece_of(relay, erased.cid)
                await erased.erase()
                await stands(mine, erased.cid, State.ERASED)
            yield Told(relay, kept.cid, erased.cid, sealed, secrets(station, visitors))


async def talk(mine: Watched, visitor: Visitor) -> None:
    """The visitor writes, the officer takes it and answers, both read."""
    desk = mine.desk
    await visitor.stored(visitor.say(f"visitor {MARKER}"))
    await mine.until(lambda: desk.queue.get(visitor.cid) and desk.queue.waiting_size)
    assert desk.claims.take_next() == visitor.cid
    await stands(mine, visitor.cid, State.HELD)
    desk.open(visitor.cid)
    await mine.until(lambda: any(MARKER in line.text for line in desk.talk.lines(visitor.cid)))
    desk.talk.say(visitor.cid, f"officer {MARKER}")
    await visitor.until(lambda v: v.texts == [f"officer {MARKER}"])


async def patrol(mine: Watched, room: HeadlessRoom, visitor: Visitor) -> None:
    """A request to the room and its answer, both with words; and the visitor reads that help is coming."""
    desk, cid = mine.desk, visitor.cid
    desk.patrols.request(cid, PatrolRequest(place=f"place {MARKER}", words=f"help {MARKER}"), 0)
    await room.until(room.asked)
    assert room.requests()[0].place == f"place {MARKER}"
    room.tell(room.asked()[0], "accepted", words=f"room {MARKER}", unit=f"unit {MARKER}")
    await visitor.until(lambda v: v.helps)
    await mine.until(lambda: desk.patrols.of(cid).unit == f"unit {MARKER}")  # type: ignore[union-attr]


async def stands(mine: Watched, cid: str, state: State) -> None:
    """The conversation has come so far, and the console has nothing left to send."""
    desk = mine.desk
    await mine.until(lambda: getattr(desk.queue.get(cid), "state", None) is state and not desk.link.unsent)


def secrets(station: Station, visitors: list[Visitor]) -> dict[str, bytes]:
    keys = {"root": station.root, "desk": station.desk_priv, "sign": station.lead.sig, "box": station.lead.box}
    for number, visitor in enumerate(visitors):
        ck = visitor._keys._ck
        derived = ConversationKeys.derive(ck)
        keys |= {f"ck {number}": ck, f"visitor {number}": derived.k_v, f"officer {number}": derived.k_d}
    return keys


# ---- where it is looked for ----


def files(relay: Served) -> dict[str, bytes]:
    """The relay's folder, and all it has printed and logged."""
    kept = {path.name: path.read_bytes() for path in relay.data.rglob("*") if path.is_file()}
    return kept | {"output": relay.said.read_bytes()}


def piece_of(relay: Served, cid: str) -> bytes:
    """The end of the last envelope of a conversation, as it stands in the relay's files."""
    hay = files(relay)["log.db-wal"]
    place = hay.rindex(cid.encode())
    begin = hay.index(b'"c":"', place) + len(b'"c":"')
    return hay[begin : begin + 40]


async def test_no_file_no_log_no_figure_has_it(tmp_path: Path) -> None:
    async with told(tmp_path) as talks, httpx.AsyncClient(trust_env=False) as client:
        figures = await client.get(f"{talks.relay.url}/metrics")
        hay = files(talks.relay) | {"metrics": figures.content}
        assert {"log.db", "log.db-wal", "log.db-shm"} <= hay.keys()
        everything = b"\n".join(hay.values())
        assert talks.kept.encode() in everything and talks.relay.url.encode() in hay["output"]  # what is there is found
        assert figures.status_code == httpx.codes.OK and b"conversations" in hay["metrics"]
        assert found(everything, text_forms(MARKER)) == 0
        assert {what for what, key in talks.keys.items() if found(everything, key_forms(key))} == set()
        assert talks.sealed not in everything, "the erased conversation is still there, though sealed"


async def test_its_memory_does_not_have_it(tmp_path: Path) -> None:
    async with told(tmp_path) as talks:
        secret = {"marker": text_forms(MARKER)} | {what: key_forms(key) for what, key in talks.keys.items()}
        known = {"cid": text_forms(talks.kept), "address": text_forms(talks.relay.url)}
        hits = {
            what for part in memory(talks.relay.pid) for what, forms in (secret | known).items() if found(part, forms)
        }
        assert hits == {"cid", "address"}
