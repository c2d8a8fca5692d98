"""What could tell who somebody is: found, decided one by one, and gone from every text when it is taken out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.cli import main
from officer_console.errors import UserError
from officer_console.model.said import fold
from officer_console.practice.reading import parse, read_file
from officer_console.practice.redacting import Ask, redact
from officer_console.practice.redaction import Decision, Undecided, proposals, redacted, remaining
from tests.practice.made import LINES

HERS = [
    "Bonjour je m'appelle sonia BENALI, j'ai 34 ans, j'habite 12 rue des Lilas 69003 Lyon",
    "Mon mari Karim Haddad rentre à 18h30 samedi, son numéro 06 12 34 56 78, mail k.haddad@free.fr",
    "Il a une Clio AB-123-CD. Il travaille chez Renault depuis le 3 mars 2019",
    "si karim le sait il me tue",
]
TEXTS = st.lists(
    st.lists(
        st.sampled_from(
            [
                *" ".join(HERS).split(),
                "Zoé",
                "KARIM",
                "12/03/2024",
                "Le",
                "été",
                "20:15",
                "[nom 1]",
                "75011",
                "l'Isle",
                ".",
            ]
        ),
        max_size=12,
    ).map(" ".join),
    max_size=5,
)


def test_each_kind_is_found_where_it_is() -> None:
    found = {(each.kind, each.text) for each in proposals(HERS, "fr")}
    assert found >= {
        ("name", "sonia"), ("name", "BENALI"), ("age", "34 ans"), ("place", "12 rue des Lilas"), ("postcode", "69003"),
        ("place", "Lyon"), ("name", "Karim Haddad"), ("time", "18h30"), ("date", "samedi"), ("phone", "06 12 34 56 78"),
        ("email", "k.haddad@free.fr"), ("plate", "AB-123-CD"), ("name", "Clio"), ("date", "3 mars 2019"),
        ("name", "karim"),
    }  # fmt: skip
    english = ["My name is Sarah, I'm 29 years old. He came at 10:30 pm on May 3rd, 07700 900123", "near SW1A 2AA"]
    found = {(each.kind, each.text) for each in proposals(english, "en")}
    assert found >= {
        ("name", "Sarah"), ("age", "29 years old"), ("time", "10:30 pm"), ("date", "May 3rd"),
        ("phone", "07700 900123"),
        ("postcode", "SW1A 2AA"),
    }  # fmt: skip


def test_what_tells_nothing_is_left_alone() -> None:
    assert proposals(["Vous êtes seule ? Restez là. Je vous crois.", "il est la, aidez moi", "Oui. Merci"], "fr") == []
    assert proposals(["I'm here with you. That's what I said. Tonight I'll stay", "the doctor can look"], "en") == []
    found = [
        each.text
        for each in proposals(["Silence.", "le silence me pese", "Haddad arrive", "chez Haddad, haddad !"], "fr")
    ]
    assert found == ["Silence", "Haddad"]  # a word is no name everywhere because it began a sentence once
    assert proposals(["Are you safe? Stay there. I believe you.", "he is here"], "en") == []


def test_a_position_is_found_however_it_is_written() -> None:
    for text in ("45.757813", "45,757813", "-4.83201", "45°45'28", "45° 45"):
        assert [(each.kind, each.text) for each in proposals([f"je suis a {text} la"], "fr")] == [
            ("place", text.lstrip("-"))
        ]
    assert proposals(["ca coute 12,50 euros"], "fr") == []


def test_undecided_is_refused_and_what_is_kept_stays() -> None:
    found = proposals(HERS, "fr")
    with pytest.raises(Undecided, match="BENALI"):
        redacted(HERS, found, [Decision(each.text, None) for each in found if each.text != "BENALI"])
    assert redacted(HERS, found, [Decision(each.text, None) for each in found]) == HERS


def test_the_longer_words_are_taken_out_before_the_shorter() -> None:
    decisions = [Decision("Karim", "[nom 1]"), Decision("Karim Haddad", "[nom 2]"), Decision("haddad", None)]
    assert redacted(["Karim Haddad, KARIM et Karima"], (), decisions) == ["[nom 2], [nom 1] et Karima"]


@given(TEXTS, st.sampled_from(["fr", "en"]), st.data())
def test_nothing_that_was_taken_out_remains(texts: list[str], language: str, data: st.DataObject) -> None:
    found = proposals(texts, language)  # type: ignore[arg-type]
    taken = [data.draw(st.booleans()) for _ in found]
    decisions = [Decision(one.text, one.mark if out else None) for one, out in zip(found, taken, strict=True)]
    made = redacted(texts, found, decisions)
    assert remaining(made, decisions) == []
    gone = {fold(each.text) for each in decisions if each.mark}
    bare = " ".join(made)
    for each in decisions:
        bare = bare.replace(each.mark or "\0", "\n")
    assert not gone & set(fold(bare).split())


# ---- files -------------------------------------------------------------------------------------------------------


def session_file(folder: Path, **more: str) -> Path:
    lines = [dict(line) for line in LINES]
    lines[7]["text"] = "il est la, karim va rentrer a 18h30"
    lines[8]["at"] = 5400
    lines += [more] if more else []
    file = folder / "made.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return file


def answers(*given: str, then: str | None = "") -> tuple[Ask, list[str]]:
    """What is typed: these, then `then` for ever; None: the terminal is closed."""
    asked: list[str] = []
    row: Iterator[str] = iter(given)

    def ask(question: str) -> str:
        asked.append(question)
        answer = next(row, then)
        if answer is None:
            raise EOFError
        return answer

    return ask, asked


def test_a_file_is_copied_without_what_was_decided(tmp_path: Path) -> None:
    target = tmp_path / "clean.jsonl"
    ask, asked = answers()
    source = session_file(tmp_path)
    before = source.read_bytes()
    assert redact(source, target, ask).taken >= 3
    clean = read_file(target)
    assert clean.head.id == "clean"
    text = target.read_text("utf-8")
    assert "karim" not in text and "18h30" not in text and "rue X" not in text and "69003" not in text
    assert all(getattr(line, "at", 0) % 1000 == 0 for line in clean.record)
    assert source.read_bytes() == before
    assert any("karim" in question for question in asked)


def test_nothing_is_written_while_one_is_undecided(tmp_path: Path) -> None:
    target = tmp_path / "clean.jsonl"
    with pytest.raises(UserError, match="not everything is decided"):
        redact(session_file(tmp_path), target, answers("", then=None)[0])
    assert not target.exists()


def test_words_can_be_kept_replaced_and_added(tmp_path: Path) -> None:
    target = tmp_path / "clean.jsonl"

    def ask(question: str) -> str:
        if "“karim”" in question:
            return "Marc"
        if "Other words" in question and not added:
            added.append(question)
            return "aidez moi"
        return "" if "Other words" in question else "="

    added: list[str] = []
    redact(session_file(tmp_path), target, ask)
    text = target.read_text("utf-8")
    assert "Marc va rentrer a 18h30" in text and "aidez moi" not in text and "3 rue X" in text


def test_what_only_a_person_can_change_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = session_file(tmp_path), tmp_path / "clean.jsonl"
    source.write_text(source.read_text("utf-8").replace('"v5"', '"karim"'), "utf-8")
    monkeypatch.setattr("builtins.input", lambda question: "" if "karim" in question or "Other" in question else "=")
    assert main(["practice", "redact", str(source), str(target)]) == 1
    assert "only a person can change: karim" in capsys.readouterr().out


def test_a_position_and_a_live_session_are_refused(tmp_path: Path) -> None:
    source, target = session_file(tmp_path), tmp_path / "clean.jsonl"
    plain = source.read_text("utf-8")
    source.write_text(
        plain.replace('{"place": "3 rue X"}', '{"place": "x", "point": {"lat": 1, "lon": 2, "acc": 3}}'), "utf-8"
    )
    with pytest.raises(UserError, match="position"):
        redact(source, target, answers()[0])
    consent = '"origin": "live", "consent": {"event": "v.3", "redacted_by": "a", "countersigned_by": "b"}, "topics"'
    source.write_text(plain.replace('"topics"', consent, 1), "utf-8")
    with pytest.raises(UserError, match="real conversation"):
        redact(source, target, answers()[0])
    assert not target.exists()


def test_the_command_overwrites_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = session_file(tmp_path), tmp_path / "clean.jsonl"
    monkeypatch.setattr("builtins.input", lambda question: "" if "karim" in question or "Other" in question else "=")
    assert main(["practice", "redact", str(source), str(target)]) == 0
    assert "taken out" in capsys.readouterr().out
    parse(target.read_bytes(), "clean")
    monkeypatch.setattr("builtins.input", lambda _question: pytest.fail("asked for nothing"))
    assert main(["practice", "redact", str(source), str(target)]) == 1
    assert main(["practice", "redact", str(source), str(tmp_path / "Clean.txt")]) == 1
