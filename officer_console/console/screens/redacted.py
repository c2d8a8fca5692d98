"""What is left of a conversation, read whole by the lead who redacted it, with the few words that a trainee begins
with; then it is left with the relay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from officer_console.console.export_view import counted, left
from officer_console.console.export_work import Form, Work
from officer_console.console.screens.over import Over
from officer_console.console.screens.say import OneLine
from officer_console.console.widgets.text_line import styled
from officer_console.console.words import Told
from officer_console.errors import UserError
from officer_console.locale import N_, _
from officer_console.model.text import one_line

FIELDS: Final = {
    "title": (N_("Title"), N_("a few words that don't tell how it ends"), 120),
    "gist": (N_("What was so"), N_("told in the debrief: what she was in, and what she needed"), 400),
    "warning": (N_("Warning"), N_("what of it can weigh on somebody; may stay empty"), 400),
    "difficulty": (N_("Difficulty"), N_("1, 2 or 3"), 1),
}
"""Field -> what it is called, a hint, and how many letters it takes."""
DIFFICULTIES: Final = frozenset("123")


class Redacted(Over[str]):
    """`made()` gives the session as it would be kept; `send(session)` gives why it was not taken, or ""; `waits` tells
    what nobody has seen yet elsewhere. Gives why it can't be kept any more, "decide" to go back, or "" when it is put
    off or was sent."""

    CSS_PATH = "redacted.tcss"

    def __init__(
        self,
        work: Work,
        made: Callable[[], bytes],
        send: Callable[[bytes], str],
        hindered: Callable[[], str],
        waits: Callable[[], Told],
    ) -> None:
        super().__init__()
        self._work, self._made, self._send, self._hindered, self._waits = work, made, send, hindered, waits

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(_("What is left: read it as somebody who knows her would"))
            with VerticalScroll(id="page", can_focus=False):
                yield Static(id="text")
            for name, (called, hint, limit) in FIELDS.items():
                yield Static(Content(_(called)), classes="called")
                line = OneLine(
                    getattr(self._work.form, name), placeholder=_(hint), max_length=limit, compact=True,
                    select_on_focus=False, id=name,
                )  # fmt: skip
                line.cursor_blink = False
                yield line
            yield Static(id="told")
            how = _("PgUp PgDn: read · Tab, ↑ ↓: fields · F5: keep it, sealed · F4: decide again · Esc: later")
            yield Static(Content(how), id="how")
            yield Static(id="waits")

    def on_mount(self) -> None:
        self.query_one("#title").focus()
        self.set_interval(1, self._look)
        try:
            self.query_one("#text", Static).update(left(self._work))
            self._tell(counted(self._work))
        except UserError as error:
            self._tell(one_line(str(error), 400))
        self._look()

    def on_key(self, event: events.Key) -> None:
        keys = {
            "escape": self.put_off, "up": self._before, "down": self._after, "enter": self._after, "f4": self._decide,
            "f5": self._keep, "pageup": self._page_up, "pagedown": self._page_down,
        }  # fmt: skip
        if event.key in keys:
            event.stop()
            event.prevent_default()
            keys[event.key]()

    def put_off(self) -> None:
        self._remember()
        self.dismiss("")

    # ---- parts of the above ----

    def _remember(self) -> None:
        values = {name: self.query_one(f"#{name}", Input).value for name in FIELDS}
        self._work.form = Form(self._work.form.name, **values)

    def _look(self) -> None:
        if why := self._hindered():
            self._remember()
            self.dismiss(why)
            return
        self.query_one("#waits", Static).update(styled(self._waits()))

    def _before(self) -> None:
        self.focus_previous(Input)

    def _after(self) -> None:
        self.focus_next(Input)

    def _decide(self) -> None:
        self._remember()
        self.dismiss("decide")

    def _keep(self) -> None:
        self._remember()
        if why := self._lacks():
            return self._tell(why)
        try:
            session = self._made()
        except UserError as error:
            return self._tell(one_line(str(error), 400))
        if why := self._send(session):
            return self._tell(why)
        self.dismiss("")

    def _lacks(self) -> str:
        form = self._work.form
        for name in ("title", "gist"):
            if not getattr(form, name).strip():
                self.query_one(f"#{name}").focus()
                return _("“{field}” is empty.").format(field=_(FIELDS[name][0]))
        if form.difficulty not in DIFFICULTIES:
            self.query_one("#difficulty").focus()
            return _("The difficulty is 1, 2 or 3.")
        return self._hindered()

    def _tell(self, told: str) -> None:
        self.query_one("#told", Static).update(Content(told))

    def _page_up(self) -> None:
        self.query_one("#page").scroll_page_up(animate=False)

    def _page_down(self) -> None:
        self.query_one("#page").scroll_page_down(animate=False)
