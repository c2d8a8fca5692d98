"""Call backs beside the cases: one bell for what is new, how many are to read, and what a key tells the officer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from officer_console.console.board.call_roll import CallRoll
from officer_console.console.board.call_words import STATE, to_read
from officer_console.console.board.keys import BY_ID
from officer_console.console.board.setup import Setup
from officer_console.console.keymap import shown
from officer_console.console.words import Level, Told
from officer_console.dispatch.callbacks import RoomCallBack
from officer_console.errors import reason
from officer_console.locale import N_, _

if TYPE_CHECKING:
    from officer_console.console.board.calls import Calls
    from officer_console.console.board.screen import BoardScreen

DONE: Final = {
    "taken": N_("Told: TAKEN. Call her only as it says above."),
    "refused": N_("Told: REFUSED. Nobody calls her."),
}
"""What the dispatcher reads once it is on this machine's disk."""


class Calling:
    """Nothing here rings on: who sits at the board reads call backs when no patrol needs him."""

    def __init__(self, screen: BoardScreen, setup: Setup) -> None:
        self.roll = CallRoll()
        self.exercise = setup.room.exercise
        self._screen, self._setup = screen, setup
        self._open: Calls | None = None
        self._known: frozenset[str] | None = None

    # ---- what there is ----

    @property
    def ringing(self) -> int:
        """How many patrol cases ring."""
        return sum(each.rings for each in self._screen.roll.open)

    @property
    def badge(self) -> str:
        """How many are to read, and the key; or ""."""
        count = len(self.roll.unread)
        return f"{to_read(count)} ({shown(BY_ID['calls'])})" if count else ""

    def now(self) -> int:
        """Milliseconds by the relay's clock."""
        return self._setup.room.now()

    def clock(self) -> int:
        """Milliseconds of a clock that only rises."""
        return int(self._setup.clock() * 1000)

    def read(self) -> None:
        """Read them anew. Raises OSError."""
        self.roll.put(self._setup.room.callbacks())
        new = self.roll.unread - self._known if self._known is not None else ()
        self._known = self.roll.unread
        if new:
            self._screen.app.bell()
        if self._open:
            self._open.look()

    # ---- what a person does ----

    def show(self) -> None:
        """Open their screen."""
        from officer_console.console.board.calls import Calls

        if not self.roll.shown:
            return self._screen.tell(Told(_("There is no call back here.")))
        self.roll.begin()
        self._open = Calls(self)
        self._screen.app.push_screen(self._open, self._closed)

    def answer(self, id: str, state: str) -> Told:
        """Tell the officer that it is "taken" or "refused"; gives what is said to the dispatcher."""
        try:
            told = self._setup.room.answer_callback(id, state)
        except OSError as error:
            words = _("This machine's disk takes nothing: {reason}. Nothing was told.")
            return Told(words.format(reason=reason(error)), Level.DANGER)
        self._screen.refresh_cases()
        return Told(_(DONE[state]), Level.GOOD) if told else not_now(self._one(id))

    def _one(self, id: str) -> RoomCallBack | None:
        return next((each for each in self.roll.shown if each.id == id), None)

    def _closed(self, to_ringing: bool | None) -> None:
        self._open = None
        if to_ringing:
            self._screen.to_ringing()


def not_now(each: RoomCallBack | None) -> Told:
    """Why this one can't be answered."""
    if each is None:
        words = _("There is no call back chosen, or it is gone. Nothing was told.")
    elif each.state == "asked":
        words = _("It can't be read here, so nobody can call her. Nothing was told.")
    else:
        words = _("It is {state} already. Nothing was told.").format(state=_(STATE[each.state]))
    return Told(words, Level.WARNING)
