"""Up to three replies or rows for the conversation as it stands, each with its reason. Nothing is inserted by itself.

Only a proposal: it follows from the signals that an officer confirmed and from words of the visitor's last message.
0.4 ms a suggestion.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from officer_console.locale import N_, _

from . import fold, vocabulary
from .directory import Directory
from .entries import Referral
from .hits import Hit
from .index import Index
from .replies import Reply

MOST: Final = 3
SIGNAL_SCORE: Final = 10.0
TOPIC_SCORE: Final = 4.0
SPECIFIC_SCORE: Final = 3.0
RED_SCORE: Final = 5.0
ROW: Final = 0.75
"""A reply that names a line is better than the line alone: it can be sent as it is."""
WORDS_AT_MOST: Final = 400
DENIED: Final = frozenset(fold.words("pas jamais sans aucun aucune plus not no never without don doesn isn"))
DENIED_BEFORE: Final = 3
"""A word is not taken when one of the three before it denies it (danger.md §6)."""
RED: Final = frozenset({"en_cours"})
TWO_ARE_RED: Final = frozenset({"arme", "etranglement", "menace_mort", "separation", "suicide"})
SUICIDE: Final = frozenset({"suicide_victime", "suicide_auteur"})
NAMES: Final[Mapping[str, str]] = {
    "en_cours": N_("danger now"),
    "arme": N_("weapon"),
    "etranglement": N_("strangulation"),
    "menace_mort": N_("threats to kill"),
    "enfants": N_("children"),
    "separation": N_("separation"),
    "sequestration": N_("confinement"),
    "suicide_victime": N_("victim suicidal"),
    "suicide_auteur": N_("author suicidal"),
    "sexuel": N_("sexual violence"),
    "aggravation": N_("getting worse"),
    "controle": N_("control"),
    "traque": N_("stalking"),
    "blessure": N_("injury"),
    "coups": N_("blows"),
    "substances": N_("alcohol or drugs"),
    "animaux": N_("harm to animals"),
}
"""The danger signals in the officer's words."""


class Suggestions:
    """Knows what each reply and each row is for."""

    def __init__(self, directory: Directory, replies: Mapping[str, Reply]) -> None:
        rows = [row for row in directory if not row.low]
        self._entries: list[Referral | Reply] = [*replies.values(), *rows]
        self._index = Index((number, {"tag": _tags(entry)}) for number, entry in enumerate(self._entries))

    def suggest(
        self, signals: Sequence[str], last_message: str, language: str = "", given: Collection[str] = ()
    ) -> list[Hit]:
        """At most three, best first. `given`: ids of what was sent or turned down already."""
        said = self._said(last_message)
        red = is_red(signals)
        hits = []
        for number, entry in enumerate(self._entries):
            if entry.id in given or not _speaks(entry, language):
                continue
            hit = _hit(entry, signals, said.get(number, {}), red)
            if hit:
                hits.append(hit)
        best = sorted(hits, key=lambda hit: -hit.score)
        return list(islice(_one_of_a_moment(best), MOST))

    def _said(self, message: str) -> dict[int, dict[str, float]]:
        """Entry -> the words of the message that it is for, with how much each says."""
        words = fold.words(message)[:WORDS_AT_MOST]
        found: dict[int, dict[str, float]] = {}
        for at, word in enumerate(words):
            if word in vocabulary.stop_words() or not DENIED.isdisjoint(words[max(0, at - DENIED_BEFORE) : at]):
                continue
            for number in self._index.exactly(word):
                found.setdefault(number, {})[word] = self._index.rarity(word)
        return found


def is_red(signals: Sequence[str]) -> bool:
    """Whether the confirmed signals are red by the rule of danger.md §6."""
    confirmed = {"suicide" if signal in SUICIDE else signal for signal in signals}
    return bool(confirmed & RED) or len(confirmed & TWO_ARE_RED) > 1


def _hit(entry: Referral | Reply, signals: Sequence[str], said: Mapping[str, float], red: bool) -> Hit | None:
    mine = {*entry.what} if isinstance(entry, Reply) else {*entry.topics}
    confirmed = [signal for signal in signals if mine & vocabulary.topics_of(signal)]
    if not confirmed and not said:
        return None
    direct = [signal for signal in confirmed if signal in mine]
    score = SIGNAL_SCORE * len(direct) + TOPIC_SCORE * (len(confirmed) - len(direct)) + sum(said.values())
    score += SPECIFIC_SCORE / len(mine)
    if isinstance(entry, Referral):
        score *= ROW
    elif entry.urgency == "red" and red:
        score += RED_SCORE
    return Hit(entry, _why(confirmed, list(said)), 1, score)


def _one_of_a_moment(hits: Sequence[Hit]) -> Iterator[Hit]:
    """The best of each moment, in their order: three ways to keep evidence are one suggestion."""
    moments: set[str] = set()
    for hit in hits:
        moment = hit.entry.moment if isinstance(hit.entry, Reply) else "referral"
        if moment not in moments:
            moments.add(moment)
            yield hit


def _why(confirmed: Sequence[str], said: Sequence[str]) -> str:
    reasons = []
    if confirmed:
        reasons.append(
            _("confirmed: {signals}").format(signals=", ".join(_(NAMES.get(signal, signal)) for signal in confirmed))
        )
    if said:
        reasons.append(_("in the last message: {words}").format(words=", ".join(said[:MOST])))
    return "; ".join(reasons)


def _speaks(entry: Referral | Reply, language: str) -> bool:
    return not isinstance(entry, Reply) or not language or language in entry.text


def _tags(entry: Referral | Reply) -> list[str]:
    if isinstance(entry, Reply):
        return [word for name in entry.what for word in vocabulary.words_of_matter(name)]
    return [word for name in entry.topics for word in vocabulary.words_of("topic", name)]
