"""Sealed things as they travel, and the headers that are bound to them.

A header is a JSON string; its bytes, exactly as sent, are the additional authenticated data of what it heads,
so nobody re-encodes a header that came from elsewhere. Byte strings are unpadded base64url.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

VERSION: Final = 1
BUCKETS = (512, 2048, 8192, 16384)
"""Sizes in bytes a body is padded to before sealing; a text takes at most the last one less one byte."""
MAX_BODY = BUCKETS[-1] - 1
SEALED_SIZES = frozenset(size + 16 for size in BUCKETS)
"""Sizes in bytes of a ciphertext: a bucket and the 16-byte tag of AES-GCM."""

Direction = Literal["v", "d"]
VISITOR = "v"
"""The sender's name in a visitor's headers, and a visitor's name as an actor."""
RELAY = "relay"
"""The relay's name as an actor."""


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sealed message: header, 12-byte nonce, ciphertext."""

    h: str
    n: str
    c: str


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something sealed to the desk alone (HPKE, RFC 9180): the visitor has no key to it."""

    h: str
    box: str


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="t"):
    v: Literal[1] = VERSION


class OpenHeader(_Header, frozen=True, tag="open"):
    """Heads the boxed conversation key. `e` epoch, `kid` desk key, `kc` commitment to the conversation key."""

    cid: str
    e: int
    kid: str
    kc: str


class MessageHeader(_Header, frozen=True, tag="msg"):
    """Heads a stored message.

    `d` direction, `s` sender ("v" or an officer's kid), `n` the sender's count from 0, `a` how many messages of the
    other direction the sender had accepted, `p` digest of the last envelope the sender knew.
    """

    cid: str
    kc: str
    d: Direction
    s: str
    n: int
    a: int
    p: str


class LiveHeader(_Header, frozen=True, tag="live"):
    """Heads a frame that is passed on and never stored; `ln` rises, gaps are allowed."""

    cid: str
    kc: str
    d: Direction
    s: str
    ln: int


class NoteHeader(_Header, frozen=True, tag="note"):
    """Heads a note for the desk alone; `kid` desk key, `s` the officer who wrote it, `id` the event's id."""

    cid: str
    kid: str
    s: str
    id: str


class PatrolHeader(_Header, frozen=True, tag="patrol"):
    """Heads a patrol request, its cancelling, or a request for a call back: for the desk (`kid` desk key) and for the
    room alike.

    `s` the officer who asks, `id` the event's id, `at` his clock in ms. `use`: "practice" never reaches a real room.
    """

    cid: str
    kid: str
    s: str
    id: str
    act: Literal["request", "cancel", "callback"]
    use: Literal["live", "practice"]
    at: int


class PatrolStatusHeader(_Header, frozen=True, tag="patrol-status"):
    """Heads what the dispatch role tells of a case: the state in the open, words sealed to the desk (`kid`; "": none).

    `case` the id of the event that opened it, `re` of the request that this answers, `s` who tells it, `id` this event.
    """

    cid: str
    kid: str
    s: str
    id: str
    case: str
    re: str
    state: str
    at: int


class ExportHeader(_Header, frozen=True, tag="export"):
    """Heads the export of a conversation, sealed to a practice key `kid`.

    `s` the lead who redacted it, `id` the event's id, `consent` the event by which the visitor agreed, `parts` how many
    pieces there are, `digest` of the whole under the export's own key: nobody else can tell what is in it.
    """

    cid: str
    kid: str
    s: str
    id: str
    consent: str
    parts: int
    digest: str


class CountersignHeader(_Header, frozen=True, tag="countersign"):
    """What a second officer `s` signs who has read the export `export`: its `digest`. `id` the event's id."""

    cid: str
    s: str
    id: str
    export: str
    digest: str


Header = (
    OpenHeader
    | MessageHeader
    | LiveHeader
    | NoteHeader
    | PatrolHeader
    | PatrolStatusHeader
    | ExportHeader
    | CountersignHeader
)
