"""The directory: the append-only, hash-chained list of signed statements that says whom and what to trust.

The root key signs the founding and the shift leads; leads sign members and desk keys. Relays store the list
and can't sign it. Whoever has verified a list once remembers its size and head, and sees later when it was
cut or forked. Statements are made in `directory`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, NoReturn, Protocol, TypeVar

import msgspec

from officer_console.locale import _

from .base64url import b64, unb64, utf8
from .errors import Expired, Malformed, Untrusted, VaultError
from .primitives import kid, public_key, verify
from .statements import DAY, DeskKeyStatement, Entry, Genesis, Lead, Officer, Role, Statement, Use, parse

DOMAIN: Final = "dir"
PIN: Final = 16
"""Bytes of the genesis head that an identity and an invitation keep."""
KEY_HOLDERS: Final[Mapping[Use, frozenset[Role]]] = {
    "live": frozenset({"lead", "officer"}),
    "practice": frozenset({"lead", "officer", "trainer"}),
}
"""Which roles get the private half of a desk key. Trainers and the dispatch role never hold a live one."""


def pin(genesis_head: bytes) -> bytes:
    """What is kept of a genesis head: its first 16 bytes. Raises Malformed when there are fewer."""
    if len(genesis_head) < PIN:
        raise Malformed(_("this is not the head of a list of officers"))
    return genesis_head[:PIN]


class Signed(Protocol):
    """Anything with a statement and its signature, such as a frame's entry."""

    @property
    def s(self) -> str: ...
    @property
    def sig(self) -> str: ...


class Member(msgspec.Struct, frozen=True):
    """A person of the desk, in force from `nbf` to `exp` (seconds). `entry` is the statement that says so."""

    kid: str
    name: str
    role: Role
    sig_pub: bytes
    box_pub: bytes
    nbf: int
    exp: int
    entry: Entry


class DeskKey(msgspec.Struct, frozen=True):
    """A desk key, in force from `nbf` to `exp` (seconds), signed by the lead `by` in `entry`."""

    kid: str
    pub: bytes
    nbf: int
    exp: int
    n: int
    use: Use
    by: str
    entry: Entry


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


class Directory(msgspec.Struct, frozen=True):
    """A verified list. Immutable: `extend` gives another one."""

    desk: str = ""
    root: bytes = b""
    use: Use = "live"
    at: int = 0
    entries: tuple[Entry, ...] = ()
    heads: tuple[bytes, ...] = (bytes(32),)
    members: Mapping[str, Member] = msgspec.field(default_factory=_nothing)
    desk_keys: Mapping[str, DeskKey] = msgspec.field(default_factory=_nothing)

    @classmethod
    def verify(cls, entries: Iterable[Signed], genesis_head: bytes | None = None) -> Directory:
        """The directory of a whole list.

        `genesis_head` is what was pinned of it at enrolment, 16 bytes or all 32. Raises Untrusted for an
        empty list, a list of another desk, and all that `extend` refuses.
        """
        first, *rest = list(entries) or _refuse(_("the list of officers is empty"))
        founded = cls().extend([first])
        if genesis_head is not None:
            founded.require_genesis(genesis_head)
        return founded.extend(rest)

    def extend(self, entries: Iterable[Signed], now: int | None = None) -> Directory:
        """This directory and more statements.

        With `now` (seconds), statements must be made within a day of it: whoever accepts new statements gives
        it, whoever reads old ones does not. Raises Untrusted for a wrong signature, a broken chain, a signer
        who may not sign this or is expired, a key or person that stands in the list already, and a desk
        key's number that does not rise.
        """
        directory = self
        for entry in entries:
            directory = _step(directory, Entry(entry.s, entry.sig), now)
        return directory

    @property
    def size(self) -> int:
        """How many statements."""
        return len(self.entries)

    @property
    def head(self) -> bytes:
        """Digest of the whole list."""
        return self.heads[-1]

    @property
    def genesis(self) -> bytes:
        """Head after the first statement: what consoles pin. Raises Untrusted when not founded."""
        return self.heads[1] if self.size else _refuse(_("the desk is not founded"))

    def require_genesis(self, pin: bytes) -> None:
        """Raises Untrusted unless the pinned bytes, 16 at least, begin the genesis head of this desk."""
        if len(pin) < PIN or not self.genesis.startswith(pin):
            raise Untrusted(_("this is the list of another desk"))

    def require(self, size: int, head: bytes) -> None:
        """Raises Untrusted unless this list continues the one that had `size` statements and `head`."""
        if not 0 <= size <= self.size or self.heads[size] != head:
            raise Untrusted(_("the list of officers was cut or replaced since it was last seen"))

    def member(self, kid: str, at: int) -> Member:
        """The member with this kid at time `at`. Raises Untrusted for a stranger, or Expired."""
        member = self.members.get(kid)
        if member is None:
            raise Untrusted(_("nobody is enrolled with the key {kid}").format(kid=kid))
        require_time(member, at, _("the enrolment of {name}").format(name=member.name))
        return member

    def lead(self, kid: str, at: int) -> Member:
        """The shift lead with this kid at time `at`. Raises Untrusted."""
        member = self.member(kid, at)
        if member.role != "lead":
            raise Untrusted(_("{name} is not a shift lead").format(name=member.name))
        return member

    def desk_key(self, at: int, use: Use = "live") -> DeskKey:
        """The newest desk key in force at `at`. Raises Expired, or Untrusted when there never was one."""
        keys = [key for key in self.desk_keys.values() if key.use == use]
        if not keys:
            raise Untrusted(_("the desk has no key yet"))
        valid = [key for key in keys if _in_force(key, at)]
        if not valid:
            raise Expired(_("the desk key is no longer valid; a shift lead must log in to make a new one"))
        return max(valid, key=lambda key: key.n)

    def newest_desk_key(self) -> DeskKey:
        """The newest live desk key, in force or not: members can open what is sealed to it. For what must not wait for
        a shift lead to make another. Raises Untrusted when there never was one."""
        keys = [key for key in self.desk_keys.values() if key.use == "live"]
        if not keys:
            raise Untrusted(_("the desk has no key yet"))
        return max(keys, key=lambda key: key.n)

    def rooms(self, at: int) -> list[Member]:
        """The members of the dispatch role at `at`, to whom patrol requests are sealed."""
        return [each for each in self.members.values() if each.role == "dispatch" and _in_force(each, at)]

    def holders(self, use: Use, at: int) -> list[Member]:
        """The members who must get the private half of a desk key for this use."""
        roles = KEY_HOLDERS[use]
        return [each for each in self.members.values() if each.role in roles and _in_force(each, at)]


class _Lasting(Protocol):
    @property
    def nbf(self) -> int: ...
    @property
    def exp(self) -> int: ...


def _in_force(what: _Lasting, at: int, after: int = 0) -> bool:
    # A signer's clock may run ahead of the reader's, so "not before" gives a day.
    return what.nbf - DAY <= at < what.exp + after


def require_time(what: _Lasting, at: int, subject: str, after: int = 0) -> None:
    """Raises Expired unless `what` is in force at `at`; `after` seconds are added to its end."""
    if not _in_force(what, at, after):
        refusal = _("{subject} is not valid at this time; check the clock, or renew it")
        raise Expired(refusal.format(subject=subject))


# ---- one step of the chain -------------------------------------------------------------------------------


def _step(directory: Directory, entry: Entry, now: int | None) -> Directory:
    try:
        statement = parse(entry.s)
        sig = unb64(entry.sig, 64)
        _require_place(directory, statement, now)
        verify(_signer(directory, statement), DOMAIN, utf8(entry.s), sig)
        return _append(_apply(directory, statement, entry), entry, sig, statement.at)
    except VaultError as error:
        kind = Expired if isinstance(error, Expired) else Untrusted
        number = directory.size + 1
        refusal = _("statement {number} of the list of officers: {reason}")
        raise kind(refusal.format(number=number, reason=error)) from None


def _require_place(directory: Directory, statement: Statement, now: int | None) -> None:
    if isinstance(statement, Genesis) == bool(directory.size):
        raise Untrusted(_("a list begins with its founding, and has one only"))
    if statement.prev != (b64(directory.head) if directory.size else ""):
        raise Untrusted(_("it does not continue the list"))
    # An expired lead's key, stolen later, could otherwise sign things dated back.
    if statement.at < directory.at:
        raise Untrusted(_("it is dated before the one that precedes it"))
    if now is not None and abs(statement.at - now) > DAY:
        raise Untrusted(_("its date is more than a day from now; check the clocks"))


def _signer(directory: Directory, statement: Statement) -> bytes:
    if isinstance(statement, Genesis):
        return unb64(statement.root, 65)
    if isinstance(statement, Lead):
        return directory.root
    return directory.lead(statement.by, statement.at).sig_pub


def _apply(directory: Directory, statement: Statement, entry: Entry) -> Directory:
    if isinstance(statement, Genesis):
        root = unb64(statement.root, 65)
        return msgspec.structs.replace(directory, desk=statement.desk, root=root, use=statement.use)
    if isinstance(statement, DeskKeyStatement):
        key = _desk_key(directory, statement, entry)
        return msgspec.structs.replace(directory, desk_keys=_with(directory.desk_keys, key))
    member = _member(statement, entry)
    return msgspec.structs.replace(directory, members=_with(directory.members, member))


def _append(directory: Directory, entry: Entry, sig: bytes, at: int) -> Directory:
    link = hashlib.sha256(utf8(entry.s) + sig).digest()
    head = hashlib.sha256(b"desk/1 dir\n" + directory.head + link).digest()
    return msgspec.structs.replace(
        directory, entries=(*directory.entries, entry), heads=(*directory.heads, head), at=at
    )


def _member(statement: Lead | Officer, entry: Entry) -> Member:
    sig_pub, box_pub = unb64(statement.sig_pub, 65), unb64(statement.box_pub, 65)
    public_key(sig_pub), public_key(box_pub)
    if sig_pub == box_pub:
        raise Untrusted(_("the same key stands for signing and for sealing"))
    _require_span(statement)
    role: Role = "lead" if isinstance(statement, Lead) else statement.role
    return Member(kid(sig_pub), statement.name, role, sig_pub, box_pub, statement.nbf, statement.exp, entry)


def _desk_key(directory: Directory, statement: DeskKeyStatement, entry: Entry) -> DeskKey:
    pub = unb64(statement.pub, 65)
    public_key(pub)
    if kid(pub) != statement.kid:
        raise Untrusted(_("the name of the desk key does not fit the key"))
    if any(key.n >= statement.n for key in directory.desk_keys.values()):
        raise Untrusted(_("the number of the desk key does not rise"))
    _require_span(statement)
    # A page that checks the chain at any time of the key's life must find its lead in force.
    if statement.exp > directory.members[statement.by].exp:
        raise Untrusted(_("the desk key outlives the lead who signed it"))
    return DeskKey(statement.kid, pub, statement.nbf, statement.exp, statement.n, statement.use, statement.by, entry)


def _require_span(what: _Lasting) -> None:
    if what.nbf >= what.exp:
        raise Untrusted(_("it ends before it begins"))


T = TypeVar("T", Member, DeskKey)


def _with(known: Mapping[str, T], new: T) -> Mapping[str, T]:
    if new.kid in known:
        raise Untrusted(_("the key {kid} stands in the list already").format(kid=new.kid))
    return MappingProxyType({**known, new.kid: new})


def _refuse(why: str) -> NoReturn:
    raise Untrusted(why)
