"""Taking somebody into the desk, question by question: whom to invite, what to hand over, whom to let in.

Nothing comes up by itself: who asks to join is told as an alert, and stands in the first question until answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, get_args

from officer_console.client.api import Newcomer
from officer_console.client.officers import ROLES
from officer_console.console.attempt import attempt
from officer_console.console.keymap import shown
from officer_console.console.screens.ask import Answer, Ask
from officer_console.console.times import HOUR, of_day
from officer_console.console.words import Level, Told
from officer_console.locale import _
from officer_console.vault.statements import MemberRole

if TYPE_CHECKING:
    from officer_console.console.screens.duty import Duty

WIDEST: Final = 100
"""Cells of a line of an invitation; a narrower terminal has shorter ones."""


class Made(NamedTuple):
    """An invitation that was made here; `until` in ms of the relay's clock."""

    role: MemberRole
    text: str
    until: int


class Choice(NamedTuple):
    """An answer, and what follows from it."""

    words: str
    then: Callable[[], None]


class Inviting:
    """Keeps this console's invitations while they are good, so that Escape loses none."""

    def __init__(self, duty: Duty) -> None:
        self._duty, self._desk = duty, duty.desk
        self._made: list[Made] = []

    def begin(self) -> None:
        """Ask what to do; shift leads only."""
        if self._desk.role != "lead":
            return self._duty.tell(Told(_("Only a shift lead may take somebody into the desk."), Level.WARNING))
        self._duty.alerts.seen_newcomers()
        self._made = [made for made in self._made if made.until > self._desk.now()]
        body = _(
            "An invitation is for one person; it is good for an hour, and while this console runs. Only the desk's "
            "root key makes a shift lead: run “officer-console relay officers invite --role lead” where that key is."
        )
        self._ask(_("Take somebody into the desk"), body, [_back(), *self._let_in(), *self._invite(), *self._again()])

    # the answers of the first question

    def _let_in(self) -> Iterator[Choice]:
        for newcomer in self._desk.enrolment.newcomers:
            words = _("{name} asks to join: compare, then decide").format(name=newcomer.name)
            yield Choice(words, partial(self._compare, newcomer))

    def _invite(self) -> Iterator[Choice]:
        for role in get_args(MemberRole):
            yield Choice(_("Invite: {role}").format(role=_(ROLES[role])), partial(self._make, role))

    def _again(self) -> Iterator[Choice]:
        for made in self._made:
            words = _("Show again: {role}, good until {time}")
            words = words.format(role=_(ROLES[made.role]), time=of_day(made.until))
            yield Choice(words, partial(self._hand_over, made))

    # what follows

    def _make(self, role: MemberRole) -> None:
        def make() -> None:
            self._made.append(Made(role, self._desk.enrolment.invite(role), self._desk.now() + HOUR))

        if attempt(self._duty.tell, make):
            self._hand_over(self._made[-1])

    def _hand_over(self, made: Made) -> None:
        width = min(WIDEST, self._duty.size.width - 2)
        told = _(
            "{role}. Good until {time}, for one person. Hand it over in person; it goes into the new machine's "
            "terminal, quotation marks and all:\n\n{command}\n\n"
            "When somebody asks to join with it, this console rings; {key} goes on then."
        )
        body = told.format(
            role=_(ROLES[made.role]).capitalize(),
            time=of_day(made.until),
            command=_folded(f'officer-console enrol "{made.text}"', width),
            key=shown(self._duty.keymap["invite"]),
        )
        self._ask(_("The invitation"), body, [_back()], bare=True)

    def _compare(self, newcomer: Newcomer) -> None:
        told = _(
            "{name} asks to join as: {role}\n\nThe new key:  {fingerprint}\n\nCall {name} and let the other machine's "
            "line be read to you. Let in only whom you invited, and only when every letter is the same."
        )
        body = told.format(name=newcomer.name, role=_(ROLES[newcomer.role]), fingerprint=newcomer.fingerprint)
        choices = [
            Choice(_("Later: goes on waiting"), _nothing),
            Choice(_("Every letter is the same: let in"), partial(self._admit, newcomer)),
            Choice(_("Not the same, or not invited: turn away"), partial(self._turn_away, newcomer)),
        ]
        self._ask(_("Let {name} in?").format(name=newcomer.name), body, choices)

    def _admit(self, newcomer: Newcomer) -> None:
        if attempt(self._duty.tell, self._desk.enrolment.admit, newcomer.kid):
            self._duty.tell(Told(_("Letting {name} in …").format(name=newcomer.name)))

    def _turn_away(self, newcomer: Newcomer) -> None:
        self._desk.enrolment.turn_away(newcomer.kid)
        told = _("{name} was turned away; that invitation is void.").format(name=newcomer.name)
        self._duty.tell(Told(told))

    def _ask(self, title: str, body: str, choices: list[Choice], *, bare: bool = False) -> None:
        def answered(answer: str | None) -> None:
            if answer:
                choices[int(answer)].then()

        answers = [Answer(str(n), choice.words) for n, choice in enumerate(choices)]
        self._duty.app.push_screen(Ask(title, body, answers, bare=bare), answered)


def _back() -> Choice:
    return Choice(_("Go back"), _nothing)


def _nothing() -> None:
    pass


def _folded(text: str, width: int) -> str:
    """In lines of `width`: folded at blanks, a shell would take the first line for the whole command."""
    return "\n".join(text[start : start + width] for start in range(0, len(text), width))
