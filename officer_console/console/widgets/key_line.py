"""The last line of the screen: the keys that do something here and now."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.content import Content

from officer_console.console.commands import Command
from officer_console.console.keymap import Keymap, shown
from officer_console.console.widgets.text_line import TextLine
from officer_console.locale import _


class KeyLine(TextLine):
    """As many keys as there is room for; the last two (help and leaving) always have it."""

    ALWAYS = 2

    def __init__(self, keymap: Keymap) -> None:
        super().__init__()
        self._keymap = keymap
        self._commands: Sequence[Command] = ()

    def show(self, commands: Sequence[Command]) -> None:
        """Show the keys of these commands, the most useful first."""
        self._commands = commands
        hints = [self._hint(command) for command in commands]
        last = Content("  ").join(hints[-self.ALWAYS :])
        room = self.size.width - last.cell_length
        fitting = []
        for hint in hints[: -self.ALWAYS]:
            room -= hint.cell_length + 2
            if room < 0:
                break
            fitting.append(hint)
        self.put(Content("  ").join([*fitting, last]))

    def on_resize(self, event: events.Resize) -> None:
        self.show(self._commands)

    def _hint(self, command: Command) -> Content:
        key = shown(self._keymap[command.id])
        return Content.assemble((key, "bold $accent"), " ", _(command.title))
