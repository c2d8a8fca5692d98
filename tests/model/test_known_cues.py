"""The visitor's own sentences for the room: which are quoted, which are not, and the kind of facts they call for."""

from __future__ import annotations

import pytest

from officer_console.model.cues import CUES, LONGEST, NATURE_CUES
from officer_console.model.patrol import LIMITS, NATURES

from .test_known_places import texts, told

WANTED = [
    ("people", "il est là"),
    ("people", "il est encore dans la cuisine"),
    ("people", "on est deux"),
    ("people", "je suis seule"),
    ("people", "sa mère est là"),
    ("people", "y'a mon frère avec moi"),
    ("people", "y a sa soeur aussi"),
    ("people", "ils sont 3"),
    ("people", "he is here"),
    ("people", "hes still here"),
    ("people", "I'm alone"),
    ("people", "his friends are downstairs"),
    ("children", "ma fille dort dans sa chambre"),
    ("children", "mon fils est là"),
    ("children", "le bébé pleure"),
    ("children", "les petits sont a coté"),
    ("children", "je suis enceinte de 6 mois"),
    ("children", "le grand a entendu sa voix"),
    ("children", "non pas d'enfants"),
    ("children", "my kids are asleep"),
    ("children", "our son is nine"),
    ("children", "im pregnant"),
    ("weapon", "il a un couteau"),
    ("weapon", "non pas d'arme je crois"),
    ("weapon", "il est armé"),
    ("weapon", "y a un fusil quelque part"),
    ("weapon", "he has a knife"),
    ("weapon", "no weapon"),
    ("weapon", "il a mis de l'essence partout"),
    ("injuries", "je saigne du nez"),
    ("injuries", "j'ai mal au bras"),
    ("injuries", "jai tres mal"),
    ("injuries", "ça saigne pas"),
    ("injuries", "elle a eu le poignet cassé"),
    ("injuries", "il m'a cassé le bras"),
    ("injuries", "J'ai un bleu à la hanche"),
    ("injuries", "je vois flou"),
    ("injuries", "im bleeding"),
    ("injuries", "no, not hurt"),
    ("injuries", "I can't breathe"),
    ("injuries", "i cant breathe"),
    ("now", "il est derriere la porte"),
    ("now", "il tape"),
    ("now", "mon mari frappe a la porte"),
    ("now", "il me cherche"),
    ("now", "il revient"),
    ("now", "je suis enfermée dans la salle de bain"),
    ("now", "he is banging on the door"),
    ("now", "hes coming"),
    ("now", "someone on the stairs"),
    ("author", "il a une veste rouge"),
    ("author", "il est grand"),
    ("author", "un grand brun"),
    ("author", "barbu, 40 ans"),
    ("author", "il a une barbe"),
    ("author", "il s'appelle Kevin"),
    ("author", "il s’appelle Kevin"),
    ("author", "il fait 1m80"),
    ("author", "40 ans peut etre, doudoune noire, casquette grise"),
    ("author", "plaque AB-123-CD"),
    ("author", "he is tall"),
    ("author", "his name is Theo"),
    ("author", "black hoodie and a beard"),
]
UNWANTED = [
    ("people", "je suis la rue des lilas"),
    ("people", "y a un couteau"),
    ("people", "y a un fusil quelque part"),
    ("people", "je vous ecris"),
    ("children", "mon petit copain"),
    ("children", "son telephone"),
    ("children", "une fille de ma classe"),
    ("children", "le petit dej"),
    ("weapon", "l'alarme sonne"),
    ("weapon", "dans l'armoire"),
    ("weapon", "j'ai les larmes aux yeux"),
    ("weapon", "il me bat"),
    ("weapon", "bat C"),
    ("weapon", "je suis désarmée"),
    ("injuries", "pas mal"),
    ("injuries", "je crois que c'est mal dit"),
    ("injuries", "le portail est cassé"),
    ("injuries", "J'entends mal au téléphone."),
    ("injuries", "un blouson bleu marine"),
    ("injuries", "he cut me off"),
    ("injuries", "il a du sang-froid"),
    ("injuries", "une connaissance"),
    ("now", "il m'a frappée hier"),
    ("now", "il a crié"),
    ("now", "je crie pas"),
    ("now", "merci"),
    ("author", "le grand a entendu sa voix"),
    ("author", "mon petit ami"),
    ("author", "un petit peu"),
    ("author", "je prends ma veste"),
    ("author", "j'ai 17 ans"),
    ("author", "il me plaque contre le mur"),
    ("author", "il m'a rasé les murs"),
]


@pytest.mark.parametrize(("field", "text"), WANTED)
def test_a_sentence_is_quoted(field: str, text: str) -> None:
    assert texts(getattr(told(f"bonsoir. {text}. merci"), field)) == [f"{text}."]


@pytest.mark.parametrize(("field", "text"), UNWANTED)
def test_a_sentence_is_not_quoted(field: str, text: str) -> None:
    assert texts(getattr(told(text), field)) == []


def test_the_latest_three_are_kept_and_none_twice() -> None:
    said = ("il tape", "il crie", "il hurle", "Il tape.", "je sais pas", "il monte")
    assert texts(told(*said).now) == ["il monte", "Il tape.", "il hurle"]


def test_an_officers_words_are_not_hers() -> None:
    found = told("bonsoir", "> il est là ? a-t-il un couteau ? 14 rue des lilas")
    assert (found.people, found.weapon, found.places) == ((), (), ())


def test_a_long_sentence_is_cut_at_words_and_keeps_its_cue() -> None:
    before, after = "et puis voila " * 15, " depuis tout a l'heure" * 15
    (quote,) = texts(told(f"{before}il a un couteau{after}").weapon)
    assert "il a un couteau" in quote
    assert quote.endswith("…")
    assert len(quote) <= LONGEST
    assert set(quote.removesuffix("…").split()) <= set(f"{before}il a un couteau{after}".split())


def test_of_a_long_sentence_the_part_between_commas() -> None:
    before = "je voulais vous dire que depuis le mois dernier ça ne va plus du tout entre nous"
    text = f"{before}, il a un couteau sur lui, et je ne sais pas quoi faire"
    assert texts(told(text).weapon) == ["il a un couteau sur lui"]


def test_a_word_without_end_is_cut() -> None:
    (quote,) = texts(told("couteau " + "x" * 500).weapon)
    assert quote == "couteau…"
    (quote,) = texts(told("x" * 500 + " couteau").weapon)
    assert quote == "couteau"


NATURE = [
    ("bonsoir", NATURES[0]),
    ("il m'a violée", "C02.14.01"),
    ("il ma violee", "C02.14.01"),
    ("c'est un viol je crois", "C02.14.01"),
    ("he raped me", "C02.14.01"),
    ("il m'a pas violée", NATURES[0]),
    ("j'ai peur qu'il me viole", NATURES[0]),
    ("il est violent", NATURES[0]),
    ("un pull violet", NATURES[0]),
    ("il m'a enfermée", "C02.04.03"),
    ("il a fermé la porte a clé", "C02.04.03"),
    ("il me laisse pas sortir", "C02.04.03"),
    ("il veut pas que je sorte", "C02.04.03"),
    ("im in a guys flat and he locked the door and took the keys", "C02.04.03"),
    ("he won't let me leave", "C02.04.03"),
    ("je me suis enfermée dans la salle de bain", NATURES[0]),
    ("j'ai fermé à clé", NATURES[0]),
    ("il m'a enfermée dehors", NATURES[0]),
    ("he locked her out on the balcony", NATURES[0]),
    ("ordonnance de protection depuis septembre", "C06.08.06"),
    ("il a pas le droit de venir le juge a dit", "C06.08.06"),
    ("attouchements", "C02.14.02"),
    ("last time he touched my leg and i said stop", "C02.14.02"),
    ("j'ai avalé tous les cachets", "C02.13.00"),
    ("I took all the pills", "C02.13.00"),
    ("il a tiré sur la porte", "C07.12.00"),
    ("il m'a tiré les cheveux", NATURES[0]),
    ("un homme m'a frappée dans le bus", "C02.15.02"),
    ("quelqu'un essaie d'entrer", "C03.04.01"),
    ("il a tué sa mère", "C02.03.01"),
    ("il a tué le chien", NATURES[0]),
    ("il m'a enfermée. il m'a violée", "C02.14.01"),
]


@pytest.mark.parametrize(("text", "code"), NATURE)
def test_the_nature_follows_clear_words(text: str, code: str) -> None:
    assert told(text).nature == code


def test_the_tables_name_fields_and_natures() -> None:
    assert CUES.keys() <= LIMITS.keys()
    assert {code for code, _cues in NATURE_CUES} <= set(NATURES)
