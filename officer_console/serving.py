"""What every server of ours is: uvicorn without a log of who asks what, its signals left to whoever runs it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any, Final, Protocol

import uvicorn

from officer_console.errors import UserError, reason

LOOK_S: Final = 0.01
_QUIET: Final[dict[str, Any]] = {
    "interface": "asgi3",
    "access_log": False,  # addresses of people in danger
    "log_config": None,
    "server_header": False,
    "date_header": False,
    "proxy_headers": False,
    "lifespan": "off",
    "timeout_graceful_shutdown": 2,  # seconds
}


class Address(Protocol):
    """Where a server listens, and its certificate and key (paths; "" for none)."""

    @property
    def host(self) -> str: ...
    @property
    def tls_cert(self) -> str: ...
    @property
    def tls_key(self) -> str: ...


class Server(uvicorn.Server):
    """uvicorn's server, which leaves the signals alone: uvicorn would raise them again before all is closed."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def quiet(app: Any, where: Address, **more: Any) -> uvicorn.Config:
    """How an ASGI application is served at `where`; `more` are uvicorn's own options."""
    tls: dict[str, Any] = {"ssl_certfile": where.tls_cert, "ssl_keyfile": where.tls_key} if where.tls_cert else {}
    return uvicorn.Config(app, **_QUIET, **tls, **more)


def listen(where: Address, port: int, backlog: int, refused: str) -> socket.socket:
    """A socket that listens there (port 0: any that is free). Raises UserError with `refused`, in which {host}, {port}
    and {reason} are filled in."""
    family = socket.AF_INET6 if ":" in where.host else socket.AF_INET
    # asyncio sends small frames at once (TCP_NODELAY) only on a socket that says that it is TCP
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((where.host, port))
        listener.listen(backlog)
    except OSError as error:
        listener.close()
        raise UserError(refused.format(host=where.host, port=port, reason=reason(error))) from None
    return listener


def url_of(where: Address, port: int) -> str:
    """The address as one writes it."""
    scheme = "https" if where.tls_cert else "http"
    host = f"[{where.host}]" if ":" in where.host else where.host
    return f"{scheme}://{host}:{port}"


async def started(server: uvicorn.Server, serving: asyncio.Task[None]) -> bool:
    """Whether it came up. Raises what kept it from it, when that is known."""
    while not server.started:
        if serving.done():
            await serving
            return False
        await asyncio.sleep(LOOK_S)
    return True
