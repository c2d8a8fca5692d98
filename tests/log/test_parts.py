"""The small parts of the JetStream engine: addresses, turns, and what is remembered of conversations."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.config import CLUSTER
from officer_console.relay.log.address import Address, parse
from officer_console.relay.log.ends import Ends
from officer_console.relay.log.nats_link import Link, Unreachable
from officer_console.relay.log.turns import Turns


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("nats://one", Address(("nats://one",))),
        ("nats://one:4222,two/desk-2", Address(("nats://one:4222", "nats://two"), "desk-2")),
        ("tls://[::1]:4222/", Address(("tls://[::1]:4222",))),
        ("nats://me:p%40ss@one,two", Address(("nats://one", "nats://two"), user="me", password="p@ss")),
    ],
)
def test_addresses(text: str, address: Address) -> None:
    assert parse(text) == address
    assert "p@ss" not in address.told and "p%40ss" not in address.told and "me" not in address.told


@pytest.mark.parametrize(
    "text", ["", "nats://", "http://one", "nats:one", "nats://one two", "nats://one/a/b", "nats://one/a.b", "nats://,"]
)
def test_what_is_no_address(text: str) -> None:
    assert CLUSTER.fullmatch(text) is None
    with pytest.raises(ValueError, match="no address"):
        parse(text)


async def test_turns_are_taken_in_the_order_in_which_they_were_asked_for() -> None:
    turns, order = Turns(), []

    async def take(turn: object, number: int) -> None:
        async with turn:  # type: ignore[attr-defined]
            await asyncio.sleep(0)
            order.append(number)

    asked = [turns.of("a") for _ in range(5)]
    tasks = [asyncio.create_task(take(turn, number)) for number, turn in reversed(list(enumerate(asked)))]
    await asyncio.sleep(0)
    tasks[2].cancel()  # number 2, while it waits
    await turns.settled()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert order == [0, 1, 3, 4]
    assert turns._line == {}
    async with turns.of("a"), turns.of("b"):  # names do not wait for each other
        pass


steps = st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 9), st.booleans(), st.booleans()), max_size=60)


@given(steps, st.integers(1, 8))
def test_ids_are_all_or_none(steps: list[tuple[str, int, bool, bool]], most: int) -> None:
    ends = Ends(most)
    true: dict[str, dict[str, int]] = {}
    for seq, (cid, id_, readable, erased) in enumerate(steps, 1):
        known = true.setdefault(cid, {})
        before = ends.get(cid).erased
        assert ends.learn(cid, seq, f"{id_}", readable=readable, erased=erased)
        assert not ends.learn(cid, seq, f"{id_}", readable=readable, erased=erased), "once is enough"
        if erased and not before:
            known.clear()
        known[f"{id_}"] = seq
        end = ends.get(cid)
        assert end.last == seq and end.is_at(seq)
        assert end.ids is None or end.ids == known
        kept = sum(len(each.ids or ()) for each in map(ends.get, true))
        assert kept <= max(most, len(true[cid])), "but for the conversation that is used"


def answer(before: int, seq: int = 0) -> Any:
    """One message of a server's answer of several: a record, or the end."""
    headers = {"Nats-Last-Sequence": str(before)}
    headers |= {"Nats-Sequence": str(seq), "Nats-Subject": "s"} if seq else {"Status": "204"}
    return SimpleNamespace(headers=headers, data=b"")


async def fetched(*messages: Any) -> list[int]:
    """The seqs that a link takes from such an answer."""
    link = Link(parse("nats://one"))

    async def publish(_subject: str, _data: bytes, reply: str, _headers: None) -> None:
        for message in messages:
            link._several[reply.rpartition(".")[2]].put_nowait(message)

    link._publish = publish  # type: ignore[method-assign]
    return [record.seq for record in await link.fetch("s", 0, 10)]


async def test_an_answer_of_several_is_taken_whole() -> None:
    assert await fetched(answer(0, 3), answer(3, 7), answer(7)) == [3, 7]
    assert await fetched(SimpleNamespace(headers={"Status": "404"}, data=b"")) == []


@pytest.mark.parametrize(
    "messages",
    [
        (answer(2, 3), answer(3)),
        (answer(0, 2), answer(3, 4), answer(4)),
        (answer(0, 2), answer(3)),
        (answer(0, 2), None),
    ],
    ids=["the first is lost", "one between", "the last", "and there is no connection"],
)
async def test_an_answer_of_which_the_network_has_lost_some_is_none(messages: tuple[Any, ...]) -> None:
    with pytest.raises(Unreachable):
        await fetched(*messages)
