"""`officer-console relay init` and `officer-console relay serve`."""

from __future__ import annotations

import argparse
import asyncio
import gc
import ssl
from collections.abc import Callable
from typing import Final

from officer_console.config import Config
from officer_console.errors import UserError, reason
from officer_console.locale import _
from officer_console.paths import relay_dir
from officer_console.protocol.founding import FoundingCode, make_founding_code
from officer_console.vault.primitives import kid, signing_public

from .founding import FoundingToken, relay_key
from .log.sqlite import is_founded
from .quiet import set_up
from .service import running_relay, wall_clock

GARBAGE: Final = 20_000
"""New objects between two searches for cycles: the relay makes hardly any, and searching as often as Python does costs
it one message in twenty."""


def init(args: argparse.Namespace, config: Config) -> int:
    """Make the relay's folder and key, and print a founding code while the desk is not founded."""
    folder = relay_dir(config.relay.data_dir)
    key = relay_key(folder)
    print(_("The relay's data are in {folder}.").format(folder=folder))
    if is_founded(folder):
        print(_("The desk is founded already; new officers join with an invitation of a shift lead."))
        return 0
    token = FoundingToken(folder, wall_clock).renew()
    code = FoundingCode(config.relay.public_url, token, kid(signing_public(key)))
    print(_("Start the relay with: officer-console relay serve"))
    print(_("Then, within 30 minutes, the first shift lead founds the desk on her own machine with:"))
    print(f"\n    officer-console enrol {make_founding_code(code)}\n")
    return 0


def serve(args: argparse.Namespace, config: Config) -> int:
    """Serve until SIGINT or SIGTERM."""
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
