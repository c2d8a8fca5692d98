"""`officer-console relay officers list` and `invite`: who belongs to the desk, and taking somebody in."""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path

from officer_console.config import Config
from officer_console.errors import UserError
from officer_console.locale import N_, _
from officer_console.model.text import one_line
from officer_console.paths import config_dir
from officer_console.protocol.frames import Directory, Joining
from officer_console.vault.chain import Directory as Members
from officer_console.vault.chain import Member
from officer_console.vault.enrolment import INVITATION_S, Invitation, JoinRequest
from officer_console.vault.errors import VaultError
from officer_console.vault.identity import read_root

from .enrol import ROOT_FILE, Person, ask_passphrase
from .enrolling import log_in, take_in
from .exchange import Exchange, exchange
from .keychain import Keychain
from .profile import Profile, Profiles, key_store, load_identity, profiles

ROLES = {
    "lead": N_("shift lead"),
    "officer": N_("officer"),
    "trainer": N_("trainer"),
    "dispatch": N_("dispatch room"),
    "wall": N_("wallboard"),
}


def run(args: argparse.Namespace, config: Config) -> int:
    """See the module."""
    return act(args, config, Person())


def act(args: argparse.Namespace, config: Config, person: Person) -> int:
    """List or invite, asking `person` for passphrases."""
    kept = profiles(config)
    profile = kept.usual()
    identity = load_identity(profile, key_store(config, ask_passphrase(person)))
    chain = Keychain(identity, profile.directory(), profile.relay)
    url = config.console.relay_url or profile.relay_url
    if args.action == "list":
        asyncio.run(_list(url, chain))
    else:
        root = _root(person) if args.role == "lead" else None
        asyncio.run(_invite(url, chain, args.role, root))
    _remember(kept, profile, chain)
    return 0


def _remember(kept: Profiles, profile: Profile, chain: Keychain) -> None:
    kept.save(profile.with_directory(chain.directory, chain.pin))


def _root(person: Person) -> bytes:
    default = config_dir() / ROOT_FILE
    print(_("Only the desk's root key makes a shift lead."))
    path = person.line(_("File of the root key [{file}]: ").format(file=default)).strip()
    return read_root(Path(path).expanduser() if path else default, person.secret(_("Its passphrase: ")))


async def _list(url: str, chain: Keychain) -> None:
    async with exchange(url, chain, chain.heads) as talk:
        await log_in(talk, chain)
    for row in rows(chain.directory, int(time.time())):
        print(row)


def rows(directory: Members, now: int) -> list[str]:
    """One line for each member: name, role, name of the key, until when. `now` in s."""
    members = sorted(directory.members.values(), key=lambda each: (each.role != "lead", each.name.casefold()))
    return [_row(member, now) for member in members]


def _row(member: Member, now: int) -> str:
    day = time.strftime("%Y-%m-%d", time.gmtime(member.exp))
    until = _("until {day}").format(day=day) if member.exp > now else _("ended on {day}").format(day=day)
    return f"{one_line(member.name, 40):<40}  {_(ROLES[member.role]):<16}  {member.kid}  {until}"


async def _invite(url: str, chain: Keychain, role: str, root: bytes | None) -> None:
    async with exchange(url, chain, chain.heads) as talk:
        welcome = await log_in(talk, chain)
        if welcome.role != "lead":
            raise UserError(_("Only a shift lead can invite."))
        genesis, now = chain.directory.genesis, int(time.time())
        invitation = Invitation.create(url, chain.pin.kid, genesis, role, now)  # type: ignore[arg-type]
        print(_("Hand this invitation over in person; it is valid for one hour and for one person:"))
        print(f"\n    officer-console enrol {invitation.text()}\n")
        print(_("Waiting for that person… (Ctrl+C ends it, and makes the invitation void)"), flush=True)
        try:
            async with asyncio.timeout(INVITATION_S):
                print(_("{name} has joined the desk.").format(name=await _take_in_next(talk, chain, invitation, root)))
        except TimeoutError:
            raise UserError(_("Nobody came; the invitation is not valid any more.")) from None


async def _take_in_next(talk: Exchange, chain: Keychain, invitation: Invitation, root: bytes | None) -> str:
    while True:
        asked = await talk.until(Joining, Directory)
        if isinstance(asked, Directory):  # another lead's statement: ours must follow it
            chain.learn(asked.entries, asked.wraps)
            talk.learnt(chain.heads)
            continue
        assert isinstance(asked, Joining)
        if asked.invite != invitation.id:
            continue
        join = JoinRequest(asked.invite, asked.request, asked.mac, asked.sig)
        try:
            publish = take_in(chain, invitation, join, int(time.time()), root)
        except VaultError as error:
            print(_("A request was refused: {reason}").format(reason=error), flush=True)
            continue
        await talk.command(publish)
        chain.learn(publish.entries, [])
        return one_line(list(chain.directory.members.values())[-1].name, 60)
