"""An officer's console dies at once (kill -9) with a message that the relay has not got: nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from officer_console.client.enrolling import FoundedDesk, found_desk
from officer_console.client.profile import account, key_store, new_profile, profiles
from officer_console.client.visitor import Visitor
from officer_console.config import Config, load
from officer_console.protocol.founding import parse_founding_code

from .terminal import F2, Terminal, terminal

PASSPHRASE = "correct horse battery"
CONFIG = """
[console]
state_dir = "{folder}/console"
bell = false
[keys]
store = "file"
file = "{folder}/keys"
[relay]
data_dir = "{folder}/relay"
port = {port}
public_url = "http://127.0.0.1:{port}"
"""


def configured(folder: Path) -> tuple[Path, Config]:
    """A configuration with everything in `folder`, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    file = folder / "config.toml"
    file.write_text(CONFIG.format(folder=folder, port=port))
    return file, load(file)


async def officer_console(file: Path, *words: str) -> str:
    """Run a command to its end; gives what it prints."""
    command = [sys.executable, "-m", "officer_console", "--config", str(file), "--language", "en", *words]
    child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    out, _err = await child.communicate()
    assert child.returncode == 0
    return out.decode()


@asynccontextmanager
async def relay(file: Path, url: str) -> AsyncIterator[None]:
    """`officer-console relay serve`, while the block lasts."""
    command = [sys.executable, "-m", "officer_console", "--config", str(file), "relay", "serve"]
    child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert child.stdout
    try:
        async with asyncio.timeout(30):
            await child.stdout.readline()
            async with httpx.AsyncClient() as client:
                assert (await client.get(f"{url}/healthz")).status_code == httpx.codes.OK
        yield
    finally:
        child.send_signal(signal.SIGTERM)
        await child.communicate()


async def enrolled(file: Path, config: Config, code: str) -> FoundedDesk:
    """Found the desk, and keep the first lead's keys as `enrol` does."""
    desk = await found_desk(parse_founding_code(code), "Camille", "Test", int(time.time()))
    lead = desk.lead
    profile = new_profile(lead.relay_url, lead.identity, lead.relay, lead.directory)
    store = key_store(config, lambda new: PASSPHRASE)
    await asyncio.to_thread(store.save, account(profile.genesis), lead.identity)
    profiles(config).make_usual(profile)
    return desk


@asynccontextmanager
async def on_duty(file: Path) -> AsyncIterator[Terminal]:
    async with terminal("--config", str(file), "--language", "en") as console:
        await console.sees("Passphrase")
        console.send(PASSPHRASE + "\r")
        yield console


async def test_a_killed_console_sends_what_it_had_once(tmp_path: Path) -> None:
    file, config = configured(tmp_path)
    url = config.relay.public_url
    code = next(each for each in (await officer_console(file, "relay", "init")).split() if each.startswith("oc0."))
    async with relay(file, url):
        desk = await enrolled(file, config, code)
    async with Visitor(url, desk.lead.directory.root) as visitor:
        async with on_duty(file) as console:
            async with relay(file, url):
                await visitor.stored(visitor.say("vous êtes là ?"))
                await console.sees("1 waiting")
                console.send(F2)
                await console.sees("WRITING HERE")
                await visitor.until(lambda v: v.status is not None and v.status.state == "held")
            await visitor.until(lambda v: not v.online)
            await console.say("written without a relay")
            await console.sees("│ written without a relay")
            console.kill(signal.SIGKILL)
            assert await console.ended() == -signal.SIGKILL
        assert visitor.texts == []
        async with relay(file, url), on_duty(file) as console:
            await visitor.until(lambda v: v.texts == ["written without a relay"])
            await console.sees("vous êtes là ?")
            console.send("\r")
            await console.sees("│ written without a relay")
            await console.say("written with one")
            await visitor.until(lambda v: v.texts[-1] == "written with one")
        assert visitor.texts == ["written without a relay", "written with one"]
