"""What each command does on the duty screen, by its id. Keys that lists and texts handle themselves are not here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from officer_console.console import queueing
from officer_console.console.attempt import attempt
from officer_console.console.keymap import shown
from officer_console.console.patrol_words import read_back
from officer_console.console.sections import mine, next_to_answer, waiting_count
from officer_console.console.shift_actions import SHIFT_ACTIONS
from officer_console.console.usable import may
from officer_console.console.words import Level, Told, refusal
from officer_console.locale import _, ngettext
from officer_console.model.queue import Queue
from officer_console.model.text import one_line

if TYPE_CHECKING:
    from officer_console.console.screens.duty import Duty
    from officer_console.console.widgets.conversation_pane import ConversationPane

WHICH_WORDS: Final = 60
LEAST_WIDTH, LEAST_HEIGHT = 60, 20
"""Of a terminal that has room for two conversations."""


async def to_answer(duty: Duty) -> None:
    if given := duty.alerts.about("given"):  # by a lead, and not looked at yet
        return await duty.panes.open(given[0])
    active = duty.panes.active
    cid = next_to_answer(duty.desk.queue, active.cid if active else "")
    if cid is not None:
        return await duty.panes.open(cid)
    count = waiting_count(duty.desk.queue)
    told = _("None of your visitors waits for an answer.")
    if count:
        waits = ngettext("{n} person waits for an officer ({key}).", "{n} people wait for an officer ({key}).", count)
        told += " " + waits.format(n=count, key=shown(duty.keymap["take-next"]))
    duty.tell(Told(told))


def put_back(duty: Duty) -> None:
    pane = _pane(duty)
    if pane and attempt(duty.tell, duty.desk.claims.release, pane.cid):
        told = _("Put back into the queue for a colleague. {key} takes it again.")
        duty.tell(Told(told.format(key=shown(duty.keymap["take"]))))


def close(duty: Duty) -> None:
    if pane := _pane(duty):
        ask_ending(duty, pane.cid, lambda: duty.tell(Told(_off_screen(duty, pane))))


def ask_ending(duty: Duty, cid: str, closed: Callable[[], None]) -> None:
    """Close a conversation, when its officer has said with which outcome; then `closed` is called."""
    from officer_console.console.proposing import proposal
    from officer_console.console.screens.close import Close, Ending

    if not may(duty.desk, cid, "closed"):
        return duty.tell(Told(refusal("not_yours"), Level.WARNING))

    def answered(ending: Ending | None) -> None:
        if ending is None:
            return
        duty.begun["remark", cid] = ending.remark
        if ending.outcome and attempt(duty.tell, duty.desk.claims.close_conversation, cid, *ending):
            del duty.begun["remark", cid]
            closed()

    begun, proposed = duty.begun.get(("remark", cid), ""), proposal(duty.desk, cid, duty.shelf.name_of)
    duty.app.push_screen(Close(_which(duty, cid), _unsent(duty, cid), begun, proposed), answered)


def _off_screen(duty: Duty, pane: ConversationPane) -> str:
    """Nobody goes on writing in what is closed: to the other conversation on screen, else to the head of the queue."""
    gone = pane.cid
    duty.panes.close(pane)
    if duty.queue.cursor_cid == gone or not duty.panes.active:
        duty.queue.action_end(0)
    if duty.queue.cursor_cid == gone:  # it stands there until the relay has the close
        duty.queue.action_move(1)
    if duty.panes.active:
        return _("Closed; it comes back if the visitor writes. You write in the other one now.")
    duty.go_to_queue()
    return _("Closed; it comes back if the visitor writes. You are in the queue now.")


def _unsent(duty: Duty, cid: str) -> str:
    if not duty.desk.talk.draft(cid).strip():
        return ""
    return _("There is a draft that was not sent. It is kept, but the visitor will not read it.")


def note(duty: Duty) -> None:
    from officer_console.console.screens.note import Note

    pane = _pane(duty)
    if pane is None:
        return
    cid = pane.cid

    def keep(text: str) -> bool:
        return bool(text.strip()) and attempt(duty.tell, duty.desk.talk.note, cid, text)

    def left(text: str | None) -> None:
        duty.begun["note", cid] = text or ""

    if may(duty.desk, cid, "noted"):
        begun = duty.begun.get(("note", cid), "")
        duty.app.push_screen(Note(_which(duty, cid), duty.keymap, keep, begun), left)
    else:
        duty.tell(Told(refusal("not_yours"), Level.WARNING))


def erase(duty: Duty) -> None:
    from officer_console.console.screens.ask import Answer, Ask

    pane = _pane(duty)
    if pane is None:
        return
    if duty.desk.role != "lead":
        return duty.tell(Told(_("Only a shift lead may erase a conversation."), Level.WARNING))
    cid = pane.cid

    def answered(answer: str | None) -> None:
        if answer == "erase":
            attempt(duty.tell, duty.desk.claims.erase, cid)

    answers = [Answer("keep", _("Keep it")), Answer("erase", _("Erase it for good, for everybody"))]
    duty.app.push_screen(Ask(_("Erase this conversation?"), _which(duty, cid), answers), answered)


async def patrol(duty: Duty) -> None:
    await duty.patrolling.press()


def cancel_patrol(duty: Duty) -> None:
    from officer_console.console.patrolling import take_back
    from officer_console.console.screens.cancel_patrol import CancelPatrol

    pane = _pane(duty)
    if pane is None:
        return
    cid = pane.cid
    if take_back(duty.desk, cid, duty.tell, duty.names) or duty.patrolling.not_meant(cid):
        return
    patrol = duty.desk.patrols.of(cid)
    if patrol is None or patrol.over or patrol.cancelled:
        return duty.tell(Told(refusal("no_case"), Level.WARNING))
    if not may(duty.desk, cid, "patrol_cancelled"):
        return duty.tell(Told(refusal("not_yours"), Level.WARNING))

    def keep(reason: str) -> bool:
        return attempt(duty.tell, duty.desk.patrols.cancel, cid, reason)

    def left(begun: str | None) -> None:
        duty.begun["cancel", cid] = begun or ""

    which = read_back(patrol.request) if patrol.request else _which(duty, cid)
    duty.app.push_screen(CancelPatrol(which, keep, duty.begun.get(("cancel", cid), "")), left)


def patrols(duty: Duty) -> None:
    from officer_console.console.screens.patrols import Patrols

    async def chosen(cid: str | None) -> None:
        if cid:
            await duty.panes.open(cid)

    unsent = duty.alerts.about("patrol_unsent")
    if not duty.desk.patrols.all_open() and not unsent:
        return duty.tell(Told(_("There is no open patrol request.")))
    duty.alerts.seen_patrols()
    duty.app.push_screen(Patrols(duty.desk, unsent), chosen)


async def replies(duty: Duty) -> None:
    await duty.replying.pick()


async def complaint(duty: Duty) -> None:
    await duty.replying.complain()


async def signals(duty: Duty) -> None:
    await duty.replying.assess()


def first_unread(duty: Duty) -> None:
    if pane := _pane(duty):
        if duty.desk.talk.first_unread(pane.cid) is None:
            duty.tell(Told(_("Everything here has been on screen.")))
        pane.transcript.to_first_unread()


def search(duty: Duty) -> None:
    if pane := _pane(duty):
        pane.begin_search()


def next_match(duty: Duty) -> None:
    if pane := _pane(duty):
        pane.next_match(1)


def page_up(duty: Duty) -> None:
    if pane := _pane(duty):
        pane.transcript.scroll_page_up(animate=False)


def page_down(duty: Duty) -> None:
    if pane := _pane(duty):
        pane.transcript.scroll_page_down(animate=False)


def newest(duty: Duty) -> None:
    if pane := _pane(duty):
        pane.transcript.scroll_end(animate=False)


def to_queue(duty: Duty) -> None:
    active = duty.panes.active
    if duty.queue.has_focus and active:
        active.composer.focus()
    else:
        duty.go_to_queue()


async def split(duty: Duty) -> None:
    panes = duty.panes
    if len(panes.all) > 1:
        return panes.close(next(pane for pane in panes.all if pane is not panes.active))
    if duty.size.width < LEAST_WIDTH or duty.size.height < LEAST_HEIGHT:
        told = _("Two conversations need a terminal of at least {width}×{height}.")
        return duty.tell(Told(told.format(width=LEAST_WIDTH, height=LEAST_HEIGHT), Level.WARNING))
    cid = _beside(duty.desk.queue, panes.shown, duty.queue.cursor_cid)
    if cid is None:
        return duty.tell(Told(_no_second(duty), Level.WARNING))
    await panes.add(cid)


def _no_second(duty: Duty) -> str:
    if len(duty.desk.queue) <= len(duty.panes.shown):
        return _("There is no other conversation to show.")
    told = _("Choose another one with ↑ ↓, then {split}.")
    if not duty.queue.has_focus:
        told = _("Choose another one in the queue first ({queue}, then ↑ ↓), then {split}.")
    return told.format(queue=shown(duty.keymap["to-queue"]), split=shown(duty.keymap["split"]))


def _beside(queue: Queue, shown: list[str], cursor: str | None) -> str | None:
    """What to show in a second pane: another one of mine, else the one under the cursor."""
    others = [conversation.cid for conversation in mine(queue) if conversation.cid not in shown]
    if others:
        return others[0]
    return cursor if cursor not in shown else None


def next_pane(duty: Duty) -> None:
    if not duty.dock.next_part() and _two(duty):
        duty.panes.next()


def _two(duty: Duty) -> bool:
    two = len(duty.panes.all) > 1
    if not two:
        told = _("Only one conversation is on screen. {key} shows a second.")
        duty.tell(Told(told.format(key=shown(duty.keymap["split"]))))
    return two


def close_pane(duty: Duty) -> None:
    if pane := _pane(duty):
        duty.panes.close(pane)
        if duty.panes.active is None:
            duty.go_to_queue()


def turn_split(duty: Duty) -> None:
    if _two(duty):
        duty.panes.turn()


def focus_next(duty: Duty) -> None:
    duty.focus_next()


def focus_previous(duty: Duty) -> None:
    duty.focus_previous()


def help(duty: Duty) -> None:
    from officer_console.console.screens.help import Help

    duty.app.push_screen(Help(duty.keymap, duty.own_keys))


def invite(duty: Duty) -> None:
    duty.inviting.begin()


def figures(duty: Duty) -> None:
    from officer_console.console.screens.figures import FiguresPage

    if duty.desk.role != "lead":
        return duty.tell(Told(_("Only a shift lead sees the figures."), Level.WARNING))
    duty.app.push_screen(FiguresPage(duty.desk))


def lead(duty: Duty) -> None:
    duty.leading.show()


def consent(duty: Duty) -> None:
    if pane := _pane(duty):
        duty.keeping.press(pane.cid)


def exports(duty: Duty) -> None:
    from officer_console.console.countersigning import read_exports

    read_exports(duty)


def whisper(duty: Duty) -> None:
    duty.leading.whisper(duty.situation.cid)


def reconnect(duty: Duty) -> None:
    duty.desk.retry()
    duty.tell(Told(_("Trying to reach the relay …")))


def _pane(duty: Duty) -> ConversationPane | None:
    return duty.panes.active


def _which(duty: Duty, cid: str) -> str:
    conversation = duty.desk.queue.get(cid)
    return one_line(conversation.first_words, WHICH_WORDS) if conversation else ""


Action = Callable[["Duty"], Awaitable[None] | None]
ACTIONS: Final[dict[str, Action]] = {
    "take-next": queueing.take_next,
    "take": queueing.take,
    "urgency": queueing.urgency,
    "break": queueing.take_break,
    "next-to-answer": to_answer,
    "put-back": put_back,
    "close": close,
    "patrol": patrol,
    "cancel-patrol": cancel_patrol,
    "patrols": patrols,
    "replies": replies,
    "complaint": complaint,
    "signals": signals,
    "first-unread": first_unread,
    "search": search,
    "next-match": next_match,
    "page-up": page_up,
    "page-down": page_down,
    "newest": newest,
    "note": note,
    "erase": erase,
    "to-queue": to_queue,
    "split": split,
    "next-pane": next_pane,
    "close-pane": close_pane,
    "turn-split": turn_split,
    "focus-next": focus_next,
    "focus-previous": focus_previous,
    **SHIFT_ACTIONS,
    "help": help,
    "invite": invite,
    "figures": figures,
    "lead": lead,
    "whisper": whisper,
    "exports": exports,
    "consent": consent,
    "reconnect": reconnect,
}
OF_THE_APP: Final = frozenset({"theme", "lock", "quit"})
"""Commands that the app does, whatever screen is on."""
