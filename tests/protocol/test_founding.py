"""The code that `relay init` prints: any address goes through it, and a slip in copying is noticed."""

from __future__ import annotations

import pytest

from officer_console.protocol.founding import (
    PREFIX,
    FoundingCode,
    NotAFoundingCode,
    make_founding_code,
    parse_founding_code,
)

CODE = FoundingCode("https://chat.example", "t" * 43, "A" * 11)


@pytest.mark.parametrize("length", range(1, 13))
def test_an_address_of_any_length_comes_back(length: int) -> None:
    code = FoundingCode("https://" + "x" * length, "t" * 43, "A" * 11)
    assert parse_founding_code(make_founding_code(code)) == code


def test_spaces_and_line_breaks_of_a_paper_do_not_matter() -> None:
    text = make_founding_code(CODE)
    assert parse_founding_code(f"  {text[:30]}\n {text[30:]} \n") == CODE


def test_every_slip_is_noticed() -> None:
    text = make_founding_code(CODE)
    for place in range(len(PREFIX), len(text)):
        for wrong in ("A", "z", "", "é", "="):
            slipped = text[:place] + wrong + text[place + 1 :]
            if slipped != text:
                with pytest.raises(NotAFoundingCode):
                    parse_founding_code(slipped)


@pytest.mark.parametrize("text", ["", "oc0.", "oc1.AAAA", make_founding_code(CODE)[4:], "oc0." + "A" * 40])
def test_what_is_none(text: str) -> None:
    with pytest.raises(NotAFoundingCode):
        parse_founding_code(text)
