"""The first line of the board: exercise or not, whose room, what rings, and the truth about the connection."""

from __future__ import annotations

import msgspec
from textual.content import Content

from officer_console.client.api import LinkState
from officer_console.console.board.keys import BY_ID
from officer_console.console.keymap import shown
from officer_console.console.widgets.text_line import TextLine, apart, styled
from officer_console.console.words import Level, Told, link_line
from officer_console.locale import _, ngettext
from officer_console.model.text import one_line

NAME = 40


class TitleLine(TextLine):
    """What has no room is cut from the middle: EXERCISE at the left and the connection at the right stay."""

    def __init__(self, *, exercise: bool) -> None:
        super().__init__()
        self._exercise = exercise

    def tell(self, link: LinkState, now: int, desk: str, ringing: int) -> None:
        """Say how things stand. `now` in ms of this machine's clock, `ringing`: how many cases ring."""
        self.put(apart(self._left(desk, ringing), _link(link, now), self.content_size.width))

    def _left(self, desk: str, ringing: int) -> Content:
        exercise = Content.styled(_(" EXERCISE "), "bold reverse $practice") if self._exercise else Content()
        many = ngettext("{n} RINGS", "{n} RING", ringing).format(n=ringing)
        rings = Content.styled(f" ▲ {many} ", "bold reverse $danger") if ringing else Content()
        name = Content(" · ".join(filter(None, [_("Dispatch board"), one_line(desk, NAME)])))
        return Content(" ").join(part for part in (exercise, rings, name) if part.plain)


def _link(link: LinkState, now: int) -> Content:
    told = link_line(_all_stored(link), now, shown(BY_ID["retry"]))
    if not link.unsent:
        return styled(told)
    many = ngettext("{n} NOT YET TOLD", "{n} NOT YET TOLD", link.unsent).format(n=link.unsent)
    level = told.level if told.level is Level.DANGER else Level.WARNING
    return styled(Told(f"{told.text} · {many}", level))


def _all_stored(link: LinkState) -> LinkState:
    """Its words for what is unsent are a console's."""
    return msgspec.structs.replace(link, unsent=0)
