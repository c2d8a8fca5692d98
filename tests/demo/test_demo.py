"""`officer-console demo` as a process: what it says, whom it starts, and that nothing is left of it."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import msgspec
import pytest

from officer_console.client.visitor import Visitor
from officer_console.config import Config
from officer_console.demo import main as demo_main
from officer_console.demo.world import There
from officer_console.errors import UserError
from officer_console.vault.base64url import unb64
from tests.e2e.terminal import Terminal, terminal
from tests.e2e.test_terminal import PAGE

PATIENCE_S = 40
ENDINGS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]


async def until(fits: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not fits():
            await asyncio.sleep(0.05)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the demo makes its folder."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def left(folder: Path) -> list[str]:
    return [each.name for each in folder.glob("officer-console-demo-*")]


@asynccontextmanager
async def demo(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    command = [sys.executable, "-m", "officer_console", "--language", "en", "demo", "--no-console", *arguments]
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe, start_new_session=True)
    try:
        async with asyncio.timeout(PATIENCE_S):
            yield child
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()


async def ready(child: asyncio.subprocess.Process) -> dict[str, object]:
    assert child.stdout
    told: dict[str, object] = json.loads(await child.stdout.readline())
    return told


@pytest.mark.parametrize("number", ENDINGS)
async def test_without_a_console_it_says_one_line_and_ends_when_asked(number: signal.Signals, temporary: Path) -> None:
    async with demo("--visitors", "1", "--seed", "1") as child:
        told = await ready(child)
        page = str(told["page"])
        assert re.fullmatch(PAGE, page)
        assert told == {"page": page, "desk": page.replace("http", "ws") + "/desk", "ready": True}
        assert left(temporary)
        async with httpx.AsyncClient() as client:
            assert "text/html" in (await client.get(page)).headers["content-type"]
        os.killpg(child.pid, number)  # as a terminal does: everybody in it gets it
        out, err = await child.communicate()
        assert (child.returncode, out, err) == (0, b"", b"")
    assert not left(temporary)


@pytest.mark.usefixtures("temporary")
async def test_a_port_can_be_chosen() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with demo("--visitors", "0", "--port", str(port)) as child:
        page = str((await ready(child))["page"])
        assert page == f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient() as client:
            found = re.search(r'ROOT=["\']([A-Za-z0-9_-]{87})', (await client.get(page)).text)
        assert found
        async with Visitor(page, unb64(found[1])) as visitor:
            await visitor.stored(visitor.say("bonjour"))


async def test_a_taken_port_is_one_plain_line(temporary: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with demo("--port", str(port)) as child:
            out, err = await child.communicate()
    assert (child.returncode, out) == (1, b"")
    assert str(port).encode() in err
    assert err.count(b"\n") == 1
    assert b"Traceback" not in err
    assert not left(temporary)


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def started(console: Terminal) -> list[int]:
    await console.found(PAGE)
    found = children(console.pid)
    assert found
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL, signal.SIGINT])
async def test_nothing_is_left_however_the_console_ends(number: signal.Signals, temporary: Path) -> None:
    async with terminal("--language", "en", "demo", "--visitors", "2", "--seed", "1") as console:
        beside = await started(console)
        os.kill(console.pid, number)
        code = await console.ended()
        assert (code == -number) if number is signal.SIGKILL else code in (0, 130)
        await until(lambda: not any(map(alive, beside)))
        await until(lambda: not left(temporary))


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
async def test_nothing_is_left_after_leaving_in_order(temporary: Path) -> None:
    async with terminal("--language", "en", "demo", "--visitors", "0") as console:
        beside = await started(console)
        assert await console.leave() == 0
        assert not any(map(alive, beside))
        assert not left(temporary)
        assert "Traceback" not in console.raw.decode(errors="replace")


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
async def test_nothing_is_left_of_a_killed_demo_without_a_console(temporary: Path) -> None:
    async with demo("--visitors", "2", "--seed", "1") as parent:
        await ready(parent)
        beside = children(parent.pid)
        assert beside
        parent.kill()
        await until(lambda: not any(map(alive, beside)))
        await until(lambda: not left(temporary))


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
async def test_what_is_left_when_both_are_killed_goes_with_the_next_start(temporary: Path) -> None:
    async with demo("--visitors", "0") as parent:
        await ready(parent)
        beside = children(parent.pid)
        for each in (*beside, parent.pid):
            os.kill(each, signal.SIGKILL)
        await until(lambda: not any(map(alive, beside)))
    abandoned = left(temporary)
    assert len(abandoned) == 1
    async with demo("--visitors", "0") as parent:
        await ready(parent)
        assert not set(abandoned) & set(left(temporary))
        parent.terminate()
        await parent.wait()
    assert not left(temporary)


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
async def test_the_next_start_leaves_a_folder_whose_child_still_lives(temporary: Path) -> None:
    async with demo("--visitors", "0") as parent:
        await ready(parent)
        (beside,) = children(parent.pid)
        in_use = left(temporary)
        os.kill(beside, signal.SIGSTOP)
        parent.kill()
        await parent.wait()
        try:
            async with demo("--visitors", "0") as another:
                await ready(another)
                assert set(in_use) < set(left(temporary))
                another.terminate()
                await another.wait()
            assert left(temporary) == in_use
        finally:
            os.kill(beside, signal.SIGCONT)
        await until(lambda: not left(temporary))


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
async def test_a_relay_that_dies_is_told_in_one_line(temporary: Path) -> None:
    async with demo("--visitors", "0") as parent:
        await ready(parent)
        for each in children(parent.pid):
            os.kill(each, signal.SIGKILL)
        out, err = await parent.communicate()
    assert (parent.returncode, out) == (1, b"")
    assert err.startswith(b"officer-console: The demo's relay ended by itself")
    assert err.count(b"\n") == 1
    assert not left(temporary)


def a_world_where_something_fails(_lock: int) -> subprocess.Popen[bytes]:
    """In place of the demo's child process: it is ready, and tells at its end what failed."""
    told = [
        msgspec.json.encode(There(page="http://127.0.0.1:1")),
        msgspec.json.encode(There(problem="A visitor broke.")),
    ]
    script = f"import sys; print({told[0].decode()!r}, flush=True); sys.stdin.readline(); print({told[1].decode()!r})"
    return subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_what_failed_meanwhile_is_told_at_the_end(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_main, "_start", a_world_where_something_fails)
    shown: list[str] = []
    monkeypatch.setattr("builtins.print", lambda *words, **_how: shown.extend(map(str, words)))
    kept = {number: signal.getsignal(number) for number in demo_main.ENDINGS}
    args = argparse.Namespace(no_console=True, board=False, port=0, visitors=1, seed=1, language="auto")
    try:
        with pytest.raises(UserError, match=r"^A visitor broke\.$"):
            demo_main.run(args, Config())
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
    assert [json.loads(each)["ready"] for each in shown] == [True]
    assert not left(temporary)


@pytest.mark.usefixtures("temporary")
@pytest.mark.parametrize("language", ["auto", "fr"])
async def test_five_hundred_may_be_asked_for(language: str) -> None:
    async with demo("--visitors", "500", "--seed", "1", "--language", language) as child:
        page = str((await ready(child))["page"])
        async with httpx.AsyncClient() as client:
            await until_waiting(client, page, 5)
        child.terminate()
        out, err = await child.communicate()
        assert (child.returncode, out, err) == (0, b"", b"")


async def until_waiting(client: httpx.AsyncClient, page: str, count: int) -> None:
    """Wait until so many visitors wait at the relay."""
    waiting = 0
    while waiting < count:
        await asyncio.sleep(0.05)
        found = re.search(
            r"^officer_console_conversations_waiting (\d+)", (await client.get(f"{page}/metrics")).text, re.M
        )
        assert found
        waiting = int(found[1])


async def test_without_a_terminal_there_is_no_console(temporary: Path) -> None:
    command = [sys.executable, "-m", "officer_console", "--language", "en", "demo"]
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe)
    async with asyncio.timeout(PATIENCE_S):
        out, err = await child.communicate()
    assert (child.returncode, out) == (1, b"")
    assert err.count(b"\n") == 1
    assert b"terminal" in err
    assert not left(temporary)
