"""Text from outside: whatever comes in, nothing hidden comes out, and good text comes out as it was."""

from __future__ import annotations

import re
import timeit
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len, get_character_cell_size

from officer_console.model.text import LIMIT, displayable, one_line

FORBIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200d-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e0fff]"
)
NASTY = (
    "\x1b]0;title\x07\x1b]52;c;aGk=\x07\x1b[2J\x9b2J\x90q\x9c",
    "a\u202eb\u2066c\u2069\u200f\u061c",
    "[/foo][@click=app.quit]x[/]",
    "x" * 100_000,
    "é" * 30_000,
    "Z" + "\u0335\u0301\u0489" * 2000,
    "\u0301\u0301 alone",
    "\n\u0301",
    "\u0628" + "\u200c\u064e" * 3000,
    "\u1100" + "\u1161" * 500,
    "\u2194\ufe0f\u0338",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\ufe0f\U0001f3fd\U0001f3fd",
    "\ud83d\ude00 \udc9b",
    "\U000e0067\U000e0062",
    "\ufdd0\uffff\U0010ffff\ue000",
    "\n" * 5000 + "b" + "\n \n\t\n  \n" * 40,
    "a\u200cb\u200dc\ufeff\u2060\u00ad\u3164\u115f\u2800",
    "q" * (LIMIT - 3) + "\u0627\u200c\u0627\u0627\u0627",
    "\r\r\n\v\f\x85\u2028\u2029",
)
_odd_chars = st.sampled_from(sorted(set("".join(NASTY)) | set("ab 1\n\u0915\u094d\u093f\u0338\u2764")))
texts = st.one_of(
    st.text(st.characters(exclude_categories=())), st.text(_odd_chars, max_size=40), st.sampled_from(NASTY)
)


def nasty(test):  # type: ignore[no-untyped-def]
    for text in NASTY:
        test = example(text)(test)
    return given(texts)(test)


@nasty
def test_nothing_hidden_comes_out(text: str) -> None:
    assert not FORBIDDEN.search(displayable(text).replace("\u200c", ""))


@nasty
def test_twice_is_once_and_nfc(text: str) -> None:
    shown = displayable(text)
    assert displayable(shown) == shown
    assert unicodedata.is_normalized("NFC", shown)


@given(texts, st.integers(16, 60))
def test_the_limit_holds_and_says_how_much_is_left_out(text: str, limit: int) -> None:
    whole, cut = displayable(text, limit=10**9), displayable(text, limit=limit)
    assert len(cut) <= limit
    assert displayable(cut, limit=limit) == cut
    if cut != whole:
        kept, count = re.fullmatch(r"(.*)…\[\+(\d+)\]", cut, re.DOTALL).groups()  # type: ignore[union-attr]
        assert whole.startswith(kept)
        assert len(kept) + int(count) == len(whole)


@nasty
def test_every_row_starts_with_a_character_that_takes_a_cell(text: str) -> None:
    for row in displayable(text).split("\n"):
        for word in row.split(" "):
            assert not word or get_character_cell_size(word[0]) > 0


@nasty
def test_cells_add_up_character_by_character(text: str) -> None:
    row = displayable(text).replace("\n", "")
    assert cell_len(row) == sum(map(get_character_cell_size, row))


@nasty
def test_no_run_of_characters_without_cells_is_longer_than_four(text: str) -> None:
    run = 0
    for char in displayable(text).replace("\n", "."):
        run = run + 1 if get_character_cell_size(char) == 0 else 0
        assert run <= 4


@nasty
def test_one_line_is_one_line(text: str) -> None:
    line = one_line(text, 40)
    assert len(line) <= 40
    assert line == one_line(line, 40)
    assert not re.search(r"\n|  |^ | $", line)


@pytest.mark.parametrize(
    "text",
    [
        "Bonsoir, je ne peux pas parler\u00a0: il est là\u202f! « Œuf », naïve, 12 €, l’été",
        "مرحبا، أحتاج مساعدة",
        "نَصٌّ مُشَكَّل",
        "می\u200cخواهم",
        "क्षमा करें",
        "Σὲ γνωρίζω, Привет, 你好，谢谢, 한국어, がぎぐ, ไม่ได้, Tôi cần giúp đỡ",
        "😢 🙏 ❤ 🇫🇷",
        "one\ntwo\n\nthree",
        "[bold]not markup[/bold] \\[x] {y} %s",
        "",
    ],
)
def test_good_text_stays_as_it_is(text: str) -> None:
    assert displayable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "␛[2J"),
        ("\x00\x07\x7f", "␀␇␡"),
        ("\x9b", "<U+009B>"),
        ("a\u202eb", "a<U+202E>b"),
        ("a\tb\r\nc\rd", "a    b\nc␍d"),
        ("e\u0301", "é"),
        ("z" + "\u0335" * 9, "z" + "\u0335" * 4),
        ("\u0301", "◌\u0301"),
        ("👩\u200d👧 🙏\U0001f3fd ❤\ufe0f 1\ufe0f\u20e3", "👩👧 🙏 ❤ 1\u20e3"),
        ("x\u200dy\ufe0f\U0001f3fd", "x<U+200D>y<U+FE0F><U+1F3FD>"),
        ("\ud800", "<U+D800>"),
        ("\U000e0041", "<U+E0041>"),
        ("a\n\n \n\n\nb", "a\n⋮\nb"),
    ],
)
def test_what_is_replaced_is_replaced_visibly(text: str, shown: str) -> None:
    assert displayable(text) == shown


def test_what_is_too_long_says_how_much_is_left_out() -> None:
    assert displayable("x" * 100, limit=20) == "x" * 14 + "…[+86]"
    assert one_line("a b\nc  d", 5) == "a b…"


def test_a_cut_never_leaves_a_joiner_that_joins_nothing() -> None:
    for limit in range(16, 60):
        cut = displayable("\u0627\u200c" * 200, limit=limit)
        assert displayable(cut, limit=limit) == cut
        assert "\u200c…" not in cut
        assert "\u200c…" not in one_line("\u0627\u200c" * 200, limit)


def test_every_character_takes_the_fast_path_only_when_it_may() -> None:
    """The fast path and the slow one agree on every character there is."""
    from officer_console.model import text as module

    for char in map(chr, range(0x110000)):
        if not module._odd(char):
            accented = unicodedata.normalize("NFC", char + "\u0301")
            assert module._shown("\u0627" + char + "\u0301")[1] == accented[0]
            assert module._shown(char) == char


def test_plain_text_costs_little() -> None:
    text = "Bonsoir, je ne peux pas parler, il est là. " * 5
    each = min(timeit.repeat(lambda: displayable(text[:200]), number=1000, repeat=7)) / 1000
    assert each < 20e-6  # 1 µs where nothing else runs; the rest is room for a busy machine
