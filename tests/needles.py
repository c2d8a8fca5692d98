"""Bytes that must not be somewhere, in every form in which they could be; and the memory of a process to look into."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

NOT_MEMORY = ("[vvar", "[vsyscall]")
"""What stands among a process's maps and can't be read as memory."""


def base64_forms(data: bytes) -> Iterator[bytes]:
    """What stays the same of `data` wherever it stands in something that is base64, in both alphabets."""
    for before in range(3):
        padded = bytes(before) + data
        encoded = base64.urlsafe_b64encode(padded)
        whole = encoded[-(-before * 8 // 6) : len(padded) * 8 // 6]
        yield whole
        yield whole.translate(bytes.maketrans(b"-_", b"+/"))


def text_forms(text: str) -> set[bytes]:
    return {text.encode(coding) for coding in ("utf-8", "utf-16-le", "utf-32-le")} | set(base64_forms(text.encode()))


def key_forms(key: bytes) -> set[bytes]:
    return {key, key[::-1], key.hex().encode(), *base64_forms(key)}


def found(hay: bytes, needles: Iterable[bytes]) -> int:
    """How many of the needles are in it."""
    return sum(needle in hay for needle in needles)


def memory(pid: int) -> Iterator[bytes]:
    """All that a process can read, map by map."""
    maps = [line.split(maxsplit=5) for line in Path(f"/proc/{pid}/maps").read_text().splitlines()]
    try:
        with open(f"/proc/{pid}/mem", "rb", buffering=0) as mem:
            for where, rights, *rest in maps:
                if "r" in rights and not (len(rest) == 4 and rest[3].startswith(NOT_MEMORY)):
                    begin, end = (int(each, 16) for each in where.split("-"))
                    yield piece(mem.fileno(), begin, end)
    except PermissionError:
        pytest.skip("this system lets nobody read another process's memory (ptrace is forbidden)")


def piece(mem: int, begin: int, end: int) -> bytes:
    """What can be read of one map; a page that nobody has touched may not be there."""
    parts = []
    while begin < end:
        try:
            parts.append(os.pread(mem, end - begin, begin))
        except OSError:
            break
        begin += len(parts[-1])
    return b"".join(parts)
