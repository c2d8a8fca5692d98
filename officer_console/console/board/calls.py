"""The call backs over the board: the list above, the chosen one below. A patrol that rings is announced here too."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from officer_console.console.board import keys
from officer_console.console.board.call_pane import CallPane
from officer_console.console.board.call_roll import is_unread
from officer_console.console.board.call_words import call_page, gone_page, to_read
from officer_console.console.board.calling import not_now
from officer_console.console.board.key_line import KeyLine
from officer_console.console.board.page_pane import PagePane
from officer_console.console.board.words import Part
from officer_console.console.commands import Command
from officer_console.console.screens.over import Over
from officer_console.console.widgets.status_line import StatusLine
from officer_console.console.widgets.text_line import TextLine
from officer_console.console.words import Told
from officer_console.locale import _, ngettext

if TYPE_CHECKING:
    from officer_console.console.board.calling import Calling


class Calls(Over[bool]):
    """Gives whether the dispatcher wants to go to what rings. Enter does that as long as a patrol rings, as it does on
    the board: a hand that goes to Enter because of the bell answers no call back that nobody has read."""

    CSS_PATH = "calls.tcss"
    AUTO_FOCUS = "CallPane"

    def __init__(self, calling: Calling) -> None:
        super().__init__()
        self._calling, self._roll = calling, calling.roll
        self._top, self._list, self._page = TextLine(), CallPane(calling.roll), PagePane("call")
        self._said, self._keys = StatusLine(), KeyLine()
        self._on_page = ""
        self._does = self._doing()

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            mark = _("EXERCISE: nobody is called") if self._calling.exercise else ""
            box.border_title = Content(" · ".join(filter(None, [_("Call backs"), mark])))
            yield from (self._top, self._list, self._page, self._said, self._keys)

    def on_mount(self) -> None:
        self.look()
        self.set_interval(1, self.look)

    def on_resize(self) -> None:
        self.call_after_refresh(self.look)  # which keys do something depends on what has room

    def look(self) -> None:
        """Show how they stand now."""
        if not self._list.is_attached:
            return
        roll, now, chosen = self._roll, self._calling.now(), self._roll.chosen
        self._top.put(_announced(self._calling.ringing, len(roll.unread)))
        self._list.show(now)
        new, self._on_page = (chosen.id if chosen else "") != self._on_page, chosen.id if chosen else ""
        if new:  # what was said of another one would be read of this one
            self._said.answer(Told(""), self._calling.clock())
        nothing = gone_page(roll.gone, bool(roll.shown)) if roll.gone else [Part(_("There is no call back here."))]
        self._page.show(call_page(chosen, now) if chosen else nothing, begin=new)
        self._said.show(self._calling.clock())
        self._keys.show(self.useful())

    def useful(self) -> list[Command]:
        """The keys that do something now."""
        chosen, rings = self._roll.chosen, self._calling.ringing
        take = [keys.TAKE_BESIDE if rings else keys.TAKE] if chosen and is_unread(chosen) else []
        decline = [keys.DECLINE] if chosen and chosen.state == "asked" else []
        move = [keys.MOVE] if len(self._roll.shown) > 1 or (self._roll.shown and not chosen) else []
        scroll = [keys.SCROLL] if self._page.rows > self._page.page else []
        return [*([keys.TO_RINGING] if rings else []), *take, *decline, *move, *scroll, keys.BACK, keys.HELP]

    # ---- keys ----

    def on_key(self, event: events.Key) -> None:
        if event.key in self._does:
            event.stop()
            self._does[event.key]()

    def on_call_pane_clicked(self, event: CallPane.Clicked) -> None:
        self._choose(event.at)

    def put_off(self) -> None:
        self.dismiss(False)

    def _doing(self) -> dict[str, Callable[[], object]]:
        scroll_up, scroll_down = self._page.scroll_page_up, self._page.scroll_page_down
        return {
            "enter": self._enter,
            "up": lambda: self._step(-1),
            "down": lambda: self._step(1),
            "home": lambda: self._choose(0),
            "end": lambda: self._choose(len(self._roll.shown) - 1),
            "pageup": lambda: scroll_up(animate=False),
            "pagedown": lambda: scroll_down(animate=False),
            "t": self._take,
            "r": self._decline,
            "f1": self._help,
            "question_mark": self._help,
            **dict.fromkeys(keys.BACK.keys, self.put_off),
        }

    def _enter(self) -> None:
        if self._calling.ringing:
            self.dismiss(True)
        else:
            self._take()

    def _take(self) -> None:
        chosen = self._roll.chosen
        self._tell(self._calling.answer(chosen.id, "taken") if chosen and is_unread(chosen) else not_now(chosen))

    def _decline(self) -> None:
        from officer_console.console.screens.ask import Answer, Ask

        chosen = self._roll.chosen
        if chosen is None or chosen.state != "asked":
            return self._tell(not_now(chosen))
        id = chosen.id

        def answered(answer: str | None) -> None:
            if answer == "refuse":
                self._tell(self._calling.answer(id, "refused"))

        body = _("The officer reads that it was refused; no reason goes with it.")
        answers = [Answer("keep", _("Keep it")), Answer("refuse", _("Refuse it"))]
        self.app.push_screen(Ask(_("Refuse this call back?"), body, answers), answered)

    def _help(self) -> None:
        from officer_console.console.board.help import Help

        self.app.push_screen(Help())

    def _step(self, by: int) -> None:
        self._roll.step(by)
        self.look()

    def _choose(self, at: int) -> None:
        self._roll.choose(at)
        self.look()

    def _tell(self, told: Told) -> None:
        self._said.answer(told, self._calling.clock())
        self.look()


def _announced(ringing: int, unread: int) -> Content:
    """What rings, else how many are to read."""
    if not ringing:
        return Content.styled(to_read(unread), "bold $warning" if unread else "$muted")
    many = ngettext("{n} PATROL RINGS", "{n} PATROLS RING", ringing).format(n=ringing)
    how = _("Enter goes there")
    return Content.styled(f" ▲ {many} · {how} ", "bold reverse $danger")
