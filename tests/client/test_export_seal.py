"""What a hostile relay can make of a conversation that is kept to practise on: nothing that anybody would open."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest

from officer_console.client.export_seal import MOST_BYTES, pieces_of, read_export, seal_countersign, seal_export
from officer_console.client.keychain import Keychain, RelayPin
from officer_console.client.renewal import new_desk_key
from officer_console.protocol.commands import KeepExport, KeepPart
from officer_console.protocol.frames import Kept
from officer_console.protocol.refusals import Refused
from officer_console.vault.base64url import b64
from officer_console.vault.errors import VaultError
from tests.fire.served import enrolled
from tests.relay.peers import Keys, Station, random_id

SESSION = b"redacted words " * 2000
NOW = int(time.time()) * 1000


class Desk:
    """A lead, two officers and a trainer, with the practice key."""

    def __init__(self) -> None:
        station = Station(NOW // 1000)
        ana, karim = station.enrol("Ana")[0], station.enrol("Karim")[0]
        trainer = station.enrol("Trainer", "trainer")[0]
        self.lead = self._chain(station, station.lead)
        published = new_desk_key(self.lead, NOW // 1000, "practice")
        self.lead.learn(published.entries, [])
        self.ana, self.karim, self.trainer = (self._chain(station, keys) for keys in (ana, karim, trainer))
        for chain in (self.ana, self.karim, self.trainer):
            chain.learn(published.entries, published.wraps)
        self.cid = random_id()

    def _chain(self, station: Station, keys: Keys) -> Keychain:
        member = enrolled(station, keys, "http://127.0.0.1:1")
        return Keychain(member.identity, member.directory, RelayPin())

    def kept(self, session: bytes = SESSION, by: Keychain | None = None) -> Kept:
        """As an honest relay gives it."""
        chain = by or self.lead
        ids = [random_id() for _ in range(1 + len(pieces_of(session)))]
        begun, *parts = seal_export(chain, self.cid, "v.4", session, ids, NOW)
        assert isinstance(begun, KeepExport)
        sealed = [part.c for part in parts if isinstance(part, KeepPart)]
        return Kept(self.cid, NOW, chain.kid, begun.h, begun.sig, begun.box, sealed)

    def signed(self, kept: Kept, by: Keychain, session: bytes = SESSION) -> Kept:
        do = seal_countersign(by, kept, session, random_id())
        return msgspec.structs.replace(kept, ch=do.h, csig=do.sig, signed_by=by.kid, signed_at=NOW)


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


def refused(chain: Keychain, kept: Kept, **altered: Any) -> bool:
    try:
        read_export(chain, msgspec.structs.replace(kept, **altered))
    except (VaultError, Refused):
        return True
    return False


def test_who_has_the_practice_key_opens_it_and_learns_who_vouches(desk: Desk) -> None:
    kept = desk.signed(desk.kept(), desk.karim)
    for chain in (desk.lead, desk.ana, desk.trainer):
        assert read_export(chain, kept) == (SESSION, desk.lead.kid, desk.karim.kid)
    assert read_export(desk.ana, desk.kept()).countersigned == ""


def test_nothing_can_be_altered_exchanged_or_left_out(desk: Desk) -> None:
    kept, words = desk.signed(desk.kept(), desk.karim), b"other" * 4000
    other = desk.signed(desk.kept(words), desk.karim, words)
    for field in ("cid", "h", "sig", "box", "parts", "ch", "csig", "signed_by", "by"):
        theirs = random_id() if field == "cid" else getattr(other, field)
        if theirs != getattr(kept, field):
            assert refused(desk.trainer, kept, **{field: theirs}), field
    assert refused(desk.trainer, kept, parts=kept.parts[::-1])
    assert refused(desk.trainer, kept, parts=kept.parts[:1])
    assert refused(desk.trainer, kept, sig=b64(bytes(64)))
    assert refused(desk.trainer, kept, csig=b64(bytes(64)))
    assert refused(desk.trainer, kept, by=desk.karim.kid)
    assert refused(desk.trainer, kept, parts=["!" for _ in kept.parts])


def test_an_officer_who_is_no_lead_keeps_nothing_that_opens(desk: Desk) -> None:
    assert refused(desk.trainer, desk.kept(by=desk.ana))


def test_nobody_vouches_for_his_own_and_a_trainer_for_none(desk: Desk) -> None:
    kept = desk.kept()
    for chain in (desk.lead, desk.trainer):
        assert refused(desk.ana, desk.signed(kept, chain))
    assert not refused(desk.ana, desk.signed(kept, desk.ana))


def test_one_vouches_for_what_one_has_read(desk: Desk) -> None:
    with pytest.raises(VaultError):
        seal_countersign(desk.karim, desk.kept(), b"something else", random_id())


def test_who_was_not_a_member_then_did_not_sign_it(desk: Desk) -> None:
    kept = desk.signed(desk.kept(), desk.karim)
    year = 400 * 86_400_000
    assert refused(desk.trainer, kept, at=NOW + year)
    assert refused(desk.trainer, kept, signed_at=NOW + year)


def test_it_is_sealed_to_no_live_key(desk: Desk) -> None:
    kept = desk.kept()
    live = Desk._chain(desk, Station(NOW // 1000), Station(NOW // 1000).lead)
    assert refused(live, kept)


@pytest.mark.parametrize("size", [1, 16_383, 16_384, MOST_BYTES])
def test_sessions_of_any_size_that_is_allowed(desk: Desk, size: int) -> None:
    session = b"x" * size
    assert read_export(desk.trainer, desk.kept(session)).session == session
