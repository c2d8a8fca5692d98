"""`relay init` on a cluster: the streams are made or mended, and what all relays share is noted."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final, TypeVar

from nats.errors import Error as NatsError

from officer_console.config import Relay
from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.relay.founding import FoundingToken

from .address import Address, parse
from .interface import Clock
from .nats_keys import token_record
from .nats_link import ApiError, Link, Unreachable
from .nats_streams import Streams
from .shelf import TOKEN

PATIENCE_S: Final = 10.0
"""Seconds that a cluster has to answer."""
READY_S: Final = 30.0
"""Seconds that its servers have to agree among themselves."""
AGAIN_S: Final = 0.5
T = TypeVar("T")


async def make(config: Relay, folder: Path, kid: str, clock: Clock) -> str:
    """Make or mend the streams; a founding token, or "" when the desk is founded. `kid` names the relays' key. Raises
    UserError."""
    address = parse(config.log)
    async with connected(address) as link:
        streams = Streams(address, config.copies)
        await patiently(lambda: streams.make(link))
        noted = (await patiently(lambda: streams.notes(link))).get("relay", kid)
        if noted != kid:
            raise UserError(other_key(address))
        await patiently(lambda: streams.note(link, relay=kid))
        if (await patiently(lambda: link.ask(f"STREAM.INFO.{streams.directory}")))["state"]["last_seq"]:
            return ""
        token = FoundingToken(folder, clock)
        text = token.renew()
        if kept := token.kept():
            record = token_record(*kept, clock())
            await patiently(lambda: link.append(f"{streams.key_subject}{TOKEN}", record, {}))
        return text


async def patiently(work: Callable[[], Awaitable[T]]) -> T:
    """Servers that have just been started answer before they have agreed on who leads, and so does a stream that has
    just been made; `work` is something that can be done again. Raises Unreachable after READY_S."""
    until = time.monotonic() + READY_S
    while True:
        try:
            return await work()
        except Unreachable:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(AGAIN_S)


def other_key(address: Address) -> str:
    """What is told to a relay that has not the key of its cluster."""
    text = _("The relays of {where} have another key; copy relay.key from one of them to this one's folder.")
    return text.format(where=address.told)


@contextlib.asynccontextmanager
async def connected(address: Address) -> AsyncIterator[Link]:
    """A connection for a command, which does not wait for ever. Raises UserError."""
    link = Link(address)
    try:
        async with asyncio.timeout(PATIENCE_S):
            await link.connect()
        yield link
    except (TimeoutError, Unreachable):
        text = _("{where} does not answer. Do most of its servers run, and reach each other? Then run this once more.")
        raise UserError(text.format(where=address.told)) from None
    except (OSError, NatsError, ApiError) as error:
        text = _("{where} does not answer as it must ({reason}).")
        told = str(error) if isinstance(error, ApiError) else type(error).__name__
        raise UserError(text.format(where=address.told, reason=told)) from None
    finally:
        await link.close()
