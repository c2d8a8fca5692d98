"""The trainee's own seal for his attempts, when he is enrolled on this machine."""

from __future__ import annotations

from officer_console.client.profile import key_store, load_identity, profiles
from officer_console.config import Config
from officer_console.console.main import Asked
from officer_console.errors import UserError
from officer_console.vault.local import LocalSeal


def own_seal(config: Config) -> LocalSeal | None:
    """What seals his attempts; None when nobody is enrolled here. His keys are used for nothing else, and not kept.

    Raises UserError when they can't be opened.
    """
    try:
        profile = profiles(config).usual()
    except UserError:
        return None
    return LocalSeal(load_identity(profile, key_store(config, Asked().ask)))
