"""Messages with graphic content, folded until the officer opens them. Danger in them is named all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import msgspec

from officer_console.client.api import Desk
from officer_console.console.signal_words import MARK, signal_name
from officer_console.locale import _, ngettext
from officer_console.model.conversation import Conversation
from officer_console.model.transcript import Kind, Line
from officer_console.model.triage import Result

NOW = "en_cours"
"""A message that tells of danger now is never folded."""
Look = Callable[[Sequence[str], str], Result]


class Folds:
    """`graphic` tells which texts are folded, None: none are. `look` finds the danger signals in messages; slow at its
    first call, which is in a thread. `changed` is called when lines may read differently."""

    def __init__(
        self, desk: Desk, graphic: Callable[[str], bool] | None, look: Look | None, changed: Callable[[], None]
    ) -> None:
        self._desk, self._graphic, self._look, self._changed = desk, graphic, look, changed
        self._opened: set[tuple[str, str]] = set()
        self._folded: dict[tuple[str, str], bool] = {}
        self._found: dict[tuple[str, str], tuple[str, ...]] = {}
        self._ready = self._failed = look is None
        self._reading: asyncio.Task[None] | None = None

    def told(self, cid: str, line: Line) -> str:
        """What stands in a message's place; "" when it is not folded."""
        key = cid, line.key
        if line.kind is not Kind.VISITOR or key in self._opened or not self._is_folded(key, line.text):
            return ""
        signals = self._signals(cid, line)
        return "" if NOW in signals else self._words(line, signals)

    def folded(self, conversation: Conversation) -> Conversation:
        """A conversation as lists show it: its first words are folded too, until a message of it has been opened."""
        cid, words = conversation.cid, conversation.first_words
        if self._graphic is None or not words or any(each[0] == cid for each in self._opened):
            return conversation
        key = cid, f"first {hash(words)}"
        if not self._is_folded(key, words):
            return conversation
        signals = [each.signal for each in self._desk.signals.of(cid)]
        signals = list(dict.fromkeys((*signals, *self._found_in(key, words, conversation.language))))
        return conversation if NOW in signals else msgspec.structs.replace(conversation, first_words=_short(signals))

    def open(self, cid: str, key: str) -> None:
        """Show a message; it stays open as long as this console runs."""
        self._opened.add((cid, key))

    def forget(self, cid: str) -> None:
        """Nothing of an erased conversation stays here."""
        self._opened = {each for each in self._opened if each[0] != cid}
        self._folded = {key: folded for key, folded in self._folded.items() if key[0] != cid}
        self._found = {key: found for key, found in self._found.items() if key[0] != cid}

    # parts of the above

    def _is_folded(self, key: tuple[str, str], text: str) -> bool:
        if key not in self._folded:
            self._folded[key] = self._graphic is not None and self._graphic(text)
        return self._folded[key]

    def _words(self, line: Line, signals: Sequence[str]) -> str:
        count = len(line.text.split())
        told = ngettext(
            "▸ A message with graphic content ({n} word)", "▸ A message with graphic content ({n} words)", count
        )
        parts = [told.format(n=count)]
        if signals:
            parts.append(f"{MARK} {', '.join(map(signal_name, signals))}")
        if not self._ready or self._failed:
            parts.append(_("not looked at for danger: open it"))
        return " · ".join(parts)

    def _signals(self, cid: str, line: Line) -> tuple[str, ...]:
        """Confirmed in this message, or found in it."""
        confirmed = [each.signal for each in self._desk.signals.of(cid) if each.message == line.key]
        conversation = self._desk.queue.get(cid)
        language = conversation.language if conversation else ""
        return tuple(dict.fromkeys((*confirmed, *self._found_in((cid, line.key), line.text, language))))

    def _found_in(self, key: tuple[str, str], text: str, language: str) -> tuple[str, ...]:
        if self._look is None or self._failed:
            return ()
        if not self._ready:
            self._begin(self._look)
            return ()
        if key not in self._found:
            try:
                self._found[key] = tuple(self._look([text], language).signals)
            except Exception:  # whatever it is: the line says that nobody has looked
                self._failed = True
        return self._found.get(key, ())

    def _begin(self, look: Look) -> None:
        if self._reading is None:
            self._reading = asyncio.create_task(self._read(look))

    async def _read(self, look: Look) -> None:
        try:
            await asyncio.to_thread(look, (), "")
        except Exception:  # as above
            self._failed = True
        self._ready = True
        self._changed()


def _short(signals: Sequence[str]) -> str:
    """In the place of first words; danger first, for the rest may be cut."""
    named = f"{MARK} {', '.join(map(signal_name, signals))}" if signals else ""
    return " · ".join(filter(None, [named, _("▸ graphic content")]))
