"""Eighty queries as officers type them, and what must be among the first three: an id, or one of several."""

from __future__ import annotations

from typing import Final

from officer_console.referrals.library import Library

QUERIES: Final = {
    # a line by its name, number or short code
    "3919": "3919", "39 19": "3919", "0800059595": "cfcv", "0 800 05": "cfcv", "116 006": "116006",
    "17": "police-17", "114": "urgence-114", "119": "119", "allo enfance": "119", "france victime": "116006",
    "samu": "samu-15", "pompier": "pompiers-18", "solidarité femmes": "3919", "planning familial": "planning",
    "fdfa": "fdfa", "en avant toutes": "commentonsaime", "comment on s aime": "commentonsaime", "17cyber": "17cyber",
    # what it is about
    "viol": "cfcv", "mariage forcé": "voix-de-femmes", "suicide": "3114", "harcelement internet": "3018",
    "revenge porn": "3018", "inceste": "enfance-sexuelles", "excision": "3919",
    "hebergement urgence": "samusocial-115", "homophobie": "sos-homophobie", "ivg": "planning",
    "compte piraté": "17cyber", "metro harcelement": "transports-3117", "auteur de violence veut arreter": "auteurs",
    "maltraitance ehpad": "3977", "droit des femmes": "cidff", "travail harcelement sexuel": "avft|law-work",
    "sourd": "urgence-114", "ne peut pas parler": "urgence-114|referral-114", "avocat": "protection-lawyer",
    "lgbt": "sos-homophobie|federation-lgbt",
    # for whom
    "dept 75 femme handicap": "fdfa", "femme handicapée": "fdfa", "personne agée": "3977",
    "ado cyber harcelement": "3018", "homme victime": "116006|listening-men",
    "témoin voisin": "listening-witness|first-witness", "enfant maltraité": "119",
    "jeune couple tchat": "commentonsaime", "mineur": "complaint-minor", "sans papiers": "law-residence",
    "sdf": "samusocial-115", "proche": "listening-relative",
    # with typos, without accents, unfinished
    "violances conjugales": "3919", "vilo": "cfcv", "suicde": "3114", "harcelemnt": "law-harassment|3018",
    "handicapee femm": "fdfa", "certifcat medical": "evidence-certificate",
    "ordonance protection": "protection-order", "mariag": "voix-de-femmes|referral-forced-marriage",
    "pleinte": "complaint-where", "etranglemnt": "safety-neck", "contracep": "evidence-contraception|planning",
    "main couran": "complaint-main-courante",
    # in English
    "rape": "cfcv", "domestic violence": "3919", "disabled woman": "fdfa", "file a complaint": "complaint-where",
    "protection order": "protection-order", "shelter": "samusocial-115",
    # short codes of replies
    "tgd": "protection-tgd", "plai": "complaint-where", "bonj": "first-hello", "sms": "safety-silent-help",
    # local places
    "commissariat 75011": "commissariat_police-75111", "comissariat lyon": "commissariat_police-69383",
    "gendarmerie arcachn": "gendarmerie-33009", "tribunal 93200": "tgi-93008",
    "dept 27 gendarmerie": "gendarmerie-27229", "cidff bordeaux": "cidf-33063",
    "aide aux victimes lille": "bav-59350", "police evreux": "commissariat_police-27229",
}  # fmt: skip


def missed(library: Library) -> dict[str, tuple[str, list[str]]]:
    """The queries whose entry is not among the first three: what was expected, and what came instead."""
    found = {text: [hit.id for hit in library.search(text, most=3)] for text in QUERIES}
    return {text: (QUERIES[text], got) for text, got in found.items() if not {*QUERIES[text].split("|")} & {*got}}
