"""Single bits that a disk has flipped in a SQLite log: whatever they hit, the relay starts, and the rest goes on."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from random import Random

import pytest

from officer_console.protocol.commands import Claim, EraseConversation
from officer_console.protocol.frames import Done, Here
from officer_console.relay.log.sqlite_file import connect
from officer_console.relay.service import running_relay
from tests.relay.peers import Keys, Station, VisitorPeer, founded_relay, officer, random_id, relay_config

CONVERSATIONS = 24
TEXTS, NUMBERS = ("cid", "id", "by", "kind"), ("at", "version")


def flip(folder: Path, cid: str, random: Random) -> str:
    """One bit, somewhere in one row of a conversation; in which column."""
    column = random.choice(("what", "what", "what", "what", *TEXTS, *NUMBERS))
    with contextlib.closing(connect(folder / "log.db")) as db:
        rows = db.execute(f"SELECT seq, CAST({column} AS BLOB) FROM events WHERE cid = ?", (cid,)).fetchall()
        seq, raw = rows[0] if random.random() < 0.4 else random.choice(rows)  # the opening often: most hangs on it
        if column in NUMBERS:
            db.execute(f"UPDATE events SET {column} = ? WHERE seq = ?", (int(raw) ^ 1 << random.randrange(40), seq))
            return column
        changed = bytearray(raw)
        changed[random.randrange(len(raw))] ^= 1 << random.randrange(8)
        value = "?" if column == "what" else "CAST(? AS TEXT)"
        db.execute(f"UPDATE events SET {column} = {value} WHERE seq = ?", (bytes(changed), seq))
    return column


async def converse(url: str, station: Station, room: Keys) -> list[VisitorPeer]:
    """Whole conversations: words, an officer who takes them, a patrol and what becomes of it."""
    visitors = [VisitorPeer(url, station) for _ in range(CONVERSATIONS)]
    async with officer(url, station, station.lead) as lead, officer(url, station, room) as dispatch:
        for visitor in visitors:
            async with visitor.talking("un", "deux"):
                await lead.meet(visitor.cid)
            ask = lead.ask_patrol(visitor.cid)
            assert isinstance(await lead.do(Claim(visitor.cid, random_id())), Done)
            assert isinstance(await lead.do(ask), Done)
            assert isinstance(await dispatch.do(dispatch.tell_patrol(visitor.cid, ask.id)), Done)
    return visitors


@pytest.mark.parametrize("seed", range(6))
async def test_a_flipped_bit_hinders_nobody_else(tmp_path: Path, seed: int) -> None:
    station, random = Station(int(time.time())), Random(seed)
    room = station.enrol("La salle", "dispatch")[0]
    async with founded_relay(tmp_path, station) as relay:
        visitors = await converse(relay.url, station, room)
    hit = {flip(tmp_path, visitor.cid, random) for visitor in visitors[1:]}
    assert "what" in hit
    async with running_relay(relay_config(tmp_path), 0) as relay:
        assert relay.relay.context.log.healthy
        visitors[0].url = relay.url
        async with officer(relay.url, station, station.lead) as lead, visitors[0].wire(resume_after=0) as page:
            await lead.wire.until(Here)  # a console gets all that there is
            await page.send(visitors[0].seal("trois"))
            assert (await lead.happened("said", visitors[0].cid)).id == "v.2"
            for visitor in visitors[1:]:
                answer = await lead.do(EraseConversation(visitor.cid, random_id()))
                assert isinstance(answer, Done) or answer.code == "unknown"
            fresh = VisitorPeer(relay.url, station)
            async with fresh.talking("bonjour"):
                pass
