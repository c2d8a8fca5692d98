"""The keys that do something now, with words; none is broken where the line ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual import events
from textual.content import Content

from officer_console.console.commands import Command
from officer_console.console.keymap import Keymap, shown
from officer_console.console.widgets.text_line import TextLine
from officer_console.locale import _

BETWEEN: Final = "  "


class KeyLines(TextLine):
    """Takes the lines that its style gives it, whatever it shows: nothing above moves because a key comes or goes."""

    def __init__(self, keymap: Keymap) -> None:
        super().__init__()
        self._keymap = keymap
        self._commands: Sequence[Command] = ()

    def show(self, commands: Sequence[Command]) -> None:
        """Show the keys of these commands, the most useful first."""
        self._commands = commands
        lines: list[Content] = []
        for hint in map(self._hint, commands):
            longer = lines[-1] + BETWEEN + hint if lines else hint
            if lines and longer.cell_length <= self.size.width:
                lines[-1] = longer
            else:
                lines.append(hint)
        self.put(Content("\n").join(lines))

    def on_resize(self, event: events.Resize) -> None:
        self.show(self._commands)

    def _hint(self, command: Command) -> Content:
        return Content.assemble((shown(self._keymap[command.id]), "bold $accent"), " ", _(command.title))
