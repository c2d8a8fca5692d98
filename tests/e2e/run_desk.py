"""A console, the lead's view or the wallboard of a member whose keys are at hand: `python -m tests.e2e.run_desk FOLDER
console|lead|wall`. What officer_console.demo.world writes of one lies in FOLDER/member.json."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from officer_console.client.enrolling import Enrolled
from officer_console.client.keychain import as_frames
from officer_console.client.open_desk import desk_of
from officer_console.config import Config, Console
from officer_console.demo.world import There
from officer_console.locale import set_language


def put(enrolled: Enrolled, folder: Path) -> None:
    """Leave a member there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    entries = as_frames(enrolled.directory.entries)
    there = There(enrolled.relay_url, enrolled.identity.text(), enrolled.relay, entries)
    (folder / "member.json").write_bytes(msgspec.json.encode(there))


def main() -> int:
    set_language("en")
    folder, what = Path(sys.argv[1]), sys.argv[2]
    enrolled = msgspec.json.decode((folder / "member.json").read_bytes(), type=There).enrolled()
    desk, config = desk_of(enrolled, folder), Config(console=Console(bell=False))
    if what == "wall":
        from officer_console.console.wall.main import require_wall, show

        require_wall(desk.role)
        return show(desk, config)
    from officer_console.console.main import show as show_console

    return show_console(desk, config, lead=what == "lead")


if __name__ == "__main__":
    sys.exit(main())
