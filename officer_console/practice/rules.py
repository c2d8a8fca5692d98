"""The rules of feedback as data: rules.toml, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from .fields import Act

Watch = Literal[
    "first_answer", "gap", "first_question", "once", "signals", "signals_wrong", "patrol_needed", "patrol_facts",
    "patrol_wrong", "never", "often", "length", "referral_fits", "referral_repeated", "last", "outcome", "together",
]  # fmt: skip
Texts = dict[str, str]
"""Language -> words."""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is looked for, and what is said. See rules.toml."""

    id: str
    competence: str
    watch: Watch
    why: Texts
    weight: int = 1
    acts: list[Act] = []
    even: list[Act] = []
    seconds: int = 0
    most: int = 1
    unless_red: bool = False
    good: Texts = {}
    bad: Texts = {}
    missed: Texts = {}
    better: Texts = {}


class Rules(msgspec.Struct, frozen=True):
    """All rules, and the names of the competences in the order in which they are shown."""

    rules: tuple[Rule, ...]
    competences: dict[str, Texts]


@cache
def rules() -> Rules:
    """The rules that come with the program."""
    data = tomllib.loads(resources.files("officer_console.practice").joinpath("rules.toml").read_text("utf-8"))
    return msgspec.convert({"rules": data["rule"], "competences": data["competences"]}, Rules)
