"""A request for a call back: what it holds, and what becomes of it."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.model.callback import (
    LIMITS,
    CallBack,
    CallBackRequest,
    callback_header,
    dump_callback,
    load_callback,
    told_callback,
)
from officer_console.model.envelope import PatrolStatusHeader


def header(state: str = "taken", case: str = "r1", re: str = "r1") -> str:
    made = PatrolStatusHeader(cid="c", kid="", s="room", id="i", case=case, re=re, state=state, at=0)
    return msgspec.json.encode(made).decode()


@given(st.builds(CallBackRequest, **{name: st.text("aé\n<[", max_size=limit + 3) for name, limit in LIMITS.items()}))
def test_a_request_is_read_as_it_was_written(request: CallBackRequest) -> None:
    cut = {name: getattr(request, name)[:limit] for name, limit in LIMITS.items()}
    assert load_callback(dump_callback(request)) == msgspec.structs.replace(request, **cut)


@pytest.mark.parametrize("text", ["", "[]", '{"phone":5}', '{"name":"%s"}' % ("x" * 81), '{"address":"x"}'])
def test_what_is_no_request(text: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        load_callback(text)


def test_a_telephone_or_a_mail_address() -> None:
    assert not CallBackRequest(name="Nadège", when="le soir", phone=" ").has_contact
    assert CallBackRequest(phone="06").has_contact and CallBackRequest(email="a@b").has_contact


def test_what_becomes_of_it() -> None:
    both = (CallBack("r1", "me", 1), CallBack("r2", "me", 2))
    assert [each.state for each in told_callback(both, header("taken", "r2", "r2"))] == ["asked", "taken"]
    assert told_callback(both, header("taken", "r9", "r9")) == both


@pytest.mark.parametrize("text", ["", "{}", header("accepted"), header("taken", "r1", "r2")])
def test_what_the_room_can_not_tell(text: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        callback_header(text)
