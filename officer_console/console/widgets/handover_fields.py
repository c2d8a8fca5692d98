"""The fields of the hand-over panel: a colleague to choose, and texts of several lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from textual import events

from officer_console.console.keymap import Keymap
from officer_console.console.widgets.composer import Composer
from officer_console.console.widgets.patrol_fields import Field
from officer_console.console.widgets.patrol_lines import ChoiceLine
from officer_console.locale import N_, _

WHO: Final = Field("to", N_("To"), N_("← → choose the colleague"))


class CardText(Composer):
    """A text of the card. Enter goes to the next field, and so do the arrows at its ends; nothing is sent by itself.

    `step` goes to the next field (1) or the one before (-1): within the key press, and a key that was on its way then
    is for where one writes then, as a slow line brings several keys at once.
    """

    def __init__(self, name: str, keymap: Keymap, step: Callable[[int], None]) -> None:
        super().__init__(keymap, self._next)
        self.field = name
        self._step = step

    def _next(self, text: str) -> bool:
        """Nothing is given away."""
        self._step(1)
        return False

    def put(self, text: str) -> None:
        """Show this text, unless it stands there already."""
        if text != self.text:
            self.fill(text)

    def on_key(self, event: events.Key) -> None:
        focused = self.screen.focused
        if focused is not None and focused is not self:
            event.stop().prevent_default()
            focused.post_message(events.Key(event.key, event.character))
        elif event.key == "down" and self.navigator.is_last_wrapped_line(self.cursor_location):
            event.stop().prevent_default()
            self._step(1)
        elif event.key == "up" and self.navigator.is_first_wrapped_line(self.cursor_location):
            event.stop().prevent_default()
            self._step(-1)


class ColleagueLine(ChoiceLine):
    """The colleague who is asked; `words_of` tells who can be, by their keys' names."""

    CHOICES = frozenset({"left", "right", "space", "home", "end"})

    def __init__(self) -> None:
        super().__init__(WHO)
        self.kid = ""
        self._known: dict[str, str] = {}

    def show(self, known: dict[str, str]) -> None:
        """These can be asked, the best first; who was chosen stays chosen while he can be."""
        self._known = known
        if self.kid not in known:
            self.kid = next(iter(known), "")
        self.refresh()

    def words(self) -> str:
        if not self.kid:
            return _("nobody else is on duty")
        order = self._order
        turn = f"  {order.index(self.kid) + 1}/{len(order)}" if len(order) > 1 else ""
        return f"‹ {self._known[self.kid]} ›{turn}"

    def choose(self, key: str) -> None:
        order = self._order
        if order:
            ends = {"home": 0, "end": len(order) - 1}
            turn = order.index(self.kid) + (-1 if key == "left" else 1)
            self.kid = order[ends.get(key, turn % len(order))]

    @property
    def _order(self) -> Sequence[str]:
        return list(self._known)
