"""The envelope of every message, EDXL-DE in JSON, and the RC-DE header inside it."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from .names import Parties, Stamp, distribution_id, moment

Json = dict[str, Any]
MINUTE: Final = 60_000


def envelope(parties: Parties, stamp: Stamp, kind: str, language: str, message: Json) -> Json:
    """`message` in its envelope. `kind`: Report, Update, Cancel, Ack or Error; `language`: a tag such as "fr-FR"."""
    return {
        "distributionID": distribution_id(parties.sender, stamp.id),
        "senderID": parties.sender,
        "dateTimeSent": moment(stamp.at),
        "dateTimeExpires": moment(stamp.at + parties.expires_min * MINUTE),
        "distributionStatus": parties.status,
        "distributionKind": kind,
        "descriptor": {
            "language": language,
            "explicitAddress": {"explicitAddressScheme": "hubex", "explicitAddressValue": parties.recipient},
        },
        "content": [{"jsonContent": {"embeddedJsonContent": {"message": message}}}],
    }


def headed(parties: Parties, stamp: Stamp, kind: str, body: Json) -> Json:
    """`body` under its RC-DE header."""
    return {
        "messageId": distribution_id(parties.sender, stamp.id),
        "sender": _system(parties.sender),
        "sentAt": moment(stamp.at),
        "kind": kind,
        "status": parties.status,
        "recipient": [_system(parties.recipient)],
        **body,
    }


def dump(message: Json) -> bytes:
    """A message as it travels; the same message, the same bytes."""
    return msgspec.json.encode(message)


def short(organisation: str) -> str:
    """The last part of an organisation's name."""
    return organisation.rpartition(".")[2]


def _system(organisation: str) -> Json:
    return {"name": short(organisation), "URI": f"hubex:{organisation}"}
