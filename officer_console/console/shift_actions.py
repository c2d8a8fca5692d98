"""What the commands about handing over and about one's shift do, by their ids."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from officer_console.console.attempt import attempt
from officer_console.console.words import Told
from officer_console.locale import _

if TYPE_CHECKING:
    from officer_console.console.screens.duty import Duty


async def hand_over(duty: Duty) -> None:
    await duty.handing.press(duty.situation.cid or duty.writing_in)


async def offered(duty: Duty) -> None:
    await duty.handing.answer()


def end_shift(duty: Duty) -> None:
    """From now on nothing new is given to this officer; the console is left when nothing is left behind."""
    from officer_console.console.screens.end_shift import EndShift

    async def left(chosen: str | None) -> None:
        what, _space, cid = (chosen or "").partition(" ")
        if what == "leave":
            duty.post_message(duty.Leaving())
        elif what == "stay":
            duty.desk.shift.do("here")
            duty.tell(Told(_("You stay on duty: you can be given conversations again.")))
        elif cid:
            await duty.panes.open(cid)
            if what == "hand":
                await duty.handing.press(cid)

    duty.desk.shift.do("leaving")
    duty.app.push_screen(EndShift(duty), left)


def care(duty: Duty) -> None:
    from officer_console.console.screens.care import CareScreen

    duty.app.push_screen(CareScreen(duty.desk, duty.limits))


def unfold(duty: Duty) -> None:
    pane = duty.panes.of(duty.situation.cid) or duty.panes.active
    if pane and not pane.transcript.open_folded():
        duty.tell(Told(_("No message is folded here.")))
    elif pane:
        pane.refresh_state()
        duty.queue.repaint()


def put_back_for_relief(duty: Duty, cid: str) -> bool:
    """Give a conversation back because the shift ends; whether the command was taken."""
    return attempt(duty.tell, lambda: duty.desk.claims.release(cid, relief=True))


def leaving_told(duty: Duty, count: int, key: str) -> Told:
    """What stands on the status line at the end of a shift; empty at any other time."""
    if duty.desk.shift.mine.doing != "leaving":
        return Told("")
    told = _("END OF SHIFT: nothing new is given to you. {n} left ({key})")
    return Told(told.format(n=count, key=key))


SHIFT_ACTIONS: Final[dict[str, Callable[[Duty], Awaitable[None] | None]]] = {
    "hand-over": hand_over,
    "offered": offered,
    "end-shift": end_shift,
    "care": care,
    "unfold": unfold,
}
