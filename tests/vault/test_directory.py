from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.vault.base64url import b64, unb64, utf8
from officer_console.vault.chain import KEY_HOLDERS, Directory
from officer_console.vault.directory import (
    Applicant,
    Entry,
    certify_lead,
    enrol_officer,
    found,
    issue_desk_key,
    page_bundle,
    verify_page_bundle,
)
from officer_console.vault.envelopes import wrap_desk_key
from officer_console.vault.errors import CannotOpen, Expired, Untrusted
from officer_console.vault.identity import Identity
from officer_console.vault.opening import unwrap_desk_key
from officer_console.vault.primitives import box_public, kid, make_signing_key, sign, signing_public
from officer_console.vault.statements import DeskKeyStatement, Genesis, Lead, Officer, Statement, parse, spell

NOW = 1_800_000_000
DAY = 86_400
ROOT = make_signing_key()


def person() -> Identity:
    return Identity.create(bytes(32))


LEAD, OFFICER, TRAINER, DISPATCHER, STRANGER = (person() for _ in range(5))


class Desk(NamedTuple):
    directory: Directory
    desk_priv: bytes


def founded(now: int = NOW) -> Directory:
    return Directory.verify(found("Station", ROOT, LEAD.applicant("Léa"), now))


def with_everybody() -> Desk:
    directory = founded()
    for who, name, role in (
        (OFFICER, "Omar", "officer"),
        (TRAINER, "Tess", "trainer"),
        (DISPATCHER, "Dina", "dispatch"),
    ):
        entry = enrol_officer(directory, LEAD.sig_priv, who.applicant(name), role, NOW + 10)  # type: ignore[arg-type]
        directory = directory.extend([entry])
    live, desk_priv = issue_desk_key(directory, LEAD.sig_priv, NOW + 20)
    directory = directory.extend([live])
    practice, _priv = issue_desk_key(directory, LEAD.sig_priv, NOW + 30, use="practice")
    return Desk(directory.extend([practice]), desk_priv)


DESK = with_everybody()
ENTRIES = list(DESK.directory.entries)


def signed(priv: bytes, statement: Statement | str) -> Entry:
    """Any statement, well signed, whether it makes sense or not."""
    s = statement if isinstance(statement, str) else spell(statement)
    return Entry(s, b64(sign(priv, "dir", utf8(s))))


def officer_statement(directory: Directory, **changes: Any) -> Officer:
    fields: dict[str, Any] = {"prev": b64(directory.head), "at": directory.at, "nbf": NOW, "exp": NOW + DAY}
    fields |= {"name": "Nora", "sig_pub": b64(STRANGER.sig_pub), "box_pub": b64(STRANGER.box_pub)}
    return Officer(**fields | {"role": "officer", "by": LEAD.kid} | changes)


def lead_statement(directory: Directory, who: Identity = STRANGER, **changes: Any) -> Lead:
    fields: dict[str, Any] = {"prev": b64(directory.head), "at": directory.at, "nbf": NOW, "exp": NOW + DAY}
    fields |= {"name": "Nora", "sig_pub": b64(who.sig_pub), "box_pub": b64(who.box_pub)}
    return Lead(**fields | changes)


def key_statement(directory: Directory, **changes: Any) -> DeskKeyStatement:
    pub = STRANGER.box_pub
    fields: dict[str, Any] = {"prev": b64(directory.head), "at": directory.at, "kid": kid(pub), "pub": b64(pub)}
    fields |= {"suite": "16-1-2", "nbf": NOW, "exp": NOW + DAY, "n": 9, "use": "live", "by": LEAD.kid}
    return DeskKeyStatement(**fields | changes)


# ---- a good list --------------------------------------------------------------------------------------------


def test_who_is_who() -> None:
    directory = Directory.verify(ENTRIES)
    assert directory == DESK.directory
    assert (directory.desk, directory.root, directory.size) == ("Station", signing_public(ROOT), 7)
    roles = {member.name: member.role for member in directory.members.values()}
    assert roles == {"Léa": "lead", "Omar": "officer", "Tess": "trainer", "Dina": "dispatch"}
    lea = directory.member(LEAD.kid, NOW)
    assert (lea.kid, lea.sig_pub, lea.box_pub) == (LEAD.kid, LEAD.sig_pub, LEAD.box_pub)
    key = directory.desk_key(NOW + 20)
    assert key.pub == box_public(DESK.desk_priv) and key.kid == kid(key.pub) and key.by == LEAD.kid
    assert directory.desk_key(NOW + 30, "practice").n == 2


def test_the_head_is_the_hash_chain() -> None:
    import hashlib

    head = bytes(32)
    for entry in ENTRIES:
        link = hashlib.sha256(entry.s.encode() + unb64(entry.sig)).digest()
        head = hashlib.sha256(b"desk/1 dir\n" + head + link).digest()
    assert DESK.directory.head == head
    assert DESK.directory.genesis == founded().heads[1] != head


@given(st.integers(1, len(ENTRIES)))
def test_extending_is_verifying_the_whole(cut: int) -> None:
    assert Directory.verify(ENTRIES[:cut]).extend(ENTRIES[cut:]) == DESK.directory


def test_extending_changes_nothing_of_what_was() -> None:
    before = founded()
    before.extend(ENTRIES[0:0])
    entry = enrol_officer(before, LEAD.sig_priv, OFFICER.applicant("Omar"), "officer", NOW)
    after = before.extend([entry])
    assert (before.size, len(before.members), after.size, len(after.members)) == (2, 1, 3, 2)
    with pytest.raises(TypeError):
        after.members["x"] = after.members[LEAD.kid]  # type: ignore[index]


def test_any_struct_of_statement_and_signature_will_do() -> None:
    class Frame(msgspec.Struct, frozen=True):
        s: str
        sig: str

    assert Directory.verify([Frame(entry.s, entry.sig) for entry in ENTRIES]) == DESK.directory


def test_genesis_pin() -> None:
    genesis = DESK.directory.genesis
    for pin in (genesis, genesis[:16], None):
        assert Directory.verify(ENTRIES, pin).size == 7
    for pin in (bytes(32), genesis[:15], genesis[:8], b"", genesis + b"\0", genesis[1:17]):
        with pytest.raises(Untrusted, match="another desk"):
            Directory.verify(ENTRIES, pin)


def test_a_list_that_was_seen_before_is_continued() -> None:
    for size, head in enumerate(DESK.directory.heads):
        DESK.directory.require(size, head)
    shorter = Directory.verify(ENTRIES[:5])
    with pytest.raises(Untrusted, match="cut or replaced"):
        shorter.require(6, DESK.directory.heads[6])
    for size, head in ((5, bytes(32)), (-1, DESK.directory.head), (4, DESK.directory.heads[5])):
        with pytest.raises(Untrusted, match="cut or replaced"):
            DESK.directory.require(size, head)


def test_a_fork_is_seen() -> None:
    base = founded()
    one = base.extend([enrol_officer(base, LEAD.sig_priv, OFFICER.applicant("Omar"), "officer", NOW)])
    two = base.extend([enrol_officer(base, LEAD.sig_priv, TRAINER.applicant("Omar"), "officer", NOW)])
    with pytest.raises(Untrusted):
        two.require(one.size, one.head)
    with pytest.raises(Untrusted, match="does not continue"):
        two.extend(one.entries[2:])


# ---- time ---------------------------------------------------------------------------------------------------


def test_members_in_their_time() -> None:
    officer = DESK.directory.members[OFFICER.kid]
    for at in (officer.nbf - DAY, officer.nbf, officer.exp - 1):
        assert DESK.directory.member(OFFICER.kid, at) is officer
    for at in (officer.nbf - DAY - 1, officer.exp, officer.exp + DAY):
        with pytest.raises(Expired, match="Omar"):
            DESK.directory.member(OFFICER.kid, at)
    with pytest.raises(Untrusted, match="nobody"):
        DESK.directory.member(STRANGER.kid, NOW)


def test_only_a_lead_is_a_lead() -> None:
    assert DESK.directory.lead(LEAD.kid, NOW).name == "Léa"
    with pytest.raises(Untrusted, match="not a shift lead"):
        DESK.directory.lead(OFFICER.kid, NOW)


def test_the_newest_desk_key_in_force() -> None:
    directory = DESK.directory
    first = directory.desk_key(NOW + 20)
    entry, _priv = issue_desk_key(directory, LEAD.sig_priv, NOW + DAY, valid_s=DAY)
    second = directory.extend([entry])
    assert second.desk_key(NOW + DAY).n == 3 > first.n
    assert second.desk_key(NOW + 3 * DAY).n == first.n  # the newer one ended first
    with pytest.raises(Expired, match="shift lead must log in"):
        second.desk_key(NOW + 8 * DAY)
    with pytest.raises(Untrusted, match="no key yet"):
        founded().desk_key(NOW)


def test_a_desk_key_ends_with_its_lead_at_the_latest() -> None:
    base = Directory.verify(found("Station", ROOT, LEAD.applicant("Léa"), NOW, valid_s=3 * DAY))
    entry, _priv = issue_desk_key(base, LEAD.sig_priv, NOW)
    assert base.extend([entry]).desk_key(NOW).exp == NOW + 3 * DAY
    with pytest.raises(Untrusted, match="outlives"):
        base.extend([signed(LEAD.sig_priv, key_statement(base, exp=NOW + 4 * DAY))])


def test_an_expired_lead_signs_nothing() -> None:
    late = NOW + 200 * DAY
    with pytest.raises(Expired):
        enrol_officer(founded(), LEAD.sig_priv, OFFICER.applicant("Omar"), "officer", late)
    with pytest.raises(Expired):
        issue_desk_key(founded(), LEAD.sig_priv, late)
    with pytest.raises(Expired):
        founded().extend([signed(LEAD.sig_priv, officer_statement(founded(), at=late))])


def test_a_statement_can_t_be_dated_back() -> None:
    second = person()
    base = founded().extend([certify_lead(founded(), ROOT, second.applicant("Luc"), NOW + 200 * DAY)])
    with pytest.raises(Untrusted, match="dated before"):
        base.extend([signed(LEAD.sig_priv, officer_statement(base, at=NOW + DAY))])


def test_a_clock_that_runs_behind_does_not_stop_a_lead() -> None:
    entry = enrol_officer(founded(), LEAD.sig_priv, OFFICER.applicant("Omar"), "officer", NOW - 300)
    assert founded().extend([entry]).at == NOW


@pytest.mark.parametrize(
    ("now", "good"), [(NOW + 10, True), (NOW - DAY + 30, True), (NOW + DAY + 1, False), (NOW - DAY - 1, False)]
)
def test_who_takes_new_statements_checks_their_date(now: int, good: bool) -> None:
    base = founded()
    entry = enrol_officer(base, LEAD.sig_priv, OFFICER.applicant("Omar"), "officer", NOW)
    if good:
        assert base.extend([entry], now=now).size == 3
    else:
        with pytest.raises(Untrusted, match="more than a day"):
            base.extend([entry], now=now)


# ---- what is refused ------------------------------------------------------------------------------------------


@given(st.data())
def test_any_changed_byte_is_refused(data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(ENTRIES) - 1))
    field = data.draw(st.sampled_from(["s", "sig"]))
    text = getattr(ENTRIES[number], field)
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(codec="utf-8").filter(lambda new: new != text[at]))
    changed = msgspec.structs.replace(ENTRIES[number], **{field: text[:at] + letter + text[at + 1 :]})
    with pytest.raises(Untrusted):
        Directory.verify([*ENTRIES[:number], changed, *ENTRIES[number + 1 :]])


@given(st.permutations(range(len(ENTRIES))).filter(lambda order: order != sorted(order)))
def test_any_other_order_is_refused(order: list[int]) -> None:
    with pytest.raises(Untrusted):
        Directory.verify([ENTRIES[i] for i in order])


@given(st.sets(st.integers(0, len(ENTRIES) - 1), min_size=1).filter(lambda out: min(out) < len(ENTRIES) - len(out)))
def test_dropping_any_but_the_last_is_refused(out: set[int]) -> None:
    with pytest.raises(Untrusted):
        Directory.verify([entry for i, entry in enumerate(ENTRIES) if i not in out])


@given(st.integers(0, len(ENTRIES) - 1), st.integers(0, len(ENTRIES)))
def test_doubling_any_is_refused(which: int, where: int) -> None:
    with pytest.raises(Untrusted):
        Directory.verify([*ENTRIES[:where], ENTRIES[which], *ENTRIES[where:]])


def test_an_empty_list() -> None:
    with pytest.raises(Untrusted, match="empty"):
        Directory.verify([])
    with pytest.raises(Untrusted, match="not founded"):
        _ = Directory().genesis


Forged = Callable[[Directory], Entry]
FORGERIES: dict[str, tuple[str, Forged]] = {
    "a lead signed by a lead": ("signature", lambda d: signed(LEAD.sig_priv, lead_statement(d))),
    "a lead signed by herself": ("signature", lambda d: signed(STRANGER.sig_priv, lead_statement(d))),
    "an officer signed by an officer": (
        "not a shift lead",
        lambda d: signed(OFFICER.sig_priv, officer_statement(d, by=OFFICER.kid)),
    ),
    "signed by an officer in a lead's name": (
        "signature",
        lambda d: signed(OFFICER.sig_priv, officer_statement(d)),
    ),
    "signed by a stranger": (
        "nobody",
        lambda d: signed(STRANGER.sig_priv, officer_statement(d, by=STRANGER.kid)),
    ),
    "an officer signed by the root": ("signature", lambda d: signed(ROOT, officer_statement(d))),
    "a desk key signed by a trainer": (
        "not a shift lead",
        lambda d: signed(TRAINER.sig_priv, key_statement(d, by=TRAINER.kid)),
    ),
    "in another domain": (
        "signature",
        lambda d: Entry(
            spell(officer_statement(d)), b64(sign(LEAD.sig_priv, "cmd", utf8(spell(officer_statement(d)))))
        ),
    ),
    "a second founding": (
        "begins with its founding",
        lambda d: signed(ROOT, Genesis(prev="", at=d.at, desk="Other", root=b64(signing_public(ROOT)))),
    ),
    "somebody twice": (
        "stands in the list already",
        lambda d: signed(
            LEAD.sig_priv,
            officer_statement(d, sig_pub=b64(OFFICER.sig_pub), box_pub=b64(STRANGER.box_pub)),
        ),
    ),
    "a lead made an officer": (
        "stands in the list already",
        lambda d: signed(LEAD.sig_priv, officer_statement(d, sig_pub=b64(LEAD.sig_pub))),
    ),
    "a desk key twice": (
        "stands in the list already",
        lambda d: signed(
            LEAD.sig_priv,
            key_statement(d, kid=kid(box_public(DESK.desk_priv)), pub=b64(box_public(DESK.desk_priv))),
        ),
    ),
    "a desk key's number that stands": (
        "does not rise",
        lambda d: signed(LEAD.sig_priv, key_statement(d, n=2)),
    ),
    "a desk key's number that falls": (
        "does not rise",
        lambda d: signed(LEAD.sig_priv, key_statement(d, n=1)),
    ),
    "a desk key under another name": (
        "does not fit the key",
        lambda d: signed(LEAD.sig_priv, key_statement(d, kid=kid(b""))),
    ),
    "a desk key of another suite": (
        "not a statement",
        lambda d: signed(LEAD.sig_priv, key_statement(d, suite="17-1-2")),
    ),
    "one key for two uses": (
        "same key",
        lambda d: signed(LEAD.sig_priv, officer_statement(d, box_pub=b64(STRANGER.sig_pub))),
    ),
    "a point that is not on the curve": (
        "public key",
        lambda d: signed(LEAD.sig_priv, officer_statement(d, box_pub=b64(b"\4" + bytes(63) + b"\1"))),
    ),
    "a life that ends before it begins": (
        "ends before",
        lambda d: signed(LEAD.sig_priv, officer_statement(d, exp=NOW)),
    ),
    "a role of its own": (
        "not a statement",
        lambda d: signed(LEAD.sig_priv, officer_statement(d, role="lead")),
    ),
    "another head before it": (
        "does not continue",
        lambda d: signed(LEAD.sig_priv, officer_statement(d, prev=b64(bytes(32)))),
    ),
    "no head before it": (
        "does not continue",
        lambda d: signed(LEAD.sig_priv, officer_statement(d, prev="")),
    ),
    "a type of a newer version": (
        "newer version",
        lambda d: signed(LEAD.sig_priv, f'{{"t":"revoke","prev":"{b64(d.head)}","at":{d.at},"kid":"x"}}'),
    ),
    "a field too many": (
        "not a statement",
        lambda d: signed(LEAD.sig_priv, spell(officer_statement(d))[:-1] + ',"more":1}'),
    ),
    "a field twice": (
        "not a statement",
        lambda d: signed(LEAD.sig_priv, spell(officer_statement(d))[:-1] + f',"by":"{LEAD.kid}"}}'),
    ),
    "another spelling": (
        "not a statement",
        lambda d: signed(LEAD.sig_priv, spell(officer_statement(d)).replace(":", ": ", 1)),
    ),
    "no JSON": ("not a statement", lambda d: signed(LEAD.sig_priv, "hello")),
    "nested without end": (
        "not a statement",
        lambda d: signed(LEAD.sig_priv, '{"x":' + "[" * 2000 + "]" * 2000 + ',"t":"officer"}'),
    ),
    "very long": ("not a statement", lambda d: signed(LEAD.sig_priv, '{"t":"officer","x":"' + "x" * 5000)),
    "half a surrogate": ("not text", lambda d: Entry('{"t":"\ud800"}', ENTRIES[0].sig)),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forgeries(name: str) -> None:
    reason, forge = FORGERIES[name]
    entry = forge(DESK.directory)
    with pytest.raises(Untrusted, match=f"^statement 8 .*{reason}"):
        DESK.directory.extend([entry])
    with pytest.raises(Untrusted):
        Directory.verify([*ENTRIES, entry])


def test_the_same_statements_made_rightly_are_taken() -> None:
    """The control of the forgeries: nothing but the forged detail was wrong with them."""
    directory = DESK.directory
    for priv, statement in (
        (ROOT, lead_statement(directory)),
        (LEAD.sig_priv, officer_statement(directory)),
        (LEAD.sig_priv, key_statement(directory)),
    ):
        assert directory.extend([signed(priv, statement)]).size == 8


@pytest.mark.parametrize(
    "name", ["", " ", "a" * 81, "a\x1b[2J", "a\nb", "a\u202eb", "a\u200bb", "a\u2028b", "\x85", "a\n"]
)
def test_names_that_can_t_be_shown(name: str) -> None:
    with pytest.raises(Untrusted, match="not a statement"):
        enrol_officer(founded(), LEAD.sig_priv, Applicant(name, OFFICER.sig_pub, OFFICER.box_pub), "officer", NOW)


@pytest.mark.parametrize("name", ["É", "Anne-Marie d’Ys", "李", "a" * 80, "Zoë 🙂"])
def test_names_that_can_be_shown(name: str) -> None:
    entry = enrol_officer(founded(), LEAD.sig_priv, OFFICER.applicant(name), "officer", NOW)
    assert founded().extend([entry]).members[OFFICER.kid].name == name


def test_builders_refuse_what_nobody_would_take() -> None:
    with pytest.raises(Untrusted):
        enrol_officer(founded(), OFFICER.sig_priv, TRAINER.applicant("Tess"), "trainer", NOW)
    with pytest.raises(Untrusted):
        issue_desk_key(DESK.directory, OFFICER.sig_priv, NOW + 60)
    with pytest.raises(Untrusted):
        certify_lead(founded(), LEAD.sig_priv, OFFICER.applicant("Omar"), NOW)
    with pytest.raises(Untrusted):
        enrol_officer(DESK.directory, LEAD.sig_priv, OFFICER.applicant("Omar"), "officer", NOW + 60)


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")))
def test_parsing_never_breaks(text: str) -> None:
    with pytest.raises(Untrusted):
        Directory().extend([Entry(text, b64(bytes(64)))])


def test_one_spelling() -> None:
    for entry in ENTRIES:
        assert spell(parse(entry.s)) == entry.s


# ---- who holds a desk key -------------------------------------------------------------------------------------


def test_neither_trainer_nor_dispatch_room_opens_a_live_desk_key() -> None:
    people = {who.kid: who for who in (LEAD, OFFICER, TRAINER, DISPATCHER)}
    key = DESK.directory.desk_key(NOW + 20)
    holders = DESK.directory.holders("live", NOW + 20)
    assert {member.kid for member in holders} == {LEAD.kid, OFFICER.kid}
    wraps = {member.kid: wrap_desk_key(member.box_pub, key.kid, DESK.desk_priv) for member in holders}
    for name, wrap in wraps.items():
        assert unwrap_desk_key(people[name].box_priv, key.kid, wrap) == DESK.desk_priv
        for other in (TRAINER, DISPATCHER):
            with pytest.raises(CannotOpen):
                unwrap_desk_key(other.box_priv, key.kid, wrap)


def test_holders_of_a_practice_key() -> None:
    names = {member.name for member in DESK.directory.holders("practice", NOW + 20)}
    assert names == {"Léa", "Omar", "Tess"}
    assert not KEY_HOLDERS["live"] & {"trainer", "dispatch"}


def test_an_expired_member_gets_no_key() -> None:
    assert DESK.directory.holders("live", NOW + 400 * DAY) == []


def test_page_bundle() -> None:
    bundle = page_bundle(DESK.directory, NOW + 20)
    assert set(bundle) == {"lead", "lsig", "key", "sig"}
    key = verify_page_bundle(signing_public(ROOT), bundle, NOW + 20)
    assert key.kid == DESK.directory.desk_key(NOW + 20).kid and key.use == "live"
    with pytest.raises(Expired):
        page_bundle(DESK.directory, NOW + 30 * DAY)
