"""Plays a story without clock or network."""

from __future__ import annotations

from random import Random

from officer_console.demo.player import Action, Leave, Network, Player, Say, State
from officer_console.demo.story import Rule, Story, load_topics


def told(*rules: Rule, **other: object) -> Story:
    """A short story with these rules."""
    plain: dict[str, object] = {
        "title": "t",
        "language": "fr",
        "danger": "some",
        "pace": 10,
        "think": (1, 2),
        "opening": ["bonjour"],
        "nods": ["ok", "d'accord"],
        "unsure": ["je sais pas", "aucune idée"],
    }
    return Story(**(plain | {"rules": list(rules)} | other))  # type: ignore[arg-type]


class Stage:
    """One player and her time, in ms; `log` is all that she did, with when."""

    def __init__(self, story: Story, seed: int = 1) -> None:
        self.player = Player(story, load_topics(story.language), Random(seed))
        self.now = 0
        self.log: list[tuple[int, Action]] = []
        self.player.begin(0)
        self.stands("waiting")
        self.wait(0)

    def wait(self, seconds: float) -> list[str]:
        """Let time pass; gives what she said meanwhile."""
        before, end = len(self.log), self.now + int(seconds * 1000)
        while not self.left and (at := self.player.wake_at()) <= end:
            self.now = max(at, self.now)
            self.log += [(self.now, action) for action in self.player.due(self.now)]
        self.now = end
        return [action.text for _at, action in self.log[before:] if isinstance(action, Say)]

    def stands(self, state: State) -> None:
        self.player.stands(state, self.now)

    def taken(self) -> None:
        self.stands("held")

    def asks(self, text: str, within: float = 45) -> list[str]:
        """The officer writes; gives what she says in the seconds after."""
        self.player.heard(text, self.now)
        return self.wait(within)

    @property
    def left(self) -> str:
        return next((action.how for _at, action in self.log if isinstance(action, Leave)), "")

    @property
    def network(self) -> list[tuple[int, bool]]:
        return [(at, action.there) for at, action in self.log if isinstance(action, Network)]
