// The chain root -> shift lead -> desk key. The root key stands in this page; a relay can't make one of its own.

const DAY = 86400;

// `root` in base64url, `at` in seconds. Gives {kid, pub}; throws an Error whose `word` says why not.
async function trust(root, bundle, at) {
  const told = await chain(root, bundle).catch(() => refuse("untrusted"));
  const inTime = (what) => what.nbf - DAY <= at && at < what.exp + DAY;
  return inTime(told.lead) && inTime(told.key) ? { kid: told.key.kid, pub: unb64(told.key.pub) } : refuse("clock");
}

async function chain(root, bundle) {
  await verify(unb64(root, 65), "dir", bytes(bundle.lead), unb64(bundle.lsig));
  const lead = statement(bundle.lead, "lead");
  const pub = unb64(lead.sig_pub, 65);
  await verify(pub, "dir", bytes(bundle.key), unb64(bundle.sig));
  const key = statement(bundle.key, "desk-key");
  await importKey(unb64(key.pub, 65), P256); // refuses a point that is not on the curve
  const named = (await kid(pub)) === key.by && (await kid(unb64(key.pub, 65))) === key.kid;
  return named ? { lead, key } : refuse("untrusted");
}

// A statement has one spelling only.
function statement(json, type) {
  const told = read(json, { [type]: STATEMENTS[type] }, "t");
  return JSON.stringify(told) === json ? told : refuse("untrusted");
}
