"""The room over its store: what is rejected, what comes twice, what was lost."""

from __future__ import annotations

import time

import msgspec
import pytest

from officer_console.model.events import PatrolStatus
from officer_console.model.patrol import PatrolState
from officer_console.protocol.desk_session import Tell as LinkTold
from officer_console.protocol.frames import Here
from tests.relay.peers import random_id

from .desk import REQUEST, PracticeStation
from .offline import CID, Offline, offline


def told(it: Offline) -> list[tuple[str, str, str]]:
    return [(tell.re, tell.state, tell.code) for tell in it.untold()]


# ---- what comes ----


def test_a_case_as_the_connector_and_the_screen_see_it() -> None:
    with offline() as it:
        first = it.asks()
        second = it.asks(msgspec.structs.replace(REQUEST, weapon="un couteau"))
        third = it.asks(cancel="elle est en sûreté")
        assert [(case.id, asking.id, len(case.asked)) for case, asking in it.noted.got] == [
            (first, first, 1), (first, second, 2), (first, third, 3),
        ]  # fmt: skip
        [case] = it.room.cases()
        assert (case.officer, case.newest and case.newest.weapon, case.reason) == (
            "Ana",
            "un couteau",
            "elle est en sûreté",
        )
        assert case.cancelled and not case.over and len(case.requests) == 2
        assert it.room.case(first) == case and it.room.case("nobody's") is None
        assert it.store.cursor == 3
        assert it.asks() != first and len(it.room.cases()) == 2, "after a cancelling it is another case"


def test_what_is_told_comes_back_and_counts() -> None:
    with offline() as it:
        id = it.asks()
        assert it.room.tell(id, "assigned", unit="TV 12", words="deux collègues") is True
        assert it.room.tell(id, "assigned", unit="TV 12", words="deux collègues") is False
        assert it.room.cases()[0].state is PatrolState.STORED
        standing = it.room.standing(id)
        assert standing and standing.state is PatrolState.ASSIGNED
        it.store_tells()
        [case] = it.room.cases()
        assert (case.state, case.unit, case.words, case.acked) == ("assigned", "TV 12", "deux collègues", {id})
        assert it.untold() == [] and it.room.tell(id, "assigned", unit="TV 12", words="deux collègues") is False


def test_only_of_our_requests_and_only_states() -> None:
    with offline() as it:
        id = it.asks()
        for state in ("kept", "stored", "cancelled", "", "lost"):
            with pytest.raises(ValueError, match="state"):
                it.room.tell(id, state)
        with pytest.raises(ValueError, match="request"):
            it.room.tell(random_id(), "accepted")
        assert it.room.standing("nobody's") is None


def test_nothing_hidden_is_told() -> None:
    with offline() as it:
        it.room.tell(it.asks(), "accepted", unit="TV\n12\ud800", words="a\x1b[31m" + "x" * 5000)
        [tell] = it.untold()
        assert "\n" not in tell.unit and "\x1b" not in tell.words and len(tell.words) <= 400


def test_what_is_rejected_is_told_and_never_handed_on() -> None:
    with offline(exercise=True) as it:
        first = it.asks()
        second = it.asks()
        third = it.asks(cancel="non")
        assert it.noted.got == [] and [each.code for each in it.room.cases()[0].asked] == ["live"] * 3
        assert told(it) == [(first, "refused", "live"), (second, "failed", "live"), (third, "failed", "live")]
        assert it.room.cases()[0].requests == ()
    with offline(station=PracticeStation(int(time.time()))) as it:
        id = it.asks()
        assert it.noted.got == [] and told(it) == [(id, "refused", "practice")]


def test_what_can_not_be_opened_has_failed() -> None:
    with offline() as it:
        id = it.asks(live=False)
        event = it.log[0]
        it.happened(msgspec.structs.replace(event, what=msgspec.structs.replace(event.what, rooms=())))
        assert it.noted.got == [] and told(it) == [(id, "failed", "unsealed")]


def test_what_was_asked_before_we_belonged_to_the_desk_is_not_ours() -> None:
    with offline() as it:
        it.asks(live=False)
        event = it.log[0]
        before = msgspec.structs.replace(event, at=event.at - 2000, what=msgspec.structs.replace(event.what, rooms=()))
        it.happened(before)
        assert it.noted.got == [] and it.untold() == [] and it.store.cursor == 1


def test_what_nobody_signed_says_nothing() -> None:
    with offline() as it:
        it.asks(live=False)
        [event] = it.log
        for altered in [
            msgspec.structs.replace(event, by=it.keys.kid),
            msgspec.structs.replace(event, cid=random_id()),
            msgspec.structs.replace(event, what=msgspec.structs.replace(event.what, sig="A" * 86)),
            msgspec.structs.replace(event, what=msgspec.structs.replace(event.what, h=event.what.h + " ")),
        ]:
            it.happened(msgspec.structs.replace(altered, seq=it.store.cursor + 1))
        forged = it.append("c", random_id(), it.keys.kid, PatrolStatus("{}", "A" * 86))
        assert it.store.cursor == 4 and forged.seq == 2
        assert it.room.cases() == () and it.noted.got == [] and it.untold() == []


def test_a_forged_state_moves_nothing() -> None:
    with offline() as it:
        id = it.asks()
        it.room.tell(id, "closed")
        [tell] = it.untold()
        it.append(CID, tell.do.id, it.keys.kid, PatrolStatus(tell.do.h, "A" * 86))
        assert it.room.cases()[0].state is PatrolState.STORED and len(it.untold()) == 1


def test_twice_is_once() -> None:
    with offline() as it:
        it.asks()
        it.happened(it.log[0])
        it.happened(msgspec.structs.replace(it.log[0], seq=9))
        assert len(it.noted.got) == 1 and len(it.room.cases()[0].asked) == 1


def test_an_id_of_another_conversation_is_not_handed_on() -> None:
    with offline() as it:
        id = it.asks()
        it.asks(cid=random_id(), id=id)
        assert [case.cid for case, _ in it.noted.got] == [CID]
        assert told(it) == [(id, "refused", "untrusted")]


# ---- restarts and losses ----


def test_after_a_restart_nothing_is_handed_on_again() -> None:
    with offline() as it:
        it.asks()
        it.close()
        it.open()
        it.catch_up()
        assert len(it.noted.got) == 1 and len(it.room.cases()) == 1


def test_older_events_are_gathered_first() -> None:
    """After a lost folder what was done before is known from the log: nothing is told twice, no room called twice."""
    with offline() as it:
        done, fresh = it.asks(), random_id()
        it.room.tell(done, "delivered")
        it.store_tells()
        it.asks(id=fresh, live=False)
        it.close()
        (lost := it.folder / "new").mkdir(mode=0o700)
        it.noted.got.clear()
        it.open(lost)
        it.catch_up()
        assert [asking.id for _, asking in it.noted.got] == [done, fresh]
        assert it.noted.got[0][0].acked == {done}
        assert it.room.tell(done, "delivered") is False and it.untold() == []


def test_a_rejection_is_not_told_again_after_a_loss() -> None:
    with offline(exercise=True) as it:
        it.asks()
        it.store_tells()
        it.close()
        (lost := it.folder / "new").mkdir(mode=0o700)
        it.open(lost)
        it.catch_up()
        assert it.untold() == [] and it.room.cases()[0].state is PatrolState.REFUSED


def test_a_delivery_is_not_made_again_after_a_loss() -> None:
    with offline(real=True) as it:
        acked = it.asks()
        it.room.tell(acked, "delivered")
        it.store_tells()
        waiting = it.asks()
        it.close()
        (lost := it.folder / "new").mkdir(mode=0o700)
        it.open(lost)
        it.catch_up()
        assert [each.id for each in it.deliveries.book.waiting()] == [waiting]
        assert it.deliveries._kind(it.deliveries.book.waiting()[0]) == "update"


def test_a_cancelling_goes_out_after_a_loss() -> None:
    """What the log says was tried may be at the room, even if we don't know any more that it was us."""
    with offline(real=True) as it:
        id = it.asks()
        it.room.tell(id, "trouble", code="timeout")
        it.store_tells()
        cancel = it.asks(cancel="fausse alerte")
        it.close()
        (lost := it.folder / "new").mkdir(mode=0o700)
        it.open(lost)
        it.catch_up()
        [waiting] = it.deliveries.book.waiting()
        assert waiting.id == cancel and it.deliveries._others(waiting)[0].reached


@pytest.mark.parametrize("state", ["cancelled", "failed"])
def test_what_had_ended_before_a_loss_does_not_begin_again(state: str) -> None:
    with offline(real=True) as it:
        id = it.asks()
        re = it.asks(cancel="fausse alerte") if state == "cancelled" else id
        it.room.tell(re, "delivered" if state == "cancelled" else "failed", code="gone")
        it.store_tells()
        it.close()
        (lost := it.folder / "new").mkdir(mode=0o700)
        it.open(lost)
        it.catch_up()
        assert it.room.cases()[0].state == state and it.deliveries.book.waiting() == []


def test_the_cursor_moves_with_what_is_not_ours() -> None:
    with offline() as it:
        it.room._told(LinkTold(Here(41)))
        assert it.store.cursor == 41
