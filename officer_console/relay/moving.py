"""`officer-console relay move`: a desk from one machine's file to a cluster, with every event under its own number.

It copies beside a relay that still runs, and again what came since; the last run, with that relay stopped, opens the
cluster. Whatever interrupts it, it is run again and goes on where it was. At the end both sides are read and compared.
`--wipe` comes after it, once the cluster has relays with the keys: what is erased there is to be gone here too.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import Progress

from officer_console.config import CLUSTER, Config
from officer_console.errors import UserError
from officer_console.locale import N_, _
from officer_console.paths import relay_dir
from officer_console.vault.primitives import kid, signing_public

from .founding import relay_key
from .log.extra import require_cluster

PREFIX: Final = "sqlite:"
_AT_LAST: Final = (
    N_("The desk is moved. Start its relays with: officer-console relay serve --log {to}"),
    N_("Each needs relay.key of {folder} in its own folder. Keep the old log until they run."),
    N_("Then write over its keys, which no erasure reaches any more: officer-console relay move --to {to} --wipe"),
)


def move(args: argparse.Namespace, config: Config) -> int:
    """Copy, compare, and open the cluster when nobody uses the file any more."""
    require_cluster()
    if CLUSTER.fullmatch(args.to) is None:
        raise UserError(_("--to must be the address of a cluster like nats://one,two,three."))
    folder = Path(args.source.removeprefix(PREFIX) or config.relay.data_dir or relay_dir()).expanduser()
    if not (folder / "log.db").exists():
        raise UserError(_("There is no relay's log in {folder}.").format(folder=folder))
    if args.wipe:
        return _wipe(folder, args.to)
    with _alone(folder) as last:
        asyncio.run(_move(folder, args.to, config.relay.copies, last=last))
    told = (
        _AT_LAST if last else (N_("A relay still uses {folder}. Stop it and run this again: it copies what is new."),)
    )
    for sentence in told:
        print(_(sentence).format(folder=folder, to=args.to))
    return 0


def _wipe(folder: Path, to: str) -> int:
    """Write over what is left of the desk's keys in a folder that was moved from. Raises UserError."""
    from .log.shelf import Shelf

    with _alone(folder) as alone:
        if not alone:
            raise UserError(_("A relay still uses {folder}. Stop it first.").format(folder=folder))
        asyncio.run(_require_arrived(folder, to))
        with contextlib.closing(Shelf(folder)) as shelf:
            names = shelf.names()
            for name in names:
                shelf.drop(name)
            shelf.sync()
    print(_("{keys} keys in {folder} are written over.").format(keys=len(names), folder=folder))
    print(_("What is left there is sealed, and nobody has its keys there; you can delete the folder."))
    return 0


async def _require_arrived(folder: Path, to: str) -> None:
    """Raises UserError unless a relay of the cluster has every key."""
    from .log.address import parse
    from .log.making import connected
    from .log.nats_copy import require_arrived

    async with connected(parse(to)) as link:
        await require_arrived(link, parse(to), folder, kid(signing_public(relay_key(folder))))


async def _move(folder: Path, to: str, copies: int, *, last: bool) -> None:
    from .log.address import parse
    from .log.making import connected, patiently
    from .log.nats_copy import Copy

    screen = Console(stderr=True)
    with contextlib.closing(_reader(folder)) as db, Progress(console=screen, transient=True) as progress:
        async with connected(parse(to)) as link:
            copy = Copy(link, parse(to), copies, folder, db)
            ours = kid(signing_public(relay_key(folder)))
            await patiently(lambda: copy.begin(ours))
            bar = progress.add_task(_("events"), total=copy.newest())
            count = await copy.events(lambda done: progress.update(bar, completed=done))
            await copy.directory()
            keys = await copy.keys()
            if last:  # before that, what is erased meanwhile makes a difference
                checking = progress.add_task(_("check"), total=copy.newest())
                await copy.check(lambda done: progress.update(checking, completed=done))
                await copy.finish()
    print(_("{count} events copied, {keys} keys.").format(count=count, keys=keys))
    if last:
        text = _("Both sides have {count} events, and the same is in them (SHA-256 {hash}).")
        print(text.format(count=copy.count, hash=copy.hash))


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether no relay uses the folder; none can begin to meanwhile."""
    from .log.lock import lock

    try:
        handle = lock(folder)
    except UserError:
        yield False
        return
    try:
        yield True
    finally:
        os.close(handle)


def _reader(folder: Path) -> sqlite3.Connection:
    """Reads beside a relay that writes. Raises UserError."""
    from .log.sqlite_file import SCHEMA

    try:
        db = sqlite3.connect(folder / "log.db", isolation_level=None)
        (version,) = db.execute("PRAGMA user_version").fetchone()
    except sqlite3.Error as error:
        text = _("The relay's log in {folder} can't be opened ({reason}). Is the disk full or read-only?")
        raise UserError(text.format(folder=folder, reason=error)) from None
    if version != SCHEMA:
        db.close()
        raise UserError(
            _("The log in {folder} is of another version; start this version's relay on it once.").format(folder=folder)
        )
    return db
