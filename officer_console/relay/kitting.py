"""`officer-console relay kit FOLDER`: what an operator needs beside the program, written out as files to be read and
altered: systemd units, a container file, an example of a cluster, a dashboard, alert rules."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from officer_console.config import Config
from officer_console.errors import UserError, reason
from officer_console.locale import _, ngettext


def run(args: argparse.Namespace, config: Config) -> int:
    """Write the files into a folder; one that is there already stays as it is."""
    written, kept = 0, []
    for name, source in sorted(contents()):
        target = Path(args.folder) / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                file.write(source.read_bytes())
        except FileExistsError:
            kept.append(target)
        except OSError as error:
            text = _("{file} can't be written: {reason}")
            raise UserError(text.format(file=target, reason=reason(error))) from error
        else:
            written += 1
            print(target)
    for each in kept:
        print(_("{file} is there already and stays as it is.").format(file=each))
    print(ngettext("{n} file written.", "{n} files written.", written).format(n=written))
    return 0


def contents() -> Iterator[tuple[str, Traversable]]:
    """Each file of the kit: its path in it, and where it is read from."""
    yield from _below(files("officer_console.relay") / "kit", "")


def _below(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _below(each, f"{path}{each.name}/")
        else:
            yield f"{path}{each.name}", each
