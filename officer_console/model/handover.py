"""The card that goes with a conversation when another officer takes it on."""

from __future__ import annotations

from typing import Final

import msgspec

from .text import displayable, one_line

MOST_CHARACTERS: Final = 2000
"""Of each text on the card."""


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the next officer must know: the `facts`, which danger `signals` were confirmed (signals.SIGNALS), what was
    promised (`promises`), which `referrals` were given (ids of the directory's lines), and the next step (`next`)."""

    facts: str = ""
    signals: tuple[str, ...] = ()
    promises: str = ""
    referrals: tuple[str, ...] = ()
    next: str = ""


_decoder: Final = msgspec.json.Decoder(Card)


def dump_card(card: Card) -> str:
    """The card as a body carries it, each text cut to MOST_CHARACTERS."""
    texts = {name: getattr(card, name)[:MOST_CHARACTERS] for name in ("facts", "promises", "next")}
    return msgspec.json.encode(msgspec.structs.replace(card, **texts)).decode()


def load_card(text: str) -> Card:
    """A card from a body. Raises msgspec.DecodeError."""
    return _decoder.decode(text)


def shown_card(card: Card) -> Card:
    """The card with every text displayable."""
    texts = {name: displayable(getattr(card, name)[:MOST_CHARACTERS]) for name in ("facts", "promises", "next")}
    lists = {name: tuple(one_line(each, 60) for each in getattr(card, name)) for name in ("signals", "referrals")}
    return msgspec.structs.replace(card, **texts, **lists)


def card_words(card: Card) -> str:
    """What people wrote on the card, one text a line."""
    return "\n".join(filter(None, (card.facts, card.promises, card.next)))
