"""Every command of the console as a row: its keys, its words, where it holds. Only here are keys named.

Key dispatch, key line, help, the README's table and remapping all read these rows. Key names are Textual's.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from officer_console.locale import N_


class Where(StrEnum):
    """Where the focus must be for a command's keys to hold; no key touches a conversation one is not in."""

    ANYWHERE = "anywhere"
    QUEUE = "queue"
    CONVERSATION = "conversation"
    COMPOSER = "composer"
    PANEL = "panel"
    PICKER = "picker"
    CARD = "card"


class Group(StrEnum):
    """Headings of the help; one without commands is left out."""

    PRACTICE = N_("Only in practice")
    PEOPLE = N_("People who wait")
    CONVERSATION = N_("The conversation you are in")
    PATROL = N_("Sending a patrol")
    ANSWERS = N_("What to answer")
    WRITING = N_("Writing")
    PANES = N_("Two conversations at once")
    SHIFT = N_("Handing over, and your shift")
    CONSOLE = N_("The console")


class Command(NamedTuple):
    """`title` is for the key line, `help` one sentence; both are translated when shown.

    `rank`: place in the key line, 0 for none. `fixed`: the keys are how lists and texts work, and stay.
    """

    id: str
    keys: tuple[str, ...]
    title: str
    help: str
    where: Where
    group: Group
    rank: int = 0
    fixed: bool = False


NEVER_LOST: Final = frozenset({"patrol", "quit"})
"""Commands that can be given other keys, but always have one: where a wish for a key of theirs meets one of their own
wishes, the other command gives way."""

_ANYWHERE, _QUEUE, _TALK, _COMPOSER, _PANEL, _PICKER, _CARD = Where

COMMANDS: Final = (
    Command(
        "take-next", ("f2",), N_("Take next"),
        N_("Take the most urgent person, then who has waited longest; above your capacity press it again."),
        _ANYWHERE, Group.PEOPLE, 3,
    ),
    Command(
        "take", ("ctrl+t",), N_("Take this one"),
        N_("Take the conversation under the queue's cursor, or the one you are in."),
        _ANYWHERE, Group.PEOPLE, 2,
    ),
    Command(
        "urgency", ("alt+x",), N_("Urgent"),
        N_("Raise the urgency of the conversation you are on: to urgent, then to danger now. Nothing lowers it."),
        _ANYWHERE, Group.PEOPLE, 5,
    ),
    Command(
        "break", ("alt+z",), N_("Break"),
        N_("Take a break: nothing new is kept for you. Again: you are back."),
        _ANYWHERE, Group.PEOPLE,
    ),
    Command(
        "next-to-answer", ("f3", "alt+a"), N_("To answer"),
        N_("Go to your next conversation in which the last word is the visitor's."),
        _ANYWHERE, Group.PEOPLE, 4,
    ),
    Command(
        "move", ("up", "down", "pageup", "pagedown", "home", "end"), N_("Move"),
        N_("Move in the queue."),
        _QUEUE, Group.PEOPLE, fixed=True,
    ),
    Command(
        "open", ("enter",), N_("Open"),
        N_("Show the conversation under the cursor. Reading does not take it."),
        _QUEUE, Group.PEOPLE, 1, fixed=True,
    ),
    Command(
        "patrol", ("f9",), N_("PATROL"),
        N_("Open the patrol request; the same key again reads it back and sends it, Esc takes it back."),
        _ANYWHERE, Group.PATROL, 1,
    ),
    Command(
        "cancel-patrol", ("alt+c",), N_("Cancel patrol"),
        N_("Cancel the open patrol request, with a reason."),
        _TALK, Group.PATROL,
    ),
    Command(
        "patrols", ("alt+p",), N_("Patrols"),
        N_("List the open patrol requests; a shift lead sees every one."),
        _ANYWHERE, Group.PATROL, 15,
    ),
    Command(
        "put-back", ("f7",), N_("Put back"),
        N_("Give the conversation back to the queue for a colleague."),
        _TALK, Group.CONVERSATION, 7,
    ),
    Command(
        "close", ("f8",), N_("Close"),
        N_("End the conversation with an outcome."),
        _TALK, Group.CONVERSATION, 7,
    ),
    Command(
        "first-unread", ("f4", "alt+u"), N_("Unread"),
        N_("Go to the first message that has not been on screen."),
        _TALK, Group.CONVERSATION, 9,
    ),
    Command(
        "search", ("ctrl+f",), N_("Search"),
        N_("Search in the conversation."),
        _TALK, Group.CONVERSATION, 11,
    ),
    Command(
        "next-match", ("ctrl+g",), N_("Next match"),
        N_("Go to the next place that was searched for."),
        _TALK, Group.CONVERSATION,
    ),
    Command(
        "page-up", ("pageup",), N_("Read back"),
        N_("Scroll the conversation back; you go on writing where you are."),
        _TALK, Group.CONVERSATION, fixed=True,
    ),
    Command(
        "page-down", ("pagedown",), N_("Read on"),
        N_("Scroll the conversation on."),
        _TALK, Group.CONVERSATION, fixed=True,
    ),
    Command(
        "newest", ("ctrl+end",), N_("Newest"),
        N_("Go to the newest message."),
        _TALK, Group.CONVERSATION,
    ),
    Command(
        "note", ("ctrl+n",), N_("Note"),
        N_("Write a note for colleagues; the visitor never sees it."),
        _TALK, Group.CONVERSATION, 10,
    ),
    Command(
        "whisper", ("alt+v",), N_("Whisper"),
        N_("Speak aside with the shift lead, or as one with the officer; the visitor never gets it."),
        _TALK, Group.CONVERSATION, 10,
    ),
    Command(
        "consent", ("ctrl+p",), N_("Practise on it"),
        N_("Ask her whether this conversation may be practised on; a shift lead then keeps it, once it is closed."),
        _TALK, Group.CONVERSATION,
    ),
    Command(
        "signals", ("alt+s",), N_("Danger"),
        N_("The danger signals: which are confirmed, and confirm one. Nothing is sent, and nothing takes it back."),
        _TALK, Group.CONVERSATION, 10,
    ),
    Command(
        "unfold", ("alt+g",), N_("Unfold"),
        N_("Open the newest message that is folded for its graphic content (console.fold); it stays open."),
        _TALK, Group.CONVERSATION,
    ),
    Command(
        "erase", ("alt+e",), N_("Erase"),
        N_("Erase the conversation for good (shift leads only; asked once)."),
        _TALK, Group.CONVERSATION,
    ),
    Command(
        "send", ("enter",), N_("Send"),
        N_("Send what is written."),
        _COMPOSER, Group.WRITING, 12,
    ),
    Command(
        "new-line", ("ctrl+j", "alt+enter"), N_("New line"),
        N_("Begin a new line without sending."),
        _COMPOSER, Group.WRITING, 13,
    ),
    Command(
        "replies", ("f12", "alt+r"), N_("Replies"),
        N_("Pick a prepared text or a help line; again: all there are. In the text, /code and a space does it too."),
        _TALK, Group.ANSWERS, 6,
    ),
    Command(
        "complaint", ("alt+d",), N_("Complaint"),
        N_("The card for a complaint: where, how, and what else; again: the request that she be called back."),
        _TALK, Group.ANSWERS, 10,
    ),
    Command(
        "choose", ("down", "up"), N_("Choose"),
        N_("Go to the next one in the list."),
        _PICKER, Group.ANSWERS, fixed=True,
    ),
    Command(
        "section", ("right", "left"), N_("Section"),
        N_("In the card: go to the next section, or the one before."),
        _PICKER, Group.ANSWERS, fixed=True,
    ),
    Command(
        "pick", ("enter",), N_("Put in"),
        N_("Put the text into what you are writing, at the cursor. Nothing is sent."),
        _PICKER, Group.ANSWERS, fixed=True,
    ),
    Command(
        "pick-more", ("ctrl+j", "alt+enter"), N_("And stay"),
        N_("Put the text in and stay, to put in several."),
        _PICKER, Group.ANSWERS, fixed=True,
    ),
    Command(
        "pick-number", ("alt+1", "alt+2", "alt+3"), N_("Put in"),
        N_("Put in what is suggested, by its number."),
        _PICKER, Group.ANSWERS, fixed=True,
    ),
    Command(
        "minor", ("alt+m",), N_("A minor"),
        N_("In the card: what is to be said to a child or a teenager comes first."),
        _PICKER, Group.ANSWERS, fixed=True,
    ),
    Command(
        "next-field", ("enter", "down"), N_("Next"),
        N_("Go to the next field of the panel, as Tab does."),
        _PANEL, Group.PATROL, fixed=True,
    ),
    Command(
        "field-before", ("up",), N_("Before"),
        N_("Go to the field before, as Shift+Tab does."),
        _PANEL, Group.PATROL, fixed=True,
    ),
    Command(
        "put-in", ("ctrl+down", "ctrl+up"), N_("Put in"),
        N_("Put in what was found in the conversation, one after the other."),
        _PANEL, Group.PATROL, fixed=True,
    ),
    Command(
        "put-in-number", ("alt+1", "alt+2", "alt+3", "alt+4"), N_("Put in"),
        N_("Put in what was found in the conversation, by its number."),
        _PANEL, Group.PATROL, fixed=True,
    ),
    Command(
        "hand-over", ("alt+h",), N_("Hand over"),
        N_("Offer the conversation to a colleague, with a card and a message to her; again: offer it, or withdraw it."),
        _TALK, Group.SHIFT, 16,
    ),
    Command(
        "offered", ("alt+j",), N_("Offered to you"),
        N_("Read the card of a conversation that a colleague offers you; again: the next one."),
        _ANYWHERE, Group.SHIFT,
    ),
    Command(
        "accept", ("enter",), N_("Accept"),
        N_("In the card: take the conversation. It can be read then."),
        _CARD, Group.SHIFT, fixed=True,
    ),
    Command(
        "decline", ("delete", "backspace"), N_("Decline"),
        N_("In the card: don't take it; it stays with the colleague."),
        _CARD, Group.SHIFT, fixed=True,
    ),
    Command(
        "end-shift", ("alt+q",), N_("End shift"),
        N_("List what you hold, to be handed over, put back or closed; nothing new is given to you meanwhile."),
        _ANYWHERE, Group.SHIFT,
    ),
    Command(
        "care", ("alt+k",), N_("Your shift"),
        N_("What this shift has asked of you, and whether you want to talk about it."),
        _ANYWHERE, Group.SHIFT,
    ),
    Command(
        "to-queue", ("escape",), N_("Queue/text"),
        N_("Go to the queue, and back to where you were writing; put a panel away. What is written stays."),
        _ANYWHERE, Group.WRITING, 14,
    ),
    Command(
        "split", ("f5",), N_("Split"),
        N_("Show a second conversation, or go back to one. Drafts stay."),
        _ANYWHERE, Group.PANES, 8,
    ),
    Command(
        "next-pane", ("f6",), N_("Other pane"),
        N_("Go to the other conversation on screen, or to the panel beside it."),
        _TALK, Group.PANES, 5,
    ),
    Command(
        "close-pane", ("alt+w",), N_("Close pane"),
        N_("Take the conversation off the screen. It stays yours, and so does its draft."),
        _TALK, Group.PANES,
    ),
    Command(
        "turn-split", ("alt+o",), N_("Turn split"),
        N_("Put the two conversations side by side, or one above the other."),
        _TALK, Group.PANES,
    ),
    Command(
        "focus-next", ("tab",), N_("Next part"),
        N_("Go to the next part of the screen: queue, first conversation, second."),
        _ANYWHERE, Group.CONSOLE,
    ),
    Command(
        "focus-previous", ("shift+tab",), N_("Part before"),
        N_("Go to the part of the screen before."),
        _ANYWHERE, Group.CONSOLE,
    ),
    Command(
        "help", ("f1",), N_("Help"),
        N_("Show every key. In the queue, ? does it too."),
        _ANYWHERE, Group.CONSOLE, 98,
    ),
    Command(
        "invite", ("alt+i",), N_("Take in"),
        N_("Invite a colleague, and let in who asks to join (shift leads only)."),
        _ANYWHERE, Group.CONSOLE,
    ),
    Command(
        "figures", ("alt+n",), N_("Figures"),
        N_("How many came, waited and were answered, with plots (shift leads only)."),
        _ANYWHERE, Group.CONSOLE,
    ),
    Command(
        "lead", ("alt+l",), N_("Lead"),
        N_("The whole desk: everybody who waits or is answered, every officer, and a lead's acts (shift leads only)."),
        _ANYWHERE, Group.CONSOLE, 16,
    ),
    Command(
        "exports", ("ctrl+o",), N_("Kept"),
        N_("What is kept to practise on: read it as the second officer, and countersign or end it."),
        _ANYWHERE, Group.CONSOLE,
    ),
    Command(
        "reconnect", ("ctrl+r",), N_("Connect now"),
        N_("Try at once to reach the relay."),
        _ANYWHERE, Group.CONSOLE,
    ),
    Command(
        "theme", ("alt+t",), N_("Colours"),
        N_("Go on to the next theme."),
        _ANYWHERE, Group.CONSOLE,
    ),
    Command(
        "lock", ("ctrl+l",), N_("Lock"),
        N_("Hide everything until you come back."),
        _ANYWHERE, Group.CONSOLE,
    ),
    Command(
        "quit", ("f10", "ctrl+q"), N_("Leave"),
        N_("Leave the console; asked when you hold conversations or something is unsent."),
        _ANYWHERE, Group.CONSOLE, 99,
    ),
)  # fmt: skip

BY_ID: Final = {command.id: command for command in COMMANDS}

ALSO: Final = {"question_mark": "help"}
"""Keys that do a command wherever no text is written; a text needs them, so they are nobody's own."""

EDITING: Final = {
    "left": "cursor_left",
    "right": "cursor_right",
    "up": "cursor_up",
    "down": "cursor_down",
    "home,ctrl+a": "cursor_line_start",
    "end,ctrl+e": "cursor_line_end",
    "ctrl+left": "cursor_word_left",
    "ctrl+right": "cursor_word_right",
    "shift+left": "cursor_left(True)",
    "shift+right": "cursor_right(True)",
    "shift+up": "cursor_up(True)",
    "shift+down": "cursor_down(True)",
    "shift+home": "cursor_line_start(True)",
    "shift+end": "cursor_line_end(True)",
    "ctrl+shift+left": "cursor_word_left(True)",
    "ctrl+shift+right": "cursor_word_right(True)",
    "backspace": "delete_left",
    "delete,ctrl+d": "delete_right",
    "ctrl+w,ctrl+backspace,alt+backspace": "delete_word_left",
    "alt+delete": "delete_word_right",
    "ctrl+u": "delete_to_start_of_line",
    "ctrl+k": "delete_to_end_of_line_or_delete_line",
    "ctrl+x": "cut",
    "ctrl+v": "paste",
    "ctrl+z": "undo",
    "ctrl+y": "redo",
}
"""What a text needs besides letters: keys -> the text area's action. No other command may have these keys."""
