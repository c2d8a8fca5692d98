"""A lead decides of each thing that could tell who she is: it is taken out, left, or replaced by something else.

Nothing typed or decided is lost by leaving."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from officer_console.console.export_work import Place, Work
from officer_console.console.screens.over import Over
from officer_console.console.screens.say import Asked, OneLine, Say
from officer_console.console.widgets.text_line import styled
from officer_console.console.words import Told
from officer_console.locale import _
from officer_console.model.text import displayable, one_line
from officer_console.practice.redacting import KEEP, KINDS

WORDS: Final = 200
SHOWN: Final = 40
"""Places of one thing that are shown."""


class DecisionLine(OneLine):
    """`take` gets what is typed within the key press: keys that come in one rush are about the next thing already."""

    def __init__(self, take: Callable[[str], None]) -> None:
        super().__init__(max_length=WORDS, compact=True, select_on_focus=False)
        self.cursor_blink = False
        self._take = take

    def on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop().prevent_default()
            self._take(self.value)


class Redact(Over[str]):
    """`hindered` tells why it can't be kept any more; `waits` what nobody has seen yet elsewhere. Gives the first,
    or "read" to go on, or "" when it is put off."""

    CSS_PATH = "redact.tcss"

    def __init__(self, work: Work, hindered: Callable[[], str], waits: Callable[[], Told]) -> None:
        super().__init__()
        self._work, self._hindered, self._waits = work, hindered, waits

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(_("What could tell who she is"))
            yield Static(id="which")
            with VerticalScroll(id="places", can_focus=False):
                yield Static(id="text")
            yield Static(id="now")
            yield DecisionLine(self._decided)
            yield Static(id="told")
            yield Static(Content(self._how()), id="how")
            yield Static(id="waits")

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self.set_interval(1, self._look)
        self.show()
        self._look()

    def show(self, told: str = "") -> None:
        """The thing that is to be decided now."""
        work, item = self._work, self._work.item
        done = _("{done} of {all} decided").format(done=work.done, all=len(work.items))
        self.query_one("#told", Static).update(
            Content(told or (_("All is decided: F5 goes on.") if work.whole else ""))
        )
        if item is None:
            self.query_one("#which", Static).update(
                Content(_("Nothing was found: look for it yourself (F4), then F5."))
            )
            return
        kind = _(KINDS[item.kind]) if item.kind in KINDS else _("words that you added")
        which = f"{work.at + 1}/{len(work.items)}  {kind}: “{one_line(displayable(item.text), WORDS)}”   ({done})"
        self.query_one("#which", Static).update(Content(which))
        places = work.places(item)[:SHOWN]
        self.query_one("#text", Static).update(Content("\n\n").join(map(_marked, places)))
        self.query_one("#now", Static).update(Content(self._stands()))
        line = self.query_one(Input)
        line.placeholder = _("Enter: {mark}").format(mark=item.mark)
        line.value = work.begun.get(item.text, "")

    def on_key(self, event: events.Key) -> None:
        keys = {
            "escape": self.put_off, "up": self._before, "down": self._after, "f4": self._more, "f5": self._on,
            "pageup": self._page_up, "pagedown": self._page_down,
        }  # fmt: skip
        if event.key in keys:
            event.stop()
            event.prevent_default()
            keys[event.key]()

    def put_off(self) -> None:
        self._remember()
        self.dismiss("")

    # ---- parts of the above ----

    def _decided(self, value: str) -> None:
        if self._work.item is None:
            return
        typed = one_line(value, WORDS)
        self._work.decide(None if typed == KEEP else typed or self._work.item.mark)
        self.show()

    def _look(self) -> None:
        if why := self._hindered():
            self._remember()
            self.dismiss(why)
            return
        self.query_one("#waits", Static).update(styled(self._waits()))

    def _remember(self) -> None:
        item, typed = self._work.item, self.query_one(Input).value
        if item is None:
            return
        if typed:
            self._work.begun[item.text] = typed
        else:
            self._work.begun.pop(item.text, None)

    def _go(self, way: int) -> None:
        self._remember()
        self._work.go(way)
        self.show()

    def _before(self) -> None:
        self._go(-1)

    def _after(self) -> None:
        self._go(1)

    def _page_up(self) -> None:
        self.query_one("#places").scroll_page_up(animate=False)

    def _page_down(self) -> None:
        self.query_one("#places").scroll_page_down(animate=False)

    def _on(self) -> None:
        self._remember()
        if self._work.whole:
            self.dismiss("read")
            return
        left = len(self._work.items) - self._work.done
        self.show(_("{n} are not decided yet: Enter takes what is proposed.").format(n=left))

    def _more(self) -> None:
        self._remember()
        how = _("Enter: take it out everywhere · Esc: back")
        asked = Asked(
            _("Other words to take out"), _("exactly as they stand there"), how, _("Nothing is typed."), WORDS
        )
        self.app.push_screen(Say(asked, "", self._work.add), lambda begun: self.show())

    def _stands(self) -> str:
        item = self._work.item
        decision = self._work.decision(item) if item else None
        if item is None or decision is None:
            return _("Not decided yet.")
        if decision.mark is None:
            return _("Decided: it stays as it is.")
        return _("Decided: {mark} stands there.").format(mark=one_line(decision.mark, WORDS))

    def _how(self) -> str:
        told = _(
            "Enter: take out · {keep} Enter: leave it · or type what stands there · ↑ ↓: before, after\n"
            "F4: other words · F5: read what is left · Esc: later, nothing is lost"
        )
        return told.format(keep=KEEP)


def _marked(place: Place) -> Content:
    """Where it stands, with the words marked; text from outside is never markup."""
    start, end = place.span
    text = place.text
    return Content.assemble(text[:start], (text[start:end], "bold reverse"), text[end:])
