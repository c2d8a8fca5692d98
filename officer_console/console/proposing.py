"""The outcome that what was done in a conversation speaks for: the officer confirms it or chooses another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from officer_console.client.api import Desk
from officer_console.console.screens.close import Proposal
from officer_console.locale import _, ngettext
from officer_console.model.patrol import COMING, Case, PatrolState
from officer_console.model.text import one_line

NAMES_LIMIT: Final = 200


def proposal(desk: Desk, cid: str, name_of: Callable[[str], str]) -> Proposal:
    """A patrol that was accepted goes before referrals that were given. `name_of`: what a line is called."""
    conversation = desk.queue.get(cid)
    given = _given([name_of(line) for line in desk.referrals.given(cid)])
    if conversation and any(map(_came, conversation.cases)):
        return Proposal("patrol", "; ".join(filter(None, [_("the room accepted a patrol"), given])))
    return Proposal("referred", given) if given else Proposal()


def _came(case: Case) -> bool:
    """Whether the room took it on. A case that is closed and was not cancelled was taken on before."""
    return not case.cancelled and (case.state in COMING or case.state is PatrolState.CLOSED)


def _given(names: list[str]) -> str:
    if not names:
        return ""
    told = ngettext("{n} referral was given: {names}", "{n} referrals were given: {names}", len(names))
    return told.format(n=len(names), names=one_line(", ".join(names), NAMES_LIMIT))
