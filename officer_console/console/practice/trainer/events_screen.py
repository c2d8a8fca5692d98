"""One session, moment by moment: where a trainer writes notes, and reads what is written already."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual.app import ComposeResult

from officer_console.console.commands import Command
from officer_console.console.practice.trainer import keys
from officer_console.console.practice.trainer.classroom import Classroom
from officer_console.console.practice.trainer.moment_words import Spoken, session_lines, spoken_rows, who_width
from officer_console.console.practice.trainer.note_form import Noted, NoteForm
from officer_console.console.practice.trainer.page import Acts, Page
from officer_console.console.practice.trainer.pick_pane import Item, PickPane
from officer_console.console.words import Level, Told
from officer_console.errors import UserError
from officer_console.locale import _, ngettext
from officer_console.model.text import one_line
from officer_console.practice.annotating import annotate, take_back
from officer_console.practice.debrief import clock
from officer_console.practice.format import Remarked
from officer_console.practice.session import Session

TITLE, WORDS = 120, 60


class EventsScreen(Page):
    """A note belongs to the moment under the cursor."""

    AUTO_FOCUS = "#events"

    def __init__(self, room: Classroom, id: str) -> None:
        super().__init__()
        self._room, self._session_id = room, id
        self._list = PickPane("events")
        self._lines: Sequence[Spoken] = ()

    def body(self) -> ComposeResult:
        yield self._list

    def on_mount(self) -> None:
        self._show(0)

    def acts(self) -> Acts:
        return {keys.WRITE.id: self._write, keys.TAKE_BACK.id: self._ask_to_take_back, keys.NEXT_NOTE.id: self._next}

    def useful(self) -> Sequence[Command]:
        noted = [keys.NEXT_NOTE] if self._room.notes(self._session_id) else []
        back = [keys.TAKE_BACK] if self._note else []
        return [keys.WRITE, *back, *noted, keys.MOVE, keys.BACK]

    def on_pick_pane_moved(self) -> None:
        self.show_keys()

    # ---- parts of the above ----

    @property
    def _session(self) -> Session:
        return self._room.sessions[self._session_id]

    @property
    def _note(self) -> Remarked | None:
        """The note under the cursor."""
        record = self._session.record
        line = record[self._list.at] if self._list.at < len(record) else None
        return line if isinstance(line, Remarked) else None

    def _show(self, at: int) -> None:
        self._lines = session_lines(self._session)
        who = who_width([line.kind for line in self._lines])
        notes = len(self._room.notes(self._session_id))
        told = ngettext("{n} note", "{n} notes", notes).format(n=notes)
        self.entitle(_("Notes · {title}").format(title=one_line(self._session.head.title, TITLE)), told)
        self._list.border_title = _("The record, moment by moment")
        self._list.show(lambda width: self._items(who, width), at)
        self.show_keys()

    def _items(self, who: int, width: int) -> list[Item]:
        return [spoken_rows(line, who, width) for line in self._lines]

    def _next(self) -> None:
        """Around, from the last to the first."""
        notes = [at for at, line in enumerate(self._lines) if line.kind == "note"]
        later = [at for at in notes if at > self._list.at]
        if notes:
            self._list.choose((later or notes)[0])

    def _write(self) -> None:
        if not self._lines:
            return
        line = self._lines[self._list.at]
        key = (self._session_id, line.at)

        def put_off(begun: str | None) -> None:
            self._room.drafts.pop(key, None)
            if begun:
                self._room.drafts[key] = begun
                self.tell(Told(_("The note is not kept yet: it waits here, at {clock}.").format(clock=clock(line.at))))

        which = f"{clock(line.at)} · {one_line(line.text, WORDS)}"
        form = NoteForm(which, self._room.name, self._room.drafts.get(key, ""), lambda noted: self._keep(line, noted))
        self.app.push_screen(form, put_off)

    def _keep(self, line: Spoken, noted: Noted) -> str:
        """Gives why it was not kept, or ""."""
        try:
            source = self._room.source(self._session_id)
            file = annotate(source, self._room.own, line.at, noted.words, noted.by)
            session = self._room.reload(self._session_id)
        except (UserError, OSError) as error:
            return str(error)
        self._room.name = noted.by
        at = max(n for n, each in enumerate(session.record) if isinstance(each, Remarked) and each.at == line.at)
        self._show(at)
        told = _("Kept in your own copy, {file}: trainees see it in “practice {id} --replay”.")
        self.tell(Told(told.format(file=_short(file), id=self._session_id), Level.GOOD))
        return ""

    def _ask_to_take_back(self) -> None:
        from officer_console.console.screens.ask import Answer, Ask

        note = self._note
        if note is None:
            return self.tell(Told(_("Only a trainer's note can be taken back: choose one.")))

        def answered(answer: str | None) -> None:
            if answer == "take":
                self._take_back(note)

        answers = [Answer("keep", _("Keep it")), Answer("take", _("Take it back"))]
        self.app.push_screen(Ask(_("Take this note back?"), one_line(note.text, 400), answers), answered)

    def _take_back(self, note: Remarked) -> None:
        try:
            take_back(self._room.own, self._session_id, note)
            self._room.reload(self._session_id)
        except (UserError, OSError) as error:
            return self.tell(Told(str(error), Level.DANGER))
        self._show(self._list.at)
        self.tell(Told(_("Taken back."), Level.GOOD))


def _short(file: Path) -> str:
    return one_line(file.name, TITLE)
