"""How the patrol request of a conversation stands, between who she is and what was written."""

from __future__ import annotations

from textual.content import Content

from officer_console.client.api import Desk
from officer_console.console.patrol_words import Names, strip
from officer_console.console.widgets.text_line import WrappedLine, styled
from officer_console.locale import _


class PatrolStrip(WrappedLine):
    """Hidden while there never was a request. What must be done stands first: the rest may be cut."""

    def on_mount(self) -> None:
        self.display = False

    def show(self, desk: Desk, cid: str, names: Names) -> None:
        """Say how it stands now."""
        patrol = desk.patrols.of(cid) if cid else None
        self.display = patrol is not None
        if patrol:
            told = map(styled, strip(patrol, desk.now(), names))
            mark = _(" PRACTICE ") if desk.practice else _(" PATROL ")
            parts = [Content.styled(mark, "bold reverse $practice" if desk.practice else "bold reverse"), *told]
            self.put(Content(" ").join([parts[0], Content(" · ").join(parts[1:])]))
