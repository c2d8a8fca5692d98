"""The transcripts of conversations, and what is written into them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from officer_console.model.transcript import Line


class Peer(msgspec.Struct, frozen=True):
    """The visitor as the live frames show her now; `read`: how many of the desk's messages her page has shown."""

    typing: bool = False
    here: bool = False
    read: int = 0


class Talk(Protocol):
    """What was said in conversations, what is being written, and who is there."""

    def lines(self, cid: str) -> Sequence[Line]:
        """The transcript; append-only but for own pending lines, whose status changes in place. Empty at first."""
        ...

    def loading(self, cid: str) -> bool:
        """Whether the history of this conversation is still on its way."""
        ...

    def peer(self, cid: str) -> Peer: ...

    def unread(self, cid: str) -> int:
        """Messages of the visitor after the last one that was on this screen."""
        ...

    def first_unread(self, cid: str) -> int | None:
        """Index in `lines` of the first unread one."""
        ...

    def mark_read(self, cid: str) -> None:
        """All lines there are now have been on screen."""
        ...

    def draft(self, cid: str) -> str: ...

    def save_draft(self, cid: str, text: str) -> None:
        """Keep a draft; on disk, sealed, within 300 ms and at the end. When the disk takes nothing it is kept in
        memory, `link.disk` says so, and it is written once the disk takes it."""
        ...

    def say(self, cid: str, text: str) -> None:
        """Write. On disk, sealed, when this returns; the draft is emptied. Raises OSError when the disk takes nothing
        (the draft stays), ValueError when the text is empty or over 16,000 bytes, Refused when rules forbid it or a
        console that has just begun has not all that there was yet."""
        ...

    def ask_consent(self, cid: str) -> None:
        """Ask her whether the conversation may be practised on; what that means, her page says. Raises OSError and
        Refused as `say`; the draft stays."""
        ...

    def consent(self, cid: str) -> str:
        """The event of her consent, "" as long as she has not given it, or has taken it back."""
        ...

    def typing(self, cid: str, typing: bool) -> None: ...

    def note(self, cid: str, text: str) -> None:
        """A note that only the desk reads. Raises as `say`, and Refused("desk_key") when no desk key is in force to
        seal it to."""
        ...
