"""Every key of the trainer's screens as a row: key lines, help and screens read them. Key names are Textual's."""

from __future__ import annotations

from typing import Final

from officer_console.console.commands import Command, Group, Where
from officer_console.console.keymap import Keymap
from officer_console.locale import N_


def _key(id: str, keys: tuple[str, ...], title: str, help: str) -> Command:
    return Command(id, keys, title, help, Where.ANYWHERE, Group.PRACTICE, fixed=True)


HELP: Final = _key("help", ("f1", "question_mark"), N_("Keys"), N_("Show every key."))
LEAVE: Final = _key("leave", ("f10",), N_("Leave"), N_("Leave; it asks first while something is begun and not kept."))
BACK: Final = _key("back", ("escape",), N_("Back"), N_("Go back to the screen before."))
MOVE: Final = _key("move", ("up", "down", "home", "end"), N_("Choose"), N_("Choose in a list; the page keys too."))

OPEN: Final = _key("open", ("enter",), N_("Open"), N_("Open the attempt: its debrief, and what was written."))
MARK: Final = _key("mark", ("space",), N_("Mark"), N_("Mark an attempt for comparing, or take its mark away."))
COMPARE: Final = _key(
    "compare", ("c",), N_("Compare"),
    N_("Compare the two marked ones; the marked and the chosen one; else the chosen one and the attempt before it."),
)  # fmt: skip
PROGRESS: Final = _key("progress", ("p",), N_("Progress"), N_("How each trainee gets on, as plots."))
NOTE: Final = _key("notes", ("n",), N_("Notes"), N_("Write notes at moments of the chosen attempt's session."))
SESSIONS: Final = _key("sessions", ("s",), N_("Sessions"), N_("Choose a session among all that are installed."))
EXERCISE: Final = _key("exercise", ("e",), N_("Exercise"), N_("Set what trainees shall practise, or see what is set."))
ORDER: Final = _key("order", ("o",), N_("Order"), N_("Another order: newest first, by trainee, by session, by score."))
FIND: Final = _key(
    "find", ("slash",), N_("Find"), N_("Show only what has these words: names, sessions; Esc shows all.")
)
ALL: Final = _key("all", ("escape",), N_("Show all"), N_("Show all attempts again."))

OTHER: Final = _key("other", ("tab",), N_("Other side"), N_("From the debrief to what was written, and back."))
NEXT: Final = _key("next", ("n",), N_("Next remark"), N_("Go to the next moment that the debrief tells of."))
BEFORE: Final = _key("before", ("p",), N_("The one before"), N_("Go to the moment before that."))

TRAINEES: Final = _key("trainees", ("left", "right"), N_("Trainee"), N_("Another trainee, or everybody."))
COMPETENCES: Final = _key("competences", ("up", "down"), N_("Competence"), N_("Another competence in the plot."))
SCROLL: Final = _key("scroll", ("up", "down"), N_("Scroll"), N_("Scroll; the page keys too."))

EVENTS: Final = _key("events", ("enter",), N_("Open"), N_("Open the session, moment by moment, to write notes."))
WRITE: Final = _key("write", ("enter",), N_("Write a note"), N_("Write a note at this moment: trainees see it there."))
TAKE_BACK: Final = _key("take-back", ("x",), N_("Take back"), N_("Take the chosen note out of your own copy again."))
NEXT_NOTE: Final = _key("next-note", ("n",), N_("Next note"), N_("Go to the next note of a trainer."))

PICK: Final = _key("pick", ("space",), N_("Pick"), N_("Pick a session for the exercise, or leave it out."))
FIELDS: Final = _key("fields", ("tab",), N_("Next field"), N_("Go on: sessions, words, speed, seed, feedback."))
SET: Final = _key("set", ("ctrl+s",), N_("Set it"), N_("Put the exercise into the folder, in the place of the last."))

GROUPS: Final = (
    (N_("Everywhere"), (MOVE, BACK, HELP, LEAVE)),
    (N_("The attempts"), (OPEN, MARK, COMPARE, PROGRESS, NOTE, SESSIONS, EXERCISE, ORDER, FIND, ALL)),
    (N_("One attempt"), (OTHER, NEXT, BEFORE)),
    (N_("Progress"), (TRAINEES, COMPETENCES)),
    (N_("Sessions and notes"), (EVENTS, WRITE, NEXT_NOTE, TAKE_BACK)),
    (N_("An exercise"), (PICK, FIELDS, SET)),
)
"""Headings of the help, and the keys under each."""
BY_ID: Final[Keymap] = {each.id: each.keys for _heading, group in GROUPS for each in group} | {SCROLL.id: SCROLL.keys}
