// Keys and sealing: HPKE base mode (RFC 9180, suite 16-1-2), AES-256-GCM, ECDSA P-256, all by WebCrypto.
// HKDF is made from HMAC: not every browser of the floor has it. No output here is longer than one block of it.

const subtle = crypto.subtle; // absent in an insecure context
const importKey = (raw, algorithm, ...uses) => subtle.importKey("raw", raw, algorithm, false, uses);

const EMPTY = new Uint8Array(0);
const bytes = (text) => new TextEncoder().encode(text);
const text = (data) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
const random = (size) => crypto.getRandomValues(new Uint8Array(size));

function refuse(word) {
  throw Object.assign(new Error(word), { word });
}

function join(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function b64(data) {
  let binary = "";
  for (const byte of data) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

// Strict: one spelling for each byte string. `size` in bytes, when it is known.
function unb64(spelled, size) {
  const data = Uint8Array.from(atob(spelled.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  if (b64(data) !== spelled || (size !== undefined && data.length !== size)) refuse("base64url");
  return data;
}

const sha256 = async (data) => new Uint8Array(await subtle.digest("SHA-256", data));

// The short name of a public key.
const kid = async (pub) => b64((await sha256(pub)).slice(0, 8));

// What is signed, or bound as additional data: no two domains share a prefix.
const context = (domain, data) => join(bytes("desk/1 " + domain + "\n"), data);

async function hmac(secret, data) {
  const key = await importKey(secret, { name: "HMAC", hash: "SHA-256" }, "sign");
  return new Uint8Array(await subtle.sign("HMAC", key, data));
}

// RFC 5869. WebCrypto takes no empty key; HMAC fills a short one up with zeros, so 32 zeros are the same.
const extract = (salt, secret) => hmac(salt.length ? salt : new Uint8Array(32), secret);
const expand = async (key, info, size) => (await hmac(key, join(info, [1]))).slice(0, size);
const hkdf = async (secret, info, size) => expand(await extract(bytes("desk/1"), secret), bytes(info), size);

const KEM = join(bytes("KEM"), [0, 16]);
const HPKE = join(bytes("HPKE"), [0, 16, 0, 1, 0, 2]);
const V1 = bytes("HPKE-v1");
const labeledExtract = (suite, salt, label, secret) => extract(salt, join(V1, suite, bytes(label), secret));
const labeledExpand = (suite, key, label, info, size) =>
  expand(key, join([0, size], V1, suite, bytes(label), info), size);

const P256 = { name: "ECDH", namedCurve: "P-256" };
const ephemeral = () => subtle.generateKey(P256, true, ["deriveBits"]);

async function encapsulate(pub, pair) {
  const enc = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
  const other = await importKey(pub, P256);
  const shared = await subtle.deriveBits({ name: "ECDH", public: other }, pair.privateKey, 256);
  const prk = await labeledExtract(KEM, EMPTY, "eae_prk", new Uint8Array(shared));
  return { enc, secret: await labeledExpand(KEM, prk, "shared_secret", join(enc, pub), 32) };
}

// Key schedule of the sender in base mode: encapsulated key, AES key and first nonce.
async function hpkeKeys(pub, info, pair) {
  const sent = await encapsulate(pub, pair);
  const psk = await labeledExtract(HPKE, EMPTY, "psk_id_hash", EMPTY);
  const schedule = join([0], psk, await labeledExtract(HPKE, EMPTY, "info_hash", info));
  const secret = await labeledExtract(HPKE, sent.secret, "secret", EMPTY);
  const key = await labeledExpand(HPKE, secret, "key", schedule, 32);
  return { enc: sent.enc, key, nonce: await labeledExpand(HPKE, secret, "base_nonce", schedule, 12) };
}

const aesKey = (raw, use) => importKey(raw, "AES-GCM", use);

function gcm(nonce, aad) {
  const algorithm = { name: "AES-GCM", iv: nonce, tagLength: 128 };
  if (aad.length) algorithm.additionalData = aad; // some browsers of the floor refuse an empty one
  return algorithm;
}

async function aesSeal(key, nonce, aad, plain) {
  return new Uint8Array(await subtle.encrypt(gcm(nonce, aad), key, plain));
}

async function aesOpen(key, nonce, aad, sealed) {
  return new Uint8Array(await subtle.decrypt(gcm(nonce, aad), key, sealed));
}

async function hpkeSeal(pub, info, plain, pair) {
  const sent = await hpkeKeys(pub, info, pair || (await ephemeral()));
  return join(sent.enc, await aesSeal(await aesKey(sent.key, "encrypt"), sent.nonce, EMPTY, plain));
}

const BUCKETS = [512, 2048, 8192, 16384];
const MAX_BODY = BUCKETS[3] - 1;

function pad(body) {
  const padded = new Uint8Array(BUCKETS.find((size) => size > body.length));
  padded.set(body);
  padded[body.length] = 0x80;
  return padded;
}

function unpad(padded) {
  let end = padded.length - 1;
  while (end >= 0 && padded[end] === 0) end -= 1;
  if (!BUCKETS.includes(padded.length) || padded[end] !== 0x80) refuse("padding");
  return padded.slice(0, end);
}

async function sealBody(key, domain, head, body) {
  const nonce = random(12), h = JSON.stringify(head);
  const c = await aesSeal(key, nonce, context(domain, bytes(h)), pad(bytes(JSON.stringify(body))));
  return { h, n: b64(nonce), c: b64(c) };
}

async function openBody(key, domain, sealed) {
  const aad = context(domain, bytes(sealed.h));
  return text(unpad(await aesOpen(key, unb64(sealed.n, 12), aad, unb64(sealed.c))));
}

// All that follows from a conversation key of 32 bytes. Neither AES key can be read out again.
async function conversationKeys(ck) {
  return {
    out: await aesKey(await hkdf(ck, "v2d", 32), "encrypt"),
    in: await aesKey(await hkdf(ck, "d2v", 32), "decrypt"),
    kc: b64(await hkdf(ck, "kc", 16)),
  };
}

async function verify(pub, domain, data, sig) {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const key = await importKey(pub, algorithm, "verify");
  if (!(await subtle.verify(algorithm, key, sig, context(domain, data)))) refuse("signature");
}
