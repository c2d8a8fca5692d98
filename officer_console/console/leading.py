"""A shift lead's acts, from the lead's view and beside a conversation: asked for what they need, done, told in words.

Whoever steps into a conversation is in it as long as it is on the screen: when it is put away, he steps out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from textual import events
from textual.screen import Screen

from officer_console.client.api import LinkPhase, Notice
from officer_console.console import lead_keys as keys
from officer_console.console.alerts import BY_LEAD
from officer_console.console.attempt import attempt
from officer_console.console.keymap import shown
from officer_console.console.lead_words import NAME_LIMIT, REASON_LIMIT, calling
from officer_console.console.screens.aside import Aside
from officer_console.console.screens.pick_officer import PickOfficer, ready_first
from officer_console.console.screens.say import Asked, Say
from officer_console.console.turn_words import LEVEL
from officer_console.console.usable import may
from officer_console.console.words import Level, Told, undone
from officer_console.locale import N_, _
from officer_console.model.conversation import Conversation, State
from officer_console.model.events import Level as Urgency
from officer_console.model.text import one_line

if TYPE_CHECKING:
    from officer_console.console.screens.duty import Duty
    from officer_console.console.screens.lead import LeadView

OWN: Final = frozenset(
    {"assigned", "urgency_raised", "stepped_in", "stepped_out", "arrivals_paused", "arrivals_resumed", "break_called"}
)
"""What a lead does; that it was not done is told where he did it."""
WHY: Final = {
    "read": (N_("Why do you read along?"), N_("read along; the visitor is told")),
    "join": (N_("Why do you join?"), N_("join; the visitor is told")),
    "pause": (N_("Why does nobody new come in?"), N_("PAUSE arrivals; everybody reads it")),
    "divert": (N_("Why are visitors sent elsewhere?"), N_("DIVERT arrivals; everybody reads it")),
}
"""What is asked before it, and what Enter does."""
Way = Literal["read", "join"]
Shut = Literal["pause", "divert"]


@dataclass
class Visit:
    """A conversation stepped into here: whether the relay has it, and whether it has been on the screen."""

    known: bool = False
    shown: bool = False


class Leading:
    """Made when first asked for: few are leads."""

    def __init__(self, duty: Duty) -> None:
        self._duty, self._desk = duty, duty.desk
        self._view: LeadView | None = None
        self._then: Callable[[], Awaitable[None]] | None = None  # what follows when the view is put away
        self._begun: dict[tuple[str, str], str] = {}
        self._in: dict[str, Visit] = {}
        self._looked = False
        self._acts: dict[str, Callable[[str], None]] = {
            keys.GIVE.id: self._give,
            keys.TAKE_OVER.id: self._take_over,
            keys.READ.id: self.read,
            keys.JOIN.id: self._join,
            keys.WHISPER.id: self.whisper,
            keys.RAISE.id: self._raise,
            keys.BREAK.id: self._call_break,
            keys.PAUSE.id: lambda _cid: self._shut("pause"),
            keys.DIVERT.id: lambda _cid: self._shut("divert"),
            keys.REOPEN.id: self._reopen,
            keys.FIGURES.id: self._figures,
        }

    # ---- the view ----

    def show(self) -> None:
        """Open the lead's view; leads only."""
        from officer_console.console.screens.lead import LeadView

        if self._desk.role != "lead":
            return self._duty.tell(Told(_("Only a shift lead has the view of the whole desk."), Level.WARNING))
        if self._view is not None:
            return
        retry = shown(self._duty.keymap["reconnect"])
        self._view = LeadView(self, self._desk, self._duty.keymap, retry, self._duty.limits)
        self._duty.cover(True, by="lead")
        self._duty.app.push_screen(self._view, self._left)

    async def _left(self, _nothing: None) -> None:
        self._view = None
        self._duty.cover(False, by="lead")
        then, self._then = self._then, None
        if then:
            await then()

    def _figures(self, _cid: str) -> None:
        from officer_console.console.screens.figures import FiguresPage

        self._duty.app.push_screen(FiguresPage(self._desk))

    def is_on(self, screen: Screen[object]) -> bool:
        """Whether this is the lead's view."""
        return self._view is not None and screen is self._view

    async def patrol(self) -> None:
        """The patrol key is about the conversation under the cursor."""
        cid = self._view.queue.cursor_cid if self._view else ""
        if cid and self._is_there(cid):
            await self._instead(lambda: self._press(cid))

    def other_key(self, event: events.Key) -> None:
        """A key of the console that holds in the lead's view too."""
        keymap = self._duty.keymap
        id = next((id for id in ("help", "reconnect", "theme", "lock", "quit", "lead") if event.key in keymap[id]), "")
        if not id and event.key == "question_mark":
            id = "help"
        if not id:
            return
        event.stop()
        if id == "lead" and self._view:
            self._view.dismiss()
        elif id == "help":
            self._help()
        elif id == "reconnect":
            self._desk.retry()
            self.tell(Told(_("Trying to reach the relay …")))
        else:
            self._duty.post_message(self._duty.Asked(id))

    def tell(self, told: Told) -> None:
        """Answer where the lead is."""
        (self._view or self._duty).tell(told)

    @property
    def alerts(self) -> int:
        """How many nobody has seen yet."""
        return len(self._duty.alerts)

    def standing(self) -> Told:
        """What is told while nothing is being answered, as on the duty screen."""
        return self._duty.standing()

    def seen(self) -> None:
        """A key was pressed in the view, where everybody who waits is on screen."""
        self._duty.alerts.seen_queue(self.now_ms())

    def now_ms(self) -> int:
        """Of a clock that only rises."""
        return self._duty.now_ms()

    def takes(self, notice: Notice, on_screen: bool) -> bool:
        """Whether what must be told was told here; `on_screen`: its conversation is."""
        if notice.kind == "failed" and notice.what in OWN | {"whispered"} and (self._view or not notice.cid):
            who = one_line(self._desk.name(notice.who), NAME_LIMIT) if notice.who else ""
            self._loudly(Told(" ".join(filter(None, [undone(notice), f"({who})" if who else ""])), Level.DANGER))
            return True
        if notice.kind == "whispered" and self._view:
            self._desk.open(notice.cid)  # so that it can be read at once
            told = _("{name} whispers ({which}); {key} reads it there and answers.")
            name, which = one_line(self._desk.name(notice.who), NAME_LIMIT), calling(self._desk, notice.cid)
            self._loudly(Told(told.format(name=name, which=which, key=shown(keys.WHISPER.keys)), Level.WARNING))
            return True
        return self._told_beside(notice, on_screen)

    def _told_beside(self, notice: Notice, on_screen: bool) -> bool:
        """What concerns a conversation of mine."""
        if notice.kind not in BY_LEAD or not (on_screen or notice.kind == "given_away"):
            return False
        name = one_line(self._desk.name(notice.who), NAME_LIMIT)
        self._loudly(Told(_(BY_LEAD[notice.kind]).format(name=name), Level.WARNING))
        return True

    # ---- in and out ----

    def tick(self) -> None:
        """Step out of what is not on the screen any more, and of what a console before this one was in."""
        if not self._looked and self._desk.link.phase is LinkPhase.ONLINE:
            self._looked = True
            self._in |= {cid: Visit(known=True, shown=True) for cid in self._desk.lead.within}
        within, on_screen = self._desk.lead.within, set(self._duty.panes.shown)
        for cid, visit in list(self._in.items()):
            visit.known |= cid in within
            visit.shown |= cid in on_screen
            if visit.known and cid not in within:
                del self._in[cid]
            elif visit.shown and cid not in on_screen and may(self._desk, cid, "stepped_out"):
                attempt(self.tell, self._desk.lead.step_out, cid)

    def leave(self) -> bool:
        """The console ends: step out of everything. Whether there was anything."""
        self._duty.panes.close_all()
        self.tick()
        return bool(self._in)

    def asks(self, cid: str) -> bool:
        """Whether a lead must say why he reads this conversation."""
        conversation, me = self._desk.queue.get(cid), self._desk.me
        if conversation is None or conversation.holder == me or conversation.guest(me):
            return False
        return conversation.state in (State.HELD, State.CLOSED) and may(self._desk, cid, "stepped_in")

    # ---- acts ----

    def act(self, id: str, cid: str) -> None:
        """Do this with the conversation under the cursor."""
        self._acts[id](cid)

    def read(self, cid: str) -> None:
        """Open a conversation to read it; the reason is asked when it is somebody else's."""
        if not self._is_there(cid):
            return
        if self.asks(cid):
            return self._step_in(cid, "read")
        self._go(cid)

    def whisper(self, cid: str) -> None:
        """Speak aside with who holds the conversation, or with the leads."""
        if not may(self._desk, cid, "whispered"):
            told = _("Whispers go to the officer who holds the conversation: nobody does, or it is not yours.")
            return self.tell(Told(told, Level.WARNING))

        def left(begun: str | None) -> None:
            self._begun["aside", cid] = begun or ""

        def say(words: str) -> bool:
            return attempt(self.tell, self._desk.lead.whisper, cid, words)

        begun = self._begun.get(("aside", cid), "")
        self._duty.app.push_screen(Aside(self._desk, cid, calling(self._desk, cid), say, begun), left)

    def _give(self, cid: str) -> None:
        conversation = self._may_be_given(cid)
        if conversation is None:
            return
        held = conversation.holder if conversation.state is State.HELD else ""
        officers = ready_first(self._desk, conversation.language, but=held)
        if not officers:
            return self.tell(Told(_("Nobody else is on duty."), Level.WARNING))

        def chosen(kid: str | None) -> None:
            if kid and attempt(self.tell, self._desk.lead.assign, cid, kid):
                told = _("Given to {name}: {which}")
                name = one_line(self._desk.name(kid), NAME_LIMIT)
                self.tell(Told(told.format(name=name, which=calling(self._desk, cid))))

        title = _("Hand it to whom?") if held else _("Assign it to whom?")
        self._duty.app.push_screen(PickOfficer(self._desk, title, calling(self._desk, cid), officers), chosen)

    def _take_over(self, cid: str) -> None:
        conversation = self._may_be_given(cid)
        if conversation is None:
            return
        if conversation.state is State.HELD and conversation.holder == self._desk.me:
            return self.tell(Told(_("It is yours already.")))
        if attempt(self.tell, self._desk.lead.take_over, cid):
            self._go(cid, claim=True)

    def _join(self, cid: str) -> None:
        if may(self._desk, cid, "stepped_in") and self._holds_other(cid):
            return self._step_in(cid, "join")
        self.tell(Told(_("One joins what an officer holds: take it over instead, or read it."), Level.WARNING))

    def _raise(self, cid: str) -> None:
        conversation = self._desk.queue.get(cid)
        if conversation is None or not may(self._desk, cid, "urgency_raised"):
            return self.tell(Told(_("Urgent can only be who waits or is answered."), Level.WARNING))
        if conversation.urgency == "red":
            return self.tell(Told(_("It is as urgent as can be already; nothing takes that back.")))
        level: Urgency = "red" if conversation.urgency == "amber" else "amber"
        if attempt(self.tell, self._desk.lead.raise_urgency, cid, level):
            told = _("Raised to: {level}").format(level=_(LEVEL[level]))
            more = _("{key} again: danger now").format(key=shown(keys.RAISE.keys)) if level == "amber" else ""
            self.tell(Told(" · ".join(filter(None, [told, more])), Level.GOOD))

    def _call_break(self, _cid: str) -> None:
        if self._view and self._view.officers.has_focus and self._view.officers.cursor_kid:
            return self._breaks(self._view.officers.cursor_kid)
        officers = [each for each in ready_first(self._desk) if each.duty.doing == "here"]
        if not officers:
            return self.tell(Told(_("Nobody else is on duty."), Level.WARNING))
        body = _("They are asked, with your name; they take it when they can.")
        self._duty.app.push_screen(PickOfficer(self._desk, _("A break for whom?"), body, officers), self._breaks)

    def _breaks(self, kid: str | None) -> None:
        if kid and attempt(self.tell, self._desk.lead.call_break, kid):
            name = one_line(self._desk.name(kid), NAME_LIMIT)
            self.tell(Told(_("{name} is asked to take a break.").format(name=name)))

    def _shut(self, way: Shut) -> None:
        def shut(words: str) -> bool:
            return attempt(self.tell, self._desk.lead.pause, way, words)

        which = _(
            "Who writes already goes on. Who comes now reads honestly that nobody is let in, and other ways to help."
        )
        self._ask(way, "", which, shut)

    def _reopen(self, _cid: str) -> None:
        if self._desk.queue.arrivals.open:
            return self.tell(Told(_("Everybody is let in already.")))
        if attempt(self.tell, self._desk.lead.resume):
            self.tell(Told(_("New conversations are let in again."), Level.GOOD))

    # ---- parts of the above ----

    def _step_in(self, cid: str, way: Way) -> None:
        def enter(words: str) -> bool:
            self._in.setdefault(cid, Visit())
            return attempt(self.tell, self._desk.lead.step_in, cid, way, words)

        self._ask(way, cid, calling(self._desk, cid), enter, lambda: self._go(cid))

    def _ask(
        self, what: str, cid: str, which: str, do: Callable[[str], bool], then: Callable[[], None] = lambda: None
    ) -> None:
        """Ask for the reason and do it; `then` follows when it was done and the question is off the screen."""
        done: list[bool] = []

        def left(begun: str | None) -> None:
            self._begun[what, cid] = begun or ""
            if done:
                then()

        def say(words: str) -> str:
            if do(words):
                done.append(True)
                return ""
            return _("It was not done: see below. What you wrote stays.")

        title, act = WHY[what]
        how = _("Enter: {act} · Esc: not now, it stays here").format(act=_(act))
        nothing = _("Without a reason it is not done.")
        asked = Asked(_(title), _("The reason, in a few words"), how, nothing, REASON_LIMIT)
        self._duty.app.push_screen(Say(asked, which, say, self._begun.get((what, cid), "")), left)

    def _go(self, cid: str, *, claim: bool = False) -> None:
        """To the conversation, on the duty screen, once what was asked is off the screen."""
        self._duty.app.call_later(self._instead, lambda: self._open(cid, claim))

    async def _instead(self, then: Callable[[], Awaitable[None]]) -> None:
        """Do it on the duty screen; the lead's view is put away first."""
        if self._view is None:
            await then()
        else:
            self._then = then
            self._view.dismiss()

    async def _open(self, cid: str, claim: bool) -> None:
        await self._duty.panes.open(cid)
        if claim and self._duty.panes.active:
            self._duty.panes.active.wait_for_claim()

    async def _press(self, cid: str) -> None:
        await self._duty.panes.open(cid)
        if self._duty.patrolling.cid != cid:  # a panel that is open behind the view is not sent unseen
            await self._duty.patrolling.press(cid)

    def _help(self) -> None:
        from officer_console.console.screens.lead_help import LeadHelp

        self._duty.app.push_screen(LeadHelp(self._duty.keymap))

    def _is_there(self, cid: str) -> bool:
        conversation = self._desk.queue.get(cid)
        there = conversation is not None and conversation.state is not State.ERASED
        if not there:
            self.tell(Told(_("There is no conversation under the cursor."), Level.WARNING))
        return there

    def _may_be_given(self, cid: str) -> Conversation | None:
        if may(self._desk, cid, "assigned"):
            return self._desk.queue.get(cid)
        self.tell(Told(_("Only who waits or is answered can be given to an officer."), Level.WARNING))
        return None

    def _holds_other(self, cid: str) -> bool:
        conversation = self._desk.queue.get(cid)
        return conversation is not None and conversation.state is State.HELD and conversation.holder != self._desk.me

    def _loudly(self, told: Told) -> None:
        self.tell(told)
        self._duty.ring()
