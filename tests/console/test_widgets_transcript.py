"""The transcript: what each line says, and that it says it without colour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from officer_console.client.api import Change
from officer_console.console.colours import textual_theme
from officer_console.console.widgets.transcript_rows import TranscriptRows
from officer_console.model.transcript import Kind, Status
from officer_console.themes import load_theme

from .fake_desk import ANA, ME, START, FakeDesk
from .panes_app import clock_of, line_with, repaints, running, styles_of, texts


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


async def test_every_kind_of_line_has_its_words_and_its_own_look(desk: FakeDesk, cid: str) -> None:
    desk.talk.say(cid, "Je suis là")
    desk.talk.note(cid, "Digicode")
    desk.talk.trouble(cid, Kind.MISSING)
    desk.talk.trouble(cid, Kind.REFUSED)
    desk.talk.trouble(cid, Kind.SEALED)
    desk.claims.close_conversation(cid, "referred", "association locale")
    desk.visitor_says(cid, "encore moi")
    desk.colleague_claims(cid)
    desk.colleague_says(cid, "Bonsoir, ici Ana")
    async with running(desk, (100, 40)) as (app, pilot):
        app.transcript.show(desk, cid)
        await pilot.pause()
        shown = "\n".join(texts(app.transcript))
    for expected in (
        "02:06 · The page is in French · postcode 69003",
        "\n      Visitor\n02:06 ┃ Bonsoir, je ne peux pas parler\n",
        "02:06 · You took the conversation",
        "\n        You\n02:06   │ Je suis là ",
        "You: note, not for the visitor\n02:06   # Digicode",
        "02:06 !! Before this, a message is missing",
        "02:06 !! Here is a message that was altered",
        "02:06 · A message that you may not read",
        "02:06 · You closed the conversation: Referred to an",
        "association locale",
        "02:06 · Ana Petit took the conversation",
        "\n        Ana Petit\n02:06   ┊ Bonsoir, ici Ana ",
    ):
        assert expected in shown


async def test_trouble_is_loud_without_colour(desk: FakeDesk, cid: str) -> None:
    desk.talk.trouble(cid, Kind.MISSING)
    desk.talk.trouble(cid, Kind.REFUSED)
    async with running(desk) as (app, pilot):
        app.transcript.show(desk, cid)
        await pilot.pause()
        for words in ("missing", "altered"):
            assert all(style.bold and style.reverse for style in styles_of(app.transcript, words))


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("goodbye", "◇ The visitor said goodbye"),
        ("exit", "◆ The visitor pressed “leave at once”"),
        ("closed", "□ The visitor closed the page"),
        ("lost", "≈ The visitor's network was lost"),
    ],
)
async def test_each_way_of_leaving_says_so(desk: FakeDesk, cid: str, how: str, words: str) -> None:
    desk.visitor_leaves(cid, how)
    desk.visitor_returns(cid)
    async with running(desk) as (app, pilot):
        app.transcript.show(desk, cid)
        await pilot.pause()
        assert texts(app.transcript)[line_with(app.transcript, words) + 1] == "02:06 ● The visitor is back"


async def test_an_own_message_tells_how_far_it_has_come(desk: FakeDesk, cid: str) -> None:
    async with running(desk) as (app, pilot):
        app.transcript.show(desk, cid)
        desk.hold_back = True

        def line(words: str) -> str:
            return texts(app.transcript)[line_with(app.transcript, words)]

        desk.talk.say(cid, "Je suis là")
        await pilot.pause()
        assert line("Je suis là").endswith("· not yet stored")
        desk.talk.store_all()
        assert line("Je suis là").endswith("✓ stored")
        desk.talk.say(cid, "Vous êtes blessée ?")
        assert line("Je suis là").endswith(" ✓")
        desk.talk.store_all()
        desk.talk.visitor_reads(cid)
        assert line("Je suis là").endswith(" ✓✓")
        assert line("Vous êtes").endswith("✓✓ read")
        desk.talk.say(cid, "Trop vite")
        desk.talk.refuse_all()
        assert line("Trop vite").endswith("✗ NOT SENT, back in the draft")


async def test_a_status_that_has_no_room_stands_under_the_message(desk: FakeDesk, cid: str) -> None:
    async with running(desk, (72, 20)) as (app, pilot):
        desk.talk.say(cid, "abcdefghijkl mnop")
        app.transcript.show(desk, cid)
        await pilot.pause()
        at = line_with(app.transcript, "mnop")
        assert texts(app.transcript)[at + 1].endswith("✓ stored")


async def test_days_are_told_apart(desk: FakeDesk, cid: str) -> None:
    desk.pass_time(24 * 3600)
    desk.visitor_says(cid, "Le lendemain")
    async with running(desk) as (app, pilot):
        app.transcript.show(desk, cid)
        await pilot.pause()
        shown = texts(app.transcript)
    assert shown[0].startswith("── Monday 24 November ──")
    at = next(y for y, text in enumerate(shown) if "Tuesday 25 November" in text)
    assert shown[at + 1 : at + 3] == ["      Visitor", "02:06 ┃ Le lendemain"]


async def test_hostile_text_is_shown_and_does_nothing(desk: FakeDesk, cid: str) -> None:
    hostile = "good text [/foo][@click=app.quit]x[/] \x1b]52;c;aGk=\x07\x1b[2J\x9b31m \u202eevil " + "x" * 5000
    desk.visitor_says(cid, hostile + "\u0301" * 500)
    desk.names[ANA] = "[/bar]\x1b[2J"
    desk.colleague_claims(cid)
    async with running(desk) as (app, pilot):
        app.transcript.show(desk, cid)
        app.transcript.scroll_home(animate=False)
        await pilot.pause()
        shown = "\n".join(texts(app.transcript))
        assert "good text [/foo][@click=app.quit]x[/]" in shown
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)
        app.transcript.scroll_end(animate=False)
        await pilot.pause()
        assert "[/bar]␛[2J took" in "\n".join(texts(app.transcript))


async def test_nothing_can_be_selected_so_nothing_reaches_the_clipboard(desk: FakeDesk, cid: str) -> None:
    async with running(desk) as (app, pilot):
        app.transcript.show(desk, cid)
        await pilot.pause()
        await pilot.mouse_down(app.transcript, offset=(6, 2))
        await pilot.hover(app.transcript, offset=(20, 3))
        await pilot.mouse_up(app.transcript, offset=(20, 3))
        assert not app.screen.selections
        assert app.screen.get_selected_text() is None


async def test_while_the_history_loads_it_says_so_and_then_shows_the_end(desk: FakeDesk, cid: str) -> None:
    long_talk(desk, cid)
    desk.talk.loads.add(cid)
    async with running(desk) as (app, pilot):
        app.transcript.show(desk, cid)
        await pilot.pause()
        assert "The history is on its way" in texts(app.transcript)[0]
        desk.talk.loads.clear()
        desk.visitor_says(cid, "now")
        await pilot.pause()
        assert texts(app.transcript)[-1].endswith("now")
        desk.visitor_erases(cid)
        await pilot.pause()
        assert not "".join(texts(app.transcript))


async def test_a_history_that_comes_late_keeps_the_end(desk: FakeDesk, cid: str) -> None:
    """The desk may put a new list in place of the old one."""
    async with running(desk) as (app, pilot):
        app.transcript.show(desk, cid)
        await pilot.pause()
        late = FakeDesk()
        late.add("x", cid=cid)
        long_talk(late, cid, 100)
        late.visitor_says(cid, "the end")
        desk.talk.written[cid] = list(late.talk.lines(cid))
        desk.emit(Change(frozenset({cid})))
        await pilot.pause()
        assert texts(app.transcript)[-1].endswith("the end")


async def test_every_row_is_as_wide_as_the_pane(desk: FakeDesk, cid: str) -> None:
    desk.visitor_says(cid, "漢字😢 " * 40 + "\u0301 ❤\ufe0f")
    desk.talk.say(cid, "é" * 300)
    desk.talk.trouble(cid, Kind.MISSING)
    async with running(desk) as (app, pilot):
        app.transcript.show(desk, cid)
        for width in (64, 70, 90, 200):
            await pilot.resize_terminal(width, 30)
            await pilot.pause()
            strips = [app.transcript.render_line(y) for y in range(app.transcript.size.height)]
            assert {strip.cell_length for strip in strips} == {app.transcript.width}


async def test_other_conversations_change_nothing_here(desk: FakeDesk, cid: str) -> None:
    other = desk.add("somebody else")
    async with running(desk) as (app, pilot):
        app.transcript.changed(Change(frozenset({cid})))  # nothing is shown yet: nothing happens
        app.transcript.to_first_unread()
        app.transcript.next_match()
        app.transcript.show(desk, cid)
        await pilot.pause()
        with repaints(app.transcript) as asked:
            desk.visitor_says(other, "hello")
        assert not asked


async def test_colours_follow_the_theme(desk: FakeDesk, cid: str, tmp_path: Path) -> None:
    async with running(desk) as (app, pilot):
        app.transcript.show(desk, cid)
        await pilot.pause()
        dark = styles_of(app.transcript, "Bonsoir")[0].color
        app.register_theme(textual_theme(load_theme("paper", tmp_path)[0]))
        app.theme = "paper"
        await pilot.pause()
        assert styles_of(app.transcript, "Bonsoir")[0].color != dark


def test_a_status_for_every_state_and_names_that_are_mine(desk: FakeDesk, cid: str) -> None:
    from officer_console.console.widgets.transcript_rows import STATUS

    assert set(STATUS) == set(Status)
    rows = TranscriptRows(desk, desk.talk.lines(cid))
    assert desk.me == ME
    assert rows.lines[0].at == START
