"""Who practised what: all attempts that were handed in, and the chosen one at a glance."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Input, Static

from officer_console.console.commands import Command
from officer_console.console.practice.trainer import keys
from officer_console.console.practice.trainer.classroom import Classroom
from officer_console.console.practice.trainer.page import WIDE, Acts, Page, now_ms
from officer_console.console.practice.trainer.pick_pane import PickPane
from officer_console.console.practice.trainer.words import (
    about,
    exercise_line,
    heading,
    name_of,
    none_yet,
    rows,
    short_path,
    title_of,
)
from officer_console.console.screens.say import OneLine
from officer_console.console.widgets.text_line import TextLine
from officer_console.console.words import Level, Told
from officer_console.locale import _, ngettext
from officer_console.model.text import one_line
from officer_console.practice.review import Review
from officer_console.practice.session import Session

MOST_WORDS = 60
FRAME = 2


class BoardScreen(Page):
    """The first screen. What arrives is told in the status line; cursor and focus stay."""

    AUTO_FOCUS = "#list"

    def __init__(self, room: Classroom) -> None:
        super().__init__()
        self._room, self._roll = room, room.roll
        self._exercise = TextLine()
        self._exercise.id = "exercise"
        self._heading = TextLine()
        self._heading.id = "heading"
        self._list = PickPane("list")
        self._about = Static(id="about")
        self._find = OneLine(placeholder=_("Names or sessions: Enter shows them, Esc shows all"), max_length=MOST_WORDS)
        self._find.cursor_blink = False
        self._find.display = False

    def body(self) -> ComposeResult:
        yield self._exercise
        with Container(id="parts"):
            with Container(id="attempts"):
                yield self._heading
                yield self._list
                yield self._find
            yield self._about

    def on_mount(self) -> None:
        self.call_after_refresh(self.show_attempts)

    def on_resize(self) -> None:
        self.call_after_refresh(self.show_attempts)

    # ---- news ----

    def arrived(self, come: Sequence[Review]) -> None:
        """Somebody may have handed in; nothing on screen moves but what is new."""
        trouble = _("The exercise can't be read: {why}").format(why=self._room.trouble) if self._room.trouble else ""
        self.status.alert(Told(trouble, Level.WARNING), now_ms())
        self.show_attempts()
        if come:
            names = ", ".join(f"{name_of(one.head.by)}: {title_of(one)}, {one.judged.overall}" for one in come[-3:])
            many = ngettext("{n} new attempt", "{n} new attempts", len(come)).format(n=len(come))
            page = self.app.screen
            (page if isinstance(page, Page) else self).tell(Told(f"● {many}: {names}", Level.GOOD))

    def folder_is_gone(self, why: str) -> None:
        """It can't be read now."""
        told = _("The folder can't be read now, what you see may be old: {why}").format(why=why)
        self.status.alert(Told(told, Level.DANGER), now_ms())

    def show_attempts(self) -> None:
        """Show all as it is now."""
        if not self.is_attached:
            return
        roll = self._roll
        counts = [
            ngettext("{n} attempt", "{n} attempts", len(roll.reviews)).format(n=len(roll.reviews)),
            ngettext("{n} trainee", "{n} trainees", len(roll.trainees)).format(n=len(roll.trainees)),
        ]
        self.entitle(_("The trainer's board · {folder}").format(folder=short_path(self._room.path)), " · ".join(counts))
        self._list.border_title = self._list_title()
        self._list.show(lambda width: rows(roll, width), roll.at, none_yet(self._room.path, roll.words))
        told = exercise_line(roll, self._room.exercise.sessions if self._room.exercise else ())
        self._exercise.put(Content.styled(told, "$practice"))
        self._exercise.display = bool(told)
        self._heading.put(Content.styled(f"  {heading(self._list.width - FRAME)}", "$muted"))
        self._heading.display = bool(roll.shown)
        self._show_chosen()

    # ---- keys ----

    def acts(self) -> Acts:
        return {
            keys.OPEN.id: self._open,
            keys.MARK.id: self._mark,
            keys.COMPARE.id: self._compare,
            keys.PROGRESS.id: self._progress,
            keys.NOTE.id: self._notes,
            keys.SESSIONS.id: self._sessions,
            keys.EXERCISE.id: self._set_exercise,
            keys.ORDER.id: self._reorder,
            keys.FIND.id: self._begin_find,
        }

    def useful(self) -> Sequence[Command]:
        roll = self._roll
        on_one = [keys.OPEN, keys.MARK] if roll.review else []
        compare = [keys.COMPARE] if roll.pair() else []
        notes = [keys.NOTE] if roll.review and roll.review.session else []
        many = [keys.PROGRESS] if roll.reviews else []
        among = [keys.ORDER, keys.FIND] if len(roll.reviews) > 1 else []
        words = [keys.ALL] if roll.words else []
        return [*words, *on_one, *compare, *many, *notes, keys.EXERCISE, keys.SESSIONS, *among]

    def go_back(self) -> None:
        """Show all; the board itself is left by its own key."""
        self._seek("")

    def on_pick_pane_moved(self) -> None:
        self._roll.choose(self._list.at)
        self._show_chosen()
        self._list.show(lambda width: rows(self._roll, width), self._roll.at)  # it is not new any more
        self.show_keys()

    def pressed(self, event: events.Key) -> None:
        if self._find.has_focus:
            if event.key == "escape":
                event.stop()
                self._seek("")
            return
        super().pressed(event)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._seek(event.value)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._roll.arrange(words=one_line(event.value, MOST_WORDS))
        self.show_attempts()

    # ---- parts of the above ----

    def _list_title(self) -> str:
        words = one_line(self._roll.words, MOST_WORDS)
        having = _("with “{words}”").format(words=words) if words else ""
        return " · ".join(filter(None, [_("Attempts"), _(self._roll.order.value), having]))

    def _show_chosen(self) -> None:
        beside = self.has_class(WIDE)
        width = self._about.content_size.width
        self._about.display = self._roll.chosen is not None
        self._about.update(about(self._roll, self._room.path, width, beside=beside))

    def _begin_find(self) -> None:
        self._find.display = True
        self._find.value = self._roll.words
        self._find.focus()

    def _seek(self, words: str) -> None:
        self._find.display = False
        self._roll.arrange(words=one_line(words, MOST_WORDS))
        self._list.focus()
        self.show_attempts()
        self.show_keys()

    def _reorder(self) -> None:
        self._roll.arrange(order=self._roll.next_order())
        self.show_attempts()

    def _mark(self) -> None:
        self._roll.mark()
        self.show_attempts()

    def _open(self) -> None:
        if review := self._roll.review:
            from officer_console.console.practice.trainer.attempt_screen import AttemptScreen

            self.app.push_screen(AttemptScreen(review, self._room))

    def _compare(self) -> None:
        pair = self._roll.pair()
        if pair is None:
            return self.tell(Told(_("Mark one attempt with Space, choose another, then C compares them.")))
        from officer_console.console.practice.trainer.compare_screen import CompareScreen

        self.app.push_screen(CompareScreen(*pair))

    def _progress(self) -> None:
        if self._roll.reviews:
            from officer_console.console.practice.trainer.progress_screen import ProgressScreen

            self.app.push_screen(ProgressScreen(self._roll))

    def _notes(self) -> None:
        review = self._roll.review
        if review and review.session:
            return self._sessions(review.session)
        self._sessions()

    def _sessions(self, session: Session | None = None) -> None:
        from officer_console.console.practice.trainer.events_screen import EventsScreen
        from officer_console.console.practice.trainer.sessions_screen import SessionsScreen

        self.app.push_screen(EventsScreen(self._room, session.id) if session else SessionsScreen(self._room))

    def _set_exercise(self) -> None:
        from officer_console.console.practice.trainer.exercise_screen import ExerciseScreen

        self.app.push_screen(ExerciseScreen(self._room), lambda _done: self.show_attempts())
