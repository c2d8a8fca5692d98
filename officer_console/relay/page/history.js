// One history of a conversation, as both ends see it: counts, acknowledgements and digests of its envelopes.
// What does not fit is told, never hidden: a relay that withholds, repeats, reorders or moves a message is seen.

const digest = async (...parts) => b64((await sha256(bytes(parts.join("\n")))).slice(0, 16));

const map = () => Object.create(null); // senders are named by others: no inherited member may answer

class History {
  constructor(cid, kc, first) {
    this.cid = cid;
    this.kc = kc;
    this.last = first; // digest of the opening: of its header and its box
    this.known = map();
    this.known[first] = true;
    this.next = map(); // sender -> number that comes next
    this.accepted = { v: 0, d: 0 };
    this.acked = map(); // sender -> how many of the other side it said to have
  }

  // Header of the visitor's next message; `ahead` of hers are on their way.
  header(ahead) {
    const n = (this.next.v || 0) + ahead;
    return { v: 1, t: "msg", cid: this.cid, kc: this.kc, d: "v", s: "v", n, a: this.accepted.d, p: this.last };
  }

  // Why an envelope with this header is refused, or "".
  refusal(head) {
    if (head.cid !== this.cid || head.kc !== this.kc || (head.d === "v") !== (head.s === "v")) return "not_ours";
    return head.n < (this.next[head.s] || 0) ? "repeated" : "";
  }

  // Take one that is not refused; tells what is wrong with what came before it, or "".
  async take(head, sealed) {
    const fault = this.fault(head);
    this.next[head.s] = head.n + 1;
    this.accepted[head.d] += 1;
    this.acked[head.s] = Math.max(head.a, this.acked[head.s] || 0);
    this.last = await digest(sealed.h, sealed.n, sealed.c);
    this.known[this.last] = true;
    return fault;
  }

  fault(head) {
    if (head.n > (this.next[head.s] || 0)) return "missing";
    const had = this.accepted[head.d === "v" ? "d" : "v"];
    const knows = head.a >= (this.acked[head.s] || 0) && head.a <= had && this.known[head.p];
    return knows ? "" : "other_history";
  }
}
