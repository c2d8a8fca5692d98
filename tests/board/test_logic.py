"""A dispatcher's board without a screen: every act in every state, what rings, what is told by itself."""

from __future__ import annotations

import asyncio
import contextlib

import msgspec
import pytest

from officer_console.dispatch.board import FINISHED, RULES, Act, Board, NotPossible, OnBoard
from officer_console.model.patrol import ORDER, PatrolState
from officer_console.vault.identity import Identity
from officer_console.vault.local import LocalSeal
from tests.board.fake_room import LILAS, FakeRoom, Told

S = PatrolState
LATER = msgspec.structs.replace(LILAS, weapon="couteau")
POSSIBLE = {
    S.STORED: "accept assign on_the_way on_scene refuse ask",
    S.TROUBLE: "accept assign on_the_way on_scene refuse ask",
    S.FAILED: "accept assign on_the_way on_scene refuse ask",
    S.SENT: "accept assign on_the_way on_scene refuse ask",
    S.DELIVERED: "accept assign on_the_way on_scene refuse ask",
    S.OPENED: "accept assign on_the_way on_scene refuse ask",
    S.ACCEPTED: "assign on_the_way on_scene close refuse ask",
    S.ASSIGNED: "assign on_the_way on_scene close refuse ask",
    S.ON_THE_WAY: "assign on_scene close ask",
    S.ON_SCENE: "assign close ask",
    S.CANCELLED: "close",
    S.REFUSED: "",
    S.CLOSED: "",
}


def shown(room: FakeRoom, case_id: str) -> OnBoard:
    case = room.board.case(room, case_id)  # type: ignore[arg-type]
    assert case
    return case


def act(room: FakeRoom, case_id: str, act: Act, words: str = "") -> None:
    room.board.act(room, case_id, act, words)  # type: ignore[arg-type]


def come_to(room: FakeRoom, state: PatrolState) -> str:
    """A case that has been opened here and then come to this state."""
    case_id = room.ask()
    act(room, case_id, Act.OPEN)
    if state is S.CANCELLED:
        room.cancel(room.cid(case_id))
        act(room, case_id, Act.OPEN)
    elif ORDER[state] > ORDER[S.OPENED]:
        room.elsewhere(case_id, state)
    return case_id


def test_every_state_of_the_log_has_a_row() -> None:
    assert POSSIBLE.keys() == {*S} - {S.KEPT}
    assert RULES.keys() == {*Act}


@pytest.mark.parametrize("state", POSSIBLE)
@pytest.mark.parametrize("what", [each for each in Act if each is not Act.OPEN])
def test_every_act_in_every_state(room: FakeRoom, state: PatrolState, what: Act) -> None:
    case_id = come_to(room, state)
    case = msgspec.structs.replace(shown(room, case_id), state=state)
    assert case.possible == {Act(name) for name in POSSIBLE[state].split()}
    if ORDER[state] < ORDER[S.OPENED]:
        return  # who has opened it here has moved it on
    before = len(room.told)
    if what in case.possible:
        act(room, case_id, what, "TV 12")
        assert room.told[-1].state == RULES[what].tells
        assert len(room.told) == before + 1
    else:
        with pytest.raises(NotPossible):
            act(room, case_id, what, "TV 12")
        assert len(room.told) == before


@pytest.mark.parametrize("what", [each for each in Act if RULES[each].says])
@pytest.mark.parametrize("words", ["", "  \n"])
def test_without_its_words_nothing_is_told(room: FakeRoom, what: Act, words: str) -> None:
    case_id = come_to(room, S.ACCEPTED)
    told = list(room.told)
    with pytest.raises(ValueError):
        act(room, case_id, what, words)
    assert room.told == told


def test_stored_here_is_delivered_and_it_rings_until_it_is_opened(room: FakeRoom) -> None:
    case_id = room.ask()
    assert room.told == [Told(case_id, "delivered")]
    case = shown(room, case_id)
    assert case.rings and case.unseen == (case_id,)
    assert case.possible == {Act.OPEN}
    for what in set(Act) - {Act.OPEN}:
        with pytest.raises(NotPossible):
            act(room, case_id, what, "x")
    act(room, case_id, Act.OPEN)
    assert not shown(room, case_id).rings
    assert room.of(case_id) == ["delivered", "opened"]
    with pytest.raises(NotPossible):
        act(room, case_id, Act.OPEN)


def test_the_whole_way_and_what_is_kept_of_it(room: FakeRoom) -> None:
    case_id = room.ask()
    for what, words in [
        (Act.OPEN, ""), (Act.ACCEPT, ""), (Act.ASSIGN, "TV 12"), (Act.ASK, "Quel étage ?"), (Act.ON_THE_WAY, ""),
        (Act.ASSIGN, "TV 31"), (Act.ON_SCENE, ""), (Act.CLOSE, ""),
    ]:  # fmt: skip
        room.clock += 1000
        act(room, case_id, what, words)
    assert room.told[1:] == [
        Told(case_id, "opened"), Told(case_id, "accepted"), Told(case_id, "assigned", "TV 12"),
        Told(case_id, "question", "", "Quel étage ?"), Told(case_id, "on_the_way", "TV 12"),
        Told(case_id, "assigned", "TV 31"), Told(case_id, "on_scene", "TV 31"), Told(case_id, "closed"),
    ]  # fmt: skip
    case = shown(room, case_id)
    assert case.finished and not case.possible
    assert [entry.state for entry in case.told] == [told.state for told in room.told]
    assert [entry.at - room.clock for entry in case.told][-3:] == [-2000, -1000, 0]


def test_an_update_is_acknowledged_at_once_and_seen_when_opened(room: FakeRoom) -> None:
    case_id = come_to(room, S.ACCEPTED)
    update = room.ask(LATER, cid=room.cid(case_id))
    assert room.of(update) == ["delivered"]
    case = shown(room, case_id)
    assert case.rings and case.unseen == (update,) and case.possible == {Act.OPEN}
    assert case.case.newest == LATER
    act(room, case_id, Act.OPEN)
    assert not shown(room, case_id).rings
    assert shown(room, case_id).state is S.ACCEPTED
    assert room.of(case_id).count("opened") == 1


def test_a_cancelled_case_rings_and_can_only_be_closed(room: FakeRoom) -> None:
    case_id = come_to(room, S.ON_THE_WAY)
    cancelling = room.cancel(room.cid(case_id))
    assert room.of(cancelling) == ["delivered"]
    case = shown(room, case_id)
    assert (case.state, case.rings, case.finished) == (S.CANCELLED, True, False)
    act(room, case_id, Act.OPEN)
    assert shown(room, case_id).possible == {Act.CLOSE}
    act(room, case_id, Act.CLOSE)
    assert shown(room, case_id).finished
    again = room.ask(cid=room.cid(case_id))
    assert shown(room, again).rings and again != case_id


def test_the_same_question_can_be_asked_twice(room: FakeRoom) -> None:
    case_id = come_to(room, S.OPENED)
    act(room, case_id, Act.ASK, "Quel étage ?")
    act(room, case_id, Act.ASK, "Quel étage ?")
    assert room.of(case_id).count("question") == 2


def test_a_question_is_of_the_newest_request(room: FakeRoom) -> None:
    case_id = come_to(room, S.OPENED)
    update = room.ask(LATER, cid=room.cid(case_id))
    act(room, case_id, Act.OPEN)
    act(room, case_id, Act.ASK, "Quel étage ?")
    assert room.told[-1].re == update
    assert shown(room, case_id).case.question == "Quel étage ?"


@pytest.mark.parametrize("state", ["opened", "accepted", "closed", "refused"])
def test_what_another_dispatcher_has_opened_does_not_ring_here(room: FakeRoom, state: str) -> None:
    case_id = room.ask()
    room.elsewhere(case_id, state)
    assert not shown(room, case_id).rings
    assert shown(room, case_id).possible == {Act.OPEN}, "who has not seen it here does not decide on it"
    act(room, case_id, Act.OPEN)
    assert room.of(case_id) == ["delivered"]


def test_without_a_link_it_goes_on_and_is_said_so(room: FakeRoom) -> None:
    case_id = come_to(room, S.OPENED)
    room.offline = True
    act(room, case_id, Act.ACCEPT)
    case = shown(room, case_id)
    assert case.untold and case.state is S.ACCEPTED and Act.ACCEPT not in case.possible
    assert case.case.state is S.OPENED


def test_a_full_disk_changes_nothing(room: FakeRoom) -> None:
    case_id = room.ask()
    room.full = True
    with pytest.raises(OSError):
        act(room, case_id, Act.OPEN)
    assert shown(room, case_id).rings
    assert [entry.state for entry in shown(room, case_id).told] == ["delivered"]


def test_a_silent_board_tells_nothing_by_itself_and_catches_up(room: FakeRoom) -> None:
    room.board = Board(room.store, lambda: False)
    case_id = room.ask()
    assert not room.told
    assert shown(room, case_id).rings
    room.board.acknowledge(room, case_id)  # type: ignore[arg-type]
    room.board.acknowledge(room, case_id)  # type: ignore[arg-type]
    assert room.told == [Told(case_id, "delivered")]
    room.elsewhere(case_id, "closed")
    room.board.acknowledge(room, "no such case")  # type: ignore[arg-type]
    assert len(room.told) == 1


def test_after_a_lost_folder_only_what_matters_rings_again(room: FakeRoom) -> None:
    ended, taken, cancelled, new = (room.ask() for _n in range(4))
    for case_id in (ended, taken, cancelled, new):
        if case_id != new:
            act(room, case_id, Act.OPEN)
    act(room, ended, Act.REFUSE, "hors du ressort")
    act(room, taken, Act.ACCEPT)
    room.cancel(room.cid(cancelled))
    told = list(room.told)
    room.store.db.executescript("DELETE FROM unseen; DELETE FROM said")
    room.replay(room.board)
    assert {case.id for case in room.board.cases(room) if case.rings} == {cancelled, new}  # type: ignore[arg-type]
    assert room.told == told, "and nobody is told twice"


def test_what_could_not_be_opened_is_no_case_and_no_part_of_one(room: FakeRoom) -> None:
    room.reject("", "untrusted")
    assert room.board.cases(room) == ()  # type: ignore[arg-type]
    case_id = come_to(room, S.OPENED)
    room.reject(room.cid(case_id), "unsealed")
    assert shown(room, case_id).possible and shown(room, case_id).case.newest == LILAS


def test_a_case_that_is_gone_can_not_be_acted_on(room: FakeRoom) -> None:
    with pytest.raises(NotPossible):
        act(room, "no such case", Act.ACCEPT)


async def test_nothing_is_kept_of_a_case_whose_words_are_dropped(room: FakeRoom) -> None:
    room.ask()
    act(room, room.ask(), Act.OPEN)
    room.drop()
    running = asyncio.create_task(room.board.run(room))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    assert room.store.rows("SELECT * FROM said UNION ALL SELECT *, 0 FROM unseen") == []
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


def test_words_lie_sealed_on_disk(room: FakeRoom) -> None:
    case_id = come_to(room, S.OPENED)
    act(room, case_id, Act.ASK, "lavande-7fQz2mWk9xTb")
    rows = room.store.rows("SELECT words FROM said")
    assert rows and b"lavande" not in b"".join(words for (words,) in rows)
    room.store._seal = LocalSeal(Identity.create(bytes(16)))
    with pytest.raises(OSError):
        shown(room, case_id)


def test_only_refused_and_closed_are_the_end() -> None:
    assert {S.REFUSED, S.CLOSED} == FINISHED
