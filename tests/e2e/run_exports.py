"""`officer-console …` of somebody whose keys are at hand: `python -m tests.e2e.run_exports FOLDER exports practise`, as
tests.e2e.run_desk puts him there; "-" has a desk in memory with one real conversation to practise on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec

from officer_console import cli
from officer_console.client import open_desk
from officer_console.demo.world import There
from officer_console.practice.exporting import exported
from tests.console.kept_exports import KeptExports, RunningDesk, export
from tests.practice.real import FRENCH, about, decisions, lines


def main() -> int:
    folder, *words = sys.argv[1:]
    desk = in_memory() if folder == "-" else of(Path(folder))
    open_desk.open_desk = lambda config, ask: desk
    return cli.main(words)


def of(folder: Path) -> Any:
    enrolled = msgspec.json.decode((folder / "member.json").read_bytes(), type=There).enrolled()
    return open_desk.desk_of(enrolled, folder)


def in_memory() -> Any:
    shown = lines(FRENCH)
    session = exported(shown, (), decisions(shown, "fr"), about())
    return RunningDesk(KeptExports([(export("real", 1), session)]))


if __name__ == "__main__":
    sys.exit(main())
