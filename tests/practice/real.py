"""Real conversations as a console shows them, invented; with all that could tell who they are of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from officer_console.model.transcript import Kind, Line, Status
from officer_console.practice.exporting import About, countersigned, exported, texts
from officer_console.practice.redaction import Decision, proposals

BEGAN = 1_763_950_123_456
"""An odd moment of an odd day: it must not be found again."""
FRENCH = [
    (0, Kind.ABOUT, "fr 69003"),
    (200, Kind.VISITOR, "bonsoir, je m'appelle Sonia BENALI"),
    (3_400, Kind.CLAIMED, ""),
    (9_000, Kind.OFFICER, "Bonsoir Sonia."),
    (12_700, Kind.OFFICER, "Pouvez-vous écrire sans danger ?"),
    (21_300, Kind.VISITOR, "oui mais Karim est derriere la porte, il a un couteau"),
    (25_000, Kind.SIGNAL, "en_cours"),
    (26_000, Kind.NOTE, "Karim Benali, connu des services"),
    (31_000, Kind.OFFICER, "À quelle adresse êtes-vous ?"),
    (44_800, Kind.VISITOR, "12 rue des Lilas, Lyon, mon numéro 06 12 34 56 78"),
    (47_000, Kind.PLACE, "geo:45.757813,4.832011;u=20"),
    (52_000, Kind.PATROL, "12 rue des Lilas · 69003 Lyon · geo:45.757813,4.832011;u=20"),
    (60_000, Kind.PATROL_TOLD, "On part de Gerland", "accepted"),
    (61_000, Kind.HELP, "La patrouille arrive, Sonia."),
    (64_000, Kind.WHISPER, "le mari de Sonia a déjà appelé"),
    (70_000, Kind.PATROL_TOLD, "", "assigned LYON 3 TV2"),
    (180_000, Kind.PATROL_TOLD, "", "on_scene LYON 3 TV2"),
    (190_000, Kind.VISITOR, "ils sont la, merci. Karim est parti samedi 3 mars 2019 chez sa mère à Vénissieux"),
    (200_000, Kind.REFERRED, "3919"),
    (210_000, Kind.OFFICER, "Vous pouvez appeler l'association Viffil. Au revoir."),
    (222_000, Kind.VISITOR, "merci beaucoup au revoir"),
    (230_000, Kind.CONSENT_ASKED, ""),
    (240_000, Kind.CONSENT, "yes"),
    (250_000, Kind.CLOSED, "patrol", "Sonia Benali, 12 rue des Lilas"),
]
ENGLISH = [
    (0, Kind.ABOUT, "en"),
    (500, Kind.VISITOR, "hello, my name is Sarah Jenkins"),
    (4_000, Kind.CLAIMED, ""),
    (9_600, Kind.OFFICER, "Hello Sarah. Is it safe for you to write?"),
    (30_000, Kind.VISITOR, "yes he is asleep. Tom hit me on May 3rd with a bottle"),
    (33_000, Kind.SIGNAL, "blessure"),
    (40_000, Kind.OFFICER, "Are you injured?"),
    (55_000, Kind.VISITOR, "my arm. you can ring me on 07700 900123"),
    (60_000, Kind.LEFT, "lost"),
    (64_000, Kind.RETURNED, ""),
    (80_000, Kind.OFFICER, "What is your address?"),
    (90_000, Kind.VISITOR, "4 Mill Lane near SW1A 2AA, flat 3"),
    (99_000, Kind.PATROL, "4 Mill Lane · SW1A 2AA"),
    (110_000, Kind.PATROL_CANCELLED, "Sarah went to her sister Emma"),
    (120_000, Kind.REFERRED, "urgence-112"),
    (130_000, Kind.OFFICER, "You can write again whenever you like. Goodbye."),
    (150_000, Kind.VISITOR, "thank you, bye"),
    (160_000, Kind.LEFT, "goodbye"),
    (400_000, Kind.CLOSED, "referred"),
]
HERS = {
    "fr": (
        "Sonia", "BENALI", "Karim", "Lilas", "Lyon", "06 12", "69003", "45.75", "4.83", "Gerland", "3 mars", "2019",
        "Vénissieux", "Viffil", "TV2", "samedi", "services", "kid-",
    ),
    "en": ("Sarah", "Jenkins", "Tom", "May 3", "07700", "Mill Lane", "SW1A", "Emma", "kid-"),
}  # fmt: skip
"""What may stand nowhere afterwards."""


def lines(rows: Sequence[tuple[Any, ...]]) -> list[Line]:
    """As a console shows them; a signal is shown by the line two before it at the most."""
    made: list[Line] = []
    for number, (at, kind, text, *remark) in enumerate(rows):
        shown = remark[0] if remark else ""
        if kind is Kind.SIGNAL:
            shown = next(line.key for line in reversed(made) if line.kind is Kind.VISITOR)
        made.append(Line(f"e{number}", kind, BEGAN + at, number + 1, "kid-ana", text, shown, Status.READ))
    return made


def about(language: Any = "fr", **more: Any) -> About:
    given: dict[str, Any] = {
        "name": "a-night", "title": "Une nuit", "gist": "Elle était en danger.", "warning": "Une arme.",
        "consent": "v.7", "redacted_by": "Ana Petit",
    }  # fmt: skip
    return About(language=language, **(given | more))


def decisions(rows: Sequence[Line], language: Any, *more: str) -> list[Decision]:
    """All that is found is taken out, and these words."""
    found = proposals(texts(rows), language)
    return [*(Decision(each.text, each.mark) for each in found), *(Decision(text, "[…]") for text in more)]


def sealed(language: Any = "fr", **more: Any) -> bytes:
    """A session as it comes out of its seal, countersigned."""
    rows = lines(FRENCH if language == "fr" else ENGLISH)
    return countersigned(exported(rows, (), decisions(rows, language), about(language, **more)), "Denis Roche")
