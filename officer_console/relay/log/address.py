"""Where a cluster's log is: `nats://one,two:4222,three/desk` -> servers and the name of the desk's streams."""

from __future__ import annotations

import re
from typing import Final

import msgspec

SCHEMES: Final = ("nats", "tls")
NAME: Final = "desk"
"""The streams' name when the address has none."""
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,60}")
_SERVER: Final = re.compile(r"(?P<who>[^@/,\s]+@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")


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


def is_cluster(text: str) -> bool:
    """Whether a text means a cluster rather than a file."""
    return text.partition("://")[0] in SCHEMES


def parse(text: str) -> Address:
    """Raises ValueError when it is no such address."""
    scheme, mark, rest = text.partition("://")
    hosts, _slash, name = rest.partition("/")
    servers = hosts.split(",")
    if scheme not in SCHEMES or not mark or not _NAME.fullmatch(name or NAME):
        raise ValueError("no address of a cluster")
    user = ""
    urls = []
    for server in servers:
        fits = _SERVER.fullmatch(server)
        if fits is None:
            raise ValueError("no address of a cluster")
        user = fits["who"] or user  # said once, it holds for those that follow
        urls.append(f"{scheme}://{user}{server.removeprefix(fits['who'] or '')}")
    return Address(tuple(urls), name or NAME)
