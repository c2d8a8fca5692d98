"""What every connection of one relay shares."""

from __future__ import annotations

import msgspec

from officer_console.config import Relay as RelayConfig

from .access import Doorkeeper
from .connected import Connected
from .figures import Figures
from .founding import FoundingToken
from .hub import Hub
from .joining import Joiners
from .log.interface import Clock, KeyShelf, Log
from .members import Members
from .metrics import Metrics
from .networks import Networks
from .passing import Passing
from .presence import Presence
from .registrar import Registrar
from .roster import Roster
from .standing import Standings
from .tending import Tending


class Context(msgspec.Struct, frozen=True):
    """The parts of a relay. They hold nothing that can't be rebuilt from the log, the shelf and the directory."""

    config: RelayConfig
    clock: Clock
    log: Log
    shelf: KeyShelf
    registrar: Registrar
    roster: Roster
    members: Members
    connected: Connected
    standings: Standings
    passing: Passing
    hub: Hub
    presence: Presence
    networks: Networks
    tending: Tending
    joiners: Joiners
    doorkeeper: Doorkeeper
    token: FoundingToken
    metrics: Metrics
    figures: Figures
