"""What the relay is measured beside: a bare `websockets` server that sends every frame back.

`python -m tests.bench.echo` prints its port.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosedError

from officer_console.protocol.codec import MAX_FRAME


async def echo(socket: ServerConnection) -> None:
    """Send back what comes."""
    with contextlib.suppress(ConnectionClosedError):
        async for frame in socket:
            await socket.send(frame)


async def main() -> None:
    """Serve until killed."""
    async with serve(echo, "127.0.0.1", 0, compression=None, max_size=4 * MAX_FRAME) as server:
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        await server.serve_forever()


def fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The event loop that the relay takes too: the comparison is of servers, not of loops."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        runner.run(main())
