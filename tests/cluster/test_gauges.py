"""The files for operators name figures that a relay has."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx

import officer_console.relay

from .conftest import House

FOLDER = Path(officer_console.relay.__file__).parent / "kit" / "metrics"
_NAME = re.compile(r"officer_console_[a-z_]+")


def named() -> Iterator[tuple[str, str]]:
    """(file, figure) of each that is asked for."""
    dashboard = json.loads((FOLDER / "grafana.json").read_text("utf-8"))
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield from (("grafana.json", name) for name in _NAME.findall(target["expr"]))
    rules = re.findall(r"expr: (.*)", (FOLDER / "alerts.yml").read_text("utf-8"))
    assert len(rules) >= 8
    for rule in rules:
        yield from (("alerts.yml", name) for name in _NAME.findall(rule))


async def test_each_figure_that_is_asked_for_is_there(house: House) -> None:
    async with house.relay("one") as relay, httpx.AsyncClient(trust_env=False) as client:
        await house.found(relay, house.station.lead)
        told = (await client.get(f"{relay.url}/metrics")).text
    there = set(re.findall(r"^(?:# TYPE )?(officer_console_[a-z_]+)", told, re.MULTILINE))
    there |= {f"{name}_bucket" for name in there if name.endswith("_seconds")}
    wanted = set(named())
    assert {file for file, _ in wanted} == {"grafana.json", "alerts.yml"}
    assert {name for _, name in wanted} - there == set()


async def test_what_they_say_is_so(house: House) -> None:
    async with house.relay("one") as relay, httpx.AsyncClient(trust_env=False) as client:
        before = (await client.get(f"{relay.url}/metrics")).text
        assert value(before, "desk_key_seconds") == 0
        await house.found(relay, house.station.lead)
        told = (await client.get(f"{relay.url}/metrics")).text
    assert value(told, "log_healthy") == 1 and value(told, "officers_on_duty") == 0
    assert 6.9 * 86_400 < value(told, "desk_key_seconds") <= 7 * 86_400
    assert value(told, "loop_lag_seconds") < 5


def value(told: str, name: str) -> float:
    found = re.search(rf"^officer_console_{name} (.*)$", told, re.MULTILINE)
    assert found, name
    return float(found[1])
