"""Short codes in the composer: whatever is typed, no character is lost."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st
from textual import events
from textual.app import App, ComposeResult
from textual.keys import _character_to_key

from officer_console.console.keymap import default_keymap
from officer_console.console.widgets.composer import Composer

TEXTS = {"sur": "Are you safe?\nTell me.", "ou": "Where are you?"}
LETTERS = st.characters(categories=["L", "N", "P", "S"], codec="latin-1")
PARTS = st.sampled_from(["/sur ", "/ou ", "/", " ", "\n", "14/2 "])
TYPED = st.lists(PARTS | LETTERS, max_size=12).map("".join)


class Alone(App[None]):
    """A composer, and nothing else."""

    def compose(self) -> ComposeResult:
        self.composer = Composer(default_keymap(), lambda text: False, lambda code: TEXTS.get(code, ""))
        yield self.composer


def expected(typed: str) -> str:
    """The same by a second way: word by word, as they are ended by a space."""
    written = ""
    for char in typed:
        written += char
        start = max(written.rfind(" ", 0, -1), written.rfind("\n", 0, -1)) + 1 if char == " " else 0
        word = written[start:-1]
        if char == " " and word.startswith("/") and word[1:].lower() in TEXTS:
            written = written[:start] + TEXTS[word[1:].lower()] + " "
    return written


async def _press(composer: Composer, char: str) -> None:
    key = "ctrl+j" if char == "\n" else _character_to_key(char)
    composer._last_key = 0
    event = events.Key(key, None if char == "\n" else char)
    composer.on_key(event)
    if not event._no_default_action:
        await composer._on_key(event)


@given(TYPED)
@settings(max_examples=60, deadline=None)
def test_nothing_typed_is_lost_and_undo_brings_back_a_code(typed: str) -> None:
    async def run() -> None:
        app = Alone()
        async with app.run_test() as pilot:
            composer = app.composer
            for char in typed:
                before = composer.text
                await _press(composer, char)
                if composer.text not in (before + char, before):
                    after = composer.text
                    composer.undo()
                    assert composer.text == before + char
                    composer.redo()
                    assert composer.text == after
            await pilot.pause()
            assert composer.text == expected(typed)

    asyncio.run(run())
