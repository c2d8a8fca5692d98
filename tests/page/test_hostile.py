"""A relay, or somebody in its place, that lies: the page refuses, or says that something is missing."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Page, expect

from officer_console.relay.service import Running
from officer_console.vault.directory import page_bundle
from tests.relay.peers import Station

from .between import Between, Frame
from .browser import Visit, in_shared_chromium, own_clock, visiting
from .officer import Officer, on_duty

pytestmark = in_shared_chromium
DAY = 86_400


async def refuses(visit: Visit, words: str) -> None:
    await visit.shows(words)
    await visit.shows("le 17, le 112, ou un SMS au 114")
    await expect(visit.page.locator("#words")).to_be_hidden()
    await expect(visit.page.locator("#start")).to_be_hidden()  # it asks to write
    await expect(visit.page.locator("section:visible .numbers b")).to_have_text(["17", "112", "114"])
    await expect(visit.page.locator("#exit")).to_be_visible()


def on_desk(change: Callable[[Frame], None]) -> Between:
    """Somebody who changes the frame by which the relay introduces the desk."""
    between = Between()

    def to_page(frame: Frame) -> list[Frame]:
        if frame["t"] == "desk":
            change(frame)
        return [frame]

    between.to_page = to_page
    return between


def other_desk(frame: Frame) -> None:
    frame["bundle"] = page_bundle(Station(int(time.time())).directory, int(time.time()))


def flip(name: str) -> Callable[[Frame], None]:
    def change(frame: Frame) -> None:
        sig = frame["bundle"][name]
        frame["bundle"][name] = ("A" if sig[0] != "A" else "B") + sig[1:]

    return change


def later(frame: Frame) -> None:
    frame["bundle"]["key"] = frame["bundle"]["key"].replace('"nbf":1', '"nbf":2')


async def test_a_desk_that_the_root_key_does_not_prove(relay: Running) -> None:
    for change in (other_desk, flip("sig"), flip("lsig"), later):
        between = on_desk(change)
        async with visiting(relay.url, before=between.install) as visit:
            await refuses(visit, "N’écrivez rien ici : rien ne prouve que cette page parle à la police.")
            assert [frame["t"] for frame in between.seen] == ["hello"]
            assert between.connections == 1


async def test_what_was_written_before_the_proof_failed_is_not_sent(relay: Running) -> None:
    between = on_desk(flip("sig"))
    proven, between.to_page = between.to_page, lambda frame: None
    async with visiting(relay.url, before=between.install) as visit:
        await visit.write("un")
        await visit.marked("un", "attend la connexion")
        between.to_page = proven
        await visit.shows("N’écrivez rien ici")
        await visit.marked("un", "pas envoyé")
        assert {frame["t"] for frame in between.seen} == {"hello"}


def clock_off_by(seconds: int) -> Callable[[Page], Awaitable[None]]:
    async def set_clock(page: Page) -> None:
        await page.clock.set_fixed_time(int(time.time()) + seconds)

    return set_clock


async def test_a_clock_that_is_wrong(relay: Running) -> None:
    for days in (-10, 10, 400):
        async with visiting(relay.url, before=clock_off_by(days * DAY)) as visit:
            await refuses(visit, "La date de cet appareil semble fausse")


async def test_a_clock_that_is_almost_right(relay: Running) -> None:
    for hours in (-23, 23):
        async with visiting(relay.url, before=clock_off_by(hours * 3600)) as visit:
            await visit.shows("Personne n’est de service")
            await expect(visit.page.locator("#words")).to_be_visible()


async def test_another_version(relay: Running) -> None:
    between = on_desk(lambda frame: frame.update(v=2))
    async with visiting(relay.url, before=between.install) as visit:
        await refuses(visit, "Cette page a changé. Rechargez-la.")


async def test_no_desk_key(relay: Running) -> None:
    between = on_desk(lambda frame: frame.pop("bundle"))

    async def prepare(page: Page) -> None:
        await own_clock(page)
        await between.install(page)

    async with visiting(relay.url, before=prepare) as visit:
        await refuses(visit, "La conversation n’est pas ouverte.")
        between.to_page = lambda frame: [frame]
        await visit.page.clock.run_for(31_000)
        await visit.shows("Personne n’est de service")
        await expect(visit.page.locator("#words")).to_be_visible()


async def test_all_busy(relay: Running) -> None:
    between = Between()
    between.to_page = lambda frame: [{"t": "no", "code": "busy", "text": "Too many."}]
    async with visiting(relay.url, before=between.install) as visit:
        await visit.shows("Beaucoup de personnes écrivent en ce moment.")
        await visit.shows("le 17, le 112, ou un SMS au 114")
        between.to_page = lambda frame: [frame]
        await visit.shows("Personne n’est de service")


MEANINGLESS: list[Frame] = [
    {"t": "beat", "now": 1, "more": 1},
    {"t": "ack", "id": "open", "seq": 1, "at": 1},
    {"t": "erased"},
    {"t": "here", "seq": 4},
    {"t": "say", "text": "<b>"},
    {"t": "status", "state": "held", "duty": "yes"},
]


async def test_frames_that_mean_nothing_end_the_connection(relay: Running) -> None:
    between = Between()

    async def prepare(page: Page) -> None:
        await own_clock(page)
        await between.install(page)

    async with visiting(relay.url, before=prepare) as visit:
        await visit.shows("Personne n’est de service")
        for frame in MEANINGLESS:
            between.tell(frame)
            await visit.shows("Pas de connexion.")
            await visit.page.clock.run_for(15_000)
            await visit.shows("Personne n’est de service")


class Talk:
    """A conversation through somebody in between."""

    def __init__(self, visit: Visit, desk: Officer, between: Between, cid: str) -> None:
        self.visit, self.desk, self.between, self.cid = visit, desk, between, cid
        self.caught: list[Frame] = []

    def treat(self, change: Callable[[Frame], list[Frame]]) -> None:
        """Do something to the messages on their way to the page."""

        def to_page(frame: Frame) -> list[Frame]:
            if frame["t"] != "msg":
                return [frame]
            self.caught.append(dict(frame))
            return change(frame)

        self.between.to_page = to_page

    async def stopped(self, text: str) -> Frame:
        """Have the officer write, and keep it from the page."""
        self.treat(lambda frame: [])
        before = len(self.caught)
        await self.desk.say(self.cid, text)
        async with asyncio.timeout(10):
            while len(self.caught) == before:
                await asyncio.sleep(0.01)
        self.treat(lambda frame: [frame])
        return self.caught[-1]

    async def sees(self, *lines: str) -> None:
        await expect(self.visit.page.locator("#log div > p, #log .note")).to_have_text(["un", *lines])


async def talk(relay: Running, station: Station, course: Callable[[Talk], Any]) -> None:
    between = Between()
    async with on_duty(relay.url, station) as desk, visiting(relay.url, before=between.install) as visit:
        await visit.write("un")
        cid = await desk.arrived("un")
        await desk.claim(cid)
        await visit.shows("Un agent est là.")
        await course(Talk(visit, desk, between, cid))


MISSING = "Il manque un message ici."
REFUSED = "Un message a été refusé : il n’est pas sûr qu’il vienne de l’agent."


def altered(text: str) -> str:
    return text[:30] + ("A" if text[30] != "A" else "B") + text[31:]


def change(what: str, frame: Frame) -> None:
    head = json.loads(frame["h"])
    if what in ("c", "h"):
        frame[what] = altered(frame[what])
    elif what == "n":
        frame["n"] = "A" * 16
    elif what == "doubled":
        frame["h"] = frame["h"].replace('"v":1', '"v":1,"v":1')
    else:
        head[what] = {"cid": "A" * 22, "kc": "A" * 22, "number": 7, "p": "A" * 22, "s": "A" * 11, "d": "v"}[what]
        frame["h"] = json.dumps(head, separators=(",", ":"))


async def test_an_altered_message(relay: Running, station: Station) -> None:
    async def course(talk: Talk) -> None:
        seen: list[str] = []
        for what in ("c", "n", "h", "doubled", "cid", "kc", "p", "s", "d", "number"):
            frame = await talk.stopped("verrouillez la porte")
            change(what, frame)
            talk.between.tell(frame)
            await talk.desk.say(talk.cid, f"après {what}")
            seen += [REFUSED, MISSING, f"après {what}"]
            await talk.sees(*seen)

    await talk(relay, station, course)


async def test_a_withheld_message(relay: Running, station: Station) -> None:
    async def course(talk: Talk) -> None:
        await talk.stopped("n’ouvrez pas")
        await talk.desk.say(talk.cid, "trois")
        await talk.sees(MISSING, "trois")

    await talk(relay, station, course)


async def test_a_repeated_message(relay: Running, station: Station) -> None:
    async def course(talk: Talk) -> None:
        talk.treat(lambda frame: [frame, frame])
        await talk.desk.say(talk.cid, "deux")
        await talk.sees("deux")  # the same number of the log: delivered twice, shown once
        talk.between.tell({**talk.caught[0], "seq": talk.caught[0]["seq"] + 100})
        await talk.sees("deux", REFUSED)

    await talk(relay, station, course)


async def test_messages_in_another_order(relay: Running, station: Station) -> None:
    async def course(talk: Talk) -> None:
        two = await talk.stopped("deux")
        three = await talk.stopped("trois")
        talk.between.tell({**three, "seq": two["seq"]})
        talk.between.tell({**two, "seq": three["seq"]})
        await talk.sees(MISSING, "trois", REFUSED)

    await talk(relay, station, course)


async def test_her_own_words_put_into_the_officers_mouth(relay: Running, station: Station) -> None:
    async def course(talk: Talk) -> None:
        own = next(frame for frame in talk.between.seen if frame["t"] == "msg")
        talk.between.tell({**own, "seq": 10_000, "at": 1})
        await talk.sees(REFUSED)

    await talk(relay, station, course)


async def test_words_of_another_conversation(relay: Running, station: Station) -> None:
    async def course(talk: Talk) -> None:
        async with visiting(relay.url) as other:
            await other.write("autre")
            cid = await talk.desk.arrived("autre")
            await talk.desk.claim(cid)
            await talk.desk.say(cid, "pour une autre")
            await expect(other.page.locator("#log .desk")).to_have_count(1)
            foreign = next(json.loads(frame) for frame in other.received if '"msg"' in frame[:12])
        talk.between.tell({**foreign, "seq": 10_000})
        await talk.sees(REFUSED)

    await talk(relay, station, course)


async def test_live_frames_that_are_not_the_officers_do_nothing(relay: Running, station: Station) -> None:
    async def course(talk: Talk) -> None:
        page = talk.visit.page
        lives: list[Frame] = []

        def keep(frame: Frame) -> list[Frame]:
            if frame["t"] != "live":
                return [frame]
            lives.append(frame)
            return []

        talk.between.to_page = keep
        await talk.desk.show(talk.cid, typing=True, read=2)
        await talk.desk.show(talk.cid, typing=False, read=2)
        await talk.desk.until(lambda: talk.cid in talk.desk.presence)
        async with asyncio.timeout(10):
            while len(lives) < 2:
                await asyncio.sleep(0.01)
        await expect(page.locator("#log .mark")).to_have_text("bien arrivé")
        own = next(frame for frame in talk.between.seen if frame["t"] == "live")
        talk.between.tell(own)
        talk.between.tell({**lives[0], "c": altered(lives[0]["c"])})
        talk.between.tell(lives[1])
        await talk.visit.marked("un", "lu")
        talk.between.tell(lives[0])  # older than the one before
        await talk.desk.say(talk.cid, "deux")
        await expect(page.locator("#log .desk")).to_have_count(1)
        await expect(page.locator("#writing")).to_be_hidden()

    await talk(relay, station, course)
