"""Leaving: at once, with a goodbye, with everything erased, or by closing the tab. Nothing stays behind."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from officer_console.protocol.commands import EraseConversation
from officer_console.protocol.frames import Done
from officer_console.relay.service import Running
from tests.relay.peers import Station, random_id

from .between import Between
from .browser import EXIT, PHONE, Visit, chromium, in_shared_chromium, own_clock, visiting, weather
from .officer import Officer, on_duty

pytestmark = in_shared_chromium
MARKER = "marqueur-7f3a9c"


async def in_conversation(visit: Visit, desk: Officer) -> str:
    await visit.write(f"bonjour {MARKER}")
    cid = await desk.arrived(f"bonjour {MARKER}")
    await desk.claim(cid)
    await desk.say(cid, f"réponse {MARKER}")
    await expect(visit.page.locator("#log .desk")).to_have_count(1)
    await visit.page.fill("#words", f"pas envoyé {MARKER}")
    return cid


async def away(page: Page) -> None:
    await page.wait_for_url(EXIT)
    assert await page.title() == "Weather"


async def three_shifts(page: Page) -> None:
    for _ in range(3):
        await page.keyboard.press("Shift")


async def button(page: Page) -> None:
    await page.click("#exit")


@pytest.mark.parametrize("way", [button, three_shifts])
async def test_leave_at_once(relay: Running, station: Station, way: object) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url, **PHONE) as visit:
        page = visit.page
        cid = await in_conversation(visit, desk)
        await page.focus("#words")
        length = await page.evaluate("history.length")
        await way(page)  # type: ignore[operator]
        await away(page)
        assert await desk.left(cid) == "exit"
        assert await page.evaluate("history.length") == length
        await page.go_back()
        assert page.url == "about:blank"  # where she was before


WATCH = """() => {
    const field = document.querySelector("#words");
    const tell = () => blanked(document.body.innerHTML, field.value);
    new MutationObserver(tell).observe(document.body, { childList: true });
}"""


async def test_blank_before_the_next_page_is_there(relay: Running, station: Station) -> None:
    blank: asyncio.Future[tuple[str, str]] = asyncio.get_running_loop().create_future()

    async def slow(route: Route) -> None:
        await blank
        await weather(route)

    async with on_duty(relay.url, station) as desk, visiting(relay.url) as visit:
        await visit.page.context.route(f"{EXIT}**", slow)
        await visit.page.expose_function("blanked", lambda body, field: blank.set_result((body, field)))
        await in_conversation(visit, desk)
        await visit.page.evaluate(WATCH)
        await visit.page.click("#exit", no_wait_after=True)
        async with asyncio.timeout(5):
            assert await blank == ("", "")
        await away(visit.page)


async def test_where_no_beacon_can_be_sent_she_leaves_all_the_same(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url) as visit:
        await in_conversation(visit, desk)
        await visit.page.evaluate("Navigator.prototype.sendBeacon = undefined")
        await visit.page.click("#exit")
        await away(visit.page)
        assert len(visit.problems) == 1
        visit.problems.clear()


COMPOSED_SHIFT = """() => document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", { key: "Process", code: "ShiftLeft", isComposing: true, bubbles: true }))"""


async def test_while_characters_are_composed(relay: Running) -> None:
    async with visiting(relay.url) as visit:
        await visit.page.focus("#words")
        for _ in range(3):
            await visit.page.evaluate(COMPOSED_SHIFT)
        await away(visit.page)


async def covered(visit: Visit) -> None:
    await visit.page.evaluate("document.body.classList.add('covered')")


async def asked(visit: Visit) -> None:
    await visit.page.click("summary")
    await visit.page.click("#erase")


async def erasing(visit: Visit) -> None:
    await asked(visit)
    await visit.page.click("#yes")
    await visit.shows("Effacement…")


async def without_connection(visit: Visit) -> None:
    await visit.page.evaluate("dispatchEvent(new Event('online'))")


@pytest.mark.parametrize("state", [covered, asked, erasing, without_connection])
@pytest.mark.parametrize("way", [button, three_shifts])
async def test_from_wherever_she_is(relay: Running, station: Station, state: object, way: object) -> None:
    between = Between()
    async with on_duty(relay.url, station) as desk, visiting(relay.url, before=between.install) as visit:
        cid = await in_conversation(visit, desk)
        await cut_off(visit, desk, between, cid)
        await state(visit)  # type: ignore[operator]
        await way(visit.page)  # type: ignore[operator]
        await away(visit.page)
        await visit.page.go_back()
        assert visit.page.url == "about:blank"


async def cut_off(visit: Visit, desk: Officer, between: Between, cid: str) -> None:
    """Nothing reaches the page any more, and it knows."""
    between.to_page = lambda frame: None
    await desk.say(cid, "perdu")
    await visit.shows("Pas de connexion.")


async def test_before_the_first_message_too(relay: Running) -> None:
    async with visiting(relay.url) as visit:
        await visit.page.click("#exit")
        await away(visit.page)


OTHER_KEYS = [
    ["Shift", "Shift", "a"],
    ["Shift", "Shift", "a", "Shift"],
    ["Shift+A", "Shift+B", "Shift+C", "Shift+D"],
    ["Escape", "Escape", "Escape"],
    ["Control", "Control", "Control"],
]


async def test_other_keys_leave_nothing(relay: Running) -> None:
    async with visiting(relay.url) as visit:
        await visit.page.focus("#words")
        for keys in OTHER_KEYS:
            for key in keys:
                await visit.page.keyboard.press(key)
            await visit.shows("Personne n’est de service")
            assert visit.page.url == f"{relay.url}/", keys
            await visit.page.keyboard.press("b")


async def test_three_shifts_in_three_seconds_are_a_habit(relay: Running) -> None:
    press = """(at) => {
        const event = new KeyboardEvent("keydown", { key: "Shift", bubbles: true });
        Object.defineProperty(event, "timeStamp", { value: at });
        document.body.dispatchEvent(event);
    }"""
    async with visiting(relay.url) as visit:
        for at in (10_000, 11_000, 12_000, 13_000):
            await visit.page.evaluate(press, at)
        assert visit.page.url == f"{relay.url}/"
        await visit.page.evaluate(press, 13_200)
        await away(visit.page)


async def test_say_goodbye(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url, locale="en-GB") as visit:
        page = visit.page
        cid = await in_conversation(visit, desk)
        await page.click("summary")
        await page.click("#goodbye")
        await expect(page.locator("#question")).to_be_focused()
        await page.click("#stay")
        await expect(page.locator("#panel")).to_be_hidden()
        await page.click("summary")
        await page.click("#goodbye")
        await page.get_by_role("button", name="Say goodbye").click()
        await away(page)
        assert await desk.left(cid) == "goodbye"
        assert "erased" not in desk.kinds(cid)


async def test_erase_everything(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url, **PHONE) as visit:
        page = visit.page
        cid = await in_conversation(visit, desk)
        await page.click("summary")
        await page.click("#erase")
        await expect(page.locator("#question")).to_contain_text("Effacer toute la conversation")
        assert "erased" not in desk.kinds(cid)
        await page.locator("#ask").get_by_role("button", name="Tout effacer").click()
        await away(page)
        await desk.until(lambda: "erased" in desk.kinds(cid))


async def test_erase_waits_for_the_connection(relay: Running, station: Station) -> None:
    between = Between()
    async with on_duty(relay.url, station) as desk, visiting(relay.url, before=between.install) as visit:
        page = visit.page
        cid = await in_conversation(visit, desk)
        await cut_off(visit, desk, between, cid)
        await erasing(visit)
        await expect(page.locator("#words")).to_be_hidden()
        assert MARKER not in await page.content()  # on this side it is gone at once
        assert await page.input_value("#words") == ""
        between.to_page = lambda frame: [] if frame["t"] == "erased" else [frame]
        await desk.until(lambda: "erased" in desk.kinds(cid))
        await expect(page.locator("#log")).to_be_empty()  # though the officer's last message came in between
        between.tell({"t": "erased"})
        await away(page)


async def test_erased_by_the_desk(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url) as visit:
        cid = await in_conversation(visit, desk)
        await desk.release(cid)
        assert isinstance(await desk.do(EraseConversation(cid, random_id())), Done)
        await expect(visit.page.locator("#log")).to_have_text(
            "Cette conversation a été effacée. Vous pouvez en commencer une autre."
        )
        await visit.write("encore moi")
        assert await desk.arrived("encore moi") != cid


async def test_erased_by_the_desk_while_she_could_not_send(relay: Running, station: Station) -> None:
    """What had not arrived is hers again, to be sent or not."""
    between = Between()
    async with on_duty(relay.url, station) as desk, visiting(relay.url, before=between.install) as visit:
        page = visit.page
        cid = await in_conversation(visit, desk)
        await desk.until(lambda: cid in desk.presence and desk.presence[cid].read == 1)
        await cut_off(visit, desk, between, cid)
        await page.click("#send")
        await page.fill("#words", "et encore")
        await desk.release(cid)
        assert isinstance(await desk.do(EraseConversation(cid, random_id())), Done)
        between.to_page = lambda frame: [frame]
        await expect(page.locator("#log .note")).to_contain_text("Cette conversation a été effacée.")
        assert await page.input_value("#words") == f"pas envoyé {MARKER}\net encore"
        await page.click("#send")
        again = await desk.arrived(f"pas envoyé {MARKER}\net encore")
        await desk.claim(again)
        await desk.until(lambda: again in desk.presence)
        assert desk.presence[again].read == 0


async def test_the_tab_is_closed(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url) as visit:
        cid = await in_conversation(visit, desk)
        await visit.page.close(run_before_unload=True)
        assert await desk.left(cid) == "closed"


async def test_another_page_and_back_shows_nothing(relay: Running, station: Station) -> None:
    async with (
        on_duty(relay.url, station) as desk,
        chromium(ignore_default_args=["--disable-back-forward-cache"]) as browser,
        visiting(relay.url, browser) as visit,
    ):
        page = visit.page
        cid = await in_conversation(visit, desk)
        await page.goto(f"{relay.url}/healthz")
        assert await desk.left(cid) == "closed"
        await page.go_back()
        await visit.shows("Un agent est de service.")
        assert MARKER not in await page.content()
        assert await page.input_value("#words") == ""
        await expect(page.locator("#log")).to_be_empty()


async def test_what_a_browser_would_keep_is_blank(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url) as visit:
        await in_conversation(visit, desk)
        kept = await visit.page.evaluate(
            """() => {
                const field = document.querySelector("#words");
                dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
                return [document.body.innerHTML, field.value];
            }"""
        )
        assert kept == ["", ""]
        await visit.page.evaluate('dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))')
        await visit.shows("Un agent est de service.")


SIGHT = """
Object.defineProperty(document, "hidden", { configurable: true, get: () => window.outOfSight === true });
"""
LOOK = """(away) => {
    window.outOfSight = away;
    document.dispatchEvent(new Event("visibilitychange"));
}"""


async def test_out_of_sight_for_a_minute_it_covers_itself(relay: Running, station: Station) -> None:
    async def prepare(page: Page) -> None:
        await own_clock(page)
        await page.add_init_script(SIGHT)

    async with on_duty(relay.url, station) as desk, visiting(relay.url, before=prepare) as visit:
        page = visit.page
        await visit.write("bonjour")
        cid = await desk.arrived("bonjour")
        await desk.claim(cid)
        await page.fill("#words", "presque")
        await page.evaluate(LOOK, True)
        await desk.say(cid, "lisez ceci")
        await page.clock.run_for(10_000)
        await desk.until(lambda: not desk.presence[cid].here if cid in desk.presence else False)
        assert desk.presence[cid].read == 0
        await page.evaluate(LOOK, False)
        await expect(page.locator("#cover")).to_be_hidden()
        await page.evaluate(LOOK, True)
        for _ in range(7):
            await page.clock.run_for(10_000)
        await expect(page.locator("#app")).to_be_hidden()
        await expect(page.locator("#options")).to_be_hidden()
        await page.evaluate(LOOK, False)
        await expect(page.locator("#app")).to_be_hidden()
        await expect(page.locator("#exit")).to_be_visible()
        await page.get_by_role("button", name="Touchez pour afficher").click()
        await expect(page.locator("#log .desk p")).to_have_text("lisez ceci")
        assert await page.input_value("#words") == "presque"
