"""The relay's HTTP side: the page, the goodbye beacon, health and metrics. Everything else is 404."""

from __future__ import annotations

import re

import msgspec
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from officer_console import __version__
from officer_console.protocol import codec
from officer_console.protocol.refusals import Refused

from .context import Context
from .page.build import Page, build
from .visitor import Beacon, require_token

MAX_BEACON = 1024


class Web:
    """The routes. The page is built anew only when the root key becomes known."""

    def __init__(self, relay: Context) -> None:
        self._relay = relay
        self._built: tuple[str | None, Page] | None = None
        self.app = Starlette(
            routes=[
                Route("/", self._page),
                Route("/bye", self._bye, methods=["POST"]),
                Route("/healthz", self._health),
                Route("/metrics", self._metrics),
            ],
            exception_handlers={404: self._nothing, 405: self._nothing},
        )
        self.app.router.redirect_slashes = False

    @property
    def page(self) -> Page:
        """The visitor's page as it is served now."""
        root = self._relay.members.root
        if self._built is None or self._built[0] != root:
            config = self._relay.config
            self._built = (root, build(root, config.public_url, config.exit_url))
        return self._built[1]

    async def _page(self, request: Request) -> Response:
        """In gzip for whoever takes it: it holds no secret that its size could tell."""
        page = self.page
        if not _takes_gzip(request.headers.get("accept-encoding", "")):
            return Response(page.html, headers=dict(page.headers), media_type="text/html")
        headers = {**dict(page.headers), "Content-Encoding": "gzip"}
        return Response(page.gzipped, headers=headers, media_type="text/html")

    async def _bye(self, request: Request) -> Response:
        """The page has gone: exit or closed. It gets no answer to read, whatever it sent."""
        try:
            beacon = codec.decode(await _small_body(request), Beacon)
            await require_token(self._relay, beacon.cid, beacon.vt)
            await self._relay.presence.left(beacon.cid, beacon.how)
        except Refused as refused:
            self._relay.metrics.refused(refused.code)
        except ClientDisconnect:
            self._relay.metrics.refused("malformed")
        return Response(status_code=204, headers=dict(self.page.bye_headers))

    async def _health(self, request: Request) -> Response:
        relay = self._relay
        state = {
            "ok": relay.log.healthy,
            "version": __version__,
            "seq": await relay.log.head(),
            "founded": relay.members.founded,
        }
        return Response(
            msgspec.json.encode(state),
            status_code=200 if relay.log.healthy else 503,
            headers=dict(self.page.headers),
            media_type="application/json",
        )

    async def _metrics(self, request: Request) -> Response:
        headers = dict(self.page.headers)
        return Response(self._relay.metrics.text(), headers=headers, media_type="text/plain; version=0.0.4")

    async def _nothing(self, request: Request, error: Exception) -> Response:
        return Response(status_code=404, headers=dict(self.page.headers))


def _takes_gzip(accepted: str) -> bool:
    """Whether a client's Accept-Encoding (RFC 9110, 12.5.3) names gzip and does not refuse it."""
    codings = (each.partition(";") for each in accepted.lower().split(","))
    refused = re.compile(r"\s*q\s*=\s*0(\.0*)?\s*\Z")
    return any(name.strip() == "gzip" and not refused.match(weight) for name, _semicolon, weight in codings)


async def _small_body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BEACON:
            raise Refused("too_large")
    return body
