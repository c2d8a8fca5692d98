"""The desk's directory: the verified list (from `chain`), making statements, and what a page gets of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from officer_console.locale import _

from .base64url import b64, unb64, utf8
from .chain import DOMAIN, KEY_HOLDERS, DeskKey, Directory, Member, Signed, require_time
from .errors import Untrusted, VaultError
from .primitives import SUITE_ID, box_public, kid, make_box_key, sign, signing_public, verify
from .statements import (
    DAY,
    Applicant,
    DeskKeyStatement,
    Entry,
    Genesis,
    Lead,
    MemberRole,
    Officer,
    Role,
    Statement,
    Use,
    parse,
    spell,
)

__all__ = [
    "KEY_HOLDERS",
    "Applicant",
    "DeskKey",
    "DeskKeyStatement",
    "Directory",
    "Entry",
    "Member",
    "Role",
    "Signed",
    "Use",
    "certify_lead",
    "enrol_officer",
    "found",
    "issue_desk_key",
    "page_bundle",
    "verify_page_bundle",
]

LEAD_S: Final = 180 * DAY
OFFICER_S: Final = 365 * DAY
DESK_KEY_S: Final = 7 * DAY

# Every statement made here is checked against the list before it leaves.


def found(
    desk: str, root_priv: bytes, applicant: Applicant, now: int, valid_s: int = LEAD_S, use: Use = "live"
) -> list[Entry]:
    """The first two statements of a new desk: its founding, and its first shift lead. Raises Untrusted."""
    root = signing_public(root_priv)
    first = _sign(root_priv, Genesis(prev="", at=now, desk=desk, root=b64(root), use=use))
    return [first, certify_lead(Directory.verify([first]), root_priv, applicant, now, valid_s)]


def certify_lead(
    directory: Directory, root_priv: bytes, applicant: Applicant, now: int, valid_s: int = LEAD_S
) -> Entry:
    """The statement by which the root key makes somebody a shift lead. Raises Untrusted."""
    person = Lead(**_person(directory, applicant, now, valid_s))
    return _checked(directory, _sign(root_priv, person))


def enrol_officer(
    directory: Directory,
    lead_priv: bytes,
    applicant: Applicant,
    role: MemberRole,
    now: int,
    valid_s: int = OFFICER_S,
) -> Entry:
    """The statement by which a shift lead enrols a member. Raises Untrusted, also when no lead signs."""
    by = kid(signing_public(lead_priv))
    person = Officer(**_person(directory, applicant, now, valid_s), role=role, by=by)
    return _checked(directory, _sign(lead_priv, person))


def issue_desk_key(
    directory: Directory, lead_priv: bytes, now: int, valid_s: int = DESK_KEY_S, use: Use = "live"
) -> tuple[Entry, bytes]:
    """A new desk key: its statement and its private half, to be wrapped for `holders`.

    It ends with the lead's certificate at the latest. Raises Untrusted, also when the signer is no lead.
    """
    at = max(now, directory.at)
    lead = directory.lead(kid(signing_public(lead_priv)), at)
    desk_priv = make_box_key()
    pub = box_public(desk_priv)
    statement = DeskKeyStatement(
        prev=b64(directory.head),
        at=at,
        kid=kid(pub),
        suite=SUITE_ID,
        pub=b64(pub),
        nbf=at,
        exp=min(at + valid_s, lead.exp),
        n=max((key.n for key in directory.desk_keys.values()), default=0) + 1,
        use=use,
        by=lead.kid,
    )
    return _checked(directory, _sign(lead_priv, statement)), desk_priv


def _person(directory: Directory, applicant: Applicant, now: int, valid_s: int) -> dict[str, Any]:
    at = max(now, directory.at)
    keys = {"sig_pub": b64(applicant.sig_pub), "box_pub": b64(applicant.box_pub)}
    return {
        "prev": b64(directory.head),
        "at": at,
        "name": applicant.name,
        **keys,
        "nbf": at,
        "exp": at + valid_s,
    }


def _sign(priv: bytes, statement: Statement) -> Entry:
    s = spell(statement)
    return Entry(s, b64(sign(priv, DOMAIN, utf8(s))))


def _checked(directory: Directory, entry: Entry) -> Entry:
    directory.extend([entry])
    return entry


# ---- the short chain that a visitor's page checks --------------------------------------------------------


def page_bundle(directory: Directory, at: int) -> dict[str, str]:
    """What a page needs for the newest live desk key: `lead`, `lsig`, `key`, `sig`. Raises Untrusted."""
    key = directory.desk_key(at)
    lead = directory.members[key.by].entry
    return {"lead": lead.s, "lsig": lead.sig, "key": key.entry.s, "sig": key.entry.sig}


def verify_page_bundle(root: bytes, bundle: Mapping[str, str], at: int) -> DeskKeyStatement:
    """The desk key that a bundle proves to whom knows the root key only.

    `at` is in seconds, with a day of slack at both ends. Raises Untrusted for every chain that does not lead
    from this root key to a live desk key, Expired by the dates.
    """
    try:
        lead, key = _expect(bundle["lead"], Lead), _expect(bundle["key"], DeskKeyStatement)
        verify(root, DOMAIN, utf8(bundle["lead"]), unb64(bundle["lsig"], 64))
        lead_pub = unb64(lead.sig_pub, 65)
        verify(lead_pub, DOMAIN, utf8(bundle["key"]), unb64(bundle["sig"], 64))
        fits = key.by == kid(lead_pub) and key.kid == kid(unb64(key.pub, 65)) and key.use == "live"
    except VaultError as error:
        raise Untrusted(_("the desk key is not trusted: {reason}").format(reason=error)) from None
    if not fits:
        raise Untrusted(_("the desk key does not fit its statement"))
    require_time(lead, at, _("the shift lead's certificate"), after=DAY)
    require_time(key, at, _("the desk key"), after=DAY)
    return key


T = TypeVar("T", Lead, DeskKeyStatement)


def _expect(text: str, kind: type[T]) -> T:
    statement = parse(text)
    if not isinstance(statement, kind):
        raise Untrusted(_("another statement stands in its place"))
    return statement
