"""The request that she be called back: what she gave freely, read back before it is passed on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Grid, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from officer_console.client.api import Change, Desk
from officer_console.console.callback_words import read_back, told_of
from officer_console.console.usable import may
from officer_console.console.widgets.panel import Panel
from officer_console.console.widgets.patrol_fields import Field
from officer_console.console.widgets.patrol_lines import WrittenLine
from officer_console.console.widgets.text_line import styled
from officer_console.console.words import Level, Told
from officer_console.locale import N_, _
from officer_console.model.callback import LIMITS, CallBackRequest

FIELDS: Final = (
    Field("name", N_("Call her"), N_("The name she wants to be called by")),
    Field("phone", N_("Telephone *"), N_("A number that only she answers; or a mail address")),
    Field("email", N_("Mail *"), N_("An address that only she reads; or a telephone number")),
    Field("when", N_("When, how"), N_("When it is safe; whether to leave a message")),
    Field("unit", N_("Which unit"), N_("Competent for her, or the one she prefers")),
    Field("note", N_("Note"), N_("What the unit should know first")),
)


class CallBackPane(Panel):
    """`keep` gets what stands in it at every change, `ask` passes it on and tells whether it was taken, `back` goes to
    the card. `key` is the key that reads back, and then sends."""

    def __init__(
        self,
        desk: Desk,
        key: str,
        keep: Callable[[str, CallBackRequest], None],
        ask: Callable[[str, CallBackRequest], bool],
        back: Callable[[], None],
    ) -> None:
        super().__init__()
        self._desk, self._key, self._keep, self._ask, self._back = desk, key, keep, ask, back
        self._base = CallBackRequest()
        self._read: CallBackRequest | None = None  # what has been read back
        self._warning = ""
        self._lines = {field.name: WrittenLine(field, LIMITS[field.name], self._step) for field in FIELDS}
        self._last = FIELDS[0].name
        self._warn, self._foot = Static(id="warn"), Static(id="foot")

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="fields", can_focus=False):
            with Grid(classes="fields"):
                for field in FIELDS:
                    yield Static(Content(_(field.label)), classes="label")
                    yield self._lines[field.name]
            yield self._warn
        yield self._foot

    # what it is told

    def show(self, cid: str) -> None:
        self.cid, self.display, self._read, self._warning = cid, bool(cid), None, ""
        if not cid:
            self.begin(CallBackRequest())
        self.refresh_state()

    def begin(self, request: CallBackRequest) -> None:
        """Begin with this."""
        self._base = request
        for name, line in self._lines.items():
            line.put(getattr(request, name))
        self._last = next((name for name, line in self._lines.items() if not line.read()), FIELDS[0].name)

    def go_back(self) -> None:
        self._go_to(self._last)

    def take_focus(self) -> None:
        """Write where something is missing."""
        self._go_to(self._last)

    def press(self) -> None:
        """The key: read back what would be passed on, and the next time pass it on."""
        request = self._request
        if not request.has_contact:
            self._warning = _("NOT SENT: a telephone number or a mail address is needed.")
            self._go_to("phone")
        elif request != self._read:
            self._read, self._warning = request, ""
        elif self._ask(self.cid, request):
            return self._back()
        self.refresh_state()

    def changed(self, change: Change) -> None:
        if self.cid in change.cids:
            self.refresh_state()

    def step_back(self) -> bool:
        self._back()
        return True

    def holds(self) -> bool:
        return may(self._desk, self.cid, "callback_requested")

    def refresh_state(self) -> None:
        if self.cid:
            self.border_title = Content(_("CALL BACK by the competent unit"))
            self._warn.update(Content("\n").join(map(styled, self._told())))
            self._foot.update(self._footing())

    # what the officer does

    @on(Input.Changed)
    def _edited(self, event: Input.Changed) -> None:
        event.stop()
        request = self._request
        if self.cid and request != self._base:
            self._base, self._warning = request, ""
            if request != self._read:
                self._read = None
            self._keep(self.cid, request)
            self.refresh_state()

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _focus_moved(self) -> None:
        self._last = self._focused or self._last
        self.refresh_state()

    # parts of the above

    def _step(self, by: int) -> None:
        names = list(self._lines)
        at = names.index(self._focused) + by if self._focused else 0
        self._go_to(names[max(0, min(at, len(names) - 1))])

    def _go_to(self, name: str) -> None:
        """At once: what is typed next is typed there."""
        self.screen.set_focus(self._lines[name], scroll_visible=False)
        self.call_after_refresh(self._lines[name].scroll_visible, animate=False)

    @property
    def _request(self) -> CallBackRequest:
        texts: dict[str, Any] = {name: line.read() for name, line in self._lines.items()}
        return msgspec.structs.replace(self._base, **texts)

    @property
    def _focused(self) -> str:
        focused = self.screen.focused
        return next((name for name, line in self._lines.items() if line is focused), "")

    def _told(self) -> list[Told]:
        told = [Told(self._warning, Level.DANGER)]
        if self._read:
            words = _("NOT SENT YET. Will be passed on: {words}").format(words=read_back(self._read))
            told.append(Told(words, Level.WARNING))
        told += map(told_of, self._desk.referrals.callbacks(self.cid))
        told.append(Told(_("Only what she gives freely. It is sealed, and erased with the conversation.")))
        return [each for each in told if each.text]

    def _footing(self) -> Content:
        told = (
            _("{key} SENDS it · Esc: back, it stays") if self._read else _("{key} reads it back · Esc: back, it stays")
        )
        hint = next((_(field.hint) for field in FIELDS if field.name == self._focused), "")
        keys = Content.styled(told.format(key=self._key), "bold")
        return Content("\n").join([keys, Content.styled(hint, "$muted")])
