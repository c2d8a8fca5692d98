"""nats-py's client, mended where it waits for servers that say nothing.

It replaces private methods of nats-py 2.16: look at them with each new version.
"""

from __future__ import annotations

import random
from typing import Any, Final

from nats.aio.client import Client, Server
from nats.errors import StaleConnectionError

PING_S: Final[Any] = 0.7  # nats-py says int, and takes any number, here and below
PINGS: Final = 2
"""So many signs of life may be missing before a server is given up: one that is cut off is noticed within 2.1 s."""
RECONNECT_S: Final[Any] = 0.2
CONNECT_S: Final[Any] = 1.0
"""Seconds that a server has to take a connection, and to say who it is."""


class Mended(Client):
    """nats-py looks at every character of every header, which is half the time that reading takes; it leaves a
    connection open to a server that took it and said nothing; and before it looks for another server it waits until
    the old one has taken all that was sent, which one that is cut off never does."""

    def __init__(self) -> None:
        super().__init__()
        self._left, self._wanted = "", ""

    async def leave(self, to: str) -> None:
        """Leave this server for another one (host:port)."""
        self._wanted = to
        await self._process_op_err(StaleConnectionError())

    def another(self, servers: list[Server], _info: dict[str, Any]) -> tuple[Server, float]:
        """Which server is next, and after how many seconds: not the one that was left, while others answer, and the one
        that is wanted first, once."""
        wanted, self._wanted = self._wanted, ""
        tried = {id(each): each.reconnects + (each.uri.netloc == self._left) for each in servers}
        chosen = min(servers, key=lambda each: (each.uri.netloc != wanted, tried[id(each)], random.random()))
        return chosen, RECONNECT_S if chosen.reconnects else 0

    async def _process_op_err(self, e: Exception) -> None:
        if self.is_connected:
            self._left = self.connected_url.netloc if self.connected_url else ""
            self._abort()
        await super()._process_op_err(e)

    async def _connect_to_server(self, server: Any) -> None:
        self._abort()
        await super()._connect_to_server(server)

    def _abort(self) -> None:
        transport: Any = self._transport
        writer = getattr(transport, "_io_writer", None)
        if writer is not None:
            writer.transport.abort()
        elif transport:
            transport.close()

    @staticmethod
    def _parse_header_lines(raw: bytes) -> dict[str, str]:
        lines = (line.partition(":") for line in raw.decode("utf-8", "replace").split("\r\n") if line)
        return {name: value.strip() for name, _, value in lines}
