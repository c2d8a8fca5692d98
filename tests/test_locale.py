"""The words people read: the French catalogue is whole and true to its source, and no string escapes it."""

from __future__ import annotations

import argparse
import ast
import inspect
import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message
from babel.messages.mofile import read_mo

import officer_console
from officer_console import locale
from officer_console.locale import LANGUAGES, N_, _, language, ngettext, set_language, system_language
from tests import escaped_strings, locale_tool

PACKAGE = Path(officer_console.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))

ALLOWED = {
    "officer-console: ": "the program's name, as every command line tool begins its complaint",
    "\n    officer-console enrol ": "a command to be copied",
    "help": "the name of a kind of line in the model, which nobody reads",
}
"""Strings that are seen and need no translation, each with the reason."""


def forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def placeholders(text: str) -> set[str]:
    """Of both kinds: {name} with its format, and argparse's %(name)s."""
    braces = {f"{name}:{spec}" for _text, name, spec, _how in Formatter().parse(text) if name is not None}
    return braces | set(re.findall(r"%(?:\(\w+\))?[a-z]", text))


def messages(file: Path) -> dict[str, Message]:
    return {forms(message.id)[0]: message for message in locale_tool.read(file) if message.id}


FRENCH = messages(locale.FOLDER / "fr" / "LC_MESSAGES" / "officer_console.po")


def test_there_is_a_catalogue_for_every_language_but_the_source() -> None:
    assert {file.parts[-3] for file in locale_tool.catalogues()} == set(LANGUAGES) - {"en"}


def test_the_catalogue_has_every_string_of_the_source_and_no_other() -> None:
    wanted = {forms(message.id)[0] for message in locale_tool.extracted() if message.id}
    assert sorted(wanted - set(FRENCH)) == [], "run: python -m tests.locale_tool update"
    assert sorted(set(FRENCH) - wanted) == [], "run: python -m tests.locale_tool update"


def test_every_string_is_translated() -> None:
    assert [text for text, message in FRENCH.items() if not all(forms(message.string))] == []
    assert [text for text, message in FRENCH.items() if message.fuzzy] == []


def test_the_placeholders_of_a_translation_are_those_of_its_source() -> None:
    for message in FRENCH.values():
        wanted = set().union(*map(placeholders, forms(message.id)))
        for translated in filter(None, forms(message.string)):
            got = placeholders(translated)
            assert got == wanted or (message.pluralizable and got <= wanted), message.id


def test_line_ends_and_outer_spaces_are_kept() -> None:
    for text, message in FRENCH.items():
        for translated in filter(None, forms(message.string)):
            assert text.startswith(" ") == translated.startswith(" "), text
            assert text[-1].isspace() == translated[-1].isspace(), text


@pytest.mark.parametrize("file", locale_tool.catalogues(), ids=lambda file: file.parts[-3])
def test_what_is_read_is_what_is_written(file: Path) -> None:
    with file.with_suffix(".mo").open("rb") as compiled:
        read = {forms(message.id)[0]: forms(message.string) for message in read_mo(compiled) if message.id}
    written = {text: forms(message.string) for text, message in messages(file).items() if any(forms(message.string))}
    assert read == written, "run: python -m tests.locale_tool compile"


def test_argparses_words_are_still_argparses() -> None:
    source = ast.walk(ast.parse(inspect.getsource(argparse)))
    known = {node.value for node in source if isinstance(node, ast.Constant)}
    assert {text for text in locale_tool.ARGPARSE if text not in known} <= {"options"}


def test_nothing_is_filled_in_before_it_is_translated() -> None:
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and escaped_strings._name(node.func) in {"_", "N_", "ngettext"}:
                for argument in node.args:
                    assert not isinstance(argument, ast.JoinedStr | ast.BinOp), f"{file}:{node.lineno}"
                    assert not re.search(r"\.format\(", ast.unparse(argument)), f"{file}:{node.lineno}"


def unseen(source: str) -> list[str]:
    """Strings that are marked where the extraction does not look: inside an f-string, and inside another mark."""
    found = []
    for node in ast.walk(ast.parse(source)):
        marked = isinstance(node, ast.Call) and escaped_strings._name(node.func) in {"_", "N_", "ngettext"}
        if isinstance(node, ast.JoinedStr) or marked:
            inside = (each for child in ast.iter_child_nodes(node) for each in ast.walk(child))
            calls = [each for each in inside if isinstance(each, ast.Call) and each.args]
            marks = [each for each in calls if escaped_strings._name(each.func) in {"_", "N_", "ngettext"}]
            found += [each.args[0].value for each in marks if isinstance(each.args[0], ast.Constant)]
    return found


def test_no_mark_stands_where_it_is_not_seen() -> None:
    assert unseen("f\"{_('x')}\"; _(names.get(1, N_('y'))); _('z')") == ["x", "y"]
    assert {file.name: found for file in SOURCES if (found := unseen(file.read_text("utf-8")))} == {}


def test_no_string_escapes_the_catalogue() -> None:
    found = escaped_strings.find_in(PACKAGE)
    assert [seen for seen in found if seen.text not in ALLOWED] == []
    assert ALLOWED.keys() <= {seen.text for seen in found}, "an exception that nothing needs"


@pytest.mark.parametrize(
    "source",
    [
        "print('no word for it')",
        "print(f'{n} visitors')",
        "print('all' + _('x'))",
        "sys.stderr.write('gone')",
        "app.notify('gone')",
        "class Lost(UserError): pass\nclass Worse(errors.Lost): pass\nraise Worse('gone')",
        "raise UserError('gone {n}'.format(n=1))",
        "Static('gone' if lost else _('here'))",
        "Static('gone, ' * 2)",
        "Input(placeholder='write here')",
        "self.border_title = 'Queue'",
        "TITLE = 'Console'",
        "BINDINGS = [('q', 'quit', 'Quit')]",
        "Binding('q', 'quit', 'Quit')",
        "parser.add_argument('--x', help='the x')",
    ],
)
def test_the_search_finds(source: str) -> None:
    assert len(escaped_strings.find({"x.py": source})) == 1


@pytest.mark.parametrize(
    "source",
    [
        "print(_('no word for it'))",
        "print(json.dumps({'page': url}))",
        "print(row['name'], end='end')",
        "raise UserError(_('gone {n}').format(n='name'))",
        "raise ValueError('never seen')",
        "Static(id='queue', classes='wide')",
        "Static(ngettext('one', 'many', n))",
        "BINDINGS = [('q', 'quit', N_('Quit'))]",
        "TITLE = N_('Console')",
        "log.warning('not for people')",
        "print('→', 3)",
    ],
)
def test_the_search_leaves_alone(source: str) -> None:
    assert escaped_strings.find({"x.py": source}) == []


def test_a_language_is_spoken_after_it_is_chosen() -> None:
    source = "there is no such key"
    assert (language(), _(source)) == ("en", source)
    set_language("fr")
    assert (language(), _(source)) == ("fr", "cette clé n'existe pas")
    assert _("never translated") == "never translated"
    assert _("") == ""
    assert N_(source) == source


@pytest.mark.parametrize(
    ("n", "english", "french"),
    [(0, "0 problems", "un problème"), (1, "a problem", "un problème"), (2, "2 problems", "2 problèmes")],
)
def test_plurals_follow_the_language(n: int, english: str, french: str) -> None:
    words = "{file} has a problem:", "{file} has {n} problems:", n
    assert english in ngettext(*words).format(file="f", n=n)
    set_language("fr")
    assert french in ngettext(*words).format(file="f", n=n)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "fr_CH.UTF-8"}, "fr"),
        ({"LANG": "en_GB.UTF-8", "LANGUAGE": "de:fr:en"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LANGUAGE": "de"}, "fr"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_systems_language(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: str) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert system_language() == expected
    set_language("auto")
    assert language() == expected
    set_language("klingon")
    assert language() == expected
