"""Importing local places, whole or not at all, and which one is meant for a postcode."""

from __future__ import annotations

import contextlib
import io
import json
import stat
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.errors import UserError
from officer_console.referrals.home import Home
from officer_console.referrals.import_places import MOST_BYTES, import_places
from officer_console.referrals.json_rows import MOST_OF_A_ROW, BrokenJson, rows_of
from officer_console.referrals.library import check, open_library
from officer_console.referrals.nearest import nearest_places
from officer_console.referrals.place_store import PlaceStore
from officer_console.referrals.places import Point
from officer_console.referrals.report import ReferralError

from .made import row, rows, written


@pytest.fixture
def where(tmp_path: Path) -> Home:
    return Home(tmp_path / "config", tmp_path / "data")


def address(postcode: str, town: str, lat: float, lon: float) -> list[dict[str, str]]:
    return [{"type_adresse": "Adresse", "numero_voie": "1 rue Neuve", "code_postal": postcode, "nom_commune": town,
             "latitude": str(lat), "longitude": str(lon)}]  # fmt: skip


def town(insee: str, postcode: str, name: str, lat: float, lon: float) -> dict[str, Any]:
    return row("mairie", f"Mairie - {name}", insee, adresse=address(postcode, name, lat, lon))


def unit(kind: str, insee: str, postcode: str, name: str, lat: float, lon: float, *communes: str) -> dict[str, Any]:
    pivot = [{"type_service_local": kind, "code_insee_commune": list(communes)}]
    return row(kind, f"{kind} - {name}", insee, pivot=pivot, adresse=address(postcode, name, lat, lon))


AIN = [
    town("01004", "01500", "Ambérieu-en-Bugey", 45.96, 5.36),
    town("01007", "01500", "Ambronay", 46.00, 5.36),
    town("01053", "01000", "Bourg-en-Bresse", 46.20, 5.22),
    town("69381", "69001", "Lyon 1er", 45.77, 4.83),
    unit("commissariat_police", "01053", "01000", "Bourg-en-Bresse", 46.20, 5.22, "01053"),
    unit("commissariat_police", "69381", "69001", "Lyon", 45.77, 4.83, "69381"),
    unit("gendarmerie", "01004", "01500", "Ambérieu", 45.95, 5.35, "01004", "01007"),
    unit("gendarmerie", "01361", "01800", "Meximieux", 45.90, 5.19, "01361"),
    unit("gendarmerie", "01427", "01250", "Simandre", 46.23, 5.41),
    unit("tgi", "01053", "01000", "Bourg-en-Bresse", 46.20, 5.22, "01004", "01007", "01053", "01361"),
    unit("bav", "01053", "01000", "Bourg-en-Bresse", 46.20, 5.22),
]


@pytest.fixture
def imported(where: Home, tmp_path: Path) -> Iterator[PlaceStore]:
    import_places(written(tmp_path / "ain.json", iter(AIN)), where)
    store = PlaceStore.open(where.places)
    assert store is not None
    yield store
    store.close()


def names(store: PlaceStore, postcode: str, kind: Any, most: int = 3) -> list[tuple[str, str]]:
    return [(near.place.town, near.why) for near in nearest_places(store, postcode, kind, most)]


def test_the_competent_one_comes_first_then_the_nearest(imported: PlaceStore) -> None:
    assert names(imported, "01500", "gendarmerie") == [
        ("Ambérieu", "competent"),
        ("Meximieux", "near"),
        ("Simandre", "near"),
    ]
    assert names(imported, "01500", "court") == [("Bourg-en-Bresse", "competent")]


def test_without_a_competent_one_the_nearest_is_told_with_its_distance(imported: PlaceStore) -> None:
    first, second = nearest_places(imported, "01500", "police")
    assert (first.place.town, first.why) == ("Bourg-en-Bresse", "near")
    assert first.km == pytest.approx(26.8, abs=0.5)
    assert (second.place.town, second.why) == ("Lyon", "near")


def test_a_postcode_that_no_row_names_is_measured_from_the_middle_of_its_department(imported: PlaceStore) -> None:
    assert [why for _town, why in names(imported, "01999", "police")] == ["near", "near"]
    assert names(imported, "01999", "gendarmerie", 1)[0][1] == "near"


def test_places_without_a_point_are_found_by_department(where: Home, tmp_path: Path) -> None:
    nowhere = [{"type_adresse": "Adresse", "code_postal": "97400", "nom_commune": "Saint-Denis"}]
    made = [row("gendarmerie", "Brigade - Saint-Denis", "97411", adresse=nowhere, pivot="gendarmerie")]
    import_places(written(tmp_path / "f.json", iter(made)), where)
    store = PlaceStore.open(where.places)
    assert store is not None
    (near,) = nearest_places(store, "97410", "gendarmerie")
    assert (near.why, near.km, near.place.department) == ("department", None, "974")
    store.close()


def test_no_places_and_no_postcode_are_no_error(imported: PlaceStore) -> None:
    assert nearest_places(None, "01500", "police") == []
    assert nearest_places(imported, "nowhere", "police") == []
    assert nearest_places(imported, "01500", "justice") == []


def test_a_file_that_turns_out_to_be_damaged_gives_no_places_and_no_error(imported: PlaceStore) -> None:
    assert imported.communes("69001") and imported.has_word("lyon", prefix=True)
    imported._db.close()  # as a page that can't be read: every question from now on is an sqlite3.Error
    assert not imported.has_word("lyon", prefix=True) and imported.damaged
    assert (imported.communes("69001"), imported.matching("lyon"), imported.words_near("lyom")) == ([], [], [])
    assert names(imported, "69001", "police") == []


def test_distances() -> None:
    assert Point(48.8566, 2.3522).km_to(Point(45.764, 4.8357)) == pytest.approx(391.5, abs=1)  # Paris, Lyon
    assert Point(0, 0).km_to(Point(0, 180)) == pytest.approx(20015, abs=1)


def test_what_was_taken_is_told_and_the_source_is_kept(where: Home, tmp_path: Path) -> None:
    bad = [row("gendarmerie", "", "01001"), "x", row("bav", "Aide", "01001", adresse=[])]
    file = written(tmp_path / "rna.json", iter([*AIN, *bad]))  # type: ignore[list-item]
    summary = import_places(file, where)
    assert dict(summary.taken) == {"police": 2, "gendarmerie": 3, "court": 1, "victims": 1}
    assert dict(summary.refused) == {"no name": 1, "not a table": 1, "no address in France": 1}
    assert summary.others == 4
    library = open_library(where)
    assert library.quoted.startswith("Service-Public.gouv.fr / DILA, Annuaire de l’administration")
    assert "rna.json" in library.quoted
    assert "Licence Ouverte 2.0" in library.quoted
    library.close()


def test_the_file_is_for_its_owner_alone(imported: PlaceStore, where: Home) -> None:
    assert stat.S_IMODE(where.places.stat().st_mode) == 0o600
    assert stat.S_IMODE(where.data.stat().st_mode) == 0o700
    assert [file.name for file in where.data.iterdir()] == ["places.sqlite"]


def test_a_dry_run_writes_nothing(where: Home, tmp_path: Path) -> None:
    summary = import_places(written(tmp_path / "ain.json", iter(AIN)), where, dry_run=True)
    assert summary.places == 7
    assert not where.data.exists()


def test_progress_goes_from_the_start_to_the_end(where: Home, tmp_path: Path) -> None:
    file = written(tmp_path / "f.json", rows(500))
    seen: list[tuple[int, int]] = []
    import_places(file, where, progress=lambda done, of: seen.append((done, of)))
    size = file.stat().st_size
    assert [of for _done, of in seen] == [size] * len(seen)
    assert [done for done, _of in seen] == sorted(done for done, _of in seen)
    assert seen[-1] == (size, size)
    assert len(seen) > 3


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (json.dumps({"service": AIN})[:-200], "is not whole JSON: a value is broken, or the file ends too early"),
        (json.dumps({"service": AIN})[:-1], "is not whole JSON: ',' is missing"),
        (json.dumps({"service": AIN}) + "x", "is not whole JSON: there is something behind its end"),
        (json.dumps(AIN).replace("}, {", "} {"), "is not whole JSON: ',' is missing (character 791)"),
        ("", "has no list of places; is it the right file?"),
        ("nonsense", "has no list of places; is it the right file?"),
        ("{}", "has no list of places; is it the right file?"),
        ("3", "has no list of places; is it the right file?"),
        ("[]", "has no police station, gendarmerie, victim help office, CIDFF or court; is it the right file?"),
        (json.dumps(AIN[:4]), "has no police station, gendarmerie, victim help office, CIDFF or court"),
        ('[{"pivot": "gendarmerie"}]', "no row could be used: no id"),
        ("[" * 100_000, "is not whole JSON: lists inside lists go too deep"),
    ],
    ids=range(12),
)
def test_a_broken_file_is_refused_whole_and_the_old_places_stay(
    where: Home, tmp_path: Path, content: str, reason: str
) -> None:
    import_places(written(tmp_path / "ain.json", iter(AIN)), where)
    before = where.places.read_bytes()
    file = tmp_path / "new.json"
    file.write_text(content)
    with pytest.raises(ReferralError) as caught:
        import_places(file, where)
    assert str(caught.value).startswith(f"{file} has a problem:\n  {reason}")
    assert where.places.read_bytes() == before
    assert [each.name for each in where.data.iterdir()] == ["places.sqlite"]


def test_a_file_that_is_not_utf8_missing_or_too_large(where: Home, tmp_path: Path) -> None:
    file = tmp_path / "f.json"
    file.write_bytes(b'[{"nom": "\xff"}]')
    with pytest.raises(UserError, match="is not UTF-8 text"):
        import_places(file, where)
    with file.open("wb") as sparse:
        sparse.truncate(MOST_BYTES + 1)
    with pytest.raises(UserError, match="is larger than 1024 MB; is it the right file"):
        import_places(file, where)
    with pytest.raises(UserError, match="can't be read: there is no such file or folder"):
        import_places(tmp_path / "none.json", where)


ROWS = st.lists(st.dictionaries(st.text(max_size=4), st.integers() | st.text(max_size=30), max_size=3), max_size=6)


@given(ROWS, st.integers(1, 40), st.booleans(), st.sampled_from(["", " ", "\n"]))
def test_rows_are_read_whatever_the_window(made: list[Any], size: int, wrapped: bool, space: str) -> None:
    whole = {"count": 12345, "service": made, "more": [1], "last": -1.5e3} if wrapped else made
    text = json.dumps(whole, ensure_ascii=False, separators=(f",{space}", f":{space}")).encode()
    assert list(rows_of(reading_by(text, size))) == made


@given(ROWS, st.integers(1, 40), st.integers(1, 200), st.booleans())
def test_half_a_file_is_never_read_as_a_whole_one(made: list[Any], size: int, cut: int, wrapped: bool) -> None:
    text = json.dumps({"service": made} if wrapped else made).encode()
    with pytest.raises(BrokenJson):
        list(rows_of(reading_by(text[: -min(cut, len(text))], size)))


@given(st.binary(max_size=60) | st.text(alphabet='[]{},:"1e-\\u ntrue', max_size=60).map(str.encode), st.integers(1, 9))
def test_any_bytes_are_rows_or_broken(text: bytes, size: int) -> None:
    with contextlib.suppress(BrokenJson):
        list(rows_of(reading_by(text, size)))


def reading_by(text: bytes, size: int) -> Callable[[int], bytes]:
    source = io.BytesIO(text)
    return lambda _most: source.read(size)


def test_a_row_without_an_end_is_refused_before_all_of_it_is_read() -> None:
    asked: list[int] = []

    def endless(most: int) -> bytes:
        asked.append(most)
        return b'["' * (not asked[1:]) + b"x" * most

    with pytest.raises(BrokenJson, match="a row does not end"):
        list(rows_of(endless))
    assert sum(asked) < 2 * MOST_OF_A_ROW


def test_places_that_cannot_be_read_are_told_and_all_else_works(imported: PlaceStore, where: Home) -> None:
    where.places.write_bytes(b"not a database, but long enough to be looked at as one" * 100)
    library = open_library(where)
    assert library.places is None
    assert [problem.reason for problem in library.problems] == [
        f"the imported places in {where.places} can't be read; import them again"
    ]
    assert library.search("3919")
    library.close()


@pytest.mark.parametrize("part", [0.3, 0.5, 0.7, 0.9])
def test_places_with_a_page_of_garbage_are_told_when_they_are_opened(
    imported: PlaceStore, where: Home, part: float
) -> None:
    size = where.places.stat().st_size
    with where.places.open("r+b") as file:
        file.seek(int(size * part) // 4096 * 4096)
        file.write(b"\xa5" * 4096)
    with pytest.raises(UserError, match="can't be read; import them again"):
        PlaceStore.open(where.places)
    assert [
        str(where.places) in str(problem) for problem in check(where, date(2026, 11, 26)) if not problem.warning
    ] == [True]


def test_an_import_of_a_new_file_replaces_all(where: Home, tmp_path: Path) -> None:
    import_places(written(tmp_path / "ain.json", iter(AIN)), where)
    import_places(written(tmp_path / "two.json", iter(AIN[4:6])), where)
    store = PlaceStore.open(where.places)
    assert store is not None
    assert len(store) == 2
    assert names(store, "01500", "gendarmerie") == []
    store.close()
