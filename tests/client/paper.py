"""A desk with real keys and no relay: two officers, and visitors who seal as the page does."""

from __future__ import annotations

import os
from collections.abc import Iterable

import msgspec

from officer_console.client.keychain import Keychain, RelayPin
from officer_console.model.bodies import About, Body, Presence, Text
from officer_console.model.envelope import VISITOR, Envelope, LiveHeader, OpenHeader
from officer_console.model.events import Event, Opened, Said, What
from officer_console.protocol import codec
from officer_console.protocol.frames import DeskLive
from officer_console.protocol.history import History
from officer_console.vault.base64url import b64, unb64
from officer_console.vault.chain import Directory
from officer_console.vault.directory import certify_lead, enrol_officer, found, issue_desk_key
from officer_console.vault.envelopes import ConversationKeys, seal_message, seal_open
from officer_console.vault.identity import Identity
from officer_console.vault.primitives import make_signing_key

NOW = 1_763_950_000
"""Seconds: when this desk was founded."""


class Paper:
    """The desk's people: `lead`, `officer` and `trainer`, each a Keychain that has what the relay would give them."""

    def __init__(self) -> None:
        root = make_signing_key()
        ids = [Identity.create(bytes(16)) for _ in range(4)]
        directory = Directory.verify(found("Poste 9", root, ids[0].applicant("Camille"), NOW))
        entry, priv = issue_desk_key(directory, ids[0].sig_priv, NOW)
        directory = directory.extend([entry])
        for identity, name, role in ((ids[1], "Noor", "officer"), (ids[2], "Théo", "trainer")):
            applicant = identity.applicant(name)
            directory = directory.extend([enrol_officer(directory, ids[0].sig_priv, applicant, role, NOW)])  # type: ignore[arg-type]
        directory = directory.extend([certify_lead(directory, root, ids[3].applicant("Ana"), NOW)])
        self.key = directory.desk_key(NOW)
        self.lead, self.officer, self.trainer, self.other = (Keychain(each, directory, RelayPin()) for each in ids)
        for chain in (self.lead, self.officer, self.other):
            chain.keys.add(self.key.kid, priv)


class Log:
    """A log that numbers events, of one conversation or more."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    @property
    def last(self) -> int:
        """Number of the last event; numbers go on rising when events are gone."""
        return self.events[-1].seq if self.events else 0

    def add(self, cid: str, id: str, by: str, what: What) -> Event:
        seq = self.last + 1
        self.events.append(Event(seq, NOW * 1000 + seq, cid, id, by, what))
        return self.events[-1]


class PaperVisitor:
    """One visitor's end: seals, and opens nothing but what the history needs."""

    def __init__(self, paper: Paper, log: Log) -> None:
        ck = os.urandom(32)
        self.keys = ConversationKeys.derive(ck)
        self.cid = b64(os.urandom(16))
        self.log = log
        self._h = codec.encode(OpenHeader(cid=self.cid, e=0, kid=paper.key.kid, kc=b64(self.keys.kc)))
        self._box = b64(seal_open(paper.key.pub, self._h, ck))
        self.history = History(VISITOR, self._h, self._box, b64(self.keys.kc))
        self._live = -1
        log.add(self.cid, "open", VISITOR, Opened(self._h, self._box))

    def say(self, *bodies: Body | str) -> Event:
        """Write; the last event."""
        for body in bodies:
            event = self._said(Text(ts=0, b=body) if isinstance(body, str) else body)
        return event

    def _said(self, body: Body) -> Event:
        head = self.history.next_header()
        h = codec.encode(head)
        n, c = seal_message(self.keys.k_v, "msg", h, codec.encode_bytes(body))
        envelope = Envelope(h, b64(n), b64(c))
        assert self.history.accept(envelope, VISITOR) is None
        return self.log.add(self.cid, f"v.{head.n}", VISITOR, Said(envelope))

    def hears(self, chain: Keychain, id: str, envelope: Envelope) -> Event:
        """An officer's message is stored."""
        assert self.history.accept(envelope, chain.kid) is None
        return self.log.add(self.cid, id, chain.kid, Said(envelope))

    def live(self, presence: Presence, number: int | None = None) -> DeskLive:
        self._live = self._live + 1 if number is None else number
        head = LiveHeader(cid=self.cid, kc=b64(self.keys.kc), d="v", s=VISITOR, ln=self._live)
        h = codec.encode(head)
        n, c = seal_message(self.keys.k_v, "live", h, codec.encode_bytes(presence))
        return DeskLive(self.cid, h, b64(n), b64(c))


ABOUT = About(ts=0, lang="fr", postcode="69003")


def bits_flipped(text: str) -> Iterable[str]:
    """A byte string with its first, middle and last byte altered, cut, lengthened and emptied."""
    data = bytearray(unb64(text))
    for place in (0, len(data) // 2, len(data) - 1):
        other = bytearray(data)
        other[place] ^= 1
        yield b64(bytes(other))
    yield from (b64(bytes(data[:-1])), b64(bytes(data) + b"\0"), "")


def said(event: Event) -> Envelope:
    """The envelope of an event."""
    assert isinstance(event.what, Said) and event.what.env is not None
    return event.what.env


def with_envelope(event: Event, **fields: str) -> Event:
    return msgspec.structs.replace(event, what=Said(msgspec.structs.replace(said(event), **fields)))
