"""What of a request is checked before it may reach a room: its use, its box, who signed it, what stands in it."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest

from officer_console.client.keychain import Keychain, RelayPin
from officer_console.client.patrol_seal import is_honest, seal_patrol
from officer_console.dispatch.opening import Rejected, officer_name, open_asked
from officer_console.dispatch.room import RoomKeys
from officer_console.model.bodies import PatrolAsked
from officer_console.model.envelope import PatrolHeader
from officer_console.model.events import Event, PatrolCancelled, PatrolRequested, RoomBox
from officer_console.model.patrol import dump_request
from officer_console.protocol import codec
from officer_console.protocol.commands import Wrap
from officer_console.vault.base64url import b64
from officer_console.vault.enrolment import sign_text
from officer_console.vault.envelopes import seal_for_room, sign_body
from officer_console.vault.identity import Identity
from officer_console.vault.primitives import box_public, make_box_key
from tests.relay.peers import Keys, Station, random_id

from .desk import REQUEST, PracticeStation, identity_of

NOW = time.time_ns() // 1_000_000
CID = random_id()


class Desk:
    """A station with an officer, a trainer and two rooms."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.officer, self.trainer, self.keys, self.other = (
            station.enrol(name, role)[0]
            for name, role in [("Ana", "officer"), ("Leo", "trainer"), ("Salle", "dispatch"), ("Autre", "dispatch")]
        )
        self.room = RoomKeys(identity_of(station, self.keys), station.directory, RelayPin())

    def asked(self, act: Any = "request", text: str = "", who: Keys | None = None) -> Event:
        who = who or self.officer
        chain = Keychain(identity_of(self.station, who), self.station.directory, RelayPin())
        do = seal_patrol(chain, CID, random_id(), act, text or dump_request(REQUEST), NOW)
        what = (PatrolCancelled if act == "cancel" else PatrolRequested)(do.h, do.sig, do.box, tuple(do.rooms))
        return Event(7, NOW, CID, do.id, who.kid, what)

    def forged(self, who: Keys, b: str, sig: str | None = None, **header: Any) -> Event:
        """Outside as it must be; inside with this signature, or the signer's own."""
        id = random_id()
        head = PatrolHeader(cid=CID, kid="k", s=who.kid, id=id, act="request", use="live", at=NOW)
        h = codec.encode(msgspec.structs.replace(head, **header))
        signed = b64(sign_body(who.sig, h, b.encode())) if sig is None else sig
        body = codec.encode_bytes(PatrolAsked(ts=NOW, b=b, sig=signed))
        box = RoomBox(self.keys.kid, b64(seal_for_room(box_public(self.keys.box), h, body)))
        return Event(7, NOW, CID, id, who.kid, PatrolRequested(h, sign_text(who.sig, "patrol", h), rooms=(box,)))


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(Station(NOW // 1000))


def rejection(desk: Desk, event: Event, exercise: bool = False) -> str:
    with pytest.raises(Rejected) as told:
        open_asked(desk.room, event, exercise)
    return told.value.code


def test_a_request_and_a_cancelling(desk: Desk) -> None:
    event = desk.asked()
    assert is_honest(desk.room, event)
    opened = open_asked(desk.room, event, exercise=False)
    assert (opened.request, opened.reason, opened.said_at) == (REQUEST, "", NOW)
    cancel = open_asked(desk.room, desk.asked("cancel", "fausse alerte"), exercise=False)
    assert (cancel.request, cancel.reason) == (None, "fausse alerte")
    assert officer_name(desk.room, event.by) == "Ana" and officer_name(desk.room, "nobody") == ""


def test_no_practice_in_a_real_room_and_nothing_real_in_an_exercise(desk: Desk) -> None:
    practice = Desk(PracticeStation(NOW // 1000))
    assert open_asked(practice.room, practice.asked(), exercise=True).request == REQUEST
    assert rejection(practice, practice.asked()) == "practice"
    assert rejection(desk, desk.asked(), exercise=True) == "live"
    assert rejection(desk, desk.forged(desk.officer, dump_request(REQUEST), use="practice")) == "practice"
    assert rejection(practice, practice.forged(practice.officer, dump_request(REQUEST)), exercise=True) == "live"


def test_what_is_not_sealed_for_us(desk: Desk) -> None:
    event = desk.asked()
    assert isinstance(event.what, PatrolRequested)
    ours, theirs = sorted(event.what.rooms, key=lambda each: each.to != desk.keys.kid)
    for rooms in [(), (theirs,), (RoomBox(ours.to, theirs.box),), (RoomBox(ours.to, ours.box[:-4]),),
                  (RoomBox(ours.to, "é"),)]:  # fmt: skip
        altered = msgspec.structs.replace(event, what=msgspec.structs.replace(event.what, rooms=rooms))
        assert rejection(desk, altered) == "unsealed"


def test_the_box_key_before_the_last_renewal_still_opens(desk: Desk) -> None:
    keys = desk.keys
    renewed = Identity(keys.sig, make_box_key(), keys.box, desk.station.directory.genesis[:16])
    room = RoomKeys(renewed, desk.station.directory, RelayPin())
    assert open_asked(room, desk.asked(), exercise=False).request == REQUEST


def test_the_signature_inside(desk: Desk) -> None:
    text = dump_request(REQUEST)
    assert open_asked(desk.room, desk.forged(desk.officer, text), exercise=False).request == REQUEST
    for sig in ["", "A" * 86, b64(sign_body(desk.trainer.sig, "h", text.encode()))]:
        assert rejection(desk, desk.forged(desk.officer, text, sig)) == "untrusted"
    for who in (desk.trainer, desk.other, Keys("Nobody")):
        assert not is_honest(desk.room, desk.forged(who, text))
        assert rejection(desk, desk.forged(who, text)) == "untrusted"


@pytest.mark.parametrize("text", ["", "{}x", '{"nature":"C99"}', '{"place":"' + "x" * 201 + '"}', '{"strange":1}'])
def test_what_is_no_request(desk: Desk, text: str) -> None:
    assert rejection(desk, desk.forged(desk.officer, text)) == "unsealed"


def test_a_room_never_holds_a_desk_key(desk: Desk) -> None:
    """Not even when a shift lead's console, or a relay, sends one that is sealed to it."""
    station = desk.station
    wrap = station.wrap(desk.keys)
    plain = Keychain(identity_of(station, desk.keys), station.directory, RelayPin())
    assert plain.learn([], [wrap]) and plain.keys.private(station.desk_key.kid) == station.desk_priv
    assert desk.room.learn([], [wrap]) is False
    with pytest.raises(Exception, match="not been given"):
        desk.room.keys.private(station.desk_key.kid)
    assert isinstance(wrap, Wrap) and desk.keys.kid not in {
        each.kid for each in station.directory.holders("live", NOW // 1000)
    }
