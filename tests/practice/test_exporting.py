"""A real conversation as a session: what is in it, what is gone from it, what is refused, and that it can be played."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.errors import UserError
from officer_console.locale import set_language
from officer_console.model.said import fold
from officer_console.model.transcript import Kind, Line, Status
from officer_console.practice import format as lines_of
from officer_console.practice.desk.clock import Clock
from officer_console.practice.desk.desk import PracticeDesk
from officer_console.practice.desk.replay import Replay
from officer_console.practice.exporting import countersigned, exported, rows, texts
from officer_console.practice.fields import MOST_LINE
from officer_console.practice.plot import plot_of
from officer_console.practice.problems import SessionError
from officer_console.practice.reading import look, parse
from officer_console.practice.record_officer import play_record
from officer_console.practice.redaction import Decision, Undecided, proposals
from tests.practice.desking import BEGAN, Seconds, Table
from tests.practice.real import ENGLISH, FRENCH, HERS, about, decisions, lines, sealed

SAMPLES = {"fr": FRENCH, "en": ENGLISH}
both = pytest.mark.parametrize("language", ["fr", "en"])


@pytest.fixture(autouse=True)
def _english() -> None:
    set_language("en")


def made(rows_: list[tuple[Any, ...]], *more: str, language: str = "fr", **told: Any) -> list[Any]:
    """The record of what comes out of these lines."""
    shown = lines(rows_)
    data = exported(shown, (), decisions(shown, language, *more), about(language, **told))
    return list(parse(data, live=True, countersigned=False).record)


def kinds(record: list[Any]) -> list[str]:
    return [type(line).__name__ for line in record]


# ---- what is in it ---------------------------------------------------------------------------------------------------


@both
def test_nothing_that_could_tell_who_she_is_is_left(language: str) -> None:
    session = fold(sealed(language).decode())
    assert [word for word in HERS[language] if fold(word) in session] == []
    assert "geo:" not in session and 'e1"' not in session


def test_the_record_is_what_happened_in_order() -> None:
    record = list(parse(sealed(), live=True).record)
    assert kinds(record) == [
        "Said", "Claimed", "Replied", "Replied", "Said", "Confirmed", "Replied", "Said", "Said", "PatrolRequested",
        "PatrolTold", "Replied", "PatrolTold", "PatrolTold", "Said", "Referred", "Replied", "Said", "Closed", "Ended",
    ]  # fmt: skip
    assert [line.text for line in record if isinstance(line, lines_of.Said)] == [
        "bonsoir, je m'appelle [nom 1] [nom 2]",
        "oui mais [nom 3] est derriere la porte, il a un couteau",
        "[lieu 1], [lieu 2], mon numéro [tél 1]",
        "[lieu]",
        "ils sont la, merci. [nom 3] est parti [date 1] chez sa mère à [nom 5]",
        "merci beaucoup au revoir",
    ]
    signal = next(line for line in record if isinstance(line, lines_of.Confirmed))
    shown = next(line for line in record if getattr(line, "id", "") == signal.message)
    assert signal.signal == "en_cours" and "couteau" in shown.text
    assert [line.at for line in record][:5] == [0, 3000, 9000, 12_000, 21_000]
    assert all(line.at % 1000 == 0 for line in record)


def test_head_and_truth_tell_what_the_lead_said_and_what_the_record_shows() -> None:
    session = parse(sealed(difficulty=3), live=True)
    head, truth = session.head, session.truth
    assert (head.origin, head.id, head.language, head.title, head.difficulty) == (
        "live",
        "a-night",
        "fr",
        "Une nuit",
        3,
    )
    assert head.consent == lines_of.Consent(event="v.7", redacted_by="Ana Petit", countersigned_by="Denis Roche")
    assert (truth.urgency, truth.patrol, truth.gist) == ("red", "needed", "Elle était en danger.")
    assert truth.referrals == ["3919"] and truth.outcomes == ["patrol"]
    assert "…" not in [end.text for end in session.ends] + [deed.text for deed in session.deeds]


def test_a_request_holds_nothing_but_what_is_left_of_where_to() -> None:
    request = next(line.request for line in parse(sealed(), live=True).record
                   if isinstance(line, lines_of.PatrolRequested))  # fmt: skip
    assert msgspec.to_builtins(request) == {"where": "[lieu 1] · [cp 1] [lieu 2] · …"}
    told = [line for line in parse(sealed(), live=True).record if isinstance(line, lines_of.PatrolTold)]
    assert [(line.state, line.unit, line.text) for line in told] == [
        ("accepted", "", "On part de [nom 4]"), ("assigned", "", ""), ("on_scene", "", ""),
    ]  # fmt: skip


def test_of_several_replies_in_a_row_the_one_that_asks_begins_what_follows() -> None:
    replies = [line for line in parse(sealed(), live=True).record if isinstance(line, lines_of.Replied)]
    assert [(line.joined, line.fits.does) for line in replies[:2]] == [(True, []), (False, ["safety_asked"])]


def test_one_officer_stands_for_all_and_an_earlier_close_was_none() -> None:
    record = made(
        [
            (0, Kind.VISITOR, "bonsoir"), (1_000, Kind.ASSIGNED, "kid-ana"), (2_000, Kind.CLAIMED, ""),
            (3_000, Kind.OFFICER, "Pouvez-vous écrire ?"), (5_000, Kind.CLOSED, "no_answer"),
            (90_000, Kind.RETURNED, ""), (91_000, Kind.VISITOR, "je suis revenue"), (92_000, Kind.CLAIMED, ""),
            (95_000, Kind.RELEASED, "relief"), (96_000, Kind.RELEASED, ""), (99_000, Kind.CLOSED, "", "by nobody"),
        ]
    )  # fmt: skip
    assert kinds(record) == [
        "Said", "Claimed", "Replied", "Released", "Said", "Claimed", "Released", "Closed", "Ended"
    ]  # fmt: skip
    assert record[-2].outcome == "other" and record[-2].remark == ""


def test_an_absence_stays_when_it_can_be_played() -> None:
    away = [(0, Kind.VISITOR, "bonsoir"), (10_000, Kind.LEFT, "lost"), (15_000, Kind.OFFICER, "Je reste là.")]
    long = made([*away, (90_000, Kind.RETURNED, ""), (95_000, Kind.VISITOR, "me voila")])
    assert kinds(long) == ["Said", "Left", "Replied", "Returned", "Said", "Ended"]
    assert long[2].joined, "what he writes to her who is away is nobody's turn"
    assert "Left" not in kinds(made([*away, (30_000, Kind.RETURNED, "")]))
    told = made([*away, (20_000, Kind.PATROL_TOLD, "", "accepted"), (90_000, Kind.RETURNED, "")])
    assert kinds(told) == ["Said", "Replied", "PatrolTold", "Ended"]
    gone = made([*away, (90_000, Kind.CLOSED, "no_answer")])
    assert kinds(gone) == ["Said", "Left", "Ended", "Replied", "Closed"]


def test_what_the_relay_has_not_stored_was_not_said() -> None:
    shown = lines(FRENCH)
    shown += [Line(f"p{n}", Kind.OFFICER, shown[-1].at, text="Marguerite", status=status)
              for n, status in enumerate((Status.PENDING, Status.FAILED))]  # fmt: skip
    assert "Marguerite" not in "".join(texts(shown))
    assert b"Marguerite" not in exported(shown, (), decisions(shown, "fr"), about())


def test_what_is_longer_than_a_line_of_a_session_becomes_several() -> None:
    long = "je pleure " * 1500
    record = made([(0, Kind.VISITOR, long), (9_000, Kind.SIGNAL, "en_cours"), (10_000, Kind.VISITOR, "   ")])
    said = [line for line in record if isinstance(line, lines_of.Said)]
    assert " ".join(line.text for line in said[:-1]) == long.strip() and said[-1].text == "…"
    assert all(len(line.text) <= 4000 for line in said)
    assert next(line.message for line in record if isinstance(line, lines_of.Confirmed)) == "v1"


def test_what_the_room_told_in_one_second_keeps_what_follows_each() -> None:
    told = [(0, Kind.VISITOR, "venez"), (10, Kind.PATROL, "rue"), (20, Kind.PATROL_TOLD, "", "accepted"),
            (30, Kind.VISITOR, "merci"), (40, Kind.PATROL_TOLD, "", "assigned"), (50, Kind.PATROL_TOLD, "", "failed"),
            (60, Kind.VISITOR, "oui")]  # fmt: skip
    record = made(told)
    room = [line.at for line in record if isinstance(line, lines_of.PatrolTold)]
    assert room == [0, 1000]
    assert [line.at for line in record] == sorted(line.at for line in record)


# ---- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.MISSING, Kind.REFUSED, Kind.SEALED])
def test_a_transcript_that_is_not_whole_is_refused(kind: Kind) -> None:
    shown = lines([*FRENCH[:5], (13_000, kind, ""), *FRENCH[5:]])
    with pytest.raises(UserError, match="not whole"):
        texts(shown)
    with pytest.raises(UserError, match="not whole"):
        exported(shown, (), [], about())


def test_undecided_is_refused_whatever_the_caller_has_found() -> None:
    shown = lines(FRENCH)
    decided = [each for each in decisions(shown, "fr") if each.text != "Gerland"]
    with pytest.raises(Undecided, match="Gerland"):
        exported(shown, (), decided, about())
    with pytest.raises(Undecided, match="lune"):
        exported(shown, proposals(["je m'appelle lune"], "fr"), decisions(shown, "fr"), about())


@pytest.mark.parametrize(
    ("field", "place"), [("title", "the title"), ("gist", "what was so"), ("warning", "the warning")]
)
def test_what_was_taken_out_stands_in_no_words_of_the_lead(field: str, place: str) -> None:
    with pytest.raises(UserError, match=f"{place} still has .*: Karim"):
        made(FRENCH, **{field: "KARIM et elle"})


def test_what_was_taken_out_is_in_no_name_and_no_mark() -> None:
    with pytest.raises(UserError, match="the name still has"):
        made(FRENCH, name="karim-la-nuit")
    shown = lines(FRENCH)
    swapped = [Decision(each.text, "Sonia") if each.text == "Karim" else each for each in decisions(shown, "fr")]
    with pytest.raises(UserError, match=r"the conversation still has .*: Sonia"):
        exported(shown, (), swapped, about())


def test_an_officer_who_answers_for_it_may_be_named_in_it() -> None:
    shown = lines(FRENCH)
    decided = decisions(shown, "fr", "Ana Petit", "Ana")
    assert b"Ana Petit" in exported(shown, (), decided, about())


def test_a_referral_that_tells_where_she_is_goes_too() -> None:
    record = made([*FRENCH, (260_000, Kind.REFERRED, "vif-lyon")])
    assert [line.referral for line in record if isinstance(line, lines_of.Referred)] == ["3919"]


def test_words_that_are_ours_are_no_reason_to_refuse() -> None:
    record = made(FRENCH, "patrol", "live", "needed", "danger", gist="Elle avait peur.")
    assert any(isinstance(line, lines_of.Closed) and line.outcome == "patrol" for line in record)


@pytest.mark.parametrize("wrong", [{"name": "Not A Name"}, {"title": ""}, {"title": "x" * 121}, {"consent": ""},
                                   {"redacted_by": " "}, {"difficulty": 4}])  # fmt: skip
def test_what_makes_no_session_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SessionError):
        made(FRENCH, **wrong)


WORDS = st.sampled_from(
    [*HERS["fr"], "je", "suis", "avec", "lui", "geo:45.757813,4.832011;u=20", "45.757813, 4.832011", "[nom 1]", "\n"]
)
KINDS = st.sampled_from(
    [Kind.VISITOR, Kind.OFFICER, Kind.HELP, Kind.PATROL, Kind.PATROL_CANCELLED, Kind.LEFT, Kind.RETURNED, Kind.CLAIMED,
     Kind.RELEASED, Kind.CLOSED, Kind.PLACE, Kind.PATROL_TOLD, Kind.NOTE, Kind.ASSIGNED]
)  # fmt: skip
FIXED = {Kind.LEFT: "lost", Kind.CLOSED: "advised", Kind.PLACE: "geo:45.757813,4.832011;u=20"}


@given(st.lists(st.tuples(KINDS, st.lists(WORDS, max_size=8), st.integers(0, 400_000)), min_size=1, max_size=25))
def test_whatever_was_said_comes_out_without_it_and_can_be_played(drawn: list[tuple[Kind, list[str], int]]) -> None:
    at, told = 0, [(0, Kind.VISITOR, "il est la")]
    for kind, words, passed in drawn:
        at += passed
        told.append((at, kind, FIXED.get(kind, " ".join(words)), *(["accepted"] if kind is Kind.PATROL_TOLD else [])))
    shown = lines(told)
    decided = decisions(shown, "fr")
    data = exported(shown, (), decided, about())
    clean = fold(data.decode())
    assert "757813" not in clean and "832011" not in clean
    assert not any(fold(each.text) in clean for each in decided if len(each.text) > 6)
    session = parse(data, live=True, countersigned=False)
    sitting = play_record(plot_of(session), 1)
    assert sitting.over


# ---- reading it ------------------------------------------------------------------------------------------------------


def test_it_is_refused_wherever_files_are_read(tmp_path: Path) -> None:
    file = tmp_path / "a-night.jsonl"
    file.write_bytes(sealed())
    session, problems = look(file)
    assert session is None
    assert [(one.file, one.line) for one in problems] == [(str(file), 1)]
    assert problems[0].reason.startswith("a real conversation is no file")
    with pytest.raises(SessionError, match="no file"):
        parse(sealed())


def test_nobody_practises_before_a_second_officer_has_read_it() -> None:
    shown = lines(FRENCH)
    data = exported(shown, (), decisions(shown, "fr"), about())
    with pytest.raises(SessionError, match="nobody has countersigned it yet"):
        parse(data, live=True)
    with pytest.raises(SessionError, match="nobody has countersigned"):
        countersigned(data, "  ")
    assert parse(countersigned(data, "Denis"), live=True).head.consent.countersigned_by == "Denis"  # type: ignore[union-attr]


def _head(**fields: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda head: {name: value for name, value in (head | fields).items() if value is not ...}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_head(origin="played"), "consent belongs to a real conversation"),
        (_head(origin="played", consent=...), "this is no real conversation"),
        (_head(consent=...), "without the visitor's consent"),
        (_head(consent={"event": " ", "redacted_by": "A", "countersigned_by": "B"}), "without the visitor's consent"),
        (_head(consent={"event": "e", "redacted_by": "A", "countersigned_by": ""}), "nobody has countersigned"),
        (_head(consent={"event": "e", "redacted_by": "", "countersigned_by": "B"}), "is not as the format says"),
    ],
)
def test_no_head_made_by_hand_is_a_way_around(change: Callable[[dict[str, Any]], dict[str, Any]], why: str) -> None:
    first, _newline, rest = sealed().partition(b"\n")
    head = change(json.loads(first))
    data = json.dumps(head).encode() + b"\n" + rest
    with pytest.raises(SessionError, match=why):
        parse(data, live=True)
    if head["origin"] == "live":
        with pytest.raises(SessionError):
            parse(data)


def test_a_second_head_is_no_way_around() -> None:
    first, _newline, rest = sealed().partition(b"\n")
    head = json.loads(first) | {"origin": "written"}
    head.pop("consent")
    with pytest.raises(SessionError, match="there is a head already"):
        parse(json.dumps(head).encode() + b"\n" + first + b"\n" + rest)


def test_who_countersigns_reads_every_word_and_nothing_that_is_not_shown() -> None:
    shown = lines([*FRENCH[:6], (22_000, Kind.VISITOR, "a\x1b]0;owned\x07\u202eb"), *FRENCH[6:]])
    data = exported(shown, (), decisions(shown, "fr"), about())
    read = rows(data)
    session = parse(data, live=True, countersigned=False)
    written = [line.text for line in session.record if isinstance(line, lines_of.Said | lines_of.Replied)]
    assert len([row for row in read if row.who != "event"]) == len(written)
    told = "\n".join(row.text for row in read)
    assert all(
        word in told for word in ("Une nuit", "Une arme.", "Elle était en danger.", "[lieu 1]", "3919", "en_cours")
    )
    assert "On part de [nom 4]" in told
    assert not any(bad in told for bad in ("\x1b", "\x07", "\u202e"))
    assert [row.at_ms for row in read] == sorted(row.at_ms for row in read)
    assert rows(countersigned(data, "Denis")) == read


# ---- playing it ------------------------------------------------------------------------------------------------------


@both
def test_the_officer_of_the_record_comes_to_its_end(language: str) -> None:
    chronicle = play_record(plot_of(parse(sealed(language), live=True)), 1).chronicle()
    assert chronicle.end == "as-played"
    said = [line.id for line in parse(sealed(language), live=True).record if isinstance(line, lines_of.Said)]
    assert set(said) <= set(chronicle.said)


@both
async def test_somebody_sits_in(language: str) -> None:
    table = Table(plot_of(parse(sealed(language), live=True)))
    table.pass_time(3)
    cid = table.seats.seats[0].cid
    table.desk.claims.claim(cid)
    asked = {"fr": "Pouvez-vous écrire sans danger ?", "en": "Is it safe for you to write?"}[language]
    table.desk.talk.say(cid, asked)
    table.pass_time(60)
    told = {"fr": "derriere la porte", "en": "he is asleep"}[language]
    assert any(told in text for text in table.texts(cid))


@both
async def test_it_is_watched_from_the_first_line_to_the_last(language: str) -> None:
    session = parse(sealed(language), live=True)
    seconds = Seconds()
    desk = PracticeDesk(Clock(seconds, BEGAN))
    replay = Replay(desk, session)
    replay.jump(replay.track.length)
    assert replay.over
    shown = [line.text for line in desk.talk.lines(replay.cid)]
    written = [line.text for line in session.record if isinstance(line, lines_of.Said | lines_of.Replied)]
    assert [text for text in shown if text in written] == written


def test_a_long_conversation_becomes_one_session() -> None:
    told = [(1_000 * n, Kind.VISITOR if n % 2 else Kind.OFFICER, f"Karim rentre à {n % 24}h") for n in range(2_000)]
    record = made(told)
    assert len(record) == 2_001
    assert max(len(msgspec.json.encode(line)) for line in record) < MOST_LINE
