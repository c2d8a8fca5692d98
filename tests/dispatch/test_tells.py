"""Telling the officers over a link that refuses, breaks and chokes; and in any order, the furthest state stays."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from officer_console.dispatch.messages.reading import Answer
from officer_console.model.events import PatrolStatus
from officer_console.model.patrol import ORDER, PatrolState
from tests.relay.peers import random_id

from .offline import CID, Offline, Wires, offline

HOUR_MS = 3_600_000


def told(it: Offline) -> list[tuple[str, str, str]]:
    return [(tell.re, tell.state, tell.code) for tell in it.untold()]


# ---- what is told ----


async def test_what_the_relay_refuses_for_now_is_told_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("officer_console.dispatch.tells.AGAIN_S", (0.01, 0.02))
    with offline() as it:
        tells = it.room._tells
        tells._wait_s = 0.01
        wires = tells._wires = Wires("rate", "storage", "busy", "login")
        it.room.tell(it.asks(), "accepted", words="oui")
        tells.linked(True)
        async with asyncio.timeout(5):
            while it.untold():
                await asyncio.sleep(0.01)
        assert len(wires.given) == 5 and len({do.id for do in wires.given}) == 1
        assert len({do.sig + do.box for do in wires.given}) == 1, "the same bytes"
        tells.close()


@pytest.mark.parametrize("code", ["", "no_case", "state", "conflict", "erased", "unknown"])
def test_what_the_relay_will_never_take_is_given_up(code: str) -> None:
    with offline() as it:
        it.room._tells._wires = Wires(code)
        id = it.asks()
        it.room.tell(id, "accepted")
        it.room._tells.linked(True)
        assert it.untold() == []
        gone = code in ("erased", "unknown")
        assert it.room.cases()[0].state == ("accepted" if gone else "stored")


def test_one_after_the_other_in_a_conversation() -> None:
    with offline() as it:
        wires = it.room._tells._wires = Wires("lost", "lost")
        first, other = it.asks(), it.asks(cid=random_id())
        it.room._tells.linked(True)
        it.room.tell(first, "delivered")
        it.room.tell(first, "opened")
        it.room.tell(other, "delivered")
        assert [do.cid == CID for do in wires.given] == [True, False]
        it.room._tells.linked(False)
        it.room._tells.linked(True)
        assert [(do.cid == CID) for do in wires.given[2:]].count(True) == 2


def test_what_the_relay_chokes_on_does_not_keep_the_others() -> None:
    with offline() as it:
        bad, good = it.asks(), it.asks(cid=random_id())
        it.room.tell(bad, "delivered")
        wires = it.room._tells._wires = Wires(*["lost"] * 3)
        for _ in range(3):
            it.room._tells.linked(True)
            it.room._tells.linked(False, "malformed")
        it.room.tell(good, "delivered")
        it.room._tells.linked(True)
        assert len(wires.given) == 4 and told(it) == [(bad, "delivered", "")]


def test_words_are_sealed_even_when_the_desk_has_no_key_in_force() -> None:
    with offline() as it:
        id = it.asks()
        it.clock += 8 * 24 * HOUR_MS
        it.room.tell(id, "assigned", unit="TV 12")
        assert it.untold()[0].do.box
        chain = it.room._chain
        chain.directory = msgspec.structs.replace(chain.directory, desk_keys={})
        it.room.tell(id, "on_the_way", unit="TV 12")
        do = it.untold()[1].do
        assert do.box == "" and '"kid":""' in do.h, "the state is told all the same"


# ---- any order ----

STATES = ["sent", "delivered", "opened", "accepted", "assigned", "on_the_way", "on_scene", "closed"]


@examples(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(STATES), st.integers(0, 2), st.booleans()), max_size=25), st.randoms())
def test_any_order_folds_to_the_furthest_state(answers: list[tuple[str, int, bool]], chance: Any) -> None:
    """Shuffled, doubled, some lost; some words differ; the relay stores some at once and some later."""
    with offline(real=True) as it:
        id = it.asks()
        it.delivery(id, tries=1, opens=True, reached=True)
        chance.shuffle(answers)
        for number, (state, words, stored) in enumerate(answers):
            about = {"re": id} if ORDER[PatrolState(state)] <= ORDER[PatrolState.OPENED] else {"case": id}
            assert it.answers.take(Answer(state, words="x" * words, **about), f"hook {number}")
            if stored:
                it.store_tells()
        standing = it.room.standing(id)
        it.store_tells()
        furthest = max([PatrolState.STORED, *(PatrolState(state) for state, *_ in answers)], key=ORDER.__getitem__)
        assert standing and standing.state is furthest is it.room.cases()[0].state
        told = [(event.id, event.what) for event in it.log if isinstance(event.what, PatrolStatus)]
        assert len(told) == len(set(told)) == len({(state, words) for state, words, _ in answers})
        assert it.deliveries.book.waiting() == [] if answers else True
