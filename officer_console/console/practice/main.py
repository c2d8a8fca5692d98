"""`officer-console practice [SESSION]`. Textual is imported in `show` and not before."""

from __future__ import annotations

import argparse
import os
import stat
import time
from collections.abc import Sequence
from random import Random
from typing import Final

from officer_console.config import Config
from officer_console.console.hardening import harden
from officer_console.console.main import need_terminal, setup_of
from officer_console.console.pace import hurry
from officer_console.console.practice.keys import own_seal
from officer_console.errors import UserError, reason
from officer_console.locale import LANGUAGES, _, language
from officer_console.practice import library
from officer_console.practice.attempts import Attempts
from officer_console.practice.fields import MOST_BYTES
from officer_console.practice.handing import Exercise, exercise_of, newest
from officer_console.practice.handing import hand_in as hand
from officer_console.practice.reading import parse
from officer_console.practice.run import Practice, Wanted, Watching, practice_dir
from officer_console.practice.session import Session

SEEDS: Final = 2**32


def run(args: argparse.Namespace, config: Config) -> int:
    """Practise. Raises UserError, SessionError for a session that can't be played, and when there is no terminal."""
    harden()
    need_terminal()
    if args.session_fd is not None:
        return _practise_real(args, config)
    attempts = Attempts(practice_dir() / "attempts", own_seal(config))
    exercise = exercise_of(args.exercise) if args.exercise else Exercise(args.session)
    return _practise(args, config, _wanted(args, exercise, attempts), attempts, exercise.feedback)


def _practise_real(args: argparse.Namespace, config: Config) -> int:
    """A real conversation, handed over by `officer-console exports practise`: nothing of it is kept."""
    session = parse(handed_over(args.session_fd), live=True)
    code = _practise(args, config, _asked(args, (session,), Exercise([])), None)
    print(_("It was a real conversation: nothing of it was kept."))
    return code


def _practise(
    args: argparse.Namespace, config: Config, wanted: Wanted, attempts: Attempts | None, feedback: str = "now"
) -> int:
    if args.replay:
        return _watch(wanted, config)
    return _sit_in(wanted, attempts, config, (args.feedback or feedback) == "now")


def handed_over(descriptor: int) -> bytes:
    """What the process that started us has written into a pipe of ours; closes it. A file is refused: no real
    conversation is in one. Raises UserError."""
    try:
        if not stat.S_ISFIFO(os.fstat(descriptor).st_mode):
            raise UserError(_("a session is handed over through a pipe, by “officer-console exports practise”"))
        with open(descriptor, "rb") as pipe:
            data = pipe.read(MOST_BYTES + 1)
    except OSError as error:
        told = _("the session that was handed over can't be read: {reason}")
        raise UserError(told.format(reason=reason(error))) from error
    if len(data) > MOST_BYTES:
        raise UserError(_("a session has at most {n} MiB").format(n=MOST_BYTES >> 20))
    return data


def _asked(args: argparse.Namespace, sessions: Sequence[Session], exercise: Exercise) -> Wanted:
    """What the trainee asks for himself goes before what is set."""
    wishes = (args.seed, exercise.seed, Random().randrange(SEEDS))
    seed = next(wish for wish in wishes if wish is not None)
    now, speed = time.time_ns() // 1_000_000, args.speed or exercise.speed
    return Wanted(tuple(sessions), seed, speed, now, language(), text=exercise.text)


def _wanted(args: argparse.Namespace, exercise: Exercise, attempts: Attempts) -> Wanted:
    chosen = getattr(args, "language", None)
    if exercise.sessions:
        sessions: Sequence[Session] = [library.find(name, args.config) for name in exercise.sessions]
    else:
        known = library.installed(args.config, chosen if chosen in LANGUAGES else language())
        sessions = proposed(known, {attempt.head.session for attempt in attempts.all()}, args.several)
    if not sessions:
        raise UserError(_("there is no session to practise; “officer-console practice list” shows all"))
    return _asked(args, sessions, exercise)


def hand_in(args: argparse.Namespace, config: Config) -> int:
    """Give an attempt to the trainer. Raises UserError."""
    own = Attempts(practice_dir() / "attempts", own_seal(config))
    file = hand(newest(list(own.all()), args.session), args.folder, args.name)
    print(_("Handed in: {file}").format(file=file))
    return 0


def proposed(known: Sequence[Session], done: set[str], count: int) -> list[Session]:
    """Without a wish: what was not practised yet, the easiest first."""
    by_need = sorted(known, key=lambda one: (one.id in done, one.head.difficulty, one.id))
    return by_need[:count]


def _sit_in(wanted: Wanted, attempts: Attempts | None, config: Config, feedback: bool) -> int:
    hurry()
    from officer_console.console.practice.sitting_app import SittingApp

    practice = Practice(wanted, attempts, time.monotonic)
    app = SittingApp(setup_of(practice.desk, config), practice, feedback=feedback)
    code = app.run()
    if app.failure:
        raise app.failure
    for file in practice.kept:
        print(_("Kept for you alone: {file}").format(file=file))
    return code or 0


def _watch(wanted: Wanted, config: Config) -> int:
    hurry()
    from officer_console.console.practice.watching_app import WatchingApp

    watching = Watching(wanted, time.monotonic)
    app = WatchingApp(setup_of(watching.desk, config), watching)
    code = app.run()
    if app.failure:
        raise app.failure
    return code or 0
