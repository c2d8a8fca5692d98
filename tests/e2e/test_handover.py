"""Two officers in two real terminals, a relay, and a visitor: offered, accepted, greeted; then the end of a shift."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from officer_console.client.enrolling import Enrolled
from officer_console.client.profile import account, key_store, new_profile, profiles
from officer_console.client.visitor import Visitor
from officer_console.config import Config, load
from officer_console.demo.members import enrol_here

from .terminal import F2, Terminal, terminal
from .test_killed import CONFIG, PASSPHRASE, configured, enrolled, officer_console, on_duty, relay

ALT_H, ALT_J, ALT_Q = "\x1bh", "\x1bj", "\x1bq"
WORDS = "il dort, je suis 14 rue des Lilas"


def configured_beside(folder: Path, port: int) -> tuple[Path, Config]:
    """A configuration of another officer's machine."""
    folder.mkdir()
    file = folder / "config.toml"
    file.write_text(CONFIG.format(folder=folder, port=port))
    return file, load(file)


async def keep(config: Config, member: Enrolled) -> None:
    """Keep a member's keys as `enrol` does."""
    profile = new_profile(member.relay_url, member.identity, member.relay, member.directory)
    store = key_store(config, lambda new: PASSPHRASE)
    await asyncio.to_thread(store.save, account(profile.genesis), member.identity)
    profiles(config).make_usual(profile)


async def offer(giving: Terminal, visitor: Visitor) -> None:
    """Take her, hand over, and she agrees."""
    await visitor.stored(visitor.say(WORDS))
    await giving.sees("1 waiting")
    giving.send(F2)
    await giving.sees("WRITING HERE", WORDS)
    giving.send(ALT_H)
    await giving.sees("HAND OVER", "Noor · holds 0 of 5", "Place: 14 rue des Lilas", "Je dois bientôt")
    giving.send(ALT_H)
    await giving.sees("Offered to Noor, and she is asked.")
    await visitor.until(lambda her: any(text.startswith("Je dois bientôt") for text in her.texts))
    await visitor.stored(visitor.say("oui d'accord"))
    await giving.sees("oui d'accord")


async def accept(asked: Terminal, visitor: Visitor) -> None:
    """Read the card, accept, and greet her."""
    await asked.sees("A colleague OFFERS YOU a conversation (Alt+J)")
    asked.send(ALT_J)
    await asked.sees("Camille OFFERS YOU A CONVERSATION", "Place: 14 rue des Lilas", "Enter: ACCEPT")
    assert "oui d'accord" not in asked.text, "the card, and nothing else of it"
    asked.send("\r")
    await asked.sees("WRITING HERE", WORDS, "oui d'accord", "Bonjour, je prends la suite")
    assert not any("je prends la suite" in text for text in visitor.texts), "nothing is sent by itself"
    asked.send("\r")
    await visitor.until(lambda her: any("je prends la suite" in text for text in her.texts))


async def end_shift(asked: Terminal) -> None:
    asked.send(ALT_Q)
    await asked.sees("End of shift: nobody is left behind", "You hold 1 conversation.")
    asked.send("\x1b[18~")  # F7
    await asked.sees("Nothing is left.")
    asked.send("\r")
    assert await asked.ended() == 0


async def test_from_one_officer_to_the_other(tmp_path: Path) -> None:
    file, config = configured(tmp_path)
    other_file, other_config = configured_beside(tmp_path / "noor", config.relay.port)
    url = config.relay.public_url
    code = next(each for each in (await officer_console(file, "relay", "init")).split() if each.startswith("oc0."))
    async with relay(file, url):
        desk = await enrolled(file, config, code)
        noor, _lead = await enrol_here(desk.lead, "Noor", "officer", int(time.time()))
        await keep(other_config, noor)
        async with (
            Visitor(url, desk.lead.directory.root) as visitor,
            on_duty(file) as giving,
            on_duty(other_file) as asked,
        ):
            await asked.sees("connected")
            await offer(giving, visitor)
            await accept(asked, visitor)
            await giving.sees("Noor has taken the conversation on.")
            await giving.until(lambda: WORDS not in giving.text and "oui d'accord" not in giving.text)
            await visitor.until(lambda her: her.status is not None and her.status.handed == 1)
            await end_shift(asked)
            await visitor.until(lambda her: her.status is not None and her.status.back == "relief")
            assert await giving.leave() == 0


async def test_a_quit_in_an_emergency_says_what_happens(tmp_path: Path) -> None:
    config = {"XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    async with terminal("--language", "en", "demo", "--visitors", "1", **config) as console:
        await console.sees("1 waiting")
        console.send(F2)
        await console.sees("WRITING HERE")
        console.send("\x1b[21~")
        await console.sees("You hold a conversation. When you leave now nobody answers", "Leave at once, as it is")
        console.send("\x1b")
        await console.until(lambda: "Leave?" not in console.text)
        assert await console.leave() == 0
