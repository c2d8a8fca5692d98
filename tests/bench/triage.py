"""How fast conversations are triaged, beside a bare regex that looks for forty stems in the same text."""

from __future__ import annotations

import random
import re
from itertools import cycle, islice
from time import perf_counter

from tests.triage.score import HERE, read, triage

from .report import Figure, absolute, figure

CONVERSATIONS = 10_000
WITHIN_S = 2.0
LEAST_SHARE = 0.02
"""Of the bare regex's messages a second, which knows no roles, negations or times."""
STEMS = (
    "frapp|tape|cogn|gifl|tue|buter|crev|etrangl|couteau|fusil|arme|viol|enferm|cles|telephone|saign|cass|bleu|mourir"
    "|suicid|quitt|ex|enfant|fille|fils|enceint|kill|knife|gun|hit|punch|slap|chok|rape|lock|bleed|kid|pregnan|drunk|leav"
)


def run() -> list[Figure]:
    """Triage of 10,000 conversations made of the development set's messages, in both languages."""
    talks = _talks()
    messages = sum(len(texts) for texts, _lang in talks)
    ours, bare = _ours(talks), _bare(talks)
    return [
        absolute("triage.10000_conversations", ours, "s", WITHIN_S),
        figure("triage.messages_per_s_per_core", messages / ours, messages / bare, "/s", (">=", LEAST_SHARE)),
    ]


def _talks() -> list[tuple[list[str], str]]:
    """Conversations with their messages in an order of their own, so that few are met twice."""
    known = [case for name in ("dev_fr", "dev_en") for case in read(HERE / f"{name}.jsonl")]
    chance = random.Random(7)
    pool = {lang: [text for case in known if case.lang == lang for text in case.messages] for lang in ("fr", "en")}
    return [
        ([chance.choice(pool[case.lang]) for _text in case.messages], case.lang)
        for case in islice(cycle(known), CONVERSATIONS)
    ]


def _ours(talks: list[tuple[list[str], str]]) -> float:
    ready = triage()
    start = perf_counter()
    for texts, lang in talks:
        ready.of(texts, lang)
    return perf_counter() - start


def _bare(talks: list[tuple[list[str], str]]) -> float:
    search = re.compile(rf"\b(?:{STEMS})\w*", re.IGNORECASE).findall
    start = perf_counter()
    for texts, _lang in talks:
        for text in texts:
            search(text)
    return perf_counter() - start
