"""`officer-console`. Imports late: `relay` never loads a screen, and `--help` is instant."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from officer_console import __version__, config
from officer_console.errors import UserError, reason
from officer_console.locale import LANGUAGES, _, ngettext, set_language
from officer_console.model.text import displayable
from officer_console.subcommands import GROUPS, MAIN, SHORT, SUBCOMMANDS

INTERRUPTED = 130
BROKEN = 70
"""Exit codes: 128 + SIGINT as shells count, and EX_SOFTWARE of sysexits.h."""

DEBUG = "OFFICER_CONSOLE_DEBUG"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; every failure is one plain line, never a traceback."""
    try:
        code = _run(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
    except BaseException as error:
        return _fail(error)
    return code


def _run(argv: Sequence[str]) -> int:
    early = _early(argv)
    set_language(early.language or "auto")
    settings = _load(early.config)
    if isinstance(settings, config.Config) and not early.language:
        set_language(settings.console.language)
    args = _parser().parse_args(_in_full(argv), argparse.Namespace(config=None, language=None))
    if args.lead and args.command:
        raise UserError(
            _("--lead is for “officer-console” alone; in “{command}” it does nothing").format(command=args.command)
        )
    if isinstance(settings, config.ConfigError):
        raise settings
    module, _colon, function = args.target.partition(":")
    code: int = getattr(importlib.import_module(module), function)(args, settings)
    return code


def _in_full(argv: Sequence[str]) -> list[str]:
    """With the subcommand that a group means when none of it is named: "practice fr-01" is "practice start fr-01"."""
    words = list(argv)
    for group, meant in SHORT.items():
        if group in words[:3]:
            at = words.index(group) + 1
            names = {row.words.split()[1] for row in SUBCOMMANDS if row.words.startswith(f"{group} ")}
            if words[at : at + 1] not in [[name] for name in (*names, "--help", "-h")]:
                words.insert(at, meant)
    return words


def _early(argv: Sequence[str]) -> argparse.Namespace:
    """What decides in which language the rest speaks; the real parser reports what is wrong with it."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--language")
    try:
        return parser.parse_known_args(argv)[0]
    except argparse.ArgumentError:
        return argparse.Namespace(config=None, language=None)


def _load(path: Path | None) -> config.Config | config.ConfigError:
    """The configuration, or its report: kept back until it is known that nobody only asked for help."""
    try:
        return config.load(path)
    except config.ConfigError as error:
        return error


def _parser() -> argparse.ArgumentParser:
    vars(argparse).update(_=_, ngettext=ngettext)  # its own words from our catalogue too
    common = _common()
    top = argparse.ArgumentParser("officer-console", description=_(MAIN.help), parents=[common], allow_abbrev=False)
    top.add_argument("--version", action="version", version=f"%(prog)s {__version__}", help=_("show the version"))
    top.set_defaults(target=MAIN.target, command=MAIN.words, action="")
    for argument in MAIN.arguments:
        top.add_argument(*argument.flags, help=_(argument.help), **argument.options)
    branches = {"": top.add_subparsers(metavar=_("COMMAND"))}

    def grow(words: str, help: str) -> argparse.ArgumentParser:
        branch, _space, name = words.rpartition(" ")
        if branch not in branches:
            branches[branch] = grow(branch, GROUPS[branch]).add_subparsers(metavar=_("COMMAND"), required=True)
        told = _(help)
        return branches[branch].add_parser(name, help=told, description=told, parents=[common], allow_abbrev=False)

    for row in SUBCOMMANDS:
        parser = grow(row.words, row.help)
        parser.set_defaults(target=row.target, command=row.words, action=row.words.rpartition(" ")[2])
        for argument in row.arguments:
            parser.add_argument(*argument.flags, help=_(argument.help), **argument.options)
    return top


def _common() -> argparse.ArgumentParser:
    """What every subcommand takes, before or after its name."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--config", type=Path, metavar=_("FILE"), help=_("read this config.toml"))
    common.add_argument("--language", choices=("auto", *LANGUAGES), help=_("speak English or French"))
    return common


def _fail(error: BaseException) -> int:
    """Tell what went wrong and give the exit code."""
    match _heaviest(error):
        case SystemExit() as leaving:
            raise leaving
        case KeyboardInterrupt():
            return INTERRUPTED
        case BrokenPipeError():
            return _reader_gone()
        case UserError(code=code) as told:
            return _say(str(told), code)
        case OSError(filename=file) as refused:
            return _say(reason(refused) + (f": {file}" if file else ""), 1)
        case strange:
            return _say(_hidden(strange), BROKEN)


def _heaviest(error: BaseException) -> BaseException:
    """Of what a task group gathered, the one to tell: what the user can mend before what he can't."""
    if not isinstance(error, BaseExceptionGroup):
        return error
    leaves = [_heaviest(leaf) for leaf in error.exceptions]
    return min(leaves, key=lambda leaf: not isinstance(leaf, UserError | KeyboardInterrupt | SystemExit))


def _hidden(error: BaseException) -> str:
    """An unexpected failure by its type alone: its words and values can be a conversation's."""
    if os.environ.get(DEBUG):
        traceback.print_exception(error)
        return type(error).__name__
    told = _(
        "something went wrong inside the program ({kind}); details are not shown because they can contain "
        "confidential text; run with {variable}=1 to see them"
    )
    return told.format(kind=type(error).__name__, variable=DEBUG)


def _say(message: str, code: int) -> int:
    print(f"officer-console: {displayable(message)}", file=sys.stderr)
    return code


def _reader_gone() -> int:
    """As after `| head`: nobody reads on, so the interpreter's own flush at exit must not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
