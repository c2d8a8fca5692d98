"""A file system that keeps what is written over is told of: there, no erasure in place is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from officer_console.relay.log.filesystem import keeps_what_is_written_over
from officer_console.relay.log.shelf import Kept, Shelf

from .disk import new_disk

MOUNTS = """
21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard
22 21 0:20 / /srv rw - btrfs /dev/vdb rw,ssd,subvol=/
23 22 0:21 / /srv/keys rw master:2 propagate_from:1 - ext4 /dev/vdc rw
24 21 0:22 / /a\\040b rw - ext4 /dev/vdd rw,data=journal
25 21 0:23 / /pool rw - zfs tank rw
26 21 0:24 / /pool rw - tmpfs tmpfs rw
""".strip()


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        ("/var/lib/officer-console", ""),
        ("/srv/desk", "btrfs"),
        ("/srvs", ""),
        ("/srv/keys/desk", ""),
        ("/a b/desk", "ext4, data=journal"),
        ("/pool/desk", ""),
    ],
)
def test_the_file_system_of_a_folder(folder: str, told: str) -> None:
    assert keeps_what_is_written_over(Path(folder), MOUNTS) == told


@pytest.mark.parametrize("journaled", [False, True])
def test_what_is_told_of_is_so(tmp_path: Path, caplog: pytest.LogCaptureFixture, journaled: bool) -> None:
    disk = new_disk(tmp_path)
    with disk.mounted("loop,data=journal" if journaled else "loop") as folder:
        shelf = Shelf(folder)
        for change in (lambda: shelf.put("o.a", Kept(1, "MARKER of a key")), lambda: shelf.drop("o.a")):
            change()
            shelf.sync()
        shelf.close()
    assert (b"MARKER of a key" in disk.raw()) is journaled
    assert ("can stay readable" in caplog.text) is journaled
