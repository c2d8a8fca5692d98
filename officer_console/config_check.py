"""`officer-console config check`: the file and what it names, in one report."""

from __future__ import annotations

import argparse

from officer_console import paths
from officer_console.config import Config, ConfigError
from officer_console.console.keymap import keymap_from
from officer_console.locale import _
from officer_console.themes import load_theme


def run(args: argparse.Namespace, config: Config) -> int:
    """Say that all is well with what the file, read before, names. Raises ConfigError otherwise."""
    file = args.config or paths.config_file()
    problems = [f"console.theme: {problem}" for problem in load_theme(config.console.theme, paths.themes_dir())[1]]
    problems += [f"console.keys.{problem}" for problem in keymap_from(config.console.keys)[1]]
    if problems:
        raise ConfigError(file, problems)
    found = _("{file} has no problem") if file.exists() else _("there is no {file}; the defaults are used")
    print(found.format(file=file))
    return 0
