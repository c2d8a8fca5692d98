"""The parts of a room's messages that are read. Everything else in them is passed over: rooms differ."""

from __future__ import annotations

import msgspec
from msgspec import field


class _Address(msgspec.Struct, frozen=True):
    explicitAddressValue: str


class _Descriptor(msgspec.Struct, frozen=True):
    explicitAddress: _Address


class Reference(msgspec.Struct, frozen=True):
    """RC-REF: what has become of a message of ours. Without a step it is the final receipt."""

    of: str = field(name="distributionID")
    refused: bool = False
    step: str = "INTEGRE"


class _ErrorCode(msgspec.Struct, frozen=True):
    number: float = field(name="statusCode", default=0)
    name: str = field(name="statusString", default="")


class Error(msgspec.Struct, frozen=True):
    """RS-ERROR: what is wrong with a message of ours."""

    of: str = field(name="referencedDistributionID")
    code: _ErrorCode = field(name="errorCode")
    cause: str = field(name="errorCause", default="")


class _Link(msgspec.Struct, frozen=True):
    id: str = field(name="ID", default="")


class _Context(msgspec.Struct, frozen=True):
    msgtype: str = field(name="MSGTYPE")
    mode: str = field(name="MODE")
    words: str = field(name="FREETEXT", default="")
    links: tuple[_Link, ...] = field(name="LINK", default=())


class _Event(msgspec.Struct, frozen=True):
    main: str = field(name="MAIN_EVENT_ID", default="")
    status: str = field(name="STATUS", default="")


class Resource(msgspec.Struct, frozen=True):
    """A car, and what it does."""

    status: str = field(name="STATUS")
    name: str = field(name="NAME", default="")


class Emsi(msgspec.Struct, frozen=True):
    """EMSI: how far the case has come."""

    context: _Context = field(name="CONTEXT")
    event: _Event = field(name="EVENT")
    resources: tuple[Resource, ...] = field(name="RESOURCE", default=())


class Message(msgspec.Struct, frozen=True):
    """RC-DE and what it heads; exactly one of the three says something. An error has no header."""

    status: str = ""
    reference: Reference | None = None
    error: Error | None = None
    emsi: Emsi | None = None


class _Embedded(msgspec.Struct, frozen=True):
    message: Message


class _Json(msgspec.Struct, frozen=True):
    embeddedJsonContent: _Embedded


class _Content(msgspec.Struct, frozen=True):
    jsonContent: _Json


class Envelope(msgspec.Struct, frozen=True):
    """EDXL-DE."""

    id: str = field(name="distributionID")
    status: str = field(name="distributionStatus")
    kind: str = field(name="distributionKind")
    descriptor: _Descriptor
    content: tuple[_Content, ...]

    @property
    def addressee(self) -> str:
        return self.descriptor.explicitAddress.explicitAddressValue
