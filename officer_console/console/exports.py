"""`officer-console exports list` and `practise`: real conversations that are kept to practise on.

Each is fetched anew from the relay, where its key goes when the visitor erases. What is opened goes through a pipe into
a fresh process that practises and has no way to a relay; it is in no file.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Final, TypeVar

from officer_console.client.api import Desk, LinkPhase
from officer_console.config import Config
from officer_console.console.hardening import harden
from officer_console.console.main import Asked, need_terminal
from officer_console.console.words import refusal, trouble
from officer_console.errors import UserError
from officer_console.locale import N_, _, ngettext
from officer_console.model.exports import Export
from officer_console.model.text import one_line
from officer_console.practice.exporting import countersigned
from officer_console.protocol.refusals import Refused

PATIENCE_S: Final = 30.0
"""Seconds within which the relay has told everything, and within which it hands over a session."""
SHORT: Final = 6
"""Characters of the short name: one that has been in the list stays so."""
NAME: Final = 60
KEY_S: Final = 4.0
AGAIN_S: Final = 0.4
"""Seconds for which it is asked for again while it can't be opened, and between."""
WHY: Final = {
    "no_export": N_("it can't be opened any more: it was withdrawn, or the conversation erased"),
    "unknown": N_("it can't be opened any more: it was withdrawn, or the conversation erased"),
    "erased": N_("it can't be opened any more: it was withdrawn, or the conversation erased"),
    "bad_signature": N_("it can't be opened: a shift lead must log in to give you the key, or a signature is wrong"),
    "unsure": N_("the connection to the relay has ended"),
}
"""Refusals of `fetch` that mean something of their own here."""
ENDINGS: Final = (signal.SIGTERM, signal.SIGHUP)
ROLES: Final = frozenset({"officer", "lead", "trainer"})
_Got = TypeVar("_Got")


def run(args: argparse.Namespace, config: Config) -> int:
    """The subcommand that was asked for. Raises UserError."""
    harden()
    if args.action == "practise":
        need_terminal()
    from officer_console.client.open_desk import open_desk

    return act(args, open_desk(config, Asked().ask))


def act(args: argparse.Namespace, desk: Desk) -> int:
    """The same with a desk that is not running yet; it is closed before anybody practises. Raises UserError."""
    if desk.role not in ROLES:
        raise UserError(_("only officers, shift leads and trainers practise on real conversations"))
    if args.action == "list":
        rows = asyncio.run(_online(desk, _listed))
        print("\n".join(rows))
        return 0
    session = asyncio.run(_online(desk, lambda it: _opened(it, args.export)))
    return hand_over(session, _options(args))


# ---- the desk --------------------------------------------------------------------------------------------------------


async def _online(desk: Desk, ask: Callable[[Desk], Awaitable[_Got]]) -> _Got:
    """Ask the desk something once it has heard everything; then it is closed. Raises UserError."""
    _progress(_("Connecting to the relay…"))
    running = asyncio.create_task(desk.run())
    asking = asyncio.create_task(_when_ready(desk, ask))
    try:
        await asyncio.wait({running, asking}, return_when=asyncio.FIRST_COMPLETED)
        if not asking.done():
            running.result()
            raise UserError(_("the connection to the relay has ended"))
        return asking.result()
    finally:
        for task in (asking, running):
            task.cancel()
        await asyncio.gather(asking, running, return_exceptions=True)


async def _when_ready(desk: Desk, ask: Callable[[Desk], Awaitable[_Got]]) -> _Got:
    news, told = asyncio.Event(), False
    forget = desk.subscribe(lambda change: news.set())
    try:
        async with asyncio.timeout(PATIENCE_S):
            while desk.link.phase is not LinkPhase.ONLINE:
                if desk.link.phase in (LinkPhase.REFUSED, LinkPhase.STOPPED):
                    raise UserError(trouble(desk.link) or refusal(desk.link.problem))
                if desk.link.phase is LinkPhase.RECONNECTING and not told:
                    told = True
                    _progress(_("The relay cannot be reached; trying again…"))
                news.clear()
                await news.wait()
            return await ask(desk)
    except TimeoutError:
        why = _("the relay {url} has not answered within {n} s; “officer-console doctor” tells what is wrong")
        raise UserError(why.format(url=one_line(desk.link.relay_url, 200), n=round(PATIENCE_S))) from None
    finally:
        forget()


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# ---- list ------------------------------------------------------------------------------------------------------------


async def _listed(desk: Desk) -> list[str]:
    seen = visible(desk)
    told = ngettext("{n} real conversation to practise on", "{n} real conversations to practise on", len(seen))
    return [*(_row(desk, number, each) for number, each in enumerate(seen, 1)), told.format(n=len(seen))]


def visible(desk: Desk) -> list[Export]:
    """Those that stand, the newest first; for trainers only what is countersigned."""
    return [each for each in desk.exports.all() if desk.role != "trainer" or each.countersigned]


def _row(desk: Desk, number: int, export: Export) -> str:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(export.at / 1000))
    lead = one_line(desk.name(export.by), NAME)
    told = [_("redacted by {name}").format(name=lead), _standing(desk, export)]
    return f"{number:>3}  {short(export)}  {when}  {', '.join(told)}"


def short(export: Export) -> str:
    """A short name, which tells nothing of the conversation and stays when others come."""
    return hashlib.sha256(export.id.encode()).hexdigest()[:SHORT]


def _standing(desk: Desk, export: Export) -> str:
    if not export.countersigned:
        return _("nobody has countersigned it yet")
    return _("countersigned by {name}").format(name=one_line(desk.name(export.countersigned), NAME))


# ---- practise --------------------------------------------------------------------------------------------------------


async def _opened(desk: Desk, which: str) -> bytes:
    """The session that was asked for, with the name of who countersigned it. Raises UserError, SessionError."""
    export = chosen(visible(desk), which)
    if not export.countersigned:
        raise UserError(_standing(desk, export))
    _progress(_("Fetching it from the relay…"))
    return countersigned(await _fetched(desk, export), one_line(desk.name(export.countersigned), NAME))


def chosen(exports: Sequence[Export], which: str) -> Export:
    """By its number in the list or its short name; "": the newest that is ready. Raises UserError."""
    if not which:
        found = [each for each in exports if each.countersigned][:1]
    elif which.isdecimal() and 0 < int(which) <= len(exports):
        found = [exports[int(which) - 1]]
    else:
        found = [each for each in exports if short(each) == which.lower()]
    if len(found) != 1:
        told = _("there is no such real conversation to practise on; “{command}” shows all")
        raise UserError(told.format(command="officer-console exports list"))
    return found[0]


async def _fetched(desk: Desk, export: Export) -> bytes:
    """Asked for again while the key is not there: nothing tells that a shift lead has handed it over. Raises
    UserError."""
    until = time.monotonic() + KEY_S
    session, code = await _asked_for(desk, export)
    while code == "bad_signature" and time.monotonic() < until:
        await asyncio.sleep(AGAIN_S)
        session, code = await _asked_for(desk, export)
    if code:
        raise UserError(_(WHY[code]) if code in WHY else refusal(code))
    return session


async def _asked_for(desk: Desk, export: Export) -> tuple[bytes, str]:
    answer: asyncio.Future[tuple[bytes, str]] = asyncio.get_running_loop().create_future()

    def done(session: bytes, code: str) -> None:
        if not answer.done():
            answer.set_result((session, code))

    try:
        desk.exports.fetch(export.cid, done)
    except Refused as refused:
        return b"", refused.code
    return await answer


# ---- the process that practises --------------------------------------------------------------------------------------


def hand_over(session: bytes, options: Sequence[str]) -> int:
    """Practise on it in a fresh process of this program; gives its exit code."""
    reading, writing = os.pipe()
    command = [sys.executable, "-m", "officer_console", "practice", "start", "--session-fd", str(reading), *options]
    try:
        child = subprocess.Popen(command, pass_fds=[reading])
    except BaseException:
        os.close(writing)
        raise
    finally:
        os.close(reading)
    with child, _passed_on(child):
        _pour(writing, session)
        code = child.wait()
    return code if code >= 0 else 128 - code


def _pour(writing: int, data: bytes) -> None:
    """Write all of it, unless nobody reads, and close."""
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(writing, view) :]
    except BrokenPipeError:
        pass  # it tells itself why it has ended
    finally:
        os.close(writing)


@contextlib.contextmanager
def _passed_on(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """What asks us to end asks the child, which puts the terminal back as it was."""
    before = {number: signal.signal(number, lambda sent, _frame: child.send_signal(sent)) for number in ENDINGS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _options(args: argparse.Namespace) -> list[str]:
    """As the practice command takes them."""
    given = {
        "--speed": args.speed, "--feedback": args.feedback, "--seed": args.seed,
        "--config": getattr(args, "config", None), "--language": getattr(args, "language", None),
    }  # fmt: skip
    words = [word for name, value in given.items() if value is not None for word in (name, str(value))]
    return [*words, "--replay"] if args.replay else words
