"""The signed statements of the directory: who is who, and which desk key is in force.

A statement is a JSON string, signed exactly as it stands (domain "dir"). It has one spelling only: fields in
the order below, no spaces; any other is refused, and with it double keys and unknown fields. `at`, `nbf`
(not before) and `exp` (expires) are seconds since 1970; `prev` is the head of the list before this
statement, "" for the first.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

import msgspec
from msgspec import Meta

from officer_console.locale import _

from .base64url import utf8
from .errors import Malformed, Untrusted

DAY: Final = 86_400
"""Seconds by which clocks may differ: how long before `nbf` a key or a person is taken already."""

Role = Literal["lead", "officer", "trainer", "dispatch", "wall"]
MemberRole = Literal["officer", "trainer", "dispatch", "wall"]
"""Roles that a lead may give; only the root key makes leads. "wall" is a wallboard: it gets no word of any
conversation, and does nothing."""
Use = Literal["live", "practice"]

Seconds = Annotated[int, Meta(ge=0, le=2**53)]
# \A and \Z: a `$` would let a line break through.
Digest = Annotated[str, Meta(pattern=r"\A([A-Za-z0-9_-]{43})?\Z")]
Kid = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{11}\Z")]
Point = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{87}\Z")]
Name = Annotated[
    str,
    # No control characters, no line separators, nothing that turns or hides text, not only spaces.
    Meta(
        min_length=1,
        max_length=80,
        pattern=r"\A(?=.*\S)[^\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]*\Z",
    ),
]
"""What a person or a desk is called: 1 to 80 visible characters."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One statement of the list, exactly as signed, and its signature in base64url."""

    s: str
    sig: str


class Applicant(msgspec.Struct, frozen=True):
    """Who is to be certified or enrolled: what to call the person, and the public halves of the two keys."""

    name: str
    sig_pub: bytes
    box_pub: bytes


class _Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="t"):
    prev: Digest
    at: Seconds


class Genesis(_Statement, frozen=True, tag="genesis", omit_defaults=True):
    """Founds the desk. Signed by the root key that it names. `use`: a desk that was founded for practice stays one."""

    desk: Name
    root: Point
    use: Use = "live"


class _Person(_Statement, frozen=True):
    name: Name
    sig_pub: Point
    box_pub: Point
    nbf: Seconds
    exp: Seconds


class Lead(_Person, frozen=True, tag="lead"):
    """Certifies a shift lead. Signed by the root key."""


class Officer(_Person, frozen=True, tag="officer"):
    """Enrols a member. Signed by the lead `by`."""

    role: MemberRole
    by: Kid


class DeskKeyStatement(_Statement, frozen=True, tag="desk-key"):
    """Announces a desk key; `n` rises over all desk keys. Signed by the lead `by`."""

    kid: Kid
    suite: Literal["16-1-2"]
    pub: Point
    nbf: Seconds
    exp: Seconds
    n: Annotated[int, Meta(ge=1, le=2**31)]
    use: Use
    by: Kid


Statement = Genesis | Lead | Officer | DeskKeyStatement


class _Kind(msgspec.Struct):
    t: str


_KNOWN: Final = frozenset(str(kind.__struct_config__.tag) for kind in get_args(Statement))
_kind = msgspec.json.Decoder(_Kind)
_statement: msgspec.json.Decoder[Statement] = msgspec.json.Decoder(Statement)
_encoder = msgspec.json.Encoder()


def spell(statement: Statement) -> str:
    """The one spelling of a statement."""
    return _encoder.encode(statement).decode()


def parse(text: str) -> Statement:
    """Read a statement. Raises Malformed; Untrusted for a type that only a newer version knows."""
    data = utf8(text)
    try:
        kind = _kind.decode(data).t
        if kind not in _KNOWN:
            raise Untrusted(_("it was made by a newer version of this program; install that version here"))
        statement = _statement.decode(data)
        if _encoder.encode(statement) != data:
            raise Malformed(_("this is not a statement of the directory"))
    except (msgspec.DecodeError, RecursionError):  # nested deeply enough, JSON exhausts the stack
        raise Malformed(_("this is not a statement of the directory")) from None
    return statement
