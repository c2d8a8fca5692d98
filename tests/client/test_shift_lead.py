"""What a shift lead's console publishes, one command at a time: keys for everybody, in frames that the relay takes."""

from __future__ import annotations

import os
from collections.abc import Callable

import msgspec
import pytest

from officer_console.client.api import Notice
from officer_console.client.enrolling import Joiner, take_in
from officer_console.client.keychain import Keychain, RelayPin
from officer_console.client.shift_lead import MAX_ASKING, ShiftLead
from officer_console.protocol import codec
from officer_console.protocol.commands import Command, CommandHeader, Publish
from officer_console.protocol.desk_session import Answered
from officer_console.protocol.frames import Cmd, Joining
from officer_console.protocol.refusals import Refused
from officer_console.vault.base64url import b64
from officer_console.vault.directory import enrol_officer, issue_desk_key
from officer_console.vault.enrolment import Invitation, make_join
from officer_console.vault.identity import Identity
from officer_console.vault.statements import DAY, Name

from .paper import NOW, Paper

RELAY = RelayPin(kid="relay-key-A")


class Relay:
    """Takes what is published, and answers when told to."""

    def __init__(self, paper: Paper, *, now: int = NOW) -> None:
        self.chain = paper.lead
        self.chain.pin = RELAY
        self.given: list[Publish] = []
        self.told: list[Notice] = []
        self.now, self.up = now, True
        self._answers: list[Callable[[Answered], None]] = []
        self.lead = ShiftLead(
            self.chain, "https://desk.example.org", self._carry, self.told.append, lambda: None,
            lambda: self.now * 1000,
        )  # fmt: skip

    def _carry(self, do: Command, answered: Callable[[Answered], None]) -> bool:
        assert isinstance(do, Publish) and self.up
        self.given.append(do)
        self._answers.append(answered)
        return True

    def answer(self, code: str = "") -> None:
        assert len(self._answers) == 1, "one at a time"
        publish = self.given[-1]
        if not code:
            self.chain.learn(publish.entries, publish.wraps)
        self._answers.pop()(Answered(None, code=code))

    def answer_all(self) -> None:
        while self._answers:
            self.answer()

    def asks(self, name: Name, identity: Identity | None = None, code: str = "") -> str:
        """Somebody asks with an invitation of this lead; the name of her key."""
        invitation = Invitation.parse(code or self.lead.invite("officer"))
        identity = identity or Identity.create(invitation.genesis)
        join = make_join(invitation, identity, name)
        self.lead.asked(Joining(join.invite, join.request, join.mac, join.sig))
        return identity.kid


def pairs(given: list[Publish]) -> list[tuple[str, str]]:
    return [(wrap.key, wrap.to) for publish in given for wrap in publish.wraps]


def crowd(paper: Paper, count: int) -> None:
    """So many more officers, enrolled by somebody who had no desk key to give."""
    directory, priv = paper.lead.directory, paper.lead.identity.sig_priv
    for n in range(count):
        applicant = Identity.create(bytes(16)).applicant(f"Agent {n}")
        directory = directory.extend([enrol_officer(directory, priv, applicant, "officer", NOW)])
    paper.lead.directory = directory


def keys(paper: Paper, count: int, day: int = 0) -> None:
    """So many more desk keys, a day apart."""
    for n in range(day + 1, day + count + 1):
        entry, priv = issue_desk_key(paper.lead.directory, paper.lead.identity.sig_priv, NOW + n * DAY)
        paper.lead.learn([entry], [])
        paper.lead.keys.add(list(paper.lead.directory.desk_keys)[-1], priv)


def size(publish: Publish) -> int:
    """Bytes of the frame that carries it."""
    heads = Keychain(Identity.create(bytes(16)), Paper().lead.directory, RELAY).heads
    h = codec.encode(CommandHeader(kid="K" * 11, sid="S" * 22, c=2**31, dir=heads, do=publish))
    return len(codec.encode(Cmd(h, "S" * 86)).encode())


def test_whoever_lacks_a_key_in_force_gets_it_and_nobody_else() -> None:
    paper = Paper()
    crowd(paper, 100)
    keys(paper, 3)
    relay = Relay(paper, now=NOW + 3 * DAY)
    relay.lead.linked(True)
    relay.answer_all()
    members = {each.kid for each in paper.lead.directory.members.values() if each.role in ("lead", "officer")}
    expected = {(key, kid) for key in paper.lead.directory.desk_keys for kid in members - {paper.lead.kid}}
    assert set(pairs(relay.given)) == expected and len(pairs(relay.given)) == len(expected) == 4 * 102
    assert max(map(size, relay.given)) < codec.MAX_FRAME
    assert not any(publish.entries for publish in relay.given)
    noor = paper.officer
    noor.keys.forget()
    noor.learn(paper.lead.directory.entries, [wrap for each in relay.given for wrap in each.wraps])
    assert {key.kid for key in noor.keys.of("live")} == set(paper.lead.directory.desk_keys)


def test_an_ended_key_is_not_given_again() -> None:
    paper = Paper()
    keys(paper, 1, day=6)
    relay = Relay(paper, now=NOW + 7 * DAY)
    relay.lead.linked(True)
    relay.answer_all()
    assert {key for key, _ in pairs(relay.given)} == {paper.lead.keys.of("live")[0].kid}


def test_once_is_enough_however_often_the_link_is_lost() -> None:
    relay = Relay(Paper())
    relay.lead.linked(True)
    relay.lead.linked(False)  # not answered
    relay._answers.clear()
    for _ in range(3):
        relay.lead.linked(True)
        relay.answer_all()
    assert len(relay.given) == 2 and pairs(relay.given[:1]) == pairs(relay.given[1:])


def test_the_next_key_is_for_every_officer_and_lead_of_a_large_desk() -> None:
    paper = Paper()
    crowd(paper, 130)
    relay = Relay(paper, now=NOW + DAY)
    relay.lead.linked(True)
    relay.answer_all()
    (new,) = set(paper.lead.directory.desk_keys) - {paper.key.kid}
    assert relay.given[0].entries and not any(each.entries for each in relay.given[1:])
    holders = {each.kid for each in paper.lead.keys.holders(relay.now)}
    assert {to for key, to in pairs(relay.given) if key == new} | {paper.lead.kid} == holders
    assert max(map(size, relay.given)) < codec.MAX_FRAME


def test_a_newcomer_fits_in_a_frame_after_months_of_keys() -> None:
    paper = Paper()
    keys(paper, 170)
    invitation = Invitation.create("https://x.example", "relay-key-A", bytes(16), "officer", NOW + 170 * DAY)
    join = make_join(invitation, Identity.create(bytes(16)), "Noor")
    publish = take_in(paper.lead, invitation, join, NOW + 170 * DAY, None)
    assert size(publish) < codec.MAX_FRAME and publish.wraps[0].key == paper.lead.keys.of("live")[0].kid


@pytest.mark.parametrize("code", ["directory", "storage"])
def test_what_passes_is_tried_again_at_the_next_heartbeat(code: str) -> None:
    relay = Relay(Paper())
    noor = relay.asks("Noor")
    relay.lead.linked(True)
    relay.answer_all()
    relay.lead.admit(noor)
    before = len(relay.given)
    relay.answer(code)
    assert len(relay.given) == before and relay.lead.newcomers == ()
    relay.lead.tend()
    relay.answer_all()
    assert relay.told == [Notice("asks", "", noor), Notice("joined", "", noor)]


def test_what_the_relay_refuses_for_good_is_told() -> None:
    relay = Relay(Paper())
    noor = relay.asks("Noor")
    relay.lead.linked(True)
    relay.answer_all()
    relay.lead.admit(noor)
    relay.answer("not_yours")
    assert relay.told[1:] == [Notice("not_joined", "", noor, "not_yours")] and relay.lead.newcomers == ()


def test_a_key_that_the_relay_did_not_take_is_given_to_nobody() -> None:
    relay = Relay(Paper(), now=NOW + DAY)
    noor = relay.asks("Noor")
    relay.lead.linked(True)
    relay.answer("directory")  # the next key; another lead was faster
    relay.lead.admit(noor)
    assert {key for key, _ in pairs(relay.given[-1:])} == set(relay.chain.directory.desk_keys)


def test_a_lead_whose_certificate_has_ended_breaks_nothing() -> None:
    relay = Relay(Paper(), now=NOW + 400 * DAY)
    relay.lead.linked(True)
    assert relay.given == []


def test_an_hour_is_an_hour() -> None:
    relay = Relay(Paper())
    noor, zoe = relay.asks("Noor"), relay.asks("Zoé")
    relay.lead.admit(noor)  # no link yet
    relay.now += 3600
    with pytest.raises(Refused, match="invitation"):
        relay.lead.admit(zoe)
    relay.lead.linked(True)
    assert Notice("not_joined", "", noor, "invitation") in relay.told and not relay.given[0].entries
    code = relay.lead.invite("officer")
    relay.now += 3600
    relay.asks("Late", code=code)
    assert relay.lead.newcomers == ()


def test_requests_that_are_not_honest_or_without_end_are_not_shown() -> None:
    relay = Relay(Paper())
    code = relay.lead.invite("officer")
    invitation = Invitation.parse(code)
    honest = make_join(invitation, Identity.create(bytes(16)), "Noor")
    other = honest.request.replace("Noor", "Zoé")
    for changes in ({"request": other}, {"mac": b64(bytes(32))}, {"sig": b64(bytes(64))}):
        wrong = msgspec.structs.replace(honest, **changes)
        relay.lead.asked(Joining(wrong.invite, wrong.request, wrong.mac, wrong.sig))
    relay.asks("Noor", paper_identity := Identity.create(os.urandom(32)), code)
    relay.asks("Noor", paper_identity, code)  # told again after a reconnect
    assert len(relay.lead.newcomers) == len(relay.told) == 1
    for _ in range(MAX_ASKING + 5):
        relay.asks("Again", code=code)
    assert len(relay.lead.newcomers) == MAX_ASKING


def test_the_invitation_can_be_joined_only_at_its_relay() -> None:
    relay = Relay(Paper())
    joiner = Joiner(Invitation.parse(relay.lead.invite("trainer")), "Noor")
    assert joiner._chain.pin == RelayPin(kid="relay-key-A")
