"""`officer-console practice list`, `check`, `new` and `schema`."""

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

from . import library
from .fields import SUFFIX
from .format import schema
from .problems import Problem
from .reading import examine
from .session import Session

_id = re.compile(r"[a-z0-9][a-z0-9-]{0,59}").fullmatch


def run(args: argparse.Namespace, config: Config) -> int:
    """The subcommand that was asked for. Raises UserError."""
    actions = {"list": _list, "check": _check, "new": _new, "schema": _schema}
    return actions[args.action](args)


# ---- list ------------------------------------------------------------------------------------------------------------


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
    warning = f"\n      ⚠ {head.warning}" if head.warning else ""
    return f"{head.id:<32} {stars} {length:>7}  {head.title}{warning}"


# ---- check -----------------------------------------------------------------------------------------------------------


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


# ---- new and schema --------------------------------------------------------------------------------------------------


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
