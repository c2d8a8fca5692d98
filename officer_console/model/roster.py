"""Who is on duty, and how: what consoles tell of themselves, and what the relay tells everybody. In no log."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Code = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9-]{1,8}\Z")]
Doing = Literal["here", "break", "leaving"]
"""Ready to take, on a break, or at the end of the shift: takes nothing new."""
Time = Annotated[int, Meta(ge=0, le=2**53)]


class Duty(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How an officer is on duty. `since` ms of the relay's clock: when the shift began. `capacity`: conversations he
    holds at most of his own accord. `languages` (ISO 639-1) and `departments` (their numbers) he is there for; none
    means all. `debrief`: he has had a grave conversation and nobody has talked about it with him yet. `rested` ms: when
    his last break ended; 0: he has had none."""

    since: Time
    capacity: Annotated[int, Meta(ge=1, le=50)] = 5
    doing: Doing = "here"
    languages: Annotated[tuple[Code, ...], Meta(max_length=30)] = ()
    departments: Annotated[tuple[Code, ...], Meta(max_length=120)] = ()
    debrief: bool = False
    rested: Time = 0


class OnDuty(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An officer as the relay knows him. `linked`: a console of his is connected; `seen` ms: since when it is, or is
    not."""

    kid: str
    role: str
    duty: Duty
    linked: bool = True
    seen: int = 0
