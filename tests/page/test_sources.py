"""What the page's sources and words must have, and must never have."""

from __future__ import annotations

import re

import pytest

from officer_console.relay.page.build import LANGUAGES, SCRIPTS, build, words

from .node import FOLDER

SCRIPT = "\n".join((FOLDER / f"{name}.js").read_text() for name in SCRIPTS)
HTML = (FOLDER / "page.html").read_text()
CSS = (FOLDER / "page.css").read_text()
PAGE = build("B" + "A" * 86, "https://chat.example", "https://weather.example/").html.decode()

FORBIDDEN = {
    "markup from text": r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc",
    "code from text": r"\beval\b|new Function|setTimeout\(\s*[\"'`]|javascript:",
    "keeping on the device": r"localStorage|sessionStorage|indexedDB|\.cookie|\bcaches\b|serviceWorker|pushState",
    "noise": r"Notification|vibrate|\bAudio\b|<audio|speechSynthesis|autoplay|document\.title|setAppBadge",
    "other windows and dialogs": r"window\.open|\bopen\(|\bconfirm\(|\balert\(|\bprompt\(|print\(",
    "the clipboard": r"clipboard|execCommand",
    "reports": r"console\.|fetch\(|XMLHttpRequest|importScripts|import\(",
    "what the floor of browsers has not": r"\?\.[a-z(\[]|\?\?|\d+n\b|structuredClone|fromEntries|replaceAll|\.at\(|"
    r"\.flat\(|\.flatMap\(|for await|catch \{|\.finally\(|matchAll|replaceChildren|static \{|#\w+ =|allSettled",
    "Escape": r"[\"']Esc",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_never(what: str) -> None:
    found = re.search(FORBIDDEN[what], re.sub(r"(?m)(^|\s)//.*$", "", SCRIPT) + HTML)
    assert not found, found


def test_class_fields_are_beyond_the_floor() -> None:
    assert not re.search(r"^  (static )?\w+ = ", re.sub(r"(?s)function .*?\n}", "", SCRIPT), re.M)


def test_no_address_but_the_exit() -> None:
    assert re.findall(r"\w+:/+[^\"'\s]*", PAGE) == ["https://weather.example/"]


def test_no_link_no_form_no_frame_no_handler_in_the_markup() -> None:
    assert not re.search(r"<(a|form|iframe|img|audio|video|object|embed|base)\b|\son\w+=|\sstyle=|\ssrc=", HTML)
    assert re.findall(r"<link[^>]*>", HTML) == ['<link rel="icon" href="data:,">']


def test_nothing_moves() -> None:
    assert not re.search(r"animation|transition|(?<!over)scroll-behavior|@keyframes|url\(|@import|@font-face", CSS)


def test_what_is_typed_is_kept_by_no_browser() -> None:
    (textarea,) = re.findall(r"<textarea[^>]*>", HTML)
    for attribute in (
        'autocomplete="off"',
        'autocorrect="off"',
        'autocapitalize="sentences"',
        'spellcheck="false"',
        'writingsuggestions="false"',
        'translate="no"',
        'data-gramm="false"',
    ):
        assert attribute in textarea
    (field,) = re.findall(r"<input[^>]*>", HTML)
    assert 'autocomplete="off"' in field
    assert 'spellcheck="false"' in field


def test_a_number_never_becomes_a_link() -> None:
    assert '<meta name=format-detection content="telephone=no">' in PAGE
    assert not re.search(r"(tel|sms):", PAGE)


# ---- words ----


SHARED = {"call", "go_on", "unproven", "address"}
"""Sentences that stand within others."""


def test_both_languages_have_every_word() -> None:
    for word, texts in words().items():
        assert tuple(texts) == LANGUAGES, word
        for text in texts.values():
            assert text.strip() == text != "", word


def test_the_same_placeholders_in_both() -> None:
    for word, texts in words().items():
        french, english = (sorted(re.findall(r"\{\w*\}", texts[language])) for language in LANGUAGES)
        assert french == english, word
        assert set(french) <= {"{n}", *(f"{{{name}}}" for name in SHARED)}, word


def test_the_title_is_neutral_and_never_changes() -> None:
    title = words()["title"]
    assert title["fr"] == title["en"] == "Information"
    assert "<title>Information</title>" in PAGE


def used() -> set[str]:
    """Every word that the sources name, by attribute, placeholder or string."""
    in_html = {word for _, word in re.findall(r"\{\{(\w+):(\w+)\}\}", HTML)} | set(re.findall(r'data-w="(\w+)"', HTML))
    strings = set(re.findall(r'"(\w+)"', SCRIPT))
    made = {f"ahead_{n}" for n in (0, 1, "n")} | {f"{name}_ask" for name in ("goodbye", "erase", "place")} | SHARED
    return in_html | strings | made


def test_no_word_is_spare() -> None:
    assert set(words()) <= used()


def test_every_word_that_is_named_exists() -> None:
    named = set(re.findall(r'data-w="(\w+)"', HTML)) | {word for _, word in re.findall(r"\{\{(\w+):(\w+)\}\}", HTML)}
    named |= {word for found in re.findall(r'\b(?:note|halt)\("(\w+)"|trouble = "(\w+)"', SCRIPT) for word in found}
    standing = SCRIPT[SCRIPT.index("function standing") : SCRIPT.index("const queued")]
    named |= set(re.findall(r'"(\w+)"', standing)) - {"opening", "held"}
    assert named <= set(words()) | {""}


def test_visible_text_stands_in_the_table_only() -> None:
    markup = re.sub(
        r"<!--.*?-->|<style>.*?</style>|<script>.*?</script>|<[^>]+>|\{\{.*?\}\}|&nbsp;", " ", HTML, flags=re.S
    )
    assert set(re.findall(r"\w+", markup)) == {"17", "112", "114", "SMS"}


def test_numbers_stand_in_the_file_for_those_without_javascript() -> None:
    body = PAGE[PAGE.index("<main>") : PAGE.index("id=app")]
    for language in LANGUAGES:
        section = re.search(f"<section lang={language}>.*?</section>", body, re.S)
        assert section
        assert "hidden" not in section[0]
        assert [number in section[0] for number in ("<b>17</b>", "<b>112</b>", "<b>114</b>")] == [True] * 3


def test_words_are_short() -> None:
    for word, texts in words().items():
        for text in texts.values():
            assert len(text.format(n=3, **dict.fromkeys(SHARED, ""))) < 170, word
