"""The lines of one conversation as a reader sees them: each event becomes at most one line."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """What a line is. The screen chooses words and looks by it; `text` holds only what people wrote."""

    VISITOR = "visitor"  # written by the visitor
    OFFICER = "officer"  # written by the officer `who`
    NOTE = "note"  # an officer's note for the desk
    ABOUT = "about"  # language or postcode became known; `text` is "fr 69003"
    CLAIMED = "claimed"
    RELEASED = "released"  # `text` is why: "", "unanswered", "gone", "relief"
    CLOSED = "closed"  # `text` is the outcome's code, `remark` beside it
    LEFT = "left"  # `text` is how: goodbye, exit, closed, lost
    RETURNED = "returned"
    MISSING = "missing"  # a message before this place is missing, or its sender saw another history
    REFUSED = "refused"  # an envelope that was not opened: altered, repeated, of another conversation
    PLACE = "place"  # the visitor shared where she is; `text` is a `geo:` address
    HELP = "help"  # the officer's words that help is coming, told by the console when the room accepted
    CONSENT_ASKED = "consent_asked"  # the officer asked whether it may be practised on
    CONSENT = "consent"  # her answer; `text` is "yes" or "no"
    PATROL = "patrol"  # a patrol request; `text` in one line, `remark` "update" for a later one
    PATROL_CANCELLED = "patrol_cancelled"  # `text` is the reason
    PATROL_TOLD = "patrol_told"  # the room told something: `text` its words, `remark` "state" or "state unit"
    REFERRED = "referred"  # a referral was given; `text` is the directory's id of it
    SIGNAL = "signal"  # an officer confirmed a danger signal; `text` is its id, `remark` the key of the line
    CALLBACK = "callback"  # a call back was asked for; `text` in one line
    CALLBACK_TOLD = "callback_told"  # `text` is "taken" or "refused"
    RAISED = "raised"  # an officer raised the urgency; `text` is the level
    ASSIGNED = "assigned"  # a lead gave it to an officer; `text` is his kid
    OFFERED = "offered"  # a hand-over to the officer `text` was offered; `remark` is the card, one line each
    ACCEPTED = "accepted"
    DECLINED = "declined"  # not taken, withdrawn, or (by the relay) not answered in time
    WHISPER = "whisper"  # lead and officer aside
    STEPPED_IN = "stepped_in"  # a lead; `text` is "read" or "join", `remark` the reason
    STEPPED_OUT = "stepped_out"
    EXPORTED = "exported"  # a lead keeps it to practise on, redacted
    COUNTERSIGNED = "countersigned"  # somebody else has read what was kept, and vouches for it
    EXPORT_ENDED = "export_ended"  # what was kept can't be opened any more
    SEALED = "sealed"  # a message that this officer may not read


class Status(StrEnum):
    """How far an officer's own line has come."""

    PENDING = "pending"  # on this machine's disk, not yet stored at the relay
    STORED = "stored"
    READ = "read"  # the visitor's page has shown it
    FAILED = "failed"  # the relay refused it; the text is back in the draft


class Line(msgspec.Struct, frozen=True):
    """One line. `key` is the event's id and never changes; `seq` 0 while pending; `at` in ms by the relay's clock (the
    own clock while pending); `text` is displayable already (model/text.py)."""

    key: str
    kind: Kind
    at: int
    seq: int = 0
    who: str = ""
    text: str = ""
    remark: str = ""
    status: Status = Status.STORED
