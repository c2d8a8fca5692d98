"""What a lead publishes, and what is sealed to the desk: only what fits, only for whom it may be, and once."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import pytest

from officer_console.model.envelope import BUCKETS, Note, NoteHeader
from officer_console.protocol import codec
from officer_console.protocol.commands import Claim, Entry, Heads, Publish, Wrap
from officer_console.protocol.frames import Directory, Done, NoCmd
from officer_console.relay.members import Members
from officer_console.vault.base64url import b64
from officer_console.vault.directory import enrol_officer, issue_desk_key
from officer_console.vault.enrolment import sign_text

from .conftest import House
from .peers import DeskPeer, Keys, random_id
from .test_rules import remark


def members(house: House) -> Members:
    return house.relay.relay.context.members


async def wraps_of(house: House, keys: Keys) -> list[tuple[str, str]]:
    return await house.relay.relay.context.shelf.wraps(keys.kid)


def new_key(house: House, use: Any = "live") -> tuple[Entry, str]:
    """A desk key for this use that the lead has made, and its name."""
    station = house.station
    entry, _ = issue_desk_key(station.directory, station.lead.sig, station.now, use=use)
    longer = station.directory.extend([entry])
    (name,) = longer.desk_keys.keys() - station.directory.desk_keys.keys()
    return Entry(entry.s, entry.sig), name


def wrap(key: str, to: Keys, size: int = 113) -> Wrap:
    return Wrap(key, to.kid, b64(bytes(size)))


async def nothing_changed(house: House, desk: DeskPeer, do: Publish, code: str) -> None:
    before = (members(house).heads(), {role: await wraps_of(house, keys) for role, keys in house.members.items()})
    no = await desk.do(do)
    assert isinstance(no, NoCmd) and no.code == code
    after = (members(house).heads(), {role: await wraps_of(house, keys) for role, keys in house.members.items()})
    assert before == after


@pytest.mark.parametrize("role", ["trainer", "dispatch"])
@pytest.mark.parametrize("which", ["the key in force", "a new key"])
async def test_trainers_and_dispatch_never_get_a_live_key(house: House, role: str, which: str) -> None:
    entry, name = new_key(house)
    async with house.console() as lead:
        entries, key = ([entry], name) if which == "a new key" else ([], house.station.desk_key.kid)
        wraps = [wrap(key, house.members["officer"]), wrap(key, house.members[role])]
        await nothing_changed(house, lead, Publish(entries, wraps), "directory")


async def test_a_practice_key_is_for_trainers_too_and_not_for_dispatch(house: House) -> None:
    entry, name = new_key(house, "practice")
    async with house.console() as lead:
        refused = Publish([entry], [wrap(name, house.members["dispatch"])])
        await nothing_changed(house, lead, refused, "directory")
        fine = Publish([entry], [wrap(name, house.members[role]) for role in ("trainer", "officer", "lead")])
        assert isinstance(await lead.do(fine), Done)
    assert [key for key, _ in await wraps_of(house, house.members["trainer"])] == [name]


WRONG: Final = {
    "an unknown key": lambda house, key: Wrap("AAAAAAAAAAA", house.members["officer"].kid, b64(bytes(113))),
    "an unknown member": lambda house, key: Wrap(key, "AAAAAAAAAAA", b64(bytes(113))),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
async def test_wraps_of_nothing_or_for_nobody(house: House, wrong: Any) -> None:
    async with house.console() as lead:
        await nothing_changed(house, lead, Publish([], [wrong(house, house.station.desk_key.kid)]), "directory")


@pytest.mark.parametrize("size", [0, 32, 112, 114, 1000])
async def test_wraps_of_another_size(house: House, size: int) -> None:
    async with house.console() as lead:
        do = Publish([], [wrap(house.station.desk_key.kid, house.members["officer"], size)])
        await nothing_changed(house, lead, do, "malformed")


@pytest.mark.parametrize("role", ["officer", "trainer", "dispatch"])
async def test_only_a_lead_publishes(house: House, role: str) -> None:
    entry, name = new_key(house)
    async with house.console(role) as desk:
        await nothing_changed(house, desk, Publish([entry], [wrap(name, house.members["officer"])]), "not_yours")


async def test_statements_that_do_not_continue_the_list(house: House) -> None:
    station = house.station
    good, _ = new_key(house)
    one = enrol_officer(station.directory, station.lead.sig, Keys("Zoé").applicant, "officer", station.now)
    forged = sign_text(Keys("Mallory").sig, "dir", one.s)
    async with house.console() as lead:
        for entries in (
            [Entry(good.s, b64(bytes(64)))],
            [Entry(good.s.replace('"live"', '"practice"'), good.sig)],
            [Entry(one.s, forged)],
            [good, Entry(one.s, one.sig)],  # each continues the list, but not one the other
            [Entry("{}", good.sig)],
            [Entry("", "")],
        ):
            await nothing_changed(house, lead, Publish(entries, []), "directory")


async def test_published_again_it_counts_once(house: House) -> None:
    """Its answer was lost: the console publishes the same again, and is told that it is done."""
    entry, name = new_key(house)
    async with house.console() as lead, house.console("officer") as officer:
        do = Publish([entry], [wrap(name, house.members["officer"])])
        assert isinstance(await lead.do(do), Done)
        told = await officer.wire.until(Directory)
        assert ([each.s for each in told.entries], [each.to for each in told.wraps]) == ([entry.s], [officer.keys.kid])
        size = members(house).heads().size
        lead.heads = Heads(size, members(house).heads().head)
        assert isinstance(await lead.do(do), Done)
        assert members(house).heads().size == size
        assert [key for key, _ in await wraps_of(house, house.members["officer"])] == [name]


async def test_wraps_reach_their_member_alone(house: House) -> None:
    entry, name = new_key(house)
    async with house.console() as lead, house.console("officer") as one, house.console("trainer") as two:
        assert isinstance(await lead.do(Publish([entry], [wrap(name, house.members["officer"])])), Done)
        assert [each.to for each in (await one.wire.until(Directory)).wraps] == [one.keys.kid]
        assert (await two.wire.until(Directory)).wraps == []


# ---- notes ---------------------------------------------------------------------------------------------------------

WRONG_HEADS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "an unknown desk key": ("malformed", {"kid": "AAAAAAAAAAA"}),
    "no desk key": ("malformed", {"kid": ""}),
    "another conversation": ("sender", {"cid": "A" * 22}),
    "another author": ("sender", {"s": "AAAAAAAAAAA"}),
    "another event": ("sender", {"id": "A" * 22}),
}


@pytest.mark.parametrize("kind", ["note", "close"])
@pytest.mark.parametrize(("code", "changes"), WRONG_HEADS.values(), ids=WRONG_HEADS)
async def test_notes_under_a_wrong_header(house: House, kind: str, code: str, changes: dict[str, Any]) -> None:
    visitor = house.visitor()
    async with visitor.talking("bonjour"), house.console() as lead:
        assert isinstance(await lead.do(Claim(visitor.cid, random_id())), Done)
        do: Any = remark(lead, visitor.cid) if kind == "note" else lead.close(visitor.cid)
        header = msgspec.structs.replace(codec.header(do.note.h, NoteHeader), **changes)
        before = await house.stored()
        no = await lead.do(msgspec.structs.replace(do, note=Note(codec.encode(header), do.note.box)))
        assert (no.code, no.c) == (code, lead.given)
        assert await house.stored() == before
        assert isinstance(await lead.do(do), Done), "the connection goes on"


async def test_notes_are_never_sealed_to_a_practice_key(house: House) -> None:
    entry, name = new_key(house, "practice")
    visitor = house.visitor()
    async with visitor.talking("bonjour"), house.console() as lead:
        assert isinstance(await lead.do(Claim(visitor.cid, random_id())), Done)
        assert isinstance(await lead.do(Publish([entry], [])), Done)
        lead.heads = members(house).heads()
        do = remark(lead, visitor.cid)
        header = msgspec.structs.replace(codec.header(do.note.h, NoteHeader), kid=name)
        no = await lead.do(msgspec.structs.replace(do, note=Note(codec.encode(header), do.note.box)))
        assert no.code == "malformed"


@pytest.mark.parametrize("size", [0, 113, BUCKETS[0], BUCKETS[0] + 80, BUCKETS[0] + 82, BUCKETS[3] + 512])
async def test_notes_of_no_bucket(house: House, size: int) -> None:
    visitor = house.visitor()
    async with visitor.talking("bonjour"), house.console() as lead:
        assert isinstance(await lead.do(Claim(visitor.cid, random_id())), Done)
        do = remark(lead, visitor.cid)
        before = await house.stored()
        no = await lead.do(msgspec.structs.replace(do, note=Note(do.note.h, b64(bytes(size)))))
        assert no.code == "malformed"
        assert await house.stored() == before


async def test_a_note_sent_again_is_the_first_and_another_under_its_name_is_none(house: House) -> None:
    visitor = house.visitor()
    async with visitor.talking("bonjour"), house.console() as lead:
        assert isinstance(await lead.do(Claim(visitor.cid, random_id())), Done)
        do, other = remark(lead, visitor.cid), remark(lead, visitor.cid)
        first = await lead.do(do)
        assert (await lead.do(do)).seq == first.seq
        again = msgspec.structs.replace(do, note=Note(do.note.h, other.note.box))
        assert (await lead.do(again)).code == "conflict"
