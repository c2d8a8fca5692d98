"""Times as the console writes them. All arguments are in milliseconds."""

from __future__ import annotations

import time

from officer_console.locale import _

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000


def span(ms: int) -> str:
    """A length of time in the two units that matter: `8 s`, `3 min`, `1 h 05`, `2 d`."""
    if ms < MINUTE:
        return _("{n} s").format(n=max(0, ms) // SECOND)
    if ms < HOUR:
        return _("{n} min").format(n=ms // MINUTE)
    if ms < DAY:
        return _("{hours} h {minutes:02}").format(hours=ms // HOUR, minutes=ms % HOUR // MINUTE)
    return _("{n} d").format(n=ms // DAY)


def of_day(ms: int) -> str:
    """The time on the wall, `14:05`, of this machine's zone."""
    return time.strftime("%H:%M", time.localtime(ms / SECOND))


def brief(ms: int) -> str:
    """A length of time in at most four cells."""
    if ms < MINUTE:
        return _("{n}s").format(n=max(0, ms) // SECOND)
    if ms < HOUR:
        return _("{n}m").format(n=ms // MINUTE)
    if ms < 10 * HOUR:
        return _("{hours}h{minutes:02}").format(hours=ms // HOUR, minutes=ms % HOUR // MINUTE)
    if ms < DAY:
        return _("{n}h").format(n=ms // HOUR)
    return _("{n}d").format(n=min(ms // DAY, 999))
