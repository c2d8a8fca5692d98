"""How the connection stands, as the screens see it."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class LinkPhase(StrEnum):
    """Where the connection stands."""

    CONNECTING = "connecting"  # never connected yet
    CATCHING_UP = "catching_up"  # logged in, events are still coming
    ONLINE = "online"
    RECONNECTING = "reconnecting"
    REFUSED = "refused"  # the relay does not let us in; `problem` says why; tried again by itself, slowly
    STOPPED = "stopped"  # for good; `problem` says why; tried again by `retry` only


class LinkState(msgspec.Struct, frozen=True):
    """The truth about the connection. Times in ms of this machine's clock; `problem`: a refusal's code or "network";
    `disk`: why this machine's disk takes no drafts at this moment (they are kept in memory), or ""."""

    phase: LinkPhase = LinkPhase.CONNECTING
    since: int = 0
    last_beat: int = 0
    retry_at: int = 0
    unsent: int = 0
    skew: int = 0  # relay's clock minus ours, ms
    problem: str = ""
    on_duty: tuple[str, ...] = ()
    relay_url: str = ""
    desk_name: str = ""
    disk: str = ""
    rooms: tuple[str, ...] = ()  # members of the dispatch role who are connected
