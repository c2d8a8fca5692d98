"""Every subcommand as a row: its words, one line of help, the function that runs it, its arguments."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from officer_console.locale import N_, _


class Argument(NamedTuple):
    """`options` are those of `argparse`'s `add_argument`; `help` is translated when it is shown."""

    flags: tuple[str, ...]
    help: str
    options: Mapping[str, Any]


class Subcommand(NamedTuple):
    """`target` is "module:function"; the function takes (arguments, config) and gives the exit code."""

    words: str
    help: str
    target: str
    arguments: tuple[Argument, ...] = ()


def _arg(*flags: str, help: str, **options: Any) -> Argument:
    return Argument(flags, help, options)


def _number(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if text.isdecimal() and low <= int(text) <= high:
            return int(text)
        refusal = _("must be a whole number from {low} to {high}, not {value}")
        raise argparse.ArgumentTypeError(refusal.format(low=low, high=high, value=repr(text[:20])))

    return read


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if SLOWEST <= speed <= FASTEST:
        return speed
    refusal = _("must be a number from {low} to {high}, not {value}")
    raise argparse.ArgumentTypeError(refusal.format(low=SLOWEST, high=FASTEST, value=repr(text[:20])))


SLOWEST: Final = 0.1
FASTEST: Final = 1000
MAIN: Final = Subcommand(
    "",
    N_("Answer people in danger from a terminal."),
    "officer_console.console.main:run",
    (_arg("--lead", action="store_true", help=N_("begin with the shift lead's view of the whole desk")),),
)

SHORT: Final = {"practice": "start"}
"""Group -> its subcommand that is meant when none is named."""
GROUPS: Final = {
    "relay": N_("the relay between visitors and consoles"),
    "relay officers": N_("who belongs to the desk"),
    "dispatch": N_("the side of the dispatch room, where patrols are sent from"),
    "config": N_("the configuration"),
    "keys": N_("this officer's secret keys"),
    "referrals": N_("help lines, local places and quick replies"),
    "exports": N_("real conversations whose visitor agreed that they are practised on; each stays sealed at the relay"),
    "practice": N_("practise on sessions in the very console, with feedback; no way to a live relay"),
}

_LOG: Final = _arg("--log", default="", metavar="URL", help=N_("a cluster's log, such as nats://one,two,three"))

_PLAYED: Final = (
    _arg("--speed", type=_speed, default=None, metavar="N", help=N_("how many times faster it goes")),
    _arg(
        "--seed",
        type=_number(0, 2**32),
        default=None,
        metavar="N",
        help=N_("the same number and replies make the same session"),
    ),
    _arg("--replay", action="store_true", help=N_("watch how it went instead of answering")),
    _arg("--feedback", choices=("now", "end"), default=None, help=N_("feedback at once, or at the end only")),
)
"""How a session is played; what is left out the trainer's exercise says, else 1 and "now"."""
SUBCOMMANDS: Final = (
    Subcommand(
        "demo",
        N_("try everything on this machine: relay, page, simulated visitors, console"),
        "officer_console.demo.main:run",
        (
            _arg(
                "--no-console",
                action="store_true",
                help=N_("all but the console; prints the addresses as JSON"),
            ),
            _arg(
                "--board",
                action="store_true",
                help=N_("open the dispatch board of the demo that runs in another terminal"),
            ),
            _arg(
                "--visitors",
                type=_number(0, 500),
                default=4,
                metavar="N",
                help=N_("how many visitors are simulated"),
            ),
            _arg(
                "--port",
                type=_number(0, 65_535),
                default=0,
                metavar="N",
                help=N_("port of the page; 0 takes a free one"),
            ),
            _arg(
                "--seed",
                type=_number(0, 2**32),
                default=None,
                metavar="N",
                help=N_("the same number makes the same visitors"),
            ),
        ),
    ),
    Subcommand(
        "practice start",
        N_("sit in a session, or several at once, or watch one; “practice SESSION” is short for it"),
        "officer_console.console.practice.main:run",
        (
            _arg("session", nargs="*", metavar="SESSION", help=N_("which; left out: one you have not practised yet")),
            *_PLAYED,
            _arg("--session-fd", type=_number(3, 2**20), metavar="N", help=N_("for “exports practise”: its pipe")),
            _arg(
                "--several",
                type=_number(1, 4),
                default=1,
                metavar="N",
                help=N_("so many sessions at once, when none is named"),
            ),
            _arg(
                "--exercise",
                type=Path,
                default=None,
                metavar="FOLDER",
                help=N_("what your trainer has set in this folder"),
            ),
        ),
    ),
    Subcommand(
        "practice list",
        N_("show the sessions that can be practised"),
        "officer_console.practice.commands:run",
        (_arg("--json", action="store_true", help=N_("as JSON")),),
    ),
    Subcommand(
        "practice check",
        N_("list every problem of session files"),
        "officer_console.practice.commands:run",
        (
            _arg(
                "file", nargs="?", default="", metavar="FILE", help=N_("the file; all that are installed when left out")
            ),
        ),
    ),
    Subcommand(
        "practice new",
        N_("begin a session of your own from a template"),
        "officer_console.practice.commands:run",
        (_arg("name", metavar="NAME", help=N_("its id, or a file that ends in .jsonl")),),
    ),
    Subcommand(
        "practice hand-in",
        N_("give your last attempt to the trainer, on purpose: a copy in a folder that you both can reach"),
        "officer_console.console.practice.main:hand_in",
        (
            _arg("folder", type=Path, metavar="FOLDER", help=N_("where the trainer finds it")),
            _arg("--session", default="", metavar="SESSION", help=N_("the last attempt of this session")),
            _arg("--name", required=True, help=N_("the name that the trainer will read")),
        ),
    ),
    Subcommand(
        "practice board",
        N_("for the trainer: who practised what, progress as plots, attempts beside each other"),
        "officer_console.console.practice.trainer.main:run",
        (
            _arg("folder", type=Path, metavar="FOLDER", help=N_("where attempts were handed in")),
            _arg(
                "--session", default="", metavar="SESSION", help=N_("the attempts of this session; printed: compared")
            ),
            _arg("--print", action="store_true", help=N_("print it, also in a terminal; a pipe always gets it so")),
            _arg("--json", action="store_true", help=N_("as JSON")),
        ),
    ),
    Subcommand(
        "practice annotate",
        N_("for the trainer: say something at a moment of a session"),
        "officer_console.practice.commands:run",
        (
            _arg("session", metavar="SESSION", help=N_("which")),
            _arg("at", metavar="MM:SS", help=N_("the moment")),
            _arg("text", metavar="TEXT", help=N_("what trainees will read there")),
            _arg("--name", default="", help=N_("the name that they will read")),
        ),
    ),
    Subcommand(
        "practice redact",
        N_("for the trainer: copy a session without names, places, numbers and dates; you decide each that is found"),
        "officer_console.practice.commands:run",
        (
            _arg("source", type=Path, metavar="FILE", help=N_("the session's file; it stays as it is")),
            _arg("new", type=Path, metavar="NEW", help=N_("the new file, its name ends in .jsonl")),
        ),
    ),
    Subcommand(
        "exports list",
        N_("show the real conversations that can be practised on, and who answers for each"),
        "officer_console.console.exports:run",
    ),
    Subcommand(
        "exports practise",
        N_("sit in one, or watch it: fetched from the relay for this once, and written to no file"),
        "officer_console.console.exports:run",
        (
            _arg(
                "export",
                nargs="?",
                default="",
                metavar="WHICH",
                help=N_("its number or its short name in the list; the newest when left out"),
            ),
            *_PLAYED,
        ),
    ),
    Subcommand(
        "practice exercise",
        N_("for the trainer: set what is to be practised"),
        "officer_console.practice.commands:run",
        (
            _arg("folder", type=Path, metavar="FOLDER", help=N_("a folder that trainees can reach")),
            _arg("sessions", nargs="+", metavar="SESSION", help=N_("which; several are sat in at once")),
            _arg("--text", default="", help=N_("what trainees will read")),
            _arg("--speed", type=_speed, default=1.0, metavar="N", help=N_("how many times faster it goes")),
            _arg(
                "--seed",
                type=_number(0, 2**32),
                default=None,
                metavar="N",
                help=N_("the same number and replies make the same session"),
            ),
            _arg(
                "--feedback",
                choices=("now", "end"),
                default="now",
                help=N_("feedback at once, or at the end only"),
            ),
        ),
    ),
    Subcommand(
        "practice record",
        N_("play the visitor here while a colleague answers in another terminal, and save it as a session"),
        "officer_console.console.practice.record:run",
        (
            _arg("name", metavar="NAME", help=N_("the id of the session that it becomes")),
            _arg("--answer", action="store_true", help=N_("be the colleague who answers")),
        ),
    ),
    Subcommand(
        "practice schema",
        N_("print the JSON Schema of a session file's lines"),
        "officer_console.practice.commands:run",
    ),
    Subcommand(
        "relay init",
        N_("make the relay's data folder and print the code that founds the desk"),
        "officer_console.relay.commands:init",
        (_LOG,),
    ),
    Subcommand("relay serve", N_("serve the page and the consoles"), "officer_console.relay.commands:serve", (_LOG,)),
    Subcommand(
        "relay backup",
        N_("copy the log and the relay's key into a file, while the relay runs"),
        "officer_console.relay.backup:backup",
        (_arg("file", type=Path, metavar="FILE", help=N_("the new file")),),
    ),
    Subcommand(
        "relay restore",
        N_("put a backup into the relay's folder, which has no log"),
        "officer_console.relay.backup:restore",
        (_arg("file", type=Path, metavar="FILE", help=N_("the backup")),),
    ),
    Subcommand(
        "relay move",
        N_("move a desk from one machine's file to a cluster"),
        "officer_console.relay.moving:move",
        (
            _arg(
                "--from",
                dest="source",
                default="sqlite:",
                metavar="sqlite:FOLDER",
                help=N_("the relay's folder; this relay's own when left out"),
            ),
            _arg("--to", required=True, metavar="URL", help=N_("the cluster, such as nats://one,two,three")),
            _arg(
                "--wipe",
                action="store_true",
                help=N_("once the new relays run: write over all keys in the old folder"),
            ),
        ),
    ),
    Subcommand(
        "relay stats",
        N_("show figures: how many came, waited, were answered; nothing about anybody"),
        "officer_console.relay.stats:run",
        (
            _arg("--from", dest="first", default="", metavar="DAY", help=N_("the first day, such as 2026-11-01")),
            _arg("--to", dest="last", default="", metavar="DAY", help=N_("the last day; today when left out")),
            _arg(
                "--by",
                choices=("hour", "day", "range"),
                default="day",
                help=N_("with --csv or --json: a row for each hour, each day, or the whole range"),
            ),
            _arg("--csv", action="store_true", help=N_("rows for a spreadsheet")),
            _arg("--json", action="store_true", help=N_("one JSON document")),
        ),
    ),
    Subcommand("relay officers list", N_("show who belongs to the desk"), "officer_console.client.officers:run"),
    Subcommand(
        "relay kit",
        N_("write out systemd units, a container file, a cluster's example, a dashboard, alert rules"),
        "officer_console.relay.kitting:run",
        (_arg("folder", metavar="FOLDER", help=N_("where the files go; what is there already stays")),),
    ),
    Subcommand(
        "relay officers invite",
        N_("make an invitation, to be handed over in person"),
        "officer_console.client.officers:run",
        (
            _arg(
                "--role",
                choices=("officer", "lead", "trainer", "dispatch", "wall"),
                default="officer",
                help=N_("what the invited person may do"),
            ),
            _arg("--name", default="", help=N_("the name that colleagues will read")),
        ),
    ),
    Subcommand(
        "dispatch serve",
        N_("hand patrol requests to the room's system, and bring back what it answers"),
        "officer_console.dispatch.commands:serve",
    ),
    Subcommand(
        "dispatch board",
        N_("take patrol requests at a screen: for rooms with no system to connect"),
        "officer_console.console.board.main:run",
    ),
    Subcommand(
        "enrol",
        N_("found a desk, or join one with an invitation"),
        "officer_console.client.enrol:run",
        (
            _arg("code", nargs="?", default="", metavar="CODE", help=N_("the code; asked for when left out")),
            _arg("--relay", default="", metavar="URL", help=N_("the relay's address, when the code has none")),
            _arg("--name", default="", help=N_("the name that colleagues will read")),
            _arg("--desk-name", default="", metavar="NAME", help=N_("the desk's name, when founding one")),
        ),
    ),
    Subcommand(
        "wall",
        N_("show how the queue is on a screen on the wall, without a word of any conversation"),
        "officer_console.console.wall.main:run",
    ),
    Subcommand(
        "triage",
        N_("try the lexicons of danger signals on written conversations"),
        "officer_console.client.triage:run",
        (_arg("file", metavar="FILE", help=N_("one conversation a line, as JSON; - reads what is piped in")),),
    ),
    Subcommand("doctor", N_("find out what is wrong and what to do"), "officer_console.doctor.main:run"),
    Subcommand("config check", N_("list every problem of the configuration"), "officer_console.config_check:run"),
    Subcommand("keys show", N_("where the keys are, and their fingerprint"), "officer_console.client.keys:run"),
    Subcommand(
        "keys move",
        N_("move the keys to another place"),
        "officer_console.client.keys:run",
        (_arg("--to", choices=("keyring", "file"), required=True, help=N_("where the keys go")),),
    ),
    Subcommand("keys forget", N_("delete the keys from this machine"), "officer_console.client.keys:run"),
    Subcommand(
        "referrals check",
        N_("list every problem of the directory and the quick replies"),
        "officer_console.referrals.commands:run",
    ),
    Subcommand(
        "referrals search",
        N_("look for a help line, a local place or a quick reply"),
        "officer_console.referrals.commands:run",
        (
            _arg("words", nargs="+", metavar="WORDS", help=N_("what is looked for; typos are forgiven")),
            _arg("--postcode", default="", metavar="CODE", help=N_("where the person lives")),
        ),
    ),
    Subcommand(
        "referrals import",
        N_("take local places (.json of the open directory), rows or quick replies (.toml, .csv)"),
        "officer_console.referrals.commands:run",
        (
            _arg("file", type=Path, metavar="FILE", help=N_("the file")),
            _arg("--dry-run", action="store_true", help=N_("only tell what would be taken")),
        ),
    ),
)
