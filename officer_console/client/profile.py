"""What this machine remembers of each desk that somebody here belongs to: nothing secret, everything pinned.

A desk's folder lies under the state folder and is named by the desk's genesis; one desk is the usual one.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

import msgspec

from officer_console.config import Config
from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.paths import config_dir, private_dir, state_dir
from officer_console.protocol.commands import Entry
from officer_console.vault.base64url import b64, unb64
from officer_console.vault.chain import Directory
from officer_console.vault.files import read_file, replace_file
from officer_console.vault.identity import Identity
from officer_console.vault.keyring import Ask, KeyStore, open_store

from .keychain import RelayPin, as_frames

_FILE: Final = "profile.json"
_USUAL: Final = "usual-desk"
_KEY_FILE: Final = "keys.sealed"


class Profile(msgspec.Struct, frozen=True):
    """One member of one desk: where its relay is, which key the relay has, and the list of officers last verified."""

    relay_url: str
    genesis: str
    kid: str
    relay: RelayPin
    entries: list[Entry]

    def directory(self) -> Directory:
        """The verified list. Raises Untrusted when the file was tampered with."""
        return Directory.verify(self.entries, unb64(self.genesis, 16))

    def with_directory(self, directory: Directory, relay: RelayPin) -> Profile:
        """The profile after more was learnt."""
        return msgspec.structs.replace(self, relay=relay, entries=as_frames(directory.entries))


def new_profile(relay_url: str, identity: Identity, relay: RelayPin, directory: Directory) -> Profile:
    """The profile of somebody who has just been enrolled."""
    return Profile(relay_url, b64(identity.genesis16), identity.kid, relay, as_frames(directory.entries))


class Profiles:
    """The profiles in a state folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def usual(self) -> Profile:
        """The profile that the console takes. Raises UserError when nobody is enrolled here."""
        name = read_file(self._folder / _USUAL)
        profile = self._read(name.decode()) if name else None
        if profile is None:
            raise UserError(
                _(
                    "Nobody is enrolled on this machine yet. Run “officer-console enrol” with the invitation that"
                    " your shift lead gives you, or try “officer-console demo”."
                )
            )
        return profile

    def _read(self, genesis: str) -> Profile | None:
        data = read_file(self.folder(genesis) / _FILE)
        try:
            return msgspec.json.decode(data, type=Profile) if data is not None else None
        except msgspec.DecodeError:
            text = _("The file {file} is damaged; restore it, or enrol again.")
            raise UserError(text.format(file=self.folder(genesis) / _FILE)) from None

    def save(self, profile: Profile) -> None:
        """Keep a profile; not one whose list is shorter than what is kept: a console and a command can run side by
        side, and what was once seen must not be forgotten."""
        with contextlib.suppress(UserError):  # a damaged one is replaced
            kept = self._read(profile.genesis)
            if kept is not None and kept.kid == profile.kid and len(kept.entries) > len(profile.entries):
                return
        replace_file(self.folder(profile.genesis) / _FILE, msgspec.json.encode(profile))

    def make_usual(self, profile: Profile) -> None:
        """Keep a profile, and take it from now on."""
        self.save(profile)
        replace_file(self._folder / _USUAL, profile.genesis.encode())

    def forget(self, profile: Profile) -> None:
        """Take no profile any more; what is unsent stays in the desk's folder, sealed."""
        (self._folder / _USUAL).unlink(missing_ok=True)
        (self.folder(profile.genesis) / _FILE).unlink(missing_ok=True)

    def folder(self, genesis: str) -> Path:
        """The folder of one desk."""
        return private_dir(self._folder / f"desk-{genesis}")


def profiles(config: Config) -> Profiles:
    """Those of this user. Raises UserError when the folder can't be used."""
    return Profiles(state_dir(config.console.state_dir))


def account(profile_genesis: str) -> str:
    """The name of a desk's item in the keyring."""
    return f"desk {profile_genesis}"


def key_file(config: Config) -> Path:
    """The passphrase file, when keys are kept in one."""
    return Path(config.keys.file).expanduser() if config.keys.file else config_dir() / _KEY_FILE


def key_store(config: Config, ask: Ask) -> KeyStore:
    """Where this user's keys are kept. Raises NoKeyring."""
    return open_store(config.keys.store, key_file(config), ask)


def load_identity(profile: Profile, store: KeyStore) -> Identity:
    """The keys of a profile. Raises UserError when they are not there."""
    identity = store.load(account(profile.genesis))
    if identity is None:
        text = _("Your keys are not in {where}. If they were moved, set keys.store or keys.file; or enrol again.")
        raise UserError(text.format(where=store.where))
    return identity
