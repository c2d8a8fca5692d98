"""What is known of a visitor and a conversation, at a glance."""

from __future__ import annotations

from textual.content import Content

from officer_console.client.api import Desk, LinkPhase
from officer_console.console.queue_words import place, urgency_told, why_here, why_late
from officer_console.console.signal_words import signals_told
from officer_console.console.widgets.text_line import TextLine, styled
from officer_console.console.words import Level, Told, facts, presence, unread
from officer_console.model.conversation import State


class DetailsLine(TextLine):
    """Presence first: it is what changes the answer. Then unread, the danger signals, language, place and times;
    on the same line when there is only one."""

    def show(self, desk: Desk, cid: str) -> None:
        """Say how things stand now."""
        conversation = desk.queue.get(cid)
        if conversation is None:
            return self.put(Content())
        mine = conversation.state is State.HELD and conversation.holder == desk.me
        peer = desk.talk.peer(cid) if mine else None
        new = Told(unread(desk.talk.unread(cid)), Level.WARNING)
        linked = desk.link.phase is LinkPhase.ONLINE
        seen = presence(conversation, peer, desk.now(), linked=linked)
        danger = Told(signals_told(desk, cid), Level.WARNING)
        why = Told(why_here(desk, conversation), Level.WARNING)
        tended = why_late(desk, conversation)
        first = [styled(each) for each in (seen, urgency_told(desk, cid), tended, why, new, danger)]
        known = Content.styled(" · ".join([*facts(conversation, desk.now()), *place(desk, conversation)]), "$muted")
        line = Content(" · ").join(part for part in first if part.plain)
        self.put(Content("\n" if self.size.height > 1 else " · ").join([line, known]))
