"""Danger signals that are proposed: with the words that raised them, and never by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from officer_console.config import Console
from officer_console.console import main
from officer_console.console.main import _chosen, propose
from officer_console.model.triage import Because, Result, urgency
from officer_console.paths import themes_dir
from tests.console.driving import LARGE, SMALL, Driver, console
from tests.console.fake_desk import ANA
from tests.console.replying import a_talk, listed
from tests.console.test_app_signals import signals

WORDS = {"a knife": "arme", "is here": "en_cours", "the kids": "enfants", "[/b]": "coups"}


def by_words(messages: Sequence[str], _language: str) -> Result:
    """Each of WORDS, wherever it stands."""
    because = tuple(
        Because(signal, words, number, message.index(words), message.index(words) + len(words))
        for number, message in enumerate(messages)
        for words, signal in WORDS.items()
        if words in message
    )
    raised = tuple(dict.fromkeys(each.signal for each in because))
    return Result(raised, urgency(raised), because)


def broken(_messages: Sequence[str], _language: str) -> Result:
    raise OSError(5, "Input/output error")


async def opened(drive: Driver, *keys: str) -> None:
    """Take the first visitor, open the panel, and press these keys once proposals can be made."""
    await drive.press("f2", "alt+s")
    pane = signals(drive)
    assert pane
    while pane._proposals.reading:
        await drive.settle()
    await drive.settle()
    await drive.press(*keys)


async def test_they_stand_under_the_confirmed_ones_with_the_words_that_raised_each() -> None:
    desk, cid = a_talk("he has a knife")
    desk.visitor_says(cid, "and the kids sleep")
    async with console(desk, size=LARGE, triage=by_words) as drive:
        await opened(drive)
        desk.signals.confirmed_by(cid, "coups", ANA)
        await drive.settle()
        rows = [row.strip() for row in listed(signals(drive)).splitlines()]
        assert rows[0] == "Confirmed" and "blows: Ana Petit" in rows[1]
        assert rows[2].startswith("Proposed, not confirmed AMBER proposed: At least one signal.")
        assert rows[3] == "? weapon proposed: “a knife”" and rows[4] == "? children proposed: “the kids”"
        assert rows.count("weapon") == 0
        assert "AMBER proposed" in signals(drive).border_title
        assert len(desk.signals.of(cid)) == 1


async def test_enter_confirms_it_with_the_message_that_has_the_words() -> None:
    desk, cid = a_talk("he has a knife")
    desk.visitor_says(cid, "are you there")
    async with console(desk, size=SMALL, triage=by_words) as drive:
        await opened(drive, "enter")
        assert desk.signals.of(cid) == ()
        await drive.press("down")
        assert "Shown by: “he has a knife”" in drive.text
        await drive.press("enter")
        (seen,) = desk.signals.of(cid)
        message = next(line for line in desk.talk.lines(cid) if line.key == seen.message)
        assert (seen.signal, message.text) == ("arme", "he has a knife")
        assert "AMBER" in signals(drive).border_title  # nothing lowers it


async def test_red_is_proposed_in_words_with_its_rule() -> None:
    desk, cid = a_talk("he has a knife [/b]")
    async with console(desk, size=LARGE, triage=by_words) as drive:
        await opened(drive)
        assert "AMBER proposed" in signals(drive).border_title
        desk.visitor_says(cid, "he is here")
        await drive.settle()
        assert "RED proposed" in signals(drive).border_title
        assert "RED proposed: Danger now, or two of weapon" in listed(signals(drive))
        assert "proposed: “[/b]”" in drive.text


async def test_what_is_proposed_and_what_is_confirmed_count_together() -> None:
    desk, cid = a_talk("he has a knife")
    async with console(desk, size=LARGE, triage=by_words) as drive:
        await opened(drive)
        desk.signals.confirmed_by(cid, "etranglement", ANA)
        await drive.settle()
        assert "RED proposed" in signals(drive).border_title


async def test_nothing_of_her_words_stays_when_it_is_put_away() -> None:
    desk, _cid = a_talk("he has a knife")
    async with console(desk, triage=by_words) as drive:
        await opened(drive, "down")
        pane = signals(drive)
        assert pane
        await drive.press("escape")
        assert listed(pane) == "" and pane._proposals._known is None and not pane._proposed
        assert "knife" not in str(pane._text.render())


async def test_what_breaks_it_is_told_and_the_rest_works() -> None:
    desk, cid = a_talk("he has a knife")
    async with console(desk, size=LARGE, triage=broken) as drive:
        await opened(drive, "down", "enter")
        assert "No signal can be proposed" in listed(signals(drive))
        assert [each.signal for each in desk.signals.of(cid)] == ["en_cours"]


async def test_when_it_is_off_nothing_is_proposed() -> None:
    desk, _cid = a_talk("he has a knife")
    async with console(desk, size=LARGE) as drive:
        await opened(drive)
        assert "roposed" not in listed(signals(drive)) and "roposed" not in signals(drive).border_title


def test_it_is_off_until_the_configuration_turns_it_on() -> None:
    assert _chosen(Console(), themes_dir())["triage"] is None
    assert _chosen(Console(triage="on"), themes_dir())["triage"] is propose


@pytest.mark.parametrize(
    ("words", "language"), [("il a un couteau de cuisine", "fr"), ("he threatened me with a knife", "en")]
)
def test_the_lexicons_of_the_program_propose(words: str, language: str) -> None:
    result = propose([words], language)
    assert "arme" in result.signals and result.urgency != "none"


def test_what_is_wrong_in_a_stations_lexicon_reaches_the_console(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lexicons").mkdir()
    (tmp_path / "lexicons" / "fr.toml").write_text('[[row]]\nid = "bad"\nsignal = "arme"\nsay = ["(a"]\n', "utf-8")
    monkeypatch.setattr("officer_console.paths.config_dir", lambda: tmp_path)
    main._triage.cache_clear()
    try:
        (fault,) = _chosen(Console(triage="on"), themes_dir())["triage_faults"]()
    finally:
        main._triage.cache_clear()
    assert "fr.toml: bad: a bracket is missing" in fault


FAULTS = ("fr.toml: bad: a bracket is missing or too many: )", "fr.toml: odd: there is no such class: x")


async def test_a_stations_broken_rows_are_told_once_and_the_others_propose() -> None:
    desk, _cid = a_talk("he has a knife")
    asked: list[tuple[str, ...]] = []

    def faults() -> tuple[str, ...]:
        asked.append(FAULTS)
        return FAULTS

    async with console(desk, size=LARGE, triage=by_words, triage_faults=faults) as drive:
        await opened(drive)
        assert "2 rows of the station's own lexicons can't be used" in drive.status
        assert "weapon proposed" in listed(signals(drive))
        await drive.press("escape", "alt+s")
        await drive.settle()
        assert len(asked) == 1


async def test_lexicons_without_fault_are_not_talked_of() -> None:
    desk, _cid = a_talk("he has a knife")
    async with console(desk, size=LARGE, triage=by_words) as drive:
        await opened(drive)
        assert "lexicons" not in drive.status
