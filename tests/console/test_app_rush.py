"""Text pasted into a terminal that doesn't mark pasted text: keys in one rush, Enter among them."""

from __future__ import annotations

import pytest
from textual.events import Key

from officer_console.console.screens.note import Note
from officer_console.console.widgets.composer import PASTED_S
from officer_console.model.transcript import Kind
from tests.console.driving import Driver, a_desk, console

NAMES = {"\r": "enter", " ": "space", "?": "question_mark"}


async def rush(drive: Driver, text: str, *, apart: float = 0.0) -> None:
    """Keys as a terminal sends them, `apart` seconds between them."""
    keys = [Key(NAMES.get(char, char), char) for char in text]
    for n, key in enumerate(keys):
        key.time = keys[0].time + n * apart
        drive.app.post_message(key)
    await drive.settle()


@pytest.mark.parametrize("text", ["he is\rin the\rhouse", "one line\r", "a\rb\r", "\rafter an empty line\r"])
async def test_pasted_lines_are_never_sent_by_themselves(text: str) -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2")
        count = len(desk.talk.lines(first))
        await rush(drive, text)
        assert len(desk.talk.lines(first)) == count
        assert drive.pane.composer.text.strip() == text.replace("\r", "\n").strip()
        assert drive.status == "Not sent: it came in one rush, as pasted text does. Enter sends it."
        await drive.press("enter")
        assert desk.talk.lines(first)[-1].text == text.replace("\r", "\n").strip()
        assert drive.pane.composer.text == ""


async def test_the_quickest_typist_sends() -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2")
        await rush(drive, "one\rtwo\r", apart=PASTED_S + 0.001)
        assert [line.text for line in desk.talk.lines(first) if line.kind is Kind.OFFICER] == ["one", "two"]


async def test_a_pasted_note_is_not_kept_by_itself() -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2", "ctrl+n")
        await rush(drive, "two\rchildren\r")
        assert isinstance(drive.app.screen, Note)
        await drive.press("enter")
        assert [line.text for line in desk.talk.lines(first) if line.kind is Kind.NOTE] == ["two\nchildren\n"]
