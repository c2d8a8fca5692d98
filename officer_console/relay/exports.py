"""Conversations that are kept to practise on: what the relay checks of them, and who gets what.

The sealed pieces are events of the conversation, the key is in its slots: what erases the one writes over the other.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import msgspec

from officer_console.model.envelope import BUCKETS, CountersignHeader, ExportHeader
from officer_console.model.events import Countersigned, Draft, Event, Exported, ExportPart
from officer_console.model.exports import MOST_PARTS, Export
from officer_console.model.rules import ANSWERS, may_append, parts_of
from officer_console.protocol import codec
from officer_console.protocol.commands import Countersign, EndExport, FetchExport, KeepExport, KeepPart
from officer_console.protocol.frames import Kept
from officer_console.protocol.refusals import Refused
from officer_console.vault.chain import Directory
from officer_console.vault.enrolment import TextDomain, verify_text
from officer_console.vault.errors import VaultError

from .context import Context
from .sizes import BOX_SIZES, require_sizes

PART_SIZES: Final = frozenset(12 + size + 16 for size in BUCKETS)
"""Bytes of a piece: nonce, a bucket, and the tag of AES-GCM."""
COMMITMENT: Final = frozenset({32})
PAGE: Final = 200
ON_ITS_WAY_MS: Final = 60_000


# ---- what commands become --------------------------------------------------------------------------------------------


def exported(do: KeepExport, kid: str, directory: Directory) -> Exported:
    """The event that begins an export. Raises Refused."""
    header = codec.header(do.h, ExportHeader)
    if (header.cid, header.s, header.id) != (do.cid, kid, do.id):
        raise Refused("sender")
    key = directory.desk_keys.get(header.kid)
    if key is None or key.use != "practice" or not 1 <= header.parts <= MOST_PARTS:
        raise Refused("malformed")
    require_sizes(header.digest, COMMITMENT)
    require_sizes(do.box, BOX_SIZES)
    _require_signed(directory, kid, "export", do)
    return Exported(do.h, do.sig)


def part_of(do: KeepPart) -> ExportPart:
    """The event that is a piece of an export. Raises Refused."""
    require_sizes(do.c, PART_SIZES)
    return ExportPart(do.export, do.n, do.c)


def countersigned(do: Countersign, kid: str, directory: Directory) -> Countersigned:
    """The event by which somebody vouches for an export. Raises Refused."""
    header = codec.header(do.h, CountersignHeader)
    if (header.cid, header.s, header.id) != (do.cid, kid, do.id):
        raise Refused("sender")
    _require_signed(directory, kid, "countersign", do)
    return Countersigned(do.h, do.sig)


def _require_signed(directory: Directory, kid: str, domain: TextDomain, do: KeepExport | Countersign) -> None:
    try:
        verify_text(directory.members[kid].sig_pub, domain, do.h, do.sig)
    except VaultError:
        raise Refused("bad_signature") from None


# ---- what is done with them ------------------------------------------------------------------------------------------


async def keep(relay: Context, do: KeepExport, kid: str, role: str) -> int:
    """Begin an export: its key is on disk before the event; that of an earlier one goes. Gives seq. Raises Refused."""
    relay.registrar.require(do.cid)
    what = exported(do, kid, relay.members.directory)
    conversation = await relay.registrar.settled(do.cid)
    again = conversation.export is not None and conversation.export.id == do.id
    if not (again or may_append(conversation, "exported", parts_of(conversation, kid, role))):
        raise Refused("not_yours" if role != "lead" else "state")
    await relay.shelf.keep_export(do.cid, do.id, do.box)
    event = await relay.registrar.submit(Draft(do.cid, do.id, kid, what), role)
    assert event is not None
    await relay.shelf.drop_exports(do.cid, but=do.id)
    return event.seq


async def end(relay: Context, do: EndExport, seq: int) -> int:
    """The export has ended under `seq`: write over its key. Raises Refused("storage"); sent again it is done again."""
    conversation = await relay.registrar.settled(do.cid)
    await relay.shelf.drop_exports(do.cid, but=conversation.export.id if conversation.export else "")
    return seq


async def tidy(relay: Context) -> None:
    """Write over the keys of exports that have ended while this relay was away. What has just been kept may belong to
    an event that is on its way."""
    for cid, id_ in await relay.shelf.exports(relay.clock() - ON_ITS_WAY_MS):
        conversation = relay.registrar.queue.get(cid)
        export = conversation.export if conversation else None
        if export is None or export.id != id_:
            await relay.shelf.drop_exports(cid, but=export.id if export else "")


async def fetch(relay: Context, do: FetchExport, role: str) -> Kept:
    """What is kept of a conversation: for officers and leads, and for trainers once it is countersigned. Raises
    Refused."""
    export = (await relay.registrar.settled(do.cid)).export
    if role not in ANSWERS and role != "trainer":
        raise Refused("not_yours")
    if export is None or not export.whole or (role == "trainer" and not export.countersigned):
        raise Refused("no_export")
    box = await relay.shelf.export_box(do.cid, export.id)
    if box is None:
        raise Refused("no_export")
    return await _gathered(relay, export, box)


async def _gathered(relay: Context, export: Export, box: str) -> Kept:
    begun: Event | None = None
    signed: Event | None = None
    parts: list[str] = []
    async for event in _events(relay, export.cid):
        match event.what:
            case Exported() if event.id == export.id:
                begun = event
            case ExportPart(export=export.id, c=c):
                parts.append(c)
            case Countersigned() if begun and export.countersigned:
                signed = event
    if begun is None or not isinstance(begun.what, Exported):  # erased meanwhile
        raise Refused("no_export")
    kept = Kept(export.cid, begun.at, begun.by, begun.what.h, begun.what.sig, box, parts)
    if signed is None or not isinstance(signed.what, Countersigned):
        return kept
    vouched = {"signed_at": signed.at, "signed_by": signed.by, "ch": signed.what.h, "csig": signed.what.sig}
    return msgspec.structs.replace(kept, **vouched)


async def _events(relay: Context, cid: str) -> AsyncIterator[Event]:
    after = 0
    while batch := await relay.log.read(after, PAGE, cid):
        for event in batch:
            yield event
        after = batch[-1].seq
