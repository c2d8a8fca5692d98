"""How each trainee gets on: a plot of the scores, over all or of one competence; and everybody beside each other."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from officer_console.console.commands import Command
from officer_console.console.practice.trainer import keys
from officer_console.console.practice.trainer.page import Page
from officer_console.console.practice.trainer.pick_pane import PickPane
from officer_console.console.practice.trainer.progress_words import class_lines, course_row, numbered, plotted, together
from officer_console.console.practice.trainer.roll import Roll
from officer_console.console.practice.trainer.words import day, name_of
from officer_console.console.widgets.frame import Frame
from officer_console.console.widgets.plots import letters_for
from officer_console.locale import _, language, ngettext
from officer_console.practice.board import Judged
from officer_console.practice.course import Course, courses

EVERYBODY = ""


class PlotBox(Frame, Vertical):
    """Frame of the plot."""


class ProgressScreen(Page):
    """Begins with the trainee under the board's cursor; ← → goes on to others, everybody among them."""

    CSS_PATH = ["page.tcss", "progress_screen.tcss"]  # type: ignore[assignment]  # noqa: RUF012
    AUTO_FOCUS = "#courses"

    def __init__(self, roll: Roll) -> None:
        super().__init__()
        self._roll = roll
        self._who = roll.review.head.by if roll.review else EVERYBODY
        self._everybody = roll.review is None
        self._plot = Static(id="plot")
        self._box = PlotBox(self._plot, id="box")
        self._list = PickPane("courses")
        self._letters = letters_for(os.environ.get("TERM", ""), getattr(sys.__stdout__, "encoding", "") or "")

    def body(self) -> ComposeResult:
        yield self._box
        yield self._list

    def on_mount(self) -> None:
        self._list.border_title = _("By competence: last score, first → last, gained, course")
        self._show(0)

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_plot)

    def useful(self) -> Sequence[Command]:
        return [keys.TRAINEES, keys.COMPETENCES, keys.BACK]

    def on_pick_pane_moved(self) -> None:
        self._show_plot()

    def pressed(self, event: events.Key) -> None:
        if event.key in keys.TRAINEES.keys:
            event.stop()
            self._turn(-1 if event.key == keys.TRAINEES.keys[0] else 1)
        else:
            super().pressed(event)

    # ---- parts of the above ----

    def _turn(self, by: int) -> None:
        """Everybody comes before the first and after the last."""
        names: list[str | None] = [None, *self._roll.trainees]
        at = names.index(None if self._everybody else self._who)
        name = names[(at + by) % len(names)]
        self._everybody, self._who = name is None, name or ""
        self._show(self._list.at)

    @property
    def _found(self) -> list[Judged]:
        reviews = self._roll.reviews if self._everybody else self._roll.of(self._who)
        return [one.judged for one in reviews]

    @property
    def _courses(self) -> list[Course]:
        return courses(self._found, language(), _("Overall"))

    @property
    def _chosen(self) -> Course:
        found = self._courses
        return found[min(self._list.at, len(found) - 1)]

    @property
    def _people(self) -> list[tuple[str, list[Judged]]]:
        return [(by, [one.judged for one in self._roll.of(by)]) for by in self._roll.trainees]

    def _show(self, at: int) -> None:
        found = self._found
        many = ngettext("{n} attempt", "{n} attempts", len(found)).format(n=len(found))
        span = " – ".join(dict.fromkeys([day(found[0].at), day(found[-1].at)])) if found else ""
        self.entitle(
            _("Progress · {name}").format(name=_("Everybody") if self._everybody else name_of(self._who)),
            f"{many} · {span}",
        )
        self._list.show(lambda width: [course_row(one, width) for one in self._courses], at)
        self._show_plot()

    def _show_plot(self) -> None:
        course, width = self._chosen, max(20, self._plot.content_size.width)
        if self._everybody:
            lines = class_lines(self._people, course.competence, width)
            mean = together(self._people, course.competence)
            self._box.border_title = " · ".join(filter(None, [course.name, _("everybody's last score"), mean]))
        else:
            plot = plotted(course, max(4, self._plot.content_size.height - 2), width, self._letters)
            lines = numbered(plot, self._roll.of(self._who), width)
            self._box.border_title = f"{course.name} · " + _("attempt by attempt, the oldest first")
        self._plot.update(Content("\n".join(lines)))
