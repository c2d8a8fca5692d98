"""A lead's work on one conversation that is kept to practise on: what is decided of each thing that could tell who she
is. Knows no widget; in memory only, and dropped when she erases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from officer_console.locale import _
from officer_console.model.said import Span, fold
from officer_console.model.text import displayable, one_line
from officer_console.model.transcript import Line
from officer_console.practice.exporting import About, exported, texts
from officer_console.practice.redaction import Decision, Proposal, proposals, remaining

AROUND: Final = 160
"""Characters on each side of words that are shown where they stand."""
_number: Final = re.compile(r"\d+(?=\]$)")


class Item(NamedTuple):
    """Words to decide about. `kind` as in practice.redaction, "" when the lead added them; `mark`: what is proposed
    to stand there."""

    text: str
    kind: str
    mark: str


class Place(NamedTuple):
    """Where words stand: a part of a text, displayable, and where in it they are."""

    text: str
    span: Span


class Form(NamedTuple):
    """What the lead says of it, as it is typed."""

    name: str = ""
    title: str = ""
    gist: str = ""
    warning: str = ""
    difficulty: str = "2"


class Work:
    """Of one conversation. `at`: the item that is looked at. `begun`: what is typed for an item and not taken yet."""

    def __init__(self, language: str, lines: Sequence[Line]) -> None:
        """Raises UserError when the transcript is not whole."""
        self.language = "en" if language == "en" else "fr"
        self.form = Form()
        self.at = 0
        self.begun: dict[str, str] = {}
        self._added: list[Item] = []
        self._marks: dict[str, str] = {}  # folded words -> the mark proposed for them: the same for as long as it lasts
        self._decided: dict[str, Decision] = {}
        self.renew(lines)

    def renew(self, lines: Sequence[Line]) -> None:
        """The conversation as it is now; what is decided stays decided. Raises UserError as above."""
        self.texts = texts(lines)
        self.lines = list(lines)
        self.found: list[Proposal] = proposals(self.texts, self.language)  # type: ignore[arg-type]
        self.items = [Item(each.text, each.kind, self._mark(each.text, each.mark)) for each in self.found]
        self.items += self._added
        self.at = min(self.at, max(0, len(self.items) - 1))

    # ---- deciding ----

    @property
    def item(self) -> Item | None:
        """The one that is looked at; None when nothing was found."""
        return self.items[self.at] if self.items else None

    @property
    def done(self) -> int:
        """How many are decided."""
        return sum(fold(item.text) in self._decided for item in self.items)

    @property
    def whole(self) -> bool:
        """Whether all are decided."""
        return self.done == len(self.items)

    def decision(self, item: Item) -> Decision | None:
        return self._decided.get(fold(item.text))

    def decide(self, mark: str | None) -> None:
        """The words of the item that is looked at become `mark`; None: they stay. Goes on to the next undecided."""
        if self.item is None:
            return
        self._decided[fold(self.item.text)] = Decision(self.item.text, mark)
        self.begun.pop(self.item.text, None)
        later = [*range(self.at + 1, len(self.items)), *range(self.at)]
        self.at = next((n for n in later if self.decision(self.items[n]) is None), self.at)

    def go(self, way: int) -> None:
        """To the item before (-1) or after (1), if there is one."""
        self.at = min(max(0, self.at + way), max(0, len(self.items) - 1))

    def add(self, words: str) -> str:
        """Take out words that were not found, too; gives why not, or ""."""
        words = words.strip()
        if any(fold(item.text) == fold(words) for item in self.items):
            self.at = next(n for n, item in enumerate(self.items) if fold(item.text) == fold(words))
            return _("“{words}” stands in the list already.").format(words=one_line(words, 60))
        mark = self._mark(words, f"[{_word(self.language)} 1]")
        if not remaining(self.texts, [Decision(words, mark)]):
            del self._marks[fold(words)]
            return _("“{words}” stands nowhere: type it exactly as she wrote it.").format(words=one_line(words, 60))
        self._added.append(Item(words, "", mark))
        self.items.append(self._added[-1])
        self._decided[fold(words)] = Decision(words, mark)
        return ""

    def places(self, item: Item) -> list[Place]:
        """Where its words stand."""
        found = _whole(item.text)
        shown = (displayable(text) for text in self.texts)
        return [_cut(text, match.span()) for text in shown for match in found.finditer(fold(text))]

    def _mark(self, words: str, wanted: str) -> str:
        """A mark that no other words have."""
        key, number = fold(words), int((_number.search(wanted) or ["1"])[0])
        if key not in self._marks:
            while (mark := _number.sub(str(number), wanted)) in self._marks.values():
                number += 1
            self._marks[key] = mark
        return self._marks[key]

    # ---- what comes of it ----

    @property
    def decisions(self) -> list[Decision]:
        """Of all items; of one that is not decided, as it is proposed."""
        return [self.decision(item) or Decision(item.text, item.mark) for item in self.items]

    @property
    def kept(self) -> int:
        """How many stay as they are."""
        return sum(each.mark is None for each in self.decisions)

    def session(self, consent: str, by: str, form: Form | None = None) -> bytes:
        """The session, redacted by `by`. Raises UserError and SessionError as practice.exporting.exported."""
        form = form or self.form
        about = About(
            name=form.name, language=self.language, title=form.title, gist=form.gist, warning=form.warning,  # type: ignore[arg-type]
            difficulty=int(form.difficulty), consent=consent, redacted_by=by,
        )  # fmt: skip
        return exported(self.lines, self.found, self.decisions, about)


def _word(language: str) -> str:
    """The mark of words that were added, in the language of the conversation."""
    return "word" if language == "en" else "mot"


def _whole(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(fold(displayable(words)))}(?!\w)")


def _cut(text: str, span: Span) -> Place:
    """The words with what is around them, on one line."""
    start, end = max(0, span[0] - AROUND), min(len(text), span[1] + AROUND)
    before, after = ("… " if start else ""), (" …" if end < len(text) else "")
    flat = text[start:end].replace("\n", " ")
    return Place(f"{before}{flat}{after}", (span[0] - start + len(before), span[1] - start + len(before)))
