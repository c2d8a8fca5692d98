"""Every way to say no: code -> one plain sentence, and the WebSocket close code when the connection ends with it.

The code travels; the sentence travels too, in English, for whoever reads the wire. Console and page translate by code.
Close codes: 1008 policy (RFC 6455), 1009 too big, 1013 try again later.
"""

from __future__ import annotations

import msgspec

from officer_console.model.envelope import VERSION


class Refusal(msgspec.Struct, frozen=True):
    """`close` is the WebSocket close code, or None when the connection goes on."""

    sentence: str
    close: int | None = None


POLICY, TOO_BIG, TRY_LATER = 1008, 1009, 1013

REFUSALS: dict[str, Refusal] = {
    # what cannot be understood: the other side is broken or hostile, the connection ends
    "malformed": Refusal("The message is not of the form that the protocol asks for.", POLICY),
    "too_large": Refusal("The message is larger than the protocol allows.", TOO_BIG),
    "version": Refusal(f"This side speaks another version of the protocol; version {VERSION} is needed.", POLICY),
    "unexpected": Refusal("The message came at a moment when it has no meaning.", POLICY),
    "late": Refusal("The first message did not come in time.", POLICY),
    # who somebody is
    "login": Refusal("The login was refused.", POLICY),
    "bad_signature": Refusal("A signature does not fit.", POLICY),
    "replayed": Refusal("This command was given before.", POLICY),
    "invitation": Refusal("The invitation is not valid, was used, or no shift lead is there to accept it.", POLICY),
    "founding": Refusal("The founding code is not valid, or the desk is founded already.", POLICY),
    "not_founded": Refusal("The desk of this station has not been founded yet.", TRY_LATER),
    "directory": Refusal("The list of officers does not continue the one that the relay has."),
    "desk_key": Refusal("No desk key is in force; a shift lead must log in to make one."),
    # what somebody may do
    "unknown": Refusal("There is no such conversation."),
    "erased": Refusal("The conversation has been erased."),
    "taken": Refusal("Another officer has taken this conversation."),
    "not_yours": Refusal("Only the officer who holds the conversation may do this."),
    "state": Refusal("The conversation is not in a state that allows this."),
    "sequence": Refusal("The message does not follow the last one of its sender."),
    "conflict": Refusal("Something else has been stored under this number."),
    "sender": Refusal("The message does not name its sender rightly."),
    "no_case": Refusal("There is no open patrol request that this is about."),
    "no_offer": Refusal("There is no hand-over to answer."),
    "no_export": Refusal("Nothing is kept to practise on that this is about."),
    "not_on_duty": Refusal("That officer is not on duty, or does not answer visitors."),
    "no_room": Refusal("No dispatch room belongs to this desk."),
    # what there is room for
    "rate": Refusal("Too many messages at once; wait a little and send it again."),
    "full": Refusal("This conversation has reached its largest size."),
    "busy": Refusal("Too many people are writing at this moment; try again in a minute.", TRY_LATER),
    "paused": Refusal("The desk lets no new conversation in at this moment.", TRY_LATER),
    "storage": Refusal("The relay cannot store anything at this moment; nothing was lost, send it again."),
    # what a console says to itself, and no relay sends
    "consent": Refusal("The visitor has not agreed that this may be practised on."),
    "network": Refusal("The relay cannot be reached; it was not done."),
    "unsure": Refusal("The connection was lost before the answer came: it may have been done or not."),
}


class Refused(Exception):
    """A command or frame was refused. `code` is one of REFUSALS; `who` the officer who has it, for "taken"."""

    def __init__(self, code: str, who: str = "") -> None:
        super().__init__(f"{code}: {REFUSALS[code].sentence}")
        self.code = code
        self.who = who

    @property
    def sentence(self) -> str:
        return REFUSALS[self.code].sentence

    @property
    def close(self) -> int | None:
        return REFUSALS[self.code].close
