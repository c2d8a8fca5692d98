"""Somebody between the page and the relay, who reads every frame and may change, drop, keep or add some."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from playwright.async_api import Page, WebSocketRoute

Frame = dict[str, Any]
Change = Callable[[Frame], list[Frame] | None]


def _pass(frame: Frame) -> list[Frame]:
    return [frame]


class Between:
    """`to_page` and `to_relay` give the frames to pass on instead of one; None ends the connection without a word."""

    def __init__(self) -> None:
        self.to_page: Change = _pass
        self.to_relay: Change = _pass
        self.connections = 0
        self.seen: list[Frame] = []
        self._page: WebSocketRoute | None = None

    async def install(self, page: Page) -> None:
        await page.route_web_socket("**/ws", self._connect)

    def tell(self, frame: Frame) -> None:
        """Say something to the page in the relay's name."""
        assert self._page
        self._page.send(json.dumps(frame))

    def _connect(self, page: WebSocketRoute) -> None:
        self.connections += 1
        self._page = page
        relay = page.connect_to_server()

        async def cut() -> None:
            await page.close()
            await relay.close()

        async def from_page(message: str | bytes) -> None:
            frame = json.loads(message)
            self.seen.append(frame)
            changed = self.to_relay(frame)
            if changed is None:
                await cut()
            for each in changed or ():
                relay.send(json.dumps(each))

        async def from_relay(message: str | bytes) -> None:
            changed = self.to_page(json.loads(message))
            if changed is None:
                await cut()
            for each in changed or ():
                page.send(json.dumps(each))

        page.on_message(from_page)
        relay.on_message(from_relay)
