"""Practice in a real terminal: a whole session from the start to the debrief, with the network cut off."""

from __future__ import annotations

import shutil
import stat
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from .terminal import F2, F10, Terminal

SESSION = "fr-01-salle-de-bain"
F8, F9, F11, ALT_Y = "\x1b[19~", "\x1b[20~", "\x1b[23~", "\x1by"
CUT_OFF = ("unshare", "--map-root-user", "--net")
"""A namespace without any network but a loopback that is down."""


def _can_cut_off() -> bool:
    return bool(shutil.which("unshare")) and subprocess.run([*CUT_OFF, "true"], check=False).returncode == 0


needs_namespaces = pytest.mark.skipif(not _can_cut_off(), reason="no network namespaces for this user here")


class CutOff(Terminal):
    """In a namespace of its own."""

    through = CUT_OFF


@asynccontextmanager
async def practising(kind: type[Terminal], home: Path, *arguments: str) -> AsyncIterator[Terminal]:
    places = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "STATE")}
    it = kind("--language", "en", "practice", *arguments, **places)
    try:
        yield it
    finally:
        await it.close()


async def own_keys(console: Terminal) -> None:
    """The two keys that practice adds, as a real terminal sends them."""
    console.send(F11)
    await console.sees("Feedback at the end only.")
    console.send(F11)
    await console.sees("Feedback at once.")
    console.send(ALT_Y)
    await console.sees("PRACTICE · DEBRIEF")
    console.send("\x1b")
    await console.sees("WRITING HERE")


async def sit_in(console: Terminal) -> None:
    """The session answered well, screen by screen, each of which says that it is practice."""
    await console.sees("PRACTICE", "Begin", "an exercise: nothing leaves this machine")
    console.send("\r")
    await console.sees("PRACTICE", "1 waiting")
    console.send(F2)
    await console.sees("WRITING HERE", "PRACTICE")
    await console.say("Bonsoir. Pouvez-vous écrire sans danger ?")
    await console.sees("le tel est en silencieux")
    await own_keys(console)
    await console.say("À quelle adresse êtes-vous ?")
    await console.sees("14 rue des lilas", "48B2")
    console.send(F9)
    await console.sees("PATROL REQUEST", "PRACTICE: no real room gets this, nobody comes.", "14 rue des lilas")
    console.send(F9)
    await console.sees("ACCEPTED")
    console.send("\x1b")
    await console.sees("PRACTICE · Queue", "WRITING HERE")
    await console.say("Je reste avec vous jusqu'à leur arrivée.")
    await console.sees("des voix dans l'escalier")
    await console.say("Ils sont à votre porte. Ouvrez quand ils parlent.")
    await console.sees("j'ouvre")
    await console.say("Vous pouvez revenir ici. Au revoir.")
    await console.sees("au revoir merci")
    console.send(F8)
    await console.sees("PRACTICE", "A patrol was sent")
    console.send("\r")


@needs_namespaces
async def test_a_whole_session_with_the_network_cut_off(tmp_path: Path) -> None:
    async with practising(CutOff, tmp_path, SESSION, "--speed", "12", "--seed", "3") as console:
        await sit_in(console)
        await console.sees("PRACTICE · DEBRIEF", "Overall:", "Answering in time")
        console.send("s")
        await console.sees("Written:")
        console.send("q")
        assert await console.ended() == 0
        assert b"Kept for you alone" in console.raw
    debriefs = sorted((tmp_path / "data" / "officer-console" / "practice" / "debriefs").iterdir())
    assert [file.suffix for file in debriefs] == [".html", ".md"]
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in debriefs)
    assert "elle et sa fille sont en sécurité" in debriefs[1].read_text("utf-8")


async def test_watching_from_the_first_line_to_the_last(tmp_path: Path) -> None:
    async with practising(Terminal, tmp_path, SESSION, "--replay", "--speed", "60") as console:
        await console.sees("PRACTICE", "REPLAY", "an exercise: nothing leaves this machine")
        await console.sees("au revoir merci", "over")
        console.send("0")
        await console.sees("il est derriere la porte", "playing")
        console.send("\t")
        await console.sees("Alt+Y: back to these keys")
        console.send(ALT_Y)
        await console.sees("space play/pause")
        console.send(" ")
        await console.sees("PAUSED")
        console.send(F10)
        assert await console.ended() == 0


async def test_a_broken_session_is_refused_and_nothing_runs(tmp_path: Path) -> None:
    file = tmp_path / "broken.jsonl"
    file.write_text('{"line":"session"}\n', "utf-8")
    async with practising(Terminal, tmp_path, str(file)) as console:
        assert await console.ended() == 1
        assert b"broken.jsonl:1:" in console.raw
        assert b"\x1b[?1049h" not in console.raw


async def test_two_colleagues_record_a_session_in_two_terminals(tmp_path: Path) -> None:
    async with practising(Terminal, tmp_path, "record", "played") as hers:
        await hers.sees("you write as the visitor")
        hers.send("bonsoir il est la\r")
        async with practising(Terminal, tmp_path, "record", "played", "--answer") as his:
            await his.sees("PRACTICE", "1 waiting", "an exercise: nothing leaves this machine")
            his.send(F2)
            await his.sees("WRITING HERE", "bonsoir il est la")
            await hers.sees("an officer is there")
            await his.say("Pouvez-vous écrire sans danger ?")
            await hers.sees("│ Pouvez-vous écrire sans danger ?")
            hers.send("oui\r")
            await his.sees("┃ oui")
            assert await his.leave() == 0
        hers.send("/save\r")
        await hers.sees("Saved:")
        assert await hers.ended() == 0
    file = tmp_path / "config" / "officer-console" / "sessions" / "played.jsonl"
    async with practising(Terminal, tmp_path, "check", str(file)) as checking:
        assert await checking.ended() == 0, checking.text


async def test_a_profile_that_is_gone_keeps_nobody_from_practising(tmp_path: Path) -> None:
    state = tmp_path / "state" / "officer-console"
    state.mkdir(parents=True, mode=0o700)
    (state / "usual-desk").write_text("AAAA")
    async with practising(Terminal, tmp_path, SESSION) as console:
        await console.sees("PRACTICE", "Begin")
        console.send("2\r")
        assert await console.ended() == 0
