"""Which key does what: the table's own keys, changed by [console.keys] where that is sound.

A wish that can't be granted is a problem in plain words, and the command keeps its own keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from officer_console.console.commands import ALSO, BY_ID, COMMANDS, EDITING, NEVER_LOST, Command, Where
from officer_console.errors import did_you_mean, nearest
from officer_console.locale import N_, _

__all__ = ["ALIASES", "COMMANDS", "Keymap", "by_key", "default_keymap", "keymap_from", "shown"]

Keymap = Mapping[str, tuple[str, ...]]
"""A command's id -> its keys, the first one for showing."""

ALIASES: Final = {
    "?": "question_mark",
    "esc": "escape",
    "return": "enter",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "del": "delete",
    "ins": "insert",
}
"""How people write keys -> how Textual does."""

NAMES: Final = {
    "enter": N_("Enter"),
    "escape": N_("Esc"),
    "tab": N_("Tab"),
    "space": N_("Space"),
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": N_("PgUp"),
    "pagedown": N_("PgDn"),
    "home": N_("Home"),
    "end": N_("End"),
    "insert": N_("Ins"),
    "delete": N_("Del"),
    "backspace": N_("Backspace"),
    "question_mark": "?",
    "slash": "/",
    "ctrl": N_("Ctrl"),
    "alt": N_("Alt"),
    "shift": N_("Shift"),
}
"""How keys are written on keyboards."""

LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
SAME_AS: Final = {
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+h": "backspace",
    "alt+b": "ctrl+left",
    "alt+f": "ctrl+right",
}
"""Keys that a terminal sends as if they were others."""

_MOVING: Final = ("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete")
_FUNCTION: Final = tuple(f"f{n}" for n in range(1, 13))
POSSIBLE: Final = frozenset(
    {"enter", "escape", "tab", "shift+tab", "space", "backspace", "alt+enter", "question_mark"}
    | set(_FUNCTION)
    # With a modifier F3 is what terminals answer when asked where the cursor is.
    | {f"{held}+{key}" for held in ("shift", "ctrl", "alt") for key in _FUNCTION if key != "f3"}
    | set(_MOVING)
    # With Alt Textual takes these for Escape and the key.
    | {f"{held}+{key}" for held in ("shift", "ctrl") for key in _MOVING}
    | {f"{held}+{key}" for held in ("ctrl", "alt") for key in LETTERS}
    | set(LETTERS)
) - set(SAME_AS)
"""Keys that reach the console through every usual terminal, multiplexer and SSH."""

_TEXT_KEYS: Final = frozenset(
    {"space", "backspace", "question_mark", *LETTERS, *(key for keys in EDITING for key in keys.split(","))}
)
_MEETING: Final = (
    frozenset({Where.CONVERSATION, Where.COMPOSER}),
    frozenset({Where.CONVERSATION, Where.PANEL}),
    frozenset({Where.CONVERSATION, Where.PICKER}),
)


def default_keymap() -> Keymap:
    """The table's own keys."""
    return {command.id: command.keys for command in COMMANDS}


def keymap_from(wishes: Mapping[str, str]) -> tuple[Keymap, list[str]]:
    """The keys by the table and by `wishes` (command id -> keys, commas between), and every problem."""
    granted: dict[str, tuple[str, ...]] = {}
    problems: list[str] = []
    for id, wish in wishes.items():
        keys = tuple(dict.fromkeys(_spelled(key) for key in wish.split(",")))
        if problem := next(_problems(id, keys), ""):
            problems.append(f"{_quoted(id)}: {problem}")
        else:
            granted[id] = keys
    problems += _drop_clashes(granted)
    return {**default_keymap(), **granted}, problems


def by_key(keymap: Keymap) -> dict[str, list[Command]]:
    """Each key's commands; which one is meant depends on where the focus is."""
    owners = {key: [BY_ID[id]] for key, id in ALSO.items()}
    for id, keys in keymap.items():
        for key in keys:
            owners.setdefault(key, []).append(BY_ID[id])
    return owners


def shown(keys: tuple[str, ...]) -> str:
    """The first of `keys` as keyboards write it: `Ctrl+F`."""
    return "+".join(_named(part) for part in keys[0].split("+"))


def _named(part: str) -> str:
    return _(NAMES[part]) if part in NAMES else part.capitalize()


def _spelled(key: str) -> str:
    parts = key.strip().lower().replace("-", "+").split("+")
    return "+".join([*sorted(parts[:-1]), ALIASES.get(parts[-1], parts[-1])])


def _quoted(id: str) -> str:
    return id if id.isprintable() else repr(id)


def _problems(id: str, keys: tuple[str, ...]) -> Iterator[str]:
    command = BY_ID.get(id)
    if command is None:
        yield _("there is no such command") + did_you_mean(nearest(id, BY_ID))
    elif command.fixed:
        yield _("the keys of this command can't be changed")
    else:
        yield from (problem for key in keys for problem in _problems_of_key(key))


def _problems_of_key(key: str) -> Iterator[str]:
    name = repr(key[:20])
    if key in SAME_AS:
        same = shown((SAME_AS[key],))
        yield _("{key} can't be told from {same} in a terminal").format(key=shown((key,)), same=same)
    elif key not in POSSIBLE:
        yield _("{key} is no key that every terminal can send").format(key=name)
    elif key in _TEXT_KEYS:
        yield _("{key} is needed for writing").format(key=shown((key,)))


def _drop_clashes(granted: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Take back wishes until no key has two commands; the table alone has no clash, so this ends."""
    while clash := _clash({**default_keymap(), **granted}, granted):
        id, other, key = clash
        del granted[id]
        yield _("{id}: {key} belongs to {other} already").format(id=id, key=shown((key,)), other=other)


def _clash(keymap: Keymap, granted: Mapping[str, object]) -> tuple[str, str, str] | None:
    """A granted wish, the command whose key it takes, and the key."""
    owners: dict[str, list[str]] = {}
    turn = {id: n for n, id in enumerate(sorted(granted, key=lambda id: id not in NEVER_LOST), 1)}
    for id in sorted(keymap, key=lambda id: turn.get(id, 0)):  # who keeps his own keys goes first and stays
        for key in keymap[id]:
            for other in owners.setdefault(key, []):
                if _meet(BY_ID[id].where, BY_ID[other].where):
                    return id, other, key
            owners[key].append(id)
    return None


def _meet(one: Where, other: Where) -> bool:
    """Whether there is a place where the keys of both hold."""
    return one is other or Where.ANYWHERE in (one, other) or {one, other} in _MEETING
