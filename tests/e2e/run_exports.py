"""`officer-console …` with a desk in memory that has one real conversation to practise on: `python -m
tests.e2e.run_exports exports practise`. What it hands over to is the program itself."""

from __future__ import annotations

import sys
from typing import Any

from officer_console import cli
from officer_console.client import open_desk
from officer_console.practice.exporting import exported
from tests.console.kept_exports import KeptExports, RunningDesk, export
from tests.practice.real import FRENCH, about, decisions, lines


def main() -> int:
    shown = lines(FRENCH)
    session = exported(shown, (), decisions(shown, "fr"), about())
    desk: Any = RunningDesk(KeptExports([(export("real", 1), session)]))
    open_desk.open_desk = lambda config, ask: desk
    return cli.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
