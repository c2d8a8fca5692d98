"""The lines of one conversation: those of the log, and this officer's own that are still on their way."""

from __future__ import annotations

from bisect import bisect_right

import msgspec

from officer_console.model.transcript import Kind, Line, Status


class Transcript:
    """Lines are only ever appended; an own pending line changes where it stands. A new list is a new Transcript."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._at: dict[str, int] = {}  # key -> index
        self._pending: set[str] = set()
        self._visitor: list[tuple[int, int]] = []  # (seq, index) of what the visitor wrote
        self._desk: list[int] = []  # indexes of what the desk wrote, in the log's order
        self._read = 0

    def put(self, line: Line) -> None:
        """A line of the log; it takes the place of its pending one."""
        if line.key in self._pending:
            self._pending.discard(line.key)
            index = self._at[line.key]
            self.lines[index] = line
        else:
            index = self._append(line)
        if line.kind is Kind.VISITOR:
            self._visitor.append((line.seq, index))
        elif line.kind in (Kind.OFFICER, Kind.HELP, Kind.CONSENT_ASKED):
            self._desk.append(index)
            if len(self._desk) <= self._read:
                self.lines[index] = msgspec.structs.replace(line, status=Status.READ)

    def pend(self, line: Line) -> None:
        """An own line that the relay has not stored yet."""
        if line.key not in self._at:
            self._pending.add(line.key)
            self._append(line)

    def fail(self, key: str) -> None:
        """A pending line that the relay refused for good."""
        if key in self._pending:
            self._pending.discard(key)
            index = self._at.pop(key)  # its number goes to the next message
            failed = msgspec.structs.replace(self.lines[index], key=f"{key}!{index}", status=Status.FAILED)
            self.lines[index] = failed

    @property
    def has_pending(self) -> bool:
        return bool(self._pending)

    def is_pending(self, key: str) -> bool:
        return key in self._pending

    def read_by_visitor(self, count: int) -> bool:
        """The visitor's page has shown `count` of the desk's messages; gives whether that is news."""
        fresh = self._desk[self._read : count]
        for index in fresh:
            self.lines[index] = msgspec.structs.replace(self.lines[index], status=Status.READ)
        self._read = max(self._read, count)
        return bool(fresh)

    def unread(self, mark: int) -> int:
        """How many messages of the visitor have a `seq` above `mark`."""
        return len(self._visitor) - bisect_right(self._visitor, (mark, len(self.lines)))

    def first_unread(self, mark: int) -> int | None:
        """Index of the first of them."""
        place = bisect_right(self._visitor, (mark, len(self.lines)))
        return self._visitor[place][1] if place < len(self._visitor) else None

    def _append(self, line: Line) -> int:
        if line.key in self._at:  # ids are the authors' own; a relay can show one twice
            line = msgspec.structs.replace(line, key=f"{line.key}@{line.seq}")
        self._at[line.key] = len(self.lines)
        self.lines.append(line)
        return len(self.lines) - 1
