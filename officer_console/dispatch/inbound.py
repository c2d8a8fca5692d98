"""The HTTP side of `dispatch serve`: signed answers of the room's system, and health. Everything else is 404.

Nothing that comes is echoed, and nothing of it is logged.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

import msgspec
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from officer_console import __version__
from officer_console.client.api import LinkPhase

from .answers import Answers
from .books import DeliveryBook, SeenBook
from .messages.names import Parties
from .messages.reading import LARGEST, Garbage, read
from .room import Room
from .store import Store
from .webhook import NotSigned, verify

BODY_S: Final = 10.0
"""Seconds in which an answer must be here."""
HEADERS: Final = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'",
}
_REFUSED: Final = {"stale": 401, "wrong": 401, "malformed": 400}
_log: Final = logging.getLogger("officer_console.dispatch")


class Inbound:
    """See the module; `app` is the ASGI application. `clock` in s. `refused` counts by reason what was not taken."""

    def __init__(
        self, room: Room, answers: Answers, store: Store, parties: Parties, secrets: Sequence[bytes],
        clock: Callable[[], float],
    ) -> None:  # fmt: skip
        self.refused: Counter[str] = Counter()
        self._room = room
        self._answers = answers
        self._store = store
        self._deliveries = DeliveryBook(store)
        self._seen = SeenBook(store)
        self._parties = parties
        self._secrets = secrets
        self._clock = clock
        self.app = Starlette(
            routes=[
                Route("/dispatch/inbound", self._inbound, methods=["POST"]),
                Route("/healthz", self._health),
            ],
            exception_handlers={404: _nothing, 405: _nothing},
        )
        self.app.router.redirect_slashes = False

    async def _inbound(self, request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return self._refuse("too large or too slow", 413)
        now = int(self._clock())
        try:
            id = verify(request.headers, body, self._secrets, now)
        except NotSigned as error:
            return self._refuse(error.why, _REFUSED[error.why])
        try:
            return self._signed(id, body, now)
        except OSError:
            return self._refuse("the disk takes nothing", 503)

    def _signed(self, id: str, body: bytes, now: int) -> Response:
        if self._seen.has(id):
            return _answer(204)
        try:
            answer = read(body, self._parties)
        except Garbage:
            return self._refuse("garbage", 422)
        with self._store.change():
            known = self._answers.take(answer, id)
            if known:
                self._seen.add(id, now)
        return _answer(204) if known else self._refuse("unknown", 404)

    def _refuse(self, why: str, status: int) -> Response:
        self.refused[why] += 1
        _log.warning("an answer of the room's system was not taken: %s", why)
        return _answer(status)

    async def _health(self, request: Request) -> Response:
        phase = self._room.link.phase
        waiting = self._deliveries.waiting()
        state = {
            "ok": phase is LinkPhase.ONLINE,
            "version": __version__,
            "relay": phase,
            "waiting": len(waiting),
            "in_trouble": sum(bool(each.code) for each in waiting),
            "untold": self._room.link.unsent,
            "refused": dict(self.refused),
        }
        return _answer(200 if state["ok"] else 503, msgspec.json.encode(state))


def _answer(status: int, body: bytes = b"") -> Response:
    return Response(body, status, dict(HEADERS), media_type="application/json" if body else None)


async def _body(request: Request) -> bytes | None:
    """The whole body; None when it is too large, too slow, or breaks off."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST:
                    return None
    except (TimeoutError, ClientDisconnect):
        return None
    return bytes(body)


async def _nothing(request: Request, error: Exception) -> Response:
    return _answer(404)
