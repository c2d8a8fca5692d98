"""When is tried, and what an answer means. The clock is an argument; nothing waits here."""

from __future__ import annotations

from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.dispatch.codes import SENTENCES
from officer_console.dispatch.posting import Outcome, Timing, outcome, retry_after

FIRST = 1_000_000


def tried_at(timing: Timing, takes_s: float, asked_for: float = 0, until_s: int = 180) -> list[float]:
    """Seconds after the first try at which is tried, when each try takes so long and ends badly."""
    now, tries, at = FIRST, 0, []
    while now < FIRST + until_s * 1000:
        at.append((now - FIRST) / 1000)
        tries += 1
        now = timing.next(FIRST, tries, now + int(takes_s * 1000), asked_for)
    return at


def test_the_schedule() -> None:
    assert tried_at(Timing(), 0.1) == [0, 2, 5, 10, 20, 30, 60, 90, 120, 150]


def test_a_slow_room_is_not_pressed() -> None:
    """A try that takes its ten seconds moves the next ones, and a second of peace follows it."""
    assert tried_at(Timing(), 10) == [0, 11, 22, 33, 44, 55, 66, 90, 120, 150]


def test_peace_that_is_asked_for() -> None:
    assert tried_at(Timing(), 0, asked_for=15) == [0, 15, 30, 45, 60, 75, 90, 105, 120, 150]
    assert tried_at(Timing(), 0, asked_for=86_400) == [0, 60, 120]


@given(st.integers(1, 200), st.integers(0, 10**7), st.floats(0, 10**9))
def test_the_next_try_is_later_and_not_too_late(tries: int, passed: int, asked_for: float) -> None:
    ended = FIRST + passed
    at = Timing().next(FIRST, tries, ended, asked_for)
    assert ended + 1000 <= at <= max(ended + 60_000, FIRST + 30_000 * (tries + 1))


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (200, ""), (202, ""), (204, ""), (299, ""), (300, "redirect"), (304, "redirect"), (308, "redirect"),
        (400, "http_4xx"), (401, "signature"), (403, "signature"), (404, "http_4xx"), (408, "timeout"), (410, "gone"),
        (422, "http_4xx"), (429, "http_429"), (500, "http_5xx"), (502, "http_5xx"), (503, "http_5xx"),
        (599, "http_5xx"), (100, "garbage"), (600, "garbage"), (999, "garbage"),
    ],
)  # fmt: skip
def test_what_an_answer_means(status: int, code: str) -> None:
    told = outcome(status, {}, lambda: 0)
    assert told == Outcome(code) and (not code or code in SENTENCES)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0), ("120", 120), (" 7 ", 7), ("9" * 40, 999_999_999), ("-5", 0), ("1.5", 0), ("", 0), ("soon", 0),
        ("١٢", 0), (formatdate(1000 + 90, usegmt=True), 90), (formatdate(1000 - 90, usegmt=True), 0),
        ("Wed, 99 Nov 2026 00:00:00 GMT", 0), ("Thu, 01 Jan 99999 00:00:00 GMT", 0),
    ],
)  # fmt: skip
def test_retry_after(value: str, seconds: float) -> None:
    assert retry_after(value, lambda: 1000.0) == seconds


@given(st.text())
def test_no_retry_after_breaks_anything(value: str) -> None:
    assert retry_after(value, lambda: 1000.0) >= 0


def test_every_code_fits_into_the_console() -> None:
    assert all(0 < len(code) <= 20 and "\n" not in code for code in SENTENCES)
