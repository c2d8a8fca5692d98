"""New desk keys in time: a shift lead's console makes the next one when the newest is a day old."""

from __future__ import annotations

from typing import Final

from officer_console.protocol.commands import Publish
from officer_console.vault.directory import issue_desk_key
from officer_console.vault.errors import VaultError
from officer_console.vault.statements import Use

from .keychain import Keychain, as_frames

RENEW_S: Final = 24 * 3600
"""Age in seconds at which the newest desk key gets a successor."""


def next_desk_key(chain: Keychain, now: int) -> Publish | None:
    """The statement and the wraps of a new desk key, if it is time for one, or if the newest is lost: a relay that was
    restored has the list, and nobody's keys. `now` in s. Raises Untrusted."""
    try:
        newest = chain.directory.desk_key(now)
        if now - newest.nbf < RENEW_S and newest.kid in chain.keys:
            return None
    except VaultError:
        pass  # none is valid any more: high time
    return new_desk_key(chain, now, "live")


def new_desk_key(chain: Keychain, now: int, use: Use) -> Publish:
    """The statement and the wraps of a new desk key. `now` in s. Raises Untrusted."""
    entry, priv = issue_desk_key(chain.directory, chain.identity.sig_priv, now, use=use)
    longer = chain.directory.extend([entry])
    name = max(longer.desk_keys.values(), key=lambda key: key.n).kid
    chain.keys.add(name, priv)
    return Publish(as_frames([entry]), chain.keys.wraps(name, longer.holders(use, max(now, longer.at))))


def practice_key_in_force(chain: Keychain, now: int) -> bool:
    """Whether conversations can be kept to practise on at `now` (s), and be read by who keeps them."""
    try:
        return chain.directory.desk_key(now, "practice").kid in chain.keys
    except VaultError:
        return False
