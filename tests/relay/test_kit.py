"""The operator's files: written out once, and each one right for the program that reads it."""

from __future__ import annotations

import asyncio
import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from officer_console.config import load
from officer_console.relay.kitting import contents
from tests.test_cli import program

PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN = 65, 1
"""prctl(2), Linux 6.3: what MemoryDenyWriteExecute= asks of the kernel."""


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    for name, source in contents():
        target = tmp_path / "kit" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    return tmp_path / "kit"


def test_files_are_written_once_and_never_over_what_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "kit"
    (folder / "compose").mkdir(parents=True)
    (folder / "compose" / "relay.toml").write_text("mine")
    done = program("relay", "kit", str(folder))
    assert done.returncode == 0
    assert (folder / "compose" / "relay.toml").read_text() == "mine"
    assert "stays as it is" in done.stdout
    names = {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}
    assert names == {name for name, _source in contents()} >= {"systemd/officer-console-relay.service"}
    assert f"{len(names) - 1} files written." in done.stdout


def test_a_folder_that_takes_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "kit").write_text("a file")
    done = program("relay", "kit", str(tmp_path / "kit"))
    assert done.returncode == 1
    assert "can't be written" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
@pytest.mark.parametrize("unit", ["relay", "dispatch"])
def test_the_units_are_right_and_let_little_through(kit: Path, unit: str, tmp_path: Path) -> None:
    binary = tmp_path / "officer-console"
    binary.write_text("#!/bin/sh\n")
    binary.chmod(0o755)
    file = kit / "systemd" / f"officer-console-{unit}.service"
    file.write_text(file.read_text().replace("/opt/officer-console/bin/officer-console", str(binary)))
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (verified.returncode, verified.stderr) == (0, "")
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    exposure = re.search(r"Overall exposure level .*: ([\d.]+)", rated.stdout)
    assert exposure and float(exposure[1]) < 2.0, rated.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux")
async def test_the_relay_runs_where_no_memory_can_become_code(tmp_path: Path) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    file = tmp_path / "config.toml"
    file.write_text(
        f'[relay]\ndata_dir = "{tmp_path / "relay"}"\nport = 18449\npublic_url = "http://127.0.0.1:18449"\n'
    )
    relay = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "officer_console", "relay", "serve", "--config", str(file),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: libc.prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0),
    )  # fmt: skip
    assert relay.stdout and relay.stderr
    async with asyncio.timeout(30):
        assert b"127.0.0.1:18449" in await relay.stdout.readline()
        relay.send_signal(signal.SIGTERM)
        assert await relay.wait() == 0
        assert await relay.stderr.read() == b""


def test_the_settings_of_the_example_cluster(kit: Path) -> None:
    config = load(kit / "compose" / "relay.toml")
    assert config.relay.log == "nats://nats-a,nats-b,nats-c" and config.relay.copies == 3
    compose = (kit / "compose" / "compose.yaml").read_text()
    hosts = {"nats-a", "nats-b", "nats-c", "relay-a", "relay-b", "proxy"}
    assert hosts <= set(re.findall(r"^  ([\w-]+):", compose, re.MULTILINE))
    caddy = (kit / "compose" / "Caddyfile").read_text()
    assert "relay-a:8440 relay-b:8440" in caddy and "header_up -X-Forwarded-For" in caddy
    assert config.relay.public_url in caddy


@pytest.mark.parametrize("file", ["compose/nats.conf", "systemd/nats.conf"])
def test_nats_takes_its_settings(kit: Path, file: str) -> None:
    server = shutil.which("nats-server", path=str(Path(sys.executable).parent)) or shutil.which("nats-server")
    assert server, "the extra `test` brings it"
    checked = subprocess.run(
        [server, "-t", "-c", str(kit / file)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "DESK_PASSWORD": "x"},
    )
    assert checked.returncode == 0, checked.stderr
