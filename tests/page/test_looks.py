"""Whoever comes, with whatever device: readable, reachable by keys, found by screen readers; and without JavaScript."""

from __future__ import annotations

import importlib.resources
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from officer_console.relay.service import Running, running_relay
from tests.relay.peers import Station, relay_config

from .browser import PHONE, Visit, chromium, in_shared_chromium, visiting
from .officer import Officer, on_duty

pytestmark = in_shared_chromium
AXE = (importlib.resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
SCHEMES = ("light", "dark")


def scripts(*sources: str) -> Callable[[Page], Awaitable[None]]:
    """Runs these before the page's own."""

    async def prepare(page: Page) -> None:
        for source in sources:
            await page.add_init_script(source)

    return prepare


async def violations(page: Page) -> list[tuple[str, list[str]]]:
    found = await page.evaluate("axe.run().then((found) => found.violations)")
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]


async def start(visit: Visit, desk: Officer) -> None:
    await visit.shows("Un agent est de service.")


async def too_long(visit: Visit, desk: Officer) -> None:
    await visit.write("x" * 17_000)
    await expect(visit.page.locator("#long")).to_be_visible()


async def waiting(visit: Visit, desk: Officer) -> str:
    words = f"bonjour {len(desk.texts)}"
    await visit.write(words)
    await visit.marked(words, "bien arrivé")
    await visit.shows("Vous pouvez continuer à écrire.")
    return await desk.arrived(words)


async def talking(visit: Visit, desk: Officer) -> None:
    if await visit.page.locator("#log .desk").count():
        return
    cid = await waiting(visit, desk)
    await desk.claim(cid)
    await desk.say(cid, "Je suis là.")
    await desk.show(cid, typing=True, read=2)
    await expect(visit.page.locator("#writing")).to_be_visible()
    await expect(visit.page.locator("#log .desk")).to_be_visible()


async def options(visit: Visit, desk: Officer) -> None:
    await talking(visit, desk)
    await visit.page.click("summary")


async def asked(visit: Visit, desk: Officer) -> None:
    await options(visit, desk)
    await visit.page.click("#erase")


async def place_asked(visit: Visit, desk: Officer) -> None:
    await talking(visit, desk)
    if await visit.page.locator("#ask").is_hidden():
        await visit.page.click("#place")


async def place_sought(visit: Visit, desk: Officer) -> None:
    await visit.page.evaluate("void (Geolocation.prototype.getCurrentPosition = () => {})")
    await place_asked(visit, desk)
    await visit.page.click("#yes")
    await expect(visit.page.locator("#found")).to_contain_text("Recherche de la position…")


async def place_refused(visit: Visit, desk: Officer) -> None:
    await place_asked(visit, desk)
    await visit.page.click("#yes")
    await expect(visit.page.locator("#found")).to_contain_text("Écrivez l’adresse")


async def place_sent(visit: Visit, desk: Officer) -> None:
    await visit.page.context.grant_permissions(["geolocation"])
    await visit.page.context.set_geolocation({"latitude": 48, "longitude": 2, "accuracy": 35})
    await place_asked(visit, desk)
    await visit.page.click("#yes")
    await visit.marked("Ma position : à 35 m près", "bien arrivé")


async def helped(visit: Visit, desk: Officer) -> None:
    await talking(visit, desk)
    await desk.help(next(reversed(desk.texts)), "Une patrouille vient chez vous.")
    await expect(visit.page.locator("#log .help")).to_be_visible()


async def place_asked_first(visit: Visit, desk: Officer) -> None:
    await start(visit, desk)
    await visit.page.click("#place")


PLACE = [place_asked_first, place_asked, place_sought, place_refused, place_sent]


async def covered(visit: Visit, desk: Officer) -> None:
    await talking(visit, desk)
    await visit.page.evaluate("document.body.classList.add('covered')")


STATES = [start, too_long, waiting, talking, options, asked, *PLACE, helped, covered]


@pytest.mark.parametrize("state", STATES)
async def test_axe_finds_nothing(
    relay: Running, station: Station, state: Callable[[Visit, Officer], Awaitable[object]]
) -> None:
    async with on_duty(relay.url, station) as desk:
        for scheme in SCHEMES:
            async with visiting(relay.url, before=scripts(AXE), color_scheme=scheme, **PHONE) as visit:
                await state(visit, desk)
                assert await violations(visit.page) == []


async def test_axe_finds_nothing_where_the_chat_can_not_run(tmp_path: Path) -> None:
    async with not_founded(tmp_path) as relay:
        for scheme in SCHEMES:
            for before in (scripts(AXE), scripts(AXE, "delete window.WebSocket")):
                async with visiting(relay.url, before=before, color_scheme=scheme) as visit:
                    assert await violations(visit.page) == []


@asynccontextmanager
async def not_founded(folder: Path) -> AsyncIterator[Running]:
    async with running_relay(relay_config(folder), 0) as relay:
        yield relay


# ---- where the chat can't run ----


async def numbers_in_both_languages(page: Page) -> None:
    visible = " ".join((await page.locator("body").inner_text()).split())
    for words in ("En danger maintenant ?", "In danger now?", "17", "112", "114", "par SMS", "by text"):
        assert words in visible
    await expect(page.locator("#words")).to_be_hidden()
    await expect(page.locator("#exit")).to_be_hidden()


async def test_without_javascript(relay: Running) -> None:
    async with visiting(relay.url, java_script_enabled=False) as visit:
        await numbers_in_both_languages(visit.page)
        assert "Tor" in await visit.page.locator("body").inner_text()


LACKS = [
    "delete window.WebSocket",
    "delete window.TextDecoder",
    "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined })",
    "Object.defineProperty(window, 'isSecureContext', { value: false })",
]


async def test_in_a_browser_that_lacks_something(relay: Running) -> None:
    for lacks in LACKS:
        async with visiting(relay.url, before=scripts(lacks)) as visit:
            await numbers_in_both_languages(visit.page)
            assert visit.sent == []


async def test_before_the_desk_is_founded(tmp_path: Path) -> None:
    async with not_founded(tmp_path) as relay, visiting(relay.url) as visit:
        await visit.shows("La conversation n’est pas ouverte. En danger : le 17, le 112, ou un SMS au 114.")
        await expect(visit.page.locator("#words")).to_be_hidden()
        await visit.page.click("#language")
        await visit.shows("The chat is not open.")


# ---- first things first ----


async def test_exit_is_first_large_and_always_there(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url, **PHONE) as visit:
        page = visit.page
        await page.keyboard.press("Tab")
        await expect(page.locator("#exit")).to_be_focused()
        await visit.write("bonjour\n" * 80)
        await desk.until(lambda: desk.texts)
        await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        box = await page.locator("#exit").bounding_box()
        assert box
        assert 0 <= box["y"] < 20
        assert box["height"] >= 44
        assert box["width"] >= 44


async def test_numbers_are_in_sight_at_once_and_in_the_conversation(relay: Running) -> None:
    async with visiting(relay.url, **PHONE) as visit:
        for number in ("17", "112", "114"):
            await expect(visit.page.locator("section:visible b", has_text=number).first).to_be_in_viewport()
        await expect(visit.page.locator("#place")).to_be_in_viewport()
        await expect(visit.page.locator("#words")).to_be_in_viewport()
        await visit.write("bonjour")
        await expect(visit.page.locator("summary")).to_contain_text("17 · 112 · SMS 114")
        await expect(visit.page.locator("summary")).to_be_in_viewport()


SIZES: list[dict[str, Any]] = [
    {"viewport": {"width": 320, "height": 256}},
    {"viewport": {"width": 320, "height": 640}, "device_scale_factor": 2},
    PHONE,
    {"viewport": {"width": 1280, "height": 800}},
]


@pytest.mark.parametrize("size", SIZES, ids=["zoom 400 %", "320", "phone", "desktop"])
async def test_nothing_is_wider_than_the_screen(relay: Running, station: Station, size: dict[str, Any]) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url, **size) as visit:
        for state in (start, place_asked_first, place_refused, helped, asked):
            await state(visit, desk)
            assert await visit.width() <= visit.page.viewport_size["width"]  # type: ignore[index]
        for name in ("#exit", "#words", "#send"):
            await visit.page.locator(name).scroll_into_view_if_needed()
            await expect(visit.page.locator(name)).to_be_in_viewport(ratio=0.99)


COVERED_BAR = """() => {
    const seen = (bar, x, y) => bar.contains(document.elementFromPoint(x + 20, y));
    const over = (bar) => {
        const { left, top, bottom, height } = bar.getBoundingClientRect();
        return height > 0 && !(seen(bar, left, top + 4) && seen(bar, left, bottom - 4));
    };
    const found = [];
    for (let y = 0; y < document.documentElement.scrollHeight; y += 20) {
        scrollTo(0, y);
        if ([...document.querySelectorAll("#exit, summary")].some(over)) found.push(y);
    }
    return found;
}"""


async def test_text_twice_as_large(relay: Running, station: Station) -> None:
    """As set in the browser: it fits, and whatever can be touched is reached."""
    async with (
        on_duty(relay.url, station) as desk,
        chromium("--blink-settings=defaultFontSize=32") as browser,
        visiting(relay.url, browser, **PHONE) as visit,
    ):
        page = visit.page
        for state in (start, place_asked_first, place_refused, helped, asked):
            await state(visit, desk)
            assert await visit.width() <= PHONE["viewport"]["width"]
            assert await page.evaluate(COVERED_BAR) == []
        await page.click("#stay")
        await visit.write("encore")
        await expect(page.locator("#log .me").last).to_contain_text("encore")


async def test_with_little_height_nothing_comes_over_the_bar(relay: Running, station: Station) -> None:
    """As when the keyboard of a telephone is open."""
    small = {**PHONE, "viewport": {"width": 320, "height": 300}}
    async with on_duty(relay.url, station) as desk, visiting(relay.url, **small) as visit:
        for state in (waiting, place_asked, helped, place_refused, asked):
            await state(visit, desk)
            assert await visit.page.evaluate(COVERED_BAR) == []


async def test_on_a_small_telephone_she_sees_where_to_write(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station), visiting(relay.url, viewport={"width": 320, "height": 568}) as visit:
        await visit.shows("Un agent est de service.")
        await expect(visit.page.locator("#words")).to_be_in_viewport(ratio=0.5)


async def test_what_grows_at_the_end_hides_no_message(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url, **PHONE) as visit:
        cid = await waiting(visit, desk)
        await visit.write("ligne\n" * 30 + "dernière")
        await desk.arrived("ligne\n" * 30 + "dernière")
        await desk.claim(cid)
        await visit.shows("Un agent est là.")
        await desk.release(cid)  # the line of how things stand grows, and a note comes
        await expect(visit.page.locator("#log .note")).to_have_count(1)
        await visit.shows("Vous êtes la prochaine personne.")
        gap = "document.querySelector('#foot').getBoundingClientRect().top - $last.getBoundingClientRect().bottom"
        assert await visit.page.evaluate(gap.replace("$last", "document.querySelector('#log').lastChild")) >= 0


async def test_nothing_of_it_is_printed(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url) as visit:
        await talking(visit, desk)
        await visit.page.emulate_media(media="print")
        await expect(visit.page.locator("body")).to_be_hidden()


async def test_pulled_down_it_is_not_loaded_anew(relay: Running) -> None:
    async with visiting(relay.url, **PHONE) as visit:
        style = "getComputedStyle(document.documentElement).overscrollBehaviorY"
        assert await visit.page.evaluate(style) == "none"


EXIT_BUTTON = "Quitter vite ou 3 fois la touche Maj"


async def test_covered_it_shows_no_more_than_the_way_out(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url) as visit:
        for state in (start, talking):
            await state(visit, desk)
            await visit.page.evaluate("document.body.classList.add('covered')")
            seen = (await visit.page.locator("body").inner_text()).split("\n")
            assert set(seen) - {"", "Conversation"} == {EXIT_BUTTON, "English", "Touchez pour afficher"}
            await visit.page.get_by_role("button", name="Touchez pour afficher").click()


async def test_by_keys_alone(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url) as visit:
        order = []
        for _ in range(6):
            await visit.page.keyboard.press("Tab")
            order.append(await visit.page.evaluate("document.activeElement.id"))
        assert order == ["exit", "language", "words", "send", "place", "postcode"]
        await visit.page.focus("#words")
        await visit.page.keyboard.type("bonjour")
        await visit.page.keyboard.press("Tab")
        await visit.page.keyboard.press("Enter")
        await desk.arrived("bonjour")


async def test_touchable_things_are_large_enough(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url, **PHONE) as visit:
        for state in (place_asked_first, place_asked, asked):
            await state(visit, desk)
            for each in await visit.page.locator("button:visible, summary:visible, textarea:visible").all():
                box = await each.bounding_box()
                assert box
                assert box["height"] >= 44, await each.inner_text()


async def test_silent(relay: Running, station: Station) -> None:
    """No sound, no vibration, no notification, nothing kept, no request but the page's own."""
    watch = """
    window.noise = [];
    for (const [owner, name] of [[window, "Notification"], [window, "AudioContext"], [window, "Audio"]]) {
        owner[name] = class { constructor() { noise.push(name); } };
    }
    navigator.vibrate = () => noise.push("vibrate");
    Storage.prototype.setItem = () => noise.push("storage");
    """
    async with on_duty(relay.url, station) as desk, visiting(relay.url, before=scripts(watch)) as visit:
        page = visit.page
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        await talking(visit, desk)
        assert await page.evaluate("noise") == []
        assert await page.title() == "Information"
        assert requests == []
        assert await page.context.cookies() == []
        assert await page.evaluate("Object.keys(sessionStorage).concat(Object.keys(localStorage))") == []
        assert await page.evaluate("crossOriginIsolated")
        assert page.url == f"{relay.url}/"


async def test_all_of_it_in_one_answer_under_forty_kilobytes(relay: Running) -> None:
    """As counted by the browser: headers and body of everything that it loaded."""
    loaded: list[int] = []

    async def listen(page: Page) -> None:
        devtools = await page.context.new_cdp_session(page)
        await devtools.send("Network.enable")
        devtools.on("Network.loadingFinished", lambda each: loaded.append(each["encodedDataLength"]))

    async with visiting(relay.url, before=listen) as visit:
        await visit.shows("Personne n’est de service")
        assert len(loaded) == 1
        assert 10_000 < loaded[0] < 40_000
