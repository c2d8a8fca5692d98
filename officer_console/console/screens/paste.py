"""Asks before several lines that were pasted go into what is being written."""

from __future__ import annotations

from typing import Final

from officer_console.console.screens.ask import Answer, Ask
from officer_console.locale import _, ngettext
from officer_console.model.text import one_line

PUT_IN: Final = "put-in"
LEAVE: Final = "leave"
SHOWN_LINES: Final = 6
WIDTH: Final = 64


def question(text: str, limit: int) -> Ask:
    """Shows how the pasted `text` begins; one with more than `limit` bytes can't be put in."""
    size = len(text.encode())
    if size > limit:
        told = _("{size} bytes are more than a message can hold ({limit}). Nothing was put in.")
        return Ask(_("Too long"), told.format(size=size, limit=limit), [Answer(LEAVE, _("Go on writing"))])
    lines = text.split("\n")
    told = ngettext("{n} line was pasted:", "{n} lines were pasted:", len(lines)).format(n=len(lines))
    answers = [
        Answer(PUT_IN, _("Put them into what I am writing (nothing is sent)")),
        Answer(LEAVE, _("Leave them out")),
    ]
    return Ask(_("Put in several lines?"), f"{told}\n\n{_beginning(lines)}", answers)


def _beginning(lines: list[str]) -> str:
    more = len(lines) - SHOWN_LINES
    shown = [one_line(line, WIDTH) for line in lines[:SHOWN_LINES]]
    return "\n".join([*shown, _("… and {n} more").format(n=more)] if more > 0 else shown)
