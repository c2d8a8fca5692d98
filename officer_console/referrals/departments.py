"""Departments by number, postcode and name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

_POSTCODE = re.compile(r"\d{5}", re.ASCII)
_SOUTH_CORSICA: Final = ("200", "201")
_LAST: Final = 95


@cache
def names() -> Mapping[str, str]:
    """Number -> name, in the order of the numbers."""
    data = files(__package__).joinpath("data", "departments.toml").read_text("utf-8")
    return dict(tomllib.loads(data)["names"])


def department_of(postcode: str) -> str:
    """The department's number of a French postcode; "" when it is no postcode of one."""
    if not _POSTCODE.fullmatch(postcode):
        return ""
    if postcode.startswith("20"):
        return "2A" if postcode.startswith(_SOUTH_CORSICA) else "2B"
    start = postcode[:3] if postcode[:2] in ("97", "98") else postcode[:2]
    return start if start in names() else ""


def department_of_commune(insee: str) -> str:
    """The department's number of a commune's INSEE code; "" when there is none."""
    start = insee[:3] if insee[:2] in ("97", "98") else insee[:2]
    return start if start in names() else ""


def as_department(typed: str) -> str:
    """The number of a department as people type it ("1", "01", "2a", "971"); "" when there is none."""
    number = typed.upper().zfill(2)
    return number if number in names() else ""
