"""The officer tells her that help is coming: only then does the page say so, in the officer's words."""

from __future__ import annotations

from playwright.async_api import expect

from officer_console.model.bodies import About, Place
from officer_console.relay.service import Running
from tests.relay.peers import Station

from .browser import PHONE, Visit, in_shared_chromium, visiting
from .officer import Officer, on_duty
from .test_conversation import HOSTILE

pytestmark = in_shared_chromium
WORDS = "Une patrouille vient chez vous.\nRestez enfermée."


async def held(visit: Visit, desk: Officer) -> str:
    await visit.write("bonjour")
    cid = await desk.arrived("bonjour")
    await desk.claim(cid)
    return cid


async def test_help_is_shown_large_and_read_out_as_the_officers_message(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url, **PHONE) as visit:
        page = visit.page
        cid = await held(visit, desk)
        await desk.say(cid, "Je demande une patrouille.")
        await expect(page.locator("#log .desk")).to_have_count(1)
        assert "secours" not in await page.locator("#log").inner_text()
        await desk.help(cid, WORDS)
        message = page.get_by_role("log", name="Conversation").locator(".help")
        await expect(message.locator("b")).to_have_text("Les secours arrivent")
        await expect(message.locator("p")).to_have_text(WORDS)
        await expect(message.locator(".unseen")).to_have_text("Agent :")
        await expect(message).to_be_in_viewport(ratio=1)
        await desk.until(lambda: cid in desk.presence and desk.presence[cid].read == 2)
        await page.click("#language")
        await expect(message.locator("b")).to_have_text("Help is coming")
        await expect(message.locator("p")).to_have_text(WORDS)
        await expect(page.locator("#log .note")).to_have_count(0)


async def test_hostile_words_are_words(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url, **PHONE) as visit:
        cid = await held(visit, desk)
        line = visit.page.locator("#log .help p")
        for number, text in enumerate(HOSTILE):
            await desk.help(cid, text)
            await expect(line).to_have_count(number + 1)
            assert await line.last.evaluate("p => [p.textContent, p.children.length]") == [text, 0]
            assert await visit.width() == PHONE["viewport"]["width"]
        assert await visit.page.title() == "Information"


async def test_the_desk_sends_no_place(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url) as visit:
        cid = await held(visit, desk)
        for body in (Place(ts=0, lat=1, lon=2, acc=3), About(ts=0, lang="fr")):
            await desk.tell(cid, body)
        note = visit.page.locator("#log .note")
        await expect(note).to_have_count(2)
        await expect(note.last).to_contain_text("Un message a été refusé")
        await expect(visit.page.locator("#log .desk")).to_have_count(0)
