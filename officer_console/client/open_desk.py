"""Opens the desk of whoever is enrolled on this machine."""

from __future__ import annotations

import os
import time
from pathlib import Path

from officer_console.config import Config
from officer_console.model.roster import Duty
from officer_console.vault.keyring import Ask

from .desk import OfficerDesk
from .enrolling import Enrolled
from .keychain import Keychain
from .profile import key_store, load_identity, profiles


def open_desk(config: Config, ask: Ask) -> OfficerDesk:
    """The desk of the usual profile. Raises UserError when nobody is enrolled, the keys are missing, or another
    console of this officer is open on this machine."""
    kept = profiles(config)
    profile = kept.usual()
    identity = load_identity(profile, key_store(config, ask))
    chain = Keychain(identity, profile.directory(), profile.relay)

    def remember(learnt: Keychain) -> None:
        kept.save(profile.with_directory(learnt.directory, learnt.pin))

    url = config.console.relay_url or profile.relay_url
    own = config.console
    duty = Duty(since=0, capacity=own.capacity, languages=own.languages, departments=own.departments)
    return OfficerDesk(url, chain, kept.folder(profile.genesis), remember, wall_clock, os.urandom, duty)


def desk_of(enrolled: Enrolled, folder: Path) -> OfficerDesk:
    """The desk of somebody whose keys are in memory only, with what is unsent in `folder`."""
    chain = Keychain(enrolled.identity, enrolled.directory, enrolled.relay)
    return OfficerDesk(enrolled.relay_url, chain, folder, lambda learnt: None, wall_clock, os.urandom)


def wall_clock() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000
