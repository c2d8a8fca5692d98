"""The streams of a desk: what they must be like, how they are made, and how it is told that they are not so."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any, Final

from officer_console.errors import UserError
from officer_console.locale import _

from .address import Address
from .nats_link import ApiError, Link

NOT_FOUND: Final = 10059
NO_MESSAGE: Final = 10037
HEARD_S: Final = 2.5
"""Seconds since a copy was heard after which it does not count; a leader hears from each every second."""
COUNTED_S: Final = 8.0
"""Seconds within which a server that is there must be counted."""
AGAIN_S: Final = 0.5
_NO_COPIES: Final = frozenset({10074, 10005})
"""JetStream's codes for a server that is alone, or a cluster that has too few."""
_ALIKE: Final[dict[str, Any]] = {
    "retention": "limits",
    "max_msgs": -1,
    "max_bytes": -1,
    "max_age": 0,
    "max_consumers": -1,
    "discard": "new",
    "allow_direct": True,
    "deny_delete": False,
    "deny_purge": False,
}
MADE_ONCE: Final = frozenset({"storage", "retention"})
"""What JetStream never changes of a stream."""


class Streams:
    """Names, subjects and settings of the three streams of a desk; `copies`: on how many servers each is kept."""

    def __init__(self, address: Address, copies: int) -> None:
        name = address.name
        self.events, self.directory, self.keys = f"{name}-events", f"{name}-directory", f"{name}-keys"
        self.event_subject, self.directory_subject = f"{name}.events.", f"{name}.directory"
        self.key_subject, self.talk = f"{name}.keys.", f"{name}.relays"
        self._copies = copies
        self._address = address

    def settings(self) -> dict[str, dict[str, Any]]:
        """Stream -> what it must be like. The keys are in memory: what a file of a stream once had, its logs keep."""
        shapes: tuple[tuple[str, str, str, int], ...] = (
            (self.events, self.event_subject + "*", "file", -1),
            (self.directory, self.directory_subject, "file", -1),
            (self.keys, self.key_subject + ">", "memory", 1),
        )
        return {
            name: {
                **_ALIKE, "name": name, "subjects": [subject], "storage": storage,
                "max_msgs_per_subject": each, "num_replicas": self._copies,
            }
            for name, subject, storage, each in shapes
        }  # fmt: skip

    async def require(self, link: Link) -> dict[str, str]:
        """What is noted of the desk. Raises UserError when a stream is missing or another than it must be."""
        for name, wanted in self.settings().items():
            if name == self.keys:  # any relay makes it: it is gone when all servers were stopped
                await self.make_keys(link)
                continue
            wrong = _differences((await self._info(link, name))["config"], wanted)
            if wrong:
                raise UserError(
                    _("The stream {name} of {where} has other settings than the desk needs ({keys}). {mend}").format(
                        name=name, where=self._address.told, keys=", ".join(wrong), mend=self._mend()
                    )
                )
        return await self.notes(link)

    async def notes(self, link: Link) -> dict[str, str]:
        """What is noted beside the events: the relays' common key, and where a move has got to."""
        noted: Mapping[str, str] = (await self._info(link, self.events))["config"].get("metadata") or {}
        return {key: value for key, value in noted.items() if not key.startswith("_nats")}

    async def note(self, link: Link, **notes: str) -> None:
        """Add to what is noted; an empty text takes a note away."""
        info = await self._info(link, self.events)
        kept = {key: value for key, value in ((info["config"].get("metadata") or {}) | notes).items() if value}
        await link.ask(f"STREAM.UPDATE.{self.events}", {**info["config"], "metadata": kept})

    async def make(self, link: Link, first_seq: int = 1) -> None:
        """Make what is missing, and change what is another and can be changed. Raises UserError."""
        for name, wanted in self.settings().items():
            try:
                config = (await link.ask(f"STREAM.INFO.{name}"))["config"]
            except ApiError as error:
                if error.code != NOT_FOUND:
                    raise
                await self._create(link, name, wanted)
                continue
            wrong = _differences(config, wanted)
            if MADE_ONCE.intersection(wrong):
                text = _("The stream {name} of {where} can't be used: its {keys} can't be changed. Take another name.")
                raise UserError(text.format(name=name, where=self._address.told, keys=", ".join(wrong)))
            if wrong:
                await self._change(link, f"STREAM.UPDATE.{name}", {**config, **wanted})

    async def make_keys(self, link: Link) -> bool:
        """Make the stream of keys when it is missing; whether it was."""
        try:
            await link.ask(f"STREAM.INFO.{self.keys}")
        except ApiError as error:
            if error.code != NOT_FOUND:
                raise
            await self._create(link, self.keys, self.settings()[self.keys])
            return True
        return False

    async def _info(self, link: Link, name: str) -> dict[str, Any]:
        try:
            return await link.ask(f"STREAM.INFO.{name}")
        except ApiError as error:
            if error.code != NOT_FOUND:
                raise
            text = _("There is no stream {name} at {where}. {mend}")
            raise UserError(text.format(name=name, where=self._address.told, mend=self._mend())) from None

    async def _create(self, link: Link, name: str, wanted: dict[str, Any]) -> None:
        await self._change(link, f"STREAM.CREATE.{name}", wanted)

    async def _change(self, link: Link, api: str, wanted: dict[str, Any]) -> None:
        """A server that has just come back is not counted at once: what has too few is asked for once more."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(COUNTED_S):
                while not await self._changed(link, api, wanted):
                    await asyncio.sleep(AGAIN_S)
                return
        text = _("{where} has too few servers to keep {n} copies; for a trial on one server set relay.copies to 1.")
        raise UserError(text.format(where=self._address.told, n=self._copies))

    async def _changed(self, link: Link, api: str, wanted: dict[str, Any]) -> bool:
        """False when there are too few servers."""
        try:
            await link.ask(api, wanted)
        except ApiError as error:
            if error.code in _NO_COPIES:
                return False
            raise
        return True

    def _mend(self) -> str:
        text = _("Make or mend it with: officer-console relay init --log {where}")
        return text.format(where=self._address.told)


def _differences(config: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Settings in which a stream is another; what JetStream leaves out is false."""
    return sorted(key for key, value in wanted.items() if config.get(key, False) != value)


def is_led(cluster: Mapping[str, Any] | None) -> bool:
    """Whether a stream has a leader that has heard from most of its copies lately, by what STREAM.INFO says of its
    cluster (None: there is none). One that is cut off from the others does not know it for 10 s."""
    if cluster is None:
        return True
    copies = cluster.get("replicas") or []
    heard = [each for each in copies if not each.get("offline") and each.get("active", 0) < HEARD_S * 1e9]
    return bool(cluster.get("leader")) and 2 * (len(heard) + 1) > len(copies) + 1
