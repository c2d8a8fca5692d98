"""Real conversations that are kept to practise on: over a real relay, by a lead, an officer and a trainer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from officer_console.client.visitor import Visitor
from officer_console.model.bodies import AskConsent
from officer_console.model.exports import Export
from officer_console.model.transcript import Kind
from officer_console.protocol.refusals import Refused
from officer_console.relay.log.slots import read_all

from .leading import Post, held, post
from .test_desk import Watched

SESSION = b'{"line":"session","title":"REDACTED"}\n' + b"x" * 40_000
"""Three pieces; what is in it is practice's to know."""


class Kept:
    """A conversation of Karim's that was closed after its visitor had consented; the lead reads it."""

    def __init__(self, at: Post, visitor: Visitor, desks: dict[str, Watched], folder: Path) -> None:
        self.post, self.visitor, self.desks, self.folder = at, visitor, desks, folder
        self.cid = visitor.cid
        self.lead, self.karim = desks["lead"], desks["karim"]

    def slots(self) -> list[str]:
        return [name for name in read_all(self.folder / "keys.slots") if name.startswith("x.")]

    async def written_over(self) -> None:
        """Wait until no key is left: the event that ends an export is told before its key is written over."""
        while self.slots():
            await asyncio.sleep(0.01)

    async def keep(self, session: bytes = SESSION) -> Export:
        assert await done(lambda told: self.lead.desk.exports.send(self.cid, session, told)) == ""
        for desk in self.desks.values():
            await desk.until(lambda desk=desk: (found := desk.desk.exports.of(self.cid)) and found.whole)
        export = self.lead.desk.exports.of(self.cid)
        assert export is not None
        return export

    async def countersign(self) -> None:
        session, code = await fetched(self.karim, self.cid)
        assert code == ""
        assert await done(lambda told: self.karim.desk.exports.countersign(self.cid, session, told)) == ""


async def done(ask: Callable[[Callable[[str], None]], None]) -> str:
    """The code with which it ends."""
    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    ask(answer.set_result)
    return await answer


async def fetched(mine: Watched, cid: str) -> tuple[bytes, str]:
    answer: asyncio.Future[tuple[bytes, str]] = asyncio.get_running_loop().create_future()
    mine.desk.exports.fetch(cid, lambda session, code: answer.set_result((session, code)))
    return await answer


def refusal(work: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as caught:
        work()
    return caught.value.code


async def agrees(mine: Watched, visitor: Visitor, yes: bool = True) -> None:
    desk, cid = mine.desk, visitor.cid
    if not any(isinstance(heard.body, AskConsent) for heard in visitor.heard):
        desk.talk.ask_consent(cid)
        await visitor.until(lambda v: any(isinstance(heard.body, AskConsent) for heard in v.heard))
    await visitor.stored(visitor.consent(yes))


@asynccontextmanager
async def kept(folder: Path, *names: str, consents: bool = True) -> AsyncIterator[Kept]:
    async with post(folder, 60) as at, AsyncExitStack() as stack:
        wanted = ("lead", "karim", *names)
        desks = dict(zip(wanted, await stack.enter_async_context(at.consoles(*wanted)), strict=True))
        visitor = await stack.enter_async_context(at.visitor())
        await held(desks["karim"], visitor, "il m'a frappée hier")
        if consents:
            await agrees(desks["karim"], visitor)
            await desks["karim"].until(lambda: desks["karim"].desk.talk.consent(visitor.cid))
        desks["karim"].desk.claims.close_conversation(visitor.cid, "advised", "")
        lead = desks["lead"].desk
        await desks["lead"].until(lambda: lead.queue.get(visitor.cid).closed_at)
        lead.lead.step_in(visitor.cid, "read", "à garder pour s’exercer")
        lead.open(visitor.cid)
        await desks["lead"].until(lambda: any(line.kind is Kind.VISITOR for line in lead.talk.lines(visitor.cid)))
        yield Kept(at, visitor, desks, folder)


async def test_it_is_kept_countersigned_and_opened_by_a_trainer(tmp_path: Path) -> None:
    async with kept(tmp_path, "trainer") as k:
        trainer = k.desks["trainer"]
        export = await k.keep()
        assert (export.by, export.countersigned) == (k.lead.desk.me, "")
        assert await fetched(k.lead, k.cid) == (SESSION, "")
        assert await fetched(trainer, k.cid) == (b"", "no_export")
        assert refusal(lambda: k.lead.desk.exports.countersign(k.cid, SESSION, print)) == "not_yours"
        assert refusal(lambda: k.karim.desk.exports.countersign(k.cid, SESSION, print)) == "no_export", "unread"
        await k.countersign()
        await trainer.until(lambda: trainer.desk.exports.all() and trainer.desk.exports.all()[0].countersigned)
        assert await fetched(trainer, k.cid) == (SESSION, "")
        assert trainer.desk.exports.all()[0].countersigned == k.karim.desk.me
        kinds = [line.kind for line in k.lead.desk.talk.lines(k.cid)]
        assert kinds[-2:] == [Kind.EXPORTED, Kind.COUNTERSIGNED]
        assert trainer.desk.talk.lines(k.cid) == [], "nothing but what was redacted"


async def test_a_trainer_holds_no_live_key(tmp_path: Path) -> None:
    async with kept(tmp_path, "trainer") as k:
        await k.keep()
        chain = k.desks["trainer"].desk._chain
        await k.desks["trainer"].until(lambda: chain.keys.of("practice"))
        assert [chain.directory.desk_keys[name].use for name in chain.keys._privs] == ["practice"]


async def test_a_trainer_who_logs_in_later_gets_the_key(tmp_path: Path) -> None:
    async with kept(tmp_path) as k:
        await k.keep()
        await k.countersign()
        async with k.post.consoles("trainer") as [trainer]:
            await trainer.until(trainer.desk.exports.all)
            await trainer.until(lambda: trainer.desk._chain.keys.of("practice"))
            assert await fetched(trainer, k.cid) == (SESSION, "")


async def test_without_her_consent_nothing_is_kept(tmp_path: Path) -> None:
    async with kept(tmp_path, consents=False) as k:
        assert refusal(lambda: k.lead.desk.exports.send(k.cid, SESSION, print)) == "consent"
        assert k.slots() == []
        assert refusal(lambda: k.karim.desk.exports.send(k.cid, SESSION, print)) == "not_yours"


async def test_who_did_not_read_it_whole_keeps_nothing(tmp_path: Path) -> None:
    async with kept(tmp_path, "robin") as k:
        assert refusal(lambda: k.desks["robin"].desk.exports.send(k.cid, SESSION, print)) == "consent"


@pytest.mark.parametrize("session", [b"", b"x" * (1 << 20)])
async def test_an_empty_session_and_one_that_is_too_large_are_refused(tmp_path: Path, session: bytes) -> None:
    async with kept(tmp_path) as k:
        with pytest.raises(ValueError, match="too large"):
            k.lead.desk.exports.send(k.cid, session, print)


async def test_when_she_takes_her_consent_back_what_was_kept_ends_as_soon_as_it_is_read(tmp_path: Path) -> None:
    async with kept(tmp_path) as k:
        await k.keep()
        assert len(k.slots()) == 1
        await k.visitor.stored(k.visitor.consent(False))
        await k.karim.until(lambda: k.karim.desk.queue.waiting_size)  # she is in the queue again
        k.karim.desk.claims.claim(k.cid)
        await k.karim.until(lambda: k.karim.desk.exports.of(k.cid) is None)
        await k.written_over()
        assert await fetched(k.lead, k.cid) == (b"", "no_export")


async def test_a_consent_that_stands_again_ends_nothing(tmp_path: Path) -> None:
    """The conversation is read anew from its beginning, where she had not agreed yet."""
    async with kept(tmp_path) as k:
        await k.keep()
        await k.visitor.stored(k.visitor.say("encore moi"))
        await k.karim.until(lambda: k.karim.desk.queue.waiting_size)
        k.karim.desk.claims.claim(k.cid)
        await k.karim.until(lambda: any("encore moi" in line.text for line in k.karim.desk.talk.lines(k.cid)))
        async with k.post.consoles("robin") as [robin]:
            await robin.until(lambda: robin.desk.exports.of(k.cid))
            assert len(k.slots()) == 1
            assert k.karim.desk.exports.of(k.cid)


async def test_when_she_erases_nobody_opens_it_any_more(tmp_path: Path) -> None:
    async with kept(tmp_path, "trainer") as k:
        await k.keep()
        await k.countersign()
        await k.visitor.erase()
        for mine in (k.lead, k.karim, k.desks["trainer"]):
            await mine.until(lambda mine=mine: mine.desk.exports.of(k.cid) is None)
            assert await fetched(mine, k.cid) == (b"", "erased")
        assert k.slots() == []
        assert refusal(lambda: k.karim.desk.exports.countersign(k.cid, SESSION, print)) != ""


async def test_it_is_withdrawn(tmp_path: Path) -> None:
    async with kept(tmp_path) as k:
        assert refusal(lambda: k.karim.desk.exports.withdraw(k.cid, print)) == "no_export"
        await k.keep()
        assert await done(lambda told: k.karim.desk.exports.withdraw(k.cid, told)) == ""
        await k.lead.until(lambda: k.lead.desk.exports.of(k.cid) is None)
        assert k.lead.desk.exports.all() == []


async def test_a_relay_that_leaves_out_a_countersignature_or_names_another_lead_is_refused(tmp_path: Path) -> None:
    async with kept(tmp_path) as k:
        await k.keep()
        await k.countersign()
        exports = k.karim.desk.exports
        await k.karim.until(lambda: exports.all()[0].countersigned)
        for field in ("by", "countersigned"):
            export = exports.of(k.cid)
            exports._standing[k.cid] = msgspec.structs.replace(export, **{field: k.post.kid("ana")})
            assert await fetched(k.karim, k.cid) == (b"", "bad_signature")
            exports._standing[k.cid] = export
        assert await fetched(k.karim, k.cid) == (SESSION, "")


async def test_without_a_link_nothing_is_begun_and_what_is_lost_on_the_way_is_said(tmp_path: Path) -> None:
    async with kept(tmp_path) as k:
        codes: list[str] = []
        k.lead.desk.exports.send(k.cid, SESSION, codes.append)
        k.lead.desk.exports.linked(False)
        assert codes == ["unsure"]
        for ask in (
            lambda: k.lead.desk.exports.send(k.cid, SESSION, print),
            lambda: k.lead.desk.exports.fetch(k.cid, print),
        ):
            assert refusal(ask) == "network"
