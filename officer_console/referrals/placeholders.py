"""Placeholders in the text of a quick reply: "{referral.3919}", "{nearest.police}"; "{{" and "}}" are braces.

{referral.ID}         its name and how to reach it, in one phrase
{referral.ID.name}    its name alone          {referral.ID.phone}   its number alone
{referral.ID.hours}   when it answers         {postcode}  {department}
{nearest.police}      and gendarmerie, victims, cidff, court, justice
"""

from __future__ import annotations

import re
from typing import Final, Literal, get_args

import msgspec

from officer_console.errors import did_you_mean, nearest
from officer_console.locale import _

from .directory import Directory
from .places import KINDS
from .tables import told

Part = Literal["", "name", "phone", "hours"]
SIMPLE: Final = ("postcode", "department")
NEAREST: Final = tuple(f"nearest.{kind}" for kind in KINDS)

_PIECE = re.compile(r"\{\{|\}\}|\{[^{}]*\}|[{}]")


class ReferralHole(msgspec.Struct, frozen=True):
    """{referral.ID} or one part of it."""

    id: str
    part: Part = ""


class FactHole(msgspec.Struct, frozen=True):
    """{postcode}, {department}, {nearest.police}."""

    name: str


Piece = str | ReferralHole | FactHole


class PlaceholderError(ValueError):
    """A text whose braces can't be understood; the message says which, and the nearest valid name."""


def parse(text: str, directory: Directory) -> list[Piece]:
    """The text in pieces. Raises PlaceholderError, and nothing else."""
    pieces: list[Piece] = []
    at = 0
    for match in _PIECE.finditer(text):
        pieces.append(text[at : match.start()])
        pieces.append(_piece(match[0], text[match.start() : match.start() + 20], directory))
        at = match.end()
    return [piece for piece in [*pieces, text[at:]] if piece != ""]


def _piece(found: str, around: str, directory: Directory) -> Piece:
    if found in ("{{", "}}"):
        return found[0]
    if len(found) == 1:
        problem = _("a single {brace} at {text}; a brace that stands for itself is written {brace}{brace}")
        raise PlaceholderError(problem.format(brace=found, text=told(around)))
    return _hole(found[1:-1], directory)


def _hole(name: str, directory: Directory) -> Piece:
    if name in (*SIMPLE, *NEAREST):
        return FactHole(name)
    first, _dot, rest = name.partition(".")
    id, _point, part = rest.partition(".")
    if first == "referral" and directory.get(id):
        if part in get_args(Part) and not (_point and not part):
            return ReferralHole(id, part)  # type: ignore[arg-type]
        problem = _("there is no part {part} of {referral}; parts are name, phone and hours")
        raise PlaceholderError(problem.format(part=told(part), referral=f"{{referral.{id}}}"))
    valid = [*SIMPLE, *NEAREST, *(f"referral.{each}" for each in directory.rows)]
    guess = nearest(name[:80], valid)
    problem = _("there is no placeholder {name}")
    raise PlaceholderError(problem.format(name=told(f"{{{name}}}")) + did_you_mean(f"{{{guess}}}" if guess else ""))
