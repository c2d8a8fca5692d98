"""What the relay's benches start: relays, echoes, NATS servers; and what a process costs, as Linux tells it."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from tests.nats import Servers

from .report import free_port

_CONFIG: Final = """
[relay]
data_dir = "{folder}"
port = {port}
public_url = "http://127.0.0.1:{port}"
{more}
[relay.limits]
messages_burst = 1000000
messages_per_s = 1000
messages_max = 1000000
bytes_max = 1073741824
unanswered_max = 20000
visitors_total = 20000
"""


class Started(msgspec.Struct, frozen=True):
    """A process that has told its first line."""

    pid: int
    line: str

    def memory(self) -> int:
        """Bytes that it has in memory."""
        with open(f"/proc/{self.pid}/statm", encoding="ascii") as told:
            return int(told.read().split()[1]) * resource.getpagesize()

    def processor_s(self) -> float:
        """Seconds of a processor that it has used."""
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as told:
            fields = told.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class StartedRelay(msgspec.Struct, frozen=True):
    """A relay with its address and its founding code."""

    process: Started
    url: str
    code: str


@contextlib.contextmanager
def started(*args: str) -> Iterator[Started]:
    """A Python process with these arguments, until the block ends."""
    process = subprocess.Popen([sys.executable, *args], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Started(process.pid, process.stdout.readline())
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@contextlib.contextmanager
def echo() -> Iterator[tuple[Started, str]]:
    """A bare `websockets` server, and its address."""
    with started("-m", "tests.bench.echo") as process:
        yield process, f"ws://127.0.0.1:{int(process.line)}"


@contextlib.contextmanager
def relay(servers: int) -> Iterator[StartedRelay]:
    """A relay that is served by the command, in a folder of its own, over a file or over so many servers of NATS."""
    with _log(servers) as more, tempfile.TemporaryDirectory() as folder:
        config, port = Path(folder, "config.toml"), free_port()
        config.write_text(_CONFIG.format(folder=Path(folder, "relay"), port=port, more=more))
        command = ("-m", "officer_console", "--language", "en", "--config", str(config), "relay")
        told = subprocess.run([sys.executable, *command, "init"], capture_output=True, text=True, check=True).stdout
        code = next(word for word in told.split() if word.startswith("oc0."))
        with started(*command, "serve") as process:
            yield StartedRelay(process, f"http://127.0.0.1:{port}", code)


@contextlib.contextmanager
def _log(servers: int) -> Iterator[str]:
    """What the configuration of a relay says of its log."""
    if not servers:
        yield ""
        return
    with tempfile.TemporaryDirectory() as folder:
        running = Servers(Path(folder) / "nats", servers)
        running.start()
        try:
            yield f'log = "{running.url()}"\ncopies = {running.copies}'
        finally:
            running.stop()


def open_files() -> int:
    """Allow this process, and what it starts, as many open files as it may have; how many those are."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard
