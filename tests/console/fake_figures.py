"""Figures of a FakeDesk: made by the real functions from invented counts, and levers."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from officer_console.client.api import FiguresAnswer as Answer
from officer_console.model.figures import Key
from officer_console.model.shown_figures import Report, report

BY_HOUR = (6, 5, 4, 3, 2, 1, 1, 1, 2, 3, 3, 4, 4, 4, 4, 3, 4, 5, 6, 8, 9, 10, 9, 8)
"""About how many come in each hour."""
WAITS = ("30", "30", "60", "60", "60", "120", "300")
NIGHT_WAITS = ("120", "300", "300", "600", "more")
LENGTHS = ("900", "1800", "3600", "3600", "7200", "more")


class FakeFigures:
    """See `client.api.Figures`."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.counted: list[str] = []
        self.refuse = ""  # code that figures are refused with
        self.quiet = False  # whether nobody ever came
        self.late: list[Callable[[], None]] | None = None  # answers that are held back, when a list

    # what the screens see

    def ask(self, first: str, last: str, answered: Callable[[Answer], None]) -> None:
        self.asked.append((first, last))
        answer = Answer(code=self.refuse) if self.refuse else Answer(self.made(first, last))
        if self.late is not None:
            return self.late.append(lambda: answered(answer))
        answered(answer)

    def count_referral(self, kind: str) -> None:
        self.counted.append(kind)

    # what they are made of

    def made(self, first: str, last: str) -> Report:
        start, end = date.fromisoformat(first), date.fromisoformat(last)
        days = [(start + timedelta(days=n)).isoformat() for n in range((end - start).days + 1)]
        zero = int(datetime.combine(start, datetime.min.time(), UTC).timestamp()) // 3600
        counts: Counter[Key] = Counter()
        for hour in range(zero, zero + 24 * len(days)) if not self.quiet else ():
            counts.update(an_hour(hour))
        return report(counts.items(), days, _place)


def _place(hour: int) -> tuple[str, int]:
    at = datetime.fromtimestamp(hour * 3600, UTC)
    return at.date().isoformat(), at.hour


def an_hour(hour: int) -> Counter[Key]:
    """The same each time for the same hour."""
    chance, found = random.Random(hour), Counter[Key]()
    for _ in range(chance.randrange(BY_HOUR[hour % 24] + 1)):
        found.update((hour, measure, value) for measure, value in _one(chance, night=hour % 24 < 6))
    return found


def _one(chance: random.Random, *, night: bool) -> list[tuple[str, str]]:
    """What one person counts for."""
    if chance.random() < 0.08:
        return [("arrived", ""), ("left", "")]
    wait = chance.choice(NIGHT_WAITS if night else WAITS)
    one = [("arrived", ""), ("wait", wait), ("answer", wait), ("closed", ""), ("length", chance.choice(LENGTHS))]
    outcomes = ("advised", "referred", "complaint", "patrol", "no_answer", "abuse")
    places = ("75", "69", "13", "59", "974", "2A", "33", "unknown")
    one += [
        ("outcome", chance.choices(outcomes, (30, 40, 8, 2, 10, 4))[0]),
        ("language", chance.choices(("fr", "en", "ar", "pt", "unknown"), (80, 8, 4, 1, 2))[0]),
        ("department", chance.choices(places, (20, 12, 10, 9, 3, 1, 6, 30))[0]),
        ("urgency", chance.choices(("red", "amber", "none"), (1, 4, 20))[0]),
    ]
    if chance.random() < 0.5:
        one += [("referred", ""), ("referral", chance.choice(("helpline", "helpline", "association", "shelter")))]
    return one + [("patrol", ""), ("patrol_acknowledged", "")] * (chance.random() < 0.03)
