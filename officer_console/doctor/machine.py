"""What of this machine is as it must be."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from officer_console import paths, themes
from officer_console.client.profile import key_file, key_store
from officer_console.config import Config
from officer_console.errors import UserError, reason
from officer_console.locale import _
from officer_console.model.text import one_line

from .finding import WIDTH, Finding, Grade, ok

SMALLEST: Final = (80, 24)
DISK_WARNING, DISK_PROBLEM = 200 << 20, 20 << 20
REACHED_BY_SSH: Final = ("SSH_CONNECTION", "SSH_TTY")


def check_config(given: Path | None, config: Config) -> list[Finding]:
    """Which file holds. That it can be read and has no wrong key is known before any command begins."""
    about, file = _("configuration"), given or paths.config_file()
    if not file.exists():
        return [ok(about, _("there is no {file}; everything has its usual value").format(file=file))]
    findings = [ok(about, str(file))]
    for problem in themes.load_theme(config.console.theme, paths.themes_dir())[1]:
        do = _("correct the theme, or choose another one in console.theme")
        findings.append(Finding(Grade.WARNING, _("theme"), problem, do))
    return findings


def check_terminal(
    environ: Mapping[str, str], size: tuple[int, int], is_terminal: bool, encoding: str
) -> list[Finding]:
    """What the console's screen needs; `size` in columns and lines, (0, 0) when it can't be known."""
    about, name = _("terminal"), environ.get("TERM", "")
    if not is_terminal:
        what = _("this is no terminal; the console can't be shown here")
        return [Finding(Grade.WARNING, about, what, _("run doctor in the terminal that the console will use"))]
    findings = [ok(about, _where(environ, name)), *_wrong_size(size)]
    if name in ("", "dumb", "unknown"):
        do = _("set TERM to what your terminal is, xterm-256color for most")
        findings[0] = Finding(Grade.PROBLEM, about, _("TERM says that it can't move its cursor"), do)
    if encoding.lower().replace("-", "") != "utf8":
        what = _("its letters are {encoding}, not UTF-8: accents would be lost").format(encoding=encoding or "?")
        findings.append(Finding(Grade.PROBLEM, about, what, _("set LANG to fr_FR.UTF-8, en_US.UTF-8 or C.UTF-8")))
    return [*findings, _colours(environ, name)]


def _where(environ: Mapping[str, str], name: str) -> str:
    inside = [
        word
        for word, present in (
            ("tmux", "TMUX" in environ),
            ("screen", "STY" in environ),
            ("SSH", any(each in environ for each in REACHED_BY_SSH)),
        )
        if present
    ]
    shown = one_line(name, WIDTH)
    return _("{name}, through {ways}").format(name=shown, ways=", ".join(inside)) if inside else shown


def _wrong_size(size: tuple[int, int]) -> list[Finding]:
    columns, lines = size
    if columns >= SMALLEST[0] and lines >= SMALLEST[1]:
        return []
    what = _("it has {columns} columns and {lines} lines; the console needs {least} and {low}").format(
        columns=columns, lines=lines, least=SMALLEST[0], low=SMALLEST[1]
    )
    return [Finding(Grade.WARNING, _("terminal"), what, _("make the window larger, or its letters smaller"))]


def _colours(environ: Mapping[str, str], name: str) -> Finding:
    about = _("colours")
    if "NO_COLOR" in environ:
        return ok(about, _("NO_COLOR is set; the console does without"))
    if environ.get("COLORTERM") in ("truecolor", "24bit"):
        return ok(about, _("all"))
    if "256" in name or "direct" in name:
        return ok(about, _("256"))
    do = _("set COLORTERM=truecolor if your terminal can show all colours; words and signs say the same")
    return Finding(Grade.WARNING, about, _("few: themes will look coarse"), do)


def check_keys(config: Config) -> list[Finding]:
    """Where keys are or would be kept. A keyring is tried out, a passphrase file is not opened."""
    about = _("keys")
    try:
        store = key_store(config, _never_asked)
    except (UserError, OSError) as error:
        what = str(error) if isinstance(error, UserError) else reason(error)
        do = _('start a keyring, or set keys.store = "file" to use a passphrase')
        return [Finding(Grade.PROBLEM, about, what, do)]
    findings = [ok(about, _("in {where}").format(where=store.where))]
    file = key_file(config)
    if os.name == "posix" and file.exists() and file.stat().st_mode & 0o077:
        what = _("others may read {file}").format(file=file)
        findings.append(Finding(Grade.PROBLEM, about, what, f"chmod 600 {file}"))
    return findings


def _never_asked(new: bool) -> str:
    raise AssertionError("a check asks for no passphrase")


def check_state(config: Config, free: Callable[[Path], int]) -> list[Finding]:
    """The folder of unsent messages and drafts, and `free` bytes on its disk."""
    about = _("folder")
    try:
        folder = paths.state_dir(config.console.state_dir)
        left = free(folder)
    except (UserError, OSError) as error:
        what = str(error) if isinstance(error, UserError) else reason(error)
        do = _("correct its owner and rights, or choose another one in console.state_dir")
        return [Finding(Grade.PROBLEM, about, what, do)]
    grade = Grade.PROBLEM if left < DISK_PROBLEM else Grade.WARNING if left < DISK_WARNING else Grade.OK
    what = _("{folder} can be written; {n} MB are free").format(folder=folder, n=left >> 20)
    do = "" if grade is Grade.OK else _("free some space: what can't be kept on disk is not sent")
    return [Finding(grade, about, what, do)]
