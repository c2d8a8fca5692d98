"""`officer-console relay stats`, as it is typed."""

from __future__ import annotations

import csv
import io
import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from officer_console import cli
from officer_console.relay.calendar import Calendar
from officer_console.relay.figures_store import FiguresStore

FIRST = date(2026, 11, 1)


@pytest.fixture
async def files(tmp_path: Path) -> Path:
    """A relay's folder with figures of the first two days of November, and today's; gives its config.toml."""
    folder = tmp_path / "relay"
    folder.mkdir(mode=0o700)
    paris = Calendar("Europe/Paris")
    start, _end = paris.hours(FIRST, FIRST)
    today, _end = paris.hours(paris.today(time.time_ns() // 1_000_000), paris.today(time.time_ns() // 1_000_000))
    store = FiguresStore(folder)
    await store.add(
        {
            (start + 2, "arrived", ""): 12, (start + 2, "wait", "30"): 9, (start + 2, "wait", "more"): 3,
            (start + 30, "arrived", ""): 3, (start + 31, "department", "69"): 6, (start + 31, "outcome", "patrol"): 2,
            (start + 48, "arrived", ""): 70, (today, "arrived", ""): 100,
        },
        9, (),
    )  # fmt: skip
    await store.close()
    config = tmp_path / "config.toml"
    config.write_text(f'[relay]\ndata_dir = "{folder}"\n')
    return config


def told(capsys: pytest.CaptureFixture[str], config: Path, *words: str, code: int = 0) -> str:
    assert cli.main(["relay", "stats", "--config", str(config), *words]) == code
    return capsys.readouterr()[1 if code else 0]


TWO_DAYS = ("--from", "2026-11-01", "--to", "2026-11-02")


def test_a_table_to_read(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(capsys, files, *TWO_DAYS).splitlines()
    assert lines[0] == "Figures from 2026-11-01 to 2026-11-02, time of Europe/Paris"
    found = {" ".join(line.split()[:-1]): line.split()[-1] for line in lines if line}
    assert found["Began to wait"] == "15" and found["Erased"] == "0"
    assert found["< 30 s"] == "10" and found["≥ 1 h"] == "<5"
    assert found["69"] == "5" and found["patrol"] == "<5"
    assert max(map(len, lines[3:])) < 80


def test_the_last_week_when_nothing_is_named(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = told(capsys, files).splitlines()[3]
    assert line.split() == ["Began", "to", "wait", "100"]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("hour", [("2026-11-01", "2", "arrived", "", "10"), ("2026-11-02", "6", "arrived", "", "<5")]),
        ("day", [("2026-11-01", "", "arrived", "", "10"), ("2026-11-02", "", "arrived", "", "<5")]),
        ("range", [("", "", "arrived", "", "15")]),
    ],
)
def test_rows_for_a_spreadsheet(files: Path, capsys: pytest.CaptureFixture[str], by: str, expected: Any) -> None:
    read = csv.reader(io.StringIO(told(capsys, files, *TWO_DAYS, "--csv", "--by", by)))
    header, *rows = [tuple(row) for row in read]
    assert header == ("day", "hour", "measure", "value", "count")
    assert [row for row in rows if row[2] == "arrived"] == expected
    assert all(row[4] == "<5" or int(row[4]) % 5 == 0 for row in rows)


def test_a_document_for_a_program(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(told(capsys, files, *TWO_DAYS, "--json"))
    assert (found["from"], found["to"], found["time_zone"]) == ("2026-11-01", "2026-11-02", "Europe/Paris")
    first = next(row for row in found["figures"] if row["measure"] == "arrived")
    assert first == {"day": "2026-11-01", "hour": None, "measure": "arrived", "value": "", "count": 10}
    hidden = next(row for row in found["figures"] if row["measure"] == "outcome")
    assert hidden["count"] is None and hidden["why"] == "below 5"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--from", "yesterday"), "'yesterday' is not a day; write it as 2026-11-01."),
        (("--from", "2026-11-31"), "'2026-11-31' is not a day"),
        (("--from", "2026-11-02", "--to", "2026-11-01"), "--from (2026-11-02) is after --to (2026-11-01)."),
        (("--to", "9999-12-31"), "'9999-12-31' is not a day"),
    ],
)
def test_what_is_no_range_is_told(
    files: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], sentence: str
) -> None:
    assert sentence in told(capsys, files, *words, code=1)


def test_two_forms_at_once_are_refused(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Choose one" in told(capsys, files, "--csv", "--json", code=2)


def test_without_a_relay_there_are_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "relay").mkdir(mode=0o700)
    config = tmp_path / "config.toml"
    config.write_text(f'[relay]\ndata_dir = "{tmp_path / "relay"}"\n')
    assert "There are no figures in" in told(capsys, config, code=1)


def test_a_file_that_is_none_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "relay"
    folder.mkdir(mode=0o700)
    (folder / "figures.db").write_bytes(b"no database" * 500)
    config = tmp_path / "config.toml"
    config.write_text(f'[relay]\ndata_dir = "{folder}"\n')
    assert "can't be read" in told(capsys, config, code=1)


def test_a_zone_that_is_none_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.toml"
    for zone in ("Europe/Lyon", "", "../etc/passwd"):
        config.write_text(f'[relay]\ntime_zone = "{zone}"\n')
        assert "relay.time_zone: must be the name of a time zone" in told(capsys, config, code=1)
