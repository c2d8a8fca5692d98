"""The half of a practice desk that is about talking: taking, writing, noting, closing. See `client.api.Desk`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from officer_console.client.api import Peer
from officer_console.model.bodies import Outcome, Text
from officer_console.model.conversation import State
from officer_console.model.events import Claimed, Closed, Noted, Released, Said
from officer_console.model.text import displayable
from officer_console.model.transcript import Kind, Line
from officer_console.practice.moments import Did, Notes, Replies, Stands, Typing

from .log import Log

MAX_TEXT: Final = 16_000
Read = Callable[[str, str], Replies]
"""(conversation, text) -> the reply with what it does."""


class TalkPart:
    """`did` tells the stage; `reply` looks at what is written."""

    _log: Log
    _did: Callable[[str, Did], None]
    _reply: Read

    def begin_talk(self) -> None:
        """Once, before all else."""
        self._drafts: dict[str, str] = {}

    # ---- what the screens see ----

    def lines(self, cid: str) -> Sequence[Line]:
        return self._log.lines(cid)

    def loading(self, cid: str) -> bool:
        return False

    def peer(self, cid: str) -> Peer:
        return self._log.peers.get(cid, Peer())

    def unread(self, cid: str) -> int:
        return self._log.unread(cid)

    def first_unread(self, cid: str) -> int | None:
        return self._log.first_unread(cid)

    def mark_read(self, cid: str) -> None:
        self._log.mark_read(cid)

    def open(self, cid: str) -> None:
        """Everything is here already."""

    def draft(self, cid: str) -> str:
        return self._drafts.get(cid, "")

    def save_draft(self, cid: str, text: str) -> None:
        self._drafts[cid] = text

    # ---- what the trainee does ----

    def say(self, cid: str, text: str) -> None:
        if not text.strip() or len(text.encode()) > MAX_TEXT:
            raise ValueError("empty or too long")
        self._log.require(cid, "said")
        body = Text(ts=self._log.now(), b=displayable(text))
        self._log.append(cid, self._log.me, Said(), body, Line("", Kind.OFFICER, 0, text=body.b))
        self._drafts.pop(cid, None)
        self._did(cid, self._reply(cid, text))

    def typing(self, cid: str, typing: bool) -> None:
        conversation = self._log.queue.get(cid)
        if typing and conversation and conversation.holder == self._log.me and conversation.state is State.HELD:
            self._did(cid, Typing())

    def claim(self, cid: str) -> None:
        self._log.require(cid, "claimed")
        self._log.append(cid, self._log.me, Claimed(), line=Line("", Kind.CLAIMED, 0))
        self._did(cid, Stands("claimed"))

    def take_next(self) -> str | None:
        first = next(self._log.queue.waiting(), None)
        if first is None:
            return None
        self.claim(first.cid)
        return first.cid

    def release(self, cid: str) -> None:
        self._log.require(cid, "released")
        self._log.append(cid, self._log.me, Released(), line=Line("", Kind.RELEASED, 0))
        self._did(cid, Stands("released"))

    def close_conversation(self, cid: str, outcome: str, remark: str = "") -> None:
        self._log.require(cid, "closed")
        body = Outcome(ts=self._log.now(), b=outcome, remark=remark)
        line = Line("", Kind.CLOSED, 0, text=outcome, remark=displayable(remark))
        self._log.append(cid, self._log.me, Closed(), body, line)
        self._did(cid, Stands("closed", outcome))

    def note(self, cid: str, text: str) -> None:
        if not text.strip() or len(text.encode()) > MAX_TEXT:
            raise ValueError("empty or too long")
        self._log.require(cid, "noted")
        self._log.append(cid, self._log.me, Noted(), line=Line("", Kind.NOTE, 0, text=displayable(text)))
        self._did(cid, Notes(text))
