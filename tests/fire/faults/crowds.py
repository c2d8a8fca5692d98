"""Two thousand visitors and twenty consoles, who come, write, lose the network, return and go, and a relay that is
killed under them."""

from __future__ import annotations

from tests.fire.crowd import Pace
from tests.fire.fire import People
from tests.fire.scenario import Scenario

from .kills import relay_killed
from .stages import alone

CROWD = People(visitors=2000, consoles=20, pace=Pace(visitor=(10.0, 30.0), officer=(0.3, 1.5), away=4))
RELAY = Scenario(
    "crowd, relay killed", "sqlite", "kill -9 of the relay, up to three times before it may stay", relay_killed, alone,
    hold_s=(0.0, 0.8), people=CROWD, least_s=90.0,
)  # fmt: skip
