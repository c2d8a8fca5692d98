"""One attempt: its debrief, and beside it what was written, with what the debrief tells at each moment."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content

from officer_console.console.commands import Command
from officer_console.console.practice.trainer import keys
from officer_console.console.practice.trainer.classroom import Classroom
from officer_console.console.practice.trainer.moment_words import (
    Spoken,
    Told,
    attempt_lines,
    is_moment,
    remark_rows,
    spoken_rows,
    who_width,
)
from officer_console.console.practice.trainer.page import Acts, Page, Reading
from officer_console.console.practice.trainer.pick_pane import Item, PickPane
from officer_console.console.practice.trainer.words import BASIS, moment, name_of, title_of
from officer_console.console.practice.words import debrief_content
from officer_console.locale import _
from officer_console.practice.review import Review


class AttemptScreen(Page):
    """Where there is no room for both sides, Tab shows the other one."""

    CSS_PATH = ["page.tcss", "attempt_screen.tcss"]  # type: ignore[assignment]  # noqa: RUF012
    AUTO_FOCUS = "#debrief"

    def __init__(self, review: Review, room: Classroom) -> None:
        super().__init__()
        self._review, self._room = review, room
        self._debrief = Reading("debrief")
        self._moments = PickPane("moments")
        self._lines: Sequence[Told] = attempt_lines(review.debrief) if review.debrief else []
        self._who = who_width([line.kind for line in self._lines if isinstance(line, Spoken)])

    def body(self) -> ComposeResult:
        with Container(id="parts"):
            yield self._debrief
            yield self._moments

    def on_mount(self) -> None:
        head = self._review.head
        self.entitle(f"{name_of(head.by)} · {title_of(self._review)}", moment(head.at))
        self._debrief.border_title = Content(_("The debrief, as the trainee read it"))
        self._debrief.put(self._content())
        self._moments.border_title = _("What happened")
        self._moments.show(self._items, 0, [self._reason()])

    def acts(self) -> Acts:
        return {
            keys.OTHER.id: self._other,
            keys.NEXT.id: lambda: self._step(1),
            keys.BEFORE.id: lambda: self._step(-1),
        }

    def useful(self) -> Sequence[Command]:
        moments = [keys.NEXT, keys.BEFORE] if any(map(is_moment, self._lines)) else []
        return [keys.SCROLL if self._debrief.has_focus else keys.MOVE, *moments, keys.OTHER, keys.BACK]

    def _content(self) -> Content:
        debrief = self._review.debrief
        return debrief_content(debrief) if debrief else Content(self._reason())

    def _reason(self) -> str:
        basis = self._review.judged.basis
        if basis in BASIS:
            return _(BASIS[basis])
        return _("Nothing was done in this attempt: there is nothing to tell.") if not self._lines else ""

    def _items(self, width: int) -> list[Item]:
        return [
            spoken_rows(line, self._who, width) if isinstance(line, Spoken) else remark_rows(line, self._who, width)
            for line in self._lines
        ]

    def _other(self) -> None:
        moments = self._debrief.has_focus
        self.set_class(moments, "-moments")
        (self._moments if moments else self._debrief).focus()

    def _step(self, by: int) -> None:
        """To the next moment that is told of, or the one before; the transcript is shown."""
        if not self._moments.has_focus:
            self._other()
        at = self._moments.at + by
        while 0 <= at < len(self._lines):
            if is_moment(self._lines[at]):
                return self._moments.choose(at)
            at += by
