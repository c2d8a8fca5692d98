"""`officer-console referrals check`, `search` and `import`."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from officer_console.config import Config
from officer_console.errors import UserError
from officer_console.locale import _, language, ngettext
from officer_console.model.text import one_line

from .departments import department_of
from .entries import Referral
from .hits import Filters, Hit
from .home import Home, home
from .import_places import Progress, Summary, import_places
from .import_rows import Taken, import_rows
from .library import Library, check, open_library
from .places import KINDS
from .replies import Reply
from .report import errors
from .told import cost_told, now, opening_of, opening_told, ways_told

WIDTH: Final = 300
FOUND: Final = 10
JSON: Final = ".json"
TABLES: Final = (".toml", ".csv")


def run(args: argparse.Namespace, config: Config) -> int:
    """The subcommand that was asked for. Raises UserError."""
    where = _home(args)
    if args.action == "check":
        return _check(where)
    return _search(args, where) if args.action == "search" else _import(args, where)


def _home(args: argparse.Namespace) -> Home:
    """The station's files are beside the config.toml that is read."""
    usual = home()
    return usual if args.config is None else msgspec.structs.replace(usual, config=args.config.absolute().parent)


def _check(where: Home) -> int:
    problems = check(where, now().date())
    wrong = errors(problems)
    for problem in problems:
        mark = _("warning") if problem.warning else _("error")
        print(f"{mark}: {problem}")
    found = ngettext("{n} error", "{n} errors", len(wrong)).format(n=len(wrong))
    warnings = len(problems) - len(wrong)
    print(found + ", " + ngettext("{n} warning", "{n} warnings", warnings).format(n=warnings))
    return 1 if wrong else 0


def _search(args: argparse.Namespace, where: Home) -> int:
    if args.postcode and not department_of(args.postcode):
        raise UserError(_("{value} is no French postcode").format(value=repr(args.postcode[:20])))
    with contextlib.closing(open_library(where)) as library:
        spoken = getattr(args, "language", None) or ""
        filters = Filters(language="" if spoken == "auto" else spoken, postcode=args.postcode)
        hits = library.search(" ".join(args.words), filters, FOUND)
        for line in _lines(library, hits, args.postcode):
            print(line)
        for problem in errors(library.problems):
            print(problem, file=sys.stderr)
    return 0 if hits else 1


def _lines(library: Library, hits: list[Hit], postcode: str) -> Iterator[str]:
    if not hits:
        yield _("nothing was found")
    for hit in hits:
        yield one_line(_title(hit), WIDTH)
        for detail in filter(None, _details(hit, library, postcode)):
            yield f"    {one_line(detail, WIDTH)}"
    if any(hit.kind == "place" for hit in hits):
        yield _("Places: {source}").format(source=library.quoted)


def _title(hit: Hit) -> str:
    match hit.entry:
        case Referral(name=name, low=True):
            return _("{name} [uncertain: to be checked before it is given]").format(name=name)
        case Reply(code=code) as reply:
            return f"{code}: {reply.title_in(language())}"
        case entry:
            return entry.name


def _details(hit: Hit, library: Library, postcode: str) -> Iterator[str]:
    match hit.entry:
        case Reply() as reply:
            yield library.render(reply, language(), postcode).text
        case Referral() as row:
            yield ways_told(row)
            yield f"{opening_told(opening_of(row, now()), now())}, {cost_told(row)}"
            yield row.note_in(language())
            yield _("last checked on {day}").format(day=row.checked_on) if row.checked_on else _("never checked")
        case place:
            yield ways_told(place)
            yield opening_told(opening_of(place, now()), now()) + (f" ({place.hours_note})" if place.hours_note else "")
    yield hit.why


def _import(args: argparse.Namespace, where: Home) -> int:
    file: Path = args.file
    suffix = file.suffix.lower()
    if suffix in TABLES:
        _print_taken(import_rows(file, where, dry_run=args.dry_run), args)
    elif suffix == JSON:
        with _progress() as progress:
            summary = import_places(file, where, dry_run=args.dry_run, progress=progress)
        _print_summary(summary)
    else:
        problem = _("{file} is neither .json (open directory) nor .toml or .csv (rows, quick replies)")
        raise UserError(problem.format(file=file))
    print(_("Nothing was written: dry run.") if args.dry_run else _("Imported."))
    return 0


def _print_taken(taken: Taken, args: argparse.Namespace) -> None:
    warning = _("warning")
    for problem in taken.warnings:
        print(f"{warning}: {problem}")
    print(_("{new} new, {replaced} replaced").format(new=taken.new, replaced=taken.replaced))


def _print_summary(summary: Summary) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right")
    table.add_column()
    for kind, name in KINDS.items():
        table.add_row(str(summary.taken[kind]), Text(_(name)))
    table.add_row(str(summary.others), Text(_("of other types, not wanted")))
    for why, count in summary.refused.most_common():
        table.add_row(str(count), Text(_("left out: {reason}").format(reason=_(why))))
    Console(highlight=False).print(table)


@contextlib.contextmanager
def _progress() -> Iterator[Progress | None]:
    """A bar on stderr while somebody looks at it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(_("Reading"), total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
