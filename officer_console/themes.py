"""The console's colours, read from TOML and checked colour by colour. Knows nothing of Textual."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from officer_console.errors import did_you_mean, nearest, reason
from officer_console.locale import _


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    """Colours by role, each "#rrggbb".

    `background`, `surface` and `panel` lie under text; `mine`, `waiting`, `held` and `closed` are states of a
    conversation; `visitor` and `officer` who wrote; `practice` marks what is no live conversation.
    """

    name: str
    dark: bool
    background: str
    surface: str
    panel: str
    text: str
    muted: str
    accent: str
    focus: str
    mine: str
    waiting: str
    held: str
    closed: str
    warning: str
    danger: str
    success: str
    visitor: str
    officer: str
    practice: str
    border: str


SAFE: Final = Theme(
    name="dusk",
    dark=True,
    background="#14181f",
    surface="#1b212b",
    panel="#242c38",
    text="#dde3ea",
    muted="#98a3b3",
    accent="#8fb8e8",
    focus="#f0c674",
    mine="#8fd0a8",
    waiting="#f0c674",
    held="#8fb8e8",
    closed="#98a3b3",
    warning="#f2a65a",
    danger="#ff8f8f",
    success="#8fd0a8",
    visitor="#e8c8a0",
    officer="#8fb8e8",
    practice="#d3a6e8",
    border="#3c4858",
)
"""What is used when a theme can't be: the shipped dusk, kept in code so that no file can take it away."""

ROLES: Final = Theme.__struct_fields__[2:]
KEYS: Final = Theme.__struct_fields__
GROUNDS: Final = ("background", "surface", "panel")
READ_EVERYWHERE: Final = ("text", "muted")
NOT_READ: Final = (*GROUNDS, "border")
PAIRS: Final = (
    *((role, ground) for role in READ_EVERYWHERE for ground in GROUNDS),
    *((role, "background") for role in ROLES if role not in (*READ_EVERYWHERE, *NOT_READ)),
)
"""Which colour is read on which."""

LEAST_CONTRAST: Final = 4.5
LEAST_CONTRAST_OF: Final = {"contrast": 7.0}
"""WCAG 2.2, 1.4.3 (AA) for all; 1.4.6 (AAA) for the theme that promises contrast."""

LINEAR_BELOW: Final = 0.04045
"""Below this sRGB is linear (IEC 61966-2-1)."""

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)


def load_theme(name: str, extra_dir: Path) -> tuple[Theme, list[str]]:
    """The theme `name` and no problem, or the safe one and every problem; a station's own goes first."""
    files = theme_files(extra_dir)
    if name not in files:
        unknown = _("there is no theme {name}").format(name=repr(name))
        return SAFE, [unknown + did_you_mean(nearest(name, files))]
    try:
        data = tomllib.loads(files[name].read_text("utf-8"))
    except OSError as error:
        problems = [_("can't be read: {reason}").format(reason=reason(error))]
    except (ValueError, RecursionError) as error:
        problems = [_("is not TOML: {detail}").format(detail=error)]
    else:
        problems = list(_problems(name, data))
    if problems:
        return SAFE, [f"{files[name]}: {problem}" for problem in problems]
    return msgspec.convert(data, Theme), []


def theme_files(extra_dir: Path) -> dict[str, Path]:
    """Every theme's name and file: the shipped ones, and over them the station's own."""
    folders = (_shipped_dir(), extra_dir)
    return {file.stem: file for folder in folders for file in sorted(folder.glob("*.toml"))}


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _problems(name: str, data: Mapping[str, Any]) -> Iterator[str]:
    for key in data.keys() - set(KEYS):
        yield _("{key}: there is no such colour").format(key=repr(key)) + did_you_mean(nearest(key, KEYS))
    for key in KEYS:
        yield from _problem_of(key, data.get(key), name)
    sound = {role for role in ROLES if _is_colour(data.get(role))}
    for role, ground in PAIRS:
        if {role, ground} <= sound:
            yield from _too_faint(name, role, ground, data)


def _problem_of(key: str, value: object, name: str) -> Iterator[str]:
    if value is None:
        yield _("{key}: is missing").format(key=key)
    elif key == "name" and value != name:
        yield _("name: must be {name}, like the file").format(name=repr(name))
    elif key == "dark" and not isinstance(value, bool):
        yield _("dark: must be true or false")
    elif key in ROLES and not _is_colour(value):
        yield _("{key}: must be a colour like #14181f, not {value}").format(key=key, value=repr(value)[:40])


def _too_faint(name: str, role: str, ground: str, data: Mapping[str, Any]) -> Iterator[str]:
    least = LEAST_CONTRAST_OF.get(name, LEAST_CONTRAST)
    ratio = contrast(data[role], data[ground])
    if ratio < least:
        problem = _("{role}: is hard to read on {ground} (contrast {ratio:.1f}, at least {least:.1f})")
        yield problem.format(role=role, ground=ground, ratio=ratio, least=least)


def _is_colour(value: object) -> bool:
    return isinstance(value, str) and _COLOUR.fullmatch(value) is not None


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= LINEAR_BELOW else math.pow((part + 0.055) / 1.055, 2.4)


def _shipped_dir() -> Path:
    """In a wheel beside this module; in a checkout beside the package."""
    here = Path(__file__).parent
    packed = here / "themes_data"
    return packed if packed.is_dir() else here.parent / "themes"
