"""The station's themes as Textual knows them: every role of a theme is a CSS variable of the same name."""

from __future__ import annotations

from typing import Final

import msgspec
from textual.theme import Theme as TextualTheme

from officer_console.themes import ROLES, SAFE, Theme

PLAIN: Final = "plain"
"""Name of the theme without any colour, for NO_COLOR (no-color.org)."""

DEFAULT_COLOUR: Final = "ansi_default"


def textual_theme(theme: Theme) -> TextualTheme:
    """`theme` for Textual; its own widgets take their colours from the same roles."""
    roles = {role: value for role, value in msgspec.structs.asdict(theme).items() if role in ROLES}
    return _with(theme.name, roles, dark=theme.dark, ansi=False)


def plain_theme() -> TextualTheme:
    """No colour at all: states are told by words, frames, bold and reverse."""
    return _with(PLAIN, dict.fromkeys(ROLES, DEFAULT_COLOUR), dark=SAFE.dark, ansi=True)


def _with(name: str, roles: dict[str, str], *, dark: bool, ansi: bool) -> TextualTheme:
    return TextualTheme(
        name=name,
        primary=roles["accent"],
        accent=roles["accent"],
        warning=roles["warning"],
        error=roles["danger"],
        success=roles["success"],
        foreground=roles["text"],
        background=roles["background"],
        surface=roles["surface"],
        panel=roles["panel"],
        dark=dark,
        ansi=ansi,
        variables={
            **roles,
            **(_NO_COLOURS if ansi else _cursor(roles)),
            "text-muted": roles["muted"],
            "border-blurred": roles["border"],
        },
    )


def _cursor(roles: dict[str, str]) -> dict[str, str]:
    return {
        "input-cursor-background": roles["focus"],
        "input-cursor-foreground": roles["background"],
        "input-cursor-text-style": "none",
    }


_NO_COLOURS: Final = {
    "ansi-background": DEFAULT_COLOUR,
    "ansi-foreground": DEFAULT_COLOUR,
    "input-cursor-text-style": "reverse",
}
