"""The lines under the conversations: that this is practice, which session, how long already, and the feedback."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from officer_console.console.practice.words import mark, side_told
from officer_console.console.widgets.text_line import TextLine, WrappedLine, apart, styled
from officer_console.model.text import one_line
from officer_console.practice.feedback import Remark

TITLE = 60


class SideLine(Vertical):
    """Never takes the focus, never moves it."""

    def __init__(self) -> None:
        super().__init__()
        self._head = TextLine()
        self._said = WrappedLine()

    def compose(self) -> ComposeResult:
        yield self._head
        yield self._said

    def show(self, title: str, right: str, remark: Remark | None, hint: str) -> None:
        """`title` on the left, `right` (time and keys) on the right; the remark, or `hint` when there is none."""
        left = Content.assemble(mark(), " ", one_line(title, TITLE))
        self._head.put(apart(left, Content(right), self._head.size.width))
        said = styled(side_told(remark)) if remark else Content.styled(hint, "$muted")
        self._said.put(said)
