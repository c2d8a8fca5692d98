"""Keys of what is kept to practise on: of every engine, erased with the conversation that they belong to."""

from __future__ import annotations

from pathlib import Path

import pytest

from officer_console.protocol.refusals import Refused

from .conftest import Engine, NatsPlace, Place
from .drafts import OPENING, erased, opened, said

BOX = "BOX-of-what-is-kept"


async def begun(log: Engine, *cids: str) -> None:
    for cid in cids:
        await log.open(opened(cid), OPENING)
        await log.append(said(cid, "0"))


async def code(work: object) -> str:
    with pytest.raises(Refused) as caught:
        await work  # type: ignore[misc]
    return caught.value.code


async def test_a_key_is_kept_with_its_conversation_also_over_a_restart(place: Place) -> None:
    log = await place.open()
    await begun(log, "a")
    await log.shelf.keep_export("a", "one", BOX)
    await log.close()
    log = await place.open()
    assert await log.shelf.export_box("a", "one") == BOX
    assert await log.shelf.export_box("a", "other") is None
    assert await log.shelf.export_box("b", "one") is None
    await log.close()


async def test_nothing_is_kept_of_a_conversation_that_is_not_there_or_is_erased(log: Engine) -> None:
    assert await code(log.shelf.keep_export("a", "one", BOX)) == "unknown"
    await begun(log, "a")
    await log.erase(erased("a"))
    assert await code(log.shelf.keep_export("a", "one", BOX)) == "erased"
    assert await log.shelf.export_box("a", "one") is None


async def test_all_but_one_are_dropped(log: Engine) -> None:
    await begun(log, "a", "b")
    for cid, export in (("a", "one"), ("a", "two"), ("b", "one")):
        await log.shelf.keep_export(cid, export, BOX)
    await log.shelf.drop_exports("a", but="two")
    assert [await log.shelf.export_box(*each) for each in (("a", "one"), ("a", "two"), ("b", "one"))] == [
        None,
        BOX,
        BOX,
    ]
    assert sorted(await log.shelf.exports(10**6)) == [("a", "two"), ("b", "one")]
    assert await log.shelf.exports(0) == [], "only those that are older"
    await log.shelf.drop_exports("a")
    assert await log.shelf.export_box("a", "two") is None


async def test_what_erases_a_conversation_leaves_no_byte_of_its_exports(place: Place) -> None:
    log = await place.open()
    await begun(log, "a", "b")
    await log.shelf.keep_export("a", "one", f"{BOX}-a1")
    await log.shelf.keep_export("a", "two", f"{BOX}-a2")
    await log.shelf.keep_export("b", "one", f"{BOX}-b1")
    assert f"{BOX}-a1".encode() in place.raw()
    await log.erase(erased("a"))
    raw = place.raw()
    assert f"{BOX}-a".encode() not in raw
    assert f"{BOX}-b1".encode() in raw, "the search can find one"
    assert await log.shelf.export_box("a", "one") is None
    assert await log.shelf.export_box("b", "one") == f"{BOX}-b1"
    await log.close()


async def test_other_relays_have_it_too_and_write_over_it(place: Place, tmp_path: Path) -> None:
    if not isinstance(place, NatsPlace):
        return  # one machine has one relay
    other_folder = tmp_path / "other"
    other_folder.mkdir()
    one, other = await place.open(), await place.open(other_folder)
    await begun(one, "a")
    await one.shelf.keep_export("a", "one", BOX)
    assert await other.shelf.export_box("a", "one") == BOX
    await other.shelf.keep_export("a", "two", BOX)
    await one.erase(erased("a"))
    while await other.has_news("a", 0) and (await other.read(0, 1, "a"))[0].kind != "erased":
        pass
    assert await other.shelf.export_box("a", "one") is None
    await other.close()
    assert BOX.encode() not in b"".join(file.read_bytes() for file in other_folder.iterdir() if file.is_file())
    await one.close()
