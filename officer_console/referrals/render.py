"""A quick reply as it will be sent: placeholders filled from the directory and from what is known of the conversation.

What is not known leaves a phrase ("the police station nearest to you"), never a hole and never a brace. 0.1 ms a reply.
"""

from __future__ import annotations

import msgspec

from .departments import department_of, names
from .directory import Directory
from .entries import Referral
from .nearest import nearest_places
from .phones import digits
from .phrases import Phrases, hours_in_words, phrases
from .place_store import PlaceStore
from .placeholders import FactHole, Piece, ReferralHole, parse
from .places import KINDS, Kind, Place
from .replies import Reply

NAMED: tuple[Kind, ...] = ("victims", "cidff")
"""Kinds whose own name tells more than the kind does."""


class Facts(msgspec.Struct, frozen=True):
    """What a reply is filled from. `postcode` "": not known yet."""

    directory: Directory
    places: PlaceStore | None = None
    postcode: str = ""


class Rendered(msgspec.Struct, frozen=True):
    """`language`: of the text, another one than asked for when there was none. `fallbacks`: placeholders that were not
    known. `unsure`: ids of low-confidence rows in it. `reviewed`: whether a person has read this text."""

    text: str
    language: str
    fallbacks: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    reviewed: bool = True


def render(reply: Reply, language: str, facts: Facts) -> Rendered:
    """The text of a reply in `language`, else in French, else in English, else in what there is."""
    spoken = next((each for each in (language, "fr", "en") if each in reply.text), next(iter(reply.text)))
    filling = _Filling(spoken, facts)
    text = "".join(map(filling.fill, parse(reply.text[spoken], facts.directory)))
    reviewed = reply.reviewed_on is not None and spoken not in reply.unreviewed
    return Rendered(text, spoken, tuple(filling.fallbacks), tuple(filling.unsure), reviewed)


class _Filling:
    """Fills the pieces of one text, and remembers what was not known."""

    def __init__(self, language: str, facts: Facts) -> None:
        self.fallbacks: list[str] = []
        self.unsure: list[str] = []
        self._language = language
        self._facts = facts
        self._say = phrases(language)

    def fill(self, piece: Piece) -> str:
        match piece:
            case ReferralHole(id=id, part=part):
                return self._referral(self._facts.directory.rows[id], part)
            case FactHole(name=name):
                return self._fact(name)
            case text:
                return text

    def _referral(self, row: Referral, part: str) -> str:
        if row.low:
            self.unsure.append(row.id)
        if part == "name":
            return row.name_in(self._language)
        if part == "hours":
            return hours_in_words(row.opening_hours, self._language)
        return _reached(row, self._say) if part == "phone" else reach(row, self._language)

    def _fact(self, name: str) -> str:
        known = self._known(name)
        if not known:
            self.fallbacks.append(name)
            return self._unknown(name)
        return known

    def _known(self, name: str) -> str:
        postcode = self._facts.postcode
        if name == "postcode":
            return postcode if department_of(postcode) else ""
        if name == "department":
            number = department_of(postcode)
            return f"{names()[number]} ({number})" if number else ""
        kind = _kind(name)
        found = nearest_places(self._facts.places, postcode, kind, most=1) if self._facts.places else []
        return place_phrase(found[0].place, self._language) if found else ""

    def _unknown(self, name: str) -> str:
        if name == "postcode":
            return self._say.postcode
        return self._say.department if name == "department" else self._say.nearest[_kind(name)]


def _kind(name: str) -> Kind:
    return next(kind for kind in KINDS if name == f"nearest.{kind}")


def reach(row: Referral, language: str) -> str:
    """A referral in one phrase: "le 3919 (gratuit, 24h/24)"."""
    say = phrases(language)
    name = row.name_in(language)
    details = (_way(row, name, say), say.cost.get(row.cost, ""), hours_in_words(row.opening_hours, language))
    told = say.comma.join(filter(None, details))
    return f"{name[:-1]}{say.comma}{told})" if name.endswith(")") else f"{name} ({told})"


def _way(row: Referral, name: str, say: Phrases) -> str:
    """How to reach it, as far as its name does not say so."""
    if not row.phone and row.sms and row.sms in name:
        return say.sms_there
    way = _reached(row, say)
    said = way in name or (row.phone and digits(row.phone) in digits(name))
    return "" if said else way


def _reached(row: Referral, say: Phrases) -> str:
    if row.phone:
        return row.phone
    if row.sms:
        return say.sms.format(number=row.sms)
    return (row.chat or row.web or row.mail).removeprefix("https://").removeprefix("http://").rstrip("/")


def place_phrase(place: Place, language: str) -> str:
    """A place in one phrase: "le commissariat de police (12 rue de la Paix, 75002 Paris, 01 …)"."""
    say = phrases(language)
    name = place.name if place.kind in NAMED else ""
    where = " ".join(filter(None, (place.postcode, place.town)))
    details = say.comma.join(filter(None, (name, place.address, where, place.phone)))
    return f"{say.places[place.kind]} ({details})"
