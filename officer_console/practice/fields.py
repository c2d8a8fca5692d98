"""What the fields of a session's file may hold, and its limits."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta

from officer_console.model.bodies import OUTCOMES
from officer_console.model.patrol import LIMITS
from officer_console.model.signals import SIGNALS

VERSION: Final = 1
"""Version of the format; the first line carries it as `practice`."""
SUFFIX: Final = ".jsonl"
RECORD: Final = "record"
"""What a branch goes to when the visitor follows the record again."""
ANY: Final = "any"
"""In a condition, any referral or any signal."""
MOST_LINES: Final = 20_000
MOST_BYTES: Final = 16 * 2**20
MOST_LINE: Final = 64 * 2**10
LONGEST_MS: Final = 366 * 86_400_000

Act = Literal[
    "safety_asked", "whereabouts_asked", "address_asked", "call_asked", "injury_asked", "weapon_asked",
    "children_asked", "suicide_asked", "identity_asked", "wish_asked", "open_question", "closed_question",
    "several_questions", "validation", "presence", "blame", "pressure", "doubt", "promise", "jargon", "consent_asked",
    "patrol_told", "instruction", "next_step", "goodbye", "greeting",
]  # fmt: skip
"""What a reply of an officer does, as analysis.py finds it."""
Urgency = Literal["red", "amber", "none"]
Signal = Annotated[str, Meta(pattern="^(" + "|".join(SIGNALS) + ")$")]
AnySignal = Annotated[str, Meta(pattern="^(" + "|".join((ANY, *SIGNALS)) + ")$")]
Outcome = Annotated[str, Meta(pattern="^(" + "|".join(OUTCOMES) + ")$")]
Field = Annotated[str, Meta(pattern="^(" + "|".join(LIMITS) + ")$")]
Id = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,59}$")]
Ms = Annotated[int, Meta(ge=0, le=LONGEST_MS)]
Seconds = Annotated[int, Meta(ge=1, le=86_400)]
Words = Annotated[str, Meta(min_length=1, max_length=4000)]
Short = Annotated[str, Meta(min_length=1, max_length=300)]
Count = Annotated[int, Meta(ge=1, le=20)]
RoomState = Literal[
    "delivered", "opened", "accepted", "assigned", "on_the_way", "on_scene", "refused", "closed", "question",
]  # fmt: skip
PatrolEvent = Literal["sent", "cancelled", "accepted", "assigned", "on_the_way", "on_scene", "refused", "closed"]
