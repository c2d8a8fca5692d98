"""A referral in the composer with a few keys, for real: a visitor, a terminal, the demo's relay between them."""

from __future__ import annotations

from pathlib import Path

from officer_console.client.visitor import Visitor
from tests.demo.test_board import root_of

from .terminal import F2, Terminal, terminal
from .test_patrol import Counting
from .test_terminal import PAGE

F12, ALT_D = "\x1b[24~", "\x1bd"
MOST_KEYS = 4
"""After the key that opens the picker, to a referral that stands in the composer."""
CFCV = "0 800 05 95 95"
WORDS = "un homme m'a violee hier"


async def _picked(console: Terminal, keys: str, seen: str, *, rushed: bool = False) -> int:
    """Open the picker and press these keys; gives how many they were."""
    officer = Counting(console)
    if rushed:  # all at once, as a slow line brings them: nothing of it may go elsewhere
        console.send(F12 + keys)
        officer.pressed = len(keys)
    else:
        console.send(F12)
        await console.sees("WHAT TO ANSWER", "Enter: put in")
        for key in keys:
            officer.press(key)
    await console.sees("WRITING HERE", seen)
    await console.until(lambda: "WHAT TO ANSWER" not in console.text)
    return officer.pressed


async def test_from_a_conversation_to_a_referral_in_the_composer(tmp_path: Path) -> None:
    config = {"XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    async with terminal("--language", "en", "demo", "--visitors", "0", **config) as console:
        page = await console.found(PAGE)
        async with Visitor(page, await root_of(page)) as visitor:
            await visitor.stored(visitor.say(WORDS))
            await console.sees("1 waiting")
            console.send(F2)
            await console.sees("WRITING HERE", WORDS)
            assert await _picked(console, "cf\r", CFCV) <= MOST_KEYS
            console.send("\r")
            await console.sees("You gave a referral: Viols Femmes Informations")
            await visitor.until(lambda her: any(CFCV in text for text in her.texts))
            assert await _picked(console, "3919\r", "3919", rushed=True) == len("3919\r")
            console.send("\x1a")  # Ctrl+Z takes it out again
            await console.sees("Write to the visitor")
            console.send("\x1b[19~")  # F8
            await console.sees("Chosen already: 2, because 1 referral was given")
            console.send("\r")
            await console.sees("Closed; it comes back if the visitor writes.")
        assert await console.leave() == 0


async def test_a_call_back_is_read_back_and_reaches_the_room(tmp_path: Path) -> None:
    config = {"XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    async with terminal("--language", "en", "demo", "--visitors", "0", **config) as console:
        page = await console.found(PAGE)
        async with Visitor(page, await root_of(page)) as visitor:
            await visitor.stored(visitor.say(WORDS))
            await console.sees("1 waiting")
            console.send(F2)
            await console.sees("WRITING HERE", WORDS)
            console.send(ALT_D)
            await console.sees("COMPLAINT", "Where: any unit must take it", "No local places are on this machine")
            console.send(ALT_D)
            await console.sees("CALL BACK by the competent unit")
            console.send("Nina")
            await console.sees("Nina")
            console.send("\r0612345678")
            await console.sees("0612345678")
            console.send(ALT_D)
            await console.sees("NOT SENT YET.", "Alt+D SENDS it")
            console.send(ALT_D)
            await console.sees("You asked that she be called back: Nina · 0612345678")
            console.send("\x1b")
            await console.sees("WRITING HERE")
        assert await console.leave() == 0
