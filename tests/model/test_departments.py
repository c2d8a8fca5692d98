"""Departments by postcode: the same that the referrals name."""

from __future__ import annotations

import pytest

from officer_console.model.departments import NUMBERS, as_number, department_of
from officer_console.referrals.departments import names


def test_every_number_has_a_name() -> None:
    assert frozenset(names()) == NUMBERS


@pytest.mark.parametrize(
    ("postcode", "number"),
    [("69003", "69"), ("20090", "2A"), ("20200", "2B"), ("97400", "974"), ("98800", "988"), ("00100", ""),
     ("96000", ""), ("6900", ""), ("690030", ""), ("٦٩٠٠٣", ""), ("", "")],
)  # fmt: skip
def test_of_a_postcode(postcode: str, number: str) -> None:
    assert department_of(postcode) == number


def test_as_people_type_it() -> None:
    assert [as_number(typed) for typed in ("1", "01", "2a", "971", "96", "")] == ["01", "01", "2A", "971", "", ""]
