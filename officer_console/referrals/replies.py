"""Quick replies: prepared texts in several languages, with placeholders. Rows come from TOML and CSV files."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from officer_console.locale import _, ngettext

from . import vocabulary
from .directory import Directory
from .entries import Id, Language, Line, known_names
from .home import Home, shipped_replies
from .phones import found_in, same_line
from .phrases import languages as phrase_languages
from .placeholders import PlaceholderError, parse
from .report import Problem, Row, unreadable
from .tables import MOST_BYTES, named, rows_in, struct_of, told, too_large

TABLE: Final = "template"
MOST_BYTES_OF_ONE: Final = 16_000
"""Of one message (model/bodies.py)."""
LONG: Final = 900
"""Characters from which a reply is too long to be read on a telephone in fear."""
SEPARATORS: Final = ",;\t"
LISTS: Final = ("who", "what", "unreviewed")

_MARKUP = re.compile(
    r"</?[a-z][^<>]*>|\[/?[a-z][a-z0-9 #=_.-]*\]|\]\(|\*\*|(?<!\w)__(?=\w)|&[a-z]{2,8};|&#\d+;|```", re.IGNORECASE
)


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A quick reply. `code` is typed to find it; `who` and `what` say whom and what it is for, empty: all.

    `title` is what lists show, `text` what is sent, each by language; `unreviewed`: languages that no person has read.
    """

    id: Id
    code: Annotated[str, Meta(pattern=r"\A[a-z0-9]{2,8}\Z")]
    moment: Literal["first", "safety", "listening", "law", "referral", "evidence", "complaint", "protection", "ending"]
    author: Line
    reviewed_on: date | None = None
    expires_on: date | None = None
    who: tuple[str, ...] = ()
    what: tuple[str, ...] = ()
    urgency: Literal["red", "amber", "any"] = "any"
    unreviewed: tuple[Language, ...] = ()
    title: Annotated[Mapping[Language, Annotated[str, Meta(min_length=1, max_length=60)]], Meta(min_length=1)]
    text: Annotated[Mapping[Language, Annotated[str, Meta(min_length=1)]], Meta(min_length=1)]

    def title_in(self, language: str) -> str:
        """The title for an officer who reads `language`, in another one when there is none in his."""
        return self.title.get(language) or next(iter(self.title.values()))


def reply_from(table: Mapping[str, Any], row: Row, directory: Directory) -> Reply | None:
    """The row as a `Reply`, or None with every problem told to `row`. Warnings leave it usable."""
    made = struct_of(Reply, table, row)
    if made is None:
        return None
    for name in made.who:
        known_names("who", name, vocabulary.names("audience"), row)
    for name in made.what:
        known_names("what", name, vocabulary.matters(), row)
    for language in {*made.unreviewed} - {*made.text}:
        row.wrong(f"text.{language}", _("is missing, and named in unreviewed"))
    for language in {*made.title} - {*made.text}:
        row.wrong(f"text.{language}", _("is missing, and there is a title in this language"))
    for language, text in made.text.items():
        _check_text(text, f"text.{language}", row, directory)
        if language not in phrase_languages() and "{" in text:
            row.warn(
                f"text.{language}", _("its placeholders are filled in French: there are no phrases in this language")
            )
    for language, title in made.title.items():
        if "\n" in title or _MARKUP.search(title):
            row.wrong(f"title.{language}", _("must be one line of plain text"))
    return made if row.sound else None


def _check_text(text: str, field: str, row: Row, directory: Directory) -> None:
    try:
        pieces = parse(text, directory)
    except PlaceholderError as error:
        row.wrong(field, str(error))
        return
    if markup := _MARKUP.search(text):
        problem = _("contains markup, {text}; it would be read as it stands")
        row.wrong(field, problem.format(text=told(markup[0])))
    if len(text.encode()) > MOST_BYTES_OF_ONE:
        row.wrong(field, _("is longer than one message can be, {n} bytes").format(n=MOST_BYTES_OF_ONE))
    elif len(text) > LONG:
        row.warn(field, _("is long: {n} characters, better at most {most}").format(n=len(text), most=LONG))
    known = directory.numbers()
    for number in (number for piece in pieces if isinstance(piece, str) for number in found_in(piece)):
        if same_line(number) not in known:
            problem = _("the number {number} is not in the directory; use a placeholder, or add a row")
            row.wrong(field, problem.format(number=told(number)))


def load_replies(
    home: Home, directory: Directory, problems: list[Problem], more: Sequence[Path] = ()
) -> dict[str, Reply]:
    """The replies by id: shipped, imported, the station's own, then `more`. What is wrong goes to `problems`.

    A later file overrides a reply whole, by its id; a bad row leaves the earlier one as it was.
    """
    replies: dict[str, Reply] = {}
    for file in (*shipped_replies(), *home.reply_files(), *more):
        for reply in replies_in(file, directory, problems, replies):
            replies[reply.id] = reply
    return replies


def replies_in(
    file: Path, directory: Directory, problems: list[Problem], earlier: Mapping[str, Reply]
) -> Iterator[Reply]:
    """The good replies of one file. `earlier`: those that must not share a code with other ids."""
    tables = csv_tables(file, problems) if file.suffix.lower() == ".csv" else rows_in(file, TABLE, problems)
    codes = {reply.code: reply.id for reply in earlier.values()}
    seen: set[str] = set()
    for number, table in enumerate(tables, start=1):
        row = Row(file, named(table, number), problems)
        reply = reply_from(table, row, directory)
        if reply is None:
            continue
        if reply.id in seen:
            row.wrong("id", _("is the id of an earlier row of this file"))
        if codes.get(reply.code, reply.id) != reply.id:
            row.wrong("code", _("{code} is the code of {id}").format(code=told(reply.code), id=codes[reply.code]))
        if row.sound:
            seen.add(reply.id)
            codes[reply.code] = reply.id
            yield reply


def csv_tables(file: Path, problems: list[Problem]) -> list[dict[str, Any]]:
    """The rows of a CSV file as TOML would give them: columns id, code, moment, author, …, title_fr, text_fr, ….

    Lists are parted by spaces. UTF-8, "," or ";" or tab between fields, the first line names the columns.
    """
    try:
        if file.stat().st_size > MOST_BYTES:
            problems.append(too_large(file, MOST_BYTES))
            return []
        text = file.read_text("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True))
    except csv.Error as error:
        problems.append(Problem(str(file), reason=_("is not CSV: {detail}").format(detail=error)))
        return []
    except (OSError, ValueError) as error:
        problems.append(unreadable(file, error))
        return []
    head, *lines = rows or [[]]
    tables = []
    for number, line in enumerate(lines, start=1):
        if len(line) != len(head) and any(line):
            reason = _("has {n} fields, the first line has {head}").format(n=len(line), head=len(head))
            problems.append(Problem(str(file), _("row {n}").format(n=number), reason=reason))
        elif any(line):
            tables.append(_table(dict(zip(head, line, strict=True))))
    return tables


def _separator(text: str) -> str:
    head = text.partition("\n")[0]
    return max(SEPARATORS, key=head.count)


def _table(line: Mapping[str, str]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for column, value in line.items():
        field, by_language, language = column.strip().partition("_")
        if by_language and field in ("title", "text"):
            if value.strip():
                table.setdefault(field, {})[language] = value.replace("\r\n", "\n")
        elif column.strip() in LISTS:
            table[column.strip()] = value.replace(",", " ").split()
        elif value.strip():
            table[column.strip()] = value.strip()
    return table


def old_replies(replies: Mapping[str, Reply], today: date, file: str) -> Iterator[Problem]:
    """A warning for each reply that is past its date; one for all of an author that nobody has reviewed, whole or in a
    language."""
    for reply in replies.values():
        if reply.expires_on is not None and reply.expires_on < today:
            reason = _("was to be reviewed before {day}").format(day=reply.expires_on)
            yield Problem(file, reply.id, "expires_on", reason, warning=True)
    unread = Counter(reply.author for reply in replies.values() if reply.reviewed_on is None)
    unread_language = Counter(
        (reply.author, language) for reply in replies.values() if reply.reviewed_on for language in reply.unreviewed
    )
    for author, n in unread.items():
        reason = ngettext(
            "no person has reviewed {n} reply of {author}", "no person has reviewed {n} replies of {author}", n
        )
        yield Problem(file, "", "reviewed_on", reason.format(n=n, author=author), warning=True)
    for (author, language), n in unread_language.items():
        reason = ngettext(
            "no person has reviewed {n} reply of {author} in {language}",
            "no person has reviewed {n} replies of {author} in {language}",
            n,
        )
        yield Problem(file, "", "unreviewed", reason.format(n=n, author=author, language=language), warning=True)
