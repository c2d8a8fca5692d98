"""Call backs without a screen: their order, the cursor, the words."""

from __future__ import annotations

import pytest

from officer_console.console.board.call_roll import CallRoll
from officer_console.console.board.call_words import CONTACT, REST, STATE, call_line, call_page, gone_page, to_read
from officer_console.console.board.calling import DONE, not_now
from officer_console.console.board.keys import AMONG_CALLS, MOVE, SCROLL
from officer_console.dispatch.callbacks import RoomCallBack
from officer_console.locale import set_language
from officer_console.model.callback import STATES, CallBackRequest
from tests.board.fake_room import NADEGE


def one(id: str, seq: int = 0, state: str = "asked", request: CallBackRequest | None = NADEGE) -> RoomCallBack:
    return RoomCallBack(id, f"cid-{id}", seq, seq, "Noor", request, state)


def ids(roll: CallRoll) -> list[str]:
    return [each.id for each in roll.shown]


def test_unanswered_ones_first_the_oldest_at_the_top() -> None:
    roll = CallRoll()
    roll.put([one("taken", 1, "taken"), one("b", 3), one("refused", 4, "refused"), one("a", 2)])
    assert ids(roll) == ["a", "b", "refused", "taken"]
    assert roll.unread == {"a", "b"}


def test_what_can_not_be_read_is_not_to_be_read() -> None:
    roll = CallRoll()
    roll.put([one("a", request=None)])
    assert not roll.unread


def test_the_cursor_stays_on_its_call_back() -> None:
    roll = CallRoll()
    roll.put([one("b", 2), one("c", 3)])
    roll.begin()
    assert roll.chosen and roll.chosen.id == "b"
    roll.put([one("a", 1), one("b", 2, "taken"), one("c", 3)])
    assert roll.chosen.id == "b" and roll.at == 2
    roll.begin()
    assert roll.chosen.id == "b"


def test_when_it_is_gone_none_takes_its_place_until_somebody_chooses() -> None:
    roll = CallRoll()
    roll.put([one("a", 1), one("b", 2), one("c", 3)])
    roll.choose(1)
    for by, chosen in [(1, "c"), (-1, "a")]:
        roll.put([one("a", 1), one("b", 2), one("c", 3)])
        roll.choose(1)
        roll.put([one("a", 1), one("c", 3)])
        assert (roll.chosen, roll.at, roll.gone) == (None, None, "asked")
        roll.step(by)
        assert roll.chosen and (roll.chosen.id, roll.gone) == (chosen, "")


def test_with_nothing_there_nothing_is_chosen() -> None:
    roll = CallRoll()
    roll.begin()
    roll.step(1)
    assert roll.chosen is None and roll.at is None and not roll.gone


def test_every_field_of_a_request_is_shown() -> None:
    assert {*CONTACT, *REST, "when", "language"} == {*CallBackRequest.__struct_fields__}
    assert {*STATE} == {"asked", *STATES}
    assert {*DONE} == STATES
    words = {part.text for part in call_page(one("a"), 0)}
    assert {getattr(NADEGE, name) for name in (*CONTACT, *REST, "when")} <= words


def test_how_it_is_safe_stands_before_any_way_to_reach_her() -> None:
    texts = [(part.text, part.looks) for part in call_page(one("a"), 0)]
    assert texts[0][1] == "loud" and texts[1] == (NADEGE.when, "loud")
    nobody_knows = call_page(one("a", request=CallBackRequest(phone="06")), 0)
    assert nobody_knows[0].looks == "loud" and "Nobody knows" in nobody_knows[0].text


def test_a_refused_one_is_dim_all_over() -> None:
    assert {part.looks for part in call_page(one("a", state="refused"), 0)} == {"muted"}


def test_the_list_names_nobodys_number() -> None:
    for state in STATE:
        assert NADEGE.phone not in call_line(one("a", state=state)) and "@" not in call_line(one("a", state=state))
    assert call_line(one("a", request=CallBackRequest(phone="06"))) == "no name"
    assert call_line(one("a", request=None)) == "can't be shown"


@pytest.mark.parametrize(
    ("which", "words"),
    [
        (None, "gone"),
        (one("a", state="taken"), "taken already"),
        (one("a", state="refused"), "refused already"),
        (one("a", request=None), "can't be read"),
    ],
)
def test_why_not_is_said(which: RoomCallBack | None, words: str) -> None:
    assert words in not_now(which).text


def test_gone_says_why_as_far_as_it_is_known() -> None:
    assert "erased the conversation: this call back is gone" in gone_page("asked", True)[0].text
    assert "or it was kept long enough" in gone_page("taken", False)[0].text


def test_no_key_does_two_things() -> None:
    rows = [*AMONG_CALLS, MOVE, SCROLL]
    keys = [key for command in rows for key in command.keys if command.id != "to-ringing"]
    assert len(keys) == len(set(keys))


def test_it_speaks_french_without_failing() -> None:
    set_language("fr")
    assert to_read(2) and call_line(one("a")) and call_page(one("a"), 0) and gone_page("asked", True)
