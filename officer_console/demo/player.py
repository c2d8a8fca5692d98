"""Plays one person's story: what happens and the time go in, what she does comes out. No clock, no network.

The same story, random numbers and events give the same conversation. Times are milliseconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import cycle
from random import Random
from typing import Final, Literal

import msgspec

from .story import End, Rule, Story, Topics, When, mentions

SHORTEST_TYPING: Final = 600
LONGEST_TYPING: Final = 30_000
READS_MS: Final = (1_000, 30, 9_000)
"""Milliseconds to read a message: at least, for each letter more, and at most."""
HESITATES: Final = 0.2
"""How often a line is begun, left, and begun again."""
MOST_AT_ONCE: Final = 2
"""How many things in one message she answers."""
PATIENCE: Final = (
    Rule("waiting", after=1500, end="closed"),
    Rule("silence", after=900, end="closed"),
    Rule("released", after=900, end="closed"),
    Rule("closed", after=150, end="closed"),
)
"""After so many seconds anybody gives up, whatever her story says."""

State = Literal["opening", "waiting", "held", "closed", "erased"]


class Type(msgspec.Struct, frozen=True):
    """She begins or stops typing."""

    on: bool


class Say(msgspec.Struct, frozen=True):
    """She sends a line."""

    text: str


class Leave(msgspec.Struct, frozen=True):
    """She goes."""

    how: End


class Network(msgspec.Struct, frozen=True):
    """Her network is lost, or there again."""

    there: bool


Action = Type | Say | Leave | Network
Plan = list[tuple[int, Action]]


class Player:
    """One person, played. Tell what happens, do what is `due`, come back at `wake_at` at the latest."""

    def __init__(self, story: Story, topics: Topics, random: Random) -> None:
        self.story = story
        self._topics = topics
        self._random = random
        self._left = [*story.rules, *PATIENCE]
        self._answered: list[Rule] = []
        self._nods, self._unsure = cycle(story.nods), cycle(story.unsure)
        self._plan: deque[tuple[int, Action]] = deque()
        self._unread: list[str] = []
        self._reads_at = 0
        self._state: State = "opening"
        self._since: dict[When, int] = {}  # what lasts now -> since when

    # ---- what happens ----

    def begin(self, now: int) -> None:
        """She is there; her first line is written."""
        self._since = {"waiting": now}
        first, *others = self.story.opening
        self._plan.append((now, Say(first)))
        self._write(others, now)

    def stands(self, state: State, now: int) -> None:
        """How her conversation stands, as her page shows it."""
        if state == self._state:
            return
        lasting: dict[State, list[When]] = {
            "waiting": ["released" if self._state == "held" else "waiting"],
            "held": ["claimed", "silence"],
            "closed": ["closed"],
        }
        self._state = state
        back = {when: since for when, since in self._since.items() if when == "back"}
        self._since = dict.fromkeys(lasting.get(state, []), now) | back
        if state == "closed":
            self._drop_plan(now)

    def sees_typing(self, now: int) -> None:
        """The officer types: that is no silence."""
        self._stir_silence(now)

    def heard(self, text: str, now: int) -> None:
        """The officer has written; she reads it, and what comes meanwhile, before she answers."""
        self._stir_silence(now)
        self._unread.append(text)
        least, each, most = READS_MS
        self._reads_at = max(now, self._reads_at) + min(least + each * len(text), most)

    # ---- what she does ----

    def due(self, now: int) -> list[Action]:
        """What she does now, in order."""
        self._react(now)
        actions: list[Action] = []
        while self._plan and self._plan[0][0] <= now:
            at, action = self._plan.popleft()
            self._stir_silence(at)
            if action == Network(True):
                self._since["back"] = at
            actions.append(action)
        return actions

    def wake_at(self) -> int:
        """When something is due if nothing happens before."""
        reads = [self._reads_at] if self._unread else []
        planned = [at for at, _action in [*self._plan][:1]]
        return min([*reads, *planned] or [self._next_by_itself()[0]])

    # ---- inside ----

    def _react(self, now: int) -> None:
        if self._unread and self._reads_at <= now:
            text = "\n".join(self._unread)
            self._unread.clear()
            self._answer(text, now)
        if not self._plan and not self._unread:
            at, rule = self._next_by_itself()
            if at <= now:
                self._follow(rule, now)

    def _next_by_itself(self) -> tuple[int, Rule]:
        """The rule that comes next when nothing happens, and when it does; there is one in every state."""
        timed = [(self._since[rule.when] + 1000 * rule.after, rule) for rule in self._left if rule.when in self._since]
        return min(timed, key=lambda each: each[0], default=(2**62, Rule()))

    def _answer(self, text: str, now: int) -> None:
        fitting = [rule for rule in self._left if self._about(rule, text)][:MOST_AT_ONCE]
        for rule in fitting:
            self._follow(rule, now)
            self._answered.append(rule)
        if not fitting:
            self._write([self._repeated(text) or next(self._nods)], now)

    def _repeated(self, text: str) -> str:
        """The answer to a question that no rule is left for: what she said to it before, or that she isn't sure."""
        if "?" not in text:
            return ""
        told = (rule.say[0] for rule in self._answered if rule.say and self._about(rule, text))
        return next(told, "") or next(self._unsure)

    def _about(self, rule: Rule, text: str) -> bool:
        stems = [stem for topic in rule.topics for stem in self._topics[topic]]
        return rule.when == "asked" and mentions(text, [*stems, *rule.words])

    def _follow(self, rule: Rule, now: int) -> None:
        self._left.remove(rule)
        self._write(rule.say, now)
        at = self._end_of_plan(now) + self._pause()
        if rule.lost:
            self._plan += [(at, Network(False)), (at + 1000 * rule.lost, Network(True))]
        if rule.end and not self._leaving:
            self._plan.append((at, Leave(rule.end)))

    def _write(self, lines: Iterable[str], now: int) -> None:
        for line in lines:
            if not self._leaving:
                self._plan += self._typed(line, self._end_of_plan(now) + self._pause())

    def _typed(self, line: str, at: int) -> Plan:
        takes = min(max(int(1000 * len(line) / self.story.pace), SHORTEST_TYPING), LONGEST_TYPING)
        if self._random.random() >= HESITATES:
            return [(at, Type(True)), (at + takes, Say(line))]
        stops = at + takes // 3
        again = stops + self._pause()
        return [(at, Type(True)), (stops, Type(False)), (again, Type(True)), (again + takes, Say(line))]

    def _drop_plan(self, now: int) -> None:
        """What she was about to say is said to nobody now."""
        self._unread.clear()
        self._plan = deque([(now, Type(False)), *(each for each in self._plan if isinstance(each[1], Network))])

    def _stir_silence(self, now: int) -> None:
        if "silence" in self._since:
            self._since["silence"] = max(now, self._since["silence"])

    @property
    def _leaving(self) -> bool:
        return any(isinstance(action, Leave) for _at, action in self._plan)

    def _pause(self) -> int:
        return int(1000 * self._random.uniform(*self.story.think))

    def _end_of_plan(self, now: int) -> int:
        return max(now, self._plan[-1][0] if self._plan else now)
