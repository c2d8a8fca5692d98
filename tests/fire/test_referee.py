"""The referee of the fire is not to be fooled: whatever is done to an honest log, it says so."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from officer_console.model.envelope import RELAY, VISITOR, Envelope
from officer_console.model.events import Claimed, Erased, Event, Opened, Released, Said, What

from .referee import Faults, Referee, compare

CID, OTHER, OFFICER = "c" * 22, "d" * 22, "officer-001"


def words(text: str) -> Said:
    return Said(Envelope("h", "n", text))


def honest() -> list[Event]:
    """A conversation, and one that was erased."""
    story: list[tuple[str, str, str, What]] = [
        (CID, "open", VISITOR, Opened("h")),
        (CID, "v.0", VISITOR, words("un")),
        (CID, "claim", OFFICER, Claimed()),
        (CID, f"{OFFICER}.0", OFFICER, words("eins")),
        (CID, "v.1", VISITOR, words("deux")),
        (OTHER, "erased", VISITOR, Erased()),
        (CID, "back", OFFICER, Released()),
    ]
    return [Event(seq, 0, *what) for seq, what in enumerate(story, 1)]


def witnessed() -> Referee:
    """A referee who saw all of it happen, and a second claim refused."""
    referee = Referee({OFFICER: "officer"})
    for event in honest():
        if event.kind != "erased":
            referee.meant(event.cid, event.id, event.what)
            referee.stored(event.cid, event.id, event.seq)
    referee.meant(OTHER, "v.0", words("weg"))
    referee.stored(OTHER, "v.0", 6)
    referee.erases(OTHER)
    referee.erased(OTHER)
    referee.meant(CID, "late", Claimed())
    referee.refuses(CID, "late", "taken")
    referee.meant(CID, "twice", Claimed())
    referee.needless(CID, "twice")
    return referee


def put(log: list[Event], place: int, **changes: object) -> list[Event]:
    return [*log[:place], msgspec.structs.replace(log[place], **changes), *log[place + 1 :]]


def more(log: list[Event], cid: str, id: str, by: str, what: What) -> list[Event]:
    return [*log, Event(len(log) + 1, 0, cid, id, by, what)]


def swapped(log: list[Event]) -> list[Event]:
    """Two events under each other's numbers."""
    one, two = (msgspec.structs.replace(log[a], seq=log[b].seq) for a, b in ((3, 4), (4, 3)))
    return [*log[:3], two, one, *log[5:]]


DOCTORED: dict[str, tuple[str, Callable[[list[Event]], list[Event]]]] = {
    "a row is gone": ("lost", lambda log: log[:4] + log[5:]),
    "the last rows are gone": ("lost", lambda log: log[:3]),
    "other words": ("lost", lambda log: put(log, 1, what=words("faux"))),
    "another number": ("lost", lambda log: put(log, 6, seq=9)),
    "numbers exchanged": ("lost", swapped),
    "a row twice": ("doubled", lambda log: more(log, CID, "v.1", VISITOR, words("deux"))),
    "words twice": ("doubled", lambda log: more(log, CID, "v.2", VISITOR, words("deux"))),
    "from nobody": ("doubled", lambda log: more(log, CID, "v.2", VISITOR, words("trois"))),
    "refused, and there": ("doubled", lambda log: more(log, CID, "late", OFFICER, Claimed())),
    "not erased": ("lost", lambda log: [event for event in log if event.cid != OTHER]),
    "erased, and there": ("doubled", lambda log: more(log, OTHER, "v.0", VISITOR, words("weg"))),
    "erased by nobody": ("doubled", lambda log: more(log, CID, "erased", VISITOR, Erased())),
    "rows in another order": ("disordered", lambda log: [*log[:3], log[4], log[3], *log[5:]]),
    "a claim too many": ("disordered", lambda log: put(log, 6, what=Claimed())),
}


def test_an_honest_log_is_believed() -> None:
    assert not witnessed().judge(honest())


@pytest.mark.parametrize("what", DOCTORED)
def test_a_doctored_log_is_not(what: str) -> None:
    kind, doctor = DOCTORED[what]
    assert getattr(witnessed().judge(doctor(honest())), kind)


def test_an_event_has_one_number_and_one_content() -> None:
    referee = witnessed()
    referee.stored(CID, "v.1", 8)
    referee.meant(CID, "v.0", words("autre"))
    assert len(referee.judge(honest()).doubled) == 2


def test_what_comes_back_is_what_was_sent() -> None:
    referee = witnessed()
    referee.stored(CID, "v.1", 5, words("deux"))
    assert not referee.judge(honest())
    referee.stored(CID, "v.1", 5, words("trois"))
    assert referee.judge(honest()).lost


def test_what_was_never_acknowledged_must_arrive_too() -> None:
    referee = witnessed()
    referee.meant(CID, "v.2", words("trois"))
    assert referee.judge(honest()).lost
    assert not referee.judge(more(honest(), CID, "v.2", VISITOR, words("trois")))


def test_words_are_refused_in_an_erased_conversation_only() -> None:
    referee = witnessed()
    for cid, lost in ((OTHER, 0), (CID, 1)):
        referee.meant(cid, f"{OFFICER}.1", words("zwei"))
        referee.refuses(cid, f"{OFFICER}.1", "erased")
        assert len(referee.judge(honest()).lost) == lost


def test_the_number_of_words_that_were_refused_because_of_an_erasure_may_be_used_again() -> None:
    referee = witnessed()
    for text in ("zwei", "drei"):
        referee.meant(OTHER, f"{OFFICER}.1", words(text))
        referee.refuses(OTHER, f"{OFFICER}.1", "erased")
    assert not referee.judge(honest())
    referee.meant(OTHER, "v.1", words("drei"))
    referee.meant(OTHER, "v.1", words("vier"))
    assert referee.judge(honest()).doubled, "nobody has refused that"


def test_words_may_be_refused_where_the_relay_put_the_conversation_back() -> None:
    """And those that followed; all of their numbers are free for others."""
    held = more(honest(), CID, "claim 2", OFFICER, Claimed())
    back = more(held, CID, "unanswered", RELAY, Released("unanswered"))
    log = more(more(back, CID, "claim 3", OFFICER, Claimed()), CID, f"{OFFICER}.1", OFFICER, words("vier"))
    for code, in_log, lost in (("not_yours", log, 0), ("not_yours", held, 2), ("state", log, 2)):
        referee = witnessed()
        referee.meant(CID, "claim 2", Claimed())
        for number, text in ((1, "zwei"), (2, "drei")):
            referee.meant(CID, f"{OFFICER}.{number}", words(text))
        referee.refuses(CID, f"{OFFICER}.1", code)
        if in_log is log:
            referee.meant(CID, "claim 3", Claimed())
            referee.meant(CID, f"{OFFICER}.1", words("vier"))
        faults = referee.judge(in_log)
        assert len([each for each in faults.lost if "was refused" in each]) == lost
        assert bool(faults) == bool(lost)
        assert referee.refused == (1, 2)


@pytest.mark.parametrize(
    ("seen", "kinds"),
    [
        ("abc", (0, 0, 0)),
        ("ab", (1, 0, 0)),
        ("abcb", (0, 1, 0)),
        ("acb", (0, 0, 1)),
        ("abd", (1, 1, 0)),
    ],
)
def test_two_transcripts(seen: str, kinds: tuple[int, int, int]) -> None:
    faults = compare("a page", "abc", seen)
    assert (len(faults.lost), len(faults.doubled), len(faults.disordered)) == kinds
    assert bool(faults) is any(kinds) and bool(Faults()) is False
