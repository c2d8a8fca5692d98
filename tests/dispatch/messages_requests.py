"""Requests for the tests: one as an officer writes it, and any at all."""

from __future__ import annotations

from hypothesis import strategies as st

from officer_console.dispatch.messages.asked import Asked
from officer_console.dispatch.messages.names import Parties, Stamp
from officer_console.model.patrol import LIMITS, NATURES, PatrolRequest, Point

OURS = Parties("fr.police.pvss", "fr.police.cic999", exercise=True)
ROOM = OURS.turned
CASE, LATER = "AAAAAAAAAAAAAAAAAAAA_A", "B-BBBBBBBBBBBBBBBBBBBB"
AT = 1_931_000_000_123
FIRST = PatrolRequest(
    place="12 rue des Tilleuls",
    postcode="99999",
    city="Exempleville",
    point=Point(46_500_000, 2_500_000, 30),
    where="Entrée par la cour",
    floor="3e",
    code="12B45",
    people="elle et sa fille",
    children="une, 4 ans",
    weapon="couteau de cuisine",
    injuries="coupure au bras",
    now="il frappe à la porte",
    author="homme, veste rouge",
    contact="par écrit seulement",
    note="chien dans la cour",
    words="Une patrouille arrive.",
)
TEXT_FIELDS = tuple(LIMITS)

HOSTILE = (
    "\x00\x01\x1b[2J\x7f\x9b",
    "a\u202eb\u2066c\u2069\u200f",
    "\ud800 \udfff",
    "\ufffe\uffff\ufdd0\U0010ffff\ue000",
    "]]><x a='1'>&amp;<!--\"</alert>",
    "x" * 400,
    "\u202e" * 400,
    "é" * 200,
    "e\u0301\u0327" * 100,
    "\r\n\t\v\f\x85\u2028\u2029",
    "{0} {value} %s $",
    " ",
)
_texts = st.one_of(st.text(st.characters(exclude_categories=()), max_size=40), st.sampled_from(HOSTILE))
points = st.builds(
    Point,
    lat=st.integers(-90_000_000, 90_000_000),
    lon=st.integers(-180_000_000, 180_000_000),
    acc=st.integers(0, 100_000_000),
)
requests = st.builds(
    PatrolRequest,
    nature=st.sampled_from(NATURES),
    point=st.none() | points,
    silent=st.booleans(),
    language=st.sampled_from(["fr", "en"]),
    **{name: st.just("") | _texts.map(lambda text, most=limit: text[:most]) for name, limit in LIMITS.items()},
)
ids = st.text("ABCxyz019_-", min_size=22, max_size=22)
times = st.integers(0, 4_000_000_000_000)
stamps = st.builds(Stamp, ids, times)
parties = st.builds(
    Parties,
    sender=st.sampled_from(["fr.police.pvss", "gb.police.x-1.a.b.c"]),
    recipient=st.sampled_from(["fr.police.cic", "uk.police.room"]),
    exercise=st.booleans(),
    expires_min=st.integers(1, 1440),
)
askings = st.builds(
    Asked,
    case=ids,
    id=ids,
    at=times,
    request=requests,
    previous=st.none() | requests,
    officer=_texts,
    reason=_texts,
    earlier=st.lists(stamps, max_size=3).map(tuple),
)


def asking(request: PatrolRequest = FIRST, **more: object) -> Asked:
    """A request that opens a case, unless `more` says otherwise."""
    return Asked(**{"case": CASE, "id": CASE, "at": AT, "request": request, "officer": "Cap. Dupont", **more})  # type: ignore[arg-type]
