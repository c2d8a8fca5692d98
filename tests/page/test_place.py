"""She says where she is: only when she has pressed and agreed, sealed, once, and without a trace."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from officer_console.model.bodies import About, Place
from officer_console.protocol import codec
from officer_console.protocol.commands import EraseConversation
from officer_console.protocol.frames import Done
from officer_console.relay.service import Running
from tests.relay.peers import Station, random_id

from .between import Between
from .browser import PHONE, Visit, in_shared_chromium, visiting
from .officer import Officer, on_duty
from .test_link import Cutter

pytestmark = in_shared_chromium
HOME: Any = {"latitude": 48.8041999, "longitude": 2.1204004, "accuracy": 34.2}
SEEN = (48_804_200, 2_120_400, 35)
LINE = "Ma position : à 35 m près"
ALLOWED: dict[str, Any] = {"permissions": ["geolocation"], "geolocation": HOME}
SPY = """
window.asked = [];
for (const name of ["getCurrentPosition", "watchPosition", "clearWatch"]) {
    const real = Geolocation.prototype[name];
    Geolocation.prototype[name] = function (...how) { asked.push(name); return real.apply(this, how); };
}
"""


def before(*sources: str, between: Between | None = None) -> Callable[[Page], Awaitable[None]]:
    async def prepare(page: Page) -> None:
        for source in sources:
            await page.add_init_script(source)
        if between:
            await between.install(page)

    return prepare


def fails(code: int) -> str:
    return f"Geolocation.prototype.getCurrentPosition = (found, failed) => failed({{ code: {code} }});"


async def share(visit: Visit) -> None:
    await visit.page.click("#place")
    await visit.page.click("#yes")


async def asked(visit: Visit) -> list[str]:
    return list(await visit.page.evaluate("asked"))


def whole(place: Place) -> tuple[int, int, int]:
    return place.lat, place.lon, place.acc


def precise(metres: int) -> Any:
    return {**HOME, "accuracy": metres}


async def found(visit: Visit, words: str) -> None:
    await expect(visit.page.locator("#found")).to_have_text(words)


# ---- it arrives ----


async def test_it_arrives_sealed_in_whole_numbers(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url, before=before(SPY), **ALLOWED) as visit:
        await visit.write("bonjour")
        cid = await desk.arrived("bonjour")
        await share(visit)
        assert await desk.placed() == cid
        assert [whole(place) for place in desk.places[cid]] == [SEEN]
        await visit.marked(LINE, "bien arrivé")
        await found(visit, "")
        await expect(visit.page.locator("#place")).to_be_visible()
        await desk.claim(cid)
        await desk.show(cid, read=3)
        await visit.marked(LINE, "lu")
        assert await asked(visit) == ["getCurrentPosition"]
        assert not re.search(r"48\D?804|2\D?1204", await visit.page.content())
        assert not any(re.search(r"48\D?804|2\D?1204", frame) for frame in visit.sent)
        assert {len(frame.encode()) for frame in visit.sent} <= set(codec.WIRE_SIZES)


async def test_she_who_can_press_one_button_only_is_heard(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url, **ALLOWED, **PHONE) as visit:
        await visit.shows("Un agent est de service.")
        await visit.page.fill("#postcode", "78000")
        await share(visit)
        cid = await desk.placed()
        assert [whole(place) for place in desk.places[cid]] == [SEEN]
        assert desk.about[cid] == About(ts=desk.about[cid].ts, lang="fr", postcode="78000")
        await visit.shows("Vous êtes la prochaine personne.")
        await visit.marked(LINE, "bien arrivé")
        await desk.claim(cid)
        await desk.say(cid, "Je vois où vous êtes.")
        await expect(visit.page.locator("#log .desk p")).to_have_text("Je vois où vous êtes.")
        await visit.write("il est dans le couloir")
        assert await desk.arrived("il est dans le couloir") == cid


async def test_by_keys_alone(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url, **ALLOWED) as visit:
        page = visit.page
        await page.focus("#send")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator("#question")).to_be_focused()
        await expect(page.locator("#yes")).to_be_enabled()
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("button", name="Dire où je suis")).to_be_focused()
        await page.keyboard.press("Enter")
        await desk.placed()
        await expect(page.locator("#words")).to_be_focused()


async def test_the_question_says_what_goes_where_and_is_in_sight(relay: Running) -> None:
    for size in (PHONE, {"viewport": {"width": 320, "height": 568}}):
        async with visiting(relay.url, **size) as visit:
            await visit.page.click("#place")
            question = visit.page.locator("#question")
            for words in ("à la police", "précision en mètres", "Le navigateur demandera aussi", "refuser"):
                await expect(question).to_contain_text(words)
            for name in ("#question", "#yes", "#stay", "#words"):
                await expect(visit.page.locator(name)).to_be_in_viewport(ratio=0.9)


async def test_one_that_is_imprecise_goes_at_once_and_a_better_one_follows(relay: Running, station: Station) -> None:
    rough = {**ALLOWED, "geolocation": precise(1200)}
    async with on_duty(relay.url, station) as desk, visiting(relay.url, before=before(SPY), **rough) as visit:
        await share(visit)
        cid = await desk.placed()
        await found(visit, "Recherche d’une position plus précise…")
        await expect(visit.page.locator("#place")).to_be_hidden()
        await visit.page.context.set_geolocation(precise(700))
        await visit.page.context.set_geolocation(precise(20))
        await desk.placed(2)
        await found(visit, "")
        await expect(visit.page.locator("#place")).to_be_visible()
        await visit.page.context.set_geolocation(precise(5))
        await visit.write("fini")
        await desk.arrived("fini")
        assert [place.acc for place in desk.places[cid]] == [1200, 20]
        assert await asked(visit) == ["getCurrentPosition", "watchPosition", "clearWatch"]


@pytest.mark.parametrize("here", ["in ack open", "in ack v.1", "out msg"])
async def test_cut_at_any_moment_it_arrives_once(relay: Running, station: Station, here: str) -> None:
    between = Between()
    cutter = Cutter(between, here)
    async with (
        on_duty(relay.url, station) as desk,
        visiting(relay.url, before=before(between=between), **ALLOWED) as visit,
    ):
        await share(visit)
        await visit.marked(LINE, "bien arrivé")
        await cutter.done()
        await visit.write("deux")
        cid = await desk.arrived("deux")
        assert [whole(place) for place in desk.places[cid]] == [SEEN]
        again = [frame for frame in between.seen if frame["t"] == "msg"]
        assert len({json.dumps(frame, sort_keys=True) for frame in again}) == 3  # resent byte for byte


# ---- it does not ----


async def test_nothing_is_read_from_the_device_unless_she_agrees(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url, before=before(SPY), **ALLOWED) as visit:
        page = visit.page
        await visit.shows("Un agent est de service.")
        for _ in range(2):
            await page.click("#place")
            await page.get_by_role("button", name="Non, je l’écris").click()
            await expect(page.locator("#words")).to_be_focused()
            await expect(page.locator("#ask")).to_be_hidden()
        assert desk.events == []
        await visit.write("au 3, rue du Parc")
        cid = await desk.arrived("au 3, rue du Parc")
        await page.click("#place")
        await page.click("#stay")
        await visit.write("fini")
        await desk.arrived("fini")
        assert await asked(visit) == []
        assert desk.places[cid] == []


async def test_pressed_twice_in_fright_it_is_not_agreed_yet(relay: Running) -> None:
    async with visiting(relay.url, before=before(SPY), **ALLOWED) as visit:
        for press in ("#place", "#yes"):
            await visit.page.evaluate(f"document.querySelector('{press}').click()")
        await expect(visit.page.locator("#ask")).to_be_visible()
        assert await asked(visit) == []


async def test_one_question_at_a_time(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url, **ALLOWED) as visit:
        page = visit.page
        await visit.write("bonjour")
        await desk.arrived("bonjour")
        await page.click("#place")
        await page.click("summary")
        await page.click("#goodbye")
        await expect(page.locator("#question")).to_contain_text("Terminer la conversation")
        await expect(page.locator("#place")).to_be_visible()
        await page.click("#place")
        await expect(page.locator("#question")).to_contain_text("Envoyer à la police")
        await expect(page.locator("#goodbye")).to_be_visible()
        await page.click("#yes")
        await desk.placed()


async def test_refused_by_the_browser(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url) as visit:
        await share(visit)
        await found(
            visit,
            "Le navigateur n’a pas donné la position. Écrivez l’adresse, ou ce que vous voyez autour de vous.",
        )
        assert desk.events == []
        await visit.page.keyboard.type("au 3, rue du Parc")  # the field has the focus
        await visit.page.click("#send")
        await desk.arrived("au 3, rue du Parc")
        await found(visit, "")
        await visit.page.context.grant_permissions(["geolocation"])
        await visit.page.context.set_geolocation(HOME)
        await share(visit)
        await desk.placed()


@pytest.mark.parametrize(
    ("code", "french", "english"),
    [
        (1, "Le navigateur n’a pas donné la position.", "The browser did not give the position."),
        (2, "La position n’a pas été trouvée.", "The position was not found."),
        (3, "La position n’est pas venue à temps.", "The position did not come in time."),
    ],
)
async def test_why_there_is_none_in_plain_words(relay: Running, code: int, french: str, english: str) -> None:
    async with visiting(relay.url, before=before(fails(code))) as visit:
        await share(visit)
        await found(visit, f"{french} Écrivez l’adresse, ou ce que vous voyez autour de vous.")
        await visit.page.click("#language")
        await found(visit, f"{english} Write the address, or what you see around you.")


LACKS = "Object.defineProperty(Navigator.prototype, 'geolocation', { value: undefined });"


async def test_where_the_browser_does_not_know_it_is_not_offered(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url, before=before(LACKS)) as visit:
        await visit.shows("Un agent est de service.")
        await expect(visit.page.locator("#place")).to_be_hidden()
        await visit.write("bonjour")
        await desk.arrived("bonjour")
        await expect(visit.page.locator("#place")).to_be_hidden()


async def test_where_the_page_may_not_ask_it_is_not_offered(relay: Running) -> None:
    allowed, place = "geolocation=(self)", "#place"

    async def serve(page: Page, policy: str) -> None:
        async def answer(route: Route) -> None:
            real = await route.fetch()
            headers = {
                **real.headers,
                "permissions-policy": real.headers["permissions-policy"].replace(allowed, policy),
            }
            await route.fulfill(response=real, headers=headers)

        await page.route(f"{relay.url}/", answer)

    for policy in (allowed, "geolocation=()"):
        async with visiting(relay.url, before=lambda page, policy=policy: serve(page, policy)) as visit:
            await expect(visit.page.locator("#send")).to_be_visible()
            await expect(visit.page.locator(place)).to_be_visible(visible=policy == allowed)


# ---- the end of it ----


async def searching(visit: Visit, desk: Officer) -> str:
    """An imprecise place has arrived, and a better one is looked for."""
    await share(visit)
    cid = await desk.placed()
    await found(visit, "Recherche d’une position plus précise…")
    return cid


ROUGH: dict[str, Any] = {**ALLOWED, "geolocation": precise(1200)}


async def test_erasing_ends_the_search(relay: Running, station: Station) -> None:
    between = Between()
    async with (
        on_duty(relay.url, station) as desk,
        visiting(relay.url, before=before(SPY, between=between), **ROUGH) as visit,
    ):
        cid = await searching(visit, desk)
        between.to_page = lambda frame: []  # neither "erased" nor a refusal of what she sent in that moment: both go on
        await visit.page.click("summary")
        await visit.page.click("#erase")
        await visit.page.click("#yes")
        await desk.until(lambda: "erased" in desk.kinds(cid))
        assert (await asked(visit))[-1] == "clearWatch"
        assert "1200" not in await visit.page.content()
        await visit.page.context.set_geolocation(precise(5))
        await visit.page.evaluate("new Promise((done) => setTimeout(done, 300))")
        assert len(desk.places[cid]) == 1


async def test_leaving_ends_the_search(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url, before=before(SPY), **ROUGH) as visit:
        await searching(visit, desk)
        left = await visit.page.evaluate(
            """() => {
                dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
                return [document.body.innerHTML, asked[asked.length - 1]];
            }"""
        )
        assert left == ["", "clearWatch"]


async def test_erased_by_the_desk_the_search_ends_and_nothing_begins_anew(relay: Running, station: Station) -> None:
    async with on_duty(relay.url, station) as desk, visiting(relay.url, before=before(SPY), **ROUGH) as visit:
        cid = await searching(visit, desk)
        assert isinstance(await desk.do(EraseConversation(cid, random_id())), Done)
        await expect(visit.page.locator("#log .note")).to_contain_text("Cette conversation a été effacée.")
        assert (await asked(visit))[-1] == "clearWatch"
        await found(visit, "")
        assert "1200" not in await visit.page.content()
        await visit.page.context.set_geolocation(precise(5))
        await visit.write("encore moi")
        again = await desk.arrived("encore moi")
        assert list(desk.places) == [cid] or desk.places[again] == []


async def test_what_had_not_arrived_is_not_kept_for_another_conversation(relay: Running, station: Station) -> None:
    between = Between()
    async with (
        on_duty(relay.url, station) as desk,
        visiting(relay.url, before=before(between=between), **ALLOWED) as visit,
    ):
        await visit.write("bonjour")
        cid = await desk.arrived("bonjour")
        await visit.marked("bonjour", "bien arrivé")
        between.to_page = lambda frame: None
        await share(visit)
        await visit.write("pas envoyé")
        await visit.marked(LINE, "attend la connexion")
        assert isinstance(await desk.do(EraseConversation(cid, random_id())), Done)
        between.to_page = lambda frame: [frame]
        await expect(visit.page.locator("#log")).to_have_text(re.compile("Cette conversation a été effacée"))
        assert await visit.page.input_value("#words") == "pas envoyé"
        assert "Ma position" not in await visit.page.locator("main").inner_text()


async def test_both_languages_and_any_precision(relay: Running, station: Station) -> None:
    far = {**ALLOWED, "geolocation": {"latitude": -90, "longitude": -180, "accuracy": 25_000.01}}
    async with on_duty(relay.url, station) as desk, visiting(relay.url, locale="en-GB", **far) as visit:
        await share(visit)
        cid = await desk.placed()
        assert [whole(place) for place in desk.places[cid]] == [(-90_000_000, -180_000_000, 25_001)]
        await visit.marked("My position: within 25001 m", "arrived safely")
        await visit.page.click("#language")
        await visit.marked("Ma position : à 25001 m près", "bien arrivé")
