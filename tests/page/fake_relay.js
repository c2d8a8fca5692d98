// The page's session against a relay and an officer without network, screen or clock. `given.steps` says what happens
// and in which order; what is still on its way then arrives. Gives what each side has in the end.
// Stands around the page's own sources: what is above the mark goes before them, what is below goes after them.

const ROOT = "root";
let now = 1e12;
let alarms = [];
const Date = { now: () => now };
const performance = { now: () => now };
const clearTimeout = (alarm) => void (alarms = alarms.filter((each) => each !== alarm));

function setTimeout(work, ms) {
  const alarm = { at: now + ms, work };
  alarms.push(alarm);
  return alarm;
}

// ---- the page's sources ----

const OFFICER = "officer-key";
const SIG = "A".repeat(86);
const DESK = { t: "desk", v: 1, now: 0, duty: true, waiting: 0, bundle: { lead: "", lsig: SIG, key: "", sig: SIG } };
const FREE = { t: "status", state: "waiting", duty: true, ahead: 0, linked: false };
const HELD = { t: "status", state: "held", duty: true, ahead: 0, linked: true };

let deskKey, secret, opening, officer, line;
let log = []; // {by, frame}; the place in it is the seq, and the opening is 1
let refusals = 0, lives = 0;
const lines = [], words = { me: [], desk: [] };

trust = async () => deskKey;
const derive = conversationKeys;
conversationKeys = (ck) => derive((secret = ck));

async function newDeskKey() {
  const pub = new Uint8Array(await subtle.exportKey("raw", (await ephemeral()).publicKey));
  deskKey = { kid: await kid(pub), pub };
}

// One connection: what is on its way up and down.
class Line {
  constructor() {
    this.readyState = 1;
    this.up = [];
    this.down = [];
    this.joined = false;
    line = this;
    queueMicrotask(() => this.onopen && this.onopen());
  }

  send(json) {
    this.up.push(JSON.parse(json));
  }

  close() {
    this.readyState = 3;
    if (line === this) line = null;
  }
}

function cut() {
  const closed = line && line.onclose;
  if (line) line.close();
  if (closed) closed();
}

async function append(by, frame) {
  log.push({ by, frame });
  await officer.take(JSON.parse(frame.h), frame);
}

const asMsg = ({ frame }, place) => ({ ...frame, t: "msg", seq: place + 2, at: 1 });

function replay(after) {
  line.joined = true;
  line.down.push(...log.map(asMsg).filter((frame) => frame.seq > after), HELD);
}

const RELAY = {
  hello: () => line.down.push(DESK),
  resume(frame) {
    if (!opening) return line.down.push({ t: "no", code: "unknown", text: "" });
    line.down.push(DESK);
    replay(frame.after);
    line.down.push({ t: "here", seq: log.length + 1 });
  },
  async open(frame) {
    const head = JSON.parse(frame.h);
    if (head.kid !== deskKey.kid && !opening) return line.down.push({ t: "no", code: "malformed", text: "" });
    if (!opening) officer = new History(head.cid, head.kc, await digest(frame.h, frame.box));
    opening = frame;
    line.down.push({ t: "ack", id: "open", seq: 1, at: 1 });
    replay(1);
  },
  async msg(frame) {
    if (!line.joined) return;
    const { n } = JSON.parse(frame.h), id = "v." + n;
    const own = log.filter((each) => each.by === "v");
    if (own[n] && own[n].frame.c !== frame.c) throw new Error("not byte for byte");
    if (n > own.length) return line.down.push({ t: "no", code: "sequence", text: "", id });
    if (n === own.length && refusals-- > 0) return line.down.push({ t: "no", code: "rate", text: "", id });
    if (n === own.length) await append("v", frame);
    line.down.push({ t: "ack", id, seq: log.findIndex((each) => each.by === "v" && each.frame.c === frame.c) + 2, at: 1 });
  },
  live: () => void (lives += 1),
};

async function answer(k, more) {
  if (!opening) return;
  const n = words.desk.length, key = await aesKey(await hkdf(secret, "d2v", 32), "encrypt"), b = k + " " + n;
  const head = { v: 1, t: "msg", cid: officer.cid, kc: officer.kc, d: "d", s: OFFICER, n, a: officer.accepted.v, p: officer.last };
  words.desk.push(b);
  await append("d", await sealBody(key, "msg", head, { k, ts: 1, b, ...more }));
  if (line && line.joined) line.down.push(asMsg(log[log.length - 1], log.length - 1));
}

const ABOUT = { lang: "fr", postcode: "" };
const STEPS = {
  async say() {
    words.me.push("me " + words.me.length);
    say(words.me[words.me.length - 1], ABOUT);
  },
  async where() {
    words.me.push("place " + words.me.length);
    sayWhere({ ts: now, lat: 48e6, lon: -2e6, acc: words.me.length - 1 }, ABOUT);
  },
  answer: () => answer("text"),
  help: () => answer("help", { case: "c" }),
  async up() {
    if (line && line.up.length) await RELAY[line.up[0].t](line.up.shift());
  },
  async down() {
    if (line && line.down.length) line.onmessage({ data: JSON.stringify(line.down.shift()) });
  },
  // Something that has been told is told again.
  async again() {
    if (line && line.joined && log.length) line.down.push(asMsg(log[log.length - 1], log.length - 1));
  },
  free: async () => void line.down.push(FREE),
  held: async () => void line.down.push(HELD),
  cut: async () => cut(),
  // The connection is dead, and nobody says so.
  async silence() {
    if (line) line.onmessage && (line.readyState = 3);
    line = null;
  },
  async sleep() {
    now += 3600e3; // no alarm goes off
    wake();
  },
  rate: async () => void (refusals = 2),
  rotate: newDeskKey,
  second: () => pass(1000),
  quarter: () => pass(15000),
};

async function pass(ms) {
  for (const until = now + ms; now < until; now += 250) {
    const due = alarms.filter((alarm) => alarm.at <= now);
    alarms = alarms.filter((alarm) => alarm.at > now);
    due.forEach((alarm) => alarm.work());
  }
}

async function idle() {
  for (let last; last !== queue; await new Promise(setImmediate)) await (last = queue);
}

async function step(name) {
  await STEPS[name]();
  await idle();
}

async function settle() {
  refusals = 0;
  for (let round = 0; round < 60; round += 1) {
    while (line && (line.up.length || line.down.length)) await step(line.up.length ? "up" : "down");
    if (line) line.onmessage({ data: '{"t":"beat","now":1}' });
    await idle();
    await step("second");
  }
}

async function readByDesk() {
  const key = await aesKey(await hkdf(secret, "v2d", 32), "decrypt");
  const own = log.filter((each) => each.by === "v");
  return Promise.all(own.map(async ({ frame }) => JSON.parse(await openBody(key, "msg", frame))));
}

const onPage = () => lines.filter((each) => each.who && each.who !== "me").map((each) => each.text);

await newDeskKey();
openLink(() => new Line(), (what, each) => what === "line" && lines.push(each));
await idle();
for (const name of given.steps) await step(name);
const early = onPage(), livesEarly = lives;
if (!words.me.length) await step("say");
await settle();
const [about, ...texts] = await readByDesk();
return {
  about: about.k,
  atDesk: texts.map((body) => body.b || body.k + " " + body.acc),
  early, // on the page before anything else was waited for
  onPage: onPage(),
  notes: lines.filter((each) => each.word).map((each) => each.word),
  livesEarly,
  marks: lines.filter((each) => each.who === "me").map((each) => each.mark),
  ...words,
};
