"""A session's file without what could tell who somebody is: a person decides each proposal, in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from officer_console.errors import UserError, reason
from officer_console.locale import N_, _
from officer_console.model.text import one_line
from officer_console.model.words import words
from officer_console.vault.files import read_file

from .fields import SUFFIX
from .reading import parse
from .redaction import Decision, Proposal, proposals, redacted, remaining

KEEP: Final = "="
"""What is typed to leave words as they are."""
STRUCTURE: Final = words(
    """
    line practice id language difficulty minutes topics origin urgency patrol patrol_after referrals outcomes signal
    field messages message does stands after then inside said unsaid do reply branch end referral state
    outcome how nature
    """
)
"""Fields that name other lines or say one of a few things, or are patterns: no words of anybody."""
OWN: Final = frozenset({"id", "topics", "then", "words"})
"""Fields that name other lines, or are patterns, in words of the author's own."""
KINDS: Final = {
    "email": N_("an address of the internet"), "phone": N_("a telephone number"), "plate": N_("a number plate"),
    "place": N_("a place"), "postcode": N_("a postcode"), "code": N_("a door code"), "name": N_("a name"),
    "age": N_("an age"), "date": N_("a date"), "time": N_("a time"), "number": N_("a number"),
}  # fmt: skip
Ask = Callable[[str], str]
"""Asks for a line; raises EOFError when none comes."""


class Made(NamedTuple):
    """How many pieces of text were taken out, and which of them still stand in an id or a pattern: only a person can
    change these."""

    taken: int
    left: list[str]


def redact(source: Path, target: Path, ask: Ask) -> Made:
    """Write `target`, made from `source` as was decided. Nothing is written before all is decided. Raises
    UserError, VaultError, SessionError when what comes of it is no session."""
    name = target.name.removesuffix(SUFFIX)
    if target.exists():
        raise UserError(_("{file} is there already").format(file=target))
    data = read_file(source) or b""
    session = parse(data, source.name.removesuffix(SUFFIX))
    rows = [msgspec.json.decode(line) for line in filter(bytes.strip, data.split(b"\n"))]
    _require_no_place(rows)
    texts = [text for row in rows for text in _texts(row)]
    decisions = decide(proposals(texts, session.head.language), texts, ask)
    written = iter(redacted(texts, (), decisions))
    made = [_replaced(row, written) for row in rows]
    made[0]["id"] = name
    lines = b"".join(msgspec.json.encode(_on_the_second(row)) + b"\n" for row in made)
    parse(lines, name)
    _write(target, lines)
    return Made(sum(each.mark is not None for each in decisions), remaining(_own_names(made), decisions))


def decide(found: Sequence[Proposal], texts: Sequence[str], ask: Ask) -> list[Decision]:
    """What is decided of each, then of words that are added. Raises UserError when the answers end before."""
    try:
        decided = [_decided(each, f"{number}/{len(found)}", ask) for number, each in enumerate(found, 1)]
        return [*decided, *_added(texts, ask)]
    except EOFError:
        raise UserError(_("not everything is decided: nothing was written")) from None


def _decided(found: Proposal, count: str, ask: Ask) -> Decision:
    told = _(
        "{count}  {kind}: “{words}”   … {around} …\n  Enter: {mark}   {keep}: leave it   or type what stands there: "
    )
    answer = ask(
        told.format(
            count=count, kind=_(KINDS[found.kind]), words=one_line(found.text, 200), around=one_line(found.shown, 300),
            mark=found.mark, keep=KEEP,
        )
    ).strip()  # fmt: skip
    return Decision(found.text, None if answer == KEEP else answer or found.mark)


def _added(texts: Sequence[str], ask: Ask) -> Iterator[Decision]:
    number, word = 0, _("word")
    while words := ask(_("Other words to take out, exactly as they stand there (Enter: no more): ")).strip():
        number += 1
        decision = Decision(words, f"[{word} {number}]")
        if remaining(texts, [decision]):
            yield decision
        else:
            ask(_("“{words}” stands nowhere. Enter goes on.").format(words=one_line(words, 100)))


# ---- the lines ---------------------------------------------------------------------------------------------------


def _names_only(value: Any, field: str) -> bool:
    """Whether nobody's words are in it; `words` in a list are patterns."""
    return (field in STRUCTURE and not isinstance(value, dict)) or (field == "words" and isinstance(value, list))


def _texts(value: Any, field: str = "") -> Iterator[str]:
    """The words in a line, in order."""
    if _names_only(value, field):
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _texts(each, name)


def _replaced(value: Any, written: Iterator[str], field: str = "") -> Any:
    """A line with the next words of `written` in place of its own; goes as `_texts`."""
    if _names_only(value, field):
        return value
    if isinstance(value, str):
        return next(written)
    if isinstance(value, list):
        return [_replaced(each, written) for each in value]
    if isinstance(value, dict):
        return {name: _replaced(each, written, name) for name, each in value.items()}
    return value


def _own_names(value: Any, field: str = "") -> Iterator[str]:
    """Names that the author of a session gave, and patterns."""
    if isinstance(value, str) and field in OWN:
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _own_names(each, field)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _own_names(each, name)


def _require_no_place(rows: Sequence[Any]) -> None:
    """A position can't be redacted by words. Raises UserError."""
    for number, row in enumerate(rows, 1):
        if _has_place(row):
            told = _("row {n} holds a position: write another one there by hand, or take it out, then begin again")
            raise UserError(told.format(n=number))


def _has_place(value: Any) -> bool:
    if isinstance(value, dict):
        return "lat" in value or bool(value.get("point")) or any(map(_has_place, value.values()))
    return isinstance(value, list) and any(map(_has_place, value))


def _on_the_second(row: dict[str, Any]) -> dict[str, Any]:
    """Exact moments could be found again in a log."""
    return row | {"at": round(row["at"] / 1000) * 1000} if "at" in row else row


def _write(target: Path, data: bytes) -> None:
    try:
        with target.open("xb") as out:
            out.write(data)
    except OSError as error:
        raise UserError(_("{file} can't be written: {reason}").format(file=target, reason=reason(error))) from error
