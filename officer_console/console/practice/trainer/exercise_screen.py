"""What trainees shall practise: sessions, words for them, and how it is played."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from officer_console.console.commands import Command
from officer_console.console.practice.trainer import keys
from officer_console.console.practice.trainer.classroom import Classroom
from officer_console.console.practice.trainer.page import Acts, Page
from officer_console.console.practice.trainer.pick_pane import Item, PickPane
from officer_console.console.practice.trainer.session_words import session_row
from officer_console.console.practice.trainer.words import short_path
from officer_console.console.screens.say import OneLine
from officer_console.console.words import Level, Told
from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.model.text import one_line
from officer_console.practice.handing import Exercise, set_exercise
from officer_console.practice.session import Session
from officer_console.practice.together import MOST_AT_ONCE
from officer_console.subcommands import FASTEST, SLOWEST

MOST_WORDS: Final = 1000
MOST_DIGITS: Final = 10
MOST_SEED: Final = 2**32
DRAFT: Final = ("", 0)
"""Under which the room keeps that an exercise is begun."""


class Form(NamedTuple):
    """What is in the fields."""

    text: OneLine
    speed: OneLine
    seed: OneLine


class Feedback(Static, can_focus=True):
    """Feedback at once, or at the end only: Space changes it."""

    def __init__(self, value: Literal["now", "end"]) -> None:
        super().__init__(id="feedback")
        self.value: Literal["now", "end"] = value

    def on_mount(self) -> None:
        self._show()

    def on_key(self, event: events.Key) -> None:
        if event.key in ("space", "enter", "left", "right"):
            event.stop()
            self.value = "end" if self.value == "now" else "now"
            self._show()

    def _show(self) -> None:
        signs = ("●", "○") if self.value == "now" else ("○", "●")
        told = _("{one} at once   {other} at the end only")
        self.update(Content(told.format(one=signs[0], other=signs[1])))


class ExerciseScreen(Page):
    """Begins with what is set. Nothing is written until its key is pressed; Esc goes back after a question."""

    CSS_PATH = ["page.tcss", "exercise_screen.tcss"]  # type: ignore[assignment]  # noqa: RUF012
    AUTO_FOCUS = "#picks"

    def __init__(self, room: Classroom) -> None:
        super().__init__()
        self._room = room
        was = room.exercise or Exercise([])
        self._picked = [id for id in was.sessions if id in room.sessions]
        self._list = PickPane("picks")
        self._form = Form(
            _line(was.text, _("what they read before it begins"), MOST_WORDS),
            _line(f"{was.speed:g}", "1", MOST_DIGITS),
            _line("" if was.seed is None else str(was.seed), _("another for each"), MOST_DIGITS),
        )
        self._feedback = Feedback(was.feedback)
        self._before = self._state

    def body(self) -> ComposeResult:
        with Container(id="parts"):
            yield self._list
            with Vertical(id="form"):
                labels = (_("Words for the trainees"), _("How many times faster"), _("Seed: the same visitor for all"))
                for label, field in zip(labels, self._form, strict=True):
                    yield Static(Content(label), classes="label")
                    yield field
                yield Static(Content(_("Feedback")), classes="label")
                yield self._feedback
                yield Static(id="told")

    def on_mount(self) -> None:
        self.entitle(_("An exercise"), short_path(self._room.path))
        self._show(0)

    def acts(self) -> Acts:
        acts: dict[str, Callable[[], object]] = {keys.SET.id: self._write, keys.FIELDS.id: self.focus_next}
        return {**acts, keys.PICK.id: self._pick} if self._list.has_focus else acts

    def useful(self) -> Sequence[Command]:
        pick = [keys.PICK, keys.MOVE] if self._list.has_focus else []
        return [*pick, keys.FIELDS, keys.SET, keys.BACK]

    def on_descendant_focus(self) -> None:
        self.show_keys()

    def pressed(self, event: events.Key) -> None:
        if event.key == "shift+tab":
            event.stop()
            self.focus_previous()
        elif not (isinstance(self.focused, Input) and event.is_printable):
            super().pressed(event)

    def on_input_changed(self) -> None:
        self._note_change()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    def go_back(self) -> None:
        """At once when nothing was changed."""
        if self._state == self._before:
            return self._end()
        from officer_console.console.screens.ask import Answer, Ask

        def answered(answer: str | None) -> None:
            if answer == "set":
                self._write()
            elif answer == "lose":
                self._end()

        answers = [
            Answer("stay", _("Go on with it")), Answer("set", _("Set it")), Answer("lose", _("Leave it as it was")),
        ]  # fmt: skip
        self.app.push_screen(Ask(_("The exercise is changed and not set"), "", answers), answered)

    # ---- parts of the above ----

    @property
    def _all(self) -> list[Session]:
        return self._room.listed

    @property
    def _state(self) -> tuple[object, ...]:
        """All that can be changed here."""
        return (*self._picked, *(field.value for field in self._form), self._feedback.value)

    def _items(self, width: int) -> list[Item]:
        return [session_row(one, self._sign(one.id), len(self._room.notes(one.id)), width) for one in self._all]

    def _sign(self, id: str) -> str:
        return f"[{self._picked.index(id) + 1}] " if id in self._picked else "[ ] "

    def _show(self, at: int) -> None:
        title = _("Sessions · {n} of at most {most} picked").format(n=len(self._picked), most=MOST_AT_ONCE)
        self._list.border_title = title
        self._list.show(self._items, at)
        self._note_change()

    def _pick(self) -> None:
        if not self._all:
            return
        id = self._all[self._list.at].id
        if id in self._picked:
            self._picked.remove(id)
        elif len(self._picked) == MOST_AT_ONCE:
            told = _("from one to {n} sessions can be practised at once").format(n=MOST_AT_ONCE)
            return self.tell(Told(told, Level.WARNING))
        else:
            self._picked.append(id)
        self._show(self._list.at)

    def _made(self) -> Exercise | str:
        """The exercise as it is in the fields, or what is wrong with them."""
        speed, seed = _speed(self._form.speed.value), _seed(self._form.seed.value)
        if not self._picked:
            return _("No session is picked: Space picks one.")
        if speed is None:
            told = _("How many times faster: a number from {low} to {high}.")
            return told.format(low=SLOWEST, high=FASTEST)
        if seed is None:
            return _("A seed is a whole number up to {most}, or nothing.").format(most=MOST_SEED)
        text = one_line(self._form.text.value, MOST_WORDS)
        return Exercise([*self._picked], text, None if seed < 0 else seed, speed, self._feedback.value)

    def _note_change(self) -> None:
        """Say what will come of it; what is begun is asked about before the board is left."""
        self._room.drafts.pop(DRAFT, None)
        if self._state != self._before:
            self._room.drafts[DRAFT] = self._form.text.value
        made = self._made()
        wrong = isinstance(made, str)
        several = _("Several are sat in at once.") if len(self._picked) > 1 else ""
        self.query_one("#told", Static).update(Content(str(made) if wrong else several))
        self.query_one("#told").set_class(wrong, "-wrong")

    def _write(self) -> None:
        made = self._made()
        if isinstance(made, str):
            return self.tell(Told(made, Level.WARNING))
        try:
            set_exercise(self._room.path, made)
        except (UserError, OSError) as error:
            return self.tell(Told(str(error), Level.DANGER))
        self._room.exercise = made
        self._end()
        told = _("Set. Trainees begin it with: officer-console practice --exercise {folder}")
        board = self.app.screen_stack[0]
        assert isinstance(board, Page)
        board.tell(Told(told.format(folder=one_line(str(self._room.path), 200)), Level.GOOD))

    def _end(self) -> None:
        self._room.drafts.pop(DRAFT, None)
        self.dismiss()


def _line(value: str, hint: str, most: int) -> OneLine:
    line = OneLine(value, placeholder=hint, max_length=most, compact=True, select_on_focus=False)
    line.cursor_blink = False
    return line


def _speed(text: str) -> float | None:
    """None: no speed that can be played; nothing is the usual one."""
    try:
        speed = float(text.replace(",", ".") or "1")
    except ValueError:
        return None
    return speed if SLOWEST <= speed <= FASTEST else None


def _seed(text: str) -> int | None:
    """-1: none is wished; None: no seed."""
    wish = text.strip()
    if not wish:
        return -1
    return int(wish) if wish.isdecimal() and int(wish) <= MOST_SEED else None
