"""The debrief: scores and the moments that made them, beside the record and earlier attempts; as Markdown and HTML."""

from __future__ import annotations

from html.parser import HTMLParser

from officer_console.practice.debrief import Debrief, Earlier, debrief_of
from officer_console.practice.debrief_text import html, markdown
from officer_console.practice.feedback import remarks
from officer_console.practice.moments import Stands
from officer_console.practice.record_officer import play_record
from officer_console.practice.sitting import Sitting, run_out
from tests.practice.made import changed, plot

HOSTILE = "<script>alert(1)</script> \x1b[2J \u202e [b]x[/b] *y* | `z`"


def debrief(*replies: str, earlier: tuple[Earlier, ...] = (), title: str = "Made") -> Debrief:
    of = plot(lines=changed("session", title=title))
    sitting = Sitting(of, 1)
    sitting.do(5000, Stands("claimed"))
    for number, text in enumerate(replies):
        sitting.reply(20_000 + 20_000 * number, text)
    run_out(sitting, 7_200_000)
    return debrief_of(sitting.chronicle(), play_record(of, 1).chronicle(), "en", earlier)


def test_every_moment_that_made_a_score_is_in_it() -> None:
    of = plot()
    sitting = play_record(of, 1)
    found = debrief_of(sitting.chronicle(), sitting.chronicle(), "en")
    told = [remark for one in found.scores for remark in one.remarks]
    assert sorted(told, key=repr) == sorted(remarks(sitting.chronicle(), "en"), key=repr)
    assert found.overall == found.record_overall
    assert found.end == "Safe."


def test_the_record_does_better_than_harm() -> None:
    found = debrief("Pourquoi vous n'êtes pas partie ?", "Vous devez porter plainte.")
    assert found.overall < found.record_overall - 30
    respect = next(one for one in found.scores if one.competence == "respect")
    assert respect.value is not None and respect.record is not None and respect.value < respect.record


def test_what_to_try_next_is_the_heaviest_and_each_once() -> None:
    found = debrief("Pourquoi vous n'êtes pas partie ?", "Pourquoi vous êtes restée ?")
    rules = [remark.rule for remark in found.next]
    assert rules[0] in ("no-blame", "patrol-in-time")
    assert len(rules) == len(set(rules)) == 3


def test_earlier_attempts_are_told() -> None:
    told = markdown(debrief("Bonsoir.", earlier=(Earlier(1_763_950_000_000, 41),)))
    assert "Your earlier attempts: 2025-11-24 41" in told


class Tags(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_needs_nothing_else_and_runs_nothing() -> None:
    page = html(debrief(HOSTILE, title=HOSTILE), "en")
    tags = Tags()
    tags.feed(page)
    assert "svg" in tags.tags and "circle" in tags.tags
    assert not {"script", "link", "img", "iframe", "object"} & set(tags.tags)
    assert not [name for name in tags.attributes if name.startswith("on") or name in ("src", "href")]
    assert "<script>" in tags.text
    assert "\x1b" not in page and "\u202e" not in page
    assert "default-src 'none'" in page


def test_in_markdown_nothing_that_people_wrote_is_markup() -> None:
    told = markdown(debrief(HOSTILE, title=HOSTILE))
    assert "\\<script\\>" in told and "<script" not in told.replace("\\<", "")
    assert "\\*y\\*" in told and "\\`z\\`" in told
    assert "\x1b" not in told


def test_the_debrief_begins_by_saying_that_it_is_practice() -> None:
    assert markdown(debrief("Bonsoir.")).startswith("# PRACTICE")
    assert "<h1>PRACTICE" in html(debrief("Bonsoir."), "en")


def test_what_made_her_react_is_told_with_its_reason() -> None:
    found = debrief("Pourquoi vous n'êtes pas partie ?")
    assert found.reactions[0].why == "Blame."
    assert found.reactions[0].at > 20_000
    assert "What made her react" in markdown(found) and "What made her react" in html(found, "en")
