"""The board's parts without a screen: the list's order, the bell, the words."""

from __future__ import annotations

import msgspec

from officer_console.console.board.acting import ASKS, DONE
from officer_console.console.board.keys import ACT_OF, ACTS, ALL
from officer_console.console.board.ring import Ring
from officer_console.console.board.roll import STAYS_MS, Roll
from officer_console.console.board.words import BODY, HEAD, LABEL, STATE, Part, body, head, headline, place
from officer_console.dispatch.board import RULES, Act, OnBoard
from officer_console.dispatch.cases import Asking, RoomCase
from officer_console.locale import set_language
from officer_console.model.patrol import PatrolRequest, PatrolState

S = PatrolState


def a_case(id: str, at: int = 0, state: PatrolState = S.OPENED, since: int = 0, **more: object) -> OnBoard:
    asking = Asking(id, at, at, "kid", "Noor", request=PatrolRequest(place=f"rue {id}"))
    return OnBoard(RoomCase(id, id, at, (asking,), state), state, since, **more)  # type: ignore[arg-type]


def ids(roll: Roll) -> list[str]:
    return [case.id for case in roll.shown]


def test_ringing_ones_first_then_open_ones_then_ended_ones() -> None:
    roll = Roll()
    new = a_case("new", 9, S.DELIVERED, unseen=("new",))
    update = a_case("update", 8, S.ACCEPTED, unseen=("later",))
    ended = [a_case("ended", 1, S.CLOSED, 50), a_case("refused", 2, S.REFUSED, 60)]
    roll.put([*ended, a_case("one", 3), a_case("two", 4), new, update], 100)
    assert ids(roll) == ["update", "new", "one", "two", "refused", "ended"]
    assert roll.ringing == {"new", "update", "later"}


def test_the_cursor_stays_on_its_case_and_else_where_it_was() -> None:
    roll = Roll()
    cases = [a_case(name, n) for n, name in enumerate("abc")]
    roll.put(cases, 0)
    roll.choose(1)
    roll.put([a_case("new", 9, S.DELIVERED, unseen=("new",)), *cases], 0)
    assert roll.chosen and roll.chosen.id == "b" and roll.at == 2
    roll.put([cases[0], cases[2]], 0)
    assert roll.chosen and roll.chosen.id == "c"
    roll.put([], 0)
    assert roll.chosen is None and roll.at == 0
    roll.choose(3)
    assert not roll.next_ringing()


def test_ended_ones_leave_after_a_while() -> None:
    roll = Roll()
    roll.put([a_case("open"), a_case("ended", 1, S.CLOSED, 1000)], 1000 + STAYS_MS - 1)
    assert ids(roll) == ["open", "ended"]
    roll.look(1000 + STAYS_MS)
    assert ids(roll) == ["open"]
    roll.old = True
    roll.look(1000 + 9 * STAYS_MS)
    assert ids(roll) == ["open", "ended"]


def test_the_bell_rings_for_what_is_new_and_then_every_so_often() -> None:
    rings: list[int] = []
    ring = Ring(lambda: rings.append(1), 5000)
    for now, ringing, count in [
        (0, set(), 0), (100, {"a"}, 1), (200, {"a"}, 1), (5099, {"a"}, 1), (5100, {"a"}, 2), (6000, {"a", "b"}, 3),
        (6100, {"b"}, 3), (10_999, {"b"}, 3), (11_000, {"b"}, 4), (99_000, set(), 4), (99_100, {"b"}, 5),
    ]:  # fmt: skip
        ring.look(ringing, now)
        assert len(rings) == count, now


def test_every_act_has_a_key_and_words_and_no_key_does_two_things() -> None:
    assert ACTS.keys() == DONE.keys() == {*Act}
    assert {act for act in Act if RULES[act].says} == ASKS.keys()
    assert len(ACT_OF) == len(ACTS)
    keys = [key for command in ALL for key in command.keys if command.id != "next"]
    assert len(keys) == len(set(keys))


def test_every_field_of_a_request_and_every_state_has_words() -> None:
    shown = {*HEAD, *BODY, "postcode", "city", "silent"} - {"town"}
    assert shown == {*PatrolRequest.__struct_fields__} == {*LABEL}
    assert {*STATE} == {*S} - {S.KEPT}


def test_a_change_of_any_field_is_told() -> None:
    for name, value in [
        ("silent", False),
        ("language", "en"),
        ("nature", "C02.04.03"),
        ("people", "elle"),
        ("point", None),
    ]:
        before = PatrolRequest(place="rue A", **({"point": {"lat": 1, "lon": 1, "acc": 1}} if name == "point" else {}))
        before = msgspec.convert(msgspec.to_builtins(before), PatrolRequest)
        after = msgspec.structs.replace(before, **{name: value})
        asked = (Asking("a", 1, 1, "k", "Noor", request=before), Asking("b", 2, 2, "k", "Noor", request=after))
        told = body(OnBoard(RoomCase("a", "c", 1, asked, S.OPENED), S.OPENED, 0))
        at = told.index(Part("WHAT CHANGED", "title"))
        assert told[at + 2].label == LABEL[name]


def test_the_same_again_is_told_too() -> None:
    request = PatrolRequest(place="rue A")
    asked = (Asking("a", 1, 1, "k", "Noor", request=request), Asking("b", 2, 2, "k", "Noor", request=request))
    case = OnBoard(RoomCase("a", "c", 1, asked, S.OPENED), S.OPENED, 0, unseen=("b",))
    assert any(part.text == "the same again" for part in head(case, 0))


def test_what_another_place_told_is_in_the_history() -> None:
    told = body(a_case("a", state=S.ON_THE_WAY))
    assert told[-1].text == "on the way (from another place)"


def test_an_erased_conversation_is_told() -> None:
    case = a_case("a")
    case = msgspec.structs.replace(case, case=msgspec.structs.replace(case.case, erased=True))
    assert any("erased" in part.text for part in head(case, 0))


def test_the_unit_stands_first_and_a_question_is_marked() -> None:
    case = a_case("a", state=S.ON_THE_WAY)
    case = msgspec.structs.replace(case, case=msgspec.structs.replace(case.case, unit="TV 12", question="Où ?"))
    assert headline(case) == "TV 12 · on the way · you asked"
    assert place(case) == "rue a"
    assert any(part.text == "You asked: Où ?" for part in head(case, 0))


def test_it_speaks_french_without_failing() -> None:
    set_language("fr")
    assert headline(a_case("a")) and head(a_case("a"), 0) and body(a_case("a"))
