"""`officer-console referrals`: what is printed, the exit codes, and that a bad file changes nothing."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from officer_console.cli import main
from officer_console.referrals.home import Home, home
from officer_console.referrals.import_rows import import_rows
from officer_console.referrals.report import ReferralError

from .made import rows, written
from .towns import towns

GOOD_ROW = (
    '[[referral]]\nid = "mdf"\nname = "Maison des femmes"\nkind = "local"\nphone = "01 42 35 61 28"\nhours = "24/7"\n'
)
GOOD_REPLY = """
[[template]]
id = "own"
code = "zz9"
moment = "ending"
author = "station"
title = { fr = "Essai" }
text = { fr = "Au revoir. {postcode}" }
"""
CSV = (
    "id,code,moment,author,title_fr,text_fr\n"
    "own,zz9,ending,station,Essai,Au revoir\n"
    "own2,zz8,ending,station,Essai,Oui\n"
)


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Path]:
    """A config.toml in a folder of its own, and no imported places."""
    file = tmp_path / "station" / "config.toml"
    file.parent.mkdir()
    file.write_text("")
    yield file
    home().places.unlink(missing_ok=True)


def run(config: Path, *words: str) -> int:
    return main(["--config", str(config), "referrals", *words])


def test_check_has_only_warnings_for_what_is_shipped(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(config, "check") == 0
    out = capsys.readouterr().out.splitlines()
    assert "warning: referrals: gams: checked_on: nobody has checked this row yet" in out
    assert any(line.startswith("warning: templates: reviewed_on: no person has reviewed") for line in out)
    assert out[-1].startswith("0 errors, ")


@pytest.mark.parametrize(
    ("file", "text", "problem"),
    [
        ("referrals.toml", '[[referral]]\nid = "3919"\nhours = "25h"', "3919: hours: '25h' is no time"),
        ("referrals.toml", '[[referral]]\nid = "3919"\nphone = "391"', "3919: phone: '391' is no telephone number"),
        ("referrals.toml", GOOD_ROW + GOOD_ROW, "mdf: id: is the id of an earlier row of this file"),
        ("templates.toml", GOOD_REPLY.replace("postcode", "postcod"), "own: text.fr: there is no placeholder"),
        ("templates.toml", "[[", "is not TOML"),
    ],
)
def test_check_tells_what_is_wrong(
    config: Path, capsys: pytest.CaptureFixture[str], file: str, text: str, problem: str
) -> None:
    (config.parent / file).write_text(text)
    assert run(config, "check") == 1
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith(f"error: {config.parent / file}: {problem}")
    assert out[-1].startswith("1 error, ")


def test_search_tells_hours_cost_and_reason(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(config, "search", "dept", "75", "femme", "handicap") == 0
    first = capsys.readouterr().out.splitlines()[:5]
    assert first[0] == "Écoute Violences Femmes Handicapées (FDFA)"
    assert first[1].startswith("    01 40 47 06 06, ")
    assert first[2].endswith(", price of a local call")
    assert "    last checked on 2021-05-01" in first


def test_an_uncertain_row_is_marked_and_a_reply_is_filled(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(config, "search", "gams")
    out = capsys.readouterr().out
    assert "[uncertain: to be checked before it is given]" in out
    assert not out.startswith("Fédération nationale GAMS")
    run(config, "search", "tgd")
    assert "{" not in capsys.readouterr().out


def test_a_search_that_finds_nothing(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(config, "search", "xyzxyzxyz") == 1
    assert capsys.readouterr().out == "nothing was found\n"


def test_a_postcode_that_is_none(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(config, "search", "police", "--postcode", "99999") == 1
    assert capsys.readouterr().err == "officer-console: '99999' is no French postcode\n"


def test_import_of_places_then_search_by_postcode(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path / "annuaire.json", towns())
    assert run(config, "import", str(file), "--dry-run") == 0
    out = capsys.readouterr().out
    assert "13  police station" in out
    assert out.endswith("Nothing was written: dry run.\n")
    assert not home().places.exists()
    assert run(config, "import", str(file)) == 0
    assert capsys.readouterr().out.endswith("Imported.\n")
    assert run(config, "search", "commissariat", "--postcode", "93200") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Commissariat de police - Saint-Denis"
    assert "    competent for 93200" in lines
    assert lines[-1].startswith("Places: Service-Public.gouv.fr / DILA, ")
    assert "annuaire.json" in lines[-1]


def test_half_a_file_of_places(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path / "half.json", towns())
    file.write_text(file.read_text()[:-500])
    assert run(config, "import", str(file)) == 1
    assert "the file ends too early" in capsys.readouterr().err
    assert not home().places.exists()


@pytest.mark.parametrize(
    ("name", "text", "told", "query"),
    [
        ("ours.toml", GOOD_ROW, "1 new, 0 replaced", "maison femmes"),
        ("ours.toml", '[[referral]]\nid = "3919"\nchecked_on = 2026-11-26', "0 new, 1 replaced", "3919"),
        ("ours.toml", GOOD_REPLY, "1 new, 0 replaced", "zz9"),
        ("ours.csv", CSV, "2 new, 0 replaced", "zz9"),
        ("OURS.CSV", CSV, "2 new, 0 replaced", "zz9"),
    ],
)
def test_import_of_rows_and_replies(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, told: str, query: str
) -> None:
    (tmp_path / name).write_text(text)
    for dry in (["--dry-run"], []):
        assert run(config, "import", str(tmp_path / name), *dry) == 0
        assert capsys.readouterr().out.splitlines()[-2] == told
        assert [*config.parent.rglob("*.d/*")] == [] or not dry
    (kept,) = config.parent.rglob("*.d/*")
    assert (kept.name.lower(), kept.read_text()) == (name.lower(), text)
    assert run(config, "check") == 0
    assert run(config, "search", query) == 0
    capsys.readouterr()
    assert run(config, "import", str(tmp_path / name)) == 0
    assert capsys.readouterr().out.splitlines()[-2] == "0 new, 0 replaced"


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("a.toml", GOOD_ROW + GOOD_ROW.replace("mdf", "b").replace("24/7", "25h"), "b: hours: '25h' is no time"),
        ("a.toml", GOOD_ROW + GOOD_REPLY, "has rows and quick replies; put them into two files"),
        ("a.toml", "", "has neither [[referral]] nor [[template]]"),
        ("a.toml", "[[referral]]", "row 1: id: is missing"),
        ("a.toml", "[[", "is not TOML"),
        ("a.toml", "referral = []", "has no row"),
        ("a.csv", CSV.replace("zz8", "zz9"), "own2: code: 'zz9' is the code of own"),
        ("a.csv", CSV + "x,y\n", "row 3: has 2 fields, the first line has 6"),
        ("a.csv", "", "has no row"),
        ("a.csv", CSV.replace("Oui", "<b>Oui</b>"), "own2: text.fr: contains markup, '<b>'"),
    ],
)
def test_one_bad_row_and_nothing_is_imported(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, problem: str
) -> None:
    (tmp_path / name).write_text(text)
    assert run(config, "import", str(tmp_path / name)) == 1
    assert f"\n  {problem}" in capsys.readouterr().err
    assert [*config.parent.rglob("*")] == [config]


def test_other_files_and_files_that_are_not_there(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(config, "import", str(tmp_path / "a.ods")) == 1
    assert "is neither .json (open directory) nor .toml or .csv" in capsys.readouterr().err
    for name in ("none.toml", "none.csv", "none.json"):
        assert run(config, "import", str(tmp_path / name)) == 1
        assert "there is no such file or folder" in capsys.readouterr().err


def test_an_import_does_not_suffer_from_another_files_errors(tmp_path: Path) -> None:
    where = Home(tmp_path / "config", tmp_path / "data")
    where.config.mkdir()
    (where.config / "referrals.toml").write_text("[[")
    good = tmp_path / "good.toml"
    good.write_text(GOOD_ROW)
    assert import_rows(good, where).new == 1


def test_a_folder_that_can_not_be_written(tmp_path: Path) -> None:
    where = Home(tmp_path / "config", tmp_path / "data")
    where.config.write_text("a file where a folder should be")
    good = tmp_path / "good.toml"
    good.write_text(GOOD_ROW)
    with pytest.raises(Exception, match="can't be used: it is not a folder") as caught:
        import_rows(good, where)
    assert not isinstance(caught.value, ReferralError)


def test_the_bar_goes_to_a_terminal_on_stderr_and_stdout_stays_clean(tmp_path: Path) -> None:
    file = written(tmp_path / "f.json", rows(2000))
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "officer_console", "referrals", "import", str(file), "--dry-run"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=slave, text=True, timeout=60, check=False)
    os.close(slave)
    shown = os.read(master, 65_536).decode()
    os.close(master)
    assert done.returncode == 0
    assert "Reading" in shown
    assert "\x1b" not in done.stdout
