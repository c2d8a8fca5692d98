"""What in a text could tell who somebody is or where: proposed, never taken out by itself. A person decides each, and
adds what was not found; nothing comes out while one is undecided.

Pure. Finds too much rather than too little: what is kept costs one key, what is missed can't be called back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from officer_console.model import doors, places, towns
from officer_console.model.said import Said, Span, fold, said_of
from officer_console.model.transcript import Kind as LineKind
from officer_console.model.transcript import Line

from .redaction_words import AGE, AT_START, CALLED, DAYS, FIRST_NAMES, MONTHS, SHORTENED, TITLES, TOWNS, VERBS

Kind = Literal["email", "phone", "plate", "place", "postcode", "code", "name", "age", "date", "time", "number"]
MARKS: Final[Mapping[str, Mapping[Kind, str]]] = {
    "fr": {
        "email": "mail", "phone": "tél", "plate": "plaque", "place": "lieu", "postcode": "cp", "code": "code",
        "name": "nom", "age": "âge", "date": "date", "time": "heure", "number": "nombre",
    },
    "en": {
        "email": "mail", "phone": "tel", "plate": "plate", "place": "place", "postcode": "pc", "code": "code",
        "name": "name", "age": "age", "date": "date", "time": "time", "number": "number",
    },
}  # fmt: skip
"""What stands in place of each kind, with a number: two of one number are the same person, place, …"""


SHORTEST: Final = 3
"""Letters of a part of a name that is looked for by itself."""


class Proposal(NamedTuple):
    """`text` as it was found first, `shown`: the words around it, `mark`: what would stand in its place."""

    text: str
    kind: Kind
    shown: str
    mark: str


class Decision(NamedTuple):
    """About a proposal, or about words that the person added. `mark` None: they stay."""

    text: str
    mark: str | None


class Undecided(ValueError):
    """Not every proposal has a decision; `args` are the texts."""


def proposals(texts: Sequence[str], language: Literal["fr", "en"]) -> list[Proposal]:
    """All that is found, in the order of the texts; the same words once, whatever their accents and capitals."""
    found: dict[str, Proposal] = {}
    counts: dict[Kind, int] = {}
    spans = [_spans(text, language) for text in texts]
    known = _parts_of_names(texts, spans)
    for text, first in zip(texts, spans, strict=True):
        for kind, span in _with_parts(text, first, known):
            words = text[slice(*span)]
            if fold(words) not in found:
                counts[kind] = counts.get(kind, 0) + 1
                mark = f"[{MARKS[language][kind]} {counts[kind]}]"
                found[fold(words)] = Proposal(words, kind, _around(text, span), mark)
    return list(found.values())


def redacted(texts: Sequence[str], found: Iterable[Proposal], decisions: Sequence[Decision]) -> list[str]:
    """The texts as they were decided. Raises Undecided."""
    decided = {fold(decision.text) for decision in decisions}
    if missing := [each.text for each in found if fold(each.text) not in decided]:
        raise Undecided(*missing)
    marks = {fold(each.text): each.mark for each in decisions if each.mark is not None and each.text.strip()}
    replace = _replacing(marks)
    return [replace(text) for text in texts]


def remaining(texts: Iterable[str], decisions: Sequence[Decision]) -> list[str]:
    """Which of the words that were taken out still stand in texts, as whole words, spelled in any way."""
    gone = {fold(each.text): each.text for each in decisions if each.mark is not None and each.text.strip()}
    if not gone:
        return []
    pattern = _whole(gone)
    marks = sorted({each.mark for each in decisions if each.mark and _is_mark(each.mark)}, key=len, reverse=True)
    bare = [_without(text, marks) for text in texts]
    stands = {match[0] for text in bare for match in pattern.finditer(fold(text))}
    return [gone[each] for each in gone if each in stands]


_is_mark: Final = re.compile(r"\[[^\W\d_]+ \d+\]").fullmatch


def _without(text: str, marks: Sequence[str]) -> str:
    for mark in marks:
        text = text.replace(mark, "\n")
    return text


# ---- replacing ---------------------------------------------------------------------------------------------------


def _whole(folded: Iterable[str]) -> re.Pattern[str]:
    """Any of these as whole words, the longest first."""
    longest_first = sorted(folded, key=lambda each: (-len(each), each))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def _replacing(marks: Mapping[str, str]) -> Callable[[str], str]:
    if not marks:
        return lambda text: text
    pattern = _whole(marks)

    def replace(text: str) -> str:
        parts, at = [], 0
        for match in pattern.finditer(fold(text)):
            parts += [text[at : match.start()], marks[match[0]]]
            at = match.end()
        return "".join([*parts, text[at:]])

    return replace


def _around(text: str, span: Span) -> str:
    start, end = max(0, span[0] - 40), span[1] + 40
    return " ".join(text[start:end].split())


# ---- finding -----------------------------------------------------------------------------------------------------

_FLAGS: Final = re.ASCII
_MONTH: Final = "|".join(sorted(MONTHS))
_DAY: Final = "|".join(sorted(DAYS))
_PATTERNS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("email", re.compile(r"[a-z0-9._%+-]{1,64}@[a-z0-9.-]{1,80}[a-z0-9]|(?:https?://|www\.)[^\s<>\"]{1,200}"
                         r"|(?<!\w)@[a-z0-9_.]{2,30}", _FLAGS)),
    ("place", re.compile(r"(?<![\w.,])[+-]?\d{1,3}(?:[.,]\d{4,15}|° ?\d{1,2}(?: ?['′] ?\d{1,2})?)(?!\w)", _FLAGS)),
    ("phone", re.compile(r"(?<![\w+])(?:\+|00)?\(?\d(?:[ ./()-]{0,2}\d){8,14}(?!\w)", _FLAGS)),
    ("plate", re.compile(r"(?<!\w)(?:[a-z]{2}[ -]?\d{3}[ -]?[a-z]{2}|\d{1,4} ?[a-z]{2,3} ?\d{2}"
                         r"|[a-z]{2}\d{2} ?[a-z]{3})(?!\w)", _FLAGS)),
    ("date", re.compile(
        rf"(?<!\w)(?:(?:(?:{_DAY}) )?\d{{1,2}}(?:er|st|nd|rd|th)?(?: of)? (?:{_MONTH})(?:,? \d{{4}})?"
        rf"|(?:{_MONTH}) \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?|(?:{_MONTH}) \d{{4}}"
        rf"|\d{{1,2}}[/.-]\d{{1,2}}(?:[/.-]\d{{2,4}})?|\d{{4}}-\d{{2}}-\d{{2}}|(?:19|20)\d\d"
        rf"|(?:{_DAY}))(?!\w)", _FLAGS)),
    ("time", re.compile(r"(?<!\w)(?:\d{1,2} ?h(?: ?\d{2})?|\d{1,2}:\d{2}(?: ?[ap]m)?|\d{1,2} ?[ap]m"
                        r"|\d{1,2} heures?(?: \d{2})?)(?!\w)", _FLAGS)),
    ("age", re.compile(rf"(?<!\w)\d{{1,3}} (?:{'|'.join(AGE)})(?!\w)|(?<=aged )\d{{1,3}}(?!\w)", _FLAGS)),
    ("name", re.compile(rf"(?<![\w'])(?:{'|'.join(TITLES)})\.? [a-z][a-z'-]{{1,30}}"
                        r"(?: [a-z][a-z'-]{1,30})?", _FLAGS)),
    ("number", re.compile(r"(?<![\w.,])\d{3,20}(?!\w)", _FLAGS)),
)  # fmt: skip
_FIRST: Final = 4
"""How many of them are looked for before addresses."""
_called: Final = re.compile(rf"(?<!\w)(?:{'|'.join(CALLED)}) (?P<name>[a-z][a-z'-]{{1,30}})", _FLAGS)
_word: Final = re.compile(r"(?<![\w'’-])[^\W\d_][^\W\d_'’-]*(?:[-'’][^\W\d_]+)*")
_capital_run: Final = re.compile(r"(?<!\w)[^\W\d_a-zà-ÿ][\w'’-]*(?: [^\W\d_a-zà-ÿ][\w'’-]*)*")
_sentence_start: Final = re.compile(r"(?:^|[.!?…:;\n«»\"(]|- )\s*$")


def _spans(text: str, language: str) -> list[tuple[Kind, Span]]:
    """What is found, in order, none within another: the first way of finding it counts."""
    said = said_of([Line("t", LineKind.VISITOR, 0, text=text)])
    return _apart(text, (*_written(said.folded), *_placed(said, language), *_names(text)))


def _apart(text: str, spans: Iterable[tuple[Kind, Span]]) -> list[tuple[Kind, Span]]:
    taken: list[tuple[Kind, Span]] = []
    for kind, span in spans:
        start, end = _trimmed(text, span)
        if start < end and all(end <= there[0] or there[1] <= start for _kind, there in taken):
            taken.append((kind, (start, end)))
    return sorted(taken, key=lambda each: each[1])


def _parts_of_names(texts: Sequence[str], spans: Sequence[Sequence[tuple[Kind, Span]]]) -> frozenset[str]:
    """The words of names that were found: elsewhere the same person is called by one of them, in small letters."""
    found = ((text, span) for text, each in zip(texts, spans, strict=True) for kind, span in each if kind == "name")
    names = [text[slice(*span)] for text, span in found if not _begins_only(text, span)]
    words = {match[0] for name in names for match in _word.finditer(fold(name)) if len(match[0]) >= SHORTEST}
    return frozenset(words - AT_START - set(TITLES))


def _begins_only(text: str, span: Span) -> bool:
    """Whether it is one unknown word that begins a sentence: it may be any word."""
    word = text[slice(*span)]
    known = " " in word or fold(word) in FIRST_NAMES
    return not known and bool(_sentence_start.search(text[: span[0]]))


def _with_parts(text: str, first: Sequence[tuple[Kind, Span]], known: frozenset[str]) -> list[tuple[Kind, Span]]:
    parts: list[tuple[Kind, Span]] = [("name", m.span()) for m in _word.finditer(fold(text)) if m[0] in known]
    return _apart(text, [*first, *parts])


def _written(folded: str) -> Iterator[tuple[Kind, Span]]:
    """What is told by how it is written; a plain number last of all, after the places that it can belong to."""
    for kind, pattern in _PATTERNS[:_FIRST]:
        yield from ((kind, match.span()) for match in pattern.finditer(folded))


def _placed(said: Said, language: str) -> Iterator[tuple[Kind, Span]]:
    """Addresses and what belongs to them, as the patrol panel finds them; then the rest of what is written."""
    english = language == "en"
    streets = places.streets(said, english=english)
    codes = doors.codes(said)
    postcodes = towns.postcodes(said, streets, codes)
    yield from (("place", street.span) for street in streets)
    yield from (("postcode", span) for span in postcodes)
    yield from (("place", span) for span in towns.cities(said, streets, postcodes, english=english))
    yield from (("code", span) for span in codes)
    yield from (("place", span) for span in doors.floors(said))
    yield from (("place", match.span()) for match in _word.finditer(said.folded) if match[0] in TOWNS)
    for kind, pattern in _PATTERNS[_FIRST:]:
        yield from ((kind, match.span()) for match in pattern.finditer(said.folded))


def _names(text: str) -> Iterator[tuple[Kind, Span]]:
    """Words said to be names, names that are known, and what is written with a capital inside a sentence."""
    folded = fold(text)
    yield from (("name", match.span("name")) for match in _called.finditer(folded))
    for match in _capital_run.finditer(text):
        start = match.start()
        if _sentence_start.search(text[:start]):
            start = _after_first(match, folded)
        if start < match.end() and not _says_nothing(folded[start : match.end()]):
            yield "name", (start, match.end())
            words = _word.finditer(text, start, match.end())  # of a run that is something else in part
            yield from (("name", word.span()) for word in words if not _says_nothing(fold(word[0])))
    yield from (("name", match.span()) for match in _word.finditer(folded) if match[0] in FIRST_NAMES)


def _says_nothing(folded: str) -> bool:
    """Whether it is one of the words that everybody uses, shortened or not."""
    end = next((end for end in SHORTENED if folded.endswith(end)), "")
    return folded in AT_START or folded.removesuffix(end) in AT_START


def _after_first(match: re.Match[str], folded: str) -> int:
    """Where the name starts in a run of capitals at the start of a sentence, whose first word has one anyhow."""
    first, _space, rest = folded[match.start() : match.end()].partition(" ")
    if not _says_nothing(first) and (rest or not first.endswith(VERBS)):
        return match.start()
    return match.start() + len(first) + 1 if rest else match.end()


def _trimmed(text: str, span: Span) -> Span:
    start, end = span[0], min(span[1], len(text))
    while start < end and not text[start].isalnum() and text[start] not in "+@(":
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return start, end
