// What comes over the wire is read strictly: no key twice, no unknown or missing member, no wrong type.

const count = (value) => Number.isInteger(value) && value >= 0 && value <= 0x80000000;
const whole = (value) => Number.isSafeInteger(value) && value >= 0;
const upTo = (most) => (value) => Number.isInteger(value) && Math.abs(value) <= most;
const truth = (value) => typeof value === "boolean";
const string = (value) => typeof value === "string";
const like = (pattern) => (value) => string(value) && pattern.test(value);
const only = (...values) => (value) => values.includes(value);
const b64of = (size) => like(new RegExp("^[A-Za-z0-9_-]{" + size + "}$"));
const K8 = b64of(11), K16 = b64of(22), K64 = b64of(86), POINT = b64of(87);
const SENDER = like(/^(v|[A-Za-z0-9_-]{11})$/);

const SEALED = { h: string, n: string, c: string };
const DATED = { prev: like(/^([A-Za-z0-9_-]{43})?$/), at: whole, nbf: whole, exp: whole };

// "?" at the end of a name: the member may be absent.
const BUNDLE = { lead: string, lsig: K64, key: string, sig: K64 };
const FRAMES = {
  desk: { v: whole, now: whole, duty: truth, waiting: whole, "bundle?": (value) => value === null || fits(value, BUNDLE) },
  ack: { id: string, seq: whole, at: whole },
  msg: { seq: whole, at: whole, ...SEALED },
  live: SEALED,
  status: {
    state: only("opening", "waiting", "held", "closed", "erased"),
    duty: truth, "ahead?": whole, "linked?": truth, "handed?": whole, "back?": only("", "unanswered", "gone", "relief"),
    "guests?": whole, "joined?": whole, "shut?": only("", "pause", "divert"), "instead?": string,
  },
  here: { seq: whole },
  erased: {},
  no: { code: string, text: string, "id?": string },
  beat: { now: whole },
  bye: { again: whole },
};
const HEADERS = {
  msg: { v: only(1), cid: K16, kc: K16, d: only("v", "d"), s: SENDER, n: count, a: count, p: K16 },
  live: { v: only(1), cid: K16, kc: K16, d: only("v", "d"), s: SENDER, ln: count },
};
const MOST = { lat: 9e7, lon: 18e7, acc: 1e8 };
const BODIES = {
  text: { ts: whole, b: string, "sig?": string },
  help: { ts: whole, b: string, case: string, "sig?": string },
  ask_consent: { ts: whole, b: only("practice"), "sig?": string },
  place: {
    ts: whole, lat: upTo(MOST.lat), lon: upTo(MOST.lon),
    acc: (value) => whole(value) && upTo(MOST.acc)(value),
  },
  presence: { ts: whole, "typing?": truth, "read?": whole, "here?": truth },
};
const STATEMENTS = {
  lead: { ...DATED, name: string, sig_pub: POINT, box_pub: POINT },
  "desk-key": { ...DATED, kid: K8, suite: only("16-1-2"), pub: POINT, n: count, use: only("live"), by: K8 },
};

// One JSON object of `shapes`, which its member `tag` names. Throws when it is anything else.
function read(json, shapes, tag) {
  const value = JSON.parse(json);
  plainly(json);
  const known = Object.keys(shapes).includes(value[tag]) && shapes[value[tag]];
  if (!known || !fits(value, { ...known, [tag]: string })) refuse("malformed");
  return value;
}

function fits(value, members) {
  const given = value !== null && typeof value === "object" ? Object.keys(value) : ["?"];
  const may = Object.keys(members);
  return given.every((name) => may.includes(name) || may.includes(name + "?")) && may.every((name) => {
    const own = name.replace("?", "");
    return given.includes(own) ? members[name](value[own]) : own !== name;
  });
}

// JSON.parse keeps the last of two members of one name, and takes 1.0 for 1: refuse both. The text is valid JSON.
function plainly(json) {
  const open = [];
  for (const sign of json.match(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}]|-?\d+[.eE]?/g) || []) {
    const last = sign[sign.length - 1];
    if (sign === "{") open.push({});
    else if (sign === "}") open.pop();
    else if (last === ":") once(open[open.length - 1], JSON.parse(sign.slice(0, -1)));
    else if (".eE".includes(last)) refuse("not an integer");
  }
}

function once(seen, name) {
  if (seen["=" + name]) refuse("twice");
  seen["=" + name] = true;
}

// Spaces hide how long a frame is, up to the next of these sizes.
const SIZES = [1024, 3072, 11264, 22528];

function padded(frame) {
  const json = JSON.stringify(frame);
  return json.padEnd(SIZES.find((size) => size >= json.length));
}
