"""`python -m tests.bench NAME [--json]`: figures, no tests. `--help` says which there are; `relay` has the next three
in it."""

from __future__ import annotations

import argparse
import importlib

from . import report

BENCHES = ("relay", "log", "growth", "prosody", "console", "patrol", "practice", "referrals", "triage", "lead")


def main() -> int:
    """Run one bench and print its report."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("bench", choices=BENCHES)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    args = parser.parse_args()
    figures = importlib.import_module(f"tests.bench.{args.bench}").run()
    print(report.as_json(figures) if args.json else report.as_table(figures))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
