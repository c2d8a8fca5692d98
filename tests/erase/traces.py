"""What a relay is given of a conversation's key, looked for piece by piece in every form; and a thief who has more."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from officer_console.vault.base64url import unb64
from officer_console.vault.errors import VaultError
from officer_console.vault.opening import open_box
from tests.needles import key_forms
from tests.relay.peers import VisitorPeer

BOX_TEXT: Final = 151
"""Characters of a boxed key."""
_RUN: Final = re.compile(rb"[A-Za-z0-9_-]{%d,}" % BOX_TEXT)


class Trace:
    """What stands for one conversation's key material: three pieces of its box, and of what the token is known by."""

    def __init__(self, visitor: VisitorPeer) -> None:
        self.visitor = visitor
        box = unb64(visitor.opening.box)
        third = len(box) // 3
        digest = hashlib.sha256(visitor.vt).digest()
        pieces = [box[:third], box[third : 2 * third], box[2 * third :]]
        self.box = frozenset(form for each in pieces for form in key_forms(each))
        self.token = frozenset(key_forms(digest))

    def in_(self, hay: bytes) -> int:
        """How many pieces, in whatever form, are in it."""
        return sum(needle in hay for needle in self.box | self.token)

    def is_whole_in(self, hay: bytes) -> bool:
        """Whether the box stands there as the relay was given it."""
        return self.visitor.opening.box.encode() in hay

    def sealed_in(self, hay: bytes) -> int:
        """How many of her messages are still there, sealed."""
        return sum(env.c.encode() in hay for env in self.visitor.sent)


def hits(traces: Iterable[Trace], hay: bytes) -> int:
    """Pieces of keys of all these conversations."""
    return sum(trace.in_(hay) for trace in traces)


def opened_by_a_thief(hay: bytes, traces: Iterable[Trace], desk_priv: bytes) -> set[str]:
    """Conversations whose key somebody gets who has these bytes, the headers, and even the desk's private key: he tries
    every text that is as long as a boxed key."""
    candidates = {
        run.group()[at : at + BOX_TEXT] for run in _RUN.finditer(hay) for at in {0, len(run.group()) - BOX_TEXT}
    }
    return {trace.visitor.cid for trace in traces if any(_opens(each, trace, desk_priv) for each in candidates)}


def _opens(candidate: bytes, trace: Trace, desk_priv: bytes) -> bool:
    with suppress(VaultError):
        return open_box(desk_priv, trace.visitor.opening.h, unb64(candidate.decode())) == trace.visitor.ck
    return False
