"""The order of the desk's queue."""

from __future__ import annotations

from time import perf_counter

import msgspec
from hypothesis import given

from officer_console.model.conversation import Conversation, State
from officer_console.model.envelope import RELAY, VISITOR
from officer_console.model.events import Claimed, Closed, Event, Left, Opened, Released, Said, What
from officer_console.model.queue import Queue, rank

from .logs import ANA, ME, body_of, logs


def filled(*steps: tuple[str, str, What]) -> Queue:
    queue = Queue(ME)
    for seq, (cid, by, what) in enumerate(steps, 1):
        queue.apply(Event(seq, seq * 1000, cid, f"id-{seq}", by, what))
    return queue


def arrived(*cids: str) -> list[tuple[str, str, What]]:
    return [step for cid in cids for step in ((cid, VISITOR, Opened("h")), (cid, VISITOR, Said()))]


def order(queue: Queue) -> str:
    return "".join(queue[place].cid for place in range(len(queue)))


def test_mine_then_who_waits_longest_then_others_then_closed() -> None:
    queue = filled(
        *arrived(*"abcdef"), ("b", ANA, Claimed()), ("d", ME, Claimed()), ("c", ME, Claimed()), ("c", ME, Closed()),
        ("a", ME, Claimed()), ("a", ME, Released()), ("f", ME, Claimed()), ("f", ME, Closed()),
    )  # fmt: skip
    assert order(queue) == "deabfc"
    assert [c.cid for c in queue.waiting()] == ["e", "a"] and queue.waiting_size == 2
    held = [c for c in queue.everything() if c.state is State.HELD]
    assert queue.held_size == len(held) > 1
    assert (queue.ahead("e"), queue.ahead("a"), queue.ahead("d"), queue.ahead("nobody")) == (0, 1, None, None)
    assert (queue.index("d"), queue.index("c"), queue.index("nobody")) == (0, 5, None)


def test_who_can_not_read_an_answer_any_more_waits_behind_who_can() -> None:
    queue = filled(
        *arrived(*"abcd"), ("a", VISITOR, Left("exit")), ("b", RELAY, Left("lost")), ("c", VISITOR, Left("goodbye")),
        *arrived("e"),
    )  # fmt: skip
    assert [c.cid for c in queue.waiting()] == ["b", "d", "e", "a", "c"] == list(order(queue))
    assert (queue.ahead("d"), queue.ahead("a")) == (1, 3)


def test_nothing_is_in_the_queue_before_the_first_word() -> None:
    queue = filled(("a", VISITOR, Opened("h")))
    assert (len(queue), queue.index("a"), queue.ahead("a")) == (0, None, None)
    assert [c.cid for c in queue.everything()] == ["a"]


def test_forgotten_leaves_no_place() -> None:
    queue = filled(*arrived("a", "b"))
    queue.forget("a")
    queue.forget("a")
    assert (order(queue), queue.get("a")) == ("b", None)


def test_replaced_moves() -> None:
    queue = filled(*arrived("a", "b"))
    first = queue[0]
    queue.replace(msgspec.structs.replace(first, state=State.CLOSED, closed_at=9))
    assert order(queue) == "ba"


def test_apply_gives_before_and_after() -> None:
    queue = filled(*arrived("a"))
    before, after = queue.apply(Event(9, 9, "a", "x", ANA, Claimed()))
    assert before is not None and (before.state, after.state, queue.seq) == (State.WAITING, State.HELD, 9)


@given(logs())
def test_the_order_is_always_that_of_the_ranks(events: list[Event]) -> None:
    queue = Queue(ME)
    for event in events:
        queue.apply(event, body_of(event))
    shown = [queue[place] for place in range(len(queue))]
    placed: list[Conversation] = [c for c in queue.everything() if c.state is not State.OPENING]
    assert shown == sorted(placed, key=lambda c: rank(c, ME))
    assert [queue.index(c.cid) for c in shown] == list(range(len(shown)))
    waiting = [c for c in shown if c.state is State.WAITING]
    assert list(queue.waiting()) == waiting and queue.waiting_size == len(waiting)
    assert [queue.ahead(c.cid) for c in waiting] == list(range(len(waiting)))
    assert queue.seq == events[-1].seq


@given(logs())
def test_conversations_do_not_touch_each_other(events: list[Event]) -> None:
    """Whatever the order between conversations, each one is the same and so is the queue."""
    mixed, sorted_by_conversation = Queue(ME), Queue(ME)
    for event in events:
        mixed.apply(event, body_of(event))
    for event in sorted(events, key=lambda event: (event.cid, event.seq)):
        sorted_by_conversation.apply(event, body_of(event))
    assert [mixed[n] for n in range(len(mixed))] == [sorted_by_conversation[n] for n in range(len(mixed))]


@given(logs())
def test_a_log_that_is_sent_again_from_anywhere_changes_nothing(events: list[Event]) -> None:
    once, again = Queue(ME), Queue(ME)
    for event in events:
        once.apply(event)
        again.apply(event)
    for event in events[len(events) // 2 :]:
        again.apply(event)
    assert [once[n] for n in range(len(once))] == [again[n] for n in range(len(again))]


def test_ten_thousand_conversations_cost_little_each() -> None:
    queue = Queue(ME)
    start = perf_counter()
    for n in range(10_000):
        queue.apply(Event(2 * n + 1, n, f"c{n}", "open", VISITOR, Opened("h")))
        queue.apply(Event(2 * n + 2, n, f"c{n}", "v.0", VISITOR, Said()))
    assert len(queue) == 10_000 and queue.ahead("c9999") == 9_999
    assert perf_counter() - start < 5  # 0.3 s where this was written; a quadratic fold takes minutes
