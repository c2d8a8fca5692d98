"""The export of a conversation, as a fold of its events: a lead keeps it to practise on, somebody else countersigns."""

from __future__ import annotations

from typing import Final

import msgspec

from .envelope import CountersignHeader, ExportHeader
from .events import Countersigned, Exported, ExportEnded, ExportPart, What

MOST_PARTS: Final = 32
"""Pieces of one export, of at most envelope.MAX_BODY bytes each."""


class Export(msgspec.Struct, frozen=True):
    """`id` of the event that begins it, `by` the lead, `at` ms; `parts` of the sealed session, of which `there` are
    stored; `digest` of the whole; `countersigned`: by whom, "" by nobody yet."""

    cid: str
    id: str
    by: str
    at: int
    parts: int
    digest: str = ""
    there: int = 0
    countersigned: str = ""

    @property
    def whole(self) -> bool:
        """Whether all of it is stored."""
        return self.there == self.parts


_export: Final = msgspec.json.Decoder(ExportHeader)
_countersign: Final = msgspec.json.Decoder(CountersignHeader)


def export_header(h: str) -> ExportHeader:
    """Read the header of an export. Raises msgspec.DecodeError."""
    return _export.decode(h)


def countersign_header(h: str) -> CountersignHeader:
    """Read what a second officer has signed. Raises msgspec.DecodeError."""
    return _countersign.decode(h)


def folded(export: Export | None, cid: str, by: str, at: int, what: What) -> Export | None:
    """The export after an event of its conversation; an event that is broken or about another one changes nothing."""
    try:
        match what:
            case Exported(h=h):
                header = export_header(h)
                return Export(cid, header.id, by, at, header.parts, header.digest)
            case ExportPart(export=name, n=n) if export and (name, n) == (export.id, export.there):
                return msgspec.structs.replace(export, there=n + 1)
            case Countersigned(h=h) if export and countersign_header(h).export == export.id:
                return msgspec.structs.replace(export, countersigned=by)
            case ExportEnded():
                return None
    except msgspec.DecodeError:
        pass
    return export


def refusal_of(export: Export | None, by: str, what: What) -> str:
    """Code of the refusal of an event that does not fit what is kept; "" when it fits, or is about something else."""
    match what:
        case ExportPart(export=name, n=n):
            if export is None or (name, by) != (export.id, export.by):
                return "no_export"
            return "" if n == export.there < export.parts else "sequence"
        case Countersigned(h=h):
            header = countersign_header(h)
            if export is None or not export.whole or (header.export, header.digest) != (export.id, export.digest):
                return "no_export"
            if export.countersigned:
                return "state"
            return "not_yours" if by == export.by else ""
        case ExportEnded():
            return "" if export else "no_export"
    return ""
