"""Where a cluster's log is: `nats://one,two:4222,three/desk` -> servers and the name of the desk's streams."""

from __future__ import annotations

from typing import Final

import msgspec

from officer_console.config import CLUSTER

NAME: Final = "desk"
"""The streams' name when the address has none."""


class Address(msgspec.Struct, frozen=True):
    """The servers of a cluster, each as a URL that may hold a user and a password; `name` tells desks apart that share
    one cluster."""

    servers: tuple[str, ...]
    name: str = NAME

    @property
    def told(self) -> str:
        """The address as it may be shown: without users and passwords."""
        scheme = self.servers[0].partition("://")[0]
        hosts = ",".join(server.partition("://")[2].rpartition("@")[2] for server in self.servers)
        return f"{scheme}://{hosts}/{self.name}"


def parse(text: str) -> Address:
    """Raises ValueError when it is no such address."""
    if CLUSTER.fullmatch(text) is None:
        raise ValueError("no address of a cluster")
    scheme, _mark, rest = text.partition("://")
    hosts, _slash, name = rest.partition("/")
    user = ""
    urls = []
    for server in hosts.split(","):
        who, at, host = server.rpartition("@")
        user = who + at or user  # said once, it holds for those that follow
        urls.append(f"{scheme}://{user}{host}")
    return Address(tuple(urls), name or NAME)
