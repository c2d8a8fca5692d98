"""Thousands of visitors and twenty consoles, who come, write, lose the network, return and go, and a relay or a server
that is killed under them."""

from __future__ import annotations

from tests.fire.crowd import Pace
from tests.fire.fire import People
from tests.fire.scenario import Scenario

from .kills import leader_killed, one_of_two_killed, relay_killed
from .stages import alone, cluster

CROWD = People(visitors=2000, consoles=20, pace=Pace(visitor=(10.0, 30.0), officer=(0.3, 1.5), away=4))
FEWER = People(visitors=1000, consoles=20, pace=Pace(visitor=(5.0, 15.0), officer=(0.3, 1.5), away=4))
"""As many as two cores carry together with two relays, three servers and the proxy, and write as much in all."""
RELAY = Scenario(
    "crowd, relay killed", "sqlite", "kill -9 of the relay, up to three times before it may stay", relay_killed, alone,
    hold_s=(0.0, 0.8), aim_s=5.0, people=CROWD, least_s=90.0,
)  # fmt: skip
RELAY_OF_TWO = Scenario(
    "crowd, relay of two killed", "cluster", "kill -9 of a relay; three in ten are stopped in order",
    one_of_two_killed, cluster, goes_on=True, aim_s=5.0, people=FEWER, least_s=90.0,
)  # fmt: skip
LEADER = Scenario(
    "crowd, leader killed", "cluster", "kill -9 of the server that leads the stream", leader_killed, cluster,
    goes_on=True, aim_s=5.0, people=FEWER, least_s=90.0,
)  # fmt: skip
