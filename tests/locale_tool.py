"""The catalogue of the program's words: `python -m tests.locale_tool extract|update|compile`.

extract  writes a template of every marked string beside the catalogues
update   merges the strings of the source into every language's .po
compile  writes the .mo that the program reads, from every .po
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import officer_console
from officer_console.locale import DOMAIN, FOLDER

PACKAGE = Path(officer_console.__file__).parent
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}

ARGPARSE = (
    "usage: ",
    "positional arguments",
    "options",
    "show this help message and exit",
    "%(prog)s: error: %(message)s\n",
    "argument %(argument_name)s: %(message)s",
    "the following arguments are required: %s",
    "unrecognized arguments: %s",
    "invalid choice: %(value)r (choose from %(choices)s)",
    "expected one argument",
    "ignored explicit argument %r",
)
"""The words of Python's own argparse that users of this program can meet."""


def catalogues() -> list[Path]:
    return sorted(FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def extracted() -> Catalog:
    """Every string that the source marks, with the files that have it."""
    found = Catalog(project="officer-console", charset="utf-8", header_comment="# The words of officer-console.")
    for message in ARGPARSE:
        found.add(message, locations=[("argparse", 0)])
    for file, _line, message, comments, context in extract_from_dir(PACKAGE, keywords=KEYWORDS):
        found.add(message, locations=[(f"officer_console/{file}", 0)], auto_comments=comments, context=context)
    return found


def read(file: Path) -> Catalog:
    with file.open("rb") as source:
        return read_po(source, locale=file.parts[-3], domain=DOMAIN)


def template() -> Path:
    return FOLDER / f"{DOMAIN}.pot"


def extract() -> Iterable[Path]:
    _write(template(), extracted())
    yield template()


def update() -> Iterable[Path]:
    words = extracted()
    for file in catalogues():
        catalogue = read(file)
        catalogue.update(words, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        _write(file, catalogue)
        yield file


def compile() -> Iterable[Path]:
    for file in catalogues():
        compiled = io.BytesIO()
        write_mo(compiled, read(file))
        file.with_suffix(".mo").write_bytes(compiled.getvalue())
        yield file.with_suffix(".mo")


def _write(file: Path, catalogue: Catalog) -> None:
    text = io.BytesIO()
    write_po(text, catalogue, width=110, include_lineno=False, sort_output=True)
    file.write_bytes(text.getvalue())


if __name__ == "__main__":
    tools = {"extract": extract, "update": update, "compile": compile}
    chosen = tools.get(sys.argv[1]) if len(sys.argv) == 2 else None
    if chosen is None:
        sys.exit(__doc__)
    for written in chosen():
        print(written)
