"""`officer-console enrol`: found the desk with a founding code, or join it with an invitation."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from officer_console.config import Config
from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.model.text import one_line
from officer_console.paths import config_dir
from officer_console.protocol.founding import PREFIX, FoundingCode, NotAFoundingCode, parse_founding_code
from officer_console.vault.base64url import b64
from officer_console.vault.enrolment import Invitation
from officer_console.vault.identity import Identity, write_root
from officer_console.vault.keyring import KeyStore
from officer_console.vault.paper import fingerprint, root_paper
from officer_console.vault.primitives import signing_public

from .enrolling import Enrolled, FoundedDesk, Joiner, found_desk
from .profile import account, key_store, new_profile, profiles

ROOT_FILE: Final = "root-key.sealed"
NAME_LENGTH: Final = 60


class Person(msgspec.Struct, frozen=True):
    """How to ask the person at the keyboard: a line, or a passphrase that is not shown."""

    line: Callable[[str], str] = input
    secret: Callable[[str], str] = getpass.getpass


def ask_passphrase(person: Person) -> Callable[[bool], str]:
    """Asks for the passphrase of the key file: twice for a new one."""

    def ask(new: bool) -> str:
        if not new:
            return person.secret(_("Passphrase of your keys: "))
        return _twice(person, _("A new passphrase for your keys (at least 8 characters): "))

    return ask


def run(args: argparse.Namespace, config: Config) -> int:
    """See the module."""
    return enrol(args, config, Person())


def enrol(args: argparse.Namespace, config: Config, person: Person) -> int:
    """Enrol, asking `person` for what the command line leaves out."""
    try:
        code = args.code or person.line(_("Founding code or invitation: "))
        if code.strip().startswith(PREFIX):
            _found(args, config, person, _founding_code(code, args.relay))
        else:
            _join(args, config, person, _invitation(code, args.relay))
    except EOFError:
        raise UserError(_("Nothing was typed; nothing was changed.")) from None
    return 0


def _founding_code(text: str, relay: str) -> FoundingCode:
    try:
        code = parse_founding_code(text)
    except NotAFoundingCode:
        raise UserError(_("This is not a founding code, or a part of it is missing or mistyped.")) from None
    return msgspec.structs.replace(code, url=relay) if relay else code


def _invitation(text: str, relay: str) -> Invitation:
    invitation = Invitation.parse(text)
    invitation.require_time(int(time.time()))
    return msgspec.structs.replace(invitation, relay=relay) if relay else invitation


def _found(args: argparse.Namespace, config: Config, person: Person, code: FoundingCode) -> None:
    store = key_store(config, ask_passphrase(person))
    root_file = config_dir() / ROOT_FILE
    if root_file.exists():
        raise UserError(_("There is a root key in {file} already; move it away first.").format(file=root_file))
    desk_name = args.desk_name or person.line(_("Name of the desk: "))
    name = _name(args, person)
    passphrase = _twice(person, _("A passphrase for the desk's root key (at least 8 characters): "))

    def keep(root: bytes, identity: Identity) -> None:
        write_root(root_file, root, passphrase)
        store.save(account(b64(identity.genesis16)), identity)

    desk = asyncio.run(found_desk(code, name, desk_name, int(time.time()), keep))
    _keep(config, store, desk.lead)
    _tell_founded(desk, desk_name, root_file, store.where)


def _tell_founded(desk: FoundedDesk, desk_name: str, root_file: Path, where: str) -> None:
    print(_("The desk “{desk}” is founded, and you are its first shift lead.").format(desk=one_line(desk_name, 80)))
    print(_("Your keys are kept in {where}.").format(where=where))
    print()
    print(
        _("The root key makes shift leads. It is in {file}: move it to a medium that you lock away.").format(
            file=root_file
        )
    )
    print(_("Copy it by hand onto paper too; this is the only time it is shown:"))
    print("\n" + root_paper(desk.root_priv) + "\n")
    print(
        _("Its fingerprint, to be compared by voice: {print}").format(print=fingerprint(signing_public(desk.root_priv)))
    )
    print(_("Next: officer-console relay officers invite, for each officer; then officer-console."))


def _join(args: argparse.Namespace, config: Config, person: Person, invitation: Invitation) -> None:
    store = key_store(config, ask_passphrase(person))
    enrolled = asyncio.run(_wait_for_lead(invitation, _name(args, person)))
    _keep(config, store, enrolled)
    desk = one_line(enrolled.directory.desk, 80)
    print(_("You belong to the desk “{desk}” now. Your keys are kept in {where}.").format(desk=desk, where=store.where))
    print(_("Begin with: officer-console"))


async def _wait_for_lead(invitation: Invitation, name: str) -> Enrolled:
    joiner = Joiner(invitation, name)
    async with joiner.connect() as talk:
        await joiner.ask(talk)
        told = _("Fingerprint of your key, to be compared by voice: {print}")
        print(told.format(print=fingerprint(joiner.identity.sig_pub)))
        print(
            _("Waiting for the shift lead's console to take you in… (Ctrl+C stops; the invitation stays valid)"),
            flush=True,
        )
        return await joiner.joined(talk)


def _keep(config: Config, store: KeyStore, enrolled: Enrolled) -> None:
    profile = new_profile(enrolled.relay_url, enrolled.identity, enrolled.relay, enrolled.directory)
    store.save(account(profile.genesis), enrolled.identity)
    profiles(config).make_usual(profile)


def _name(args: argparse.Namespace, person: Person) -> str:
    name: str = (args.name or person.line(_("The name that your colleagues will read: "))).strip()
    if not name or len(name) > NAME_LENGTH or one_line(name, NAME_LENGTH) != name:
        raise UserError(_("A name has 1 to {n} visible characters.").format(n=NAME_LENGTH))
    return name


def _twice(person: Person, question: str) -> str:
    first = person.secret(question)
    if person.secret(_("The same again: ")) != first:
        raise UserError(_("The two are not the same; nothing was changed."))
    return first
