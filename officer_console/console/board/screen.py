"""The board's screen: the cases on the left, the chosen one on the right, and how things stand."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import Screen

from officer_console.client.api import LinkState
from officer_console.console.board import keys
from officer_console.console.board.acting import Acting
from officer_console.console.board.calling import Calling
from officer_console.console.board.key_line import KeyLine
from officer_console.console.board.list_pane import ListPane
from officer_console.console.board.page_pane import HeadPane, PagePane
from officer_console.console.board.ring import Ring
from officer_console.console.board.roll import Roll
from officer_console.console.board.setup import Setup
from officer_console.console.board.title_line import TitleLine
from officer_console.console.board.words import Part, body, head
from officer_console.console.commands import Command
from officer_console.console.times import of_day
from officer_console.console.widgets.frame import Frame
from officer_console.console.widgets.status_line import StatusLine
from officer_console.console.words import Level, Told, trouble
from officer_console.dispatch.board import Act
from officer_console.errors import reason
from officer_console.locale import _


class RoomChanged(Message):
    """Something is different in the room: cases, call backs or the connection."""


class Page(Frame, Vertical):
    """Frame of the chosen case."""


class BoardScreen(Screen[None], inherit_bindings=False):
    """Hands keys to acts and the room's news to the panes. Nothing that arrives moves cursor or focus."""

    AUTO_FOCUS = "ListPane"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-usual"), (150, "-wide")]  # noqa: RUF012

    class Leaving(Message):
        """The dispatcher wants to leave."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(classes="-exercise" if setup.room.exercise else None)
        self._setup = setup
        self._room = setup.room
        self.roll = Roll()
        self.acting = Acting(self, setup)
        self.calling = Calling(self, setup)
        self._title = TitleLine(exercise=setup.room.exercise)
        self._list = ListPane()
        self._head, self._body = HeadPane("head"), PagePane("body")
        self._page = Page(self._head, self._body, id="page")
        self._status = StatusLine()
        self._keys = KeyLine()
        self._ring = Ring(self._bell, setup.ring_s * 1000)
        self._on_page = ""
        self._link = LinkState()
        self._beside = self._keys_beside()

    def compose(self) -> ComposeResult:
        yield self._title
        with Horizontal(id="parts"):
            yield self._list
            yield self._page
        yield self._status
        yield self._keys

    def on_mount(self) -> None:
        self.refresh_cases()
        self.set_interval(1, self.tick)

    # ---- news ----

    def on_room_changed(self) -> None:
        self.refresh_cases()

    def refresh_cases(self) -> None:
        """Read cases and call backs anew, and show them."""
        try:
            self.roll.put(self._setup.board.cases(self._room), self._room.now())
            self.calling.read()
        except OSError as error:
            told = _("This machine's disk can't be read: {reason}. What you see may be old.")
            self.tell(Told(told.format(reason=reason(error)), Level.DANGER))
        self.tick()

    def tick(self) -> None:
        """Time has passed."""
        with contextlib.suppress(OSError):  # it counts what is on disk; what it was before is shown with its age
            self._link = self._room.link
        now, link = self._room.now(), self._link
        self.roll.look(now)
        self._ring.look(self.roll.ringing, self._now_ms())
        ringing = sum(each.rings for each in self.roll.open)
        self._title.tell(link, now - link.skew, self._room.desk_name, ringing)
        self._status.alert(Told(trouble(link), Level.DANGER), self._now_ms())
        self.show_cases()

    def show_cases(self) -> None:
        """Show list, chosen case and keys as they are now."""
        now, chosen = self._room.now(), self.roll.chosen
        self._list.show(self.roll.shown, self.roll.at, now)
        self._list.border_title = self.calling.badge
        new, self._on_page = (chosen.id if chosen else "") != self._on_page, chosen.id if chosen else ""
        top = head(chosen, now) if chosen else []
        self._head.show(top, begin=new)
        below = body(chosen) if chosen else []
        self._body.show([*top, Part(""), *below] if self._head.cut else below, begin=new)
        self._page.border_title = self._page_title()
        self._keys.show(self.useful())

    def to_ringing(self) -> None:
        """Choose a case that rings, unless the chosen one does."""
        if not (self.roll.chosen and self.roll.chosen.rings):
            self.roll.next_ringing()
            self.show_cases()

    def tell(self, told: Told) -> None:
        """Answer the dispatcher's key."""
        self._status.answer(told, self._now_ms())

    # ---- keys ----

    def useful(self) -> list[Command]:
        """The keys that do something now, the most useful first; help and leaving last."""
        chosen = self.roll.chosen
        acts = [keys.ACTS[act] for act in Act if chosen and act in chosen.possible]
        ringing = any(each.rings and each is not chosen for each in self.roll.shown)
        first = [keys.NEXT] if ringing and not (chosen and Act.OPEN in chosen.possible) else []
        rest = [keys.MOVE] if len(self.roll.shown) > 1 else []
        calls = [keys.CALLS] if self.calling.roll.shown else []
        return [*first, *acts, *calls, *rest, keys.OLD, keys.HELP, keys.LEAVE]

    def on_key(self, event: events.Key) -> None:
        if event.key in keys.ACT_OF:
            event.stop()
            self._act(keys.ACT_OF[event.key])
        elif event.key in self._beside:
            event.stop()
            self._beside[event.key]()

    def on_list_pane_clicked(self, event: ListPane.Clicked) -> None:
        self._choose(event.at)

    def _keys_beside(self) -> dict[str, Callable[[], object]]:
        """Keys that do nothing to a case."""
        scroll_up, scroll_down = self._body.scroll_page_up, self._body.scroll_page_down
        return {
            "up": lambda: self._choose(self.roll.at - 1),
            "down": lambda: self._choose(self.roll.at + 1),
            "home": lambda: self._choose(0),
            "end": lambda: self._choose(len(self.roll.shown) - 1),
            "pageup": lambda: scroll_up(animate=False),
            "pagedown": lambda: scroll_down(animate=False),
            "x": self._old,
            "b": self.calling.show,
            "ctrl+r": self._room.retry,
            "f1": self._help,
            "question_mark": self._help,
            "f10": lambda: self.post_message(self.Leaving()),
        }

    def _act(self, act: Act) -> None:
        chosen = self.roll.chosen
        if act is Act.OPEN and not (chosen and Act.OPEN in chosen.possible):
            self.roll.next_ringing()
            self.show_cases()
        elif chosen is None:
            self.tell(Told(_("There is no case here.")))
        else:
            self.acting.begin(chosen, act)

    def _choose(self, at: int) -> None:
        self.roll.choose(at)
        self.show_cases()

    def _old(self) -> None:
        self.roll.old = not self.roll.old
        self.tick()

    def _help(self) -> None:
        from officer_console.console.board.help import Help

        self.app.push_screen(Help())

    # ---- parts of the above ----

    def _page_title(self) -> str:
        chosen = self.roll.chosen
        mark = _("EXERCISE: nobody is sent") if self._room.exercise else ""
        which = _("Request of {time}").format(time=of_day(chosen.case.at)) if chosen else ""
        return " · ".join(filter(None, [which, mark]))

    def _bell(self) -> None:
        self.app.bell()

    def _now_ms(self) -> int:
        return int(self._setup.clock() * 1000)
