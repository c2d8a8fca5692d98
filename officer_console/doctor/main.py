"""Makes every check, one after the other, and prints what was found."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Iterable

from officer_console.client.keychain import RelayPin
from officer_console.config import Config
from officer_console.locale import _, ngettext

from .finding import Finding, Grade
from .machine import check_config, check_keys, check_state, check_terminal
from .member import check_enrolment
from .page import check_page
from .relay import check_relay


def run(args: argparse.Namespace, config: Config) -> int:
    """Look at everything and print it; 1 when there is a problem."""
    findings = []
    for finding in examine(args, config, time.time_ns() // 1_000_000):
        print(told(finding), flush=True)
        findings.append(finding)
    problems = sum(finding.grade is Grade.PROBLEM for finding in findings)
    print()
    print(ngettext("{n} problem", "{n} problems", problems).format(n=problems) if problems else _("No problem."))
    return 1 if problems else 0


def told(finding: Finding) -> str:
    """One line, and one more for what to do."""
    width = max(len(_(grade)) for grade in Grade)
    line = _("{about}: {what}").format(about=finding.about, what=finding.what)
    first = f"{_(finding.grade):{width}}  {line}"
    return f"{first}\n{'':{width}}  → {finding.do}" if finding.do else first


def examine(args: argparse.Namespace, config: Config, now: int) -> Iterable[Finding]:
    """Every check, one after the other; `now` in ms by this machine's clock."""
    yield from check_config(args.config, config)
    yield from check_terminal(os.environ, _size(), sys.stdout.isatty(), sys.stdout.encoding or "")
    yield from check_keys(config)
    yield from check_state(config, lambda folder: shutil.disk_usage(folder).free)
    profile, findings = check_enrolment(config, now)
    yield from findings
    url = config.console.relay_url or (profile.relay_url if profile else "")
    if url:
        yield from check_relay(url, profile.relay if profile else RelayPin(), now)
        yield from check_page(url)


def _size() -> tuple[int, int]:
    columns, lines = shutil.get_terminal_size((0, 0))
    return columns, lines
