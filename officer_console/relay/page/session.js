// The link to the relay, over as many connections as it takes. What is written is kept until it is stored, and is
// sent again byte for byte: so it arrives once. `tell(what, line)` says what changed; the screen is not known here.

const DEAD = 15000; // ms without a word from the relay
const AGAIN = [500, 15000]; // ms before the next try: the first time, and at most
const RETRY = [1000, 4000]; // ms before something refused is sent again: the first time, and at most
const DESK_AGAIN = 30000; // ms before asking again whether the chat is open
const SEND_AGAIN = ["rate", "storage", "sequence", "busy"];
const LIVE = [20000, 10000, 2000]; // a live frame after 20 s and up to 10 more, at a change 2 s after the last

let tell, dial;
let trouble = ""; // untrusted, clock, old: for good; closed, busy, paused, full
let halted = false;
let ws = null;
let heardAt = 0; // by the clock on the wall, which goes on while the device sleeps
let resuming = false;
let ready = false; // connected, and nothing is missing
let met = false; // was ever connected
let desk = null;
let duty = false;
let status = null;
let typing = false; // the officer types
let talk = null;
let written = []; // {body, line}: not sealed yet
let mine = []; // lines whose mark may change
let erasing = false;
let tries = 0;
let pause = 0;
let retryMs = RETRY[0];
let waits = false; // something was refused, and is sent again later
let shown = { typing: false, read: 0, here: true };
let shownAt = 0;
let queue = Promise.resolve();
const timers = {};

function openLink(newSocket, teller) {
  dial = newSocket;
  tell = teller;
  liveIn(LIVE[0]);
  if (ROOT) connect();
  else halt("closed");
}

// One thing after the other: sealing and opening take time, and order matters.
function turn(work) {
  queue = queue.then(work).catch((error) => (FINAL.includes(error.word) ? halt(error.word) : hangUp()));
}

function later(name, ms, work) {
  clearTimeout(timers[name]);
  timers[name] = setTimeout(work, ms);
}

// ---- the connection ----

function connect() {
  if (ws || halted) return;
  clearTimeout(timers.dial);
  const mySocket = (ws = dial());
  resuming = Boolean(talk && talk.offered);
  ws.onopen = () =>
    post(resuming ? { t: "resume", v: 1, cid: talk.cid, vt: talk.token, after: talk.after } : { t: "hello", v: 1 });
  ws.onmessage = (event) => {
    alive();
    turn(() => ws === mySocket && take(read(event.data, FRAMES, "t")));
  };
  ws.onclose = lost;
  alive();
}

// The device has slept, or has found a network: what has been silent for too long is not waited for.
function wake() {
  if (Date.now() - heardAt > DEAD) hangUp();
  connect();
}

function alive() {
  heardAt = Date.now();
  later("dead", DEAD, hangUp);
}

function post(frame) {
  if (ws && ws.readyState === 1) ws.send(padded(frame));
}

function hangUp() {
  if (!ws) return;
  ws.onopen = ws.onmessage = ws.onclose = null;
  ws.close();
  lost();
}

function lost() {
  ws = null;
  ready = typing = waits = false;
  clearTimeout(timers.dead);
  clearTimeout(timers.retry);
  const wait = pause || Math.min(AGAIN[1], AGAIN[0] * Math.pow(2, tries));
  tries = Math.min(tries + 1, 10);
  pause = 0;
  if (!halted) later("dial", wait * (0.5 + Math.random() / 2), connect);
  tell("state");
}

function halt(word) {
  trouble = word;
  halted = true;
  drop();
  hangUp();
  tell("state");
}

// ---- what the person does ----

function say(words, about) {
  write({ k: "text", ts: Date.now(), b: words }, { text: words }, about);
  present({ typing: false });
}

function sayWhere(place, about) {
  write({ k: "place", ...place }, { acc: place.acc }, about);
}

function sayConsent(ask, yes) {
  write({ k: "consent", ts: Date.now(), ask, yes }, { word: yes ? "consent_yes" : "consent_no" });
}

// `about` goes ahead of the first message.
function write(body, shows, about) {
  const line = { who: "me", at: body.ts, mark: "sending", ...shows };
  if (!talk && !written.length) written.push({ body: { k: "about", ts: body.ts, ...about }, line: {} });
  written.push({ body, line });
  mine.push(line);
  tell("line", line);
  turn(flush);
  connect();
}

// Change what the officer sees of her: typing, read, here.
function present(change) {
  const before = JSON.stringify(shown);
  shown = { ...shown, ...change };
  if (JSON.stringify(shown) !== before) soon();
}

function soon() {
  liveIn(Math.max(0, shownAt + LIVE[2] - performance.now()));
}

function eraseTalk() {
  erasing = true;
  drop();
  if (!talk || !talk.offered) tell("erased");
  else turn(sendErase);
  connect();
}

const unsent = () => mine.filter((line) => line.mark === "sending");

// What is not stored will not be.
function drop() {
  written = [];
  if (talk) talk.pending = [];
  unsent().forEach((line) => mark(line, "failed"));
}

// Go: tell the relay, forget everything, call `gone` once it knows. Gives what a beacon can say instead, or "".
function part(how, gone) {
  const known = talk && talk.offered;
  const beacon = known ? JSON.stringify({ cid: talk.cid, vt: talk.token, how }) : "";
  Object.keys(timers).forEach((name) => clearTimeout(timers[name]));
  if (known) post({ t: "leave", how });
  if (ws) {
    ws.onclose = gone;
    ws.close();
  }
  ws = talk = desk = status = null;
  tell = () => {};
  halted = true;
  written = [];
  mine = [];
  return beacon;
}

// ---- sending ----

function liveIn(ms) {
  later("live", ms, () => turn(sendLive));
}

async function sendLive() {
  shownAt = performance.now();
  liveIn(LIVE[0] + Math.random() * LIVE[1]);
  if (ready && talk && talk.stored) post(await talk.presence(shown));
}

// Everything that may not have arrived, as it was, then what is new.
function resend() {
  waits = false;
  if (!ready) return;
  if (talk) {
    if (!talk.stored) sendOpen();
    talk.pending.forEach((each) => post(each.frame));
    sendErase();
  }
  return flush();
}

async function flush() {
  if (!ready || !written.length) return;
  if (!talk) {
    talk = await startTalk(desk);
    sendOpen();
  }
  while (ready && written.length && talk.pending.length < WINDOW) {
    const frame = await talk.seal(written[0].body, written[0].line);
    written.shift();
    if (!waits) post(frame);
  }
}

function sendOpen() {
  talk.offered = true;
  post(talk.open);
}

function sendErase() {
  if (erasing && ready && talk) post({ t: "erase", cid: talk.cid });
}

// ---- what the relay says ----

function take(frame) {
  if (!talk && ["ack", "msg", "live", "here", "erased"].includes(frame.t)) refuse("unexpected");
  return TAKE[frame.t](frame);
}

const TAKE = {
  async desk(frame) {
    duty = frame.duty;
    met = true;
    if (frame.v !== 1) return halt("old");
    if (resuming) return tell("state");
    if (!frame.bundle) return closed();
    desk = await trust(ROOT, frame.bundle, Date.now() / 1000);
    if (talk && JSON.parse(talk.open.h).kid !== desk.kid) sealAnew();
    return caughtUp();
  },

  here(frame) {
    talk.caughtUp(frame.seq);
    talk.stored = true;
    return caughtUp();
  },

  async ack(frame) {
    retryMs = RETRY[0];
    if (frame.id === "open") talk.stored = true;
    else stored(await talk.acked(Number(frame.id.slice(2)), frame.seq));
    return flush();
  },

  async msg(frame) {
    const heard = await talk.hear(frame);
    stored(heard.acked);
    if (heard.refused) note("refused");
    if (heard.line) hear(heard.line);
  },

  async live(frame) {
    const seen = await talk.live(frame).catch(() => null);
    if (!seen) return;
    meet(seen.s);
    typing = Boolean(seen.typing);
    later("typing", LIVE[0] + LIVE[1], stopTyping);
    mine.filter((line) => line.mark === "stored" && line.n < seen.read).forEach((line) => mark(line, "read"));
    tell("state");
  },

  status(frame) {
    const more = (name) => (frame[name] || 0) > ((status && status[name]) || 0);
    if (status && status.state === "held" && frame.state === "waiting") note(frame.back ? "alone" : "handed");
    if (more("joined")) note("joined");
    else if (more("guests")) note("watched");
    else if (status && status.guests && !frame.guests && frame.state === "held") note("unwatched");
    if (more("handed") && frame.joined) note("another"); // who is new may have joined only
    if (frame.linked && !(status && status.linked)) soon(); // who has just taken it knows nothing of her yet
    status = frame;
    duty = frame.duty;
    typing = typing && Boolean(frame.linked);
    tell("state");
  },

  beat() {
    tries = 0;
  },

  bye(frame) {
    pause = Math.max(AGAIN[0], Math.min(frame.again, DESK_AGAIN));
    hangUp();
  },

  erased() {
    gone();
  },

  no(frame) {
    const none = ["unknown", "erased"].includes(frame.code);
    if (none && resuming && !talk.stored && !erasing) talk.offered = false; // `open` was lost on its way
    else if (none && talk) return gone();
    else if (frame.code === "version") return halt("old");
    else if (frame.code === "not_founded") return closed();
    else if (frame.id) return refused(frame.code);
    else if (["busy", "paused"].includes(frame.code)) trouble = frame.code;
    hangUp();
  },
};

function caughtUp() {
  ready = true;
  trouble = "";
  tell("state");
  return resend();
}

// Nothing of the conversation is stored, and its desk key has been replaced: begin it once more.
function sealAnew() {
  written = talk.pending.concat(written);
  talk = null;
}

function closed() {
  trouble = "closed";
  pause = DESK_AGAIN;
  hangUp();
}

// The conversation is no more; another one may begin.
function gone() {
  const kept = unsent().map((line) => line.text).filter(Boolean);
  talk = status = null;
  written = [];
  mine = [];
  tell(erasing ? "erased" : "gone", kept);
  hangUp();
}

function refused(code) {
  if (!SEND_AGAIN.includes(code)) return full();
  if (waits) return;
  waits = true;
  later("retry", retryMs, () => turn(resend));
  retryMs = Math.min(RETRY[1], 2 * retryMs);
}

function full() {
  trouble = "full";
  drop();
  tell("state");
}

function stored(line) {
  if (line && line.mark) mark(line, "stored");
}

function mark(line, word) {
  line.mark = word;
  if (word !== "stored") mine.splice(mine.indexOf(line), 1);
  tell("mark", line);
}

function hear(line) {
  typing = false;
  meet(line.who);
  if (line.fault) note("missing");
  tell("line", line);
  tell("state");
}

function meet(officer) {
  if (talk.isNew(officer) && !(status && status.joined)) note("another");
}

function note(word) {
  tell("line", { word });
}

function stopTyping() {
  typing = false;
  tell("state");
}
