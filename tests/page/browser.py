"""The page in a real Chromium. Whatever goes wrong in it (script error, refused by its own headers) fails the test."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Route, WebSocket, async_playwright, expect

from officer_console.config import Relay

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
EXIT = Relay().exit_url
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
shared: list[Browser] = []
"""The browser that all tests of this folder share, while they run."""
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
in_shared_chromium = [needs_chromium, pytest.mark.usefixtures("shared_chromium")]
expect.set_options(timeout=10_000)


class Visit:
    """One tab. `sent` and `received` are its WebSocket frames."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.problems: list[str] = []
        self.sent: list[str] = []
        self.received: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._hear)
        page.on("websocket", self._follow)

    def _hear(self, message: ConsoleMessage) -> None:
        # A socket that can't connect is reported by the browser itself; unknown permissions are warnings.
        if message.type == "error" and "WebSocket" not in message.text and "ERR_" not in message.text:
            self.problems.append(message.text)

    def _follow(self, ws: WebSocket) -> None:
        ws.on("framesent", lambda data: self.sent.append(str(data)))
        ws.on("framereceived", lambda data: self.received.append(str(data)))

    async def write(self, text: str) -> None:
        await self.page.fill("#words", text)
        await self.page.click("#send")

    async def shows(self, words: str) -> None:
        """Wait until the line of how things stand says so."""
        await expect(self.page.locator("#state")).to_contain_text(words)

    async def lines(self) -> list[str]:
        return await self.page.locator("#log div p").all_inner_texts()

    async def width(self) -> int:
        """How wide the page is, with what would have to be scrolled to."""
        return int(await self.page.evaluate("document.documentElement.scrollWidth"))

    async def marked(self, text: str, mark: str) -> None:
        line = self.page.locator("#log div", has=self.page.get_by_text(text, exact=True))
        await expect(line.locator(".mark")).to_have_text(mark)


async def weather(route: Route) -> None:
    await route.fulfill(body="<title>Weather</title>sunny", content_type="text/html")


async def own_clock(page: Page) -> None:
    """Give the page a clock that the test can wind on. (It counts in fractions of a millisecond; no browser does.)"""
    await page.clock.install()
    await page.add_init_script("{ const now = Date.now; Date.now = () => Math.floor(now()); }")


@asynccontextmanager
async def chromium(*args: str, **options: Any) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGS, *args], **options)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def visiting(url: str, browser: Browser | None = None, **options: Any) -> AsyncIterator[Visit]:
    """A tab on the page, in French unless `locale` says otherwise. Fails on any problem that the page had."""
    browser = browser or next(iter(shared), None)
    if browser is None:
        async with chromium() as own, visiting(url, own, **options) as visit:
            yield visit
        return
    before = options.pop("before", None)
    context = await browser.new_context(**{"locale": "fr-FR", **options})
    try:
        await context.route(f"{EXIT}**", weather)
        visit = Visit(await context.new_page())
        if before:
            await before(visit.page)
        await visit.page.goto(url)
        yield visit
        assert visit.problems == []
    finally:
        await context.close()
