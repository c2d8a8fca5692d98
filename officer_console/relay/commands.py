"""`officer-console relay init` and `officer-console relay serve`."""

from __future__ import annotations

import argparse
import asyncio
import gc
import ssl
from collections.abc import Callable
from typing import Final

import msgspec

from officer_console.config import CLUSTER, Config
from officer_console.errors import UserError, reason
from officer_console.locale import _
from officer_console.paths import relay_dir
from officer_console.protocol.founding import FoundingCode, make_founding_code
from officer_console.vault.primitives import kid, signing_public

from .founding import FoundingToken, relay_key
from .log.extra import require_cluster
from .log.sqlite_file import is_founded
from .quiet import set_up
from .service import running_relay, wall_clock

GARBAGE: Final = 20_000
"""New objects between two searches for cycles: the relay makes hardly any, and searching as often as Python does costs
it one message in twenty."""


def init(args: argparse.Namespace, config: Config) -> int:
    """Make the relay's folder and key, and print a founding code while the desk is not founded."""
    config = _with_log(args, config)
    folder = relay_dir(config.relay.data_dir)
    key = relay_key(folder)
    print(_("The relay's data are in {folder}.").format(folder=folder))
    if config.relay.log:
        require_cluster()
        from .log.making import make

        code = asyncio.run(make(config.relay, folder, kid(signing_public(key)), wall_clock))
    else:
        code = "" if is_founded(folder) else FoundingToken(folder, wall_clock).renew()
    if not code:
        print(_("The desk is founded already; new officers join with an invitation of a shift lead."))
        return 0
    print(_("Start the relay with: officer-console relay serve") + _log_option(args))
    print(_("Then, within 30 minutes, the first shift lead founds the desk on her own machine with:"))
    founding = FoundingCode(config.relay.public_url, code, kid(signing_public(key)))
    print(f"\n    officer-console enrol {make_founding_code(founding)}\n")
    return 0


def _with_log(args: argparse.Namespace, config: Config) -> Config:
    """The configuration with the log that the command names. Raises UserError."""
    if not args.log:
        return config
    if CLUSTER.fullmatch(args.log) is None:
        raise UserError(_("--log must be the address of a cluster like nats://one,two,three."))
    return msgspec.structs.replace(config, relay=msgspec.structs.replace(config.relay, log=args.log))


def _log_option(args: argparse.Namespace) -> str:
    return f" --log {args.log}" if args.log else ""


def serve(args: argparse.Namespace, config: Config) -> int:
    """Serve until SIGINT or SIGTERM."""
    config = _with_log(args, config)
    set_up(config.log)
    _check_tls(config)
    gc.set_threshold(GARBAGE)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(config))
    return 0


async def _serve(config: Config) -> None:
    async with running_relay(config, signals=True) as relay:
        print(_("The relay listens on {url}; stop it with Ctrl+C.").format(url=relay.url), flush=True)
        if not relay.relay.context.members.founded:
            print(_("The desk is not founded yet: run “officer-console relay init” for a code."), flush=True)


def _check_tls(config: Config) -> None:
    if not config.relay.tls_cert:
        return
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
            config.relay.tls_cert, config.relay.tls_key, password=""
        )  # never asks at the terminal
    except OSError as error:
        text = _("The certificate {cert} or its key can't be used: {reason}.")
        raise UserError(text.format(cert=config.relay.tls_cert, reason=reason(error))) from None


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
