"""`officer-console practice list`, `check`, `new`, `schema`, and for the trainer `board`, `annotate`, `exercise`,
`redact`."""

from __future__ import annotations

import argparse
import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

from officer_console.config import Config
from officer_console.errors import UserError, reason
from officer_console.locale import _, language, ngettext
from officer_console.model.text import one_line

from . import library
from .fields import SUFFIX
from .format import schema
from .problems import Problem
from .reading import examine
from .session import Session

_id = re.compile(r"[a-z0-9][a-z0-9-]{0,59}").fullmatch


def run(args: argparse.Namespace, config: Config) -> int:
    """The subcommand that was asked for. Raises UserError."""
    actions = {
        "list": _list, "check": _check, "new": _new, "schema": _schema, "board": _board, "annotate": _annotate,
        "exercise": _exercise, "redact": _redact,
    }  # fmt: skip
    return actions[args.action](args)


# ---- list ----------------------------------------------------------------------------------------------------------


def _list(args: argparse.Namespace) -> int:
    chosen = getattr(args, "language", None)
    sessions = library.installed(args.config, chosen if chosen in ("fr", "en") else "")
    if args.json:
        print(json.dumps([about(session) for session in sessions], ensure_ascii=False))
        return 0
    for session in sessions:
        print(_row(session))
    print(ngettext("{n} session", "{n} sessions", len(sessions)).format(n=len(sessions)))
    return 0


def about(session: Session) -> dict[str, Any]:
    """What is told of a session before it begins: nothing of its truth."""
    head = session.head
    return {
        "id": head.id, "language": head.language, "title": head.title, "difficulty": head.difficulty,
        "minutes": head.minutes, "topics": head.topics, "warning": head.warning, "origin": head.origin,
    }  # fmt: skip


def _row(session: Session) -> str:
    head = session.head
    stars = "●" * head.difficulty + "○" * (3 - head.difficulty)
    length = _("{n} min").format(n=head.minutes)
    warning = f"\n      ⚠ {one_line(head.warning, 400)}" if head.warning else ""
    return f"{head.id:<32} {stars} {length:>7}  {one_line(head.title, 120)}{warning}"


# ---- check ---------------------------------------------------------------------------------------------------------


def _check(args: argparse.Namespace) -> int:
    files = [Path(args.file)] if args.file else sorted(library.files(args.config).values())
    lines = _directory()
    problems: list[Problem] = []
    for file in files:
        found = examine(file, lines)
        problems += found
        for problem in found:
            print(problem)
    told = ngettext("{n} session looked at", "{n} sessions looked at", len(files)).format(n=len(files))
    wrong = ngettext("{n} problem", "{n} problems", len(problems)).format(n=len(problems))
    print(f"{told}, {wrong}")
    return 1 if problems else 0


def _directory() -> frozenset[str]:
    """Ids of the directory's lines, the station's own too."""
    from officer_console.referrals.library import open_library

    return frozenset(open_library().directory.rows)


# ---- new and schema ------------------------------------------------------------------------------------------------


def _new(args: argparse.Namespace) -> int:
    file = Path(args.name) if args.name.endswith(SUFFIX) else library.own_dir(args.config) / f"{args.name}{SUFFIX}"
    name = file.name.removesuffix(SUFFIX)
    if not _id(name):
        raise UserError(_("a session's name is made of a–z, 0–9 and “-”, not {name}").format(name=name[:60]))
    text = template(language()).replace('"ID"', f'"{name}"', 1)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except OSError as error:
        raise UserError(_("{file} can't be written: {reason}").format(file=file, reason=reason(error))) from error
    print(
        _("{file} is begun. Write it as FORMAT.md says, then: officer-console practice check {file}").format(file=file)
    )
    return 0


def template(language: str) -> str:
    """The session that a new one begins as."""
    name = f"{language if language in ('fr', 'en') else 'en'}{SUFFIX}"
    return resources.files("officer_console.practice").joinpath("templates", name).read_text("utf-8")


def _schema(args: argparse.Namespace) -> int:
    print(json.dumps(schema(), indent=1))
    return 0


# ---- for the trainer -----------------------------------------------------------------------------------------------


def _board(args: argparse.Namespace) -> int:
    """Who practised what in a folder of attempts that were handed in."""
    from .board import as_data, compared, judged, overview
    from .folder import Folder
    from .handing import EXERCISE, exercise_of

    looked = Folder(args.folder).look()
    attempts = [one.attempt for one in looked.handed]
    sessions = {session.id: session for session in library.installed(args.config)}
    found = judged([one for one in attempts if args.session in ("", one.head.session)], sessions)
    set_ = exercise_of(args.folder).sessions if (args.folder / EXERCISE).exists() else []
    if args.json:
        print(json.dumps(as_data(found), ensure_ascii=False))
        return 0
    for line in compared(found, language()) if args.session else overview(found, set_):
        print(line)
    print(ngettext("{n} attempt handed in", "{n} attempts handed in", len(found)).format(n=len(found)))
    for broken in looked.broken:
        print(f"{one_line(broken.file, 100)}: {one_line(broken.why, 300)}")
    return 0


def _annotate(args: argparse.Namespace) -> int:
    from .annotating import annotate, moment

    source = library.files(args.config).get(args.session)
    if source is None:
        library.find(args.session, args.config)  # tells which sessions there are
        source = Path(args.session)
    file = annotate(source, library.own_dir(args.config), moment(args.at), args.text, args.name)
    print(_("Written into your own {file}").format(file=file))
    return 0


def _redact(args: argparse.Namespace) -> int:
    from .redacting import redact

    if not args.new.name.endswith(SUFFIX) or not _id(args.new.name.removesuffix(SUFFIX)):
        raise UserError(_("a session's file is named by a–z, 0–9 and “-”, then .jsonl"))
    made = redact(args.source, args.new, input)
    told = ngettext("{n} piece of text taken out", "{n} pieces of text taken out", made.taken).format(n=made.taken)
    print(_("{file}: {told}. Read it as somebody who knows her would.").format(file=args.new, told=told))
    if made.left:
        words = ", ".join(one_line(each, 60) for each in made.left)
        print(_("still there, in an id or a pattern, which only a person can change: {words}").format(words=words))
    return 1 if made.left else 0


def _exercise(args: argparse.Namespace) -> int:
    from .handing import Exercise, set_exercise

    for name in args.sessions:
        library.find(name, args.config)
    file = set_exercise(args.folder, Exercise(args.sessions, args.text, args.seed, args.speed, args.feedback))
    told = _("Set in {file}. Trainees begin it with: officer-console practice --exercise {folder}")
    print(told.format(file=file, folder=args.folder))
    return 0
