"""What the card for a complaint shows, section by section: which texts, which places, what the officer must know. Pure.

The texts themselves are prepared texts (referrals/templates); a station's own of the same moments stand here too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from officer_console.console.offers import About, marks, short, title
from officer_console.console.widgets.offer_list import Item
from officer_console.console.words import Level, Told
from officer_console.locale import N_, _
from officer_console.model.text import one_line
from officer_console.referrals.departments import department_of
from officer_console.referrals.hits import Entry
from officer_console.referrals.library import Library
from officer_console.referrals.nearest import Near
from officer_console.referrals.places import KINDS, Kind
from officer_console.referrals.replies import Reply
from officer_console.referrals.told import opening_of, opening_told, ways_told

DETAIL: Final = 120
MINORS: Final = "minors"


class Section(NamedTuple):
    """`first`: ids of the texts that come first; `rest`: the moment of which all others follow. `places`: the kinds
    that are told, and how many of each."""

    title: str
    first: tuple[str, ...]
    note: str = ""
    level: Level = Level.PLAIN
    rest: str = ""
    places: tuple[tuple[Kind, int], ...] = ()


MINOR: Final = Section(
    N_("She or he is a minor"),
    ("first-minor", "complaint-minor", "listening-teenager", "law-minors", "referral-119", "referral-3018"),
)
SECTIONS: Final = (
    Section(
        N_("Where: any unit must take it"),
        ("complaint-where", "complaint-refused"),
        N_("Competent or nearest for her postcode; she may choose any other."),
        places=(("police", 2), ("gendarmerie", 2)),
    ),
    Section(
        N_("How: in person, or a letter"),
        ("complaint-how", "complaint-letter", "complaint-accompanied", "complaint-will-know", "complaint-online"),
        N_("NEVER say that an online complaint works for violence, nor that it is too late."),
        Level.WARNING,
        rest="complaint",
        places=(("court", 1), ("victims", 1)),
    ),
    Section(
        N_("What to bring, what to keep"),
        ("evidence-certificate", "evidence-photos", "evidence-messages", "evidence-diary"),
        N_("Nothing of it is needed to be heard."),
    ),
    Section(
        N_("If she does not want to: evidence"),
        ("complaint-no-hurry", "evidence-samples", "evidence-exam-soon", "evidence-clothes", "evidence-umj"),
        N_("A medical examination needs no complaint."),
        rest="evidence",
    ),
    Section(
        N_("If she does not want to: protection"),
        ("protection-order", "protection-leaving-home", "protection-home", "protection-tgd"),
        rest="protection",
    ),
)
NO_PLACES: Final = N_("No local places are on this machine. “{command}” brings them in.")
IMPORT: Final = "officer-console referrals import FILE"
NO_POSTCODE: Final = N_("Her postcode is not known: ask her for it, the nearest units stand here then.")


class Card(NamedTuple):
    """The rows, and by their keys what each puts in."""

    items: tuple[Item, ...]
    entries: dict[str, Entry]


def card(library: Library, known: About, *, minor: bool) -> Card:
    """All sections but the call back; `minor`: what is for minors comes first."""
    items: list[Item] = []
    entries: dict[str, Entry] = {}
    for section in (MINOR, *SECTIONS) if minor else SECTIONS:
        replies = dict.fromkeys(each.id for each in _replies(section, library) if each.id not in entries)
        nears = [near for kind, most in section.places for near in library.nearest(known.postcode, kind, most)]
        items.append(Item("", "", _(section.title), tuple(_notes(section, library, known, nears))))
        for reply in map(library.replies.__getitem__, replies):
            entries[reply.id] = reply
            items.append(Item(reply.id, short(reply), title(reply), marks(reply, known, library)))
        for near in nears:
            key = f"place {near.place.id}"
            entries[key] = near.place
            items.append(Item(key, short(near.place), title(near.place), tuple(_of_place(near, known))))
    return Card(tuple(items), entries)


def _replies(section: Section, library: Library) -> Iterator[Reply]:
    """Those that come first, then all others of the moment; for minors all that are for them."""
    listed = {id for each in SECTIONS for id in each.first}
    yield from (library.replies[id] for id in section.first if id in library.replies)
    for reply in library.replies.values():
        for_others = reply.moment == section.rest and reply.id not in listed
        wanted = section is MINOR if MINORS in reply.who else for_others
        if wanted:
            yield reply


def _notes(section: Section, library: Library, known: About, nears: list[Near]) -> Iterator[Told]:
    if section.note:
        yield Told(_(section.note), section.level)
    if nears or section is not SECTIONS[0]:  # said once is enough
        return
    if library.places is None:
        yield Told(_(NO_PLACES).format(command=IMPORT), Level.WARNING)
    elif not department_of(known.postcode):
        yield Told(_(NO_POSTCODE), Level.WARNING)


def _of_place(near: Near, known: About) -> Iterator[Told]:
    opening = opening_of(near.place, known.at)
    yield Told(_("COMPETENT HERE"), Level.GOOD) if near.why == "competent" else Told(_(KINDS[near.place.kind]))
    if near.km is not None:
        yield Told(_("{km} km").format(km=near.km))
    yield Told(opening_told(opening, known.at), Level.GOOD if opening.state == "open" else Level.PLAIN)
    yield Told(one_line(ways_told(near.place), DETAIL))


def unit_of(library: Library, postcode: str) -> str:
    """The unit that is competent there, or the nearest one; "" when it is not known."""
    units: tuple[Kind, ...] = ("police", "gendarmerie")
    nears = [near for kind in units for near in library.nearest(postcode, kind, 1)]
    best = min(nears, key=lambda near: (near.why != "competent", near.km is None, near.km), default=None)
    return one_line(", ".join(filter(None, (best.place.name, best.place.town))), DETAIL) if best else ""
