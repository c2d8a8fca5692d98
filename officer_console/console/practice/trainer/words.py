"""What a trainer reads of attempts: rows of the list, and the chosen one at a glance. Pure; all of it displayable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from textual.content import Content

from officer_console.console.practice.words import STYLES
from officer_console.console.widgets.wrapping import fit
from officer_console.locale import N_, _, language, ngettext
from officer_console.model.text import displayable, one_line
from officer_console.practice.board import sparkline
from officer_console.practice.debrief import FAIR, GOOD
from officer_console.practice.folder import Broken
from officer_console.practice.review import Review
from officer_console.practice.rules import rules

from .pick_pane import Item
from .roll import Entry, Roll

NAME, TITLE, REASON, FILE, PATH = 60, 120, 400, 80, 30
"""Letters that are shown at most."""
DATE, SCORE, BAR = 10, 3, 10
SIGNS: Final = 3
"""Cells at the left of a row: marked, new, and a space."""
BASIS: Final = {
    "kept": N_("This session is not installed here: only the score that was kept is known."),
    "unfit": N_("What was done does not fit the session as it is installed here: only the kept score is known."),
}
"""See board.judge."""
COURSE, FEW = 12, 4
"""Scores that a course shows at most as steps, and as numbers; the newest ones."""
SMALL_BAR, BETWEEN = 8, 3
"""Cells of a competence's bar, and between two columns."""


def kind_of(value: int) -> str:
    """Whether a score is good, fair ("missed") or not ("bad")."""
    return "good" if value >= GOOD else "missed" if value >= FAIR else "bad"


def name_of(by: str) -> str:
    """A trainee as shown."""
    return one_line(by, NAME) or "—"


def title_of(review: Review) -> str:
    """A session by its title; of one that is not installed its id."""
    return one_line(review.session.head.title, TITLE) if review.session else one_line(review.head.session, TITLE)


def short_path(path: Path) -> str:
    """A folder, of which the end says the most."""
    told = one_line(str(path), 400)
    return told if len(told) <= PATH else f"…{told[1 - PATH :]}"


def day(ms: int) -> str:
    """Its date."""
    return f"{_time(ms):%Y-%m-%d}"


def moment(ms: int) -> str:
    """Its date and time, of this machine's zone."""
    return f"{_time(ms).astimezone():%Y-%m-%d %H:%M}"


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def bar(value: int | None, cells: int) -> str:
    """A score of 100 as a bar of so many cells."""
    if value is None:
        return "·" * cells
    filled = round(cells * value / 100)
    return "█" * filled + "░" * (cells - filled)


def scored(value: int | None, cells: int) -> Content:
    """A score as a bar and a number, as loud as it is."""
    told = "—" if value is None else str(value)
    return Content.assemble((bar(value, cells), "" if value is None else STYLES[kind_of(value)]), f" {told:>{SCORE}}")


def spark(values: Sequence[int | None]) -> str:
    """Scores as a row of steps, the oldest first; a dot where nothing was asked."""
    return "".join("·" if value is None else sparkline([value]) for value in values)


# ---- the list --------------------------------------------------------------------------------------------------------


def widths(width: int) -> tuple[int, int]:
    """Cells of the trainee's name and of the session."""
    room = max(20, width - SIGNS - DATE - BAR - SCORE - 5)
    name = min(26, max(10, room * 2 // 5))
    return name, max(10, room - name)


def heading(width: int) -> str:
    """What stands over the rows."""
    name, session = widths(width)
    words = fit(_("Trainee"), name), fit(_("Session"), session), fit(_("Date"), DATE), _("Score")
    return " " * SIGNS + " ".join(words)


def rows(roll: Roll, width: int) -> list[Item]:
    """The list's rows."""
    return [[_row(roll, one, width)] for one in roll.shown]


def _row(roll: Roll, one: Entry, width: int) -> list[tuple[str, str]]:
    if isinstance(one, Broken):
        return [(fit(f"✗  {one_line(one.file, FILE)}  {one_line(one.why, REASON)}", width), "pick--missed")]
    name, session = widths(width)
    signs = f"{'◆' if one.file in roll.marked else ' '}{'●' if one.file in roll.new else ' '} "
    value = one.judged.overall
    return [
        (signs, "pick--new"),
        (fit(name_of(one.head.by), name) + " ", "pick--strong"),
        (fit(title_of(one), session) + " ", ""),
        (f"{day(one.head.at)} ", "pick--muted"),
        (f"{value:>{SCORE}} {bar(value, BAR)}", f"pick--{kind_of(value)}"),
    ]


def none_yet(folder: Path, words: str) -> list[str]:
    """What stands in the list while there is nothing in it."""
    if words:
        return [_("Nothing has the words “{words}”. Esc shows all.").format(words=one_line(words, NAME))]
    return [
        _("Nobody has handed in an attempt yet."),
        "",
        _("A trainee practises with “officer-console practice”, then gives you the attempt:"),
        f"  officer-console practice hand-in {one_line(str(folder), 200)} --name …",
        "",
        _("It appears here by itself. Meanwhile: E sets an exercise, S shows the sessions."),
    ]


# ---- the chosen one --------------------------------------------------------------------------------------------------


def about(roll: Roll, folder: Path, width: int, *, beside: bool) -> Content:
    """The chosen one at a glance; `beside`: in one column, else as low as it can be."""
    chosen = roll.chosen
    if chosen is None:
        return Content()
    if isinstance(chosen, Broken):
        return Content("\n").join(_about_file(chosen, folder))
    return Content("\n").join(_about(roll, chosen, width, beside))


def _about_file(one: Broken, folder: Path) -> Iterator[Content]:
    yield Content.styled(one_line(one.file, FILE), "bold")
    yield Content.styled(_("This file can't be read as an attempt, and is left out."), STYLES["missed"])
    yield Content(displayable(one.why, limit=REASON))
    yield Content("")
    told = _("Ask the trainee to hand it in again: officer-console practice hand-in {folder} --name …")
    yield Content(told.format(folder=one_line(str(folder), 200)))


def _about(roll: Roll, one: Review, width: int, beside: bool) -> Iterator[Content]:
    yield Content.assemble((name_of(one.head.by), "bold"), f" · {title_of(one)}")
    speed = f" · ×{one.head.speed:g}" if one.head.speed != 1 else ""
    seed, overall_ = _("seed {n}").format(n=one.head.seed), _("Overall")
    how = Content.styled(f"{moment(one.head.at)}{speed} · {seed}", "$muted")
    whole = Content.assemble((f"{overall_} ", "bold"), scored(one.judged.overall, BAR))
    yield from (how, whole) if beside else (Content.assemble(whole, "  ", how),)
    if one.judged.basis in BASIS:
        yield Content.styled(_(BASIS[one.judged.basis]), STYLES["missed"])
    end = one.session.end(one.judged.end) if one.session else None
    if end and beside:
        yield Content(one_line(end.text, REASON))
    yield from (Content(""), *_competences(one, width, 1), Content("")) if beside else _competences(one, width, 2)
    courses = [Content(told) for told in _courses(roll, one)]
    yield from courses if beside else (Content(" · ").join(courses),)


def _competences(one: Review, width: int, columns: int) -> Iterator[Content]:
    names = rules().competences
    known = [(names[id].get(language(), names[id]["en"]), value) for id, value in one.judged.scores.items()]
    room = (width - BETWEEN * (columns - 1)) // columns
    cells = max(10, room - SMALL_BAR - SCORE - 2)
    lines = [
        Content.assemble(f"{fit(name, cells)} ", scored(value, SMALL_BAR)) for name, value in known if value is not None
    ]
    half = -(-len(lines) // columns)
    for n in range(half):
        yield Content(" " * BETWEEN).join(lines[n::half])


def _courses(roll: Roll, one: Review) -> Iterator[str]:
    mine = roll.of(one.head.by)
    same = [each.judged.overall for each in mine if each.head.session == one.head.session]
    this = _("This session")
    yield f"{this} {spark(same[-COURSE:])} {' → '.join(map(str, same[-FEW:]))}"
    if len(mine) > len(same):
        many = ngettext("{n} attempt in all", "{n} attempts in all", len(mine)).format(n=len(mine))
        yield f"{many} {spark([each.judged.overall for each in mine][-COURSE:])}"


def exercise_line(roll: Roll, sessions: Sequence[str]) -> str:
    """How far the exercise has come, in one line; "" when none is set."""
    if not sessions:
        return ""
    done = [{one.head.by for one in roll.reviews if one.head.session == session} for session in sessions]
    ready = set.intersection(*done)
    missing = [name_of(name) for name in roll.trainees if name not in ready]
    which = ", ".join(one_line(session, NAME) for session in sessions)
    told = _("Exercise {session}: {done} of {all} have done it").format(
        session=which, done=len(ready), all=len(roll.trainees)
    )
    return f"★ {told}" + (" " + _("(not yet: {names})").format(names=", ".join(missing)) if missing else "")
