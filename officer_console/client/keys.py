"""`officer-console keys show`, `move` and `forget`: this officer's secret keys on this machine."""

from __future__ import annotations

import argparse

from officer_console.config import Config
from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.vault.keyring import open_store
from officer_console.vault.paper import fingerprint

from .enrol import Person, ask_passphrase
from .profile import Profile, account, key_file, key_store, load_identity, profiles


def run(args: argparse.Namespace, config: Config) -> int:
    """See the module."""
    return act(args, config, Person())


def act(args: argparse.Namespace, config: Config, person: Person) -> int:
    """Show, move or forget, asking `person`."""
    profile = profiles(config).usual()
    {"show": _show, "move": _move, "forget": _forget}[args.action](args, config, person, profile)
    return 0


def _show(args: argparse.Namespace, config: Config, person: Person, profile: Profile) -> None:
    store = key_store(config, ask_passphrase(person))
    identity = load_identity(profile, store)
    print(_("Your keys are in {where}.").format(where=store.where))
    print(_("Name of your key: {kid}").format(kid=identity.kid))
    print(_("Fingerprint, to be compared by voice: {print}").format(print=fingerprint(identity.sig_pub)))


def _move(args: argparse.Namespace, config: Config, person: Person, profile: Profile) -> None:
    ask = ask_passphrase(person)
    old = key_store(config, ask)
    identity = load_identity(profile, old)
    new = open_store(args.to, key_file(config), ask)
    if new.where == old.where:
        raise UserError(_("Your keys are there already: {where}.").format(where=old.where))
    new.save(account(profile.genesis), identity)
    old.delete(account(profile.genesis))
    if args.to == "keyring":
        key_file(config).unlink(missing_ok=True)
    print(_("Your keys are in {where} now.").format(where=new.where))


def _forget(args: argparse.Namespace, config: Config, person: Person, profile: Profile) -> None:
    print(_("Without these keys nothing opens that is unsent on this machine, and you must be invited again."))
    word = _("forget")
    if person.line(_("Type “{word}” to delete them: ").format(word=word)).strip() != word:
        raise UserError(_("Nothing was deleted."))
    key_store(config, ask_passphrase(person)).delete(account(profile.genesis))
    profiles(config).forget(profile)
    print(_("Your keys are deleted from this machine."))
