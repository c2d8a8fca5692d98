"""Lexicons as files: the ones that come with the program, and a station's own over them.

A row that can't be used is left out and told, in one report, with its file, its id and the reason; the others work.

UserError
└── LexiconError  every problem of a station's file that keeps it from being read at all
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import msgspec

from officer_console import paths
from officer_console.errors import UserError, did_you_mean, nearest, reason
from officer_console.locale import N_, _, ngettext
from officer_console.model.lexicon import Lexicon, Refused, Row, Source, merged
from officer_console.model.signals import SIGNALS
from officer_console.model.text import one_line

LANGUAGES: Final = ("fr", "en")
MOST_BYTES: Final = 4 * 2**20
SHOWN: Final = 200

_FIELDS = [field.name for field in msgspec.structs.fields(Row)]

REASONS: Final = {
    "bracket": N_("a bracket is missing or too many: {detail}"),
    "but": N_("!(…) takes single whole words"),
    "circle": N_("its classes name each other in a circle"),
    "class": N_("there is no such class: {detail}"),
    "deep": N_("its brackets or classes are nested too deep"),
    "empty": N_("says nothing: at least one word must be there"),
    "gap": N_("a gap is of 1 to 12 words, not {detail}"),
    "guard": N_("there is no such guard: {detail}"),
    "here": N_("a guard has exactly one %, for the words that were found: {detail}"),
    "letter": N_("{detail} has no meaning in a pattern"),
    "long": N_("finds more than 40 words"),
    "many": N_("has more than {detail} places; split the row"),
    "stem": N_("{detail}: the star stands at the end of three letters or more"),
    "signal": N_("must be one of the signals, not {detail}"),
    "which": N_("must have one of signal, mark or cancels"),
    "row": N_("{detail}"),
    "verb": N_("the verb {detail} follows no rule; write its forms under [irregular]"),
}
"""Kind of a refusal -> words for it."""


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong in a lexicon's file."""

    file: str
    row: str
    reason: str

    def __str__(self) -> str:
        """As one line."""
        return ": ".join(one_line(part, 300) for part in (self.file, self.row, self.reason) if part)


class LexiconError(UserError):
    """The problems of lexicon files, in one report."""

    def __init__(self, problems: list[Problem]) -> None:
        head = ngettext("the lexicon has a problem:", "the lexicons have {n} problems:", len(problems))
        told = [str(problem) for problem in problems[:SHOWN]]
        super().__init__("\n  ".join([head.format(n=len(problems)), *told]))
        self.problems = problems


class Loaded(msgspec.Struct, frozen=True):
    """Lexicons ready to be used, and what of the station's files was refused."""

    lexicons: tuple[Lexicon, ...]
    problems: tuple[Problem, ...] = ()


def load(folder: Path | None = None) -> Loaded:
    """The lexicons of every language, with the station's `lexicons/fr.toml` in `folder` over them (by default the one
    beside config.toml). Never fails on a station's file; takes about 2 s."""
    where = (folder or paths.config_dir()) / "lexicons"
    problems: list[Problem] = []
    lexicons = tuple(_lexicon(language, where / f"{language}.toml", problems) for language in LANGUAGES)
    return Loaded(lexicons, tuple(problems))


@cache
def shipped(language: str) -> Source:
    """The source that comes with the program."""
    text = resources.files("officer_console.client").joinpath("lexicons", f"{language}.toml").read_text("utf-8")
    return _source(tomllib.loads(text), language, "", [])[0]


def _lexicon(language: str, file: Path, problems: list[Problem]) -> Lexicon:
    base = shipped(language)
    told = str(file)
    own, off = _source(_read(file, problems), language, told, problems)
    known = {row.id for row in base.rows}
    for row in off:
        if row not in known:
            problems.append(
                Problem(told, row, _("there is no such row to switch off") + did_you_mean(nearest(row, known)))
            )
    lexicon = Lexicon(merged(base, own, off))
    problems.extend(Problem(told, one.row, _why(one)) for one in lexicon.refused)
    return lexicon


def _why(refused: Refused) -> str:
    guess = did_you_mean(nearest(refused.detail, refused.known))
    return _(REASONS[refused.kind]).format(detail=one_line(refused.detail, 60)) + guess


def _read(file: Path, problems: list[Problem]) -> dict[str, Any]:
    """The file's tables; nothing when there is no file, or, with the problem told, when it can't be read."""
    try:
        if file.stat().st_size > MOST_BYTES:
            problems.append(Problem(str(file), "", _("is too large; is it the right file?")))
            return {}
        return tomllib.loads(file.read_text("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        why = _("can't be read: {reason}").format(reason=reason(error))
    except UnicodeDecodeError:
        why = _("is not UTF-8 text")
    except (ValueError, RecursionError) as error:
        why = _("is not TOML: {detail}").format(detail=one_line(str(error), 200))
    problems.append(Problem(str(file), "", why))
    return {}


def _source(data: Mapping[str, Any], language: str, file: str, problems: list[Problem]) -> tuple[Source, list[str]]:
    """What a file says, part by part: one bad part keeps no other from working."""
    good: dict[str, Any] = {"language": language}
    fields = {field.name: field.type for field in msgspec.structs.fields(Source)}
    for name, value in data.items():
        if name in ("row", "off", "language"):
            continue
        if name not in fields or name == "rows":
            guess = did_you_mean(nearest(name, [*fields, "row", "off"]))
            problems.append(Problem(file, name, _("there is no such table") + guess))
        elif (part := _converted(value, fields[name], file, name, problems)) is not None:
            good[name] = part
    good["rows"] = list(_rows(data.get("row", []), file, problems))
    off = _converted(data.get("off", []), list[str], file, "off", problems) or []
    return Source(**good), off


def _converted(value: Any, kind: Any, file: str, row: str, problems: list[Problem]) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        problems.append(Problem(file, row, one_line(str(error), 200)))
        return None


def _rows(tables: Any, file: str, problems: list[Problem]) -> Iterator[Row]:
    for number, table in enumerate(tables if isinstance(tables, list) else [], 1):
        name = str(table.get("id", "")) if isinstance(table, dict) else ""
        told = name or _("row {n}").format(n=number)
        unknown = [key for key in table if key not in _FIELDS] if isinstance(table, dict) else []
        for key in unknown:
            why = _("there is no such field: {name}").format(name=one_line(key, 40))
            problems.append(Problem(file, told, why + did_you_mean(nearest(key, _FIELDS))))
        row = None if unknown else _converted(table, Row, file, told, problems)
        if row is None:
            continue
        if why := _unfit(row):
            problems.append(Problem(file, told, why))
        else:
            yield row


def _unfit(row: Row) -> str:
    signals = [one for one in (row.signal, *row.cancels) if one and one != "all"]
    for one in signals:
        if one not in SIGNALS:
            return _(REASONS["signal"]).format(detail=one_line(one, 40)) + did_you_mean(nearest(one, SIGNALS))
    if sum((bool(row.signal), bool(row.mark), bool(row.cancels))) != 1:
        return _(REASONS["which"])
    return ""
