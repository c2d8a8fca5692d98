"""The doctor: each thing that can be wrong is found, said in plain words, and told what to do about."""

from __future__ import annotations

import argparse
import asyncio
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from officer_console import paths
from officer_console.client.enrolling import Enrolled, found_desk
from officer_console.client.keychain import RelayPin
from officer_console.client.profile import new_profile, profiles
from officer_console.config import Config
from officer_console.doctor import main
from officer_console.doctor.finding import Finding, Grade
from officer_console.doctor.machine import check_config, check_keys, check_state, check_terminal
from officer_console.doctor.member import _dispatch_room, check_enrolment
from officer_console.doctor.page import check_page
from officer_console.doctor.relay import check_relay
from officer_console.protocol.founding import parse_founding_code
from officer_console.relay.page.build import build
from officer_console.relay.service import running_relay
from tests.relay.peers import relay_config

DAY = 86_400
GOOD = {"TERM": "xterm-256color"}


def now() -> int:
    return time.time_ns() // 1_000_000


def graded(findings: list[Finding], about: str) -> list[Grade]:
    return [each.grade for each in findings if each.about == about]


def only(findings: list[Finding]) -> Finding:
    (finding,) = findings
    return finding


def with_console(**keys: object) -> Config:
    return msgspec.structs.replace(Config(), console=msgspec.structs.replace(Config().console, **keys))


# ---- this machine ----


def terminal(environ: dict[str, str], size: tuple[int, int] = (80, 24), encoding: str = "utf-8") -> list[Finding]:
    return check_terminal(environ, size, True, encoding)


def test_a_good_terminal() -> None:
    assert {each.grade for each in terminal(GOOD)} == {Grade.OK}


@pytest.mark.parametrize("name", ["", "dumb", "unknown"])
def test_a_terminal_that_moves_no_cursor(name: str) -> None:
    assert Grade.PROBLEM in graded(terminal({"TERM": name}), "terminal")


def test_a_terminal_that_is_none() -> None:
    assert only(check_terminal(GOOD, (0, 0), False, "utf-8")).grade is Grade.WARNING


@pytest.mark.parametrize("size", [(79, 24), (80, 23), (0, 0)])
def test_a_terminal_that_is_too_small(size: tuple[int, int]) -> None:
    assert Grade.WARNING in graded(terminal(GOOD, size), "terminal")


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "ANSI_X3.4-1968", ""])
def test_letters_that_lose_accents(encoding: str) -> None:
    findings = terminal(GOOD, encoding=encoding)
    assert any(each.grade is Grade.PROBLEM and "UTF-8" in each.do for each in findings)


@pytest.mark.parametrize(
    ("environ", "grade"),
    [
        ({"TERM": "xterm"}, Grade.WARNING),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, Grade.OK),
        ({"TERM": "xterm", "NO_COLOR": ""}, Grade.OK),
        ({"TERM": "tmux-256color"}, Grade.OK),
    ],
)
def test_colours(environ: dict[str, str], grade: Grade) -> None:
    assert graded(terminal(environ), "colours") == [grade]


def test_what_stands_between_is_named() -> None:
    findings = terminal({"TERM": "tmux-256color", "TMUX": "x", "SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"})
    assert "tmux, SSH" in findings[0].what
    assert not any("192.0.2" in main.told(each) for each in findings)


def test_the_configuration_and_its_theme(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    assert only(check_config(file, Config())).grade is Grade.OK
    file.write_text("")
    assert only(check_config(file, Config())).grade is Grade.OK
    findings = check_config(file, with_console(theme="duks"))
    assert graded(findings, "theme") == [Grade.WARNING]


def test_keys_without_a_keyring_go_to_a_file() -> None:
    assert only(check_keys(Config())).grade is Grade.OK


def test_a_keyring_that_is_wanted_and_missing() -> None:
    config = msgspec.structs.replace(Config(), keys=msgspec.structs.replace(Config().keys, store="keyring"))
    found = only(check_keys(config))
    assert (found.grade, "keys.store" in found.do) == (Grade.PROBLEM, True)


def test_a_key_file_that_others_may_read(tmp_path: Path) -> None:
    file = tmp_path / "keys.sealed"
    file.write_bytes(b"x")
    file.chmod(0o644)
    config = msgspec.structs.replace(Config(), keys=msgspec.structs.replace(Config().keys, file=str(file)))
    assert check_keys(config)[-1] == Finding(Grade.PROBLEM, "keys", f"others may read {file}", f"chmod 600 {file}")


@pytest.mark.parametrize(
    ("free", "grade"), [(1 << 40, Grade.OK), (100 << 20, Grade.WARNING), (1 << 20, Grade.PROBLEM), (0, Grade.PROBLEM)]
)
def test_room_on_the_disk(tmp_path: Path, free: int, grade: Grade) -> None:
    config = with_console(state_dir=str(tmp_path / "state"))
    assert only(check_state(config, lambda folder: free)).grade is grade


def test_a_folder_that_is_open_to_others(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    found = only(check_state(with_console(state_dir=str(tmp_path)), lambda folder: 1 << 40))
    assert (found.grade, "chmod 700" in found.what) == (Grade.PROBLEM, True)


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    config = with_console(state_dir=str(tmp_path / "state"))
    assert only(check_state(config, lambda folder: 1 << 40)).grade is Grade.PROBLEM


# ---- enrolment ----


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Enrolled]:
    """A founded relay on another thread, so that the doctor's own event loop is free; its first lead."""
    ended = threading.Event()
    enrolled: list[Enrolled] = []
    ready = threading.Event()
    folder = tmp_path_factory.mktemp("relay")
    folder.chmod(0o700)

    async def serve() -> None:
        async with running_relay(relay_config(folder), 0) as relay:
            code = parse_founding_code(relay.founding_code())
            enrolled.append((await found_desk(code, "Camille", "Test", now() // 1000)).lead)
            ready.set()
            await asyncio.to_thread(ended.wait)

    def run() -> None:
        try:
            asyncio.run(serve())
        finally:
            ready.set()

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(30)
    assert enrolled
    yield enrolled[0]
    ended.set()
    thread.join(30)
    assert not thread.is_alive()


def kept(desk: Enrolled, folder: Path) -> Config:
    """A state folder in which `desk` is enrolled."""
    config = with_console(state_dir=str(folder / "state"))
    profile = new_profile(desk.relay_url, desk.identity, desk.relay, desk.directory)
    profiles(config).make_usual(profile)
    return config


def test_nobody_is_enrolled_yet(tmp_path: Path) -> None:
    profile, findings = check_enrolment(with_console(state_dir=str(tmp_path / "state")), now())
    assert profile is None
    assert only(findings).grade is Grade.WARNING
    assert "officer-console enrol" in findings[0].do
    assert "officer-console demo" in findings[0].do


@pytest.mark.parametrize(
    ("days", "member", "key"),
    [
        (0, Grade.OK, Grade.OK),
        (5, Grade.OK, Grade.WARNING),
        (8, Grade.OK, Grade.PROBLEM),
        (160, Grade.WARNING, Grade.PROBLEM),
        (181, Grade.PROBLEM, Grade.PROBLEM),
    ],
)
def test_how_long_everything_lasts(desk: Enrolled, tmp_path: Path, days: int, member: Grade, key: Grade) -> None:
    profile, findings = check_enrolment(kept(desk, tmp_path), now() + days * DAY * 1000)
    assert profile is not None
    assert (graded(findings, "enrolment"), graded(findings, "desk key")) == ([member], [key])
    assert "Camille" in findings[0].what


def test_a_desk_without_a_dispatch_room_is_told(desk: Enrolled, tmp_path: Path) -> None:
    _profile, findings = check_enrolment(kept(desk, tmp_path), now())
    assert graded(findings, "dispatch room") == [Grade.WARNING]
    [found] = [each for each in findings if each.about == "dispatch room"]
    assert "--role dispatch" in found.do
    assert _dispatch_room(1).grade is Grade.OK


def test_a_damaged_profile(desk: Enrolled, tmp_path: Path) -> None:
    config = kept(desk, tmp_path)
    file = next((tmp_path / "state").glob("desk-*/profile.json"))
    file.write_text(file.read_text()[:-20])
    profile, findings = check_enrolment(config, now())
    assert (profile, only(findings).grade) == (None, Grade.PROBLEM)


# ---- relay and page ----


def test_a_good_relay(desk: Enrolled) -> None:
    findings = check_relay(desk.relay_url, desk.relay, now())
    assert [each.grade for each in findings] == [Grade.OK, Grade.OK]


def test_a_relay_with_another_key(desk: Enrolled) -> None:
    found = only(check_relay(desk.relay_url, RelayPin(kid="another-kid"), now()))
    assert (found.grade, "not the one" in found.what) == (Grade.PROBLEM, True)


@pytest.mark.parametrize(
    ("ahead_s", "grade"), [(0, Grade.OK), (-300, Grade.WARNING), (300, Grade.WARNING), (2 * DAY, Grade.PROBLEM)]
)
def test_the_clock(desk: Enrolled, ahead_s: int, grade: Grade) -> None:
    findings = check_relay(desk.relay_url, desk.relay, now() + ahead_s * 1000)
    assert graded(findings, "clock") == [grade]
    assert ("ahead" in findings[-1].what) == (ahead_s > 0)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}", "https://127.0.0.1:{port}"])
def test_a_relay_that_is_down(url: str) -> None:
    found = only(check_relay(url.format(port=free_port()), RelayPin(), now()))
    assert (found.grade, "can't be reached" in found.what) == (Grade.PROBLEM, True)


@pytest.mark.parametrize("url", ["http://192.0.2.1", "ftp://127.0.0.1", "nonsense"])
def test_an_address_that_is_not_safe_is_not_even_tried(url: str) -> None:
    assert only(check_relay(url, RelayPin(), now())).grade is Grade.PROBLEM


@contextmanager
def web_server(body: bytes, headers: dict[str, str], status: int = 200) -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value.replace("{here}", f"127.0.0.1:{server.server_port}"))
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


PAGE = build(None, "http://example.org", "https://example.org/")
HEADERS = {name: value.replace("example.org", "{here}") for name, value in PAGE.headers}


def test_something_that_is_no_relay() -> None:
    with web_server(PAGE.html, HEADERS) as url:
        found = only(check_relay(url, RelayPin(), now()))
    assert (found.grade, "not a relay" in found.what) == (Grade.PROBLEM, True)


def test_a_good_page(desk: Enrolled) -> None:
    found = only(check_page(desk.relay_url))
    assert (found.grade, "SHA-256" in found.what) == (Grade.OK, True)


def test_the_page_as_another_server_gives_it() -> None:
    with web_server(PAGE.html, HEADERS) as url:
        assert only(check_page(url)).grade is Grade.OK


@pytest.mark.parametrize("name", list(HEADERS))
def test_a_header_that_a_proxy_dropped_or_changed(name: str) -> None:
    others = {each: value for each, value in HEADERS.items() if each != name}
    for headers in (others, others | {name: HEADERS[name] + "x"}):
        with web_server(PAGE.html, headers) as url:
            found = only(check_page(url))
        assert found.grade is Grade.PROBLEM
        assert name in found.what


@pytest.mark.parametrize(
    "body",
    [
        PAGE.html.replace(b"'use strict'", b"'use strict';0"),
        PAGE.html.replace(b"<style>", b"<style>a{}"),
        PAGE.html + b"<script>alert(1)</script>",
        b"",
    ],
)
def test_a_page_that_is_not_what_its_headers_say(body: bytes) -> None:
    with web_server(body, HEADERS) as url:
        assert only(check_page(url)).grade is Grade.PROBLEM


def test_a_page_that_is_not_there() -> None:
    with web_server(b"", HEADERS, status=502) as url:
        assert "502" in only(check_page(url)).what
    assert only(check_page(f"http://127.0.0.1:{free_port()}")).grade is Grade.PROBLEM


# ---- all together ----


def test_everything_at_once(desk: Enrolled, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    args = argparse.Namespace(config=None)
    assert main.run(args, kept(desk, tmp_path)) == 0
    out = capsys.readouterr().out
    every = "configuration, terminal, keys, folder, enrolment, desk key, dispatch room, relay, clock, page"
    for about in every.split(", "):
        assert f"  {about}: " in out
    assert out.endswith("No problem.\n")


def test_one_problem_makes_the_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = with_console(state_dir=str(tmp_path / "state"), relay_url=f"http://127.0.0.1:{free_port()}")
    assert main.run(argparse.Namespace(config=None), config) == 1
    assert "\nproblem  relay: " in capsys.readouterr().out


def test_a_fresh_machine_and_no_screen_is_loaded() -> None:
    tell = "import sys; from officer_console.cli import main; code = main(['doctor'])"
    tell += "; print('textual' in sys.modules, file=sys.stderr); sys.exit(code)"
    done = subprocess.run([sys.executable, "-c", tell], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "False\n")
    assert "officer-console demo" in done.stdout
    assert str(paths.config_file()) in done.stdout
