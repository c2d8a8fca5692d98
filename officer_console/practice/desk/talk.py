"""What is said at a practice desk. See `client.api.Talk`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from officer_console.client.api import Peer
from officer_console.model.bodies import Text
from officer_console.model.conversation import State
from officer_console.model.events import Noted, Said
from officer_console.model.text import displayable
from officer_console.model.transcript import Kind, Line
from officer_console.practice.moments import Did, Notes, Replies, Typing
from officer_console.protocol.refusals import Refused

from .log import Log

MAX_TEXT: Final = 16_000
Read = Callable[[str, str], Replies]
"""(conversation, text) -> the reply with what it does."""


class PracticeTalk:
    """`did` tells the stage; `reply` looks at what is written."""

    def __init__(self, log: Log, did: Callable[[str, Did], None], reply: Read) -> None:
        self._log, self._did, self._reply = log, did, reply
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

    def ask_consent(self, cid: str) -> None:
        raise Refused("state")  # nobody real could answer

    def consent(self, cid: str) -> str:
        return ""

    def typing(self, cid: str, typing: bool) -> None:
        conversation = self._log.queue.get(cid)
        if typing and conversation and conversation.holder == self._log.me and conversation.state is State.HELD:
            self._did(cid, Typing())

    def note(self, cid: str, text: str) -> None:
        if not text.strip() or len(text.encode()) > MAX_TEXT:
            raise ValueError("empty or too long")
        self._log.require(cid, "noted")
        self._log.append(cid, self._log.me, Noted(), line=Line("", Kind.NOTE, 0, text=displayable(text)))
        self._did(cid, Notes(text))
