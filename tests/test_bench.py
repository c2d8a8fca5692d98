"""The relay's bench in small: that its pieces work, not how fast anything is."""

from __future__ import annotations

import asyncio

import pytest

from tests.bench import growth, prosody, servers
from tests.bench.crowd import closed, paced
from tests.bench.report import as_json, as_table, figure, plain


@pytest.mark.parametrize("copies", [0, 1])
async def test_a_few_conversations_over_each_log(copies: int) -> None:
    async with asyncio.timeout(60), growth.crowd(copies, officers=2) as (relay, crowd):
        await crowd.grow(5)
        crowd.prepare(3000)
        assert await closed(crowd.pairs, at_once=3, seconds=0.1) > 0
        crowd.prepare(100)
        assert len(await paced(crowd.pairs, rate=50, seconds=0.4)) == 20
        assert relay.process.memory() > 1 << 20


async def test_an_echo_keeps_what_is_idle() -> None:
    with servers.echo() as (process, url):
        assert process.processor_s() >= 0
        lights = await growth.come(url, "", b"", 3)
        assert [light.ended for light in lights] == [False] * 3


def test_where_there_is_no_prosody_there_is_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert prosody.run() == []


def test_a_figure_without_an_aim_meets_and_misses_nothing() -> None:
    figures = [plain("told", 1, "s"), figure("missed", 1, 2, "s", (">=", 0.9))]
    _machine, _head, told, missed = as_table(figures).splitlines()
    assert "met" not in told.lower()
    assert missed.endswith("NOT MET")
    assert '"aim":""' in as_json(figures)
