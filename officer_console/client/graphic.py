"""The words that make a message hard to read: those that come with the program, and the station's own over them."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Final

import msgspec

from officer_console import paths
from officer_console.errors import reason
from officer_console.locale import _
from officer_console.model.graphic import Graphic
from officer_console.model.text import one_line

FILE: Final = "graphic.toml"


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file: `off` takes words and stems out again."""

    words: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()
    off: tuple[str, ...] = ()


def load(folder: Path | None = None) -> tuple[Graphic, tuple[str, ...]]:
    """What is hard to read, with the station's `lexicons/graphic.toml` in `folder` over it (by default the one beside
    config.toml); and why that can't be used, if it can't."""
    shipped = resources.files("officer_console.client").joinpath("lexicons", FILE).read_text("utf-8")
    problems: list[str] = []
    ours, file = _words(shipped), (folder or paths.config_dir()) / "lexicons" / FILE
    try:
        own = _words(file.read_text("utf-8-sig"))
    except FileNotFoundError:
        own = Words()
    except (OSError, ValueError) as error:  # what is no TOML, no UTF-8 or of another shape is a ValueError too
        why = reason(error) if isinstance(error, OSError) else one_line(str(error), 200)
        told = _("{file} can't be read: {reason}").format(file=file, reason=why)
        own, problems = Words(), [told]
    off = {*own.off}
    words, stems = (
        [each for each in (*a, *b) if each not in off] for a, b in ((ours.words, own.words), (ours.stems, own.stems))
    )
    return Graphic(words, stems), tuple(problems)


def _words(text: str) -> Words:
    return msgspec.convert(tomllib.loads(text), Words)
