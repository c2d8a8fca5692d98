"""Two officers and a shift lead at real terminals, a visitor in a real browser: given, whispered about, joined, handed
over; and the wallboard beside them, which never has a word."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec
from playwright.async_api import expect

from officer_console.model.events import Event, Whispered
from tests.client.leading import Post, post
from tests.fire.served import enrolled
from tests.page.browser import Visit, needs_chromium, visiting

from .run_desk import put
from .terminal import Terminal, terminal
from .test_marker import found, memory, text_forms

ALT_L, ALT_V, F3, ESC = "\x1bl", "\x1bv", "\x1bOR", "\x1b"
DOWN, ENTER = "\x1b[B", "\r"
ASIDE, ANSWER = "MARK-7Qz-aside", "MARK-9Kx-answer"
WORDS = "il est derrière moi"
KINDS = {"desk", "ack", "msg", "status", "here", "live", "beat"}
"""The kinds of frames that a page gets in all this."""
PATIENCE_S = 200


class Room:
    """Everybody at their terminals."""

    def __init__(self, at: Post, folder: Path, stack: AsyncExitStack) -> None:
        self.at, self._folder, self._stack = at, folder, stack

    async def sits(self, name: str, what: str = "console") -> Terminal:
        folder = self._folder / f"at-{name}"
        put(enrolled(self.at.station, self.at.people[name], self.at.relay.url), folder)
        console = await self._stack.enter_async_context(terminal(str(folder), what, module="tests.e2e.run_desk"))
        await console.sees("connected")
        return console

    async def stored(self) -> list[Event]:
        return await self.at.relay.relay.context.log.read(0, 1000)


@asynccontextmanager
async def room(folder: Path) -> AsyncIterator[Room]:
    async with post(folder, wait_s=PATIENCE_S) as at, AsyncExitStack() as stack:
        yield Room(at, folder, stack)


def kinds(visit: Visit) -> list[str]:
    return [json.loads(frame)["t"] for frame in visit.received]


async def told(visit: Visit, **status: int) -> None:
    """Wait until the page has been told so how things stand."""
    async with asyncio.timeout(PATIENCE_S):
        while not any(status.items() <= json.loads(frame).items() for frame in visit.received):
            await asyncio.sleep(0.05)


async def choose(lead: Terminal, name: str) -> None:
    """Choose an officer in the list that is open: the cursor stands on the first."""
    await lead.sees(f"{name} · ")
    rows = [line for line in lead.text.splitlines() if " of 5 · " in line]
    at = next(n for n, row in enumerate(rows) if name in row)
    for _step in range(at):
        lead.send(DOWN)
    lead.send(ENTER)


class Shift:
    """Ana, Karim and their lead, with one visitor in a browser."""

    def __init__(self, here: Room, visit: Visit, consoles: list[Terminal]) -> None:
        self.here, self.visit = here, visit
        self.ana, self.karim, self.lead = consoles

    async def assigned_to_ana(self) -> None:
        """The lead gives who waits to Ana, and she answers."""
        ana, lead, visit = self.ana, self.lead, self.visit
        await lead.sees("1 waiting", WORDS, "on duty 3")
        lead.send("a")
        await lead.sees("Assign it to whom?")
        await choose(lead, "Ana")
        await lead.sees("Given to Ana")
        await ana.sees("A shift lead has given you a conversation (F3)")
        ana.send(F3)
        await ana.sees("WRITING HERE", WORDS)
        await visit.shows("Un agent est là.")
        await ana.say("Je suis là.")
        await self.page_shows(0, "Je suis là.")

    async def whispered(self) -> None:
        """Lead and officer speak aside, both ways."""
        ana, lead = self.ana, self.lead
        lead.send("w")
        await lead.sees("the visitor never sees it")
        await lead.say(ASIDE)
        await ana.sees(ASIDE, "Lead whispers")
        ana.send(ALT_V)
        await ana.sees("the visitor never sees it")
        await ana.say(ANSWER)
        await lead.sees(f"Ana: {ANSWER}")
        for console in (ana, lead):
            console.send(ESC)
            await console.until(lambda c=console: "never sees it" not in c.text)  # type: ignore[misc]

    async def joined(self) -> None:
        """The lead writes beside Ana, and the visitor is told."""
        ana, lead = self.ana, self.lead
        lead.send("j")
        await lead.sees("Why do you join?")
        await lead.say("a deux")
        await lead.sees("WRITING HERE", WORDS)
        await lead.say("Je me joins a vous.")
        await self.page_shows(1, "Je me joins a vous.")
        await ana.sees("Lead joined; the visitor sees it: a deux", "Je me joins a vous.")
        await told(self.visit, joined=1)

    async def handed_to_karim(self) -> None:
        """The lead hands it to another, who goes on."""
        ana, karim, lead = self.ana, self.karim, self.lead
        lead.send(ALT_L)
        await lead.sees("All conversations: 1", "+1 lead")
        lead.send("h")
        await lead.sees("Hand it to whom?")
        await choose(lead, "Karim")
        await karim.sees("A shift lead has given you a conversation (F3)")
        await ana.sees("Lead has given a conversation of yours to somebody else")
        karim.send(F3)
        await karim.sees("WRITING HERE", WORDS, "Je suis là.")
        assert ASIDE in karim.text  # what was said aside about her is his to know
        await karim.say("Je prends la suite.")
        await self.page_shows(2, "Je prends la suite.")
        await told(self.visit, handed=1)

    async def page_shows(self, number: int, words: str) -> None:
        """The page shows this as the desk's message of this number."""
        await expect(self.visit.page.locator("#log .desk p").nth(number)).to_have_text(words)


@needs_chromium
async def test_given_whispered_about_joined_and_handed_over(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        consoles = [await here.sits("ana"), await here.sits("karim"), await here.sits("lead", "lead")]
        async with visiting(here.at.relay.url) as visit:
            shift = Shift(here, visit, consoles)
            await visit.write(WORDS)
            await shift.assigned_to_ana()
            before = kinds(visit).count("msg")
            await shift.whispered()
            await absent(here, visit, before)
            await shift.joined()
            await shift.handed_to_karim()
            await absent(here, visit, before + 2)
        for console in reversed(consoles):
            assert await console.leave() == 0


async def absent(here: Room, visit: Visit, messages: int) -> None:
    """Nothing of the whispers came to the page: no frame of another kind, no message more, not their ids, not their
    sealed boxes, not their words."""
    assert set(kinds(visit)) <= KINDS and kinds(visit).count("msg") == messages
    whispers = [event for event in await here.stored() if isinstance(event.what, Whispered)]
    assert len(whispers) == 2
    heard = "\n".join([*visit.received, await visit.page.content()])
    for event in whispers:
        assert event.what.note and event.what.note.box  # type: ignore[union-attr]
        for needle in (event.id, event.what.note.box, event.what.note.h, ASIDE, ANSWER, "whisper"):  # type: ignore[union-attr]
            assert needle not in heard
    assert json.loads(msgspec.json.encode(whispers[0]))["what"]["kind"] == "whispered"


async def test_the_wallboard_has_no_word_on_its_screen_or_in_its_memory(tmp_path: Path) -> None:
    marker = "lavender-4Rw9Tx"
    async with room(tmp_path) as here:
        ana, lead = await here.sits("ana"), await here.sits("lead", "lead")
        wall = await here.sits("wall", "wall")
        async with here.at.visitor() as visitor:
            await visitor.stored(visitor.say(f"il est là {marker}"))
            await wall.sees("GREEN", "longest wait", "on duty 2")
            await wall.until(lambda: wall.text.count("█") > 20)
            await lead.sees(marker)
            lead.send("a")
            await lead.sees("Assign it to whom?")
            await choose(lead, "Ana")
            await ana.sees("A shift lead has given you")
            ana.send(F3)
            await ana.sees("WRITING HERE", marker)
            lead.send("w")
            await lead.sees("the visitor never sees it")
            await lead.say(f"aside {marker}")
            await ana.sees(f"aside {marker}")
            await wall.sees("1 held")
            assert marker not in wall.text
            needles = text_forms(marker)
            known = text_forms(here.at.relay.url)
            hits = {what for part in memory(wall.pid) for what, forms in (("marker", needles), ("address", known))
                    if found(part, forms)}  # fmt: skip
            assert hits == {"address"}
        assert marker.encode() not in wall.raw
        lead.send(ESC)
        await lead.until(lambda: "never sees it" not in lead.text)
        for console in (wall, ana, lead):
            assert await console.leave() == 0
