"""A peer that keeps conversations to practise on, command by command."""

from __future__ import annotations

from typing import Any

from officer_console.model.envelope import CountersignHeader, ExportHeader
from officer_console.protocol import codec
from officer_console.protocol.commands import Countersign, FetchExport, KeepExport, KeepPart, Publish
from officer_console.protocol.frames import Done, Kept, NoCmd
from officer_console.vault.base64url import b64, unb64
from officer_console.vault.directory import issue_desk_key
from officer_console.vault.enrolment import sign_text
from officer_console.vault.exports import ExportKey
from officer_console.vault.opening import open_export

from .peers import DeskPeer, Entry, random_id


class Keeper:
    """What a lead keeps, with a practice key of the desk's."""

    def __init__(self, lead: DeskPeer) -> None:
        self.lead = lead
        self.key = ExportKey.new()
        self.practice: bytes = b""

    async def publish_key(self) -> None:
        """Make the desk's practice key."""
        station = self.lead.station
        entry, self.practice = issue_desk_key(station.directory, station.lead.sig, station.now, use="practice")
        station.directory = station.directory.extend([entry])
        assert isinstance(await self.lead.do(Publish([Entry(entry.s, entry.sig)], [])), Done)

    def begin(self, conversation: str, words: bytes = b"words", parts: int = 1, **header: Any) -> KeepExport:
        """The command that begins an export; `header` alters the header."""
        directory, id_ = self.lead.station.directory, random_id()
        keys = [each for each in directory.desk_keys.values() if each.use == "practice"]
        key = keys[-1] if keys else self.lead.station.desk_key  # of the wrong kind: refused
        fields = {"s": self.lead.keys.kid, "id": id_, "parts": parts, "digest": b64(self.key.digest(words))}
        fields |= {"cid": conversation, "kid": key.kid, "consent": "v.3", **header}
        h = codec.encode(ExportHeader(**fields))  # type: ignore[arg-type]
        return KeepExport(
            conversation, id_, h, sign_text(self.lead.keys.sig, "export", h), b64(self.key.box(key.pub, h))
        )

    def part(self, begun: KeepExport, words: bytes = b"words", n: int = 0) -> KeepPart:
        sealed = self.key.seal(begun.h, [b""] * n + [words])[n]
        return KeepPart(begun.cid, random_id(), begun.id, n, b64(sealed))

    async def keep(self, cid: str, words: bytes = b"words") -> KeepExport:
        """All of it."""
        begun = self.begin(cid, words)
        for do in (begun, self.part(begun, words)):
            answer = await self.lead.do(do)
            assert isinstance(answer, Done), answer
        return begun

    def read(self, kept: Kept) -> bytes:
        """What somebody with the practice key reads."""
        header = codec.header(kept.h, ExportHeader)
        key = open_export(self.practice, kept.h, unb64(kept.box))
        return key.open(kept.h, [unb64(each) for each in kept.parts], unb64(header.digest))


def countersign(desk: DeskPeer, begun: KeepExport, **header: Any) -> Countersign:
    """The command by which `desk` vouches for it; `header` alters the header."""
    asked, id_ = codec.header(begun.h, ExportHeader), random_id()
    fields = {"cid": begun.cid, "s": desk.keys.kid, "id": id_, "export": begun.id, "digest": asked.digest, **header}
    h = codec.encode(CountersignHeader(**fields))
    return Countersign(begun.cid, id_, h, sign_text(desk.keys.sig, "countersign", h))


async def fetch(desk: DeskPeer, cid: str) -> Kept | str:
    """What the relay gives, or the code of its refusal."""
    await desk.wire.send(desk.command(FetchExport(cid)))
    answer = await desk.wire.until(Kept, NoCmd)
    return answer.code if isinstance(answer, NoCmd) else answer


async def code(desk: DeskPeer, do: Any) -> str:
    answer = await desk.do(do)
    return answer.code if isinstance(answer, NoCmd) else ""
