"""The queue: who stands where and why, and that what arrives moves neither the cursor nor the view."""

from __future__ import annotations

import re
from typing import Any

import pytest
from textual.screen import Screen
from textual.widgets import Input

from officer_console.console.widgets import queue_pane
from officer_console.console.widgets.queue_pane import QueuePane

from .fake_desk import ANA, FakeDesk
from .panes_app import PanesApp, line_with, repaints, running, styles_of, texts


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


def cursor_line(app: PanesApp) -> str:
    return next(text for text in texts(app.queue) if text.startswith(("▶", "▷")))


async def test_sections_and_columns(desk: FakeDesk) -> None:
    mine = desk.add("à moi", waited=600, postcode="97410")
    desk.claims.claim(mine)
    desk.talk.mark_read(mine)
    desk.add("attend le plus", waited=7500, postcode="69003")
    desk.add("waits less", waited=30, language="en")
    theirs = desk.add("à Ana", waited=900, postcode="13001")
    desk.colleague_claims(theirs)
    closed = desk.add("fini")
    desk.claims.claim(closed)
    desk.claims.close_conversation(closed, "advised")
    desk.visitor_erases(desk.add("gone"))
    async with running(desk) as (app, _pilot):
        shown = texts(app.queue)
    assert shown[:13] == [
        " Yours 1",
        "▶ !  10m   fr 974 à moi",
        " Waiting 2",
        "    2h05+  fr 69  attend le plus",
        "     30s   en     waits less",
        " With colleagues 1",
        "  !  15m   fr 13  Ana Petit à Ana",
        " Closed 1",
        "      0s   fr     fini",
        " Erased 1",
        "",
        "",
        "",
    ]


async def test_an_empty_queue_says_so_and_the_first_to_come_has_the_cursor(desk: FakeDesk) -> None:
    async with running(desk) as (app, _pilot):
        assert "Nobody is waiting." in "\n".join(texts(app.queue))
        app.queue.action_pick()
        app.queue.action_move(1)
        cid = desk.add("hello")
        assert app.queue.cursor_cid == cid
        assert "hello" in cursor_line(app)
        desk.add("second")
        assert app.queue.cursor_cid == cid


@pytest.mark.parametrize(
    ("how", "mark", "words"),
    [
        ("goodbye", "◇", "[goodbye]"),
        ("exit", "◆", "[exit]"),
        ("closed", "□", "[page closed]"),
        ("lost", "≈", "[network lost]"),
    ],
)
async def test_each_way_of_leaving_is_marked_otherwise(desk: FakeDesk, how: str, mark: str, words: str) -> None:
    cid = desk.add("hello")
    desk.visitor_leaves(cid, how)
    async with running(desk, (140, 10)) as (app, pilot):
        app.queue.styles.width = 60
        await pilot.pause()
        line = texts(app.queue)[line_with(app.queue, "hello")]
        assert mark in line
        assert words in line
        app.queue.styles.width = 30
        await pilot.pause()
        line = texts(app.queue)[line_with(app.queue, "hello")]
        assert mark in line
        assert words not in line
        desk.visitor_returns(cid)
        assert mark not in "\n".join(texts(app.queue))


async def test_unread_and_unanswered_are_told_without_colour(desk: FakeDesk) -> None:
    cid = desk.add("hello")
    desk.claims.claim(cid)
    desk.talk.say(cid, "good evening")
    desk.talk.mark_read(cid)
    async with running(desk) as (app, _pilot):
        assert cursor_line(app).startswith("▶          fr")
        desk.visitor_says(cid, "one")
        desk.visitor_says(cid, "two")
        assert cursor_line(app).startswith("▶ 2   0s ")
        assert all(style.bold for style in styles_of(app.queue, " 2"))
        desk.talk.mark_read(cid)
        assert cursor_line(app).startswith("▶ !   0s ")
        for number in range(12):
            desk.visitor_says(cid, str(number))
        assert cursor_line(app).startswith("▶9+ ")


async def test_who_came_back_after_the_close_is_marked(desk: FakeDesk) -> None:
    cid = desk.add("hello")
    desk.claims.claim(cid)
    desk.claims.close_conversation(cid, "test")
    desk.visitor_says(cid, "again")
    async with running(desk) as (app, _pilot):
        assert "↩ hello" in "\n".join(texts(app.queue))


async def test_the_cursor_stays_on_its_conversation_and_the_conversation_on_its_line(desk: FakeDesk) -> None:
    cids = desk.fill(200)
    async with running(desk) as (app, pilot):
        app.queue.action_page(1)
        app.queue.action_page(1)
        app.queue.action_move(-3)
        await pilot.pause()
        cid, line = app.queue.cursor_cid, cursor_line(app)
        at = texts(app.queue).index(line)
        for number in range(20):
            desk.add(f"new {number}")
        for gone in cids[:5]:
            desk.colleague_claims(gone)
        for gone in cids[5:8]:
            desk.visitor_erases(gone)
        await pilot.pause()
        assert app.queue.cursor_cid == cid
        assert texts(app.queue)[at] == line
        desk.claims.claim(cids[9])
        desk.colleague_claims(desk.queue[desk.queue.index(cid or "") - 2].cid)  # on screen, above the cursor
        await pilot.pause()
        assert app.queue.cursor_cid == cid
        assert texts(app.queue)[at] == line


async def test_the_view_stays_when_a_colleague_takes_the_one_under_the_cursor(desk: FakeDesk) -> None:
    cids = desk.fill(200)
    async with running(desk) as (app, pilot):
        for _turn in range(3):
            app.queue.action_page(1)
        await pilot.pause()
        cursor = app.queue.cursor_cid
        assert cursor
        before = texts(app.queue)
        desk.colleague_claims(cursor)
        await pilot.pause()
        assert app.queue.cursor_cid == cursor
        assert texts(app.queue)[0] == before[0]
        assert not any(text.startswith("▶") for text in texts(app.queue))
        app.queue.action_move(1)  # the cursor is far away: it comes back to what is on screen
        assert texts(app.queue)[0] == "▶" + before[0][1:]
        assert app.queue.cursor_cid in cids


async def test_what_i_take_is_followed(desk: FakeDesk) -> None:
    desk.fill(200)
    async with running(desk) as (app, pilot):
        for _turn in range(3):
            app.queue.action_page(1)
        await pilot.pause()
        cursor = app.queue.cursor_cid
        assert cursor
        desk.claims.claim(cursor)
        await pilot.pause()
        assert texts(app.queue)[0] == " Yours 1"
        assert texts(app.queue)[1] == cursor_line(app)
        assert app.queue.cursor_cid == cursor


async def test_a_cursor_whose_conversation_is_gone_goes_to_its_neighbour(desk: FakeDesk) -> None:
    cids = desk.fill(5)
    async with running(desk) as (app, _pilot):
        app.queue.action_move(1)
        app.queue.action_move(1)
        assert app.queue.cursor_cid == cids[2]
        desk.queue.forget(cids[2])
        desk.talk.mark_read(cids[0])
        desk.add("any change of the queue")
        assert app.queue.cursor_cid == cids[3]


async def test_a_queue_that_is_shorter_than_was_told_shows_what_there_is(desk: FakeDesk) -> None:
    """The desk changes before it tells."""
    cids = desk.fill(5)
    async with running(desk) as (app, pilot):
        for cid in cids[1:]:
            desk.queue.forget(cid)
        app.queue.refresh()
        await pilot.pause()
        assert "Bonsoir" in texts(app.queue)[1]


async def test_keys_and_clicks_before_the_desk_has_told_do_no_harm(desk: FakeDesk) -> None:
    cids = desk.fill(30)
    async with running(desk) as (app, pilot):
        await pilot.pause()
        for cid in (*cids[:2], *cids[3:]):
            desk.queue.forget(cid)
        await pilot.press("end", "down", "pagedown", "up", "home", "enter")
        await pilot.click(app.queue, offset=(5, 3))  # what was seen there, not who stands there now
        assert app.queue.cursor_cid == cids[2]
        desk.add("any change of the queue")
        assert cursor_line(app).startswith("▶")


async def test_keys_move_page_and_pick(desk: FakeDesk) -> None:
    cids = desk.fill(60)
    desk.claims.claim(cids[0])
    async with running(desk) as (app, pilot):
        assert app.queue.cursor_cid == cids[0]
        await pilot.press("down")
        assert app.queue.cursor_cid == cids[1]  # over the title between
        await pilot.press("up")
        assert app.queue.cursor_cid == cids[0]
        await pilot.press("up")
        assert app.queue.cursor_cid == cids[0]
        await pilot.press("end")
        assert app.queue.cursor_cid == cids[-1]
        assert texts(app.queue)[-1] == cursor_line(app)
        await pilot.press("down", "home", "pagedown", "pageup", "home")
        assert app.queue.cursor_cid == cids[0]
        assert texts(app.queue)[0] == " Yours 1"
        await pilot.press("down", "enter")
        assert [m.cid for m in app.said if isinstance(m, QueuePane.Picked)] == [cids[1]]
        assert [m.cid for m in app.said if isinstance(m, QueuePane.Moved)][-1] == cids[1]


async def test_a_click_picks_and_a_click_on_a_title_does_not(desk: FakeDesk) -> None:
    cids = desk.fill(5)
    async with running(desk) as (app, pilot):
        await pilot.click(app.queue, offset=(5, 0))
        await pilot.click(app.queue, offset=(5, 3))
        await pilot.click(app.queue, offset=(5, 15))
        assert [m.cid for m in app.said if isinstance(m, QueuePane.Picked)] == [cids[2]]
        assert app.queue.cursor_cid == cids[2]


async def test_nothing_that_arrives_takes_the_focus(desk: FakeDesk) -> None:
    desk.fill(3)
    async with running(desk, with_input=True) as (app, pilot):
        assert cursor_line(app).startswith("▷")
        cid = desk.claims.take_next()
        assert cid
        desk.visitor_says(cid, "hello")
        desk.add("new")
        await pilot.pause()
        assert isinstance(app.focused, Input)
        app.queue.focus()
        await pilot.pause()
        assert cursor_line(app).startswith("▶")


async def test_a_second_repaints_only_times_that_differ(desk: FakeDesk) -> None:
    desk.fill(200)
    desk.add("now")
    async with running(desk) as (app, pilot):
        desk.pass_time(60)
        with repaints(app.queue) as asked:
            app.queue.tick()
        assert 0 < len(asked) <= app.queue.size.height
        assert all(region.x >= 3 and region.right <= 8 and region.height == 1 for region in asked)
        await pilot.pause()
        with repaints(app.queue) as asked:
            app.queue.tick()
        assert not asked


async def test_the_clock_of_the_pane_ticks_each_second(desk: FakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    intervals: list[tuple[float, str]] = []
    set_interval = QueuePane.set_interval

    def note(self: QueuePane, interval: float, callback: Any, **more: Any) -> Any:
        intervals.append((interval, callback.__name__))
        return set_interval(self, interval, callback, **more)

    monkeypatch.setattr(QueuePane, "set_interval", note)
    async with running(desk):
        assert (1, "tick") in intervals


async def test_a_change_repaints_only_its_row_and_lays_nothing_out(
    desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    cids = desk.fill(200)
    async with running(desk) as (app, pilot):
        layouts: list[Any] = []
        monkeypatch.setattr(Screen, "_refresh_layout", lambda *args, **more: layouts.append(args))
        with repaints(app.queue) as asked:
            desk.visitor_leaves(cids[4], "lost")
        assert {region.y for region in asked} == {5}
        await pilot.pause()
        with repaints(app.queue) as asked:
            desk.visitor_leaves(cids[150], "lost")
        assert not asked
        with repaints(app.queue) as asked:
            desk.add("below what is on screen")
        assert {region.y for region in asked} <= {0}  # the title counts
        await pilot.pause()
        assert texts(app.queue)[0] == " Waiting 201"
        assert not layouts


async def test_the_scrollbar_is_painted_where_it_looks_different(desk: FakeDesk) -> None:
    desk.fill(100)
    async with running(desk) as (app, pilot):
        bar = app.queue.vertical_scrollbar
        with repaints(bar) as asked:
            desk.fill(3_000)
        assert {y for region in asked for y in region.line_range} == {1, 2, 3, 4}
        with repaints(bar) as asked:
            desk.add("one more in thousands")
        assert not asked
        app.queue.action_end(-1)
        await pilot.pause()
        painted = [list(bar.render_line(y)) for y in range(bar.size.height)]
        bar.refresh()
        assert [list(bar.render_line(y)) for y in range(bar.size.height)] == painted


async def test_ten_thousand_are_opened_by_making_the_rows_on_screen(
    desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.fill(10_000)
    made: list[str] = []
    row = queue_pane.conversation_row

    def note(desk: Any, conversation: Any, *more: Any) -> Any:
        made.append(conversation.cid)
        return row(desk, conversation, *more)

    monkeypatch.setattr(queue_pane, "conversation_row", note)
    async with running(desk) as (app, _pilot):
        assert len(set(made)) <= app.queue.size.height
        assert app.queue.virtual_size.height == 10_001


@pytest.mark.parametrize("width", [24, 25, 26, 30, 39, 40, 60, 120])
async def test_at_every_width_a_row_fills_its_cells_and_says_what_matters(desk: FakeDesk, width: int) -> None:
    cid = desk.add("漢字😢 " * 40 + " [/x]\x1b[2J", waited=720, postcode="97410")
    desk.visitor_leaves(cid, "exit")
    desk.colleague_claims(desk.add("words", waited=60))
    async with running(desk, (150, 10)) as (app, pilot):
        app.queue.styles.width = width
        await pilot.pause()
        strips = [app.queue.render_line(y) for y in range(app.queue.size.height)]
        assert {strip.cell_length for strip in strips} == {width - 1}
        line = cursor_line(app)
        assert all(part in line for part in ("12m", "◆", "974", "漢"))
        assert ("fr" in line) == (width - 1 >= 26)


async def test_hostile_words_names_and_places_are_shown_and_do_nothing(desk: FakeDesk) -> None:
    cid = desk.add("good [/foo]\x1b]52;c;aGk=\x07\u202e", postcode="\x1b[2J")
    desk.names[ANA] = "[b]\x1b[2J\nAna"
    desk.colleague_claims(cid)
    async with running(desk, (200, 8)) as (app, pilot):
        app.queue.styles.width = 100
        await pilot.pause()
        shown = "\n".join(texts(app.queue))
        assert "good [/foo]␛]52;c;aGk=␇<U+202E>" in shown
        assert "[b]␛[2J Ana good" in shown
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)
