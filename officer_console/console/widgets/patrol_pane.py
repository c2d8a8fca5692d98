"""The patrol panel: the request as fields beside the conversation, never over it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Grid, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from officer_console.client.api import Change, Desk, LinkPhase
from officer_console.console.patrol_words import Names, counting, ring
from officer_console.console.times import span
from officer_console.console.usable import may
from officer_console.console.widgets.panel import Panel
from officer_console.console.widgets.patrol_fields import (
    BY_NAME,
    FIELDS,
    PINNED,
    beside,
    known_of,
    merged,
    missing,
    prepared,
)
from officer_console.console.widgets.patrol_lines import STEPS, Changed, line_for
from officer_console.console.widgets.patrol_offers import SHOWN, Offer, PatrolOffers
from officer_console.console.widgets.text_line import styled
from officer_console.console.words import Level, Told
from officer_console.locale import _
from officer_console.model.known import Known
from officer_console.model.patrol import PatrolRequest, PatrolState
from officer_console.model.text import one_line

TURNS: Final = {"ctrl+down": 1, "ctrl+up": -1}
NUMBERS: Final = {f"alt+{n}": n for n in range(1, SHOWN + 1)}
WHICH_WORDS: Final = 40
QUESTION_WORDS: Final = 200


class PatrolPane(Panel):
    """Keeps what is written in it as the desk's draft, at every key. Asks for nothing by itself and sends nothing."""

    def __init__(self, desk: Desk, names: Names) -> None:
        super().__init__()
        self.cid, self._last = "", FIELDS[0].name
        self.sent: PatrolRequest | None = None
        self._desk, self._names = desk, names
        self._base = self._kept = PatrolRequest()
        self._theirs: PatrolRequest | None = None
        self._warning = ""
        self._lines = {field.name: line_for(field, self._step) for field in FIELDS}
        self._known: Known | None = None
        self._lines_read = -1
        self._warn, self._offers, self._foot = Static(id="warn"), PatrolOffers(), Static(id="foot")

    def compose(self) -> ComposeResult:
        yield self._warn
        with Grid(id="pinned", classes="fields"):
            yield from self._rows(name for name in self._lines if name in PINNED)
        with VerticalScroll(id="fields", classes="fields", can_focus=False):
            yield from self._rows(name for name in self._lines if name not in PINNED)
        yield self._offers
        yield self._foot

    def _rows(self, names: Iterable[str]) -> ComposeResult:
        for name in names:
            yield Static(Content(_(BY_NAME[name].label)), classes="label")
            yield self._lines[name]

    # what it is told

    def show(self, cid: str) -> str:
        """Fill it in for this conversation; gives the name of the first field that is missing. "" empties and hides
        it."""
        self.cid, self.display, self.sent, self._warning = cid, bool(cid), None, ""
        patrol = self._desk.patrols.of(cid) if cid else None
        self._theirs = patrol.request if patrol else None
        self._base = self._kept = prepared(self._desk, cid) if cid else PatrolRequest()
        self._known, self._lines_read = None, -1
        if cid:
            self._look_again()
        self._fill(self._base)
        self.query_one("#fields").scroll_home(animate=False)
        self.refresh_state()
        return missing(self._base, patrol.question if patrol and not patrol.over else "")

    def go_to(self, name: str) -> None:
        """Write in this field."""
        line = self._lines[name]
        # at once: what is typed next is typed there. Scrolling would put it in the middle: the less moves the better
        self.screen.set_focus(line, scroll_visible=False)
        self.call_after_refresh(line.scroll_visible, animate=False)

    def go_back(self) -> None:
        """Write on where one was."""
        self.go_to(self._last)

    def warn(self, words: str) -> None:
        """Say in red why something was not done, until something is changed: what was typed before is no change."""
        self._take_up()
        self._warning = words
        self.refresh_state()

    def was_sent(self, request: PatrolRequest) -> None:
        """It was asked for: what is written from now on is more than that."""
        self.sent = self._base = self._kept = self._theirs = request
        self._warning = ""
        self.refresh_state()

    def changed(self, change: Change) -> None:
        """The conversation has changed. What is being written is not touched."""
        if self.cid in change.cids:
            self._look_again()
            self._join()
            self.refresh_state()

    def holds(self) -> bool:
        return may(self._desk, self.cid, "patrol_requested")

    # what it tells

    @property
    def request(self) -> PatrolRequest:
        """What stands in the fields."""
        return msgspec.structs.replace(self._base, **{name: line.read() for name, line in self._lines.items()})

    @property
    def is_update(self) -> bool:
        """Whether it joins an open case."""
        patrol = self._desk.patrols.of(self.cid)
        first = patrol is not None and patrol.state is PatrolState.KEPT and bool(counting(patrol, self._desk.now()))
        return patrol is not None and not patrol.over and not patrol.cancelled and not first

    def refresh_state(self) -> None:
        """Everything but the fields, by the time it is now."""
        if self.cid:
            self.set_class(self._desk.practice, "-practice")
            self.border_title = Content(" · ".join(filter(None, self._title())))
            told = self._told()
            self._warn.display = bool(told)
            self._warn.update(Content("\n").join(map(styled, told)))
            self._foot.update(self._footing())
            self._offers.show(self._known, self.request, self._focused)

    # what the officer does

    def on_key(self, event: events.Key) -> None:
        if event.key in STEPS:
            self._step(STEPS[event.key])
        elif event.key in TURNS:
            self._put_in(self._offers.next(TURNS[event.key]))
        elif event.key in NUMBERS:
            self._put_in(self._offers.numbered(NUMBERS[event.key]))
        else:
            return
        event.stop().prevent_default()

    @on(Input.Changed)
    @on(Changed)
    def _edited(self, event: Input.Changed | Changed) -> None:
        event.stop()
        if self._take_up():
            self._warning = ""
            self.refresh_state()

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _focus_moved(self) -> None:
        self._last = self._focused or self._last
        self.refresh_state()

    # parts of the above

    def _take_up(self) -> bool:
        """Keep what stands in the fields; gives whether it is another than before."""
        request = self.request
        if not self.cid or request == self._kept:
            return False
        self._kept = request
        self._desk.patrols.keep_draft(self.cid, request)
        return True

    def _fill(self, request: PatrolRequest) -> None:
        for name, line in self._lines.items():
            line.put(getattr(request, name))

    def _look_again(self) -> None:
        """What else she has written: reading a long conversation costs too much for each change in it."""
        count = len(self._desk.talk.lines(self.cid))
        if count != self._lines_read:
            self._lines_read = count
            self._known = known_of(self._desk, self.cid)

    def _join(self) -> None:
        """A colleague has asked too: what he knows stands here as well, and nothing of mine is lost."""
        patrol = self._desk.patrols.of(self.cid)
        theirs = patrol.request if patrol and self.is_update else None
        if theirs is None or theirs == self._theirs:
            return
        begun, request = self.request != self._base, merged(self._base, self.request, theirs)
        self._theirs = self._base = theirs
        self._fill(request)
        self._kept = self.request
        if begun:
            self._desk.patrols.keep_draft(self.cid, self._kept)
        self._warning = _("A colleague has told the room more meanwhile: it stands here too.")

    def _step(self, by: int) -> None:
        names = list(self._lines)
        at = names.index(self._focused) if self._focused else -1
        self.go_to(names[max(0, min(at + by, len(names) - 1))])

    def _put_in(self, offer: Offer | None) -> None:
        if offer is None:
            return
        if offer.name == "place" and self._known:
            for name, text in beside(self._known, self.request, offer.text).items():
                self._lines[name].offer(text)
        self._lines[offer.name].offer(offer.text)

    @property
    def _focused(self) -> str:
        focused = self.screen.focused
        return next((name for name, line in self._lines.items() if line is focused), "")

    # words

    def _title(self) -> list[str]:
        conversation = self._desk.queue.get(self.cid)
        patrol = self._desk.patrols.of(self.cid)
        what = _("PATROL UPDATE") if self.is_update else _("PATROL REQUEST")
        what = _("STILL MEANT?") if patrol and patrol.old else what
        words = one_line(conversation.first_words, WHICH_WORDS) if conversation else ""
        return [_("PRACTICE") if self._desk.practice else "", what, words]

    def _told(self) -> list[Told]:
        """What must be known before anything is written."""
        patrol, now = self._desk.patrols.of(self.cid), self._desk.now()
        told = [Told(self._warning, Level.DANGER)]
        if patrol and patrol.old:
            words = _("Kept here for {span}, NOT SENT. {key} sends it now; {cancel}: not meant any more.")
            age = span(now - (patrol.unacked_since or patrol.state_at))
            told.append(Told(words.format(span=age, key=self._names.patrol, cancel=self._names.cancel), Level.DANGER))
        if patrol and patrol.question and not patrol.over:
            words = _("THE ROOM ASKS: {words}").format(words=one_line(patrol.question, QUESTION_WORDS))
            told.append(Told(words, Level.WARNING))
        told.append(Told(self._no_way(), Level.DANGER))
        if self._desk.practice:
            told.append(Told(_("PRACTICE: no real room gets this, nobody comes."), Level.WARNING))
        return [each for each in told if each.text]

    def _no_way(self) -> str:
        """Why it can't reach a room now, and what to do."""
        link = self._desk.link
        if link.phase is not LinkPhase.ONLINE:
            told = _("{ring}: NO CONNECTION. A request is kept and goes out by itself.")
        elif not link.rooms:
            told = _("{ring}: NO DISPATCH ROOM IS THERE. A request is kept until one is.")
        else:
            return ""
        return told.format(ring=ring(self._names.phone))

    def _footing(self) -> Content:
        if left := counting(self._desk.patrols.of(self.cid), self._desk.now()):
            return styled(Told(_("SENDING IN {n} s · Esc takes it back").format(n=left), Level.DANGER))
        told = _("{key} sends the update · Esc: later") if self.is_update else _("{key} sends · Esc: later, it stays")
        hint = _(BY_NAME[self._focused].hint) if self._focused and BY_NAME[self._focused].hint else ""
        keys = Content.styled(told.format(key=self._names.patrol), "bold")
        return Content("\n").join([keys, Content.styled(hint, "$muted")])
