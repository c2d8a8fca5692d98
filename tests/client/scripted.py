"""A relay that does as it is told: for what a real one does only in bad luck or bad faith."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from officer_console.client.keychain import Keychain, RelayPin
from officer_console.model.envelope import VERSION
from officer_console.protocol import codec
from officer_console.protocol.commands import Heads
from officer_console.protocol.frames import Challenge, ChallengeHeader, DeskOut, NoCmd, Welcome
from officer_console.vault.base64url import b64
from officer_console.vault.enrolment import sign_text
from officer_console.vault.primitives import kid, make_signing_key, signing_public

from .paper import NOW

Script = Callable[["Talk"], Awaitable[None]]


class Talk:
    """One connection of a console, logged in already. When the script ends, it breaks without a word."""

    def __init__(self, ws: ServerConnection) -> None:
        self._ws = ws

    async def send(self, *frames: DeskOut) -> None:
        for frame in frames:
            await self._ws.send(codec.encode(frame))

    async def refuse(self, code: str) -> None:
        await self.send(NoCmd(code, "."))

    async def hear(self) -> object:
        """The next frame of the console."""
        return codec.desk_in(await self._ws.recv())

    async def gone(self) -> None:
        """Wait until the console has gone."""
        await self._ws.wait_closed()


class ScriptedRelay:
    """Gives each connection of `chain`'s console to the script; `visits` counts them. `now` in ms."""

    def __init__(self, chain: Keychain, script: Script) -> None:
        self.chain, self.script = chain, script
        chain.pin = RelayPin()  # it may know another one from before
        self.heads: Heads = chain.heads
        self.now = NOW * 1000
        self.visits = 0
        self.url = ""
        self._key = make_signing_key()

    async def _meet(self, ws: ServerConnection) -> None:
        self.visits += 1
        pub = signing_public(self._key)
        h = codec.encode(ChallengeHeader(VERSION, kid(pub), b64(pub), b64(bytes(32)), self.now, self.heads))
        talk = Talk(ws)
        await talk.send(Challenge(h, sign_text(self._key, "relay", h)))
        with contextlib.suppress(ConnectionClosed):
            await ws.recv()
            await self.script(talk)
        ws.transport.abort()

    def welcome(self) -> Welcome:
        return Welcome(self.chain.kid, "officer", self.now, 0, [], [])

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        server: Server
        async with serve(self._meet, "127.0.0.1", 0, compression=None) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            self.url = f"http://127.0.0.1:{port}"
            yield
