"""The whole of it: a person at the page, an officer at a real terminal, the relay of the demo between them."""

from __future__ import annotations

from playwright.async_api import expect

from tests.page.browser import needs_chromium, visiting

from .terminal import F2, terminal

PAGE = r"http://127\.0\.0\.1:\d+"


async def test_the_demo_from_the_first_key_to_the_last() -> None:
    async with terminal("--language", "en", "demo", "--visitors", "1", "--seed", "1") as console:
        await console.found(PAGE)
        await console.sees("1 waiting")
        console.send(F2)
        await console.sees("WRITING HERE")
        console.send("Yes, I am here. Are you safe right now?")
        await console.sees("┃ Yes, I am here.")
        console.send("\r")
        await console.sees("You", "│ Yes, I am here.")
        await console.sees("is writing")  # she reacts
        assert await console.leave() == 0


@needs_chromium
async def test_from_a_browser_to_the_terminal_and_back() -> None:
    async with terminal("--language", "en", "demo", "--visitors", "0") as console:
        url = await console.found(PAGE)
        async with visiting(url) as visit:
            await visit.write("il est derrière la porte")
            await console.sees("1 waiting", "il est derrière la porte")
            console.send(F2)
            await console.sees("WRITING HERE")
            await visit.shows("Un agent est là.")
            await console.say("Je suis là. Restez sans bruit.")
            await expect(visit.page.locator("#log .desk p")).to_have_text("Je suis là. Restez sans bruit.")
            await visit.write("il part")
            await console.sees("il part")
            await visit.page.click("#exit")
            await visit.page.wait_for_url("https://**")
            await console.sees("pressed “leave at once”")
        assert await console.leave() == 0
