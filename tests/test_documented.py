"""Fails when a command, a key, a key binding or a kind of event is nowhere explained."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from officer_console.config import every_key
from officer_console.console.keymap import COMMANDS
from officer_console.model.events import KINDS
from officer_console.subcommands import SUBCOMMANDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PROTOCOL = (ROOT / "officer_console" / "protocol" / "PROTOCOL.md").read_text("utf-8")
EXAMPLE = (ROOT / "config.example.toml").read_text("utf-8")


@pytest.mark.parametrize("row", SUBCOMMANDS, ids=lambda row: row.words)
def test_every_command_is_in_the_readme(row: object) -> None:
    assert re.search(rf"officer-console {row.words}\b", README)  # type: ignore[attr-defined]


@pytest.mark.parametrize("key", [key for key, _default in every_key()])
def test_every_config_key_is_in_the_example(key: str) -> None:
    table = tomllib.loads(EXAMPLE)
    for name in key.split("."):
        assert name in table
        table = table[name]


@pytest.mark.parametrize("binding", [command.id for command in COMMANDS])
def test_every_key_binding_is_in_the_readme(binding: str) -> None:
    assert f"`{binding}`" in README


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_of_event_is_explained(kind: str) -> None:
    assert f"`{kind}`" in README + PROTOCOL


def test_the_readme_begins_with_the_two_commands_of_a_fresh_machine() -> None:
    block = re.search(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert block
    try_it, test_it = block[1].splitlines()
    assert try_it.endswith("officer-console demo")
    assert test_it.endswith("pytest")
