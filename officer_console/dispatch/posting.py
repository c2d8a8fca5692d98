"""One try to post a message to the room's system, and when the next one is."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Final

import httpx
import msgspec

from .codes import (
    GARBAGE,
    GONE,
    NOT_TAKEN,
    REDIRECT,
    SERVER_ERROR,
    SIGNATURE,
    TIMEOUT,
    TLS,
    TOO_MANY,
    UNREACHABLE,
)

AGENT: Final = "officer-console"
_STATUS: Final = {401: SIGNATURE, 403: SIGNATURE, 408: TIMEOUT, 410: GONE, 429: TOO_MANY}
_CLASSES: Final = {3: REDIRECT, 4: NOT_TAKEN, 5: SERVER_ERROR}


class Timing(msgspec.Struct, frozen=True):
    """When is tried, in s: at `points` after the first try, then every `every`; each try takes `tries_for` at most, and
    the room's system has `rest` of peace after one. It may ask for at most `longest` of it."""

    points: tuple[float, ...] = (0, 2, 5, 10, 20, 30)
    every: float = 30
    tries_for: float = 10
    rest: float = 1
    longest: float = 60

    def next(self, first: int, tries: int, ended: int, asked_for: float = 0) -> int:
        """When the next try is after `tries` of them, ms; `first` when the first one began, `ended` when the last one
        ended, `asked_for` the seconds that the room's system asked for."""
        later = max(0, tries - len(self.points) + 1)
        point = self.points[min(tries, len(self.points) - 1)] + later * self.every
        pause = max(self.rest, min(asked_for, self.longest))
        return max(first + int(point * 1000), ended + int(pause * 1000))


class Outcome(msgspec.Struct, frozen=True):
    """What came of a try: `code` of `codes`, "" when it was taken over. `reached`: the room's system may have it all
    the same. `retry_after` in s."""

    code: str = ""
    reached: bool = True
    retry_after: float = 0


class Poster:
    """Posts to one address: never follows a redirection, takes no proxy from the environment, and believes only a
    certificate that `context` (the system's, when left out) does."""

    def __init__(self, url: str, timing: Timing, context: ssl.SSLContext | None = None) -> None:
        self._url = url
        self._timing = timing
        # A connection is not kept: one that the other side has closed meanwhile would look like a failure.
        self._client = httpx.AsyncClient(
            verify=context or ssl.create_default_context(),
            follow_redirects=False,
            trust_env=False,
            timeout=timing.tries_for,
            limits=httpx.Limits(max_keepalive_connections=0),
            headers={"user-agent": AGENT},
        )

    async def post(self, headers: Mapping[str, str], body: bytes, kind: str) -> Outcome:
        """Try once; `kind` is the body's content type."""
        try:
            async with asyncio.timeout(self._timing.tries_for):
                return await self._post({**headers, "content-type": kind}, body)
        except TimeoutError:
            return Outcome(TIMEOUT)
        except httpx.ConnectError as error:
            return Outcome(TLS if _is_tls(error) else UNREACHABLE, reached=False)
        except httpx.TimeoutException as error:
            return Outcome(TIMEOUT, reached=not isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout))
        except httpx.NetworkError:
            return Outcome(UNREACHABLE)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError):
            return Outcome(GARBAGE)

    async def close(self) -> None:
        await self._client.aclose()

    async def _post(self, headers: Mapping[str, str], body: bytes) -> Outcome:
        async with self._client.stream("POST", self._url, content=body, headers=dict(headers)) as answer:
            return outcome(answer.status_code, answer.headers, time.time)  # its body is none of our business


def outcome(status: int, headers: Mapping[str, str], clock: Callable[[], float]) -> Outcome:
    """What an HTTP answer means; `clock` in s."""
    if 200 <= status < 300:  # noqa: PLR2004 - RFC 9110, 15.3
        return Outcome()
    code = _STATUS.get(status) or _CLASSES.get(status // 100, GARBAGE)
    return Outcome(code, retry_after=retry_after(headers.get("retry-after", ""), clock))


def retry_after(value: str, clock: Callable[[], float]) -> float:
    """Seconds that a Retry-After asks for (RFC 9110, 10.2.3); 0 for one that can't be read."""
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return float(value[:9])
    try:
        at = parsedate_to_datetime(value)
        return max(0.0, at.timestamp() - clock())
    except (ValueError, TypeError, OverflowError):
        return 0.0


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
