"""Messages with graphic content: folded until they are opened, and never so that danger is missed."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from officer_console.client.graphic import load
from officer_console.config import Console
from officer_console.console.main import _chosen
from officer_console.console.widgets.transcript_pane import TranscriptPane
from officer_console.model.graphic import Graphic
from officer_console.model.triage import Result
from tests.console.driving import LARGE, SMALL, console
from tests.console.fake_desk import ME, FakeDesk

SHIPPED, _NO_PROBLEMS = load(Path("/nonexistent"))
HARD = "il y a du sang partout, il m'a violée hier"


def look(messages: Sequence[str], language: str) -> Result:
    """As the danger signals would be found."""
    text = " ".join(messages)
    signals = [signal for signal, word in (("en_cours", "il est là"), ("sexuel", "viol")) if word in text]
    return Result(signals=signals, urgency="none", because=())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", [HARD, "Il m’a PÉNÉTRÉE", "her jaw: bleeding", "mare de sang", "j'ai saigné", "he raped me"]
)
def test_what_is_hard_to_read(text: str) -> None:
    assert SHIPPED(text)


@pytest.mark.parametrize(
    "text",
    ["il me frappe", "les violences", "un violon", "sanglots", "I am in the bathroom", "il a un couteau", "", "💔"],
)
def test_what_is_not(text: str) -> None:
    assert not SHIPPED(text)


def test_looking_costs_no_more_than_the_text_is_long() -> None:
    texts = ["coup de " * n for n in (2_000, 20_000)]
    spent = []
    for text in texts:
        begun = time.perf_counter()
        SHIPPED(text)
        spent.append(time.perf_counter() - begun)
    assert spent[1] < 60 * spent[0] + 0.05


def test_a_station_adds_and_takes_out_words_and_a_bad_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "lexicons").mkdir()
    file = tmp_path / "lexicons" / "graphic.toml"
    file.write_text('words = ["boxon"]\noff = ["sang"]\n', "utf-8")
    graphic, problems = load(tmp_path)
    assert problems == () and graphic("quel boxon") and not graphic("du sang") and graphic("mare de sang")
    for broken in ('words = "x"', "words = [", 'wrods = ["x"]', "\ufeff\x00"):
        file.write_text(broken, "utf-8")
        graphic, problems = load(tmp_path)
        assert len(problems) == 1 and str(file) in problems[0] and graphic("du sang")
    assert not Graphic((), ())("anything")


def test_it_is_off_unless_the_station_wants_it(tmp_path: Path) -> None:
    assert _chosen(Console(), tmp_path)["graphic"] is None
    assert _chosen(Console(fold="graphic"), tmp_path)["graphic"]("du sang")


def shown(pane: TranscriptPane) -> str:
    lines = (pane.render_line(y).text for y in range(pane.size.height))
    return re.sub(r"\s+", " ", " ".join(lines))


@pytest.mark.parametrize("size", [(60, 20), SMALL, LARGE])
async def test_it_is_folded_names_its_danger_and_one_key_opens_it_for_good(size: tuple[int, int]) -> None:
    desk = FakeDesk()
    cid = desk.add("bonjour", language="fr")
    desk.claims.claim(cid)
    desk.visitor_says(cid, HARD)
    desk.visitor_says(cid, "vous êtes là ?")
    async with console(desk, size=size, graphic=SHIPPED, dangers=look) as drive:
        await drive.press("enter")
        while "sexual" not in shown(drive.pane.transcript):
            await asyncio.sleep(0.01)
        text = shown(drive.pane.transcript)
        assert "▸ A message with graphic content (10 words) · ⚠ sexual" in text.replace("┃ ", "") and "sang" not in text
        assert desk.talk.unread(cid) == 0, "it counts as seen as any other does"
        await drive.press("alt+g")
        assert "sang partout" in shown(drive.pane.transcript)
        await drive.press("alt+g")
        assert "No message is folded here." in drive.status
        desk.visitor_says(cid, "encore du sang")
        await drive.settle()
        text = shown(drive.pane.transcript).replace("┃ ", "")
        assert "sang partout" in text and "(3 words)" in text and "encore" not in text


async def test_danger_now_is_never_folded() -> None:
    desk = FakeDesk()
    cid = desk.add("il est là, du sang partout", language="fr")
    async with console(desk, size=LARGE, graphic=SHIPPED, dangers=look) as drive:
        await drive.press("enter")
        while "sang partout" not in shown(drive.pane.transcript):
            await asyncio.sleep(0.01)
    other = desk.add("du sang partout", language="fr")
    said = desk.talk.lines(other)[-1].key
    desk.claims.claim(other)
    async with console(desk, size=LARGE, graphic=SHIPPED) as drive:
        await drive.app.duty.panes.open(other)
        await drive.settle()
        assert "sang partout" not in shown(drive.pane.transcript)
        desk.signals.confirmed_by(other, "en_cours", ME, said)
        await drive.settle()
        assert "sang partout" in shown(drive.pane.transcript), "confirmed by an officer"
        await drive.app.duty.panes.open(cid)
        await drive.settle()
        assert "not looked at for danger: open it" in shown(drive.pane.transcript).replace("┃ ", "")


async def test_when_nobody_can_look_for_danger_the_line_says_so() -> None:
    def broken(messages: Sequence[str], language: str) -> Result:
        raise OSError(5, "gone")

    desk = FakeDesk()
    cid = desk.add("du sang partout", language="fr")
    async with console(desk, size=LARGE, graphic=SHIPPED, dangers=broken) as drive:
        await drive.press("enter")
        while drive.app.duty.folds._ready is False:
            await asyncio.sleep(0.01)
        await drive.settle()
        assert "not looked at for danger" in shown(drive.pane.transcript)
        desk.visitor_erases(cid)
        await drive.settle()
        assert not drive.app.duty.folds._folded


async def test_search_finds_nothing_in_what_is_folded() -> None:
    desk = FakeDesk()
    desk.add("du sang partout", language="fr")
    async with console(desk, size=LARGE, graphic=SHIPPED, dangers=look) as drive:
        await drive.press("enter", "ctrl+f", *"sang")
        assert "not found" in drive.text
        await drive.press("escape", "alt+g", "ctrl+f", *"sang")
        assert "match 1 of 1" in drive.text


async def test_first_words_in_lists_are_folded_too_until_a_message_is_open() -> None:
    desk = FakeDesk()
    cid = desk.add(HARD, language="fr")
    now = desk.add("il est là, du sang partout", language="fr")
    async with console(desk, size=LARGE, graphic=SHIPPED, dangers=look) as drive:
        while "⚠ sexual violence · ▸ graphic" not in drive.text:
            await asyncio.sleep(0.01)
            drive.app.duty.queue.repaint()
            await drive.settle()
        assert "violée" not in drive.text
        assert "il est là, du sang partout" in drive.text, "danger now is not folded here either"
        await drive.app.duty.panes.open(cid)
        await drive.settle()
        assert "violée" not in drive.text
        await drive.press("alt+g")
        assert drive.text.count("violée") >= 2, "in the transcript and in the title"
        desk.visitor_erases(cid)
        await drive.settle()
        assert not any(key[0] == cid for key in drive.app.duty.folds._folded) and now


async def test_without_it_everything_is_shown() -> None:
    desk = FakeDesk()
    desk.add(HARD, language="fr")
    async with console(desk, size=LARGE) as drive:
        await drive.press("enter")
        assert "sang partout" in shown(drive.pane.transcript)
