"""The simulated visitor: what she does, why, when, and that it is the same each time."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from officer_console.practice.moments import (
    Cancels,
    Comes,
    Confirms,
    Ends,
    Gives,
    Goes,
    Moment,
    Over,
    Sends,
    Shares,
    Stands,
    Tells,
    Types,
    Typing,
    Writes,
)
from officer_console.practice.plot import Plot
from officer_console.practice.sitting import Sitting, run_out
from tests.practice.made import LINES, changed, plot

SAFE, WHERE, BYE = "Pouvez-vous écrire sans danger ?", "À quelle adresse êtes-vous ?", "Au revoir."
BLAME = "Pourquoi vous n'êtes pas partie avant ?"
NOTHING = "Est-ce qu'il fait froid dehors ?"


class Script:
    """A trainee's doings at their seconds, and what comes of them."""

    def __init__(self, of: Plot, seed: int = 1, claim: float = 5) -> None:
        self.sitting = Sitting(of, seed)
        if claim:
            self.sitting.do(int(claim * 1000), Stands("claimed"))

    def say(self, at: float, text: str) -> None:
        self.sitting.reply(int(at * 1000), text)

    def until(self, at: float) -> list[Moment]:
        self.sitting.advance(int(at * 1000))
        return self.moments

    @property
    def moments(self) -> list[Moment]:
        return [entry for entry in self.sitting.entries if isinstance(entry, Moment)]

    def written(self) -> list[str]:
        return [each.what.id for each in self.moments if isinstance(each.what, Writes)]

    def when(self, id: str) -> float:
        return next(each.at for each in self.moments if isinstance(each.what, Writes) and each.what.id == id) / 1000

    def cause(self, id: str) -> str:
        return next(each.cause for each in self.moments if isinstance(each.what, Writes) and each.what.id == id)


def cue(**fields: Any) -> dict[str, Any]:
    return {"line": "cue", "id": "more", "then": "more-branch", "why": "It is so."} | fields


def branch(*steps: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"line": "branch", "id": "more-branch", "steps": list(steps)} | fields


SAYS = {"do": "say", "id": "x1", "text": "voila"}


def test_her_first_lines_come_at_their_moments_whatever_the_trainee_does() -> None:
    script = Script(plot(), claim=0)
    script.until(20)
    assert script.written() == ["v1", "v2"]
    assert (script.when("v1"), script.when("v2")) == (0, 10)


def test_a_reply_that_fits_is_answered_as_in_the_record() -> None:
    script = Script(plot())
    script.say(20, SAFE)
    script.until(60)
    assert script.cause("v3") == "fits:reply:o1"
    assert script.when("v3") == pytest.approx(30, abs=1.5)


def test_replies_fit_in_any_order_and_each_once() -> None:
    script = Script(plot())
    script.say(20, WHERE)
    script.until(60)
    script.say(60, SAFE)
    script.until(100)
    assert script.written() == ["v1", "v2", "v4", "v3"]


def test_two_questions_in_one_reply_are_both_answered() -> None:
    script = Script(plot())
    script.say(20, f"{SAFE} {WHERE}")
    script.until(80)
    assert script.written() == ["v1", "v2", "v3", "v4"]


def test_what_must_be_said_before_is_waited_for() -> None:
    script = Script(plot())
    script.say(20, BYE)
    script.until(60)
    assert "v6" not in script.written()


def test_what_fits_nothing_is_answered_with_a_nod_or_that_she_is_not_sure() -> None:
    script = Script(plot())
    script.say(20, NOTHING)
    script.until(40)
    script.say(40, "Je note cela dans mon cahier.")
    script.until(60)
    assert script.cause("unsure-1") == "unsure"
    assert script.cause("nods-1") == "nod"


def test_a_cue_comes_before_what_fits_and_says_why() -> None:
    script = Script(plot())
    script.say(20, f"{BLAME} {SAFE}")
    script.until(60)
    assert script.cause("b1") == "cue:blamed"
    assert "v3" not in script.written()


def test_a_cue_plays_no_oftener_than_it_may() -> None:
    script = Script(plot())
    for at in (20, 50, 80):
        script.say(at, BLAME)
        script.until(at + 29)
    assert sum(each.cause == "cue:blamed" and isinstance(each.what, Writes) for each in script.moments) == 2


def test_what_is_asked_twice_is_told_once_more() -> None:
    script = Script(plot())
    script.say(20, WHERE)
    script.until(50)
    assert "b2" not in script.written()
    script.say(55, WHERE)
    script.until(80)
    assert script.cause("b2") == "cue:twice"


def test_silence_is_answered_with_a_question_and_then_she_leaves() -> None:
    script = Script(plot())
    script.say(20, SAFE)
    script.until(600)
    assert script.when("b3") == pytest.approx(script.when("v3") + 94, abs=1)
    left = next(each for each in script.moments if isinstance(each.what, Goes))
    assert left.cause == "cue:gone"
    assert [each.what.end for each in script.moments if isinstance(each.what, Ends)] == ["bad"]
    assert isinstance(script.moments[-1].what, Over)


def test_who_types_is_not_silent() -> None:
    script = Script(plot())
    script.say(20, SAFE)
    for at in range(30, 110, 5):
        script.sitting.do(at * 1000, Typing())
    script.until(115)
    assert "b3" not in script.written()


def test_nobody_comes_and_she_leaves_without_a_word() -> None:
    script = Script(plot(), claim=0)
    script.until(900)
    left = next(each for each in script.moments if isinstance(each.what, Goes))
    assert (left.cause, left.at) == ("patience", 300_000)
    assert [each.what.end for each in script.moments if isinstance(each.what, Ends)] == [""]


def test_waiting_is_a_cue_too() -> None:
    script = Script(plot(cue(when={"waiting": 40}), branch(SAYS)), claim=0)
    script.until(60)
    assert script.when("x1") == pytest.approx(44, abs=1)


def test_the_room_tells_as_long_after_the_trainees_request_as_in_the_record() -> None:
    script = Script(plot())
    script.sitting.do(20_000, Sends("{}"))
    script.until(120)
    told = [(each.at, each.what.state) for each in script.moments if isinstance(each.what, Tells)]
    assert told == [(30_000, "accepted"), (90_000, "on_scene")]
    assert script.cause("v5") == "room"
    assert script.when("v5") == pytest.approx(100, abs=1.5)


def test_without_a_room_in_the_record_there_is_the_usual_one() -> None:
    lines = [line for line in LINES if line["line"] not in ("patrol_requested", "patrol_status")]
    script = Script(plot(lines=lines))
    script.sitting.do(20_000, Sends("{}"))
    for at in range(60, 520, 60):
        script.say(at, "Je reste avec vous.")
    script.until(520)
    told = [(each.at, each.what.state) for each in script.moments if isinstance(each.what, Tells)]
    assert told == [(40_000, "accepted"), (80_000, "assigned"), (110_000, "on_the_way"), (500_000, "on_scene")]


def test_a_cancelled_patrol_is_told_of_no_more() -> None:
    script = Script(plot(cue(when={"patrol": ["cancelled"]}), branch(SAYS)))
    script.sitting.do(20_000, Sends("{}"))
    script.sitting.do(25_000, Cancels("erreur"))
    script.until(80)
    assert not [each for each in script.moments if isinstance(each.what, Tells)]
    assert script.cause("x1") == "cue:more"


@pytest.mark.parametrize(
    ("when", "did"),
    [
        ({"patrol": ["sent"]}, Sends("{}")),
        ({"patrol": ["accepted"]}, Sends("{}")),
        ({"referral": ["3919"]}, Gives("3919")),
        ({"referral": ["any"]}, Gives("119")),
        ({"signal": ["en_cours"]}, Confirms("en_cours", "v1")),
        ({"signal": ["any"]}, Confirms("arme", "v1")),
        ({"stands": ["released"]}, Stands("released")),
        ({"stands": ["closed"]}, Stands("closed", "other")),
    ],
)
def test_each_thing_that_the_trainee_does_can_be_a_cue(when: dict[str, Any], did: Any) -> None:
    script = Script(plot(cue(when=when), branch(SAYS)))
    script.sitting.do(20_000, did)
    script.until(80)
    assert script.cause("x1") == "cue:more"


@pytest.mark.parametrize(
    ("when", "text"),
    [
        ({"does": ["promise"]}, "Je vous promets qu'il ne vous arrivera rien."),
        ({"does": ["open_question"]}, "Qu'est-ce qui s'est passé ?"),
        ({"does": ["consent_asked"]}, "Êtes-vous d'accord pour que je transmette ?"),
        ({"does": ["goodbye"]}, "Au revoir."),
        ({"words": ["radio|television"]}, "Éteignez la radio."),
        ({"does": ["call_asked"], "words": ["telephon*"]}, "Est-ce que je peux vous appeler au téléphone ?"),
    ],
)
def test_each_kind_of_reply_can_be_a_cue(when: dict[str, Any], text: str) -> None:
    script = Script(plot(cue(when=when, example=text), branch(SAYS)))
    script.say(20, text)
    script.until(80)
    assert script.cause("x1") == "cue:more"


def test_acts_and_words_must_both_hold() -> None:
    script = Script(plot(cue(when={"does": ["blame"], "words": ["radio"]}, example=f"{BLAME} radio"), branch(SAYS)))
    script.say(20, "Éteignez la radio.")
    script.until(60)
    assert "x1" not in script.written()


def test_several_replies_that_fit_nothing_are_a_cue() -> None:
    script = Script(plot(cue(when={"unfitting": 2}), branch(SAYS)))
    script.say(20, NOTHING)
    script.until(40)
    assert "x1" not in script.written()
    script.say(40, NOTHING)
    script.until(60)
    assert script.cause("x1") == "cue:more"


def test_inside_and_unsaid_hold_a_cue_back() -> None:
    inside = cue(when={"does": ["promise"]}, inside=["there"])
    script = Script(plot(inside, branch(SAYS)))
    script.say(20, "Je vous promets tout.")
    script.until(60)
    assert "x1" not in script.written()
    unsaid = Script(plot(cue(when={"does": ["promise"]}, unsaid=["v1"]), branch(SAYS)))
    unsaid.say(20, "Je vous promets tout.")
    unsaid.until(60)
    assert "x1" not in unsaid.written()


def test_in_a_branch_in_which_she_stays_the_record_waits() -> None:
    stays = branch(SAYS, stay=True, nods=["mm"], unsure=["hein"])
    script = Script(plot(cue(when={"does": ["promise"]}), stays))
    script.say(20, "Je vous promets tout.")
    script.until(40)
    script.say(40, SAFE)
    script.until(70)
    assert "v3" not in script.written()
    assert [each.what.text for each in script.moments if isinstance(each.what, Writes)][-1] == "hein"


def test_what_cuts_drops_what_she_was_about_to_write() -> None:
    script = Script(plot(cue(when={"does": ["promise"]}, cuts=True), branch(SAYS)))
    script.say(20, SAFE)
    script.say(22, "Je vous promets tout.")
    script.until(80)
    assert "v3" not in script.written()
    assert "x1" in script.written()


def test_steps_follow_each_other() -> None:
    steps = [
        {"do": "type", "ms": 4000, "after": 1000}, {"do": "wait", "ms": 5000},
        {"do": "share", "id": "x2", "lat": 45_000_000, "lon": 4_000_000, "after": 1000},
        {"do": "leave", "how": "lost", "after": 1000}, {"do": "return", "after": 30_000},
        {"do": "turn", "reply": "o1"}, {"do": "goto", "branch": "again"},
    ]  # fmt: skip
    script = Script(plot(cue(when={"does": ["promise"]}), branch(*steps)))
    script.say(20, "Je vous promets tout.")
    script.until(150)
    mine = [each for each in script.moments if each.cause == "cue:more"]
    kinds = [type(each.what).__name__ for each in mine if not isinstance(each.what, Types)]
    assert kinds == ["Enters", "Shares", "Goes", "Comes", "Writes", "Enters", "Writes", "Enters"]
    assert any(isinstance(each.what, Shares) for each in mine)
    assert script.written()[-2:] == ["v3", "b2"]


def test_what_is_written_while_she_is_away_is_read_when_she_is_back() -> None:
    steps = [{"do": "leave", "how": "lost", "after": 1000}, {"do": "return", "after": 60_000}]
    script = Script(plot(cue(when={"does": ["promise"]}), branch(*steps)))
    script.say(20, "Je vous promets tout.")
    script.say(40, SAFE)
    script.until(60)
    assert "v3" not in script.written()
    script.until(120)
    assert script.when("v3") > 83


def test_what_was_written_while_she_was_away_is_nobodys_turn() -> None:
    turn = [dict(line) for line in LINES]
    next(line for line in turn if line.get("id") == "o2").pop("fits")
    steps = [{"do": "leave", "how": "lost", "after": 1000}, {"do": "return", "after": 60_000}]
    script = Script(plot(cue(when={"does": ["promise"]}), branch(*steps), lines=turn))
    script.say(20, SAFE)
    script.say(40, "Je vous promets tout.")
    script.say(60, "Je reste là.")
    script.until(130)
    assert "v4" not in script.written()
    script.say(130, "Je reste là.")
    script.until(160)
    assert "v4" in script.written()


def test_days_of_absence_pass_in_a_moment() -> None:
    day = 86_400_000
    lines = [line for line in LINES if line["line"] != "closed"]
    lines += [
        {"line": "left", "at": 166_000, "how": "goodbye"}, {"line": "returned", "at": 166_000 + 3 * day},
        {"line": "said", "at": 170_000 + 3 * day, "id": "v7", "text": "c'est encore moi"},
    ]  # fmt: skip
    lines = [line for line in lines if line["line"] != "ended"] + [
        {"line": "ended", "at": 175_000 + 3 * day, "end": "good"}
    ]
    script = Script(plot(lines=lines))
    script.sitting.do(20_000, Sends("{}"))
    script.until(110)
    script.say(110, BYE)
    script.until(200)
    back = next(each for each in script.moments if isinstance(each.what, Comes))
    assert isinstance(back.what, Comes)
    assert back.what.leap == pytest.approx(3 * day, rel=0.15)
    assert script.written()[-1] == "v7"


def test_hesitation_is_seen() -> None:
    script = Script(plot(lines=changed("session", visitor={**LINES[0]["visitor"], "hesitates": 100})))
    script.say(20, SAFE)
    script.until(60)
    seen = [each.what.on for each in script.moments if isinstance(each.what, Types) and each.at > 20_000]
    assert seen[:3] == [True, False, True]


def test_closing_ends_it() -> None:
    script = Script(plot())
    script.say(20, SAFE)
    script.sitting.do(40_000, Stands("closed", "other"))
    script.until(60)
    assert isinstance(script.moments[-1].what, Over)


def test_who_is_closed_on_while_writing_comes_back_into_the_queue() -> None:
    script = Script(plot(cue(when={"stands": ["closed"]}), branch(SAYS, {"do": "wait", "ms": 60_000})))
    script.sitting.do(20_000, Stands("closed", "other"))
    script.until(30)
    assert script.sitting.state.stands == "waiting"


DOINGS = st.sampled_from(
    [SAFE, WHERE, BYE, BLAME, NOTHING, "", Stands("claimed"), Stands("released"), Stands("closed", "other"),
     Sends("{}"), Cancels("x"), Gives("3919"), Confirms("en_cours", "v1"), Typing()]
)  # fmt: skip
TIMES = st.lists(st.tuples(st.integers(0, 90_000), DOINGS), max_size=25)


@settings(max_examples=150, deadline=None)
@given(TIMES, st.integers(0, 5))
def test_whatever_is_done_time_only_rises_and_it_is_the_same_again(script: list[tuple[int, Any]], seed: int) -> None:
    of = plot()
    assert _played(of, script, seed) == _played(of, script, seed)


def _played(of: Plot, script: list[tuple[int, Any]], seed: int) -> list[Any]:
    sitting, at = Sitting(of, seed), 0
    for wait, did in script:
        at += wait
        if isinstance(did, str):
            sitting.reply(at, did)
        else:
            sitting.do(at, did)
    run_out(sitting, at + 3_600_000)
    moments = [entry for entry in sitting.entries if isinstance(entry, Moment)]
    assert [each.at for each in moments] == sorted(each.at for each in moments)
    assert sum(isinstance(each.what, Over) for each in moments) <= 1
    written = [each.what.id for each in moments if isinstance(each.what, Writes) and each.what.id.startswith("v")]
    assert len(written) == len(set(written))
    return sitting.entries


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 40_000), max_size=20))
def test_how_often_one_looks_changes_nothing(steps: list[int]) -> None:
    often, once = Script(plot()), Script(plot())
    for script in (often, once):
        script.say(20, SAFE)
    for step in steps:
        often.sitting.advance(often.sitting.state.now + step)
    end = often.sitting.state.now
    once.sitting.advance(end)
    assert often.moments == once.moments
