"""One conversation as rows: who wrote is told by place, bar and name, never by colour alone. Knows no widget."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import msgspec
from rich.cells import cell_len

from officer_console.client.api import Desk
from officer_console.console.callback_words import callback_line
from officer_console.console.patrol_words import placed, room_line
from officer_console.console.signal_words import MARK, signal_name
from officer_console.console.times import SECOND, of_day
from officer_console.console.turn_words import TURNS, turn_line
from officer_console.console.widgets.folding import find, fold
from officer_console.console.widgets.rows_pane import Piece, Row
from officer_console.console.widgets.wrapping import Span, fit, guess_height, wrap
from officer_console.console.words import GONE_MARK, LANGUAGE, OUTCOME
from officer_console.locale import N_, _
from officer_console.model.conversation import Visitor
from officer_console.model.text import one_line
from officer_console.model.transcript import Kind, Line, Status

MEASURE: Final = 88
"""Cells of a line of text at most: longer ones are hard to read."""
TIME_WIDTH: Final = 6
NAME_LIMIT: Final = 40
STATUS_GAP: Final = 2


class Look(NamedTuple):
    """How a kind of line looks: cells before the bar, the bar (it stands at every row), the component classes of its
    words and of the name above them."""

    indent: int
    bar: str
    looks: str = ""
    name: str = ""
    bar_after: str = ""  # from the second row on, when it is another


VISITOR: Final = Look(0, "┃ ", "", "transcript--visitor")
MINE: Final = Look(2, "│ ", "", "transcript--officer")
COLLEAGUE: Final = Look(2, "┊ ", "", "transcript--colleague")
NOTE: Final = Look(2, "# ", "transcript--note-words", "transcript--note")
WHISPER: Final = Look(2, "» ", "transcript--note-words", "transcript--note")
EVENT: Final = Look(0, "· ", "transcript--quiet", bar_after="  ")
PRESENCE: Final = Look(0, "", "transcript--presence")
PATROL: Final = Look(0, "▲ ", "transcript--patrol", bar_after="  ")
ROOM: Final = Look(0, "▼ ", "transcript--patrol", bar_after="  ")
SIGNAL: Final = Look(0, f"{MARK} ", "transcript--patrol", bar_after="  ")
TROUBLE: Final = Look(0, "!! ", "transcript--trouble")
LOOKS: Final = {
    Kind.VISITOR: VISITOR,
    Kind.NOTE: NOTE,
    Kind.WHISPER: WHISPER,
    Kind.LEFT: PRESENCE,
    Kind.RETURNED: PRESENCE,
    Kind.MISSING: TROUBLE,
    Kind.REFUSED: TROUBLE,
    Kind.PLACE: VISITOR,
    Kind.CONSENT: VISITOR,
    Kind.PATROL: PATROL,
    Kind.PATROL_CANCELLED: PATROL,
    Kind.PATROL_TOLD: ROOM,
    Kind.SIGNAL: SIGNAL,
}
WRITTEN: Final = frozenset({Kind.VISITOR, Kind.OFFICER, Kind.NOTE, Kind.HELP, Kind.WHISPER})
HEADED: Final = WRITTEN | {Kind.PLACE, Kind.CONSENT}
"""Kinds with the name of who wrote above them."""
OFFICERS: Final = frozenset({Kind.OFFICER, Kind.HELP})
"""What the visitor's page shows of an officer."""
SENT: Final = OFFICERS | {Kind.PATROL, Kind.PATROL_CANCELLED, Kind.CALLBACK}
"""Kinds that tell how far they have come."""

ON_ITS_WAY: Final = frozenset({Status.PENDING, Status.FAILED})
STATUS: Final = {
    Status.PENDING: ("·", N_("not yet stored"), "transcript--pending"),
    Status.STORED: ("✓", N_("stored"), "transcript--quiet"),
    Status.READ: ("✓✓", N_("read"), "transcript--quiet"),
    Status.FAILED: ("✗", N_("NOT SENT, back in the draft"), "transcript--trouble"),
}
NOT_SENT: Final = N_("NOT SENT, back in the panel")
"""Of a patrol request that was refused."""
SENTENCE: Final = {
    Kind.RETURNED: N_("● The visitor is back"),
    Kind.MISSING: N_("Before this, a message is missing, or the visitor saw something else than you. Ask again."),
    Kind.REFUSED: N_("Here is a message that was altered, repeated or moved: it was not opened. Tell a shift lead."),
    Kind.SEALED: N_("A message that you may not read"),
}
MY_DEED: Final = {
    Kind.CLAIMED: N_("You took the conversation"),
    Kind.CLOSED: N_("You closed the conversation"),
    Kind.PATROL: N_("You asked for a patrol"),
    Kind.PATROL_CANCELLED: N_("You cancelled the patrol request"),
    Kind.REFERRED: N_("You gave a referral"),
    Kind.CALLBACK: N_("You asked that she be called back"),
    Kind.SIGNAL: N_("You confirmed a danger signal"),
    Kind.CONSENT_ASKED: N_("You asked whether this conversation may be practised on"),
}
DEED: Final = {
    Kind.CLAIMED: N_("{name} took the conversation"),
    Kind.CLOSED: N_("{name} closed the conversation"),
    Kind.PATROL: N_("{name} asked for a patrol"),
    Kind.PATROL_CANCELLED: N_("{name} cancelled the patrol request"),
    Kind.REFERRED: N_("{name} gave a referral"),
    Kind.CALLBACK: N_("{name} asked that she be called back"),
    Kind.SIGNAL: N_("{name} confirmed a danger signal"),
    Kind.CONSENT_ASKED: N_("{name} asked whether this conversation may be practised on"),
}
CONSENT: Final = {
    "yes": N_("She agrees that this conversation may be practised on"),
    "no": N_("She does not agree that this conversation may be practised on"),
}
LEFT: Final = {
    Visitor.GOODBYE: N_("The visitor said goodbye"),
    Visitor.EXIT: N_("The visitor pressed “leave at once”"),
    Visitor.CLOSED: N_("The visitor closed the page"),
    Visitor.LOST: N_("The visitor's network was lost"),
}
DAYS: Final = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip
MONTHS: Final = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"), N_("August"),
    N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip


class TranscriptRows:
    """`width` in cells; `unread_at` the line before which "New" stands; `needle` what is searched for (folded).
    `name_of`: what a line of the directory is called; `instead`: what stands in a message's place, "" for its words."""

    def __init__(
        self,
        desk: Desk,
        lines: Sequence[Line],
        name_of: Callable[[str], str] = str,
        instead: Callable[[Line], str] = lambda line: "",
    ) -> None:
        self._name_of, self._instead = name_of, instead
        self.lines: list[Line] = []
        self.last_said = -1  # the last message of an officer tells in words how far it has come
        self.width = 0
        self.unread_at: int | None = None
        self.needle = ""
        self.match: tuple[int, Span] | None = None  # the one that was gone to
        self._desk = desk
        self.put(lines)

    def put(self, lines: Sequence[Line]) -> None:
        """These are the lines now."""
        self.lines = list(lines)
        said = (i for i in reversed(range(len(self.lines))) if self.lines[i].kind is Kind.OFFICER)
        self.last_said = next(said, -1)

    def guess(self, index: int) -> int:
        """About how many rows the line takes."""
        return guess_height(self.lines[index].text, self._room(VISITOR))

    def rows(self, index: int) -> list[Row]:
        """The line, with what stands above it."""
        return [*self._above(index), *self._body(index)]

    def words(self, index: int) -> str:
        """What the line says."""
        line = self.lines[index]
        if told := self._instead(line):
            return told
        if line.kind is Kind.REFERRED:
            line = msgspec.structs.replace(line, text=self._name_of(line.text))
        if line.kind is Kind.SIGNAL:
            line = msgspec.structs.replace(line, text=signal_name(line.text))
        return _words(line, self._desk)

    def matches(self, index: int) -> list[Span]:
        """Where the line has what is searched for."""
        words = self.words(index)
        return find(words, fold(words), self.needle) if self.needle else []

    def row_of(self, index: int, place: int) -> int:
        """Which row of the line has the character at `place` of its words."""
        rows = wrap(self.words(index), self._room(self._look(index)))
        return len(self._above(index)) + max(0, sum(start <= place for start, _end in rows) - 1)

    def place_of(self, index: int, row: int) -> int:
        """The first character of a row of the line."""
        rows = wrap(self.words(index), self._room(self._look(index)))
        at = max(0, row - len(self._above(index)))
        return rows[min(at, len(rows) - 1)][0]

    def _above(self, index: int) -> list[Row]:
        line = self.lines[index]
        before = self.lines[index - 1] if index else None
        rows = []
        new_day = before is None or _day(line.at) != _day(before.at)
        if new_day:
            rows.append(self._rule("─", _date(line.at), "transcript--quiet"))
        if index == self.unread_at:
            rows.append(self._rule("═", _("New"), "transcript--new"))
        if line.kind in HEADED and (rows or before is None or _author(before) != _author(line)):
            rows.append(self._heading(line))
        return rows

    def _rule(self, dash: str, words: str, looks: str) -> Row:
        rule = f"{dash * 2} {words} "
        return Row(((rule + dash * max(0, self.width - cell_len(rule)), looks),))

    def _heading(self, line: Line) -> Row:
        look = self._look_of(line)
        name = _("Visitor") if look is VISITOR else self._name(line.who)
        if line.kind is Kind.NOTE:
            name = _("{name}: note, not for the visitor").format(name=name)
        if line.kind is Kind.WHISPER:
            name = _("{name}: aside, the visitor does not see it").format(name=name)
        if line.kind is Kind.HELP:
            name = _("{name}: told by itself when the room accepted").format(name=name)
        left = TIME_WIDTH + look.indent
        return Row(((" " * left, ""), (fit(name, max(0, self.width - left)), look.name)))

    def _name(self, kid: str) -> str:
        return _("You") if kid == self._desk.me else one_line(self._desk.name(kid), NAME_LIMIT)

    def _body(self, index: int) -> list[Row]:
        line, look, words = self.lines[index], self._look(index), self.words(index)
        found = self.matches(index)
        now = self.match[1] if self.match and self.match[0] == index else None
        rows = []
        for number, span in enumerate(wrap(words, self._room(look))):
            bar = look.bar if number == 0 else look.bar_after or look.bar
            said = _marked(words, span, found, now, look.looks)
            rows.append((*_gutter(line if number == 0 else None, look, bar), *said))
        if line.kind in SENT and (line.kind in OFFICERS or line.status in ON_ITS_WAY):
            mark, status, looks = STATUS[line.status]
            status = NOT_SENT if line.kind not in OFFICERS and line.status is Status.FAILED else status
            told = index == self.last_said or line.status in ON_ITS_WAY
            rows = self._with_status(rows, look, (f"{mark} {_(status)}" if told else mark, looks))
        return [Row(pieces) for pieces in rows]

    def _with_status(self, rows: list[tuple[Piece, ...]], look: Look, status: Piece) -> list[tuple[Piece, ...]]:
        """How far a message has come, at the right of its last row or under it."""
        edge = TIME_WIDTH + look.indent + len(look.bar) + self._room(look)
        free = edge - sum(cell_len(text) for text, _looks in rows[-1]) - cell_len(status[0])
        if free >= STATUS_GAP:
            return [*rows[:-1], (*rows[-1], (" " * free, ""), status)]
        return [*rows, ((" " * (edge - cell_len(status[0])), ""), status)]

    def _look(self, index: int) -> Look:
        return self._look_of(self.lines[index])

    def _look_of(self, line: Line) -> Look:
        if line.kind in OFFICERS:
            return MINE if line.who == self._desk.me else COLLEAGUE
        return LOOKS.get(line.kind, EVENT)

    def _room(self, look: Look) -> int:
        """Cells for the words of a row; one stays free beside the scrollbar."""
        return min(MEASURE, self.width - TIME_WIDTH - look.indent - len(look.bar) - 1)


def _words(line: Line, desk: Desk) -> str:
    if line.kind in WRITTEN:
        return line.text
    if line.kind in DEED:
        name = one_line(desk.name(line.who), NAME_LIMIT)
        deed = _(MY_DEED[line.kind]) if line.who == desk.me else _(DEED[line.kind]).format(name=name)
        return _deed(deed, line)
    if line.kind in TURNS:
        return turn_line(line, desk.me, lambda kid: one_line(desk.name(kid), NAME_LIMIT))
    if line.kind is Kind.LEFT:
        how = Visitor(line.text)
        return f"{GONE_MARK[how]} {_(LEFT[how])}"
    return TOLD[line.kind](line) if line.kind in TOLD else _(SENTENCE[line.kind])


def _deed(deed: str, line: Line) -> str:
    if line.kind is Kind.CLOSED:
        return _closed(deed, line)
    if line.kind is Kind.PATROL and line.remark:
        deed = _("{deed}, update").format(deed=deed)
    return ": ".join(filter(None, [deed, line.text]))


def _closed(deed: str, line: Line) -> str:
    outcome = _(OUTCOME[line.text]) if line.text in OUTCOME else line.text
    return "\n".join(filter(None, [": ".join(filter(None, [deed, outcome])), line.remark]))


def _about(line: Line) -> str:
    language, _space, postcode = line.text.partition(" ")
    told = [_("The page is in {language}").format(language=_(LANGUAGE.get(language, language)))]
    return " · ".join([*told, _("postcode {code}").format(code=postcode)] if postcode else told)


TOLD: Final[dict[Kind, Callable[[Line], str]]] = {
    Kind.ABOUT: _about,
    Kind.PLACE: lambda line: _("Her position: {place}").format(place=placed(line.text)),
    Kind.CONSENT: lambda line: _(CONSENT[line.text]),
    Kind.CALLBACK_TOLD: lambda line: callback_line(line.text),
    Kind.PATROL_TOLD: lambda line: room_line(line.remark, line.text),
}


def _gutter(line: Line | None, look: Look, bar: str) -> tuple[Piece, ...]:
    """The time at a line's first row, and the bar."""
    clock = of_day(line.at) if line else ""
    return (f"{clock:<{TIME_WIDTH}}", "transcript--quiet"), (" " * look.indent, ""), (bar, look.looks)


def _marked(words: str, row: Span, found: list[Span], now: Span | None, looks: str) -> tuple[Piece, ...]:
    """A row's words, with what was found in them marked."""
    pieces: list[Piece] = []
    at, end = row
    for match in found:
        start, stop = max(match[0], at), min(match[1], end)
        if start < stop:
            pieces += [(words[at:start], looks), (words[start:stop], _match_looks(match == now))]
            at = stop
    return tuple(piece for piece in (*pieces, (words[at:end], looks)) if piece[0])


def _match_looks(current: bool) -> str:
    return "transcript--match-current" if current else "transcript--match"


def _author(line: Line) -> tuple[Kind, str]:
    return line.kind, line.who


def _day(at: int) -> tuple[int, int]:
    then = time.localtime(at / SECOND)
    return then.tm_year, then.tm_yday


def _date(at: int) -> str:
    then = time.localtime(at / SECOND)
    day, month = _(DAYS[then.tm_wday]), _(MONTHS[then.tm_mon - 1])
    return _("{weekday} {day} {month}").format(weekday=day, day=then.tm_mday, month=month)
