"""What the directory has for a conversation, in the officer's words, and the text that each would put in. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from officer_console.client.api import Desk
from officer_console.console.times import SECOND
from officer_console.console.words import LANGUAGE, Level, Told
from officer_console.locale import N_, _, language
from officer_console.model.text import displayable, one_line
from officer_console.model.transcript import Kind
from officer_console.referrals.clock import zone
from officer_console.referrals.directory import STALE_DAYS
from officer_console.referrals.entries import Referral
from officer_console.referrals.hits import ANY, Entry, Filters, Hit
from officer_console.referrals.library import Library
from officer_console.referrals.phones import digits
from officer_console.referrals.placeholders import ReferralHole, parse
from officer_console.referrals.places import KINDS, Place
from officer_console.referrals.render import place_phrase, reach
from officer_console.referrals.replies import Reply
from officer_console.referrals.told import cost_told, opening_of, opening_told, ways_told

TITLE, DETAIL, NOTE = 80, 120, 300
FOUND: Final = 20
LAST_WORDS: Final = 3
"""Messages of the visitor, since the officer's last, that suggestions are made from."""
MORE_LANGUAGE: Final = {
    "es": N_("Spanish"), "ar": N_("Arabic"), "pt": N_("Portuguese"), "uk": N_("Ukrainian"), "tr": N_("Turkish"),
}  # fmt: skip
NOT_KNOWN: Final = {"postcode": N_("her postcode"), "department": N_("her department")}


class About(NamedTuple):
    """What is known of the conversation. `given`: ids of the directory's lines; `at` in the time of Paris."""

    language: str
    postcode: str
    given: frozenset[str]
    signals: tuple[str, ...]
    at: datetime


class Prepared(NamedTuple):
    """What would be put into the composer, the directory's lines in it, and what the officer must know first."""

    text: str
    lines: tuple[str, ...]
    told: tuple[Told, ...]


def about(desk: Desk, cid: str, signals: tuple[str, ...]) -> About:
    """What is known of a conversation now."""
    conversation = desk.queue.get(cid)
    spoken, postcode = (conversation.language, conversation.postcode) if conversation else ("", "")
    at = datetime.fromtimestamp(desk.now() / SECOND, zone())
    return About(spoken, postcode, frozenset(desk.referrals.given(cid)), signals, at)


# ---- finding -----------------------------------------------------------------------------------------------------


def found(library: Library, typed: str, known: About, *, everything: bool) -> list[Hit]:
    """What answers what was typed; `everything`: in any language, and of any department."""
    filters = ANY if everything else Filters(known.language, known.postcode, signals=known.signals)
    return library.search(typed, filters, FOUND)


def suggested(library: Library, desk: Desk, cid: str, known: About) -> list[Hit]:
    """Up to three for what she has written last, none that she was given already."""
    given = {*known.given, *(reply.id for reply in library.replies.values() if is_given(reply, known, library))}
    return library.suggest(known.signals, last_words(desk, cid), known.language, given)


def last_words(desk: Desk, cid: str) -> str:
    """What the visitor has written since the officer's last message, at least her last one."""
    said: list[str] = []
    for line in reversed(desk.talk.lines(cid)):
        if (line.kind is Kind.OFFICER and said) or len(said) == LAST_WORDS:
            break
        if line.kind is Kind.VISITOR:
            said.append(line.text)
    return "\n".join(reversed(said))


def of_code(library: Library, code: str, known: About) -> Prepared | None:
    """The reply of just this short code."""
    reply = next((each for each in library.replies.values() if each.code == code), None)
    return prepared(reply, known, library) if reply else None


# ---- putting in --------------------------------------------------------------------------------------------------


def prepared(entry: Entry, known: About, library: Library) -> Prepared:
    """What putting in an entry would do. A text that does not exist in the conversation's language is another one."""
    if isinstance(entry, Reply):
        return _reply(entry, known, library)
    if isinstance(entry, Place):
        text = displayable(place_phrase(entry, known.language))
        return Prepared(text, (), (Told(one_line(entry.hours_note, NOTE)),))
    note = Told(one_line(entry.note_in(language()), NOTE))
    return Prepared(displayable(reach(entry, known.language)), (entry.id,), (*marks(entry, known, library), note))


def _reply(reply: Reply, known: About, library: Library) -> Prepared:
    made = library.render(reply, known.language, known.postcode)
    told = list(marks(reply, known, library))
    if made.fallbacks:
        missing = ", ".join(_not_known(name) for name in made.fallbacks)
        told.append(Told(_("Not known, so said in general: {what}").format(what=missing), Level.WARNING))
    if made.unsure:
        names = ", ".join(library.directory.rows[id].name for id in made.unsure)
        told.append(Told(_("Uncertain: {names}").format(names=one_line(names, DETAIL)), Level.WARNING))
    return Prepared(displayable(made.text), lines_in(reply, known.language, library), tuple(told))


def _not_known(name: str) -> str:
    kind = name.removeprefix("nearest.")
    return _(KINDS[kind]) if kind in KINDS else _(NOT_KNOWN.get(name, name))  # type: ignore[index]


def spoken(reply: Reply, wanted: str) -> str:
    """The language in which a reply will be put in."""
    return next((each for each in (wanted, "fr", "en") if each in reply.text), next(iter(reply.text)))


def lines_in(reply: Reply, wanted: str, library: Library) -> tuple[str, ...]:
    """Ids of the directory's lines that a reply names."""
    pieces = parse(reply.text[spoken(reply, wanted)], library.directory) if "{referral." in str(reply.text) else []
    return tuple(dict.fromkeys(piece.id for piece in pieces if isinstance(piece, ReferralHole)))


def is_in(row: Referral, text: str) -> bool:
    """Whether a text names this line: a number of it however it is spaced, an address, or a name."""
    numbers = (re.compile(r"(?<!\d)" + r"[\s.\-]?".join(digits(number)) + r"(?!\d)") for number in row.numbers)
    addresses = (part.removeprefix("https://").rstrip("/") for part in (row.chat, row.web, row.mail) if part)
    names = (row.name, *row.called.values())
    folded = text.casefold()
    return any(number.search(text) for number in numbers) or any(
        part.casefold() in folded for part in (*addresses, *names)
    )


# ---- words -------------------------------------------------------------------------------------------------------


def short(entry: Entry) -> str:
    """What stands before its title: what is typed to find it."""
    if isinstance(entry, Reply):
        return entry.code
    return _("place") if isinstance(entry, Place) else entry.phone if len(entry.phone) <= len("116 006") else _("line")


def title(entry: Entry) -> str:
    """What it is called in a list."""
    return one_line(entry.title_in(language()) if isinstance(entry, Reply) else entry.name, TITLE)


def details(hit: Hit, known: About, library: Library, *, why: bool) -> list[Told]:
    """What must be seen before it is chosen. `why`: it is there for a reason of its own."""
    entry = hit.entry
    reason = [Told(one_line(hit.why, DETAIL))] if why else []
    return [*marks(entry, known, library), *_when(entry, known), *reason]


def marks(entry: Entry, known: About, library: Library) -> tuple[Told, ...]:
    """Given already, unreviewed, expired, in another language; uncertain, unchecked for long."""
    given = [Told(_("GIVEN"), Level.GOOD)] if is_given(entry, known, library) else []
    of_kind = _of_reply(entry, known) if isinstance(entry, Reply) else _of_row(entry, known)
    return (*given, *of_kind)


def is_given(entry: Entry, known: About, library: Library) -> bool:
    """Whether she was given this line, or every line that a reply names."""
    if isinstance(entry, Reply):
        lines = lines_in(entry, known.language, library)
        return bool(lines) and known.given.issuperset(lines)
    return entry.id in known.given


def _of_reply(reply: Reply, known: About) -> Iterator[Told]:
    in_ = spoken(reply, known.language)
    if known.language and in_ != known.language:
        name = _(LANGUAGE.get(in_) or MORE_LANGUAGE.get(in_, in_))
        yield Told(_("IN {language}").format(language=name.upper()), Level.WARNING)
    if reply.expires_on and reply.expires_on < known.at.date():
        yield Told(_("EXPIRED"), Level.DANGER)
    if reply.reviewed_on is None or in_ in reply.unreviewed:
        yield Told(_("UNREVIEWED"), Level.WARNING)


def _of_row(entry: Referral | Place, known: About) -> Iterator[Told]:
    if isinstance(entry, Place):
        return
    if entry.low:
        yield Told(_("UNCERTAIN"), Level.WARNING)
    if entry.checked_on is None or (known.at.date() - entry.checked_on).days > STALE_DAYS:
        yield Told(_("TO BE CHECKED"), Level.WARNING)


def _when(entry: Entry, known: About) -> Iterator[Told]:
    if isinstance(entry, Reply):
        return
    opening = opening_of(entry, known.at)
    yield Told(opening_told(opening, known.at), Level.GOOD if opening.state == "open" else Level.PLAIN)
    yield Told(one_line(ways_told(entry), DETAIL) if isinstance(entry, Place) else cost_told(entry))
