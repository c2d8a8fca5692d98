"""The words that people read, in English (the source) and French.

Mark a string with `_("…")` where it is shown; with `N_("…")` in a table, shown later by `_(row.help)`.
Fill placeholders after translating: `_("{name} is gone").format(name=name)`.
"""

from __future__ import annotations

import gettext
import locale
import os
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("en", "fr")
DOMAIN: Final = "officer_console"
FOLDER: Final = Path(__file__).parent


class _Voice:
    """The language that this process speaks: one at a time, changed only by `set_language`."""

    name = "en"
    words = gettext.NullTranslations()


def _(message: str) -> str:
    """`message` in the chosen language."""
    return _Voice.words.gettext(message) if message else message


def N_(message: str) -> str:
    """Marks `message` for the catalogue and leaves it as it is; `_` translates it when it is shown."""
    return message


def ngettext(one: str, many: str, n: int) -> str:
    """`one` or `many` in the chosen language, by that language's plural rule for `n`."""
    return _Voice.words.ngettext(one, many, n)


def set_language(name: str) -> None:
    """Speak "fr" or "en" from now on; "auto" and unknown names take the system's language."""
    _Voice.name = name if name in LANGUAGES else system_language()
    _Voice.words = gettext.translation(DOMAIN, FOLDER, [_Voice.name], fallback=True)


def language() -> str:
    """The language spoken now: "fr" or "en"."""
    return _Voice.name


def system_language() -> str:
    """The first language we have that the environment asks for, in POSIX and GNU order; else English."""
    wished = os.environ.get("LANGUAGE", "").split(":")
    settings = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    wished.append(next(filter(None, settings), "") or locale.getlocale()[0] or "")
    codes = (wish[:2].lower() for wish in wished)
    return next((code for code in codes if code in LANGUAGES), "en")
