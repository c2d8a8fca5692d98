"""`officer-console dispatch serve`: hands patrol requests to a room's system."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import ssl
import sys
import time
from pathlib import Path
from typing import Final

import platformdirs

from officer_console.client.enrol import Person, ask_passphrase
from officer_console.client.keychain import Keychain
from officer_console.client.profile import key_store, load_identity, profiles
from officer_console.config import Config, Dispatch
from officer_console.errors import UserError, reason
from officer_console.locale import _
from officer_console.paths import private_dir
from officer_console.relay.quiet import set_up
from officer_console.supervisor import supervised
from officer_console.vault.files import read_file

from .room import RoomKeys
from .service import Membership, require_use, running_dispatch
from .webhook import read_secrets

CREDENTIAL: Final = "keys-passphrase"
"""Name of the file in $CREDENTIALS_DIRECTORY (systemd.exec(5), LoadCredential=) that holds the passphrase of the keys,
for a server at which nobody can type it."""
_TALKATIVE: Final = ("httpx", "httpcore")


def serve(args: argparse.Namespace, config: Config) -> int:
    """Serve until SIGINT or SIGTERM."""
    set_up(config.log)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    settings = config.dispatch
    secrets = _secrets(settings)
    _check_tls(settings)
    asyncio.run(_serve(settings, membership(config), secrets))
    return 0


def membership(config: Config) -> Membership:
    """Whoever is enrolled on this machine with the role dispatch. Raises UserError when nobody is."""
    kept = profiles(config)
    profile = kept.usual()
    directory = profile.directory()
    require_use(config.dispatch.exercise, directory.use)
    member = directory.member(profile.kid, int(time.time()))
    if member.role != "dispatch":
        text = _("{name} is enrolled here, but not for the dispatch room. Ask a shift lead for an invitation for it:")
        command = "officer-console relay officers invite --role dispatch"
        raise UserError(f"{text.format(name=member.name)} {command}")
    identity = load_identity(profile, key_store(config, _passphrase))

    def remember(learnt: Keychain) -> None:
        kept.save(profile.with_directory(learnt.directory, learnt.pin))

    url = config.console.relay_url or profile.relay_url
    return Membership(url, RoomKeys(identity, directory, profile.relay), dispatch_dir(config.dispatch), remember)


def dispatch_dir(settings: Dispatch) -> Path:
    """What the dispatch side keeps: `dispatch.data_dir` or the system's place. Raises UserError."""
    chosen = settings.data_dir
    usual = platformdirs.user_data_path("officer-console", appauthor=False) / "dispatch"
    return private_dir(Path(chosen).expanduser() if chosen else usual)


async def _serve(settings: Dispatch, mine: Membership, secrets: list[bytes]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running_dispatch(settings, mine, secrets) as running, supervised(os.environ):
        print(_("The dispatch side listens on {url}; stop it with Ctrl+C.").format(url=running.url), flush=True)
        await stop.wait()


def _secrets(settings: Dispatch) -> list[bytes]:
    if not settings.url:
        raise UserError(_("Where do requests go? Set dispatch.url to the address of the room's system."))
    if not settings.secret_file:
        text = _(
            "Set dispatch.secret_file to a file with the secret that the room's system shares: one line, whsec_ and"
            " base64."
        )
        raise UserError(text)
    return read_secrets(Path(settings.secret_file).expanduser())


def _passphrase(new: bool) -> str:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    given = read_file(Path(folder) / CREDENTIAL) if folder else None
    if given is not None:
        return given.decode(errors="replace").removesuffix("\n")
    if sys.stdin.isatty():
        return ask_passphrase(Person())(new)
    text = _(
        "The keys are sealed with a passphrase, and there is no terminal to ask for it. Give it as the credential"
        " “{name}” (systemd: LoadCredential={name}:/path/to/file), or start this at a terminal."
    )
    raise UserError(text.format(name=CREDENTIAL))


def _check_tls(settings: Dispatch) -> None:
    if not settings.tls_cert:
        return
    try:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(settings.tls_cert, settings.tls_key, password="")  # never asks at the terminal
    except OSError as error:
        text = _("The certificate {cert} or its key can't be used: {reason}.")
        raise UserError(text.format(cert=settings.tls_cert, reason=reason(error))) from None
