"""What the desk promises and when somebody is told that it is not kept. All in seconds; the relay's config has them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Span = Annotated[int, Meta(ge=1, le=86_400)]
Advance = Annotated[int, Meta(ge=0, le=86_400)]


class Timers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`wait_target_s`: within it a waiting visitor should have an officer. `ahead_red_s`, `ahead_amber_s`: by so much
    an urgent one goes before those who began to wait earlier. `network_step_s`: by so much one goes behind for each
    other of the same network that waited already.

    `answer_warn_s`, `answer_lead_s`, `answer_return_s`: taken and unanswered for so long, the officer is warned, then
    the lead told, then it goes back to the queue. `gone_return_s`: so does what an officer holds whose console is gone.
    `offer_s`: a hand-over that nobody answers ends. `keep_for_s`: a visitor who comes back, or whom an officer in
    particular fits, is kept for him so long.
    """

    wait_target_s: Span = 180
    ahead_red_s: Advance = 7200
    ahead_amber_s: Advance = 1800
    network_step_s: Advance = 120
    answer_warn_s: Span = 90
    answer_lead_s: Span = 180
    answer_return_s: Span = 420
    gone_return_s: Span = 120
    offer_s: Span = 120
    keep_for_s: Advance = 120
