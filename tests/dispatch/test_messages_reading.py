"""What the room sends back: read for what it says, or refused; never anything between, never slowly."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from officer_console.dispatch.messages.answers import EMSI_STATES, ack, emsi, error, refusal
from officer_console.dispatch.messages.case import report
from officer_console.dispatch.messages.envelope import dump
from officer_console.dispatch.messages.names import Stamp, case_id, distribution_id
from officer_console.dispatch.messages.reading import LARGEST, WORDS, Answer, Garbage, read
from officer_console.model.patrol import TOLD

from .messages_requests import AT, CASE, HOSTILE, LATER, OURS, ROOM, asking
from .messages_schemas import EXAMPLES, faults, inside, needs_schemas

OF = distribution_id(OURS.sender, LATER)
NAME = case_id(OURS.sender, CASE)
STAMP = Stamp("r00m-1", AT)
HIS = distribution_id(ROOM.sender, STAMP.id)
Json = dict[str, Any]

ANSWERS: dict[str, Json] = {
    "received": ack(ROOM, STAMP, OF, "RECU"),
    "integrated": ack(ROOM, STAMP, OF),
    "opened": ack(ROOM, STAMP, OF, "CONSULTE"),
    "refused": refusal(ROOM, STAMP, OF, "fr.police.cic999_e"),
    "refused without a word": refusal(ROOM, STAMP, OF),
    "wrong": error(ROOM, STAMP, OF, "Hors du ressort"),
    "expired": error(ROOM, STAMP, OF, "Trop tard", (400, "EXPIRED_MESSAGE_BEFORE_ROUTING")),
    **{f"emsi {state}": emsi(ROOM, STAMP, state, NAME, "TV 12", "Bien reçu") for state in EMSI_STATES},
}


def answer(message: Json) -> Answer:
    return read(dump(message), OURS)


def altered(message: Json, change: Callable[[Json], object]) -> Json:
    """A copy of a message, changed."""
    made = copy.deepcopy(message)
    change(made)
    return made


def emsi_with(**parts: object) -> Json:
    """An `emsi` whose CONTEXT.MSGTYPE, EVENT.STATUS, cars and so on are these."""
    message = emsi(ROOM, STAMP, "question", NAME)
    said = inside(message)["emsi"]
    said["CONTEXT"] |= {"MSGTYPE": parts.get("kind", "UPDATE"), "FREETEXT": parts.get("words", "")}
    said["EVENT"] |= {"STATUS": parts["event"]} if "event" in parts else {}
    cars = parts.get("cars", [])
    said["RESOURCE"] = [{"NAME": name, "STATUS": status} for name, status in cars]  # type: ignore[attr-defined]
    return message


# ---- there and back ----------------------------------------------------------------------------------------------


@needs_schemas
@pytest.mark.parametrize("name", ANSWERS)
def test_what_a_room_is_made_to_say_is_valid(name: str) -> None:
    assert faults(ANSWERS[name]) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("received", Answer("sent", re=LATER, code="RECU", id=HIS)),
        ("integrated", Answer("delivered", re=LATER, code="INTEGRE", id=HIS)),
        ("opened", Answer("opened", re=LATER, code="CONSULTE", id=HIS)),
        ("refused", Answer("refused", re=LATER, code="ERREUR", id=HIS)),
        ("wrong", Answer("refused", re=LATER, words="Hors du ressort", code="300 INVALID_MESSAGE", id=HIS)),
        (
            "expired",
            Answer("trouble", re=LATER, words="Trop tard", code="400 EXPIRED_MESSAGE_BEFORE_ROUTING", id=HIS),
        ),
        ("emsi accepted", Answer("accepted", CASE, words="Bien reçu", code="ACK NST", id=HIS)),
        (
            "emsi on_the_way",
            Answer("on_the_way", CASE, unit="TV 12", words="Bien reçu", code="UPDATE IPR IN_USE/MOBILE", id=HIS),
        ),
        ("emsi ", Answer("", CASE, words="Bien reçu", code="UPDATE STOP", id=HIS)),
        ("emsi question", Answer("question", CASE, words="Bien reçu ?", code="UPDATE", id=HIS)),
    ],
)
def test_what_a_room_says_is_read_whole(name: str, expected: Answer) -> None:
    assert answer(ANSWERS[name]) == expected


@pytest.mark.parametrize("state", EMSI_STATES)
def test_each_state_is_read_as_it_was_told(state: str) -> None:
    found = answer(emsi(ROOM, STAMP, state, NAME, "TV 12"))
    assert (found.state, found.case, found.re) == (state, CASE, None)
    assert found.unit == ("TV 12" if state in ("assigned", "on_the_way", "on_scene", "closed") else "")


@needs_schemas
@pytest.mark.parametrize(
    ("file", "state", "unit"),
    [
        ("02-ack-integrated.ack", "delivered", ""),
        ("03-ack-opened-by-dispatcher.ack", "opened", ""),
        ("03b-refused.ack", "refused", ""),
        ("03c-error.error", "refused", ""),
        ("04-accepted.emsi", "accepted", ""),
        ("05-unit-assigned.emsi", "assigned", "TV 12"),
        ("06-on-the-way.emsi", "on_the_way", "TV 12"),
        ("07-on-scene.emsi", "on_scene", "TV 12"),
        ("08-closed.emsi", "closed", "TV 12"),
    ],
)
def test_the_examples_of_the_facts_are_read(file: str, state: str, unit: str) -> None:
    found = read((EXAMPLES / f"{file}.json").read_bytes(), OURS)
    assert (found.state, found.unit) == (state, unit)
    assert found.case == "PVSS-2031-000482" or found.re == "7f0b2c1e-5f1d-4d0e-8a1a-3b9a0c2d4e01"


# ---- states ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "state", "unit"),
    [
        ({"event": "NST"}, "", ""),
        ({"event": "IPR"}, "accepted", ""),
        ({"kind": "ACK"}, "accepted", ""),
        ({"event": "STOP", "kind": "ACK"}, "", ""),
        ({"event": "STOP", "cars": [("A", "IN_USE/MOBILE")]}, "", "A"),
        ({"event": "COM"}, "closed", ""),
        ({"event": "COM", "cars": [("A", "IN_USE/ON_SCENE")]}, "closed", "A"),
        ({"kind": "ERROR", "event": "IPR"}, "refused", ""),
        ({"event": "IPR", "cars": [("A", "AVAILB")]}, "accepted", "A"),
        ({"cars": [("A", "RESRVD"), ("B", "IN_USE/ON_SCENE"), ("C", "IN_USE/MOBILE")]}, "on_scene", "B"),
        ({"cars": [("A", "IN_USE/MOBILE"), ("B", "IN_USE/MOBILE"), ("C", "UNAV")]}, "on_the_way", "A"),
        ({"event": "NST", "words": "Quel étage ?"}, "question", ""),
        ({"event": "IPR", "words": "Quel étage ?"}, "accepted", ""),
    ],
)
def test_what_counts_among_what_emsi_says(parts: dict[str, Any], state: str, unit: str) -> None:
    found = answer(emsi_with(**parts))
    assert (found.state, found.unit) == (state, unit)


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ((300, ""), "refused"),
        ((0, "INVALID_MESSAGE"), "refused"),
        ((404, "NOT_FOUND"), "refused"),
        ((102, "?"), "trouble"),
    ],
)
def test_an_error_refuses_only_what_no_second_attempt_mends(code: tuple[int, str], state: str) -> None:
    assert answer(error(ROOM, STAMP, OF, "x", code)).state == state


def test_a_bare_receipt_is_the_final_one_and_an_error_step_alone_is_no_refusal() -> None:
    bare = altered(ANSWERS["integrated"], lambda made: inside(made)["reference"].pop("step"))
    assert answer(bare).state == "delivered"
    assert answer(ack(ROOM, STAMP, OF, "ERREUR")).state == "trouble"


def test_the_case_is_found_in_a_link_too() -> None:
    made = altered(ANSWERS["emsi accepted"], lambda made: inside(made)["emsi"]["EVENT"].pop("MAIN_EVENT_ID"))
    assert answer(made).case == CASE


def test_what_rooms_add_is_passed_over() -> None:
    def change(made: Json) -> None:
        made["x"] = inside(made)["y"] = inside(made)["reference"]["z"] = {"deep": [1, None]}

    assert answer(altered(ANSWERS["integrated"], change)).state == "delivered"


@pytest.mark.parametrize("hostile", [*HOSTILE, "y" * 5000])
def test_words_and_names_come_in_harmless_and_short(hostile: str) -> None:
    if "\ud800" in hostile:
        pytest.skip("JSON in UTF-8 has none")
    found = answer(emsi(ROOM, STAMP, "assigned", NAME, hostile, hostile))
    for text in (found.unit, found.words):
        assert len(text) <= WORDS
        assert not any(ord(char) < 32 and char != "\n" for char in text)
        assert "\u202e" not in text


# ---- refused -----------------------------------------------------------------------------------------------------


def _status(made: Json) -> None:
    made["distributionStatus"] = inside(made)["status"] = "Actual"


@pytest.mark.parametrize(
    ("name", "change", "why"),
    [
        ("integrated", _status, "everything is Exercise"),
        ("integrated", lambda made: made.update(distributionStatus="Actual"), "everything is Exercise"),
        ("integrated", lambda made: inside(made).update(status="Actual"), "everything is Exercise"),
        ("wrong", lambda made: made.update(distributionStatus="Actual"), "everything is Exercise"),
        (
            "integrated",
            lambda made: made["descriptor"]["explicitAddress"].update(explicitAddressValue="fr.police.other"),
            "not for fr.police.pvss",
        ),
        ("integrated", lambda made: inside(made)["reference"].update(step="PERDU"), "step 'PERDU'"),
        ("integrated", lambda made: inside(made)["reference"].update(step="SUPPRIME"), "step 'SUPPRIME'"),
        ("integrated", lambda made: inside(made)["reference"].update(distributionID="fr.x.y_1"), "no message of ours"),
        ("integrated", lambda made: made.update(distributionKind="Report"), "kind 'Report'"),
        ("integrated", lambda made: inside(made).update(emsi=inside(ANSWERS["emsi accepted"])["emsi"]), "exactly one"),
        ("integrated", lambda made: inside(made).pop("reference"), "exactly one"),
        ("integrated", lambda made: made["content"].append(made["content"][0]), "exactly one content"),
        ("integrated", lambda made: made["content"].clear(), "exactly one content"),
        ("integrated", lambda made: inside(made)["reference"].update(refused="yes"), "refused"),
        ("emsi closed", lambda made: inside(made)["emsi"]["EVENT"].update(STATUS="LOST"), "EVENT.STATUS 'LOST'"),
        ("emsi closed", lambda made: inside(made)["emsi"]["CONTEXT"].update(MSGTYPE="CANCEL"), "MSGTYPE 'CANCEL'"),
        ("emsi closed", lambda made: inside(made)["emsi"]["RESOURCE"][0].update(STATUS="FLYING"), "'FLYING'"),
        (
            "emsi closed",
            lambda made: (
                inside(made)["emsi"]["EVENT"].update(MAIN_EVENT_ID="fr.police.other.1"),
                inside(made)["emsi"]["CONTEXT"].pop("LINK"),
            ),
            "no case of ours",
        ),
    ],
)
def test_what_is_not_for_us_or_not_known_is_refused_with_the_reason(
    name: str, change: Callable[[Json], object], why: str
) -> None:
    with pytest.raises(Garbage, match=why):
        answer(altered(ANSWERS[name], change))


@pytest.mark.parametrize("name", ANSWERS)
def test_practice_and_the_real_thing_never_move_each_others_cases(name: str) -> None:
    live = msgspec.structs.replace(OURS, exercise=False)
    with pytest.raises(Garbage, match="Actual"):
        read(dump(ANSWERS[name]), live)

    def real(made: Json) -> None:
        made["distributionStatus"] = inside(made)["status"] = "Actual"

    if "emsi" in name:
        with pytest.raises(Garbage, match="mode"):
            read(dump(altered(ANSWERS[name], real)), live)
    with pytest.raises(Garbage, match="Exercise"):
        answer(altered(ANSWERS[name], real))


def test_our_own_message_sent_back_is_no_answer() -> None:
    with pytest.raises(Garbage, match="not for"):
        answer(report(OURS, asking()))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"a":' * 40_000,
        b'{"distributionID":"\\ud800"}',
        b" " * (LARGEST + 1),
    ],
)
def test_what_is_no_message_is_garbage(data: bytes) -> None:
    with pytest.raises(Garbage):
        read(data, OURS)


def test_a_good_message_that_is_too_large_is_garbage() -> None:
    data = dump(ANSWERS["integrated"])
    assert read(data.ljust(LARGEST), OURS).state == "delivered"
    with pytest.raises(Garbage, match="bytes"):
        read(data.ljust(LARGEST + 1), OURS)


def test_a_deep_nest_in_a_field_that_nobody_reads_is_garbage() -> None:
    data = dump(ANSWERS["integrated"])[:-1] + b',"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    with pytest.raises(Garbage):
        read(data, OURS)


@pytest.mark.parametrize("name", ["integrated", "emsi closed"])
def test_a_name_made_to_stop_us_does_not(name: str) -> None:
    slow = f"{OURS.sender}." + "a" * 200_000 + "!"
    data = dump(ANSWERS[name]).replace(NAME.encode(), slow.encode()).replace(OF.encode(), slow.encode())[:LARGEST]
    start = time.perf_counter()
    with pytest.raises(Garbage):
        read(data, OURS)
    assert time.perf_counter() - start < 1


# ---- anything at all ---------------------------------------------------------------------------------------------

_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from([OF, NAME, "COM"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def _places(part: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a message."""
    keys = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [place for key, inner in [*keys] for place in [(part, key), *_places(inner)]]


def only_an_answer_or_garbage(data: bytes) -> None:
    try:
        found = read(data, OURS)
    except Garbage as garbage:
        assert len(str(garbage)) < 1000
        return
    assert found.state in TOLD | {""}
    assert (found.case is None) != (found.re is None)


@given(data=st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    only_an_answer_or_garbage(data)


@given(name=st.sampled_from([*ANSWERS]), at=st.integers(0, 10_000), value=_values)
@settings(max_examples=500)
def test_any_message_with_anything_in_the_place_of_something(name: str, at: int, value: Any) -> None:
    message = copy.deepcopy(ANSWERS[name])
    places = _places(message)
    container, key = places[at % len(places)]
    container[key] = value
    only_an_answer_or_garbage(json.dumps(message).encode())


@given(name=st.sampled_from([*ANSWERS]), at=st.integers(0, 3000), data=st.binary(max_size=4))
@settings(max_examples=300)
def test_any_message_with_bytes_changed(name: str, at: int, data: bytes) -> None:
    message = dump(ANSWERS[name])
    only_an_answer_or_garbage(message[: at % len(message)] + data + message[at % len(message) + len(data) :])
