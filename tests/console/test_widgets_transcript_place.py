"""The transcript: nothing that arrives moves what is being read, and what that costs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from textual.screen import Screen

from officer_console.console.widgets.transcript_pane import TranscriptPane
from officer_console.console.widgets.transcript_rows import TranscriptRows

from .fake_desk import FakeDesk
from .panes_app import PanesApp, clock_of, line_with, repaints, running, styles_of, texts


@pytest.fixture(autouse=True)
def utc() -> Iterator[None]:
    with clock_of("UTC"):
        yield


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def cid(desk: FakeDesk) -> str:
    """A conversation of mine with two messages."""
    cid = desk.add("Bonsoir, je ne peux pas parler", postcode="69003")
    desk.claims.claim(cid)
    return cid


def long_talk(desk: FakeDesk, cid: str, count: int = 200) -> None:
    desk.talk.fill_lines(cid, count)


async def test_the_end_is_followed_while_it_is_on_screen(desk: FakeDesk, cid: str) -> None:
    long_talk(desk, cid)
    async with running(desk) as (app, pilot):
        app.transcript.show(desk, cid)
        await pilot.pause()
        for number in range(30):
            desk.visitor_says(cid, f"message {number}")
        await pilot.pause()
        assert texts(app.transcript)[-1].endswith("message 29")
        assert app.transcript.new_below == 0


async def test_what_is_read_stays_where_it_is(desk: FakeDesk, cid: str) -> None:
    long_talk(desk, cid)
    async with running(desk) as (app, pilot):
        app.transcript.show(desk, cid)
        await pilot.pause()
        app.transcript.scroll_page_up(animate=False)
        await pilot.pause()
        before = texts(app.transcript)
        with repaints(app.transcript) as asked:
            for number in range(30):
                desk.visitor_says(cid, f"message {number}")
        assert texts(app.transcript) == before
        assert not asked
        await pilot.pause()
        assert app.transcript.new_below == 30
        assert app.transcript.has_class("-new-below")
        assert [m.count for m in app.said if isinstance(m, TranscriptPane.NewBelow)][-1] == 30
        app.transcript.scroll_end(animate=False)
        await pilot.pause()
        assert texts(app.transcript)[-1].endswith("message 29")
        assert not app.transcript.has_class("-new-below")
        assert [m.count for m in app.said if isinstance(m, TranscriptPane.NewBelow)][-1] == 0


async def test_paging_back_and_on_shows_every_row_once(desk: FakeDesk, cid: str) -> None:
    """Heights are guessed until they are looked at; the guesses must never show."""
    for number in range(120):
        desk.visitor_says(cid, f"<{number}> " + "漢字 " * (number % 13))
    async with running(desk, (80, 12)) as (app, pilot):
        pane = app.transcript
        pane.show(desk, cid)
        await pilot.pause()
        book = pane._open_book
        rows = [row for index in range(len(book.lines)) for row in book.rows(index)]
        every = ["".join(text for text, _looks in row.pieces).rstrip() for row in rows]
        seen = texts(pane)
        assert seen == every[-12:]
        while len(seen) < len(every):
            pane.scroll_page_up(animate=False)
            await pilot.pause()
            seen = texts(pane)[: len(every) - len(seen)] + seen
        assert seen == every
        assert pane.scroll_offset.y == 0
        for top in range(12, len(every) - 12, 12):
            pane.scroll_page_down(animate=False)
            await pilot.pause()
            assert texts(pane) == every[top : top + 12]


async def test_the_reading_place_survives_a_new_width(desk: FakeDesk, cid: str) -> None:
    for number in range(60):
        desk.visitor_says(cid, " ".join(f"{number}.{word}" for word in range(60)))

    def top_words(app: PanesApp) -> list[str]:
        return re.findall(r"\d+\.\d+", texts(app.transcript)[0])

    async with running(desk, (100, 20)) as (app, pilot):
        app.transcript.show(desk, cid)
        await pilot.pause()
        app.transcript.scroll_to(y=100, animate=False)
        await pilot.pause()
        for width in (140, 60, 110, 100):
            reading = top_words(app)[0]
            await pilot.resize_terminal(width, 20)
            await pilot.pause()
            assert reading in top_words(app)
            assert app.transcript.virtual_size.width == app.transcript.width


async def test_the_end_stays_the_end_when_the_size_changes(desk: FakeDesk, cid: str) -> None:
    long_talk(desk, cid)
    desk.visitor_says(cid, "the.end")
    async with running(desk, (100, 20)) as (app, pilot):
        app.transcript.show(desk, cid)
        for size in ((60, 20), (60, 8), (130, 30)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert texts(app.transcript)[-1].endswith("the.end")


async def test_new_messages_are_set_apart_and_can_be_jumped_to(desk: FakeDesk, cid: str) -> None:
    long_talk(desk, cid, 60)
    desk.visitor_says(cid, "first new one")
    for number in range(40):
        desk.visitor_says(cid, f"and {number}")
    async with running(desk) as (app, pilot):
        app.transcript.show(desk, cid)
        await pilot.pause()
        assert "first new one" not in "\n".join(texts(app.transcript))
        app.transcript.to_first_unread()
        await pilot.pause()
        assert texts(app.transcript)[0].startswith("══ New ══")
        assert line_with(app.transcript, "first new one") <= 2
        desk.talk.say(cid, "answer")
        assert "New" not in "\n".join(texts(app.transcript))


async def test_what_came_while_reading_back_is_set_apart(desk: FakeDesk, cid: str) -> None:
    long_talk(desk, cid, 60)
    async with running(desk) as (app, pilot):
        app.transcript.show(desk, cid)
        await pilot.pause()
        app.transcript.scroll_page_up(animate=False)
        await pilot.pause()
        desk.visitor_says(cid, "came meanwhile")
        app.transcript.scroll_end(animate=False)
        await pilot.pause()
        assert texts(app.transcript)[line_with(app.transcript, "came meanwhile") - 2].startswith("══ New ══")


async def test_seen_is_told_only_when_the_end_is_on_screen(desk: FakeDesk, cid: str) -> None:
    long_talk(desk, cid)

    def seen(app: PanesApp) -> int:
        return sum(isinstance(message, TranscriptPane.Seen) for message in app.said)

    async with running(desk) as (app, pilot):
        app.transcript.show(desk, cid)
        await pilot.pause()
        assert seen(app) == 0
        app.transcript.scroll_page_up(animate=False)
        await pilot.pause()
        desk.visitor_says(cid, "hello")
        await pilot.pause()
        assert seen(app) == 0
        app.transcript.scroll_end(animate=False)
        await pilot.pause()
        assert seen(app) >= 1
        assert desk.talk.unread(cid) == 1  # the pane itself writes nothing


async def test_search_marks_goes_to_and_steps(desk: FakeDesk, cid: str) -> None:
    long_talk(desk, cid)
    for word in ("Épée", "ÉPÉE et epee"):
        desk.visitor_says(cid, word)
        for number in range(40):
            desk.visitor_says(cid, f"{number}")
    async with running(desk) as (app, pilot):
        pane = app.transcript
        pane.show(desk, cid)
        pane.scroll_home(animate=False)
        await pilot.pause()
        assert (pane.search("epee"), pane.match_number) == (3, 1)
        await pilot.pause()
        assert [style.reverse for style in styles_of(pane, "Épée")] == [True]
        pane.next_match()
        await pilot.pause()
        assert pane.match_number == 2
        assert [style.reverse for style in styles_of(pane, "ÉPÉE")] == [True]
        assert [(style.reverse, style.underline) for style in styles_of(pane, "epee")] == [(None, True)]
        pane.next_match()
        pane.next_match()
        assert pane.match_number == 1
        pane.next_match(-1)
        assert pane.match_number == 3
        desk.visitor_says(cid, "epee")
        pane.next_match()
        assert pane.match_number == 4
        assert (pane.search("zzz"), pane.match_number) == (0, 0)
        pane.next_match()
        assert pane.search("") == 0
        await pilot.pause()
        assert not any(style.underline for style in styles_of(pane, "epee"))


async def test_a_message_costs_no_layout_and_a_status_repaints_its_line_only(
    desk: FakeDesk, cid: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_talk(desk, cid)
    async with running(desk) as (app, pilot):
        app.transcript.show(desk, cid)
        desk.hold_back = True
        desk.talk.say(cid, "unheard of")
        await pilot.pause()
        layouts: list[Any] = []
        monkeypatch.setattr(Screen, "_refresh_layout", lambda *args, **more: layouts.append(args))
        with repaints(app.transcript) as asked:
            desk.talk.store_all()
        line = line_with(app.transcript, "unheard of")
        assert {region.y for region in asked} == {line}
        desk.visitor_says(cid, "there")
        await pilot.pause()
        assert texts(app.transcript)[-1].endswith("there")
        assert not layouts


async def test_ten_thousand_messages_are_opened_by_wrapping_a_few_pages(
    desk: FakeDesk, cid: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_talk(desk, cid, 10_000)
    made: list[int] = []
    rows = TranscriptRows.rows
    monkeypatch.setattr(TranscriptRows, "rows", lambda self, index: made.append(index) or rows(self, index))
    async with running(desk) as (app, pilot):
        app.transcript.show(desk, cid)
        await pilot.pause()
        assert len(made) < 100
        app.transcript.scroll_to(y=app.transcript.virtual_size.height // 2, animate=False)
        await pilot.pause()
        assert "" not in texts(app.transcript)
        assert len(made) < 300
