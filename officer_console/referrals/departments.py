"""Departments by number, postcode and name."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from officer_console.model.departments import as_number as as_department
from officer_console.model.departments import department_of

__all__ = ["as_department", "department_of", "department_of_commune", "names"]


@cache
def names() -> Mapping[str, str]:
    """Number -> name, in the order of the numbers."""
    data = files(__package__).joinpath("data", "departments.toml").read_text("utf-8")
    return dict(tomllib.loads(data)["names"])


def department_of_commune(insee: str) -> str:
    """The department's number of a commune's INSEE code; "" when there is none."""
    start = insee[:3] if insee[:2] in ("97", "98") else insee[:2]
    return start if start in names() else ""
