"""The steps of a branch: what the visitor does there, one after the other. Field `do` says which."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from officer_console.model.events import How

from .fields import Id, Ms, Words


class _Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do"):
    pass


class Say(_Step, frozen=True, kw_only=True, tag="say"):
    """She sends `text`, `after` ms after the step before; she is seen typing as long as the text takes her, or begins,
    stops and begins again (`hesitate`)."""

    id: Id
    text: Words
    after: Ms = 4000
    hesitate: bool = False


class Type(_Step, frozen=True, kw_only=True, tag="type"):
    """She types for `ms` and sends nothing."""

    ms: Ms
    after: Ms = 2000


class Wait(_Step, frozen=True, kw_only=True, tag="wait"):
    """Nothing for `ms`."""

    ms: Ms


class Share(_Step, frozen=True, kw_only=True, tag="share"):
    """She shares where she is; fields as in a line `shared`."""

    id: Id
    lat: Annotated[int, Meta(ge=-90_000_000, le=90_000_000)]
    lon: Annotated[int, Meta(ge=-180_000_000, le=180_000_000)]
    acc: Annotated[int, Meta(ge=0, le=100_000_000)] = 20
    after: Ms = 4000


class Leave(_Step, frozen=True, kw_only=True, tag="leave"):
    """She goes."""

    how: How
    after: Ms = 2000


class Return(_Step, frozen=True, kw_only=True, tag="return"):
    """She is back; over five minutes of absence pass in a moment."""

    after: Ms = 20_000


class Turn(_Step, frozen=True, kw_only=True, tag="turn"):
    """She goes on with what follows the reply `reply` of the record, if she has not told it yet."""

    reply: Id
    after: Ms = 0


class Goto(_Step, frozen=True, kw_only=True, tag="goto"):
    """The last step: another branch begins, or she follows the record again ("record")."""

    branch: Id


class Finish(_Step, frozen=True, kw_only=True, tag="end"):
    """The last step: the session ends so."""

    end: Id
    after: Ms = 3000


Step = Say | Type | Wait | Share | Leave | Return | Turn | Goto | Finish
