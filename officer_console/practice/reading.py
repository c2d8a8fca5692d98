"""From a file to a session: every line is read, every problem is told with its line, and with one nothing runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple

import msgspec

from officer_console.errors import UserError, reason
from officer_console.locale import _

from .fields import MOST_BYTES, MOST_LINE, MOST_LINES, SUFFIX, VERSION
from .format import RECORDED, Branch, Cue, Deed, End, Fact, Head, Line, TrueSignal, Truth, read_line
from .problems import SHOWN, Problem, SessionError
from .session import Session


class Numbered(NamedTuple):
    """A line and its number in the file, from 1."""

    number: int
    line: Line


class _Peek(msgspec.Struct, frozen=True):
    """As much of a line as tells what kind of file it is."""

    practice: int | None = None
    cid: str | None = None
    seq: int | None = None


_peek: Final = msgspec.json.Decoder(_Peek)
Wrong = tuple[int, str]
"""Line and reason."""
Kept = Literal["file", "sealed", "unsigned"]
"""Where a session comes from: a file, or a seal that was opened; "unsigned": nobody has countersigned it yet."""


def read_file(path: Path) -> Session:
    """The session of a file. Raises SessionError with every problem, UserError when the file can't be read."""
    session, problems = look(path)
    if session is None or problems:
        raise SessionError(problems)
    return session


def look(path: Path) -> tuple[Session | None, list[Problem]]:
    """The session of a file, if there is one, and every problem. Raises UserError when the file can't be read."""
    from .check import wrong_of

    file = str(path)
    found, session = _session_of(_bytes(path), path.name.removesuffix(SUFFIX))
    wrong = found.wrong
    if session is not None:
        wrong = [*wrong, *wrong_of(session, found.lines)]
    problems = sorted({Problem(file, line, why) for line, why in wrong}, key=lambda each: (each.line, each.reason))
    return (None if problems else session), problems[:SHOWN]


def examine(path: Path, referrals: Collection[str] = ()) -> list[Problem]:
    """Every problem of a file, also those that only playing shows. Raises UserError when it can't be read."""
    from .thorough import unfit

    session, problems = look(path)
    if session is None:
        return problems
    lines = _lines(_bytes(path)).lines
    return [Problem(str(path), number, why) for number, why in unfit(session, lines, referrals)][:SHOWN]


def parse(data: bytes, name: str = "", *, live: bool = False, countersigned: bool = True) -> Session:
    """The session of a file's bytes; with `live` that of a real conversation, as it came out of its seal, and no other.
    `countersigned` False: before somebody has. Raises SessionError."""
    from .check import wrong_of

    kept: Kept = "file" if not live else "sealed" if countersigned else "unsigned"
    found, session = _session_of(data, name, kept)
    wrong = [*found.wrong, *(wrong_of(session, found.lines) if session else ())]
    if session is None or wrong:
        raise SessionError([Problem(name or _("session"), line, why) for line, why in wrong[:SHOWN]])
    return session


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            told = _("{file} has more than {n} MiB: a session is smaller")
            raise UserError(told.format(file=path, n=MOST_BYTES >> 20))
        return path.read_bytes()
    except OSError as error:
        raise UserError(_("{file} can't be read: {reason}").format(file=path, reason=reason(error))) from error


class _Found(NamedTuple):
    lines: list[Numbered]
    wrong: list[Wrong]


def _session_of(data: bytes, name: str, kept: Kept = "file") -> tuple[_Found, Session | None]:
    refused = list(_refused(data))
    found = _Found([], refused) if refused else _lines(data)
    found.wrong.extend(_of_kinds(found.lines, name, kept) if not refused else ())
    heads = _of(found.lines, Head)
    truths = _of(found.lines, Truth)
    return found, _assembled(found.lines, heads[0], truths[0]) if heads and truths else None


def _refused(data: bytes) -> Iterator[Wrong]:
    """What makes the whole file unfit, found without reading all of it."""
    first, _end, _rest = data.partition(b"\n")
    count = data.count(b"\n") + (not data.endswith(b"\n"))
    if not data.strip():
        yield 0, _("the file is empty")
        return
    if count > MOST_LINES:
        yield MOST_LINES + 1, _("a session has at most {n} lines, this file {lines}").format(n=MOST_LINES, lines=count)
        return
    try:
        peek = _peek.decode(first)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return
    if peek.cid is not None or peek.seq is not None:
        yield 1, _("this is the log of a live conversation, not a session: without the visitor's consent none is made")
    elif peek.practice is not None and peek.practice > VERSION:
        told = _("format version {version} is newer than this program, which knows {known}: update the program")
        yield 1, told.format(version=peek.practice, known=VERSION)


def _lines(data: bytes) -> _Found:
    found = _Found([], [])
    for number, written in enumerate(data.split(b"\n"), 1):
        if not written.strip():
            continue
        if len(written) > MOST_LINE:
            found.wrong.append((number, _("the line has more than {n} KiB").format(n=MOST_LINE >> 10)))
            continue
        try:
            found.lines.append(Numbered(number, read_line(written)))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            found.wrong.append((number, _told(error)))
        if len(found.wrong) > SHOWN:
            break
    return found


def _told(error: Exception) -> str:
    if isinstance(error, msgspec.ValidationError):
        return _("is not as the format says: {detail}").format(detail=error)
    return _("is not JSON: {detail}").format(detail=error)


def _of(lines: Iterable[Numbered], kind: type) -> list[Numbered]:
    return [each for each in lines if type(each.line) is kind]


def _of_kinds(lines: Sequence[Numbered], name: str, kept: Kept) -> Iterator[Wrong]:
    """Lines that must be there once."""
    heads, truths = _of(lines, Head), _of(lines, Truth)
    if not heads or lines[0] is not heads[0]:
        yield 1, _("the first line must be the head, a line “session”")
    yield from ((each.number, _("there is a head already")) for each in heads[1:])
    if heads and not truths:
        yield 0, _("there is no line “truth”")
    yield from ((each.number, _("there is a line “truth” already")) for each in truths[1:])
    for number, head in heads[:1]:
        assert isinstance(head, Head)
        yield from ((number, why) for why in _of_head(head, name))
        yield from ((number, why) for why in _of_origin(head, kept))


def _of_head(head: Head, name: str) -> Iterator[str]:
    if head.practice < 1:
        yield _("there is no format version {version}").format(version=head.practice)
    if name and head.id != name:
        yield _("the id is {id}, the file's name {name}: they must be the same").format(id=head.id, name=name)


def _of_origin(head: Head, kept: Kept) -> Iterator[str]:
    """A real conversation is nowhere but in its seal; what comes out of a seal is nothing else."""
    consent = head.consent
    if head.origin != "live":
        if consent is not None:
            yield _("consent belongs to a real conversation, origin “live”")
        if kept != "file":
            yield _("this is no real conversation: its origin is not “live”")
    elif kept == "file":
        told = _("a real conversation is no file: it exists only sealed, and is opened by “{command}”")
        yield told.format(command="officer-console exports practise")
    elif consent is None or not (consent.event.strip() and consent.redacted_by.strip()):
        yield _("a real conversation without the visitor's consent is no session")
    elif kept == "sealed" and not consent.countersigned_by.strip():
        yield _("nobody has countersigned it yet")


def _assembled(lines: Sequence[Numbered], head: Numbered, truth: Numbered) -> Session:
    kinds = {"signals": TrueSignal, "facts": Fact, "deeds": Deed, "ends": End, "cues": Cue, "branches": Branch}
    by_kind: dict[type, list[Line]] = {}
    for _number, line in lines:
        by_kind.setdefault(type(line), []).append(line)
    parts = {name: tuple(by_kind.get(kind, ())) for name, kind in kinds.items()}
    record = tuple(line for _number, line in lines if type(line) in RECORDED)
    return Session(head.line, truth.line, record=record, **parts)  # type: ignore[arg-type]
