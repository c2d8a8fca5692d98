"""The table of commands, and what becomes of an officer's own keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser

from officer_console.console.actions import ACTIONS, OF_THE_APP
from officer_console.console.commands import BY_ID, COMMANDS, EDITING, NEVER_LOST, Where
from officer_console.console.keymap import (
    POSSIBLE,
    SAME_AS,
    by_key,
    default_keymap,
    keymap_from,
    shown,
)
from officer_console.console.terminal import teach_keys

BY_WIDGETS = {
    "move", "open", "send", "new-line", "next-field", "field-before", "put-in", "put-in-number",
    "choose", "section", "pick", "pick-more", "pick-number", "minor",
    "accept", "decline",
}  # fmt: skip
"""Done by the queue's list, by the composer and by the panels themselves."""

WHERES = [
    set(Where), {Where.QUEUE}, {Where.CONVERSATION, Where.COMPOSER}, {Where.CONVERSATION, Where.PANEL},
    {Where.CONVERSATION, Where.PICKER},
]  # fmt: skip


def test_every_command_is_done_by_somebody() -> None:
    assert set(BY_ID) == ACTIONS.keys() | OF_THE_APP | BY_WIDGETS


def test_ids_are_unique_and_every_row_has_its_words() -> None:
    assert len(BY_ID) == len(COMMANDS)
    assert all(command.keys and command.title and command.help.endswith(".") for command in COMMANDS)


def test_the_tables_own_keys_are_sound() -> None:
    keymap, problems = keymap_from({c.id: ",".join(c.keys) for c in COMMANDS if not c.fixed})
    assert problems == []
    assert keymap == default_keymap()


@pytest.mark.parametrize("wish", ["", " ", ",", "nonsense", "space", "ctrl+i", "f11,ctrl+m", "enter", "escape"])
@pytest.mark.parametrize("id", sorted(NEVER_LOST))
def test_sending_a_patrol_and_leaving_are_never_lost(id: str, wish: str) -> None:
    keymap, problems = keymap_from({id: wish})
    assert keymap[id] == BY_ID[id].keys
    assert len(problems) == 1


@pytest.mark.parametrize("others_first", [True, False])
@pytest.mark.parametrize("other", [c.id for c in COMMANDS if not c.fixed and c.id not in NEVER_LOST])
def test_no_wish_takes_the_key_that_sends_a_patrol(other: str, others_first: bool) -> None:
    assert keymap_from({other: "f9"})[0]["patrol"] == ("f9",)
    wishes = [(other, "f11"), ("patrol", "f11")]
    keymap, problems = keymap_from(dict(wishes if others_first else wishes[::-1]))
    assert (keymap["patrol"], keymap[other]) == (("f11",), BY_ID[other].keys)
    assert problems == [f"{other}: F11 belongs to patrol already"]


def test_the_patrols_old_key_can_be_given_to_another_when_it_has_a_new_one() -> None:
    keymap, problems = keymap_from({"lock": "f9", "patrol": "f11"})
    assert problems == []
    assert (keymap["patrol"], keymap["lock"]) == (("f11",), ("f9",))
    keymap, problems = keymap_from({"lock": "f9", "patrol": "f2"})  # and F2 is take-next's
    assert (keymap["patrol"], keymap["lock"]) == (("f9",), BY_ID["lock"].keys)


def test_a_wish_is_granted_with_all_its_keys() -> None:
    keymap, problems = keymap_from({"take-next": "F11, Alt-Y, f11"})
    assert problems == []
    assert keymap["take-next"] == ("f11", "alt+y")


def test_two_commands_may_swap_their_keys() -> None:
    keymap, problems = keymap_from({"split": "f2", "take-next": "f5"})
    assert problems == []
    assert (keymap["split"], keymap["take-next"]) == (("f2",), ("f5",))


@pytest.mark.parametrize(
    ("wishes", "problem"),
    [
        ({"take-nxt": "f2"}, "take-nxt: there is no such command; did you mean take-next?"),
        ({"open": "f11"}, "open: the keys of this command can't be changed"),
        ({"close": "F9"}, "close: F9 belongs to patrol already"),
        ({"theme": "alt+down"}, "theme: 'alt+down' is no key that every terminal can send"),
        ({"search": "ctrl+i"}, "search: Ctrl+I can't be told from Tab in a terminal"),
        ({"send": "ctrl+m"}, "send: Ctrl+M can't be told from Enter in a terminal"),
        ({"lock": "ctrl+shift+l"}, "lock: 'ctrl+shift+l' is no key that every terminal can send"),
        ({"lock": "shift+f3"}, "lock: 'shift+f3' is no key that every terminal can send"),
        ({"lock": ""}, "lock: '' is no key that every terminal can send"),
        ({"note": "n"}, "note: N is needed for writing"),
        ({"help": "?"}, "help: ? is needed for writing"),
        ({"note": "backspace"}, "note: Backspace is needed for writing"),
        ({"lock": "ctrl+e"}, "lock: Ctrl+E is needed for writing"),
        ({"theme": "f10"}, "theme: F10 belongs to quit already"),
        ({"note": "f11", "search": "f11"}, "search: F11 belongs to note already"),
        ({"close-pane": "enter"}, "close-pane: Enter belongs to send already"),
        ({"a\x1b[2J": "f2"}, "'a\\x1b[2J': there is no such command"),
    ],
)
def test_a_bad_wish_is_told_and_changes_nothing_else(wishes: dict[str, str], problem: str) -> None:
    keymap, problems = keymap_from(wishes)
    assert problems == [problem]
    changed = {id for id, keys in keymap.items() if keys != BY_ID[id].keys}
    assert changed <= set(wishes) - {problem.partition(":")[0]}


def test_taking_back_one_wish_can_undo_another() -> None:
    """`search` may have F5 only while `split` gives it up, and `split` can't have the patrol's F9."""
    keymap, problems = keymap_from({"split": "f9", "search": "f5"})
    assert problems == [
        "split: F9 belongs to patrol already",
        "search: F5 belongs to split already",
    ]
    assert keymap == default_keymap()


KEY = st.sampled_from(sorted(POSSIBLE | set(SAME_AS) | {"f9", "x+y", ""}))


@given(st.dictionaries(st.sampled_from([*BY_ID, "nothing"]), st.lists(KEY, max_size=3).map(",".join)))
def test_no_wish_can_break_the_keyboard(wishes: dict[str, str]) -> None:
    keymap, problems = keymap_from(wishes)
    assert keymap.keys() == BY_ID.keys()
    assert len(problems) <= len(wishes)
    assert all(keymap[id] for id in NEVER_LOST)
    for id in NEVER_LOST & wishes.keys():
        alone, _problems = keymap_from({id: wishes[id]})
        assert set(alone[id]) == set(keymap[id])  # no other wish takes it away
    for place in WHERES[1:]:
        keys = [key for id in keymap for key in keymap[id] if BY_ID[id].where in place | {Where.ANYWHERE}]
        assert len(keys) == len(set(keys))
    free = {key for command in COMMANDS if command.fixed for key in command.keys}
    needed = {key for keys in EDITING for key in keys.split(",")} - free
    assert not needed & set(by_key(keymap))


@pytest.mark.parametrize(
    ("key", "name"), [("f2", "F2"), ("ctrl+f", "Ctrl+F"), ("question_mark", "?"), ("pageup", "PgUp")]
)
def test_keys_are_shown_as_keyboards_write_them(key: str, name: str) -> None:
    assert shown((key,)) == name


# the bytes of xterm and of what descends from it; Alt is an escape before the key
SENT = {
    "f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~", "f6": "\x1b[17~",
    "f7": "\x1b[18~", "f8": "\x1b[19~", "f10": "\x1b[21~", "enter": "\r", "tab": "\t", "shift+tab": "\x1b[Z",
    "alt+enter": "\x1b\r", "ctrl+j": "\n", "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "up": "\x1b[A",
    "down": "\x1b[B", "home": "\x1b[H", "end": "\x1b[F", "ctrl+end": "\x1b[1;5F", "escape": "\x1b",
    "f9": "\x1b[20~", "f12": "\x1b[24~", "right": "\x1b[C", "left": "\x1b[D",
    "delete": "\x1b[3~", "backspace": "\x7f",
    "ctrl+up": "\x1b[1;5A", "ctrl+down": "\x1b[1;5B",
}  # fmt: skip


def _bytes_of(key: str) -> str:
    held, _plus, letter = key.partition("+")
    if key in SENT:
        return SENT[key]
    return {"ctrl": chr(ord(letter) & 31), "alt": "\x1b" + letter}[held]


@pytest.mark.parametrize("key", sorted({key for command in COMMANDS for key in command.keys}))
def test_a_terminal_can_send_every_key(key: str) -> None:
    teach_keys()
    parser = XTermParser()
    got = [event.key for event in parser.feed(_bytes_of(key)) if isinstance(event, events.Key)]
    if not got:  # an escape alone, or the one of an Alt key: known only once nothing follows
        parser._timeout_time = 0
        got = [event.key for event in parser.tick() if isinstance(event, events.Key)]
    assert got == [key]
