"""The page's history and Python's are the same, whatever a relay does to the envelopes."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from officer_console.model.envelope import Envelope, MessageHeader, OpenHeader
from officer_console.protocol import codec
from officer_console.protocol.history import History, digest
from officer_console.vault.base64url import b64

from . import node

CID, KC, OTHER = b64(bytes(16)), b64(b"k" * 16), b64(b"o" * 16)
OFFICERS = [b64(bytes(8)), b64(b"officer2")]
OPENED = codec.encode(OpenHeader(cid=CID, e=0, kid=OFFICERS[0], kc=KC))
FIRST = digest(OPENED, "box")

ACCEPT_ALL = """
const history = new History(given.cid, given.kc, given.first);
const faults = [];
for (const sealed of given.envelopes) {
  const head = read(sealed.h, HEADERS, "t");
  faults.push(history.refusal(head) || (await history.take(head, sealed)));
}
return { faults, next: JSON.stringify(history.header(given.ahead)) };
"""

senders = st.sampled_from([("v", "v"), *(("d", officer) for officer in OFFICERS), ("v", OFFICERS[0]), ("d", "v")])


@st.composite
def courses(draw: st.DrawFn) -> list[Envelope]:
    """Mostly envelopes as they should be, with numbers, counts and digests that now and then are not."""
    envelopes: list[Envelope] = []
    counts: dict[str, int] = {}
    for step in range(draw(st.integers(0, 12))):
        direction, sender = draw(senders)
        n = counts.get(sender, 0) + draw(st.sampled_from([0, 0, 0, 0, 1, -1]))
        known = [FIRST, *(digest(each.h, each.n, each.c) for each in envelopes), OTHER]
        had = sum(1 for each in envelopes if codec.header(each.h, MessageHeader).d != direction)
        header = MessageHeader(
            cid=draw(st.sampled_from([CID] * 9 + [OTHER])),
            kc=draw(st.sampled_from([KC] * 9 + [OTHER])),
            d=direction,  # type: ignore[arg-type]
            s=sender,
            n=max(0, n),
            a=max(0, had + draw(st.sampled_from([0, 0, 0, 1, -1]))),
            p=draw(st.sampled_from(known)),
        )
        counts[sender] = max(0, n) + 1
        envelopes.append(Envelope(codec.encode(header), "n", f"c{step}"))
    return envelopes


def pythons(envelopes: list[Envelope], ahead: int) -> dict[str, Any]:
    history = History("v", OPENED, "box", KC)
    faults = [history.accept(each, codec.header(each.h, MessageHeader).s) for each in envelopes]
    return {"faults": [str(fault or "") for fault in faults], "next": history.next_header(ahead)}


@given(st.lists(st.tuples(courses(), st.integers(0, 3)), min_size=40, max_size=40))
@settings(max_examples=10)
def test_both_say_the_same(given_courses: list[tuple[list[Envelope], int]]) -> None:
    inputs = [
        {
            "cid": CID,
            "kc": KC,
            "first": FIRST,
            "ahead": ahead,
            "envelopes": [{"h": each.h, "n": each.n, "c": each.c} for each in envelopes],
        }
        for envelopes, ahead in given_courses
    ]
    for (envelopes, ahead), result in zip(given_courses, node.each(ACCEPT_ALL, inputs), strict=True):
        made = result["value"]
        made["next"] = codec.header(made["next"], MessageHeader)
        assert made == pythons(envelopes, ahead)
