"""Rows, heights and search, without a screen."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len, get_character_cell_size

from officer_console.console.widgets import wrapping
from officer_console.console.widgets.folding import find, fold
from officer_console.console.widgets.heights import Heights
from officer_console.console.widgets.wrapping import fit, guess_height, wrap
from officer_console.model.text import displayable

letters = st.sampled_from("ab cé 漢😢e\u0301\u0628\u200c\n  -")
texts = st.one_of(st.text(letters, max_size=120), st.text(max_size=80)).map(displayable)
widths = st.integers(4, 40)


@given(texts, widths)
def test_no_row_is_too_wide_and_no_word_is_lost(text: str, width: int) -> None:
    rows = [text[start:end] for start, end in wrap(text, width)]
    assert rows
    assert all(cell_len(row) <= width for row in rows)
    assert "".join("".join(rows).split()) == "".join(text.split())


@given(texts, widths)
def test_rows_follow_each_other_and_leave_out_only_where_they_break(text: str, width: int) -> None:
    end = 0
    for start, stop in wrap(text, width):
        assert end <= start <= stop
        assert set(text[end:start]) <= {" ", "\n"}
        assert "\n" not in text[start:stop]
        end = stop
    assert set(text[end:]) <= {" ", "\n"}


@given(texts, widths)
def test_no_row_begins_with_a_mark_that_takes_no_cell(text: str, width: int) -> None:
    for start, end in wrap(text, width):
        assert start == end or get_character_cell_size(text[start]) > 0


@given(st.lists(st.text("abcdé", min_size=1, max_size=10), max_size=40), st.integers(10, 40))
def test_plain_words_break_as_anybody_breaks_them(words: list[str], width: int) -> None:
    text = " ".join(words)
    expected = textwrap.wrap(text, width, break_on_hyphens=False) or [""]
    assert [text[start:end] for start, end in wrap(text, width)] == expected


@given(st.text("ab é\n", max_size=80), widths)
def test_the_way_for_wide_characters_agrees_with_the_quick_one(text: str, width: int) -> None:
    cells, places = wrapping._in_cells(text)
    assert (cells, places) == (text, list(range(len(text) + 1)))
    assert all(get_character_cell_size(char) == 1 for char in map(chr, range(33, 0x3000)) if _is_narrow(char))


def _is_narrow(char: str) -> bool:
    return wrapping._not_narrow(char) is None


@pytest.mark.parametrize(
    ("text", "width", "rows"),
    [
        ("", 10, [""]),
        ("a\n\nb\n", 10, ["a", "", "b"]),
        ("漢字漢字漢", 5, ["漢字", "漢字", "漢"]),
        ("x" * 9, 4, ["xxxx", "xxxx", "x"]),
        ("  two spaces", 20, ["  two spaces"]),
        ("là\u00a0? Oui", 5, ["là\u00a0?", "Oui"]),
    ],
)
def test_where_rows_break(text: str, width: int, rows: list[str]) -> None:
    assert [text[start:end] for start, end in wrap(text, width)] == rows


@given(texts, st.integers(0, 30))
def test_a_fitted_text_takes_just_its_cells(text: str, cells: int) -> None:
    line = text.replace("\n", " ")
    assert cell_len(fit(line, cells)) == cells
    assert cell_len(line) > cells or fit(line, cells).startswith(line)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=50), st.data())
def test_heights_are_exact_where_they_were_settled(rows: list[tuple[int, int]], data: st.DataObject) -> None:
    heights = Heights(lambda i: rows[i][0], lambda i: rows[i][1])
    heights.grow(len(rows))
    known: set[int] = set()
    for _turn in range(4):
        index, room = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(1, 30))
        heights.settle_down(index, room)
        while room > 0 and index < len(rows):
            known.add(index)
            room, index = room - rows[index][1], index + 1
        expected = [exact if i in known else guess for i, (guess, exact) in enumerate(rows)]
        assert [heights.top(i) for i in range(len(rows) + 1)] == [sum(expected[:i]) for i in range(len(rows) + 1)]
        assert [heights.find(heights.top(i) + expected[i] - 1) for i in range(len(rows))] == [
            (i, expected[i] - 1) for i in range(len(rows))
        ]


def test_a_doubted_height_is_measured_again_and_what_grows_is_guessed() -> None:
    sizes = [2, 2]
    heights = Heights(lambda i: 1, lambda i: sizes[i])
    heights.start_over(2)
    heights.settle_up(2, 10)
    sizes[0] = 5
    sizes.append(7)
    heights.doubt(0)
    heights.doubt(99)
    heights.grow(3)
    assert heights.total == 5
    heights.settle_down(0, 1)
    assert (heights.total, len(heights), heights.find(100)) == (8, 3, (2, 0))


@given(st.text(max_size=400), widths)
def test_a_guess_is_a_row_at_least(text: str, width: int) -> None:
    assert guess_height(text, width) >= 1


@pytest.mark.parametrize(
    ("text", "needle", "found"),
    [
        ("Cœur à cœur", "COEUR", ["Cœur", "cœur"]),
        ("Où êtes-vous ? ÊTES !", "etes", ["êtes", "ÊTES"]),
        ("l’été", "l'ete", ["l’été"]),
        ("Straße", "strasse", ["Straße"]),
        ("aaaa", "aa", ["aa", "aa"]),
        ("e\u0301t x\u0335y", "xy", ["x\u0335y"]),
        ("plain", "zzz", []),
    ],
)
def test_search_minds_neither_accents_nor_case(text: str, needle: str, found: list[str]) -> None:
    spans = find(text, fold(text), fold(needle))
    assert [text[start:end] for start, end in spans] == found


@given(texts, st.text("abceé漢 ", min_size=1, max_size=3).map(fold))
def test_what_is_found_holds_what_was_searched_for(text: str, needle: str) -> None:
    spans = find(text, fold(text), needle)
    assert len(spans) == fold(text).count(needle)
    assert all(needle in fold(text[start:end]) for start, end in spans)
