"""The whole way of a real conversation that is kept to practise on: a visitor in a browser agrees, a lead redacts and
an officer countersigns at their terminals, a trainer watches it at another; she erases, and nobody can any more."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from officer_console.relay.log.slots import read_all
from tests.fire.served import enrolled
from tests.page.browser import Visit, needs_chromium, visiting

from .run_desk import put
from .terminal import F2, F10, Terminal
from .test_exports import practising
from .test_lead import ENTER, Room, room

CTRL_O, CTRL_P = "\x0f", "\x10"
F5, F8, DOWN, END = "\x1b[15~", "\x1b[19~", "\x1b[B", "\x1b[F"
WORDS = "je m'appelle Sonia Benali, il m'a frappée rue des Lilas"
HERS = ("Sonia", "Benali", "Lilas")


class Way:
    """Karim answers, the lead keeps it, Ana reads it."""

    def __init__(self, here: Room, visit: Visit, consoles: list[Terminal]) -> None:
        self.here, self.visit = here, visit
        self.karim, self.ana, self.lead = consoles

    async def answered_and_agreed(self) -> None:
        """Karim answers, asks, and she agrees."""
        karim, visit = self.karim, self.visit
        await visit.write(WORDS)
        await karim.sees("1 waiting", "Sonia")
        karim.send(F2)
        await karim.sees("WRITING HERE", "Sonia Benali")
        await karim.say("Etes-vous en securite ?")
        await expect(visit.page.locator("#log .desk p").first).to_have_text("Etes-vous en securite ?")
        karim.send(CTRL_P)
        await karim.sees("Ask her whether it may be practised on?", "Not now")
        karim.send("2" + ENTER)
        await visit.page.get_by_role("button", name="Oui, je suis d’accord").click()
        await karim.sees("She agrees that this conversation may be practised on")

    async def closed(self) -> None:
        self.karim.send(F8)
        await self.karim.sees("Close this conversation?")
        self.karim.send("1" + ENTER)
        await self.karim.sees("Closed; it comes back if the visitor writes.")

    async def read_by_the_lead(self) -> None:
        lead = self.lead
        await lead.sees("Closed 1")
        lead.send("r")
        await lead.sees("Why do you read along?")
        await lead.say("pour la formation")
        await lead.sees("Sonia Benali", "She agrees")

    async def redacted_and_kept(self) -> None:
        lead = self.lead
        lead.send(CTRL_P)
        await lead.sees("What could tell who she is", "of")
        while "All is decided" not in lead.text:
            before = lead.text
            lead.send(ENTER)
            await lead.until(lambda before=before: lead.text != before)  # type: ignore[misc]
        lead.send(F5)
        await lead.sees("What is left", "[nom 1]", "What stood there", "Difficulty")
        assert "What stood there" in lead.text, "for the lead alone"
        shown = lead.text.partition("What stood there")[0]
        assert not any(word in shown for word in HERS)
        for text in ("Une nuit", DOWN, "Elle avait peur."):
            lead.send(text)
        await lead.sees("Une nuit", "Elle avait peur.")
        lead.send(F5)
        await lead.sees("Kept, sealed. Somebody else must read it now")

    async def countersigned(self) -> None:
        ana = self.ana
        await ana.sees("waits for a second reader (Ctrl+O)")
        ana.send(CTRL_O)
        await ana.sees("Kept to practise on", "redacted by Lead", "WAITS FOR A SECOND READER")
        ana.send(ENTER)
        await ana.sees("Read it as somebody who knows her would", "Une nuit", "[nom 1]")
        assert not any(word in ana.text for word in HERS)
        ana.send(END)
        ana.send("c")
        await ana.sees("Countersigned: trainers can practise on it.")
        await self.lead.sees("Ana countersigned what is kept to practise on")


def kept_keys(relay: Path) -> list[str]:
    """Names of the keys of what is kept that lie on the relay's disk."""
    return [name for name in read_all(relay / "keys.slots") if name.startswith("x.")]


@needs_chromium
async def test_from_her_browser_to_a_trainers_terminal_and_gone_when_she_erases(tmp_path: Path) -> None:
    relay, home = tmp_path / "desk", tmp_path / "trainer"
    for folder in (relay, home):
        folder.mkdir(mode=0o700)
    async with room(relay) as here:
        consoles = [await here.sits("karim"), await here.sits("ana"), await here.sits("lead", "lead")]
        async with visiting(here.at.relay.url) as visit:
            way = Way(here, visit, consoles)
            await way.answered_and_agreed()
            await way.closed()
            await way.read_by_the_lead()
            await way.redacted_and_kept()
            assert len(kept_keys(relay)) == 1
            await way.countersigned()
            put(enrolled(here.at.station, here.at.people["trainer"], here.at.relay.url), home / "member")
            async with practising(home, "--replay", "--speed", "60", member=str(home / "member")) as trainer:
                await trainer.sees("PRACTICE · A REAL CONVERSATION", "Lead has taken out", "Ana has read it")
                trainer.send(ENTER)
                await trainer.sees("REPLAY", "[nom 1]", "over")
                assert not any(word.encode() in trainer.raw for word in HERS)
                trainer.send(F10)
                assert await trainer.ended() == 0
            await visit.page.click("summary")
            await visit.page.click("#erase")
            await visit.page.locator("#ask").get_by_role("button", name="Tout effacer").click()
            await way.lead.until(lambda: not kept_keys(relay))
            async with practising(home, member=str(home / "member")) as trainer:
                assert await trainer.ended() == 1
                assert b"there is no such real conversation" in trainer.raw
        for console in reversed(consoles):
            assert await console.leave() == 0
