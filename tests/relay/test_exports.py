"""Real conversations that are kept to practise on: who may begin, vouch for, get and end one, and what erases it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import pytest

from officer_console.model.events import Exported, ExportPart
from officer_console.protocol.commands import Claim, EndExport, EraseConversation, FetchExport, KeepExport
from officer_console.protocol.frames import Kept
from officer_console.relay.log.slots import read_all
from officer_console.vault.base64url import b64
from officer_console.vault.primitives import make_box_key

from .conftest import House
from .keeping import Keeper, code, countersign, fetch
from .peers import DeskPeer, random_id
from .test_hands import past

WORDS = b"REDACTED-words-of-hers"


class Closed:
    """A closed conversation, and consoles of each role."""

    def __init__(self, house: House, cid: str, desks: dict[str, DeskPeer], keeper: Keeper) -> None:
        self.house, self.cid, self.desks, self.keeper = house, cid, desks, keeper
        self.lead, self.officer, self.trainer = desks["lead"], desks["officer"], desks["trainer"]

    def slots(self, folder: Path) -> list[str]:
        """Names of the keys of exports that lie on the disk."""
        return [name for name in read_all(folder / "keys.slots") if name.startswith("x.")]


@pytest.fixture
async def closed(house: House) -> AsyncIterator[Closed]:
    visitor = house.visitor()
    async with AsyncExitStack() as stack:
        wire = await stack.enter_async_context(visitor.talking("bonjour"))
        desks = {
            role: await stack.enter_async_context(house.console(role))
            for role in ("lead", "officer", "trainer", "dispatch", "wall")
        }
        keeper = Keeper(desks["lead"])
        await keeper.publish_key()
        assert await code(desks["officer"], Claim(visitor.cid, random_id())) == ""
        assert await code(desks["lead"], keeper.begin(visitor.cid)) == "state", "not before it is closed"
        assert await code(desks["officer"], desks["officer"].close(visitor.cid)) == ""
        case = Closed(house, visitor.cid, desks, keeper)
        case.visitor, case.wire = visitor, wire  # type: ignore[attr-defined]
        yield case


async def test_a_lead_keeps_it_and_after_a_countersignature_a_trainer_gets_it(closed: Closed) -> None:
    begun = await closed.keeper.keep(closed.cid, WORDS)
    assert await fetch(closed.trainer, closed.cid) == "no_export", "nobody has countersigned"
    for desk in (closed.lead, closed.officer):
        kept = await fetch(desk, closed.cid)
        assert isinstance(kept, Kept)
        assert (closed.keeper.read(kept), kept.csig, kept.by) == (WORDS, "", closed.lead.keys.kid)
    vouched = countersign(closed.officer, begun)
    assert await code(closed.officer, vouched) == ""
    kept = await fetch(closed.trainer, closed.cid)
    assert isinstance(kept, Kept)
    assert closed.keeper.read(kept) == WORDS
    assert (kept.ch, kept.csig, kept.signed_by) == (vouched.h, vouched.sig, closed.officer.keys.kid)


async def test_who_redacted_it_does_not_countersign_it_and_one_countersignature_is_enough(closed: Closed) -> None:
    begun = await closed.keeper.keep(closed.cid)
    assert await code(closed.lead, countersign(closed.lead, begun)) == "not_yours"
    for wrong in ({"digest": b64(bytes(32))}, {"export": random_id()}):
        assert await code(closed.officer, countersign(closed.officer, begun, **wrong)) == "no_export"
    for other in ("trainer", "dispatch", "wall"):
        assert await code(closed.desks[other], countersign(closed.desks[other], begun)) == "not_yours"
    assert await code(closed.officer, countersign(closed.officer, begun)) == ""
    assert await code(closed.officer, countersign(closed.officer, begun)) == "state"


@pytest.mark.parametrize("role", ["officer", "trainer", "dispatch", "wall"])
async def test_only_a_lead_keeps_one(closed: Closed, role: str, tmp_path: Path) -> None:
    other = Keeper(closed.desks[role])
    assert await code(other.lead, other.begin(closed.cid)) == "not_yours"
    assert closed.slots(tmp_path) == [], "nothing was written before it was refused"


async def test_the_dispatch_room_and_the_wall_get_nothing(closed: Closed) -> None:
    begun = await closed.keeper.keep(closed.cid, WORDS)
    await code(closed.officer, countersign(closed.officer, begun))
    for role in ("dispatch", "wall"):
        assert await fetch(closed.desks[role], closed.cid) == "not_yours"


async def test_headers_signatures_and_keys_must_fit(closed: Closed) -> None:
    keeper, live = closed.keeper, closed.lead.station.desk_key
    for wrong, refusal in (
        ({"s": closed.officer.keys.kid}, "sender"),
        ({"cid": random_id()}, "sender"),
        ({"kid": live.kid}, "malformed"),  # never to the key that opens live conversations
        ({"kid": "A" * 11}, "malformed"),
        ({"parts": 0}, "malformed"),
        ({"parts": 33}, "malformed"),
        ({"digest": "A"}, "malformed"),
    ):
        assert await code(closed.lead, keeper.begin(closed.cid, **wrong)) == refusal, wrong  # type: ignore[arg-type]
    good = keeper.begin(closed.cid)
    forged = msgspec.structs.replace(good, sig=b64(bytes(64)))
    assert await code(closed.lead, forged) == "bad_signature"


async def test_pieces_come_in_order_and_of_one_size(closed: Closed) -> None:
    keeper = closed.keeper
    begun = keeper.begin(closed.cid, WORDS + WORDS, parts=2)
    assert await code(closed.lead, keeper.part(begun)) == "no_export", "not begun"
    assert await code(closed.lead, begun) == ""
    assert await code(closed.lead, keeper.part(begun, WORDS, 1)) == "sequence"
    short = msgspec.structs.replace(keeper.part(begun), c=b64(bytes(40)))
    assert await code(closed.lead, short) == "malformed"
    first = keeper.part(begun, WORDS, 0)
    assert [await code(closed.lead, first), await code(closed.lead, first)] == ["", ""], "sent again it counts once"
    assert await fetch(closed.officer, closed.cid) == "no_export", "not whole"
    assert await code(closed.officer, countersign(closed.officer, begun)) == "no_export"
    assert await code(closed.lead, keeper.part(begun, WORDS, 1)) == ""
    assert await code(closed.lead, keeper.part(begun, WORDS, 2)) == "sequence", "all are there"
    kept = await fetch(closed.officer, closed.cid)
    assert isinstance(kept, Kept)
    assert keeper.read(kept) == WORDS + WORDS


async def test_who_follows_gets_no_piece_unasked(closed: Closed) -> None:
    await closed.keeper.keep(closed.cid, WORDS)
    for role in ("officer", "trainer", "wall"):
        event = await closed.desks[role].happened("export_part", closed.cid)
        assert isinstance(event.what, ExportPart)
        assert event.what.c == ""
    pieces = [e.what for e in await past(closed.lead, closed.cid) if isinstance(e.what, ExportPart)]
    assert [piece.c for piece in pieces] == [""]


async def test_a_new_one_takes_the_place_of_the_last(closed: Closed, tmp_path: Path) -> None:
    first = await closed.keeper.keep(closed.cid, b"first")
    await code(closed.officer, countersign(closed.officer, first))
    second = await closed.keeper.keep(closed.cid, b"second")
    assert closed.slots(tmp_path) == [f"x.{closed.cid}.{second.id}"]
    assert await fetch(closed.trainer, closed.cid) == "no_export", "the new one has no countersignature"
    assert await code(closed.officer, countersign(closed.officer, first)) == "no_export"
    kept = await fetch(closed.officer, closed.cid)
    assert isinstance(kept, Kept)
    assert closed.keeper.read(kept) == b"second"


async def test_it_is_ended_by_any_officer_and_its_key_is_written_over(closed: Closed, tmp_path: Path) -> None:
    begun = await closed.keeper.keep(closed.cid)
    assert await code(closed.trainer, EndExport(closed.cid, random_id())) == "not_yours"
    ending = EndExport(closed.cid, random_id())
    assert await code(closed.officer, ending) == ""
    assert await code(closed.officer, ending) == "", "sent again"
    assert closed.slots(tmp_path) == []
    assert await fetch(closed.officer, closed.cid) == "no_export"
    assert begun.box.encode() not in (tmp_path / "keys.slots").read_bytes()
    assert await code(closed.officer, EndExport(closed.cid, random_id())) == "no_export"


@pytest.mark.parametrize("who", ["visitor", "lead"])
async def test_when_the_conversation_is_erased_nobody_can_open_it_any_more(
    closed: Closed, who: str, tmp_path: Path
) -> None:
    begun = await closed.keeper.keep(closed.cid, WORDS)
    await code(closed.officer, countersign(closed.officer, begun))
    assert begun.box.encode() in (tmp_path / "keys.slots").read_bytes()
    if who == "lead":
        assert await code(closed.lead, EraseConversation(closed.cid, random_id())) == ""
    else:
        from officer_console.protocol.frames import Erase, Gone

        await closed.wire.send(Erase(closed.cid))  # type: ignore[attr-defined]
        await closed.wire.until(Gone)  # type: ignore[attr-defined]
    assert closed.slots(tmp_path) == []
    for file in (each for each in tmp_path.rglob("*") if each.is_file()):
        assert begun.box.encode() not in file.read_bytes(), file
    for desk in (closed.lead, closed.officer, closed.trainer):
        assert await fetch(desk, closed.cid) == "erased"
    assert await code(closed.lead, closed.keeper.begin(closed.cid)) == "erased"
    assert closed.slots(tmp_path) == []


async def test_it_stands_when_she_comes_back_and_is_written_with(closed: Closed) -> None:
    begun = await closed.keeper.keep(closed.cid, WORDS)
    await closed.wire.send(closed.visitor.seal("encore moi"))  # type: ignore[attr-defined]
    await closed.officer.happened("said", closed.cid)
    assert await code(closed.officer, Claim(closed.cid, random_id())) == ""
    assert await code(closed.officer, countersign(closed.officer, begun)) == "", "also by who holds it"
    assert isinstance(await fetch(closed.trainer, closed.cid), Kept)
    assert await code(closed.lead, closed.keeper.begin(closed.cid)) == "state", "a new one when it is closed again"


async def test_a_key_whose_export_has_ended_while_the_relay_was_away_goes_at_its_start(
    closed: Closed, tmp_path: Path
) -> None:
    from officer_console.relay import exports

    begun = await closed.keeper.keep(closed.cid)
    relay = closed.house.relay.relay.context
    await relay.shelf.keep_export(closed.cid, "gone", begun.box)  # what another relay has ended meanwhile
    later = msgspec.structs.replace(relay, clock=lambda: relay.clock() + 2 * exports.ON_ITS_WAY_MS)
    await exports.tidy(relay)
    assert len(closed.slots(tmp_path)) == 2, "it may be on its way"
    await exports.tidy(later)
    assert closed.slots(tmp_path) == [f"x.{closed.cid}.{begun.id}"]


async def test_no_word_of_it_is_readable_by_who_has_the_relays_files_and_every_live_key(
    closed: Closed, tmp_path: Path
) -> None:
    begun = await closed.keeper.keep(closed.cid, WORDS)
    raw = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert WORDS not in raw
    assert begun.h.encode() in raw or any(isinstance(e.what, Exported) for e in await closed.house.stored()), (
        "the search looks at the right place"
    )
    kept = await fetch(closed.officer, closed.cid)
    assert isinstance(kept, Kept)
    closed.keeper.practice = closed.lead.station.desk_priv
    with pytest.raises(Exception, match="can't be opened"):
        closed.keeper.read(kept)
    closed.keeper.practice = make_box_key()
    with pytest.raises(Exception, match="can't be opened"):
        closed.keeper.read(kept)


async def test_of_an_unknown_conversation_nothing_is_kept(closed: Closed) -> None:
    unknown = random_id()
    begun: KeepExport = closed.keeper.begin(unknown)
    assert await code(closed.lead, begun) == "unknown"
    assert await code(closed.officer, FetchExport(unknown)) == "unknown"
