"""`officer-console doctor`: what of this machine, the relay and the page is as it must be, in plain words.

Every check gives findings and never raises for what it finds. Nothing is asked for: no passphrase, no key.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import msgspec
from websockets.exceptions import WebSocketException

from officer_console import paths, themes
from officer_console.client.exchange import desk_address
from officer_console.client.keychain import RelayPin
from officer_console.client.profile import Profile, key_file, key_store, profiles
from officer_console.client.wire import dial
from officer_console.config import Config
from officer_console.errors import UserError, reason
from officer_console.locale import N_, _, ngettext
from officer_console.model.envelope import VERSION
from officer_console.model.text import one_line
from officer_console.protocol import codec
from officer_console.protocol.frames import Challenge, ChallengeHeader
from officer_console.protocol.refusals import Refused
from officer_console.relay.page.build import build
from officer_console.vault.base64url import unb64
from officer_console.vault.enrolment import verify_text
from officer_console.vault.errors import VaultError
from officer_console.vault.primitives import kid

SMALLEST: Final = (80, 24)
SKEW_WARNING_S, SKEW_PROBLEM_S = 60, 86_400
"""Seconds between this clock and the relay's: from the second on, signed dates are refused."""
DISK_WARNING, DISK_PROBLEM = 200 << 20, 20 << 20
KEY_WARNING_S: Final = 72 * 3600
ENROLMENT_WARNING_S: Final = 30 * 86_400
TIMEOUT_S: Final = 10
ENROLLED: Final = "usual-desk"
"""The file that `client.profile` keeps in the state folder once somebody is enrolled."""
WIDTH: Final = 60
REACHED_BY_SSH: Final = ("SSH_CONNECTION", "SSH_TTY")


class Grade(StrEnum):
    """How bad it is; only a problem makes the exit code 1."""

    OK = N_("ok")
    WARNING = N_("warning")
    PROBLEM = N_("problem")


class Finding(msgspec.Struct, frozen=True):
    """What was looked at, what was found, and what to do."""

    grade: Grade
    about: str
    what: str
    do: str = ""


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


def _ok(about: str, what: str) -> Finding:
    return Finding(Grade.OK, about, what)


def _size() -> tuple[int, int]:
    columns, lines = shutil.get_terminal_size((0, 0))
    return columns, lines


# ---- this machine ----


def check_config(given: Path | None, config: Config) -> list[Finding]:
    """Which file holds. That it can be read and has no wrong key is known before any command begins."""
    about, file = _("configuration"), given or paths.config_file()
    if not file.exists():
        return [_ok(about, _("there is no {file}; everything has its usual value").format(file=file))]
    findings = [_ok(about, str(file))]
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
    findings = [_ok(about, _where(environ, name)), *_wrong_size(size)]
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
        return _ok(about, _("NO_COLOR is set; the console does without"))
    if environ.get("COLORTERM") in ("truecolor", "24bit"):
        return _ok(about, _("all"))
    if "256" in name or "direct" in name:
        return _ok(about, _("256"))
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
    findings = [_ok(about, _("in {where}").format(where=store.where))]
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


# ---- this member of the desk ----


def check_enrolment(config: Config, now: int) -> tuple[Profile | None, list[Finding]]:
    """Who is enrolled here, and how long that and the desk's key last."""
    about = _("enrolment")
    try:
        if not (paths.state_dir(config.console.state_dir) / ENROLLED).exists():
            return None, [_nobody(about)]
        profile = profiles(config).usual()
        directory = profile.directory()
    except (UserError, OSError) as error:
        what = str(error) if isinstance(error, UserError) else reason(error)
        return None, [Finding(Grade.PROBLEM, about, what, _("enrol again; ask the shift lead for an invitation"))]
    member = directory.members.get(profile.kid)
    if member is None:
        what = _("the list of officers does not have the keys of this machine")
        return profile, [Finding(Grade.PROBLEM, about, what, _("ask the shift lead for an invitation"))]
    names = {"name": one_line(member.name, WIDTH), "desk": one_line(directory.desk, WIDTH)}
    what = _("{name} ({role}) of the desk “{desk}”").format(role=member.role, **names)
    seconds = now // 1000
    lasts = max((key.exp for key in directory.desk_keys.values() if key.use == "live"), default=0)
    rooms = _dispatch_room(len(directory.rooms(seconds)))
    return profile, [_lasting(about, what, member.exp - seconds), _desk_key(lasts - seconds), rooms]


def _nobody(about: str) -> Finding:
    do = _(
        "to begin: “officer-console enrol” with the code or the invitation that you were given; to try it out:"
        " “officer-console demo”"
    )
    return Finding(Grade.WARNING, about, _("nobody is enrolled on this machine"), do)


def _lasting(about: str, what: str, left_s: int) -> Finding:
    if left_s >= ENROLMENT_WARNING_S:
        return _ok(about, what)
    do = _("ask the shift lead for a new invitation")
    if left_s <= 0:
        return Finding(Grade.PROBLEM, about, _("{who}: it has ended").format(who=what), do)
    days = left_s // 86_400
    told_days = ngettext("{who}: it ends in {n} day", "{who}: it ends in {n} days", days)
    return Finding(Grade.WARNING, about, told_days.format(who=what, n=days), do)


def _desk_key(left_s: int) -> Finding:
    about, do = _("desk key"), _("a shift lead's console makes a new one as soon as it is connected")
    if left_s <= 0:
        what = _("none is valid as far as this machine knows: nobody can write to the desk")
        return Finding(Grade.PROBLEM, about, what, do)
    hours = left_s // 3600
    what = ngettext("valid for {n} more hour", "valid for {n} more hours", hours).format(n=hours)
    return Finding(Grade.WARNING, about, what, do) if left_s < KEY_WARNING_S else _ok(about, what)


def _dispatch_room(count: int) -> Finding:
    about = _("dispatch room")
    if count:
        return _ok(about, ngettext("{n} belongs to the desk", "{n} belong to the desk", count).format(n=count))
    do = _("a shift lead invites one: “officer-console relay officers invite --role dispatch”")
    return Finding(Grade.WARNING, about, _("none belongs to the desk: no patrol can be asked for"), do)


# ---- the relay ----


def check_relay(url: str, pin: RelayPin, now: int) -> list[Finding]:
    """Whether the relay at `url` answers, is the one that is known, and has the same time."""
    about = _("relay")
    try:
        address, _host = desk_address(url)
        challenge = asyncio.run(_challenge(address))
    except UserError as error:
        return [Finding(Grade.PROBLEM, about, str(error), _("correct console.relay_url"))]
    except OSError as error:
        what = _("{url} can't be reached: {reason}").format(url=url, reason=reason(error))
        do = _("look at the network and the address; if they are right, the relay is down: tell the operator")
        return [Finding(Grade.PROBLEM, about, what, do)]
    except (WebSocketException, Refused):
        what = _("what answers at {url} is not a relay, or one of another version").format(url=url)
        return [Finding(Grade.PROBLEM, about, what, _("correct console.relay_url, or ask the operator"))]
    return _judged(url, challenge, pin, now)


async def _challenge(address: str) -> Challenge:
    """The first frame of a relay. Raises OSError, WebSocketException, Refused."""
    async with asyncio.timeout(TIMEOUT_S), dial(address, max_size=codec.MAX_DESK_OUT) as link:
        frame = codec.desk_out(await link.recv())
    if not isinstance(frame, Challenge):
        raise Refused("unexpected")
    return frame


def _judged(url: str, challenge: Challenge, pin: RelayPin, now: int) -> list[Finding]:
    about = _("relay")
    try:
        header = codec.header(challenge.h, ChallengeHeader)
        pub = unb64(header.pub, 65)
        verify_text(pub, "relay", challenge.h, challenge.sig)
        if kid(pub) != header.relay:
            raise Refused("bad_signature")
        pin.require(header)
    except (Refused, VaultError):
        what = _("the relay at {url} is not the one that was met before, or somebody stands in between").format(url=url)
        do = _("do not go on duty; compare the relay's key with the operator by voice")
        return [Finding(Grade.PROBLEM, about, what, do)]
    if header.v != VERSION:
        what = _("it speaks version {theirs} of the protocol, this program version {ours}")
        do = _("install the version that the station uses")
        return [Finding(Grade.PROBLEM, about, what.format(theirs=header.v, ours=VERSION), do)]
    new = _("its key is {kid}").format(kid=header.relay)
    known = new if pin == RelayPin() else _("its key is the one that is known")
    way = _("encrypted (TLS)") if urlsplit(url).scheme == "https" else _("on this machine, without TLS")
    findings = [_ok(about, _("{url} answers, {way}; {key}").format(url=url, way=way, key=known))]
    if header.dir.size == 0:
        do = _("“officer-console relay init” on the relay prints the founding code")
        findings.append(Finding(Grade.WARNING, about, _("its desk is not founded yet"), do))
    return [*findings, _clock((header.now - now) / 1000)]


def _clock(skew_s: float) -> Finding:
    about, off = _("clock"), abs(skew_s)
    if off < SKEW_WARNING_S:
        return _ok(about, _("agrees with the relay's"))
    if skew_s > 0:
        what = _("this machine is {n} s behind the relay").format(n=round(off))
    else:
        what = _("this machine is {n} s ahead of the relay").format(n=round(off))
    do = _("switch on the automatic time (NTP) of this machine")
    return Finding(Grade.PROBLEM if off >= SKEW_PROBLEM_S else Grade.WARNING, about, what, do)


# ---- the page ----


def check_page(url: str) -> list[Finding]:
    """Whether the visitor's page is served, with every header and no other script than its own."""
    about = _("page")
    try:
        answer = httpx.get(url.rstrip("/") + "/", timeout=TIMEOUT_S)
    except httpx.HTTPError as error:
        what = _("it can't be fetched ({reason})").format(reason=type(error).__name__)
        return [Finding(Grade.PROBLEM, about, what, _("tell the operator: visitors can't reach the desk"))]
    do = _("tell the operator: a proxy may change headers or the page")
    if answer.status_code != httpx.codes.OK:
        what = _("it is answered with {status}").format(status=answer.status_code)
        return [Finding(Grade.PROBLEM, about, what, do)]
    if wrong := wrong_headers(url, answer.headers):
        what = _("wrong or missing headers: {names}").format(names=", ".join(wrong))
        return [Finding(Grade.PROBLEM, about, what, do)]
    if not _is_whole(answer.text, answer.headers):
        what = _("its script or style is not the one that its headers allow; browsers will refuse it")
        return [Finding(Grade.PROBLEM, about, what, do)]
    print_ = hashlib.sha256(answer.content).hexdigest()
    return [_ok(about, _("served as it must be; its SHA-256, to be compared: {hash}").format(hash=print_))]


def wrong_headers(url: str, given: Any) -> list[str]:
    """Names of the headers that are not exactly as they must be, but for the hashes in the policy."""
    due = dict(build(None, url, "https://example.org/").headers)
    csp = due.pop("Content-Security-Policy")
    wrong = [name for name, value in due.items() if given.get(name) != value]
    if _without_hashes(given.get("Content-Security-Policy", "")) != _without_hashes(csp):
        wrong.insert(0, "Content-Security-Policy")
    return wrong


def _without_hashes(policy: str) -> str:
    return re.sub(r"'sha256-[A-Za-z0-9+/=]+'", "'sha256'", policy)


def _is_whole(html: str, headers: Any) -> bool:
    inline = re.findall(r"<(script|style)>(.*?)</\1>", html, re.S)
    policy = headers["Content-Security-Policy"]
    return [tag for tag, _text in inline] in (["style", "script"], ["script", "style"]) and all(
        f"{tag}-src 'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in policy
        for tag, text in inline
    )
