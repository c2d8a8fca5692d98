"""A person writes on the page, an officer answers: what each of them sees."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.async_api import expect

from officer_console.model.bodies import About
from officer_console.protocol import codec
from officer_console.relay.service import Running
from tests.relay.peers import Station, VisitorPeer, founded_relay

from .browser import PHONE, in_shared_chromium, visiting
from .officer import on_duty

pytestmark = in_shared_chromium


async def test_there_and_back(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url) as visit:
        await visit.shows("Un agent est de service.")
        await visit.page.fill("#postcode", "78280")
        await visit.write("Il est rentré.\nJ’ai peur 🆘")
        cid = await desk.arrived("Il est rentré.\nJ’ai peur 🆘")
        assert (desk.about[cid].lang, desk.about[cid].postcode) == ("fr", "78280")
        await visit.marked("Il est rentré.\nJ’ai peur 🆘", "bien arrivé")
        await visit.shows("Vous êtes la prochaine personne.")
        await desk.claim(cid)
        await visit.shows("Un agent est là.")
        await desk.show(cid, typing=True, read=2)
        await visit.marked("Il est rentré.\nJ’ai peur 🆘", "lu")
        await expect(visit.page.locator("#writing")).to_have_text("L’agent écrit…")
        await expect(visit.page.locator("#writing")).to_be_visible()
        await desk.say(cid, "Je suis là.")
        await expect(visit.page.locator("#log .desk p")).to_have_text("Je suis là.")
        await expect(visit.page.locator("#writing")).to_be_hidden()
        assert await visit.lines() == ["Il est rentré.\nJ’ai peur 🆘", "Je suis là."]
        await desk.until(lambda: cid in desk.presence and desk.presence[cid].read == 1)
        assert await visit.page.locator("#log .desk time").inner_text() == await visit.page.evaluate(
            "new Date().toTimeString().slice(0, 5)"
        )


async def test_nothing_is_sent_before_the_first_message(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url) as visit:
        await visit.shows("Un agent est de service.")
        await visit.page.fill("#words", "je n’ose pas")
        await visit.page.fill("#words", "")
        await visit.write("   \n ")
        assert [json.loads(frame)["t"] for frame in visit.sent] == ["hello"]
        assert desk.events == []


async def test_the_officer_sees_her_typing_and_stopping(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url) as visit:
        await visit.write("bonjour")
        cid = await desk.arrived("bonjour")
        await desk.claim(cid)
        await visit.shows("Un agent est là.")
        await visit.page.type("#words", "je")
        await desk.until(lambda: cid in desk.presence and desk.presence[cid].typing)
        await visit.page.fill("#words", "")
        await desk.until(lambda: not desk.presence[cid].typing)


async def test_place_in_the_queue_in_plain_words(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk:
        before = [VisitorPeer(relay.url, station) for _ in range(2)]
        async with before[0].wire() as one, before[1].wire() as two, visiting(relay.url) as visit:
            for wire, peer, text in ((one, before[0], "un"), (two, before[1], "deux")):
                await wire.send(peer.opening)
                await wire.send(peer.seal(text))
                await desk.arrived(text)
            await visit.write("bonjour")
            await visit.shows("2 personnes sont avant vous.")
            await desk.claim(before[0].cid)
            await visit.shows("Une personne est avant vous.")
            await desk.claim(before[1].cid)
            await visit.shows("Vous êtes la prochaine personne.")


async def test_nobody_on_duty_and_then_somebody(relay: Running, station: Station) -> None:
    async with visiting(relay.url) as visit:
        await visit.shows("Personne n’est de service en ce moment. En danger : le 17, le 112, ou un SMS au 114.")
        await visit.write("il y a quelqu’un ?")
        await visit.marked("il y a quelqu’un ?", "bien arrivé")
        await visit.shows("Personne n’est de service")
        async with on_duty(relay.url, station) as desk:
            await visit.shows("Vous êtes la prochaine personne.")
            cid = await desk.arrived("il y a quelqu’un ?")
            await desk.claim(cid)
            await visit.shows("Un agent est là.")
        await visit.shows("L’agent a perdu sa connexion.")


async def test_another_officer_takes_over(tmp_path: Path, station: Station) -> None:
    zoe, _entry = station.enrol("Zoé")
    async with (
        founded_relay(tmp_path, station, zoe) as relay,
        on_duty(relay.url, station) as first,
        on_duty(relay.url, station, zoe) as second,
        visiting(relay.url, locale="en-GB") as visit,
    ):
        await visit.write("hello")
        cid = await first.arrived("hello")
        await first.claim(cid)
        await first.say(cid, "first")
        await expect(visit.page.locator("#log .desk")).to_have_count(1)
        await visit.shows("An officer is here.")
        await first.release(cid)
        notes = visit.page.locator("#log .note")
        await expect(notes).to_have_text("Your conversation is waiting for an officer again. Nothing is lost.")
        await visit.shows("You are next.")
        await second.claim(cid)
        said = await first.until(lambda: [e for e in first.events if e.kind == "said" and e.by != "v"])
        assert second.peer.histories[cid].accept(said[0].what.env, said[0].by) is None
        await second.say(cid, "second")
        await expect(notes.last).to_have_text("Another officer is answering you now.")
        await expect(notes).to_have_count(2)
        assert await visit.lines() == ["hello", "first", "second"]


async def test_after_the_close_she_can_write_on(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url) as visit:
        await visit.write("bonjour")
        cid = await desk.arrived("bonjour")
        await desk.claim(cid)
        await desk.close(cid)
        await visit.shows("L’agent a terminé la conversation. Si vous écrivez encore, elle reprend.")
        await visit.write("il revient")
        assert await desk.arrived("il revient") == cid
        await visit.shows("Vous êtes la prochaine personne.")


async def test_the_language_changes_everywhere_at_once(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url, locale="en-GB") as visit:
        page = visit.page
        await visit.shows("An officer is on duty.")
        await page.fill("#words", "I am typing")
        await page.click("#language")
        await visit.shows("Un agent est de service.")
        assert await page.evaluate("document.documentElement.lang") == "fr"
        assert await page.input_value("#words") == "I am typing"
        await page.click("#send")
        cid = await desk.arrived("I am typing")
        assert desk.about[cid] == About(ts=desk.about[cid].ts, lang="fr")
        await visit.marked("I am typing", "bien arrivé")
        await page.click("#language")
        await visit.marked("I am typing", "arrived safely")
        await visit.shows("You are next.")
        visible = await page.locator("body").inner_text()
        assert "Leave at once" in visible
        assert "Quitter" not in visible
        assert await page.title() == "Information"


async def test_the_browsers_language_else_french(relay: Running) -> None:
    for wished, spoken in (("en-US", "en"), ("fr-CA", "fr"), ("de-DE", "fr"), ("ar", "fr")):
        async with visiting(relay.url, locale=wished) as visit:
            assert await visit.page.evaluate("document.documentElement.lang") == spoken


HOSTILE = [
    "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>&amp;<b>",
    "\u202egnirts desrever\u202c \u2067ever\u2069 \u202e",
    "َمرحبا بكم",
    "Z" + "\u0301" * 200,
    "W" * 15_000,
    "\x00\x01\x1b]0;owned\x07 {n} {call} __proto__",
]


async def test_hostile_text_is_shown_and_does_nothing(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url, **PHONE) as visit:
        await visit.write("bonjour")
        cid = await desk.arrived("bonjour")
        await desk.claim(cid)
        line = visit.page.locator("#log .desk p")
        for number, text in enumerate(HOSTILE):
            await desk.say(cid, text)
            await expect(line).to_have_count(number + 1)
            assert await line.last.evaluate("p => p.textContent") == text
            assert await line.last.evaluate("p => p.children.length") == 0
            assert await visit.width() == PHONE["viewport"]["width"]
        assert await visit.page.title() == "Information"


async def test_what_is_too_long_is_neither_sent_nor_cut(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url) as visit:
        page = visit.page
        for text, over in (("é" * 8001, 2), ('"' * 9000, None)):
            await visit.write(text)
            await expect(page.locator("#long")).to_contain_text("Trop long")
            if over:
                await expect(page.locator("#long")).to_contain_text(f" {over} ")
            assert await page.input_value("#words") == text
        assert desk.events == []
        await visit.write("é" * 8000)
        await expect(page.locator("#long")).to_be_hidden()
        await desk.arrived("é" * 8000)
        await visit.write('"' * 8100)
        await desk.arrived('"' * 8100)


async def test_half_a_character_is_replaced_not_refused(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url) as visit:
        await visit.page.evaluate("document.getElementById('words').value = 'a\\ud83d'")
        await visit.page.click("#send")
        await desk.arrived("a\ufffd")


async def test_keys_of_the_composer(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url) as visit:
        await visit.page.focus("#words")
        await visit.page.keyboard.type("un")
        await visit.page.keyboard.press("Enter")
        await visit.page.keyboard.type("deux")
        await visit.page.keyboard.press("Control+Enter")
        await desk.arrived("un\ndeux")
        await expect(visit.page.locator("#words")).to_be_focused()
        assert await visit.page.input_value("#words") == ""


async def test_every_frame_has_one_of_four_sizes(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url) as visit:
        await visit.write("bonjour")
        cid = await desk.arrived("bonjour")
        await desk.claim(cid)
        for text in ("oui", "x" * 2000, "y" * 8000, "z" * 15_900):
            await visit.write(text)
            await desk.arrived(text)
            await desk.say(cid, text)
        await expect(visit.page.locator("#log .desk")).to_have_count(4)
        sizes = {len(frame.encode()) for frame in visit.sent + visit.received}
        assert sizes == set(codec.WIRE_SIZES)


async def test_only_a_new_message_is_read_out(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url) as visit:
        await visit.write("bonjour")
        cid = await desk.arrived("bonjour")
        await desk.claim(cid)
        await desk.say(cid, "oui ?")
        log = visit.page.get_by_role("log", name="Conversation")
        await expect(log.locator("p")).to_have_text(["bonjour", "oui ?"])
        await expect(log.locator(".desk")).to_have_text("Agent :oui ?" + await log.locator(".desk time").inner_text())
        assert await log.get_attribute("aria-relevant") == "additions"
        assert await log.locator(".mark").get_attribute("aria-live") == "off"
        await expect(visit.page.get_by_role("status").first).to_have_text("Un agent est là.")


async def test_an_arriving_message_moves_nothing(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url, **PHONE) as visit:
        page = visit.page
        await visit.write("bonjour\n" * 60)
        cid = await desk.until(lambda: next(iter(desk.texts), ""))
        await desk.claim(cid)
        await page.evaluate("scrollTo(0, 0)")
        await page.focus("#exit")
        await desk.say(cid, "réponse")
        await expect(page.locator("#new")).to_be_visible()
        assert await page.evaluate("pageYOffset") == 0
        await expect(page.locator("#exit")).to_be_focused()
        await page.evaluate("document.querySelector('#words').dispatchEvent(new Event('input'))")
        await desk.until(lambda: cid in desk.presence)
        assert desk.presence[cid].read == 0  # it has not been on her screen
        await page.click("#new")
        await expect(page.locator("#new")).to_be_hidden()
        await desk.until(lambda: desk.presence[cid].read == 1)


async def test_the_state_is_left_alone_while_she_reads_further_up(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url, **PHONE) as visit:
        page = visit.page
        await visit.write("bonjour\n" * 60)
        cid = await desk.until(lambda: next(iter(desk.texts), ""))
        await desk.claim(cid)
        await visit.shows("Un agent est là.")
        await page.evaluate("scrollTo(0, 40)")
        await desk.release(cid)
        await visit.shows("Vous êtes la prochaine personne.")
        assert await page.evaluate("pageYOffset") == 40


GROW = """(log) => {
    for (let n = 0; n < 500; n += 1) log.appendChild(log.lastChild.cloneNode(true));
    return log.offsetHeight;
}"""
TOOK = """() => {
    const at = performance.now();
    document.querySelector("#send").click();
    document.body.offsetHeight;
    return performance.now() - at;
}"""


async def test_five_hundred_messages_of_the_largest_kind_stay_quick(relay: Running, station: Station) -> None:
    """One more at the end of a long conversation is there within a blink."""
    async with on_duty(relay.url, station) as desk, visiting(relay.url, **PHONE) as visit:
        page = visit.page
        await visit.write("bonjour")
        cid = await desk.arrived("bonjour")
        await desk.claim(cid)
        await desk.say(cid, "x" * 10_000)
        await expect(page.locator("#log .desk")).to_have_count(1)
        await page.locator("#log").evaluate(GROW)
        await page.fill("#words", "encore")
        assert await page.evaluate(TOOK) < 250
        await visit.marked("encore", "bien arrivé")
