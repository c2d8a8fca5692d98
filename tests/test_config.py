"""config.toml: defaults, refusals, one report, and the example that documents it."""

from __future__ import annotations

import argparse
import itertools
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console import config, config_check, paths
from officer_console.config import Config, ConfigError, Console, Limits, Relay, every_key, load
from officer_console.console.keymap import default_keymap, keymap_from
from officer_console.errors import UserError

EXAMPLE = Path(__file__).parent.parent / "config.example.toml"


@pytest.fixture
def written(tmp_path: Path) -> Any:
    def write(text: str) -> Path:
        file = tmp_path / "config.toml"
        file.write_text(text, "utf-8")
        return file

    return write


def problems_of(file: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert caught.value.code != 0
    return caught.value.problems


def flat(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in table.items():
        if isinstance(value, dict) and value:
            found |= flat(value, f"{prefix}{name}.")
        else:
            found[prefix + name] = value
    return found


def test_without_a_file_the_defaults_hold() -> None:
    assert load() == Config()


def test_the_file_in_the_usual_place_is_read() -> None:
    paths.config_dir().mkdir(parents=True)
    paths.config_file().write_text('[log]\nlevel = "info"\n')
    try:
        assert load().log.level == "info"
    finally:
        paths.config_file().unlink()


def test_what_a_file_leaves_out_has_its_default(written: Any) -> None:
    got = load(
        written('[console]\nsplit = "vertical"\nkeys = { take-next = "f2" }\n[relay.limits]\nmessages_per_s = 2\n')
    )
    expected = Config(
        console=Console(split="vertical", keys={"take-next": "f2"}),
        relay=Relay(limits=Limits(messages_per_s=2.0)),
    )
    assert got == expected


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    assert problems_of(tmp_path / "none.toml") == ["can't be read: there is no such file or folder"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[console]\nthem = 'x'", "console.them: there is no such key; did you mean console.theme?"),
        ("theme = 'x'", "theme: there is no such key; did you mean console.theme?"),
        ("[relais]", "relais: there is no such key; did you mean relay?"),
        ("[relay.limit]", "relay.limit: there is no such key; did you mean relay.limits?"),
        ("qqqqqq = 1", "qqqqqq: there is no such key"),
        ('"\\u001b[2J" = 1', "'\\x1b[2J': there is no such key"),
        ("[relay]\nport = 0", "relay.port: must be a whole number from 1 to 65535, not 0"),
        ("[relay]\nport = true", "relay.port: must be a whole number from 1 to 65535, not true"),
        ("[relay]\nport = 8440.5", "relay.port: must be a whole number from 1 to 65535, not 8440.5"),
        (
            "[relay.limits]\nmessages_per_s = nan",
            "relay.limits.messages_per_s: must be a number from 0.01 to 1000, not nan",
        ),
        (
            "[relay.limits]\nmessages_per_s = inf",
            "relay.limits.messages_per_s: must be a number from 0.01 to 1000, not inf",
        ),
        ("[console]\nbell = 1", "console.bell: must be true or false, not 1"),
        ("[console]\nkeys = { a = 1 }", "console.keys: must be a table of texts, not {'a': 1}"),
        ("console = 3", "console: must be a table, not 3"),
        (
            "[console]\nlanguage = 'fre'",
            "console.language: must be one of 'auto', 'en', 'fr', not 'fre'; did you mean fr?",
        ),
        ("[relay]\nhost = ''", "relay.host: must be text, not ''"),
        (
            "[relay]\ntls_key = 'k.pem'",
            "relay.tls_cert: must be given together with relay.tls_key, or neither",
        ),
        ("[keys]\nstore = 'keyring'\nfile = 'k'", 'keys.file: has no use when keys.store is "keyring"'),
        (
            "[relay.timing]\nheartbeat_s = 10",
            "relay.timing.visitor_lost_after_s: must be longer than relay.timing.heartbeat_s",
        ),
        (
            "[relay.limits]\nmessages_max = 9",
            "relay.limits.messages_burst: must not be larger than relay.limits.messages_max",
        ),
        ("[[", "is not TOML: "),
        ("a = " + "[" * 100_000, "is not TOML: "),
    ],
)
def test_a_problem_is_told_with_its_key_and_the_nearest_name(written: Any, text: str, problem: str) -> None:
    (told,) = problems_of(written(text))
    assert told.startswith(problem) if problem.endswith(" ") else told == problem


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "c").write_bytes(b"\xff\xfe")
    assert problems_of(tmp_path / "c") == ["is not UTF-8 text"]
    assert problems_of(tmp_path) == ["can't be read: it is a folder"]


def test_every_problem_is_in_one_report_with_the_file(written: Any) -> None:
    file = written("nonsense = 1\n[relay]\nport = 'x'\nhost = ''\n[log]\nlevel = 3\n")
    with pytest.raises(ConfigError) as caught:
        load(file)
    head, *lines = str(caught.value).splitlines()
    assert head == f"{file} has 4 problems:"
    assert [line.split(":")[0] for line in lines] == [
        "  nonsense",
        "  relay.port",
        "  relay.host",
        "  log.level",
    ]


def test_a_rule_is_silent_about_a_key_that_is_wrong_already(written: Any) -> None:
    problems = problems_of(written("[relay.timing]\nheartbeat_s = 'x'\nvisitor_lost_after_s = 1\n"))
    assert [problem.split(":")[0] for problem in problems] == ["relay.timing.heartbeat_s"]


@pytest.mark.parametrize(
    "url",
    [
        "https://chat.example",
        "https://chat.example:8443",
        "http://127.0.0.1:1",
        "http://[::1]:1",
        "http://localhost",
    ],
)
def test_addresses_that_are_accepted(written: Any, url: str) -> None:
    assert load(written(f'[relay]\npublic_url = "{url}"')).relay.public_url == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "chat.example",
        "http://chat.example",
        "http://127.0.0.1.chat.example",
        "https://",
        "https://me:pw@chat.example",
        "https://chat.example/desk",
        "https://chat.example?x",
        "https://chat.example#x",
        "https://chat.example:99999",
        "https://[::1",
        "file:///etc/passwd",
        "javascript:alert(1)",
    ],
)
def test_addresses_that_are_refused(written: Any, url: str) -> None:
    (problem,) = problems_of(written(f'[relay]\npublic_url = "{url}"'))
    assert problem.startswith("relay.public_url: must be an address")


JSONLIKE = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["console", "relay", "keys", "log", "x"]), JSONLIKE, max_size=4))
def test_any_table_is_read_or_reported_never_a_crash(table: dict[str, Any]) -> None:
    found: dict[str, str] = {}
    config._section(Config, table, "", found)
    assert all("\n" not in line and line.isprintable() for line in found.values())


def test_a_config_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Config().console.bell = False  # type: ignore[misc]


def test_the_example_is_the_schema_with_its_defaults() -> None:
    defaults = {key: list(value) if isinstance(value, tuple) else value for key, value in every_key()}
    assert flat(tomllib.loads(EXAMPLE.read_text("utf-8"))) == defaults
    assert load(EXAMPLE) == Config()


def test_every_key_of_the_example_has_one_comment() -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    for before, line in itertools.pairwise(lines):
        if re.match(r"\w+ = ", line):
            assert before.startswith("# "), line


def test_the_key_shown_in_the_example_comment_is_a_good_wish(written: Any) -> None:
    shown = re.search(r"for example: (.*)\.$", EXAMPLE.read_text("utf-8"), re.MULTILINE)
    assert shown
    keys = load(written("[console.keys]\n" + shown[1])).console.keys
    keymap, problems = keymap_from(keys)
    assert keys
    assert problems == []
    assert keymap != default_keymap()


def test_check_tells_that_all_is_well(written: Any, capsys: pytest.CaptureFixture[str]) -> None:
    file = written("")
    assert config_check.run(argparse.Namespace(config=file), load(file)) == 0
    assert capsys.readouterr().out == f"{file} has no problem\n"
    assert config_check.run(argparse.Namespace(config=None), Config()) == 0
    assert capsys.readouterr().out.endswith("; the defaults are used\n")


def test_check_looks_at_theme_and_keys_too(written: Any) -> None:
    file = written('[console]\ntheme = "duks"\nkeys = { tak-next = "f4" }')
    with pytest.raises(ConfigError) as caught:
        config_check.run(argparse.Namespace(config=file), load(file))
    assert caught.value.problems == [
        "console.theme: there is no theme 'duks'; did you mean dusk?",
        "console.keys.tak-next: there is no such command; did you mean take-next?",
    ]


def test_folders_are_made_for_their_owner_alone(tmp_path: Path) -> None:
    for folder in (
        paths.state_dir(),
        paths.relay_dir(),
        paths.runtime_dir(),
        paths.state_dir(str(tmp_path / "a" / "b")),
    ):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert list(folder.iterdir()) == []


def test_a_folder_that_others_may_enter_is_refused(tmp_path: Path) -> None:
    open_folder = tmp_path / "open"
    open_folder.mkdir()
    open_folder.chmod(0o755)
    with pytest.raises(UserError, match=f"open to others; close it with: chmod 700 {open_folder}"):
        paths.private_dir(open_folder)
    assert stat.S_IMODE(open_folder.stat().st_mode) == 0o755


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="can't be used: it exists already"):
        paths.private_dir(tmp_path / "file")
    with pytest.raises(UserError, match="can't be used: it is not a folder"):
        paths.private_dir(tmp_path / "file" / "below")
    with pytest.raises(UserError, match="can't be used"):
        paths.private_dir(Path("/proc/officer-console"))
