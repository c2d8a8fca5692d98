"""What is really loaded when a room is used; the contracts in pyproject.toml say what its source may name."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys

import pytest

import officer_console

ROOMS = {name for _finder, name, package in pkgutil.iter_modules(officer_console.__path__) if package}
SCREENLESS = sorted(ROOMS - {"console"})

LOAD = """
import importlib, json, pkgutil, sys
room = importlib.import_module("officer_console." + sys.argv[1])
for _finder, name, _package in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(json.dumps(sorted(sys.modules)))
"""


def loaded_by(room: str) -> set[str]:
    """Every module that is in memory after all of `room` was imported."""
    done = subprocess.run([sys.executable, "-c", LOAD, room], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("room", SCREENLESS)
def test_no_room_below_the_console_loads_a_screen(room: str) -> None:
    loaded = loaded_by(room)
    assert f"officer_console.{room}" in loaded
    assert {name for name in loaded if name.partition(".")[0] == "textual"} == set()
    assert {name for name in loaded if name.startswith("officer_console.console")} == set()


def test_the_relay_never_loads_what_opens() -> None:
    loaded = loaded_by("relay")
    assert not loaded & {"officer_console.vault.opening", "officer_console.vault.keyring", "keyring"}


def test_the_model_loads_no_input_or_output() -> None:
    loaded = loaded_by("model")
    ours = {name for name in loaded if name.startswith("officer_console.")}
    assert {name.split(".")[1] for name in ours} == {"model"}
    assert not loaded & {"asyncio", "sqlite3", "ssl", "cryptography", "websockets", "httpx", "logging"}
