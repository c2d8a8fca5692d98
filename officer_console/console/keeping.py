"""Keeping a real conversation to practise on: her consent is asked for, then a lead decides of each thing that could
tell who she is, reads what is left, and leaves it with the relay. What is begun stays until it is done or she erases.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from officer_console.console import consenting
from officer_console.console.attempt import attempt
from officer_console.console.export_work import Form, Work
from officer_console.console.keymap import shown
from officer_console.console.usable import may
from officer_console.console.words import Level, Told, refusal
from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.model.rules import may_read
from officer_console.model.text import one_line

if TYPE_CHECKING:
    from textual.screen import Screen

    from officer_console.console.screens.duty import Duty

NAME: Final = 60
SHORT: Final = 6


class Keeping:
    """Made when first asked for, like the others."""

    def __init__(self, duty: Duty) -> None:
        self._duty, self._desk = duty, duty.desk
        self._works: dict[str, Work] = {}

    def press(self, cid: str) -> None:
        """The key: ask her, say how it stands, or go on with keeping it."""
        found = consenting.standing(self._desk, cid)
        if found.answer == "yes":
            return self._agreed(cid, consenting.told(found))
        if found.answer:
            return self._duty.tell(Told(consenting.told(found)))
        if why := self._unread(cid) or consenting.hindrance(self._desk, cid):
            return self._duty.tell(Told(why, Level.WARNING))
        self._ask(cid)

    def forget(self, cid: str) -> None:
        """Nothing of an erased conversation stays here."""
        self._works.pop(cid, None)

    # ---- asking her ----

    def _unread(self, cid: str) -> str:
        """What a lead is told who can't see whether she has agreed."""
        conversation, lead = self._desk.queue.get(cid), self._desk.role == "lead"
        if not lead or conversation is None or may_read(conversation, self._desk.me, "lead"):
            return ""
        return _("To keep it to practise on, read it first: {key}, then R.").format(key=self._key("lead"))

    def _ask(self, cid: str) -> None:
        from officer_console.console.screens.ask import Answer, Ask

        def answered(answer: str | None) -> None:
            if answer != "ask":
                return
            if why := consenting.hindrance(self._desk, cid):  # meanwhile
                return self._duty.tell(Told(why, Level.WARNING))
            if attempt(self._duty.tell, self._desk.talk.ask_consent, cid):
                self._duty.tell(Told(_("She is asked. Her answer stands in the conversation when it comes.")))

        answers = [Answer("no", _("Not now")), Answer("ask", _("Ask her"))]
        title = _("Ask her whether it may be practised on?")
        self._duty.app.push_screen(Ask(title, consenting.question(self._desk, cid), answers), answered)

    def _agreed(self, cid: str, told: str) -> None:
        if self._desk.role != "lead":
            by_lead = _("A shift lead can keep it once it is closed.")
            return self._duty.tell(Told(f"{told} {by_lead}"))
        if not may(self._desk, cid, "exported"):
            closed = _("It can be kept once it is closed.")
            return self._duty.tell(Told(f"{told} {closed}"))
        if self._desk.talk.loading(cid):
            told = _("The conversation is still on its way: try again when all of it is here.")
            return self._duty.tell(Told(told, Level.WARNING))
        self._decide(cid)

    # ---- keeping it ----

    def _decide(self, cid: str) -> None:
        from officer_console.console.screens.redact import Redact

        if self._desk.exports.of(cid):
            self._duty.tell(Told(_("It is kept already: what you keep now takes its place.")))

        work = self._work(cid)
        if work is None:
            return

        def left(answer: str | None) -> None:
            self._duty.cover(False, by="keeping")
            if answer == "read":
                self._read(cid, work)
            elif answer:
                self._gone(cid, answer)

        self._before(Redact(work, lambda: self._hindrance(cid), self._duty.standing), left)

    def _read(self, cid: str, work: Work) -> None:
        """What is left is read whole, and given a title; then it is sent."""
        from officer_console.console.screens.redacted import Redacted

        def left(answer: str | None) -> None:
            self._duty.cover(False, by="keeping")
            if answer == "decide":
                self._decide(cid)
            elif answer:
                self._gone(cid, answer)

        def send(session: bytes) -> str:
            return self._send(cid, session)

        def made() -> bytes:
            desk = self._desk
            return work.session(desk.talk.consent(cid), one_line(desk.name(desk.me), NAME))

        self._before(Redacted(work, made, send, lambda: self._hindrance(cid), self._duty.standing), left)

    def _before(self, screen: Screen[str], left: Callable[[str | None], None]) -> None:
        """Nothing that arrives behind it counts as read: a lead may be at it for long."""
        self._duty.cover(True, by="keeping")
        self._duty.app.push_screen(screen, left)

    def _work(self, cid: str) -> Work | None:
        conversation, lines = self._desk.queue.get(cid), self._desk.talk.lines(cid)
        try:
            if cid in self._works:
                self._works[cid].renew(lines)
            else:
                made = Work(conversation.language if conversation else "fr", lines)
                made.form = Form(name=f"kept-{hashlib.sha256(cid.encode()).hexdigest()[:SHORT]}")
                self._works[cid] = made
        except UserError as error:
            self._duty.tell(Told(str(error), Level.WARNING))
            return None
        return self._works[cid]

    def _hindrance(self, cid: str) -> str:
        """Why it can't be kept any more; "" when it can."""
        if not may(self._desk, cid, "exported"):
            return _("NOT KEPT: the conversation was erased, or she has come back. What you decided is not sent.")
        if not self._desk.talk.consent(cid):
            return _("NOT KEPT: she does not agree any more. Nothing was sent, and what you decided is gone.")
        return ""

    def _gone(self, cid: str, why: str) -> None:
        if not self._desk.talk.consent(cid):
            self.forget(cid)
        self._duty.tell(Told(why, Level.WARNING))

    def _send(self, cid: str, session: bytes) -> str:
        """Why it was not given to the relay, or ""."""
        told: list[Told] = []

        def done(code: str) -> None:
            if code:
                text = _("NOT KEPT: {why} What you decided stands here still ({key}).")
                return self._duty.tell(Told(text.format(why=refusal(code), key=self._key("consent")), Level.DANGER))
            self.forget(cid)
            text = _("Kept, sealed. Somebody else must read it now and countersign it ({key}).")
            self._duty.tell(Told(text.format(key=self._key("exports"))))

        if attempt(told.append, self._desk.exports.send, cid, session, done):
            return ""
        return told[0].text

    def _key(self, command: str) -> str:
        return shown(self._duty.keymap[command])
