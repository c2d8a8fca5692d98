"""A request's way to the room's system: whatever that does, the officer is told, and the room sees one case."""

from __future__ import annotations

import asyncio
import ssl
import time
from email.utils import formatdate
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest

from officer_console.dispatch import service
from officer_console.model.patrol import PatrolState
from officer_console.protocol.refusals import TRY_LATER, Refused
from tests.client.test_tls import certificate

from .desk import MARKER, REQUEST, PracticeStation, Scene, Told, scene, states
from .fake_room import FakeRoom, Hit, status

OTHER_SECRET = bytes(range(1, 33))


async def test_the_whole_way(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch():
        id = await it.officer.ask()
        await it.officer.told(lambda told: states(told) == ["sent"])
        [hit] = it.room.hits
        assert (hit.kind, hit.path, hit.headers["content-type"]) == ("Report", "/cases", "application/json")
        assert hit.distribution == f"fr.police.pvss_{id}" and hit.id == hit.distribution.replace(".", "-")
        assert REQUEST.place in hit.body.decode()
        assert await it.room.send(it.room.ack(hit)) == 204
        assert await it.room.send(it.room.ack(hit, "CONSULTE")) == 204
        assert await it.room.send(it.room.emsi(hit, "accepted", words="Demande acceptée")) == 204
        for state in ("assigned", "on_the_way", "on_scene", "closed"):
            assert await it.room.send(it.room.emsi(hit, state, "TV 12")) == 204
        told = await it.officer.told(lambda told: "closed" in states(told))
        assert states(told) == [
            "sent", "delivered", "opened", "accepted", "assigned", "on_the_way", "on_scene", "closed",
        ]  # fmt: skip
        assert {each.re for each in told} == {id}
        assert told[3].words == "Demande acceptée" and told[4].unit == "TV 12"


# ---- what the room's system does wrong ----


async def in_trouble(it: Scene, code: str) -> None:
    """The officer reads of the trouble, once, and then that it is over; the room has one case, of one id."""
    id = await it.officer.ask()
    told = await it.officer.told(lambda told: "sent" in states(told))
    assert told == [Told("trouble", id, code), Told("sent", id)]
    assert len(it.room.taken) == 1 and {hit.id for hit in it.room.hits} == {f"fr-police-pvss_{id}"}
    assert len({hit.body for hit in it.room.hits}) == 1, "a repetition is the same message"


@pytest.mark.parametrize(
    ("way", "code"),
    [
        ("slow", "timeout"),
        ("close", "garbage"),
        (b"SMTP ready\r\n\r\n", "garbage"),
        (b"HTTP/1.1 200", "garbage"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", "garbage"),
        (status(500), "http_5xx"),
        (status(503), "http_5xx"),
        (status(429), "http_429"),
        (status(401), "signature"),
        (status(403), "signature"),
        (status(404, body=b"x" * 100_000), "http_4xx"),
        (status(422), "http_4xx"),
        (status(408), "timeout"),
        (status(999), "garbage"),
        (status(304), "redirect"),
    ],
)
async def test_trouble_is_told_and_tried_again(tmp_path: Path, way: Any, code: str) -> None:
    async with scene(tmp_path) as it, it.dispatch():
        it.room.ways.extend([way, way])
        await in_trouble(it, code)
        assert len(it.room.hits) == 3


async def test_a_room_that_is_down(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch():
        it.room.down()
        id = await it.officer.ask()
        assert await it.officer.told(len) == [Told("trouble", id, "unreachable")]
        await asyncio.sleep(0.3)
        await it.room.up()
        assert await it.officer.told(lambda told: len(told) > 1) == [
            Told("trouble", id, "unreachable"), Told("sent", id),
        ]  # fmt: skip
        assert len(it.room.hits) == 1


async def test_whatever_stands_in_an_answer_is_passed_over(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch():
        it.room.usually = b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n" + b"\x00\xff<" * 10_000
        await it.officer.ask()
        assert states(await it.officer.told(len)) == ["sent"]


async def test_a_redirection_is_not_followed(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, FakeRoom().serving() as elsewhere, it.dispatch():
        it.room.ways.extend(status(code, f"location: {elsewhere.url}") for code in (301, 302, 303, 307, 308))
        await in_trouble(it, "redirect")
        assert len(it.room.hits) == 6 and elsewhere.hits == []


async def test_a_room_that_is_not_interested_any_more(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch():
        it.room.usually = status(410)
        id = await it.officer.ask()
        assert await it.officer.told(len) == [Told("failed", id, "gone")]
        await asyncio.sleep(0.3)
        assert len(it.room.hits) == 1
        other = await it.officer.ask()
        told = await it.officer.told(lambda told: len(told) > 1)
        assert told[1] == Told("failed", other, "gone"), "the next one is told at once, too"


async def test_a_room_that_does_not_know_our_secret(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch(secrets=[OTHER_SECRET]):
        id = await it.officer.ask()
        assert await it.officer.told(len) == [Told("trouble", id, "signature")]
        assert it.room.unsigned and not it.room.taken


async def test_secrets_are_changed_while_requests_go_on(tmp_path: Path) -> None:
    """First the new secret is added here, then the room changes to it, then the old one goes."""
    async with scene(tmp_path) as it:
        old = it.room.secret
        for mine, theirs in [([old], old), ([OTHER_SECRET, old], old), ([OTHER_SECRET, old], OTHER_SECRET),
                             ([OTHER_SECRET], OTHER_SECRET)]:  # fmt: skip
            it.room.secret = theirs
            async with it.dispatch(secrets=mine):
                known = len(it.officer.so_far())
                await it.officer.ask()
                await it.officer.told(lambda told, known=known: len(told) == known + 1)
                assert await it.room.send(it.room.ack(it.room.hits[-1])) == 204
                await it.officer.told(lambda told, known=known: len(told) == known + 2)
        assert set(states(it.officer.so_far())) == {"sent", "delivered"} and it.room.unsigned == 0


async def test_a_room_that_can_not_prove_who_it_is(tmp_path: Path) -> None:
    cert, secret = certificate(tmp_path)
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(cert, secret)
    async with scene(tmp_path, context=theirs) as it:
        async with it.dispatch():
            id = await it.officer.ask()
            assert await it.officer.told(len) == [Told("trouble", id, "tls")]
            assert it.room.hits == []
        async with it.dispatch(context=ssl.create_default_context(cafile=str(cert))):
            assert (await it.officer.told(lambda told: len(told) > 1))[1] == Told("sent", id)


async def test_only_another_trouble_is_told_again(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch():
        it.room.ways.extend([status(500), status(502), status(429), status(503), status(500)])
        id = await it.officer.ask()
        told = await it.officer.told(lambda told: "sent" in states(told))
        assert [each.code for each in told] == ["http_5xx", "http_429", "http_5xx", ""]
        assert it.officer.cases()[0].state is PatrolState.SENT and {each.re for each in told} == {id}


@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_a_room_that_asks_for_peace_gets_it(tmp_path: Path, form: str) -> None:
    """Never more than the longest pause, which is 0.6 s here."""
    wait = "1" if form == "seconds" else formatdate(time.time() + 3600, usegmt=True)
    async with scene(tmp_path) as it, it.dispatch():
        it.room.ways.append(status(503, f"retry-after: {wait}"))
        await it.officer.ask()
        await it.room.until(lambda: len(it.room.hits) == 2)
        assert 0.55 < it.room.hits[1].at - it.room.hits[0].at < 5


async def test_what_is_too_old_is_not_delivered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ahead = 0
    monkeypatch.setattr(service, "wall_clock", lambda: time.time_ns() // 1_000_000 + ahead)
    async with scene(tmp_path) as it, it.dispatch():
        it.room.usually = status(500)
        id = await it.officer.ask()
        await it.officer.told(len)
        ahead = 30 * 60_000
        told = await it.officer.told(lambda told: len(told) > 1)
        assert told == [Told("trouble", id, "http_5xx"), Told("failed", id, "expired")]
        hits = len(it.room.hits)
        it.room.usually = status(200)
        await asyncio.sleep(0.5)
        assert len(it.room.hits) == hits


async def test_what_was_held_back_on_its_way_is_not_delivered(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch():
        id = await it.officer.ask(ago=30 * 60_000 + 1)
        assert await it.officer.told(len) == [Told("failed", id, "expired")]
        assert it.room.hits == []


# ---- the order ----


async def test_nothing_is_brought_up_to_date_that_the_room_does_not_have(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch():
        it.room.ways.extend([status(500)] * 3)
        first = await it.officer.ask()
        second = await it.officer.ask(msgspec.structs.replace(REQUEST, weapon="un couteau"))
        await it.officer.told(lambda told: states(told).count("sent") == 2)
        assert it.room.kinds() == ["Report", "Update"]
        report, update = it.room.taken.values()
        assert [hit.distribution[-22:] for hit in it.room.hits] == [first] * 4 + [second]
        assert report.case == update.case and "couteau" in update.body.decode()


async def test_after_a_failure_the_next_one_opens_the_case(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch():
        it.room.ways.append("slow")
        it.room.ways.append(status(410))
        first = await it.officer.ask()
        second = await it.officer.ask(msgspec.structs.replace(REQUEST, weapon="un couteau"))
        told = await it.officer.told(lambda told: "sent" in states(told))
        assert told[-2:] == [Told("failed", first, "gone"), Told("sent", second)]
        [hit] = it.room.taken.values()
        assert (hit.kind, hit.case) == ("Report", f"fr.police.pvss.{first}")
        assert await it.room.send(it.room.emsi(hit, "accepted")) == 204
        told = await it.officer.told(lambda told: "accepted" in states(told))
        assert told[-1].re == second and it.officer.cases()[0].state is PatrolState.ACCEPTED


async def test_cases_do_not_wait_for_each_other(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.another() as other, it.dispatch():
        stuck = f"fr.police.pvss_{await it.officer.ask()}"

        def slow_for_one(hit: Hit) -> bytes | str:
            return "slow" if hit.distribution == stuck else status(200)

        it.room.usually = slow_for_one
        for _ in range(3):
            known = len(other.so_far())
            await other.ask()
            told = await other.told(lambda told, known=known: len(told) == known + 1)
            assert told[-1].state == "sent"


async def test_acknowledged_by_the_response_alone(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch(acknowledged_by="response"):
        id = await it.officer.ask()
        assert await it.officer.told(len) == [Told("delivered", id)]
        assert it.officer.cases()[0].acked == {id}


async def test_the_other_format(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch(format="cap", acknowledged_by="response"):
        await it.officer.ask()
        await it.officer.told(len)
        await it.officer.cancel()
        await it.officer.told(lambda told: len(told) == 2)
        assert [hit.headers["content-type"] for hit in it.room.hits] == ["application/cap+xml"] * 2
        alert, cancel = (ElementTree.fromstring(hit.body) for hit in it.room.hits)
        name = "{urn:oasis:names:tc:emergency:cap:1.2}"
        assert [each.findtext(f"{name}msgType") for each in (alert, cancel)] == ["Alert", "Cancel"]
        assert [each.findtext(f"{name}status") for each in (alert, cancel)] == ["Actual", "Actual"]


async def test_an_exercise_says_so_in_every_message(tmp_path: Path) -> None:
    station = PracticeStation(int(time.time()))
    async with scene(tmp_path, FakeRoom(exercise=True), station=station) as it, it.dispatch(exercise=True):
        await it.officer.ask()
        await it.officer.told(len)
        await it.officer.ask()
        await it.officer.cancel()
        await it.officer.told(lambda told: len(told) == 3)
        assert it.room.kinds() == ["Report", "Update", "Cancel"]
        for hit in it.room.hits:
            assert msgspec.json.decode(hit.body)["distributionStatus"] == hit.message["status"] == "Exercise"
        assert await it.room.send(it.room.emsi(it.room.hits[0], "accepted")) == 204
        assert states(await it.officer.told(lambda told: len(told) == 4))[-1] == "accepted"


# ---- cancelling ----


async def test_cancelled(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch():
        first = await it.officer.ask()
        await it.officer.told(len)
        cancel = await it.officer.cancel("elle est en sûreté")
        await it.officer.told(lambda told: len(told) == 2)
        assert it.room.kinds() == ["Report", "Cancel"]
        hit = it.room.hits[1]
        assert hit.message["reference"] == {"distributionID": f"fr.police.pvss_{first}", "step": "SUPPRIME"}
        assert "elle est en sûreté" in hit.body.decode()
        assert it.officer.cases()[0].state is PatrolState.SENT, "until the room has acknowledged it"
        assert await it.room.send(it.room.ack(hit)) == 204
        assert (await it.officer.told(lambda told: len(told) == 3))[2] == Told("delivered", cancel)
        assert it.officer.cases()[0].state is PatrolState.CANCELLED


async def test_a_cancelling_overtakes_what_is_not_taken_over(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch():
        it.room.usually = lambda hit: status(200 if hit.kind == "Cancel" else 500)
        await it.officer.ask()
        await it.officer.told(len)
        cancel = await it.officer.cancel()
        told = await it.officer.told(lambda told: "sent" in states(told))
        assert told[-1] == Told("sent", cancel)
        await asyncio.sleep(0.5)
        kinds = [hit.kind for hit in it.room.hits]
        assert kinds == sorted(kinds, key="Cancel".__eq__) and kinds.count("Cancel") == 1


async def test_cancelled_before_the_room_could_know_of_it(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch():
        it.room.down()
        id = await it.officer.ask()
        await it.officer.told(len)
        await it.officer.ask(msgspec.structs.replace(REQUEST, weapon="un couteau"))
        cancel = await it.officer.cancel()
        told = await it.officer.told(lambda told: len(told) == 2)
        assert told == [Told("trouble", id, "unreachable"), Told("delivered", cancel)]
        assert it.officer.cases()[0].state is PatrolState.CANCELLED
        await it.room.up()
        await asyncio.sleep(0.5)
        assert it.room.hits == []


async def test_a_cancelling_waits_for_what_is_on_its_way(tmp_path: Path) -> None:
    """The room may get it this very moment; then it must learn that it is cancelled."""
    async with scene(tmp_path) as it, it.dispatch():
        it.room.ways.append("slow")
        await it.officer.ask()
        await it.room.until(lambda: it.room.hits)
        await it.officer.cancel()
        await it.officer.told(lambda told: "sent" in states(told))
        assert [hit.kind for hit in it.room.hits] == ["Report", "Cancel"]


# ---- the way to the relay ----


async def test_the_relay_learns_nothing_of_it(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, it.dispatch():
        await it.officer.ask()
        await it.officer.told(len)
        await it.room.send(it.room.emsi(it.room.hits[0], "question", words=f"quel étage, {MARKER} ?"))
        await it.officer.told(lambda told: "question" in states(told))
        stored = msgspec.json.encode(await it.stored())
        assert b"patrol_status" in stored and MARKER.encode() not in stored
        files = b"".join(file.read_bytes() for file in (tmp_path / "relay").rglob("*") if file.is_file())
        assert MARKER.encode() not in files


async def test_the_relay_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deliveries go on, and what becomes of them is told when there is a link again."""
    async with scene(tmp_path) as it, it.dispatch() as running:
        it.room.usually = status(500)
        await it.officer.ask()
        await it.officer.told(len)
        connected, doorkeeper = it.relay.relay.context.connected, it.relay.relay.context.doorkeeper
        [port] = [port for port in connected.desks if port.role == "dispatch"]
        monkeypatch.setattr(doorkeeper, "admit", _nobody)
        port.say_bye(TRY_LATER)
        await _until(lambda: running.room.link.phase == "refused")
        it.room.usually = status(200)
        await it.room.until(lambda: it.room.taken)
        await it.room.send(it.room.ack(it.room.hits[-1]))
        assert states(it.officer.so_far()) == ["trouble"] and running.room.link.unsent == 2
        monkeypatch.undo()
        running.room.retry()
        told = await it.officer.told(lambda told: len(told) == 3)
        assert states(told) == ["trouble", "sent", "delivered"]


def _nobody(*_args: Any) -> Any:
    raise Refused("login")


async def _until(fits: Any) -> None:
    while not fits():
        await asyncio.sleep(0.01)
