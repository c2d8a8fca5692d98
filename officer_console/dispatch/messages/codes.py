"""Codes of the standards, and what they are called there.

Labels: nomenclatures "fait" and "risque" of the CISU, as published in github.com/ansforge/SAMU-Hub-Modeles
(nomenclature_parser/out/latest/csv), Copyright 2023-2026 Agence du Numérique en Santé (ANS), Apache License 2.0.
They are in French in every message: a label is part of the code.
"""

from __future__ import annotations

from typing import Final


def words(text: str) -> frozenset[str]:
    """A table written as words with spaces between."""
    return frozenset(text.split())


REFERENCE_VERSION: Final = "2.01.3"
"""Of the nomenclatures."""
NATURES: Final = {
    "C02.03.01": "Homicide",
    "C02.04.02": "Enlèvement",
    "C02.04.03": "Séquestration",
    "C02.13.00": "Tentative de suicide avec risque imminent",
    "C02.14.01": "Suspicion de viol",
    "C02.14.02": "Agression sexuelle",
    "C02.14.03": "Exhibition sexuelle",
    "C02.14.04": "Harcèlement sexuel",
    "C02.15.02": "Agression ou violence physique",
    "C02.15.04": "Violences intra familiales",
    "C02.15.06": "Autre agression ou menace",
    "C03.04.01": "Violation de domicile",
    "C06.08.06": "Non respect décision de justice",
    "C07.03.01": "Différend familial",
    "C07.09.01": "Forcené",
    "C07.12.00": "Coups de feu",
}
RISKS: Final = {
    "R03": "Présence d’individu(s) ou public menaçant",
    "R04": "Présence d’individu(s) muni(s) d’une arme blanche",
    "R05": "Présence d’individu(s) muni(s) d’une arme à feu",
    "R21": "Difficulté d’accès au patient/victime",
    "R30": "Patient/Victime blessé",
    "R34": "Patient/Victime vulnérable",
}
PRECISIONS: Final = ((0, "INCONNUE"), (10, "EXACTE"), (50, "ADRESSE"), (500, "RUE"), (20_000, "VILLE"))
"""Metres of uncertainty up to which a point is called so; 0 is what devices say that don't know."""
VAGUE: Final = "INCONNUE"
COUNTRIES: Final = words(
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BR BS BT BV BW BY BZ"
    " CA CC CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO"
    " FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT"
    " JE JM JO JP KE KG KH KI KM KN KP KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC ME MF MG MH MK ML MM MN MO"
    " MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PT PW"
    " PY QA RE RO RS RU RW SA SB SC SD SE SG SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM"
    " TN TO TR TT TV UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)
"""The countries that the schema of RC-EDA knows, by ISO 3166-1."""
HOME: Final = "FR"
"""The country where an organisation's name begins with none."""


def coded(code: str, labels: dict[str, str]) -> dict[str, str]:
    """A code as the schemas want it, with its label."""
    return {"code": code, "label": labels[code]}


def precision(metres: int) -> str:
    """How exact a point is that is right within so many metres."""
    return next((name for most, name in PRECISIONS if metres <= most), VAGUE)


def country(organisation: str) -> str:
    """The country that an organisation's name begins with."""
    code = organisation[:2].upper()
    return code if code in COUNTRIES else HOME
