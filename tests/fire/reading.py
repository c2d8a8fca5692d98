"""What was written, read from the relay's files with the desk's key: the transcript that everybody must have."""

from __future__ import annotations

from pathlib import Path

import msgspec

from officer_console.client.channel import Channel
from officer_console.client.keychain import Keychain
from officer_console.model.bodies import Text
from officer_console.model.events import Event, Opened, Said
from officer_console.relay.log.shelf import FILE, OPENING, decode
from officer_console.relay.log.slots import read_all

from .crowd import Line


def read_boxes(folder: Path) -> dict[str, str]:
    """Conversation -> its boxed key, as a relay's file has them."""
    slots = read_all(folder / FILE)
    return {name.removeprefix(OPENING): decode(raw).box for name, raw in slots.items() if name.startswith(OPENING)}


def transcripts(boxes: dict[str, str], chain: Keychain, log: list[Event]) -> dict[str, list[Line]]:
    """Conversation -> its lines, each checked as a console checks it; what does not open is a line too."""
    channels: dict[str, Channel] = {}
    lines: dict[str, list[Line]] = {}
    for event in log:
        match event.what:
            case Opened(h=h):
                opened = msgspec.structs.replace(event, what=Opened(h, boxes[event.cid]))
                channels[event.cid], lines[event.cid] = Channel(chain, opened), []
            case Said(env=env) if env is not None:
                reading = channels[event.cid].read(event, env)
                if reading.fault is not None or reading.body is None:
                    lines[event.cid].append((event.seq, "?", "missing or altered"))
                if isinstance(reading.body, Text):
                    lines[event.cid].append((event.seq, event.by, reading.body.b))
    return lines
