"""What a key does to a case: said in words when it was done, and when it can't be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from officer_console.console.board.setup import Setup
from officer_console.console.board.words import UNIT, WORDS, place
from officer_console.console.screens.say import Asked, Say
from officer_console.console.words import Level, Told
from officer_console.dispatch.board import RULES, Act, NotPossible, OnBoard
from officer_console.errors import reason
from officer_console.locale import N_, _

if TYPE_CHECKING:
    from officer_console.console.board.screen import BoardScreen

DONE: Final = {
    Act.OPEN: N_("Opened: it rings no more."),
    Act.ACCEPT: N_("Told: ACCEPTED. The visitor reads that help is coming."),
    Act.ASSIGN: N_("Told: unit {words}."),
    Act.ON_THE_WAY: N_("Told: ON THE WAY."),
    Act.ON_SCENE: N_("Told: ON THE SCENE."),
    Act.CLOSE: N_("Told: CLOSED."),
    Act.REFUSE: N_("Told: REFUSED."),
    Act.ASK: N_("Asked. The answer comes as an update, and rings."),
}
"""What the dispatcher reads once it is on this machine's disk."""

ASKS: Final = {
    Act.ASSIGN: (N_("Which unit?"), N_("Its name, as the radio knows it"), N_("tell it"), UNIT),
    Act.REFUSE: (N_("Refuse this request?"), N_("Why: the officer reads it"), N_("REFUSE it"), WORDS),
    Act.ASK: (N_("Ask the officer"), N_("One question"), N_("ask it"), WORDS),
}


class Acting:
    """Does it at once, or asks for the words first. What was begun and put off is kept for its case and act."""

    def __init__(self, screen: BoardScreen, setup: Setup) -> None:
        self._screen = screen
        self._room, self._board = setup.room, setup.board
        self.begun: dict[tuple[str, Act], str] = {}

    def begin(self, case: OnBoard, act: Act) -> None:
        """A key was pressed on a case."""
        if act not in case.possible:
            self._screen.tell(Told(_not_now(case), Level.WARNING))
        elif RULES[act].says:
            self._ask(case, act)
        elif why := self._do(case.id, act):
            self._screen.tell(Told(why, Level.DANGER))

    def _ask(self, case: OnBoard, act: Act) -> None:
        def put_off(begun: str | None) -> None:
            self.begun[case.id, act] = begun or ""

        title, hint, enter, limit = ASKS[act]
        keys = _("Enter: {act} · Esc: not now, it stays here").format(act=_(enter))
        asked = Asked(_(title), _(hint), keys, _("Nothing is written yet, and nothing was told."), limit)
        begun = self.begun.get((case.id, act), "")
        self._screen.app.push_screen(
            Say(asked, place(case), lambda words: self._do(case.id, act, words), begun), put_off
        )

    def _do(self, case_id: str, act: Act, words: str = "") -> str:
        """Gives why it was not done, or ""."""
        try:
            self._board.act(self._room, case_id, act, words)
        except NotPossible:
            now = self._board.case(self._room, case_id)
            return _not_now(now) if now else _("The case is gone. Nothing was told.")
        except OSError as error:
            told = _("This machine's disk takes nothing: {reason}. Nothing was told.")
            return told.format(reason=reason(error))
        self._screen.tell(Told(_(DONE[act]).format(words=words), Level.GOOD))
        self._screen.refresh_cases()
        return ""


def _not_now(case: OnBoard) -> str:
    if case.unseen:
        return _("There is something new in this case: Enter first. Nothing was told.")
    if case.finished:
        return _("This case has ended. Nothing was told.")
    if case.case.cancelled:
        return _("The officer has cancelled it: C closes it, nothing else is left. Nothing was told.")
    return _("Not now: the case has come further, or not so far yet. Nothing was told.")
