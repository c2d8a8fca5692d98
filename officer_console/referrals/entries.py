"""One row of the directory: whom to turn to, how, when, at what cost. Rows come from TOML files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from officer_console.errors import did_you_mean, nearest
from officer_console.locale import N_, _

from . import vocabulary
from .departments import names as department_names
from .hours import UNKNOWN, Hours, HoursError, parse
from .phones import is_phone
from .report import Row
from .tables import struct_of, told

Line = Annotated[str, Meta(min_length=1, max_length=200)]
Id = Annotated[str, Meta(pattern=r"\A[a-z0-9]+(-[a-z0-9]+)*\Z", max_length=60)]
Language = Annotated[str, Meta(pattern=r"\A[a-z]{2,3}\Z")]
Cost = Literal["free", "free_call", "local_call", "unknown"]
Anonymous = Literal["yes", "no", "unknown"]
Confidence = Literal["high", "medium", "low"]
NATIONAL: Final = "national"

COSTS: Final[Mapping[str, str]] = {
    "free": N_("free"),
    "free_call": N_("free call"),
    "local_call": N_("price of a local call"),
    "unknown": N_("cost unknown"),
}


class Referral(msgspec.Struct, frozen=True, kw_only=True):
    """A line, a service, a site. `territory` empty: all of France, else department numbers. `checked_on` None: never.

    `called`: language -> its name inside a sentence. `note`: language -> what the officer should know.
    """

    id: Id
    name: Line
    kind: Literal["emergency", "helpline", "shelter", "association", "chat", "network", "state_chat", "portal", "local"]
    called: Mapping[Language, Line] = {}
    also: tuple[Line, ...] = ()
    phone: str = ""
    other_phones: tuple[str, ...] = ()
    sms: str = ""
    chat: str = ""
    chat_hours: str = ""
    web: str = ""
    mail: str = ""
    hours: str
    cost: Cost = "unknown"
    anonymous: Anonymous = "unknown"
    not_on_bill: bool = False
    languages: tuple[Language, ...] = ("fr",)
    audiences: tuple[str, ...] = ("all",)
    topics: tuple[str, ...] = ()
    territory: tuple[str, ...] = ()
    source: tuple[Annotated[str, Meta(min_length=1, max_length=400)], ...] = ()
    checked_on: date | None = None
    confidence: Confidence = "low"
    note: Mapping[Language, Annotated[str, Meta(min_length=1, max_length=600)]] = {}

    @property
    def low(self) -> bool:
        """Whether it is too uncertain to be offered first."""
        return self.confidence == "low"

    @property
    def opening_hours(self) -> Hours:
        """When the telephone, or else the chat, is answered."""
        return parse(self.hours)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Every number by which it is reached."""
        return tuple(filter(None, (self.phone, self.sms, *self.other_phones)))

    def name_in(self, language: str) -> str:
        """Its name inside a sentence of a language; its official name when it has none there."""
        return self.called.get(language, self.name)

    def note_in(self, language: str) -> str:
        """The note for an officer who reads `language`, in another one when there is none in his."""
        return self.note.get(language) or next(iter(self.note.values()), "")


def referral_from(table: Mapping[str, Any], row: Row) -> Referral | None:
    """The row as a `Referral`, or None with every problem told to `row`."""
    table = dict(table)
    if table.get("territory") == NATIONAL:
        table["territory"] = []
    made = struct_of(Referral, table, row)
    if made is None:
        return None
    for check in _CHECKS:
        check(made, row)
    return made if row.sound else None


def _numbers(made: Referral, row: Row) -> None:
    given = [("phone", made.phone), ("sms", made.sms), *(("other_phones", number) for number in made.other_phones)]
    for field, number in given:
        if (number or field == "other_phones") and not is_phone(number):
            problem = _("{number} is no telephone number; write 0 800 05 95 95, 3919, 116 006 or +33 1 40 47 06 06")
            row.wrong(field, problem.format(number=told(number)))


def _addresses(made: Referral, row: Row) -> None:
    for field in ("chat", "web"):
        address = getattr(made, field)
        if address and not re.fullmatch(r"https?://[^\s/]+\.[^\s/]+(/\S*)?", address):
            problem = _("must be an address like https://www.example.org, not {value}")
            row.wrong(field, problem.format(value=told(address)))
    if made.mail and not re.fullmatch(r"[^\s@]+@[^\s@]+\.[a-z]{2,}", made.mail):
        row.wrong("mail", _("must be a mail address, not {value}").format(value=told(made.mail)))


def _hours(made: Referral, row: Row) -> None:
    for field, text in (("hours", made.hours), ("chat_hours", made.chat_hours or UNKNOWN)):
        try:
            parse(text)
        except HoursError as error:
            row.wrong(field, str(error))


def _reached(made: Referral, row: Row) -> None:
    if not (made.numbers or made.chat or made.web or made.mail):
        row.wrong("phone", _("there is no way to reach it: give phone, sms, chat, web or mail"))


def _names(field: str, valid: Callable[[], Iterable[str]]) -> Callable[[Referral, Row], None]:
    def check(made: Referral, row: Row) -> None:
        for name in getattr(made, field):
            known_names(field, name, valid(), row)

    return check


def known_names(field: str, name: str, valid: Iterable[str], row: Row) -> None:
    """Tells `row` when `name` is not one of `valid`, with the nearest one."""
    valid = list(valid)
    if name not in valid:
        problem = _("there is no {name}").format(name=told(name))
        row.wrong(field, problem + did_you_mean(nearest(name, valid)))


_CHECKS: Final = (
    _numbers,
    _addresses,
    _hours,
    _reached,
    _names("audiences", lambda: vocabulary.names("audience")),
    _names("topics", lambda: vocabulary.names("topic")),
    _names("territory", department_names),
)
