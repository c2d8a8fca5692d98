// One conversation: its keys, what is sealed and not yet stored, and what is heard. No socket, no screen.

const WINDOW = 8; // messages on their way at most: fewer than the relay takes at once

async function startTalk(desk) {
  const ck = random(32), token = random(32), cid = b64(random(16));
  const keys = await conversationKeys(ck);
  const h = JSON.stringify({ v: 1, t: "open", cid, e: 0, kid: desk.kid, kc: keys.kc });
  const box = b64(await hpkeSeal(desk.pub, context("open", bytes(h)), ck));
  const open = { t: "open", h, box, vt: b64(token) };
  return new Talk(keys, b64(token), open, new History(cid, keys.kc, await digest(h, box)));
}

class Talk {
  constructor(keys, token, open, history) {
    this.keys = keys;
    this.token = token;
    this.open = open;
    this.history = history;
    this.cid = history.cid;
    this.offered = false; // the relay may have it
    this.stored = false; // the relay has it
    this.after = 0; // everything up to this number of the log is here
    this.seen = map(); // numbers above it that are here too
    this.pending = []; // {n, frame, body, line}: sealed, not known to be stored
    this.officer = "";
    this.liveOut = 0;
    this.liveIn = map();
  }

  // Seal `body`; once sealed, the bytes never change. Gives the frame.
  async seal(body, line) {
    const head = this.history.header(this.pending.length);
    const frame = { t: "msg", ...(await sealBody(this.keys.out, "msg", head, body)) };
    line.n = head.n;
    this.pending.push({ n: head.n, frame, body, line });
    return frame;
  }

  // Message `n` is stored under `seq`: gives its line, or nothing when that was known.
  async acked(n, seq) {
    const mine = this.pending.find((each) => each.n === n);
    if (!mine) return undefined;
    this.seen[seq] = true;
    this.pending.splice(this.pending.indexOf(mine), 1);
    await this.history.take(read(mine.frame.h, HEADERS, "t"), mine.frame);
    return mine.line;
  }

  // A stored message. Gives {acked: line}, {line}, {refused: true}, or nothing when it was here before.
  async hear(frame) {
    const before = frame.seq <= this.after || this.seen[frame.seq];
    this.caughtUp(frame.seq);
    return before ? {} : this.judge(frame).catch(() => ({ refused: true }));
  }

  async judge(frame) {
    const head = read(frame.h, { msg: HEADERS.msg }, "t");
    if (head.d === "v") return this.own(head, frame);
    const { text, help, ask_consent } = BODIES;
    const body = read(await openBody(this.keys.in, "msg", frame), { text, help, ask_consent }, "k");
    if (this.history.refusal(head)) return { refused: true };
    const fault = await this.history.take(head, frame);
    const line = { who: head.s, text: body.b, help: body.k === "help", at: frame.at, fault };
    return { line: body.k === "ask_consent" ? { ...line, ask: head.s + "." + head.n } : line };
  }

  async own(head, frame) {
    const mine = this.pending.find((each) => each.n === head.n);
    const same = mine && mine.frame.h === frame.h && mine.frame.n === frame.n && mine.frame.c === frame.c;
    return same ? { acked: await this.acked(head.n, frame.seq) } : { refused: true };
  }

  caughtUp(seq) {
    this.after = Math.max(this.after, seq);
  }

  // Whether `officer` is another one than before.
  isNew(officer) {
    const before = this.officer;
    this.officer = officer;
    return before !== "" && before !== officer;
  }

  async presence(shown) {
    const head = { v: 1, t: "live", cid: this.cid, kc: this.keys.kc, d: "v", s: "v", ln: this.liveOut };
    this.liveOut += 1;
    const body = { k: "presence", ts: Date.now(), ...shown };
    return { t: "live", ...(await sealBody(this.keys.out, "live", head, body)) };
  }

  // The officer's presence, with his name `s`. Throws for what does not fit or is older: it may get lost without harm.
  async live(frame) {
    const head = read(frame.h, { live: HEADERS.live }, "t");
    const ours = head.cid === this.cid && head.kc === this.keys.kc && head.d === "d" && head.s !== "v";
    if (!ours || head.ln < (this.liveIn[head.s] || 0)) refuse("live");
    const body = read(await openBody(this.keys.in, "live", frame), { presence: BODIES.presence }, "k");
    this.liveIn[head.s] = head.ln + 1;
    return { ...body, s: head.s };
  }
}
