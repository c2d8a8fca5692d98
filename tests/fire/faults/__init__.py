"""All that is done to a desk under fire, in the order in which it is done; what comes first is done in a short run."""

from __future__ import annotations

from typing import Final

from tests.fire.scenario import Scenario

from . import clocks, crowds, disks, kills, partitions, stops, wires

SCENARIOS: Final[tuple[Scenario, ...]] = (
    kills.RELAY,
    wires.CUT,
    kills.LEADER,
    disks.RELAY,
    kills.CONSOLES,
    clocks.RELAY,
    partitions.LEADER,
    stops.RELAY,
    wires.REORDERED,
    kills.RELAY_OF_TWO,
    kills.NODE,
    wires.DELAYED,
    wires.THROTTLED,
    partitions.RELAY,
    stops.RELAY_OF_TWO,
    stops.HANGS_OF_TWO,
    stops.HANGS,
    stops.LEADER,
    disks.NODE,
    partitions.NODE,
    stops.NODE,
    clocks.CLIENTS,
    crowds.RELAY,
    crowds.RELAY_OF_TWO,
    crowds.LEADER,
)
