"""What was erased is gone for everybody at once: pages, consoles, who comes later, and the relay's own memory."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import sys
from collections import deque
from types import CodeType, ModuleType
from typing import Any, Final

import pytest

from officer_console.model.envelope import VISITOR, Envelope
from officer_console.model.events import Draft, Erased, Said
from officer_console.protocol import codec
from officer_console.protocol.commands import Claim, EraseConversation, History
from officer_console.protocol.frames import Ack, Done, Erase, Gone, Here, No, Past, Stored
from officer_console.vault.base64url import b64

from .conftest import House
from .peers import VisitorPeer, Wire, random_id
from .test_rules import remark


async def test_the_page_is_told_and_its_connection_ends(house: House) -> None:
    visitor = house.visitor()
    async with visitor.talking("bonjour") as page:
        await page.send(Erase(visitor.cid))
        assert isinstance(await page.until(Gone, No), Gone)
        assert await page.closed() == 1000


async def test_all_pages_are_told_when_a_lead_erases(house: House) -> None:
    visitor = house.visitor()
    async with house.console() as lead, visitor.talking("bonjour") as page, visitor.wire(resume_after=0) as second:
        await second.until(Here)
        assert isinstance(await lead.do(EraseConversation(visitor.cid, random_id())), Done)
        for each in (page, second):
            await each.until(Gone)
            assert await each.closed() == 1000
        assert (await lead.do(History(visitor.cid))).code == "erased"


@pytest.mark.parametrize("vt", ["right", "wrong"])
async def test_who_comes_back_learns_that_it_is_erased(house: House, vt: str) -> None:
    """Nothing is left that a token could be held against."""
    visitor = house.visitor()
    async with visitor.talking("bonjour") as page:
        await page.send(Erase(visitor.cid))
        await page.closed()
    if vt == "wrong":
        visitor.vt = bytes(32)
    async with visitor.connect() as ws:
        again = Wire(ws, codec.visitor_out)
        await again.send(visitor.resume())
        no = await again.get()
        assert (no.code, no.id) == ("erased", "")
        await again.send(visitor.hello)  # she may begin anew on the same connection
        assert (await again.get()).bundle is not None


async def test_it_is_not_opened_again(house: House) -> None:
    visitor = house.visitor()
    async with visitor.talking("bonjour") as page:
        await page.send(Erase(visitor.cid))
        await page.closed()
    async with visitor.wire() as page:
        await page.send(visitor.opening)
        no = await page.until(No)
        assert (no.code, no.id) == ("erased", "open")
    assert [event.kind for event in await house.stored()] == ["erased"]


async def test_words_and_their_erasure_in_one_breath(house: House) -> None:
    visitor = house.visitor()
    async with visitor.talking("bonjour") as page:
        for n in range(5):
            await page.send(visitor.seal(f"{n}"))
        await page.send(Erase(visitor.cid))
        await page.send(Erase(visitor.cid))
        await page.until(Gone)
        assert await page.closed() == 1000
    assert [event.kind for event in await house.stored()] == ["erased"]


async def test_erasing_frees_the_place_in_the_queue(house: House) -> None:
    first, second = house.visitor(), house.visitor()
    queue = house.relay.relay.context.registrar.queue
    async with first.talking("bonjour") as page, second.talking("bonjour"):
        assert (queue.waiting_size, queue.ahead(second.cid)) == (2, 1)
        await page.send(Erase(first.cid))
        await page.until(Gone)
        assert (queue.waiting_size, queue.ahead(second.cid)) == (1, 0)


# ---- the relay's memory --------------------------------------------------------------------------------------------

NO_WAY: Final = (ModuleType, type, CodeType)
"""Where the search does not go, as little as into the names of modules: everything can be reached through them."""


def reached_from(start: Any, secrets: set[str], not_through: set[int]) -> list[str]:
    """Which secrets stand in a text or in bytes that can be reached from `start`."""
    names = {id(vars(module)) for module in tuple(sys.modules.values())}
    seen, found, todo = not_through | names, list[str](), deque([start])
    while todo:
        thing = todo.popleft()
        if id(thing) in seen or isinstance(thing, NO_WAY):
            continue
        seen.add(id(thing))
        if isinstance(thing, str | bytes | bytearray):
            text = thing if isinstance(thing, str) else bytes(thing).decode("latin-1")
            found += [secret for secret in secrets if secret in text]
        else:
            todo.extend(gc.get_referents(thing))
    return found


def in_memory(house: House, secrets: set[str], mine: list[Any]) -> list[str]:
    """Which secrets the relay still keeps: in its own objects, and in all its tasks, whatever they wait for."""
    gc.collect()
    tasks = asyncio.all_tasks()
    of_relay = [task for task in tasks if module(task).startswith(("officer_console.relay.", "uvicorn."))]
    not_through = {id(each) for each in (*mine, *(tasks - {*of_relay}), asyncio.get_running_loop())}
    return reached_from([house.relay, *of_relay], secrets, not_through)


def module(task: asyncio.Task[Any]) -> str:
    """Where what a task runs was written."""
    coroutine: Any = task.get_coro()
    return str(coroutine.cr_frame.f_globals["__name__"])


def secrets_of(visitor: VisitorPeer) -> dict[str, str]:
    """What the relay was given of a conversation: by name, a piece that stands in no other one."""
    return {
        "the boxed key": visitor.opening.box,
        "the token": visitor.opening.vt,
        "the token's hash": b64(hashlib.sha256(visitor.vt).digest()),
        "the commitment": visitor.history.kc,
        "her words": visitor.sent[1].c,
        "their nonce": visitor.sent[0].n,
        "their header": codec.encode(visitor.sent[0].h)[1:-1],
    }


async def test_nothing_of_it_stays_in_the_relays_memory(house: House) -> None:
    visitor = house.visitor()
    async with house.console() as lead, house.console("officer") as other:
        async with visitor.talking("bonjour", "encore") as page:
            await other.meet(visitor.cid)
            assert isinstance(await other.do(Claim(visitor.cid, random_id())), Done)
            note = remark(other, visitor.cid)
            assert isinstance(await other.do(note), Done)
            answer = other.say(visitor.cid, "je suis là")
            assert isinstance(await other.do(answer), Done)  # the last that this console says
            await page.until(Stored)
            await page.send(visitor.seal_live())
            refused = visitor.seal("trop tôt")
            await page.send(type(refused)(refused.h, refused.n, visitor.sent[0].c[:-4] + "AAAA"))
            await page.until(Ack, No)
            await lead.wire.send(lead.command(History(visitor.cid)))
            await lead.wire.until(Past)
            named = secrets_of(visitor) | {"the answer": answer.env.c, "the note": note.note.box}
            mine: list[Any] = [visitor, lead, other, page, named, answer, note, refused]
            there = {named["her words"], named["the commitment"]}
            assert {*in_memory(house, there, mine)} == there, "the search finds what is there"
            assert isinstance(await lead.do(EraseConversation(visitor.cid, random_id())), Done)
            await page.closed()
            await other.happened("erased", visitor.cid)
            # The library keeps a socket's last frame until the next one: a few seconds, for it is pinged.
            await (await other.wire.ws.ping())
        async with asyncio.timeout(10):
            while house.relay.relay.context.connected.pages:
                await asyncio.sleep(0.005)
        kept = set(in_memory(house, set(named.values()), mine))
        assert [name for name, secret in named.items() if secret in kept] == []


async def test_nor_when_words_and_erasure_are_stored_together(house: House) -> None:
    visitor, log = house.visitor(), house.relay.relay.context.log
    async with visitor.talking("bonjour") as page:
        msg = visitor.seal("encore")
        said = Draft(visitor.cid, "v.1", VISITOR, Said(Envelope(msg.h, msg.n, msg.c)))
        erased = Draft(visitor.cid, "erased", VISITOR, Erased())
        first, last = await asyncio.gather(log.append(said), log.erase(erased))
        assert last.seq == first.seq + 1
        await page.closed()
        named = secrets_of(visitor)
        del msg, said, first
        kept = set(in_memory(house, set(named.values()), [visitor, page, named]))
        assert [name for name, secret in named.items() if secret in kept] == []
