"""A colleague plays the visitor: what he writes comes onto the practice desk, what is answered goes back to him."""

from __future__ import annotations

from typing import Final

from officer_console.client.api import Notice
from officer_console.model.bodies import About, Text
from officer_console.model.envelope import RELAY, VISITOR
from officer_console.model.events import Left, Opened, Returned, Said
from officer_console.model.text import displayable
from officer_console.model.transcript import Kind, Line, Status
from officer_console.practice import format as lines
from officer_console.practice.analysis import read
from officer_console.practice.moments import Did, Replies, Tells
from officer_console.practice.recording import OFFICER, Booth, line_of
from officer_console.practice.recording import VISITOR as HERS

from .desk import PracticeDesk

CID: Final = "practice-recorded"
LOOK_MS: Final = 250
"""How often one looks for what the colleague wrote."""


class Live:
    """See `stage.Stage`."""

    def __init__(self, desk: PracticeDesk, booth: Booth, language: str) -> None:
        self._desk, self._booth, self._language = desk, booth, language
        self._number = 0
        self._here = False
        self._next = 0
        desk.put_on(self, lambda cid, text: Replies(text, read(text, language)))

    def wake_at(self) -> int:
        return self._next

    def advance(self, now: int) -> None:
        self._next = now + LOOK_MS
        for line in self._booth.news(HERS):
            self._put(line)

    def did(self, cid: str, did: Did) -> None:
        self._number += isinstance(did, Replies)
        line = line_of(did, self._booth.at(), self._number)
        if line is not None:
            self._booth.write(OFFICER, line)

    def _put(self, line: lines.Recorded) -> None:
        log = self._desk.log
        if not self._here:
            self._arrive()
        match line:
            case lines.Said(id=id, text=text):
                log.set_status(CID, Status.READ)
                body = Text(ts=log.now(), b=displayable(text))
                log.append(CID, VISITOR, Said(), body, Line(id, Kind.VISITOR, 0, text=body.b))
            case lines.Left(how=how):
                by = RELAY if how == "lost" else VISITOR
                log.append(CID, by, Left(how), line=Line("", Kind.LEFT, 0, text=how))
            case lines.Returned():
                log.append(CID, VISITOR, Returned(), line=Line("", Kind.RETURNED, 0))
            case lines.PatrolTold(state=state, unit=unit, text=text):
                self._desk.patrols.room_tells(CID, Tells(state, unit, text))

    def _arrive(self) -> None:
        self._here = True
        log = self._desk.log
        log.append(CID, VISITOR, Opened(h="", box=""))
        about = About(ts=log.now(), lang="fr" if self._language == "fr" else "en")
        log.append(CID, VISITOR, Said(), about, Line("", Kind.ABOUT, 0, text=about.lang))
        log.announcer.notice(Notice("arrived", CID))
