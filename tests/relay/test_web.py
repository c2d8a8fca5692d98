"""The relay's HTTP side: the same headers on every answer, nothing but four addresses, and health that is true."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
import resource
from collections.abc import AsyncIterator, Iterator
from typing import Final

import httpx
import pytest

from officer_console.config import Config
from officer_console.protocol.commands import Claim
from officer_console.protocol.frames import Ack, Done, No
from officer_console.relay.page.build import build

from .conftest import House
from .peers import random_id

ABSENT: Final = {
    "set-cookie", "etag", "last-modified", "server", "date", "report-to", "nel", "reporting-endpoints", "accept-ch",
    "alt-svc", "location", "allow", "content-security-policy-report-only",
}  # fmt: skip
ABOUT_CONTENT: Final = {"content-type", "content-length", "content-encoding", "connection", "transfer-encoding"}
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
READ: Final = {"/": "text/html; charset=utf-8", "/healthz": "application/json", "/metrics": "text/plain; version=0.0.4"}
NOWHERE: Final = (
    "/index.html", "/healthz/", "/metrics/", "/bye/", "/ws", "/desk", "/favicon.ico", "/robots.txt", "/.git/config",
    "/%00", "/..%2f..%2fetc%2fpasswd", "/é",
)  # fmt: skip


@pytest.fixture
async def http(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=house.url, trust_env=False) as client:
        yield client


def of_page(house: House) -> dict[str, str]:
    """The headers of the page; tests/page holds them to be the right ones."""
    page = build(house.relay.relay.context.members.root, house.url, Config().relay.exit_url)
    return {name.lower(): value for name, value in page.headers}


def told(answer: httpx.Response) -> dict[str, str]:
    assert not ABSENT & {*answer.headers}
    return {name: value for name, value in answer.headers.items() if name not in ABOUT_CONTENT}


async def test_what_can_be_read(house: House, http: httpx.AsyncClient) -> None:
    for path, method in itertools.product(READ, ("GET", "HEAD")):
        answer = await http.request(method, path)
        assert answer.status_code == 200, (method, path)
        assert answer.headers["content-type"].startswith(READ[path])
        assert told(answer) == of_page(house)


@pytest.mark.parametrize(
    ("accepted", "coded"),
    [
        ("gzip, br", True),
        ("br;q=1, GZIP;q=0.5", True),
        ("gzip;q=0", False),
        ("br", False),
        ("", False),
        ("x-gzip", False),
    ],
)
async def test_the_page_is_sent_in_gzip_to_who_takes_it(http: httpx.AsyncClient, accepted: str, coded: bool) -> None:
    plain = await http.get("/", headers={"accept-encoding": ""})
    answer = await http.get("/", headers={"accept-encoding": accepted})
    assert ("content-encoding" in answer.headers) == coded
    assert answer.content == plain.content
    assert (int(answer.headers["content-length"]) < 20_000) == coded


async def test_nothing_else_is_there(house: House, http: httpx.AsyncClient) -> None:
    elsewhere = itertools.product(NOWHERE, METHODS)
    otherwise = itertools.product(READ, set(METHODS) - {"GET", "HEAD"})
    beacon = itertools.product(["/bye"], set(METHODS) - {"POST"})
    for path, method in itertools.chain(elsewhere, otherwise, beacon):
        answer = await http.request(method, path)
        assert (answer.status_code, answer.content) == (404, b""), (method, path)
        assert told(answer) == of_page(house), (method, path)


async def test_the_beacons_answer(house: House, http: httpx.AsyncClient) -> None:
    answer = await http.post("/bye", content="x")
    page = of_page(house)
    kept = ("cache-control", "cross-origin-resource-policy", "referrer-policy", "x-content-type-options")
    assert (answer.status_code, answer.content) == (204, b"")
    assert told(answer) == {"clear-site-data": '"storage"', **{name: page[name] for name in kept}}


async def test_the_page_is_the_one_that_was_built(house: House, http: httpx.AsyncClient) -> None:
    root = house.relay.relay.context.members.root
    assert root is not None
    assert (await http.get("/")).content == build(root, house.url, Config().relay.exit_url).html


# ---- figures -------------------------------------------------------------------------------------------------------


async def test_figures_tell_of_nobody(house: House, http: httpx.AsyncClient) -> None:
    """Counts and times only; no conversation, officer or address has a line of its own."""
    visitor = house.visitor()
    async with house.console() as lead, visitor.talking("bonjour") as page:
        assert isinstance(await lead.do(Claim(visitor.cid, random_id())), Done)
        assert (await lead.do(Claim(random_id(), random_id()))).code == "unknown"
        text = (await http.get("/metrics")).text
        await page.ws.close()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    labels = {label for line in lines for label in re.findall(r'(\w+)="', line)}
    assert labels == {"le", "code"}
    assert 'officer_console_refused_total{code="unknown"} 1.0' in lines
    for secret in (visitor.cid, lead.keys.kid, "127.0.0.1"):
        assert secret not in text


async def test_every_append_is_timed(house: House, http: httpx.AsyncClient) -> None:
    async def figures() -> dict[str, float]:
        lines = (await http.get("/metrics")).text.splitlines()
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}

    before = await figures()
    async with house.visitor().talking("un", "deux", "trois"):
        after = await figures()
    count, total = "officer_console_append_seconds_count", "officer_console_append_seconds_sum"
    assert after[count] - before[count] == 4
    assert 0 < after[total] - before[total] < 60
    assert after["officer_console_visitors_connected"] == 1
    assert after["officer_console_conversations_waiting"] == 1
    assert after["officer_console_oldest_wait_seconds"] >= 0
    assert after["officer_console_log_sequence"] == 4


# ---- health --------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def full_disk() -> Iterator[None]:
    """While inside, no file of this process can grow."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_is_told_and_gotten_over(house: House, http: httpx.AsyncClient) -> None:
    """Nothing is acknowledged that is not stored; health says so; with room again the same message is stored once."""
    visitor = house.visitor()
    async with asyncio.timeout(20), visitor.talking("bonjour") as page:
        before = await house.stored()
        message = visitor.seal("encore")
        assert (await http.get("/healthz")).status_code == 200
        with full_disk():
            await page.send(message)
            no = await page.until(No, Ack)
            sick = await http.get("/healthz")
        assert (no.code, no.id) == ("storage", "v.1")
        assert (sick.status_code, sick.json()["ok"]) == (503, False)
        assert await house.stored() == before
        await page.send(message)
        assert (await page.until(No, Ack)).id == "v.1"
        well = await http.get("/healthz")
        assert (well.status_code, well.json()["ok"], well.json()["seq"]) == (200, True, before[-1].seq + 1)
        assert len(await house.stored()) == len(before) + 1
