"""What the desk tells an officer once: said on the status line, kept as an alert until it is seen, or rung for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from officer_console.client.api import Notice, Patrol
from officer_console.console.alerts import ANYWHERE, OF_LEADS, TENDED, TOLD_ONCE
from officer_console.console.idle import Idle
from officer_console.console.keymap import shown
from officer_console.console.patrol_words import asked_by, is_late, told_by_room
from officer_console.console.queue_words import break_called, neglected
from officer_console.console.setup import Setup
from officer_console.console.words import Level, Told, refusal, undone
from officer_console.locale import _
from officer_console.model.text import one_line

if TYPE_CHECKING:
    from officer_console.console.screens.duty import Duty

JOINING = frozenset({"joined", "not_joined"})
ANSWERS = JOINING | {"accepted", "declined"}
"""Kinds of notices that answer what this officer had asked."""
AWAY_S = 5
"""Seconds without a key after which a message is rung for even when its conversation is on screen."""
NAME_LIMIT = 40


class News:
    """Of one duty screen."""

    def __init__(self, duty: Duty, setup: Setup, idle: Idle) -> None:
        self._duty, self._setup, self._idle = duty, setup, idle

    def tell(self, notice: Notice) -> None:
        """Pass something on as the officer needs it."""
        if not self._is_told(notice):
            self._pass_on(notice)

    def _pass_on(self, notice: Notice) -> None:
        on_screen = not self._duty.covered and notice.cid in self._duty.panes.shown
        self._settle(notice)
        if loud := self._loud(notice, on_screen):
            self._loudly(loud)
        elif notice.kind in ANSWERS:
            told = self._joined(notice) if notice.kind in JOINING else self._duty.handing.told(notice)
            self._duty.tell(told) if told.level is Level.GOOD else self._loudly(told)
        elif notice.kind == "patrol_told" and (on_screen or not self._duty.alerts.stays(notice)):
            self._told_of_patrol(notice)
        elif notice.kind == "patrol_asked" and on_screen:
            name = one_line(self._duty.desk.name(notice.who), NAME_LIMIT)
            self._loudly(Told(asked_by(notice.code, name), Level.WARNING))
        elif self._duty.alerts.stays(notice) and (not on_screen or notice.kind in ANYWHERE):
            self._duty.alerts.add(notice, self._duty.now_ms())
        elif notice.kind in TOLD_ONCE and not on_screen:
            self._duty.tell(Told(_(TOLD_ONCE[notice.kind])))
        elif notice.kind == "wrote" and self._idle.seconds() > AWAY_S:
            self._duty.ring()

    def _is_told(self, notice: Notice) -> bool:
        """Whether it comes of a lead's acts or is a whisper, and needs no more telling."""
        on_screen = not self._duty.covered and notice.cid in self._duty.panes.shown
        return notice.kind in OF_LEADS and self._duty.leading.takes(notice, on_screen)

    def _settle(self, notice: Notice) -> None:
        """What was refused stands again where it was written; nothing of what is erased stands anywhere."""
        if notice.kind == "failed":
            self._again(notice)
        if notice.kind == "erased":
            self._duty.forget(notice.cid)
        if notice.kind == "declined" and notice.cid not in self._duty.panes.shown:
            self._duty.alerts.add(notice, self._duty.now_ms())

    def _loud(self, notice: Notice, on_screen: bool) -> Told | None:
        """What is told at once and rung for, wherever the officer is."""
        if notice.kind == "taken":
            return Told(self._taken(notice), Level.WARNING)
        if notice.kind == "break_called":
            return break_called(self._duty.desk, notice.who, shown(self._duty.keymap["break"]))
        return Told(undone(notice), Level.DANGER) if notice.kind == "failed" and on_screen else None

    def _taken(self, notice: Notice) -> str:
        if not notice.who:
            return refusal(notice.code)
        told = _("{name} took that conversation before you. {key} goes to yours.")
        name = one_line(self._duty.desk.name(notice.who), NAME_LIMIT)
        return told.format(name=name, key=shown(self._duty.keymap["next-to-answer"]))

    def _joined(self, notice: Notice) -> Told:
        name = one_line(self._duty.desk.name(notice.who), NAME_LIMIT)
        if notice.kind == "joined":
            return Told(_("{name} belongs to the desk now.").format(name=name), Level.GOOD)
        told = _("{name} was not let in. {why}")
        return Told(told.format(name=name, why=refusal(notice.code)), Level.DANGER)

    def _told_of_patrol(self, notice: Notice) -> None:
        """The strip shows the rest; what hurries or cheers is said once more."""
        told = told_by_room(notice.code, notice.text)
        if told.level is Level.GOOD:
            self._duty.tell(told)
        elif told.level is not Level.PLAIN:
            self._loudly(told)

    def settle_alerts(self) -> None:
        desk, now = self._duty.desk, self._duty.desk.now()
        late_ms, open_ = self._setup.config.patrol_late_s * 1000, desk.patrols.all_open()
        late = (cid for cid, patrol in open_ if is_late(patrol, now, late_ms) and self._is_ours(cid, patrol))
        self._duty.alerts.late(frozenset(late), self._duty.now_ms())
        for kind, cids in zip(TENDED, neglected(desk), strict=True):
            self._duty.alerts.stands(kind, cids, self._duty.now_ms())
        old = {cid for cid, patrol in open_ if patrol.old}
        self._duty.alerts.offered({each.cid for each in desk.handovers.offered()}, self._duty.now_ms())
        self._duty.alerts.settle(desk.queue, {newcomer.kid for newcomer in desk.enrolment.newcomers}, old)

    def _is_ours(self, cid: str, patrol: Patrol) -> bool:
        """Whether this officer must act when the room doesn't: who asked or holds it, and a lead for all."""
        conversation, me = self._duty.desk.queue.get(cid), self._duty.desk.me
        if me == patrol.by or self._duty.desk.role == "lead" or conversation is None:
            return True
        return conversation.holder == me or any(me in case.askers for case in conversation.cases[-1:])

    def _again(self, notice: Notice) -> None:
        """The text of a note or remark that was refused stands there again, before what is begun there; the request
        for a call back in its form."""
        if what := {"noted": "note", "closed": "remark"}.get(notice.what) if notice.text else None:
            key = what, notice.cid
            self._duty.begun[key] = "\n".join(filter(None, [notice.text, self._duty.begun.get(key, "")]))
        if notice.what == "callback_requested":
            self._duty.not_asked(notice.cid)

    def _loudly(self, told: Told) -> None:
        self._duty.tell(told)
        self._duty.ring()
