"""One conversation on screen: who she is, what was written, and where to write."""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from officer_console.client.api import Change, Desk
from officer_console.console.attempt import attempt
from officer_console.console.folds import Folds
from officer_console.console.keymap import Keymap, shown
from officer_console.console.patrol_words import Names
from officer_console.console.patrolling import take_back
from officer_console.console.shelf import Shelf
from officer_console.console.usable import may
from officer_console.console.widgets.composer import Composer
from officer_console.console.widgets.details_line import DetailsLine
from officer_console.console.widgets.frame import Frame
from officer_console.console.widgets.patrol_strip import PatrolStrip
from officer_console.console.widgets.search_line import SearchLine
from officer_console.console.widgets.transcript_pane import TranscriptPane
from officer_console.console.words import Level, Told, standing
from officer_console.locale import _, ngettext
from officer_console.model.conversation import State
from officer_console.model.text import one_line

TYPING_STOPS_S = 5
"""Seconds without a key after which the visitor no longer sees that the officer is writing."""
TITLE_WORDS = 40


class ConversationPane(Frame, Vertical):
    """Wires details, transcript and composer of one conversation; the draft goes to the desk at every key."""

    class Tell(Message):
        """Something to be told on the status line."""

        def __init__(self, told: Told) -> None:
            super().__init__()
            self.told = told

    def __init__(self, desk: Desk, keymap: Keymap, names: Names, shelf: Shelf, folds: Folds | None = None) -> None:
        super().__init__()
        self.cid, self.number = "", 1
        self._desk, self._keymap, self._names, self._shelf = desk, keymap, names, shelf
        self._folds = folds
        self._new_below = self._matches = 0
        self._kept = ""
        self._taking = False
        self.details = DetailsLine()
        self.strip = PatrolStrip()
        self.transcript = TranscriptPane(shelf.name_of, folds)
        self.search_line = SearchLine()
        self.composer = Composer(keymap, self._say, self._text_of_code)

    def compose(self) -> ComposeResult:
        yield self.details
        yield self.strip
        yield self.transcript
        yield self.search_line
        yield self.composer

    def on_mount(self) -> None:
        self.search_line.display = False
        self._stop_typing = self.set_interval(TYPING_STOPS_S, self._typing_stopped, pause=True)

    def show(self, cid: str) -> None:
        """Put this conversation here, with its own draft; the draft of the one before is kept. "" empties the pane
        and hides it."""
        if cid == self.cid:
            return
        if self.cid:
            self._keep_draft()
            self._typing_stopped()
        self._taking = False
        self.cid, self.display = cid, bool(cid)
        if cid:
            self._desk.open(cid)
        self.transcript.show(self._desk, cid)
        self._fill(self._desk.talk.draft(cid) if cid else "")
        self.end_search()
        self.refresh_state()
        self._learn_names()

    def wait_for_claim(self) -> None:
        """It has been asked for, and the relay has not answered yet."""
        self._taking = True
        self.refresh_state()

    def changed(self, change: Change) -> None:
        """Show what has changed. Never moves the focus nor touches what is being written."""
        if self.cid in change.cids:
            self.transcript.changed(change)
            self._take_back()
            self.refresh_state()
            self._learn_names()

    def refresh_state(self) -> None:
        """Frame and details by the time it is now."""
        conversation = self._desk.queue.get(self.cid)
        self._taking &= conversation is not None and conversation.state is not State.HELD
        self.details.show(self._desk, self.cid)
        self.strip.show(self._desk, self.cid, self._names)
        self.composer.read_only = conversation is None or conversation.state is State.ERASED
        if self.composer.read_only and self.composer.text:
            self._fill("")
        self.composer.prompt(self._prompt())
        self._frame()

    def begin_search(self) -> None:
        """Ask what to search for."""
        self.search_line.display = True
        self.search_line.focus()

    def next_match(self, by: int) -> None:
        """Go to the next place that was searched for (+1), or the one before (-1)."""
        self.transcript.next_match(by)
        self._frame()

    def end_search(self) -> None:
        """Back to writing, where one was."""
        self._matches = self.transcript.search("")
        self.search_line.value = ""
        had_focus = self.search_line.has_focus
        self.search_line.display = False
        if had_focus:
            self.composer.focus()
        self._frame()

    # what the parts say

    @on(SearchLine.Ended)
    def search_ended(self, event: SearchLine.Ended) -> None:
        """The same key takes back a patrol request that is counted down, which is more urgent."""
        event.stop()
        if not take_back(self._desk, self.cid, self._tell, self._names):
            self.end_search()

    def on_input_changed(self, event: SearchLine.Changed) -> None:
        event.stop()
        self._matches = self.transcript.search(event.value)
        self._frame()

    def on_search_line_step(self, event: SearchLine.Step) -> None:
        event.stop()
        self.next_match(event.by)

    def on_transcript_pane_new_below(self, event: TranscriptPane.NewBelow) -> None:
        event.stop()
        self._new_below = event.count
        self._frame()

    def on_text_area_changed(self, event: Composer.Changed) -> None:
        event.stop()
        if self.cid and self._keep_draft():
            self._typing(bool(self.composer.text))

    def on_composer_not_sent(self, event: Composer.NotSent) -> None:
        event.stop()
        told = _("Not sent: it came in one rush, as pasted text does. {key} sends it.")
        self._tell(Told(told.format(key=shown(self._keymap["send"])), Level.WARNING))

    def on_composer_code_begun(self, event: Composer.CodeBegun) -> None:
        """The space may come before the texts have been read: then it is looked at again."""
        event.stop()
        if self._shelf.library is None:
            self._shelf.begin(self._expand_late)

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def focus_moved(self) -> None:
        """The frame says whether one is writing here."""
        self._frame()

    # parts of the above

    def _say(self, text: str) -> bool:
        if not text.strip():
            return False
        if not may(self._desk, self.cid, "said"):
            self._tell(Told(self._take_first(), Level.WARNING))
            return False
        sent = attempt(self._tell, self._desk.talk.say, self.cid, text.strip())
        if sent:
            self._shelf.said(self.cid, text)
            self._kept = ""
            self._typing_stopped()
        return sent

    def _learn_names(self) -> None:
        """Of the referrals she was given: they are read when there are any."""
        if self.cid and self._desk.referrals.given(self.cid) and self._shelf.library is None:
            self._shelf.begin(self.transcript.reword)

    def _text_of_code(self, code: str) -> str:
        return self._shelf.text_of_code(self.cid, code)

    def _expand_late(self) -> None:
        row, column = self.composer.cursor_location
        if self.composer.document.get_line(row)[:column].endswith(" "):
            self.composer.expand_code()

    def _fill(self, text: str) -> None:
        self.composer.fill(text)
        self._kept = self.composer.text

    def _keep_draft(self) -> bool:
        """Whether the officer has written something that the desk does not have yet; now it has."""
        self._take_back()
        text = self.composer.text
        new = text != self._kept
        if new:
            self._kept = text
            self._desk.talk.save_draft(self.cid, text)
        return new

    def _take_back(self) -> None:
        """What was refused stands again at the end of the desk's draft: put it at the end here too."""
        draft = self._desk.talk.draft(self.cid)
        if draft != self._kept and draft.startswith(self._kept) and not self.composer.read_only:
            self.composer.append(draft[len(self._kept) :])
            self._kept = draft

    def _typing(self, typing: bool) -> None:
        self._desk.talk.typing(self.cid, typing)
        if typing:
            self._stop_typing.reset()
            self._stop_typing.resume()
        else:
            self._stop_typing.pause()

    def _typing_stopped(self) -> None:
        self._typing(False)

    def _tell(self, told: Told) -> None:
        self.post_message(self.Tell(told))

    def _frame(self) -> None:
        conversation = self._desk.queue.get(self.cid)
        holder = one_line(self._desk.name(conversation.holder), TITLE_WORDS) if conversation else ""
        shown = self._folds.folded(conversation) if conversation and self._folds else conversation
        words = one_line(shown.first_words, TITLE_WORDS) if shown else ""
        practice = _("PRACTICE") if self._desk.practice else ""
        parts = [str(self.number), practice, self._use(), standing(conversation, self._desk.me, holder), words]
        self.border_title = Content(" · ".join(filter(None, parts)))
        self.border_subtitle = Content(" · ".join(filter(None, [self._found(), self._below()])))

    def _use(self) -> str:
        if not self.has_focus_within:
            return _("reading")
        if self.search_line.has_focus:
            return _("SEARCHING HERE")
        return _("WRITING HERE") if may(self._desk, self.cid, "said") else _("draft here")

    def _found(self) -> str:
        if not self.search_line.value:
            return ""
        if not self._matches:
            return _("not found")
        return _("match {n} of {count}").format(n=self.transcript.match_number, count=self._matches)

    def _below(self) -> str:
        if not self._new_below:
            return ""
        told = ngettext("▼ {n} new below ({key})", "▼ {n} new below ({key})", self._new_below)
        return told.format(n=self._new_below, key=shown(self._keymap["newest"]))

    def _prompt(self) -> str:
        if may(self._desk, self.cid, "said"):
            told = _("Write to the visitor. {send} sends, {line} begins a new line.")
            return told.format(send=shown(self._keymap["send"]), line=shown(self._keymap["new-line"]))
        return self._take_first()

    def _take_first(self) -> str:
        if self._taking:
            return _("Not yours yet: the relay has not answered. What is written here is kept as a draft.")
        if self.composer.read_only:
            return _("Nothing of this conversation is left.")
        if not may(self._desk, self.cid, "claimed"):
            return _("Only the officer who holds it can write. What is written here is kept as a draft.")
        conversation = self._desk.queue.get(self.cid)
        if conversation and conversation.state is State.CLOSED:
            told = _("Closed. It comes back when the visitor writes; {key} takes it again.")
        else:
            told = _("Take it first ({key}). What is written here is kept as a draft.")
        return told.format(key=shown(self._keymap["take"]))
