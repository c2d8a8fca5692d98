"""Where a cluster's log is: `nats://one,two:4222,three/desk` -> servers and the name of the desk's streams."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote

import msgspec

from officer_console.config import CLUSTER

NAME: Final = "desk"
"""The streams' name when the address has none."""


class Address(msgspec.Struct, frozen=True):
    """The servers of a cluster as URLs, and how to log in there; `name` tells desks apart that share one cluster."""

    servers: tuple[str, ...]
    name: str = NAME
    user: str | None = None
    password: str | None = None

    @property
    def tls(self) -> bool:
        """Whether the servers are spoken to over TLS."""
        return self.servers[0].startswith("tls://")

    @property
    def told(self) -> str:
        """The address as it may be shown: without user and password."""
        scheme = self.servers[0].partition("://")[0]
        hosts = ",".join(server.partition("://")[2] for server in self.servers)
        return f"{scheme}://{hosts}/{self.name}"


def parse(text: str) -> Address:
    """User and password, each percent-encoded where it must be, stand before one of the servers and hold for all.
    Raises ValueError when it is no such address."""
    if CLUSTER.fullmatch(text) is None:
        raise ValueError("no address of a cluster")
    scheme, _mark, rest = text.partition("://")
    hosts, _slash, name = rest.partition("/")
    who, servers = "", []
    for server in hosts.split(","):
        before, _at, host = server.rpartition("@")
        who = before or who
        servers.append(f"{scheme}://{host}")
    user, _colon, password = who.partition(":")
    login = (unquote(user), unquote(password)) if who else (None, None)
    return Address(tuple(servers), name or NAME, *login)
