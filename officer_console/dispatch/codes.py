"""Why something did not go as it should, as the dispatch side tells it to the officers: code -> one plain sentence."""

from __future__ import annotations

from typing import Final

from officer_console.locale import N_

# the room's system did not take it
UNREACHABLE: Final = "unreachable"
TIMEOUT: Final = "timeout"
SERVER_ERROR: Final = "http_5xx"
TOO_MANY: Final = "http_429"
NOT_TAKEN: Final = "http_4xx"
SIGNATURE: Final = "signature"
GONE: Final = "gone"
REDIRECT: Final = "redirect"
TLS: Final = "tls"
GARBAGE: Final = "garbage"
EXPIRED: Final = "expired"
# the room answered so
TURNED_AWAY: Final = "turned_away"
# this side did not pass it on
UNSEALED: Final = "unsealed"
UNTRUSTED: Final = "untrusted"
PRACTICE: Final = "practice"
LIVE: Final = "live"

SENTENCES: Final = {
    UNREACHABLE: N_("the room's system can't be reached"),
    TIMEOUT: N_("the room's system does not answer in time"),
    SERVER_ERROR: N_("the room's system reports an error of its own"),
    TOO_MANY: N_("the room's system has too much to do"),
    NOT_TAKEN: N_("the room's system does not accept the message"),
    SIGNATURE: N_("the room's system does not accept our signature"),
    GONE: N_("the room's system takes no requests any more"),
    REDIRECT: N_("the room's system has moved to another address"),
    TLS: N_("the room's system can't prove who it is"),
    GARBAGE: N_("the room's system answers something that can't be understood"),
    EXPIRED: N_("it could not be handed over in time"),
    TURNED_AWAY: N_("the room does not take this message"),
    UNSEALED: N_("the dispatch side can't open it"),
    UNTRUSTED: N_("the dispatch side does not trust its signature"),
    PRACTICE: N_("it comes from a practice desk, and this room is a real one"),
    LIVE: N_("it comes from a real desk, and this room is for exercises"),
}
