"""What is left on the disk of her device once she has gone: no word of it, and nothing of where she was."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright, expect

from officer_console.relay.service import Running
from tests.relay.peers import Station

from .browser import ARGS, CHROMIUM, EXIT, Visit, in_shared_chromium, weather
from .officer import on_duty
from .test_leaving import MARKER, in_conversation

pytestmark = in_shared_chromium
CONTROL = "temoin-51be07"
HERE: Any = {"latitude": 48.8765431, "longitude": 2.3456789, "accuracy": 37}
PLACE = ["8765431", "48876543", "3456789", "à 37\u00a0m près"]
"""What would tell where she was, as the device, the wire or the screen spells it."""


def hits(folder: Path, words: str) -> list[str]:
    spellings = [words.encode(), words.encode("utf-16-le"), words.encode("utf-16-be")]
    files = [each for each in folder.rglob("*") if each.is_file() and not each.is_symlink()]
    return [str(each) for each in files if any(spelling in content(each) for spelling in spellings)]


def traces(folder: Path) -> list[str]:
    return [hit for words in (MARKER, *PLACE) for hit in hits(folder, words)]


def content(file: Path) -> bytes:
    """What is in a file; nothing in one that the browser has just taken away."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


async def type_where_it_is_kept(page: Page) -> None:
    """In a field that the browser keeps: when this is on the disk, all else that would be is there too."""
    await page.evaluate("document.querySelector('#words').removeAttribute('autocomplete')")
    await page.fill("#words", CONTROL)


@pytest.mark.parametrize("leaving", ["exit", "close"])
async def test_no_word_of_it_on_the_disk(relay: Running, station: Station, tmp_path: Path, leaving: str) -> None:
    profile = tmp_path / "profile"
    async with on_duty(relay.url, station) as desk, async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            args=ARGS,
            locale="fr-FR",
            permissions=["geolocation"],
            geolocation=HERE,
        )
        await context.route(f"{EXIT}**", weather)
        visit, careless = Visit(await context.new_page()), Visit(await context.new_page())
        for page in (visit.page, careless.page):
            await page.goto(relay.url)
        cid = await in_conversation(visit, desk)
        await visit.page.click("#place")
        await visit.page.click("#yes")
        await desk.placed()
        await desk.help(cid, f"ils arrivent {MARKER}")
        await expect(visit.page.locator("#log .help")).to_have_count(1)
        await type_where_it_is_kept(careless.page)
        async with asyncio.timeout(20):
            while not hits(profile, CONTROL):
                await asyncio.sleep(0.1)
        assert traces(profile) == []
        if leaving == "exit":
            await visit.page.evaluate("document.querySelector('#exit').click()")
        else:
            await visit.page.close()
        await desk.left(cid)
        await context.close()
    assert hits(profile, CONTROL)
    assert traces(profile) == []
