"""What every engine does with a record that can't be read: damaged, or written by a newer version."""

from __future__ import annotations

import logging
from typing import Final

import pytest

from officer_console.model.envelope import Envelope
from officer_console.model.events import VERSION, Draft, Said, dump
from officer_console.protocol.refusals import Refused
from officer_console.relay.log.interface import Conflict

from .conftest import Engine, Place
from .drafts import OPENING, Follower, claimed, erased, opened, random_text

WORDS: Final = dump(Said(Envelope("h", "n", "MARKER-of-words")))
UNREADABLE: Final = {
    "torn": (WORDS[: len(WORDS) // 2], VERSION),
    "a bit": (WORDS.replace(b'"kind"', b'"kinf"'), VERSION),
    "no JSON": (b"\xff\x00" + WORDS, VERSION),
    "nothing": (b"", VERSION),
    "an unknown kind": (b'{"kind":"of the future"}', VERSION),
    "a newer version": (WORDS, VERSION + 1),
    "no version": (WORDS, -1),
}


def message(cid: str, n: int) -> Draft:
    """As the relay names a message: by its author and its number."""
    return Draft(cid, f"v.{n}", "v", Said(Envelope("h", "n", f"{cid} {n}")))


@pytest.mark.parametrize("what", UNREADABLE)
async def test_a_message_that_can_not_be_read_keeps_its_place(
    place: Place, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    log = await place.open()
    first, other = await log.append(message("a", 0)), await log.append(message("b", 0))
    assert log.quarantined == 0
    await log.close()
    data, version = UNREADABLE[what]
    await place.spoil("a", "v.1", "v", data, version)
    for _ in range(2):  # nor does it hinder another start
        log = await place.open()
        *before, lost = await log.read(0, 10)
        assert before == [first, other]
        assert (lost.cid, lost.id, lost.by, lost.what) == ("a", "v.1", "v", Said())
        assert log.quarantined == 1, "and counts once, however often it is read"
        assert await log.read(0, 10, "a") == [first, lost] and await log.head() == lost.seq
        assert log.quarantined == 1 and log.healthy
        await log.close()
    log = await place.open()
    with pytest.raises(Refused, match="conflict"):
        await log.append(message("a", 1))
    third = await log.append(message("a", 2), expected=lost.seq)
    follower = Follower(log)
    assert await follower.until(third.seq) == [first, other, lost, third]
    await follower.stop()
    await log.close()
    assert "can't be read" in caplog.text and "MARKER" not in caplog.text


@pytest.mark.parametrize("what", UNREADABLE)
async def test_anything_else_is_passed_over(place: Place, what: str) -> None:
    log = await place.open()
    first = await log.append(message("a", 0))
    await log.close()
    data, version = UNREADABLE[what]
    for n in range(3):
        await place.spoil("a", f"event {n}", "officer", data, version)
    log = await place.open()
    assert await log.read(0, 10) == await log.read(0, 10, "a") == [first]
    assert log.quarantined == 3
    for wrong in (0, first.seq - 1, first.seq + 7, -1):
        with pytest.raises(Conflict):
            await log.append(claimed("a", "x"), expected=wrong)
    claim = await log.append(claimed("a", "x"), expected=first.seq)
    with pytest.raises(Conflict):
        await log.append(claimed("a", "y"), expected=first.seq)
    assert await log.read(0, 10) == [first, claim]
    await log.close()


async def test_what_comes_after_many_of_them_is_reached(place: Place) -> None:
    log = await place.open()
    first = await log.append(message("a", 0))
    await log.close()
    for n in range(30):
        await place.spoil("a", f"event {n}", "officer", b"[")
    log = await place.open()
    last = await log.append(message("a", 1))
    assert await log.read(0, 2) == await log.read(0, 2, "a") == [first, last], "a page is not empty before the end"
    assert await log.read(first.seq, 10) == [last]
    assert await log.read(last.seq, 10) == []
    follower = Follower(log, first.seq)
    assert await follower.until(last.seq) == [last]
    await follower.stop()
    await log.close()


async def test_a_conversation_that_can_not_be_read_is_erased_like_any_other(place: Place) -> None:
    mark = random_text(200)
    log = await place.open()
    await log.open(opened("a"), OPENING)
    await log.close()
    await place.spoil("a", "v.0", "v", mark.encode())
    await place.spoil("a", "note", "officer", mark.encode())
    log = await place.open()
    assert mark.encode() in place.raw()
    tombstone = await log.erase(erased("a"))
    assert await log.read(0, 10) == [tombstone] and await log.shelf.opening("a") is None
    assert place.raw().count(mark.encode()) == 0 or not place.forgets_words
    await log.close()


async def test_what_is_well_is_not_counted(log: Engine) -> None:
    await log.open(opened("a"), OPENING)
    await log.append(message("a", 0))
    await log.erase(erased("a"))
    assert log.quarantined == 0
