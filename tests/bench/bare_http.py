"""What the way to a dispatch room is measured beside: a bare HTTP server that answers 204 to every post.

`python -m tests.bench.bare_http` prints its port.
"""

from __future__ import annotations

import asyncio
import socket

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


async def _take(request: Request) -> Response:
    await request.body()
    return Response(status_code=204)


async def main() -> None:
    """Serve until killed."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        app = Starlette(routes=[Route("/", _take, methods=["POST"])])
        config = uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off")
        print(listener.getsockname()[1], flush=True)
        await uvicorn.Server(config).serve(sockets=[listener])


if __name__ == "__main__":
    asyncio.run(main())
