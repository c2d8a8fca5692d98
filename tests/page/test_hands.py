"""Other officers come and go, a lead looks in, nobody new is let in: the page says so, in words that are true."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from playwright.async_api import expect

from officer_console.model.envelope import RELAY
from officer_console.model.events import Draft, Released
from officer_console.protocol.commands import Assign, RaiseUrgency, ResumeArrivals, StepOut
from officer_console.relay.service import Running, running_relay
from tests.relay.peers import Station, found_desk, random_id, relay_config

from .browser import Visit, in_shared_chromium, visiting
from .officer import Officer, on_duty

pytestmark = in_shared_chromium


async def held(visit: Visit, desk: Officer) -> str:
    await visit.write("bonjour")
    cid = await desk.arrived("bonjour")
    await desk.claim(cid)
    await visit.shows("Un agent est là")
    return cid


async def test_a_lead_reads_joins_and_goes(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as lead, visiting(relay.url) as visit:
        notes = visit.page.locator("#log .note")
        cid = await held(visit, lead)
        await lead.done(lead.peer.step_in(cid, "read"))
        await expect(notes.last).to_have_text("Un responsable de la police lit aussi cette conversation.")
        await lead.done(lead.peer.step_in(cid, "join"))
        await expect(notes.last).to_have_text("Un deuxième agent vous répond aussi.")
        await lead.done(StepOut(cid, random_id()))
        await expect(notes.last).to_have_text("Il n’y a plus qu’un agent avec vous.")
        await visit.page.click("#language")
        await expect(notes.last).to_have_text("There is only one officer with you again.")
        await expect(notes).to_have_count(3)


async def test_what_is_between_officers_is_not_on_the_page(relay: Running, station: Station) -> None:
    """Neither a whisper, nor urgency, nor an offer makes a frame that could carry it."""
    async with on_duty(relay.url, station) as lead, visiting(relay.url) as visit:
        cid = await held(visit, lead)
        before = len(visit.received)
        await lead.done(lead.peer.whisper(cid, "ZQX-aparte"))
        await lead.done(RaiseUrgency(cid, random_id(), "red"))
        await lead.say(cid, "je vous lis")
        await expect(visit.page.locator("#log .desk p")).to_have_text("je vous lis")
        frames = visit.received[before:]
        kinds = {msgspec.json.decode(frame)["t"] for frame in frames}
        assert kinds <= {"msg", "status", "live", "beat"}
        assert not any(word in frame for frame in frames for word in ("ZQX", "whisper", "aside", "urgency", "red"))


async def test_left_alone_she_waits_among_the_first_and_is_told(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url) as visit:
        cid = await held(visit, desk)
        registrar = relay.relay.context.registrar
        await registrar.submit(Draft(cid, random_id(), RELAY, Released("unanswered")), RELAY)
        note = visit.page.locator("#log .note").last
        await expect(note).to_contain_text("Vous attendez de nouveau, parmi les premiers")
        await desk.done(Assign(cid, random_id(), desk.peer.keys.kid))
        await visit.shows("Un agent est là")


@pytest.mark.parametrize(
    ("way", "words"),
    [("pause", "Aucune nouvelle conversation n’est prise en ce moment"), ("divert", "À la place : le <b>39 19</b>")],
)
async def test_nobody_new_is_let_in(tmp_path: Path, station: Station, way: str, words: str) -> None:
    config = relay_config(tmp_path)
    config = msgspec.structs.replace(config, relay=msgspec.structs.replace(config.relay, divert_to="le <b>39 19</b>"))
    async with running_relay(config, port=0) as relay:
        await found_desk(relay, station)
        async with on_duty(relay.url, station) as lead, visiting(relay.url) as early:
            await early.shows("Un agent est de service")
            await lead.done(lead.peer.pause(way))
            async with visiting(relay.url) as late:
                for visit in (early, late):
                    await visit.shows(words)
                    await visit.shows("17")
                    await expect(visit.page.locator("#compose")).to_be_hidden()
            await lead.done(ResumeArrivals(random_id()))
            await early.shows("Un agent est de service")
            await held(early, lead)


async def test_who_had_begun_to_write_keeps_her_words(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as lead, visiting(relay.url) as visit:
        await lead.done(lead.peer.pause("pause"))
        await visit.shows("Aucune nouvelle conversation")
        await lead.done(ResumeArrivals(random_id()))
        await visit.page.fill("#words", "à l'aide")
        await lead.done(lead.peer.pause("pause"))
        await visit.shows("Aucune nouvelle conversation")
        assert await visit.page.input_value("#words") == "à l'aide"
        await lead.done(ResumeArrivals(random_id()))
        await visit.shows("Un agent est de service")
        await visit.page.click("#send")
        assert await lead.arrived("à l'aide")
