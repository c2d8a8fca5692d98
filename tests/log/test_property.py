"""Any order of appends, repetitions, erasures and restarts: the log equals a list and a set."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from officer_console.model.events import Draft, Event
from officer_console.protocol.refusals import Refused
from officer_console.relay.log.interface import Conflict

from .conftest import Engine, NewPlace, Place
from .drafts import erased, said


class Append(msgspec.Struct, frozen=True):
    cid: str
    n: int
    text: str
    expected: int | None  # 0: the right one, else off by so much; None: any


class Erase(msgspec.Struct, frozen=True):
    cid: str


class Restart(msgspec.Struct, frozen=True):
    pass


cids, counts = st.sampled_from("abc"), st.integers(0, 4)
steps = st.lists(
    st.builds(Append, cids, counts, st.sampled_from("ab"), st.sampled_from([None, 0, 0, 0, 1, -1]))
    | st.builds(Erase, cids)
    | st.builds(Restart),
    max_size=40,
)


class Model:
    """What the log must hold."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.erased: dict[str, Event] = {}

    def of(self, cid: str) -> list[Event]:
        return [event for event in self.events if event.cid == cid]

    def last(self, cid: str) -> int:
        return max((event.seq for event in self.of(cid)), default=0)

    def refusal(self, draft: Draft, expected: int | None) -> type[Exception] | None:
        """What an append must raise, if anything."""
        known = [event for event in self.of(draft.cid) if event.id == draft.id]
        if known:
            return None if known[0].what == draft.what else Refused
        if draft.cid in self.erased:
            return Refused
        return Conflict if expected is not None and expected != self.last(draft.cid) else None


async def _run(place: Place, todo: list[Append | Erase | Restart]) -> None:
    log, model = await place.open(), Model()
    for step in todo:
        match step:
            case Append():
                await _append(log, model, step)
            case Erase(cid=cid):
                await _erase(log, model, cid)
            case Restart():
                await log.close()
                log = await place.open()
        assert await log.read(0, 1000) == model.events
    await log.close()


async def _append(log: Engine, model: Model, step: Append) -> None:
    draft = said(step.cid, str(step.n), step.text)
    expected = None if step.expected is None else max(model.last(draft.cid) + step.expected, 0)
    refusal = model.refusal(draft, expected)
    if refusal is not None:
        with pytest.raises(refusal):
            await log.append(draft, expected)
        return
    event = await log.append(draft, expected)
    assert (event.cid, event.id, event.what) == (draft.cid, draft.id, draft.what)
    if event not in model.events:
        assert event.seq > max((each.seq for each in model.events), default=0)
        model.events.append(event)


async def _erase(log: Engine, model: Model, cid: str) -> None:
    event = await log.erase(erased(cid))
    assert event == model.erased.setdefault(cid, event)
    model.events = [each for each in model.events if each.cid != cid or each == event]
    if event not in model.events:
        model.events.append(event)


@settings(max_examples=40)
@given(steps)
def test_any_order_of_things(new_place: NewPlace, todo: list[Append | Erase | Restart]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_run(new_place(Path(folder)), todo))
