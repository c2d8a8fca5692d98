"""Themes: the shipped ones are sound and readable, a station's bad one is reported and never used."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import msgspec
import pytest

from officer_console import themes
from officer_console.themes import PAIRS, ROLES, SAFE, Theme, contrast, load_theme

SHIPPED = ("contrast", "dusk", "paper")
GOOD = msgspec.structs.asdict(SAFE) | {"name": "ours"}


def write(folder: Path, **changes: object) -> None:
    table = {key: value for key, value in (GOOD | changes).items() if value is not None}
    (folder / "ours.toml").write_text("\n".join(f"{key} = {json.dumps(value)}" for key, value in table.items()))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_theme_is_sound(name: str, tmp_path: Path) -> None:
    theme, problems = load_theme(name, tmp_path)
    assert problems == []
    assert theme.name == name
    assert theme.dark is (name != "paper")


def test_exactly_three_are_shipped(tmp_path: Path) -> None:
    assert sorted(themes.theme_files(tmp_path / "none")) == list(SHIPPED)


def test_the_safe_theme_is_the_shipped_dusk(tmp_path: Path) -> None:
    assert load_theme("dusk", tmp_path)[0] == SAFE


@pytest.mark.parametrize(("name", "least"), [("dusk", 4.5), ("paper", 4.5), ("contrast", 7.0)])
def test_every_text_is_readable_on_its_ground(name: str, least: float, tmp_path: Path) -> None:
    theme = load_theme(name, tmp_path)[0]
    for role, ground in PAIRS:
        assert contrast(getattr(theme, role), getattr(theme, ground)) >= least, (role, ground)


def test_contrast_is_the_standards() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#ffffff") == pytest.approx(1)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)  # the well-known grey just below AA
    assert contrast("#010101", "#FFFFFF") == contrast("#ffffff", "#010101")


def test_a_stations_own_theme_is_used(tmp_path: Path) -> None:
    write(tmp_path, accent="#FFFFFF")
    theme, problems = load_theme("ours", tmp_path)
    assert (theme.name, theme.accent, problems) == ("ours", "#FFFFFF", [])


def test_a_stations_own_theme_goes_before_a_shipped_one_of_its_name(tmp_path: Path) -> None:
    write(tmp_path, name="paper")
    (tmp_path / "ours.toml").rename(tmp_path / "paper.toml")
    theme, problems = load_theme("paper", tmp_path)
    assert (theme.background, problems) == (SAFE.background, [])


def test_the_theme_that_promises_contrast_must_have_more(tmp_path: Path) -> None:
    write(tmp_path, name="contrast")
    (tmp_path / "ours.toml").rename(tmp_path / "contrast.toml")
    theme, problems = load_theme("contrast", tmp_path)
    assert theme is SAFE
    assert problems
    assert all(problem.endswith("at least 7.0)") for problem in problems)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"accent": "#12345"}, "accent: must be a colour like #14181f, not '#12345'"),
        ({"accent": "red"}, "accent: must be a colour like #14181f, not 'red'"),
        ({"accent": "#14181f\n"}, "accent: must be a colour like #14181f, not '#14181f\\n'"),
        ({"accent": 3}, "accent: must be a colour like #14181f, not 3"),
        ({"accent": None}, "accent: is missing"),
        ({"dark": "yes"}, "dark: must be true or false"),
        ({"name": "other"}, "name: must be 'ours', like the file"),
        ({"acent": "#ffffff"}, "'acent': there is no such colour; did you mean accent?"),
        ({"text": "#5a6068"}, "text: is hard to read on background (contrast 2.8, at least 4.5)"),
        ({"danger": "#14181f"}, "danger: is hard to read on background (contrast 1.0, at least 4.5)"),
    ],
)
def test_a_bad_theme_is_reported_and_the_safe_one_used(
    tmp_path: Path, changes: dict[str, object], problem: str
) -> None:
    write(tmp_path, **changes)
    theme, problems = load_theme("ours", tmp_path)
    assert theme is SAFE
    assert problems[0] == f"{tmp_path / 'ours.toml'}: {problem}"


def test_every_problem_of_a_theme_is_told_once(tmp_path: Path) -> None:
    write(tmp_path, accent="x", mine=None, borders="#ffffff")
    problems = load_theme("ours", tmp_path)[1]
    assert [problem.split(": ")[1] for problem in problems] == ["'borders'", "accent", "mine"]


@pytest.mark.parametrize("raw", [b"\xff", b"[[", b"a = " + b"[" * 100_000])
def test_a_file_that_is_no_toml(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "ours.toml").write_bytes(raw)
    theme, (problem,) = load_theme("ours", tmp_path)
    assert theme is SAFE
    assert ": is not TOML: " in problem


def test_a_theme_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").mkdir()
    assert load_theme("ours", tmp_path) == (
        SAFE,
        [f"{tmp_path / 'ours.toml'}: can't be read: it is a folder"],
    )


@pytest.mark.parametrize("name", ["../ours", "", "ours.toml", "/etc/passwd"])
def test_a_name_is_a_name_and_no_path(tmp_path: Path, name: str) -> None:
    write(tmp_path)
    inside = tmp_path / "themes"
    inside.mkdir()
    theme, (problem,) = load_theme(name, inside)
    assert theme is SAFE
    assert problem.startswith(f"there is no theme {name!r}")


def test_a_misspelt_name_gets_a_proposal(tmp_path: Path) -> None:
    assert load_theme("papper", tmp_path)[1] == ["there is no theme 'papper'; did you mean paper?"]


def test_the_files_hold_nothing_but_the_roles(tmp_path: Path) -> None:
    for file in themes.theme_files(tmp_path).values():
        assert set(tomllib.loads(file.read_text("utf-8"))) == {"name", "dark", *ROLES}
    assert isinstance(SAFE, Theme)
