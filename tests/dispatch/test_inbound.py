"""What the room's system sends: who may, what is taken, in any order and as often as it likes."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path

import httpx
import msgspec
import pytest

from officer_console.client.api import LinkPhase
from officer_console.dispatch.messages.reading import LARGEST
from officer_console.dispatch.service import Running
from officer_console.model.patrol import PatrolState
from officer_console.protocol.commands import EraseConversation
from tests.relay.peers import random_id

from .desk import MARKER, REQUEST, Scene, Told, scene, states
from .fake_room import Hit, status

OTHER_SECRET = bytes(range(1, 33))


async def sent(it: Scene) -> Hit:
    """A request has been taken over; its message."""
    id = await it.officer.ask()
    await it.officer.told(lambda told: Told("sent", id) in told)
    return it.room.hits[-1]


async def nothing_more(it: Scene, running: Running, count: int) -> None:
    """Nothing else is told than so many things."""
    await it.officer.told(lambda told: len(told) == count)
    await asyncio.sleep(0.1)
    assert running.room.link.unsent == 0
    assert len([event for event in await it.stored() if event.kind == "patrol_status"]) == count


# ---- who may ----


async def test_a_wrong_signature_tells_nobody_anything(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch() as running:
        hit = await sent(it)
        body = it.room.emsi(hit, "on_scene", "TV 12")
        assert await it.room.send(body, secret=OTHER_SECRET) == 401
        assert await it.room.send(body, headers={}) == 400
        assert await it.room.send(body, headers={"webhook-id": "x", "webhook-timestamp": "1"}) == 400
        assert running.inbound.refused == {"wrong": 1, "malformed": 2}
        await nothing_more(it, running, 1)


@pytest.mark.parametrize("off", [-301, 301])
async def test_a_stale_one_is_refused(tmp_path: Path, off: int) -> None:
    async with scene(tmp_path) as it, it.dispatch() as running:
        hit = await sent(it)
        assert await it.room.send(it.room.ack(hit), at=int(time.time()) + off) == 401
        assert running.inbound.refused == {"stale": 1}
        await nothing_more(it, running, 1)


async def test_what_is_unknown_or_garbage(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch() as running:
        hit = await sent(it)
        theirs = msgspec.json.decode(hit.body)
        theirs["distributionID"] = f"fr.police.pvss_{random_id()}"
        theirs["content"][0]["jsonContent"]["embeddedJsonContent"]["message"]["createCase"]["caseId"] = (
            f"fr.police.pvss.{random_id()}"
        )
        unknown = hit._replace(body=msgspec.json.encode(theirs))
        assert await it.room.send(it.room.ack(unknown)) == 404
        assert await it.room.send(it.room.emsi(unknown, "accepted")) == 404
        for garbage in [b"", b"{", b"\xff\xfe", b"[]", b"null", b"<alert/>", b'{"a":' * 5000, hit.body]:
            assert await it.room.send(garbage) == 422
        exercise = it.room.ack(hit).replace(b"Actual", b"Exercise")
        assert await it.room.send(exercise) == 422, "an exercise never moves a real case"
        assert await it.room.send(b"x" * (LARGEST + 1)) == 413
        assert running.inbound.refused == {"unknown": 2, "garbage": 9, "too large or too slow": 1}
        await nothing_more(it, running, 1)


async def test_nothing_else_is_served(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch() as running, httpx.AsyncClient(trust_env=False) as client:
        root = running.url.removesuffix("/dispatch/inbound")
        for path in ("/", "/dispatch", "/dispatch/inbound", "/dispatch/inbound/", "/metrics"):
            answer = await client.get(root + path)
            assert (answer.status_code, answer.content) == (404, b"")
            assert "server" not in answer.headers
        assert (await client.post(f"{root}/healthz")).status_code == 404
        while running.room.link.phase is not LinkPhase.ONLINE:
            await asyncio.sleep(0.01)
        health = await client.get(f"{root}/healthz")
        assert health.status_code == 200 and health.json() | {"version": ""} == {
            "ok": True, "version": "", "relay": "online", "waiting": 0, "in_trouble": 0, "untold": 0, "refused": {},
        }  # fmt: skip
        it.room.usually = status(500)
        await it.officer.ask()
        await it.officer.told(len)
        health = (await client.get(f"{root}/healthz")).json()
        assert (health["waiting"], health["in_trouble"]) == (1, 1)


# ---- twice, out of order ----


async def test_the_same_acknowledgement_twice_is_told_once(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch() as running:
        hit = await sent(it)
        ack = it.room.ack(hit)
        assert [await it.room.send(ack, id="one") for _ in range(3)] == [204] * 3
        assert await it.room.send(ack, id="the-same-under-another-name") == 204
        assert await it.room.send(it.room.ack(hit), id="another-of-the-same") == 204
        await nothing_more(it, running, 2)
    async with it.dispatch() as running:
        assert await it.room.send(ack, id="one") == 204
        assert await it.room.send(ack, id="after-a-restart") == 204
        await asyncio.sleep(0.2)
        assert running.room.link.unsent == 0


async def test_the_furthest_state_stays(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch():
        hit = await sent(it)
        for body in [
            it.room.emsi(hit, "on_the_way", "TV 12"),
            it.room.ack(hit),
            it.room.emsi(hit, "assigned", "TV 12"),
            it.room.emsi(hit, "accepted"),
        ]:
            assert await it.room.send(body) == 204
        told = await it.officer.told(lambda told: len(told) == 5)
        assert states(told) == ["sent", "on_the_way", "delivered", "assigned", "accepted"]
        [case] = it.officer.cases()
        assert case.state is PatrolState.ON_THE_WAY and case.acked == {case.id}


async def test_a_question_may_be_asked_again_in_the_same_words(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch() as running:
        hit = await sent(it)
        for id in ("one", "one", "two"):
            assert await it.room.send(it.room.emsi(hit, "question", words="Quel étage ?"), id=id) == 204
        told = await it.officer.told(lambda told: len(told) == 3)
        assert told[1] == told[2] == Told("question", it.officer.cases()[0].id, words="Quel étage ?")
        assert running.room.cases()[0].question == "Quel étage ?"
        await it.officer.ask(msgspec.structs.replace(REQUEST, note="troisième"))
        await it.officer.told(lambda told: len(told) == 4)
        assert running.room.cases()[0].question == "", "answered"


async def test_words_without_a_state_move_nothing(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch():
        hit = await sent(it)
        assert await it.room.send(it.room.emsi(hit, "", words="Équipage retardé.")) == 204
        assert (await it.officer.told(lambda told: len(told) == 2))[1][0::4] == ("delivered", "Équipage retardé.")
        assert await it.room.send(it.room.emsi(hit, "assigned", "TV 12")) == 204
        assert await it.room.send(it.room.emsi(hit, "", words="Ils arrivent.")) == 204
        told = await it.officer.told(lambda told: len(told) == 4)
        assert told[3][0::4] == ("assigned", "Ils arrivent.")


# ---- refusals, errors ----


async def test_the_room_refuses_the_case(tmp_path: Path) -> None:
    """What waits behind it does not go out any more: it would be another case."""
    async with scene(tmp_path) as it, it.dispatch() as running:
        hit = await sent(it)
        it.room.usually = status(500)
        second = await it.officer.ask()
        await it.officer.told(lambda told: len(told) == 2)
        assert await it.room.send(it.room.refusal(hit)) == 204
        assert await it.room.send(it.room.error(hit, "Hors du ressort.")) == 204
        told = await it.officer.told(lambda told: len(told) == 5)
        first = it.officer.cases()[0].id
        assert told[2:] == [
            Told("refused", first, "turned_away"),
            Told("failed", second, "turned_away"),
            Told("refused", first, "turned_away", words="Hors du ressort."),
        ]
        assert it.officer.cases()[0].state is PatrolState.REFUSED
        hits = len(it.room.hits)
        it.room.usually = status(200)
        await asyncio.sleep(0.4)
        assert len(it.room.hits) == hits
        await sent(it)
        assert len(it.officer.cases()) == 2 and it.room.hits[-1].kind == "Report"
        assert running.room.cases()[0].over


async def test_the_room_refuses_an_update_while_a_patrol_is_out(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch():
        hit = await sent(it)
        await it.room.send(it.room.emsi(hit, "on_the_way", "TV 12"))
        update = await sent(it)
        assert await it.room.send(it.room.refusal(update)) == 204
        told = await it.officer.told(lambda told: "failed" in states(told))
        [case] = it.officer.cases()
        assert told[-1] == Told("failed", case.asked[1].id, "turned_away")
        assert case.state is PatrolState.ON_THE_WAY and case.failed == {case.asked[1].id}


async def test_trouble_that_is_reported_later_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("officer_console.dispatch.answers.AGAIN_MS", 100)
    async with scene(tmp_path) as it, it.dispatch() as running:
        hit = await sent(it)
        error = it.room.error(hit, "Panne interne.", (500, "INTERNAL"))
        assert await it.room.send(error, id="trouble") == 204
        await it.room.until(lambda: len(it.room.hits) == 2)
        assert await it.room.send(error, id="trouble") == 204
        await asyncio.sleep(0.3)
        assert len(it.room.hits) == 2, "what comes twice is done once"
        assert it.room.hits[0].body == it.room.hits[1].body and len(it.room.taken) == 1
        await nothing_more(it, running, 2)
        assert it.officer.so_far()[1][0::2] == ("trouble", "http_5xx", "Panne interne.")
        await it.room.send(it.room.ack(hit))
        await it.room.send(it.room.error(hit, "Trop tard.", (500, "INTERNAL")))
        await nothing_more(it, running, 4)
        await asyncio.sleep(0.3)
        assert len(it.room.hits) == 2, "what is acknowledged is not sent again"


async def test_an_answer_that_overtakes_the_response(tmp_path: Path) -> None:
    """The room answers while our try still hangs: it has it, so it is neither trouble nor tried again."""
    async with scene(tmp_path) as it, it.dispatch() as running:
        it.room.usually = "slow"
        await it.officer.ask()
        await it.room.until(lambda: it.room.hits)
        assert await it.room.send(it.room.ack(it.room.hits[0])) == 204
        await asyncio.sleep(0.6)
        assert len(it.room.hits) == 1
        await nothing_more(it, running, 1)
        assert states(it.officer.so_far()) == ["delivered"]


async def test_an_acknowledgement_that_comes_after_all(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch():
        it.room.usually = status(410)
        id = await it.officer.ask()
        await it.officer.told(len)
        assert await it.room.send(it.room.ack(it.room.hits[0])) == 204
        told = await it.officer.told(lambda told: len(told) == 2)
        assert told[1] == Told("delivered", id)
        assert it.officer.cases()[0].failed == frozenset()


# ---- afterwards ----


async def test_the_visitor_has_erased_her_conversation(tmp_path: Path) -> None:
    """The officers learn nothing more, and the relay keeps nothing; the patrol goes on."""
    async with scene(tmp_path) as it, it.dispatch() as running:
        hit = await sent(it)
        await it.officer.give(EraseConversation(it.officer.cid, random_id()))
        assert await it.room.send(it.room.emsi(hit, "on_the_way", "TV 12")) == 204
        async with asyncio.timeout(10):
            while running.room.cases()[0].state != "on_the_way" or running.room.link.unsent:
                await asyncio.sleep(0.02)
        [case] = running.room.cases()
        assert case.erased and case.unit == "TV 12" and case.newest == REQUEST
        assert await it.room.send(it.room.emsi(hit, "closed")) == 204
        assert running.room.cases()[0].state == "closed" and running.room.link.unsent == 0
        assert [event.kind for event in await it.stored() if event.cid == it.officer.cid] == ["erased"]


async def test_nothing_of_it_in_any_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    async with scene(tmp_path) as it, it.dispatch():
        it.room.ways.extend([status(500), status(302, f"location: http://{MARKER}"), b"HTTP/1.1 lavande\r\n\r\n"])
        hit = await sent(it)
        await it.room.until(lambda: it.room.taken)
        await it.room.send(it.room.emsi(hit, "question", words=f"{MARKER} ?"))
        await it.room.send(it.room.error(hit, MARKER, (500, MARKER)))
        await it.room.send(MARKER.encode())
        await it.room.send(MARKER.encode(), secret=OTHER_SECRET)
        await it.officer.told(lambda told: any(MARKER in each.words for each in told))
        it.room.usually = status(410)
        await it.officer.ask()
        await it.officer.told(lambda told: "gone" in [each.code for each in told])
    ours = [record for record in caplog.records if record.name.startswith("officer_console.dispatch")]
    assert ours and not [each for each in caplog.records if "lavande" in each.getMessage()]
