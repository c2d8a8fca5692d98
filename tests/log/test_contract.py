"""What every engine must do."""

from __future__ import annotations

import asyncio

import pytest

from officer_console.errors import UserError
from officer_console.model.events import Draft, Event
from officer_console.protocol.refusals import Refused
from officer_console.relay.log.interface import Conflict, Opening, Statement

from .conftest import Engine, Place
from .drafts import OPENING, Follower, claimed, erased, opened, random_text, said

MARKER = "MARKER-il-est-derriere-la-porte"
KEY = "MARKER-of-a-key"


async def refusal(work: object) -> str:
    with pytest.raises(Refused) as caught:
        await work  # type: ignore[misc]
    return caught.value.code


# ---- append ----


async def test_an_empty_log_has_nothing(log: Engine) -> None:
    assert await log.head() == 0
    assert await log.read(0, 10) == []
    assert log.healthy


async def test_events_are_numbered_in_the_order_in_which_they_come(log: Engine) -> None:
    events = [await log.append(said(cid, str(n))) for n, cid in enumerate("abab")]
    assert [event.seq for event in events] == sorted({event.seq for event in events})
    assert [event.at for event in events] == [1, 2, 3, 4]
    assert await log.read(0, 10) == events
    assert await log.head() == events[-1].seq


async def test_the_same_event_again_is_the_first_one(log: Engine) -> None:
    first = await log.append(said("a", "0"))
    await log.append(said("a", "1"))
    assert await log.append(said("a", "0")) == first
    assert await log.append(said("a", "0"), expected=-1) == first, "whatever is expected"
    assert len(await log.read(0, 10)) == 2


async def test_other_content_under_the_same_id_is_a_conflict(log: Engine) -> None:
    first = await log.append(said("a", "0"))
    assert await refusal(log.append(said("a", "0", "something else"))) == "conflict"
    assert await log.read(0, 10) == [first]


async def test_another_author_under_the_same_id_is_a_conflict(log: Engine) -> None:
    await log.append(claimed("a", "x"))
    draft = claimed("a", "x")
    assert await refusal(log.append(type(draft)(draft.cid, draft.id, "y", draft.what))) == "conflict"


async def test_an_id_is_of_its_conversation(log: Engine) -> None:
    assert (await log.append(said("a", "0"))).seq != (await log.append(said("b", "0"))).seq


async def test_only_the_expected_state_is_appended_to(log: Engine) -> None:
    first = await log.append(said("a", "0"), expected=0)
    await log.append(said("b", "0"), expected=0)
    for wrong in (0, first.seq + 1, first.seq - 1, -1):
        with pytest.raises(Conflict):
            await log.append(said("a", "1"), expected=wrong)
    assert (await log.append(said("a", "1"), expected=first.seq)).seq > first.seq


async def test_of_two_claims_at_once_one_wins(log: Engine) -> None:
    last = (await log.append(said("a", "0"))).seq
    claims = (log.append(claimed("a", by), expected=last) for by in "xyz")
    results = await asyncio.gather(*claims, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "Conflict", "Event"]
    assert len(await log.read(0, 10)) == 2


async def test_many_at_once_are_each_stored_once(log: Engine) -> None:
    drafts = [said(cid, str(n)) for n in range(50) for cid in "abcd"]
    events = await asyncio.gather(*(log.append(draft) for draft in drafts * 2))
    assert events[:200] == events[200:]
    stored = await log.read(0, 1000)
    assert sorted(events[:200], key=lambda event: event.seq) == stored
    for cid in "abcd":
        assert [event.id for event in stored if event.cid == cid] == [str(n) for n in range(50)]


async def test_what_nobody_waits_for_any_more_is_stored_all_the_same(log: Engine) -> None:
    asking = asyncio.create_task(log.append(said("a", "0")))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    again = await log.append(said("a", "0"))
    assert await log.read(0, 10) == [again]


# ---- open ----


async def test_opening_keeps_event_and_key_material(log: Engine) -> None:
    event = await log.open(opened("a"), OPENING)
    assert await log.read(0, 10) == [event]
    assert await log.shelf.opening("a") == OPENING
    assert await log.shelf.opening("b") is None
    assert await log.shelf.openings(["b", "a"]) == {"a": OPENING}
    assert await log.shelf.openings([]) == {}


async def test_opening_again_is_the_first_opening(log: Engine) -> None:
    assert await log.open(opened("a"), OPENING) == await log.open(opened("a"), OPENING)


@pytest.mark.parametrize(
    ("draft", "opening"),
    [
        (opened("a"), Opening("another box", OPENING.vt)),
        (opened("a"), Opening(OPENING.box, "another token")),
        (opened("a", "another header"), OPENING),
    ],
    ids=["box", "token", "header"],
)
async def test_another_opening_is_a_conflict(log: Engine, draft: Draft, opening: Opening) -> None:
    first = await log.open(opened("a"), OPENING)
    assert await refusal(log.open(draft, opening)) == "conflict"
    assert await log.shelf.opening("a") == OPENING
    assert await log.read(0, 10) == [first]


# ---- read ----


async def test_reading_in_pages(log: Engine) -> None:
    events = [await log.append(said("ab"[n % 2], str(n))) for n in range(10)]
    assert await log.read(0, 3) == events[:3]
    assert await log.read(events[2].seq, 4) == events[3:7]
    assert await log.read(events[2].seq, 4, "b") == events[3:10:2]
    assert await log.read(events[-1].seq, 4) == []
    assert await log.read(0, 4, "nobody") == []


async def test_all_is_there_after_the_log_was_closed(place: Place) -> None:
    log = await place.open()
    events = [await log.open(opened("a"), OPENING), await log.append(said("a", "0")), await log.erase(erased("b"))]
    await log.directory.extend(0, [Statement("s", "sig")], [("key", "member", "box")])
    await log.close()
    log = await place.open()
    assert await log.read(0, 10) == events
    assert (await log.head(), await log.shelf.opening("a")) == (events[-1].seq, OPENING)
    assert await log.directory.statements() == [Statement("s", "sig")]
    assert await log.shelf.wraps("member") == [("key", "box")]
    assert (await log.append(said("a", "1"))).seq > events[-1].seq
    await log.close()


async def test_a_number_is_never_given_twice(place: Place) -> None:
    log = await place.open()
    await log.append(said("a", "0"))
    last = await log.erase(erased("a"))
    await log.close()
    log = await place.open()
    assert (await log.append(said("b", "0"))).seq > last.seq
    await log.close()


async def test_two_engines_on_one_place_are_refused(log: Engine, place: Place) -> None:
    with pytest.raises(UserError):
        await place.open()
    assert (await log.append(said("a", "0"))).seq, "the first one is not disturbed"


async def test_a_closed_log_takes_nothing_and_gives_nothing(place: Place) -> None:
    log = await place.open()
    await log.close()
    assert await refusal(log.append(said("a", "0"))) == "storage"
    assert await refusal(log.read(0, 10)) == "storage"


async def test_closing_finishes_what_was_asked_for(place: Place) -> None:
    log = await place.open()
    asked = [asyncio.create_task(log.append(said("a", str(n)))) for n in range(30)]
    await asyncio.sleep(0)
    await log.close()
    events = await asyncio.gather(*asked)
    log = await place.open()
    assert await log.read(0, 100) == events
    await log.close()


# ---- follow ----


@pytest.mark.parametrize("start", [0, 3, 6])
async def test_following_from_anywhere(log: Engine, start: int) -> None:
    old = [await log.append(said("a", str(n))) for n in range(6)]
    follower = Follower(log, old[start - 1].seq if start else 0)
    new = [await log.append(said("b", str(n))) for n in range(6)]
    assert await follower.until(new[-1].seq) == [*old[start:], *new]
    await follower.stop()


async def test_following_what_another_run_has_stored(place: Place) -> None:
    log = await place.open()
    old = [await log.append(said("a", str(n))) for n in range(600)]
    await log.close()
    log = await place.open()
    follower = Follower(log, old[9].seq)
    new = await log.append(said("a", "new"))
    assert await follower.until(new.seq) == [*old[10:], new]
    await follower.stop()
    await log.close()


async def test_a_follower_who_fell_far_behind_misses_nothing(log: Engine) -> None:
    following = log.follow(0)
    first = await log.append(said("a", "first"))
    assert list(await anext(following)) == [first]
    events = await asyncio.gather(*(log.append(said("a", str(n))) for n in range(6000)))
    got: list[Event] = []
    while not got or got[-1].seq < events[-1].seq:
        got += await anext(following)
    assert got == events
    await following.aclose()  # type: ignore[attr-defined]


async def test_followers_get_what_comes_at_once(log: Engine) -> None:
    followers = [Follower(log) for _ in range(3)]
    for n in range(5):
        event = await log.append(said("a", str(n)))
        for follower in followers:
            assert (await follower.until(event.seq))[-1] == event
    for follower in followers:
        await follower.stop()


async def test_following_across_an_erasure(log: Engine) -> None:
    kept = await log.append(said("b", "0"))
    await log.append(said("a", "0"))
    live = Follower(log)
    tombstone = await log.erase(erased("a"))
    late = Follower(log)
    assert (await live.until(tombstone.seq))[-1] == tombstone
    assert await late.until(tombstone.seq) == [kept, tombstone]
    await live.stop()
    await late.stop()


async def test_what_a_follower_gets_is_stored(log: Engine) -> None:
    following = log.follow(0)
    for n in range(20):
        appending = asyncio.create_task(log.append(said("a", str(n))))
        (event,) = await anext(following)
        assert await log.read(event.seq - 1, 1) == [event]
        await appending
    await following.aclose()  # type: ignore[attr-defined]


async def test_a_follower_who_goes_leaves_the_others_alone(log: Engine) -> None:
    going, staying = Follower(log), Follower(log)
    first = await log.append(said("a", "0"))
    await going.until(first.seq)
    await going.stop()
    second = await log.append(said("a", "1"))
    assert await staying.until(second.seq) == [first, second]
    await staying.stop()


# ---- erase ----


async def test_an_erasure_leaves_one_event(log: Engine) -> None:
    await log.open(opened("a"), OPENING)
    await log.append(said("a", "0"))
    other = await log.append(said("b", "0"))
    tombstone = await log.erase(erased("a"))
    assert await log.read(0, 10) == [other, tombstone]
    assert await log.read(0, 10, "a") == [tombstone]
    assert await log.shelf.opening("a") is None
    assert await log.head() == tombstone.seq


async def test_erasing_again_is_the_first_erasure(log: Engine) -> None:
    await log.append(said("a", "0"))
    first = await log.erase(erased("a", "one", "v"))
    assert await log.erase(erased("a", "two", "lead")) == first
    assert await log.read(0, 10) == [first]


async def test_nothing_is_appended_after_an_erasure(log: Engine) -> None:
    await log.open(opened("a"), OPENING)
    await log.append(said("a", "0"))
    tombstone = await log.erase(erased("a"))
    for work in (
        log.append(said("a", "0")),
        log.append(said("a", "1")),
        log.append(said("a", "2"), expected=tombstone.seq),
        log.open(opened("a"), OPENING),
    ):
        assert await refusal(work) == "erased"
    assert await log.shelf.opening("a") is None


async def test_appends_and_an_erasure_at_once(log: Engine) -> None:
    work = [log.append(said("a", str(n))) for n in range(20)]
    work.insert(10, log.erase(erased("a")))
    results = await asyncio.gather(*work, return_exceptions=True)
    assert all(isinstance(result, Event) for result in results[:11])
    assert {result.code for result in results[11:] if isinstance(result, Refused)} == {"erased"}
    tombstone = results[10]
    assert isinstance(tombstone, Event)
    assert await log.read(0, 100) == [tombstone]
    follower = Follower(log)
    assert await follower.until(tombstone.seq) == [tombstone], "nor does memory give it out"
    await follower.stop()


async def test_an_erasure_leaves_no_trace_in_any_file(log: Engine, place: Place) -> None:
    marks = [f"{MARKER}-{n}" for n in range(60)]
    await log.open(opened("a"), Opening(f"{KEY}-box", f"{KEY}-token"))
    await log.open(opened("b"), Opening("SPARED-box", "SPARED-token"))
    for n, mark in enumerate(marks):
        await log.append(said("a", str(n), mark))
        await log.append(said("b", str(n), f"SPARED-{n}"))
    there = place.raw()
    assert there.count(MARKER.encode()) >= len(marks), "the search finds what is there"
    assert there.count(KEY.encode()) >= 2
    await log.erase(erased("a"))
    left = place.raw()
    assert left.count(KEY.encode()) == 0, "of the keys no byte, on any engine"
    assert words_left(place) == 0
    assert left.count(b"SPARED-") >= len(marks) + 2
    assert len(await log.read(0, 100)) == 62


def words_left(place: Place) -> int:
    """How often the marker stands in files; where an engine's own journal keeps it, it is not counted."""
    return place.raw().count(MARKER.encode()) if place.forgets_words else 0


async def test_an_erasure_goes_on_when_its_caller_is_gone(log: Engine, place: Place) -> None:
    await log.append(said("a", "0", MARKER))
    asking = asyncio.create_task(log.erase(erased("a")))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    assert (await log.erase(erased("a", "again"))).id == "gone", "the first one went on"
    assert words_left(place) == 0
    after = await log.append(said("b", "0"))
    follower = Follower(log)
    assert [event.kind for event in await follower.until(after.seq)] == ["erased", "said"]
    await follower.stop()


async def test_readers_do_not_hinder_an_erasure(log: Engine, place: Place) -> None:
    await asyncio.gather(*(log.append(said("a", str(n), MARKER)) for n in range(500)))

    async def read() -> None:
        while await log.read(0, 500):
            if (await log.read(0, 1))[0].kind == "erased":
                return

    readers = [asyncio.create_task(read()) for _ in range(8)]
    await log.erase(erased("a"))
    assert words_left(place) == 0
    await asyncio.gather(*readers)


# ---- the directory and its wraps ----


async def test_statements_are_appended_at_their_place(log: Engine) -> None:
    first, second, third = (Statement(f"s{n}", f"sig{n}") for n in range(3))
    await log.directory.extend(0, [first, second], [])
    for wrong in (0, 1, 3):
        with pytest.raises(Conflict):
            await log.directory.extend(wrong, [third], [("k", "m", "b")])
    assert await log.shelf.wraps("m") == [], "all or nothing"
    await log.directory.extend(2, [third], [("k", "m", "b"), ("k", "n", "c"), ("j", "m", "d")])
    assert await log.directory.statements() == [first, second, third]
    assert sorted(await log.shelf.wraps("m")) == [("j", "d"), ("k", "b")]
    await log.directory.extend(3, [], [("k", "m", "new")])
    assert ("k", "new") in await log.shelf.wraps("m")


async def test_of_two_who_extend_at_once_one_wins(log: Engine) -> None:
    work = (log.directory.extend(0, [Statement("s", str(n))], []) for n in range(2))
    results = await asyncio.gather(*work, return_exceptions=True)
    assert [type(result) for result in results].count(Conflict) == 1
    assert len(await log.directory.statements()) == 1


# ---- a full disk ----


async def test_a_full_disk_is_told_and_gotten_over(place: Place) -> None:
    log = await place.open()
    stored = [await log.append(said("a", str(n))) for n in range(3)]
    async with place.full():
        work = [log.append(said("a", str(n), random_text(20_000))) for n in range(3, 200)]
        results = await asyncio.gather(*work, return_exceptions=True)
        stored += [result for result in results if isinstance(result, Event)]
        refused = [result for result in results if isinstance(result, Refused)]
        assert len(stored) + len(refused) == 200
        assert {result.code for result in refused} == {"storage"}
        assert not log.healthy
        assert await log.read(0, 1000) == stored, "what is there can be read"
    stored.append(await log.append(said("b", "0")))
    assert log.healthy
    follower = Follower(log)
    assert await follower.until(stored[-1].seq) == stored
    await follower.stop()
    await log.close()
    log = await place.open()
    assert await log.read(0, 1000) == stored, "and nothing else is"
    await log.close()
