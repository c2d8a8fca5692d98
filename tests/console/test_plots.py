"""Plots of letters: their size, their proportions, what is hidden in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from officer_console.console.widgets.plots import ASCII, BLOCKS, Plot, bars, ceiling, columns, letters_for
from officer_console.model.shown_figures import HIDDEN, WITHHELD

SHOWN = st.sampled_from([HIDDEN, 0, 5, 10, 15, 40, 1000])


def test_columns_stand_over_their_labels() -> None:
    assert columns(Plot([10, 5, 0, HIDDEN], ["00", "01", "02", "03"]), 2, 40) == [
        "10 │██",
        "   │██ ██    ··",
        "   └───────────",
        "    00 01 02 03",
    ]


def test_columns_without_blocks_and_without_room() -> None:
    assert columns(Plot([10, 5, 0, HIDDEN], ["00", "01", "02", "03"]), 2, 12, ASCII) == [
        "10 |#",
        "   |# #   .",
        "   +-------",
        "    00  02",
    ]


def test_an_eighth_of_a_line_is_seen() -> None:
    assert columns(Plot([40, 5], ["a", "b"]), 1, 40)[0] == "40 │██ ▁▁"


def test_steps_have_their_names() -> None:
    plot = Plot([2, 0], ["a", "b"], ["short", "long"])
    assert columns(plot, 2, 40)[:2] == [" long │██", "short │██"]


def test_bars_are_as_long_as_their_numbers() -> None:
    lines = bars([("fr", 40), ("other", 20), ("ar", HIDDEN), ("", 0)], 22)
    assert lines == ["fr     ███████████ 40", "other  █████▌ 20", "ar     · <5", "       0"]


def test_bars_without_blocks() -> None:
    assert bars([("fr", 40), ("ar", HIDDEN)], 14, ASCII) == ["fr  ###### 40", "ar  . <5"]


def test_a_long_label_leaves_room_for_its_bar() -> None:
    [line] = bars([("é" * 200, 5)], 40)
    assert cell_len(line) <= 40 and "█" in line


@given(st.lists(SHOWN, max_size=40), st.integers(1, 9), st.integers(1, 200), st.sampled_from([BLOCKS, ASCII]))
def test_whatever_there_is_it_fits(values: list[int], height: int, width: int, letters: object) -> None:
    plot = Plot(values, [str(place) for place in range(len(values))])
    lines = columns(plot, height, width, letters)  # type: ignore[arg-type]
    assert len(lines) == height + 2
    assert max(map(cell_len, lines[:-1])) <= max(width, len(str(ceiling(max(values, default=0)))) + 2 + len(values))
    for line in bars([(str(value), value) for value in values], max(width, 20), letters):  # type: ignore[arg-type]
        assert cell_len(line) <= max(width, 20)


@given(st.integers(0, 10**7))
def test_a_scale_ends_soon_above_the_greatest(most: int) -> None:
    assert max(most, 5) <= ceiling(most) <= max(5, 2 * most)


@pytest.mark.parametrize(
    ("term", "encoding", "letters"),
    [
        ("xterm-256color", "utf-8", BLOCKS),
        ("tmux", "UTF8", BLOCKS),
        ("linux", "utf-8", ASCII),
        ("xterm", "latin-1", ASCII),
    ],
)
def test_letters_are_those_that_the_terminal_has(term: str, encoding: str, letters: object) -> None:
    assert letters_for(term, encoding) == letters


def test_what_is_withheld_is_not_drawn() -> None:
    assert bars([("a", WITHHELD)], 20) == ["a  ·"]
