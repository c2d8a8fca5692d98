"""Risk codes: what plain words say, and nothing that they deny."""

from __future__ import annotations

import pytest
from hypothesis import given

from officer_console.dispatch.messages.codes import RISKS
from officer_console.dispatch.messages.risks import risks
from officer_console.model.patrol import PatrolRequest

from .messages_requests import requests


@pytest.mark.parametrize(
    ("field", "text", "codes"),
    [
        ("weapon", "couteau", "R04"),
        ("weapon", "Il a pris un COUTEAU de cuisine", "R04"),
        ("weapon", "a kitchen knife", "R04"),
        ("weapon", "fusil de chasse", "R05"),
        ("weapon", "une arme à feu", "R05"),
        ("weapon", "armes blanches", "R04"),
        ("weapon", "batte de baseball", "R03"),
        ("weapon", "couteau et pistolet", "R04 R05"),
        ("weapon", "sans doute un couteau", "R04"),
        ("weapon", "couteau, pas d’arme à feu", "R04"),
        ("weapon", "pas d'arme à feu, il tient un couteau", "R04"),
        ("weapon", "pas de couteau mais un fusil", "R05"),
        ("weapon", "no gun. A knife.", "R04"),
        ("weapon", "pas d'arme", ""),
        ("weapon", "Pas de couteau ni de fusil", ""),
        ("weapon", "pas de couteau, fusil", ""),
        ("weapon", "no knife, gun or axe", ""),
        ("weapon", "no weapon", ""),
        ("weapon", "he doesn't have a knife", ""),
        ("weapon", "il n’a plus le couteau", ""),
        ("weapon", "couteau : non", ""),
        ("weapon", "un couteau ? non", ""),
        ("weapon", "aucune", ""),
        ("weapon", "arme inconnue", ""),
        ("weapon", "quelque chose de lourd", ""),
        ("now", "il menace de la tuer", "R03"),
        ("now", "he is threatening her", "R03"),
        ("now", "aucune menace", ""),
        ("now", "il est au club", ""),
        ("now", "il a un couteau", ""),
        ("children", "2 enfants", "R34"),
        ("children", "pas d’enfants", ""),
        ("children", "0", ""),
        ("children", "no", ""),
        ("injuries", "elle saigne de la tête", "R30"),
        ("injuries", "aucune", ""),
        ("injuries", "Non blessée", ""),
        ("injuries", "unhurt", ""),
        ("injuries", "RAS", ""),
        ("injuries", "?", ""),
        ("code", "12B45", "R21"),
        ("code", "n° 12", "R21"),
        ("code", "pas de code", ""),
        ("people", "trois hommes", ""),
    ],
)
def test_what_a_field_says(field: str, text: str, codes: str) -> None:
    assert " ".join(risks(PatrolRequest(**{field: text}))) == codes  # type: ignore[arg-type]


@given(request=requests)
def test_only_codes_that_have_a_label_each_once(request: PatrolRequest) -> None:
    found = risks(request)
    assert found == sorted({*found})
    assert {*found} <= {*RISKS}
