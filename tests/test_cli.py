"""The command line: instant help, one plain line for every failure, a function for every subcommand."""

from __future__ import annotations

import argparse
import errno
import os
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from officer_console import __version__, cli
from officer_console.config import Config
from officer_console.errors import UserError
from officer_console.locale import _, language
from officer_console.subcommands import GROUPS, MAIN, SUBCOMMANDS

SECRET = "the visitor wrote this"
HEAVY = (
    "textual",
    "rich",
    "cryptography",
    "starlette",
    "uvicorn",
    "websockets",
    "httpx",
    "keyring",
    "asyncio",
    "sqlite3",
)


@pytest.fixture
def target(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts a function in the place of the console, and gives what it was called with."""

    def put(run: Any) -> None:
        module = ModuleType("officer_console.console.main")
        module.run = run  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)

    return put


def raising(error: BaseException) -> Any:
    def run(_args: argparse.Namespace, _config: Config) -> int:
        raise error

    return run


def program(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "officer_console", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **options,
    )


def timed_help() -> float:
    begun = time.perf_counter()
    assert program("--help").returncode == 0
    return time.perf_counter() - begun


def test_help_is_instant() -> None:
    assert min(timed_help() for _again in range(5)) < 0.25  # the best of five: other programs run here too


HELP_THEN_TELL = f"""
import sys
from officer_console import cli
try:
    cli.main(["--help"])
except SystemExit:
    print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""


def test_help_loads_nothing_heavy() -> None:
    command = [sys.executable, "-c", HELP_THEN_TELL]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "demo" in done.stdout
    assert done.stderr == "[]\n"


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        cli.main(["--version"])
    assert capsys.readouterr().out == f"officer-console {__version__}\n"


def test_without_a_subcommand_the_console_runs(target: Any) -> None:
    calls: list[tuple[argparse.Namespace, Config]] = []
    target(lambda args, config: calls.append((args, config)) or 7)
    assert cli.main([]) == 7
    ((args, config),) = calls
    assert (args.config, args.language, args.command, config) == (None, None, "", Config())


@pytest.mark.parametrize("row", [MAIN, *SUBCOMMANDS], ids=lambda row: row.words or "console")
def test_every_row_has_a_function(row: Any) -> None:
    __import__(row.target.partition(":")[0])
    module, _colon, function = row.target.partition(":")
    assert callable(getattr(sys.modules[module], function))


@pytest.mark.parametrize("row", SUBCOMMANDS, ids=lambda row: row.words)
def test_every_row_has_help(row: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        cli.main([*row.words.split(), "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert row.help in told
    for argument in row.arguments:
        assert argument.help in told


def test_every_group_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for words, help in GROUPS.items():
        with pytest.raises(SystemExit, match="0"):
            cli.main([*words.split(), "--help"])
        assert help in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("words", [["--config", "{}"], ["config", "check", "--config", "{}"]])
def test_global_options_stand_before_or_after_the_subcommand(
    words: list[str], target: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "other.toml"
    file.write_text('[log]\nlevel = "loud"\n')
    target(raising(AssertionError("runs in spite of its configuration")))
    assert cli.main([word.format(file) for word in words]) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"officer-console: {file} has a problem:\n  log.level: ")


def test_a_broken_configuration_does_not_take_the_help_away(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="0"):
        cli.main(["--config", str(tmp_path / "none"), "--help"])


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["nonsense"], "invalid choice: 'nonsense'"),
        (["relay"], "COMMAND"),
        (["keys", "move"], "--to"),
        (["keys", "move", "--to", "cloud"], "invalid choice: 'cloud'"),
        (["--config"], "expected one argument"),
        (["--language", "de"], "invalid choice: 'de'"),
        (["--lang", "fr"], "invalid choice: 'fr'"),
        (["demo", "--port", "70000"], "must be a whole number from 0 to 65535, not '70000'"),
        (["demo", "--visitors", "-1"], "--visitors"),
        (["relay", "officers", "invite", "--role", "chief"], "invalid choice: 'chief'"),
    ],
)
def test_wrong_words_are_refused(words: list[str], problem: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        cli.main(words)
    assert problem in capsys.readouterr().err


def test_a_users_error_is_one_line_and_its_code(target: Any, capsys: pytest.CaptureFixture[str]) -> None:
    target(raising(UserError("the relay is of another version\x1b[2J\x9b", 3)))
    assert cli.main([]) == 3
    assert capsys.readouterr().err == "officer-console: the relay is of another version␛[2J<U+009B>\n"


def test_an_interruption_is_quiet(target: Any, capsys: pytest.CaptureFixture[str]) -> None:
    target(raising(KeyboardInterrupt()))
    assert cli.main([]) == 130
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            OSError(errno.EADDRINUSE, "x ('127.0.0.1', 1)"),
            "another program listens there already; choose another",
        ),
        (OSError(errno.ENOSPC, "x", "/data/log"), "the disk is full; free some space: /data/log"),
        (OSError(errno.EROFS, "x", "/data/log"), "the disk is read-only: /data/log"),
        (PermissionError(errno.EACCES, "x", "/data"), "access is not allowed: /data"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "('10.9.8.7', 1)"), "nobody answers at this address"),
        (OSError(errno.EXDEV, "x"), "Invalid cross-device link"),
        (TimeoutError(), "no answer came in time"),
        (socket.gaierror(-2, "x"), "the name of the other machine is not known"),
        (ssl.SSLError(1, "x"), "TLS failed; check the certificate"),
        (OSError(SECRET), "OSError"),
    ],
)
def test_the_systems_refusals_are_plain(
    target: Any, capsys: pytest.CaptureFixture[str], error: OSError, told: str
) -> None:
    target(raising(error))
    assert cli.main([]) == 1
    lines = capsys.readouterr().err
    assert lines.startswith(f"officer-console: {told}")
    assert lines.count("\n") == 1
    assert "10.9.8.7" not in lines
    assert SECRET not in lines


def test_of_a_task_group_the_mendable_failure_is_told(target: Any, capsys: pytest.CaptureFixture[str]) -> None:
    inner = BaseExceptionGroup("", [ValueError(SECRET), UserError("no relay")])
    target(raising(BaseExceptionGroup("", [RuntimeError(SECRET), inner])))
    assert cli.main([]) == 1
    assert capsys.readouterr().err == "officer-console: no relay\n"


def test_an_unexpected_failure_shows_nothing_confidential(target: Any, capsys: pytest.CaptureFixture[str]) -> None:
    target(raising(ValueError(SECRET)))
    assert cli.main([]) == 70
    told = capsys.readouterr().err
    assert "(ValueError)" in told
    assert "OFFICER_CONSOLE_DEBUG=1" in told
    assert told.count("\n") == 1
    assert SECRET not in told


def test_debug_shows_the_traceback_without_locals(
    target: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(_args: argparse.Namespace, _config: Config) -> int:
        draft = SECRET.upper()
        return int(draft[:0])

    monkeypatch.setenv("OFFICER_CONSOLE_DEBUG", "1")
    target(run)
    assert cli.main([]) == 70
    told = capsys.readouterr().err
    assert "Traceback" in told
    assert SECRET.upper() not in told


NOBODY_READS = """
import os, sys
read, write = os.pipe()
os.close(read)
os.dup2(write, 1)
from officer_console.cli import main
sys.exit(main(["config", "check"]))
"""


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_goes_away_is_no_failure_to_tell(unbuffered: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", NOBODY_READS],
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize(
    ("words", "environment", "config", "spoken"),
    [
        ([], "en_GB.UTF-8", "auto", "en"),
        ([], "fr_FR.UTF-8", "auto", "fr"),
        ([], "en_GB.UTF-8", "fr", "fr"),
        (["--language", "en"], "fr_FR.UTF-8", "fr", "en"),
        (["--language", "fr"], "en_GB.UTF-8", "en", "fr"),
        (["--language", "auto"], "fr_FR.UTF-8", "en", "fr"),
    ],
)
def test_the_language_comes_from_option_then_config_then_system(
    words: list[str],
    environment: str,
    config: str,
    spoken: str,
    target: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[console]\nlanguage = "{config}"\n')
    monkeypatch.setenv("LC_ALL", environment)
    heard: list[str] = []
    target(lambda _args, _config: heard.append(language()) or 0)
    assert cli.main(["--config", str(file), *words]) == 0
    assert heard == [spoken]


def test_help_and_refusals_speak_french(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        cli.main(["--language", "fr", "--help"])
    told = capsys.readouterr().out
    for words in ("utilisation\u00a0: ", "COMMANDE", "afficher cette aide", _(MAIN.help)):
        assert words in told
    with pytest.raises(SystemExit, match="2"):
        cli.main(["relay", "--language", "fr"])
    assert "erreur" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("practice fr-01", "practice start fr-01"),
        ("practice --replay fr-01", "practice start --replay fr-01"),
        ("practice", "practice start"),
        ("--language fr practice x", "--language fr practice start x"),
        ("practice list --json", "practice list --json"),
        ("practice --help", "practice --help"),
        ("practice start x", "practice start x"),
        ("demo", "demo"),
    ],
)
def test_a_groups_usual_subcommand_need_not_be_named(typed: str, meant: str) -> None:
    assert cli._in_full(typed.split()) == meant.split()
