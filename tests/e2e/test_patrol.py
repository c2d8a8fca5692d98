"""A patrol with one key, for real: a browser, a terminal, the demo's relay and its room that answers by itself."""

from __future__ import annotations

from playwright.async_api import expect

from tests.page.browser import needs_chromium, visiting

from .terminal import F2, Terminal, terminal
from .test_terminal import PAGE

F9 = "\x1b[20~"
MOST_KEYS = 2
"""From a conversation in which the place is known to a request that is on its way."""


class Counting:
    """A terminal whose key presses are counted."""

    def __init__(self, console: Terminal) -> None:
        self.console = console
        self.pressed = 0

    def press(self, key: str) -> None:
        self.pressed += 1
        self.console.send(key)


@needs_chromium
async def test_from_an_address_in_the_browser_to_a_case_in_the_room_and_back() -> None:
    async with terminal("--language", "en", "demo", "--visitors", "0") as console:
        url = await console.found(PAGE)
        async with visiting(url) as visit:
            await visit.write("il est derriere la porte")
            await visit.write("14 rue des lilas, 3e gauche, code 48B2")
            await console.sees("1 waiting")
            console.send(F2)
            await console.sees("WRITING HERE", "14 rue des lilas")
            officer = Counting(console)
            officer.press(F9)
            await console.sees("PRACTICE", "14 rue des lilas", "3e gauche", "48B2", "F9 sends")
            officer.press(F9)
            assert officer.pressed <= MOST_KEYS
            await console.sees("NOT ACKNOWLEDGED")  # red, with the seconds and the telephone, until the room has it
            await console.sees("The room: delivered")
            await expect(visit.page.locator("#log .help")).to_have_count(0)  # nothing is promised before
            await console.sees("The room: ACCEPTED")
            await expect(visit.page.locator("#log .help")).to_have_count(1)
            await console.sees("ON THE WAY")
        assert await console.leave() == 0
