from __future__ import annotations

import hashlib
import hmac
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.vault.base64url import b64, unb64
from officer_console.vault.directory import Directory, enrol_officer, found
from officer_console.vault.enrolment import (
    Invitation,
    JoinRequest,
    check_join,
    make_join,
    sign_text,
    verify_text,
)
from officer_console.vault.errors import BadSignature, Expired, Malformed, VaultError
from officer_console.vault.identity import Identity
from officer_console.vault.primitives import make_signing_key, sign, signing_public

NOW = 1_800_000_000
RELAY = "wss://chat.example.org/desk"
RELAY_KID = "relay-key-A"
GENESIS = bytes(range(32))
INVITATION = Invitation.create(RELAY, RELAY_KID, GENESIS, "officer", NOW)
ME = Identity.create(GENESIS)
invitations = st.builds(
    Invitation,
    relay=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=255),
    relay_kid=st.binary(min_size=8, max_size=8).map(b64),
    genesis=st.binary(min_size=16, max_size=16),
    secret=st.binary(min_size=16, max_size=16),
    expires=st.integers(0, 2**53),
    role=st.sampled_from(["officer", "lead", "trainer", "dispatch"]),
)


# ---- the invitation -----------------------------------------------------------------------------------------


@given(invitations)
def test_text_form(invitation: Invitation) -> None:
    text = invitation.text()
    assert text.startswith("oc1.") and text.isascii() and len(text.split()) == 1
    assert Invitation.parse(text) == invitation


def test_what_copying_leaves_is_taken() -> None:
    text = INVITATION.text()
    assert Invitation.parse(f"  {text[:40]}\r\n {text[40:]}\n") == INVITATION


@given(st.data())
def test_any_changed_letter_is_found(data: st.DataObject) -> None:
    text = INVITATION.text()
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(codec="utf-8").filter(lambda new: new != text[at]))
    with pytest.raises(Malformed):
        Invitation.parse(text[:at] + letter + text[at + 1 :])


@given(st.integers(0, len(INVITATION.text()) - 1))
def test_any_missing_part_is_found(size: int) -> None:
    for text in (INVITATION.text()[:size], INVITATION.text()[size + 1 :]):
        with pytest.raises(Malformed, match="missing or mistyped"):
            Invitation.parse(text)


def test_a_new_one() -> None:
    assert (INVITATION.relay, INVITATION.relay_kid) == (RELAY, RELAY_KID)
    assert (INVITATION.role, INVITATION.genesis) == ("officer", GENESIS[:16])
    assert INVITATION.expires == NOW + 3600
    assert INVITATION.id == b64(hashlib.sha256(INVITATION.secret).digest()[:8])
    assert Invitation.create(RELAY, RELAY_KID, GENESIS, "officer", NOW).secret != INVITATION.secret
    assert repr(INVITATION) == "<Invitation>"


@pytest.mark.parametrize("relay", ["", "a b", "é", "a\n", "x" * 256])
def test_addresses_that_can_t_be_used(relay: str) -> None:
    with pytest.raises(Malformed, match="address"):
        Invitation.create(relay, RELAY_KID, GENESIS, "officer", NOW)


@pytest.mark.parametrize("relay_kid", ["", "relay-key", "relay-key-é", "relay-key-B"])
def test_names_that_no_key_has(relay_kid: str) -> None:
    with pytest.raises(Malformed):
        Invitation.create(RELAY, relay_kid, GENESIS, "officer", NOW)


def test_a_role_of_a_newer_version() -> None:
    data = bytearray(unb64(INVITATION.text().removeprefix("oc1."))[:-4])
    data[0] = 200
    check = hashlib.sha256(b"desk/1 invite\n" + data).digest()[:4]
    with pytest.raises(Malformed, match="newer version"):
        Invitation.parse("oc1." + b64(bytes(data) + check))


def test_expiry() -> None:
    INVITATION.require_time(NOW + 3599)
    with pytest.raises(Expired, match="new one"):
        INVITATION.require_time(NOW + 3600)


# ---- joining ------------------------------------------------------------------------------------------------


def test_joining() -> None:
    join = make_join(INVITATION, ME, "Zoë")
    assert join.invite == INVITATION.id
    applicant = check_join(INVITATION, join, NOW)
    assert applicant == ME.applicant("Zoë")


def test_from_invitation_to_member() -> None:
    lead, root = Identity.create(GENESIS), make_signing_key()
    directory = Directory.verify(found("Station", root, lead.applicant("Léa"), NOW))
    invitation = Invitation.create(RELAY, RELAY_KID, directory.genesis, "trainer", NOW)
    mine = Identity.create(Invitation.parse(invitation.text()).genesis)
    applicant = check_join(invitation, make_join(invitation, mine, "Zoë"), NOW + 60)
    entry = enrol_officer(directory, lead.sig_priv, applicant, "trainer", NOW + 60)
    seen = Directory.verify([*directory.entries, entry], mine.genesis16)
    assert seen.member(mine.kid, NOW + 60).role == "trainer"


def forged(**changes: Any) -> JoinRequest:
    """A request with one thing changed inside and everything proved again with the right invitation and key."""
    join = make_join(INVITATION, ME, "Zoë")
    return proved(msgspec.json.encode(msgspec.json.decode(join.request) | changes).decode())


def proved(request: str) -> JoinRequest:
    mac = hmac.digest(INVITATION.secret, b"desk/1 invite\n" + request.encode(), "sha256")
    return JoinRequest(INVITATION.id, request, b64(mac), sign_invite(ME, request))


def test_the_control_of_the_forgeries() -> None:
    assert check_join(INVITATION, forged(), NOW) == ME.applicant("Zoë")


@pytest.mark.parametrize(
    "changes",
    [
        {"invite": b64(bytes(8))},
        {"sig_pub": b64(signing_public(make_signing_key()))},
        {"box_pub": b64(b"\4" + bytes(63) + b"\1")},
        {"name": ""},
        {"name": "a\x1b[2J"},
        {"name": 1},
        {"role": "lead"},
    ],
)
def test_requests_that_are_wrong_inside(changes: dict[str, Any]) -> None:
    with pytest.raises((BadSignature, Malformed)):
        check_join(INVITATION, forged(**changes), NOW)


@pytest.mark.parametrize("end", [',"name":"Eve"}', ',"more":1}', "} ", ""])
def test_requests_of_another_spelling(end: str) -> None:
    request = make_join(INVITATION, ME, "Zoë").request
    with pytest.raises(Malformed):
        check_join(INVITATION, proved(request[:-1] + end), NOW)


@given(st.data())
def test_any_changed_letter_of_a_request_is_refused(data: st.DataObject) -> None:
    join = make_join(INVITATION, ME, "Zoë")
    field = data.draw(st.sampled_from(["invite", "request", "mac", "sig"]))
    text = getattr(join, field)
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters().filter(lambda new: new != text[at]))  # half surrogates too
    changed = msgspec.structs.replace(join, **{field: text[:at] + letter + text[at + 1 :]})
    with pytest.raises(VaultError):
        check_join(INVITATION, changed, NOW)


def test_another_invitation_or_another_time() -> None:
    join = make_join(INVITATION, ME, "Zoë")
    with pytest.raises(BadSignature, match="invitation"):
        check_join(Invitation.create(RELAY, RELAY_KID, GENESIS, "officer", NOW), join, NOW)
    with pytest.raises(Expired):
        check_join(INVITATION, join, NOW + 3600)


def test_the_relay_can_t_put_its_own_keys_in() -> None:
    """It sees the request and the invitation's id, but not the secret."""
    relay_s = Identity.create(GENESIS)
    fake = make_join(msgspec.structs.replace(INVITATION, secret=bytes(16)), relay_s, "Zoë")
    request = fake.request.replace(fake.invite, INVITATION.id)
    fake = JoinRequest(INVITATION.id, request, fake.mac, sign_invite(relay_s, request))
    with pytest.raises(BadSignature):
        check_join(INVITATION, fake, NOW)


def sign_invite(who: Identity, request: str) -> str:
    return b64(sign(who.sig_priv, "invite", request.encode()))


def test_a_name_that_can_t_be_used_is_told_to_its_owner() -> None:
    with pytest.raises(Malformed, match="check the name"):
        make_join(INVITATION, ME, "a\nb")


# ---- login and commands ---------------------------------------------------------------------------------------


@given(st.text(st.characters(codec="utf-8"), max_size=100), st.sampled_from(["relay", "login", "cmd"]))
def test_signed_text(h: str, domain: Any) -> None:
    sig = sign_text(ME.sig_priv, domain, h)
    assert len(sig) == 86
    verify_text(ME.sig_pub, domain, h, sig)
    others: list[Any] = [other for other in ("relay", "login", "cmd") if other != domain]
    for other, text in [(other, h) for other in others] + [(domain, h + " ")]:
        with pytest.raises(BadSignature):
            verify_text(ME.sig_pub, other, text, sig)


@pytest.mark.parametrize("sig", ["", "A" * 85, "A" * 87, "é", "A" * 85 + "B"])
def test_signatures_that_are_none(sig: str) -> None:
    with pytest.raises(Malformed):
        verify_text(ME.sig_pub, "cmd", "{}", sig)


def test_half_a_surrogate_is_no_command() -> None:
    with pytest.raises(Malformed):
        verify_text(ME.sig_pub, "cmd", "\ud800", b64(bytes(64)))
