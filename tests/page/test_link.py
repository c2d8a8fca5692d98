"""Lost connections: what was typed stays, what was sent arrives, once and in order."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import expect

from officer_console.config import Config
from officer_console.relay.service import Running, running_relay
from tests.relay.peers import Station, found_desk, founded_relay, relay_config

from .between import Between, Frame
from .browser import Visit, in_shared_chromium, own_clock, visiting
from .officer import Officer, on_duty

pytestmark = in_shared_chromium

SERVE = """
import asyncio, sys
from pathlib import Path
from officer_console.relay.service import running_relay
from tests.page.test_link import fixed
async def main():
    async with running_relay(fixed(Path(sys.argv[1]), int(sys.argv[2])), int(sys.argv[2])):
        await asyncio.Event().wait()
asyncio.run(main())
"""


def fixed(folder: Path, port: int) -> Config:
    """A relay that is found at the same address again after a restart."""
    config = relay_config(folder)
    relay = msgspec.structs.replace(config.relay, public_url=f"http://127.0.0.1:{port}")
    return msgspec.structs.replace(config, relay=relay)


class RelayProcess:
    """A relay in a process of its own, which can be killed."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.folder = folder
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SERVE, str(self.folder), str(self.port), cwd=Path(__file__).parents[2]
        )
        async with asyncio.timeout(20):
            while not await asyncio.to_thread(self._answers):
                await asyncio.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    async def kill(self) -> None:
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@pytest_asyncio.fixture(loop_scope="session")
async def killable(tmp_path: Path, station: Station) -> AsyncIterator[RelayProcess]:
    process = RelayProcess(tmp_path)
    async with running_relay(fixed(tmp_path, process.port), process.port) as running:
        await found_desk(running, station)
    await process.start()
    yield process
    await process.kill()


def said(desk: Officer, cid: str) -> int:
    return desk.kinds(cid).count("said")


async def test_the_relay_is_killed_while_she_writes(killable: RelayProcess, station: Station) -> None:
    async with visiting(killable.url) as visit:
        page = visit.page
        await visit.write("un")
        await visit.marked("un", "bien arrivé")
        await page.fill("#words", "à moitié écr")
        await killable.kill()
        await visit.shows("Pas de connexion.")
        assert await page.input_value("#words") == "à moitié écr"
        await page.type("#words", "it")
        await page.click("#send")
        await visit.marked("à moitié écrit", "attend la connexion")
        await visit.write("trois")
        await page.fill("#words", "pas encore envoyé")
        await killable.start()
        async with on_duty(killable.url, station) as desk:
            cid = await desk.arrived("trois")
            await visit.marked("à moitié écrit", "bien arrivé")
            await visit.marked("trois", "bien arrivé")
            assert desk.texts[cid] == ["un", "à moitié écrit", "trois"]
            assert said(desk, cid) == 4  # with what the page tells of itself
            assert await page.input_value("#words") == "pas encore envoyé"
            await desk.claim(cid)
            await desk.say(cid, "je suis là")
            await expect(page.locator("#log .desk p")).to_have_text("je suis là")
            await expect(page.locator("#log .note")).to_have_count(0)


async def test_written_before_the_first_connection(killable: RelayProcess, station: Station) -> None:
    async with visiting(killable.url, locale="en-GB") as visit:
        await visit.shows("Nobody is on duty")
        await killable.kill()
        await visit.shows("No connection.")
        await visit.write("one")
        await visit.marked("one", "waits for the connection")
        await killable.start()
        async with on_duty(killable.url, station) as desk:
            cid = await desk.arrived("one")
            await visit.marked("one", "arrived safely")
            assert said(desk, cid) == 2


class Cutter:
    """Cuts the connection in place of the first frame that `here` names, in either direction."""

    def __init__(self, between: Between, here: str) -> None:
        self._here = here
        self.cut = False
        between.to_page = lambda frame: self._judge("in", frame)
        between.to_relay = lambda frame: self._judge("out", frame)

    async def done(self) -> None:
        async with asyncio.timeout(10):
            while not self.cut:
                await asyncio.sleep(0.05)

    def _judge(self, way: str, frame: Frame) -> list[Frame] | None:
        name = f"{way} {frame['t']} {frame.get('id', '')}".strip()
        if self.cut or name != self._here:
            return [frame]
        self.cut = True
        return None


ACKS = ["in ack open", "in ack v.0", "in ack v.1", "in ack v.2"]


@pytest.mark.parametrize("here", ["in desk", "out hello", "out open", "out msg", "in status", *ACKS])
async def test_cut_at_any_moment_each_message_arrives_once(relay: Running, station: Station, here: str) -> None:
    between = Between()
    cutter = Cutter(between, here)
    async with on_duty(relay.url, station) as desk, visiting(relay.url, before=between.install) as visit:
        for text in ("un", "deux", "trois"):
            await visit.write(text)
        cid = await desk.arrived("trois")
        await visit.marked("trois", "bien arrivé")
        await visit.marked("un", "bien arrivé")
        await cutter.done()
        assert desk.texts == {cid: ["un", "deux", "trois"]}
        assert said(desk, cid) == 4
        await desk.claim(cid)
        await desk.say(cid, "oui")
        await expect(visit.page.locator("#log .desk")).to_have_count(1)
        await expect(visit.page.locator("#log .note")).to_have_count(0)
        again = [frame for frame in between.seen if frame["t"] == "msg"]
        assert len({json.dumps(frame, sort_keys=True) for frame in again}) == 4  # resent byte for byte


WAITING_AGAIN = "Votre conversation attend de nouveau un agent. Rien n’est perdu."


@pytest.mark.parametrize("here", ["in msg", "out resume", "in here", "in status", "in live", "out live", "in beat"])
async def test_cut_in_the_conversation_nothing_is_lost(relay: Running, station: Station, here: str) -> None:
    between = Between()
    async with on_duty(relay.url, station) as desk, visiting(relay.url, before=between.install) as visit:
        await visit.write("un")
        cid = await desk.arrived("un")
        await desk.claim(cid)
        await visit.shows("Un agent est là.")
        cutter = Cutter(between, here)
        if here in ("out resume", "in here"):
            between.to_page = lambda frame: None
            await desk.say(cid, "coupé")
            await visit.shows("Pas de connexion.")
            cutter = Cutter(between, here)
        if here == "in status":
            await desk.release(cid)
            await visit.shows("Vous êtes la prochaine personne.")
            await desk.claim(cid)
        await desk.say(cid, "deux")
        await desk.show(cid, typing=True, read=2)
        await visit.page.fill("#words", "trois")
        await visit.page.click("#send")
        await desk.arrived("trois")
        await visit.marked("trois", "bien arrivé")
        await expect(visit.page.locator("#log .desk p", has_text="deux")).to_have_count(1)
        await cutter.done()
        await desk.say(cid, "quatre")
        await expect(visit.page.locator("#log .desk p", has_text="quatre")).to_have_count(1)
        notes = [WAITING_AGAIN] if here == "in status" else []
        await expect(visit.page.locator("#log .note")).to_have_text(notes)
        assert desk.texts[cid] == ["un", "trois"]


async def test_a_silent_link_is_given_up(relay: Running, station: Station) -> None:
    between = Between()

    async def prepare(page: Any) -> None:
        await own_clock(page)
        await between.install(page)

    async with on_duty(relay.url, station) as desk, visiting(relay.url, before=prepare) as visit:
        await visit.shows("Un agent est de service.")
        await visit.write("un")
        cid = await desk.arrived("un")
        await visit.marked("un", "bien arrivé")
        between.to_page = lambda frame: []
        between.to_relay = lambda frame: []
        await visit.write("deux")
        await visit.page.clock.run_for(15_100)
        await visit.shows("Pas de connexion.")
        between.to_page = between.to_relay = lambda frame: [frame]
        await visit.page.clock.run_for(1_000)
        await desk.arrived("deux")
        assert desk.texts[cid] == ["un", "deux"]
        assert between.connections == 2


async def test_the_network_comes_back_and_so_does_the_page(killable: RelayProcess) -> None:
    async with visiting(killable.url, before=own_clock) as visit:
        await visit.shows("Personne n’est de service")
        await killable.kill()
        await visit.shows("Pas de connexion.")
        for _ in range(8):  # the waiting grows to fifteen seconds
            await visit.page.clock.run_for(15_000)
        await killable.start()
        await visit.page.evaluate("dispatchEvent(new Event('online'))")
        await visit.shows("Personne n’est de service")


async def test_written_faster_than_the_relay_takes(tmp_path: Path, station: Station) -> None:
    async with (
        founded_relay(tmp_path, station, messages_burst=3, messages_per_s=4.0) as relay,
        on_duty(relay.url, station) as desk,
        visiting(relay.url) as visit,
    ):
        texts = [f"message {n}" for n in range(12)]
        for text in texts:
            await visit.write(text)
        cid = await desk.arrived(texts[-1])
        await visit.marked(texts[-1], "bien arrivé")
        assert desk.texts[cid] == texts
        assert said(desk, cid) == len(texts) + 1


async def test_a_full_conversation_says_so(tmp_path: Path, station: Station) -> None:
    async with (
        founded_relay(tmp_path, station, messages_max=3) as relay,
        on_duty(relay.url, station) as desk,
        visiting(relay.url) as visit,
    ):
        for text in ("un", "deux"):
            await visit.write(text)
            await visit.marked(text, "bien arrivé")
        await visit.write("trois")
        await visit.marked("trois", "pas envoyé")
        await visit.shows("Cette conversation est pleine.")
        assert list(desk.texts.values()) == [["un", "deux"]]


def live_frames(between: Between) -> int:
    return sum(frame["t"] == "live" for frame in between.seen)


async def beats(visit: Visit) -> int:
    return sum(1 for frame in visit.received if '"beat"' in frame)


async def test_a_page_on_which_nothing_is_written_stays_connected(tmp_path: Path, station: Station) -> None:
    config = relay_config(tmp_path)
    timing = msgspec.structs.replace(config.relay.timing, heartbeat_s=1)
    quick = msgspec.structs.replace(config, relay=msgspec.structs.replace(config.relay, timing=timing))
    async with running_relay(quick, 0) as relay:
        await found_desk(relay, station)
        async with visiting(relay.url) as visit:
            async with asyncio.timeout(10):
                while await beats(visit) < 2:
                    await asyncio.sleep(0.05)


async def test_live_frames_go_out_all_the_time(relay: Running, station: Station) -> None:
    between = Between()

    async def prepare(page: Any) -> None:
        await own_clock(page)
        await between.install(page)

    async with on_duty(relay.url, station) as desk, visiting(relay.url, before=prepare) as visit:
        await visit.write("bonjour")
        cid = await desk.arrived("bonjour")
        await desk.claim(cid)
        await visit.shows("Un agent est là.")
        await visit.page.clock.run_for(2_000)
        await desk.until(lambda: cid in desk.presence)
        before = live_frames(between)
        for _ in range(12):  # two minutes
            await visit.page.clock.run_for(10_000)
            between.tell({"t": "beat", "now": 1})
            await visit.page.evaluate("new Promise((done) => queueMicrotask(done))")
        assert 4 <= live_frames(between) - before <= 6
        assert between.connections == 1
