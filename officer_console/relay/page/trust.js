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
  const lead = read(bundle.lead, { lead: STATEMENTS.lead }, "t");
  const pub = unb64(lead.sig_pub, 65);
  await verify(pub, "dir", bytes(bundle.key), unb64(bundle.sig));
  const key = read(bundle.key, { "desk-key": STATEMENTS["desk-key"] }, "t");
  const named = (await kid(pub)) === key.by && (await kid(unb64(key.pub, 65))) === key.kid;
  return named ? { lead, key } : refuse("untrusted");
}

function refuse(word) {
  throw Object.assign(new Error(word), { word });
}
