"""`python -m tests.fire.stepped FILE WORD...`: `officer-console WORD...` with a clock on the wall that can be stepped.

FILE has the step as text, in seconds; it is read at each look at the clock. Linux has one clock on the wall for all
processes, time namespaces included, so stepping it for one program alone takes a stand-in: here `time.time` and
`time.time_ns`, by which all of this program tells the time of day. Clocks that only count on, by which it waits, are
left as they are: a step of the real one does not move them either. A library between program and system would step
those too, or not be heard by servers that ask the kernel themselves.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

_time_ns = time.time_ns


def step_by(file: Path) -> None:
    """From now on this process tells the time with the file's step."""

    def time_ns() -> int:
        return _time_ns() + int(float(file.read_text() or 0) * 1e9)

    time.time_ns = time_ns
    time.time = lambda: time_ns() / 1e9


def main() -> int:
    step_by(Path(sys.argv[1]))
    from officer_console.cli import main as officer_console  # after the step, whatever it imports

    sys.argv[1:2] = []
    return officer_console()


if __name__ == "__main__":
    raise SystemExit(main())
