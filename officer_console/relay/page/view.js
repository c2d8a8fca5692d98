// The screen. Words go in by textContent only.

const $ = (id) => document.getElementById(id);
const FINAL = ["untrusted", "clock", "old", "closed"]; // nothing can be written

let language = 0; // which one of LANGUAGES

// Show word `key` (with number `n`) in an element, now and after the language has changed.
function put(element, key, n = "") {
  const told = (name) => name && WORDS[name][language];
  const words = told(key).replace(/{(\w+)}/g, (_, name) => (name === "n" ? n : told(name)));
  element.dataset.w = key;
  element.dataset.n = n;
  if (element.textContent !== words) element.textContent = words; // what does not change is not read out again
}

function speak(which) {
  language = which;
  page.lang = LANGUAGES[which];
  $("language").lang = LANGUAGES[1 - which];
  document.querySelectorAll("section").forEach((section) => (section.hidden = section.lang !== LANGUAGES[which]));
  document.querySelectorAll("[data-w]").forEach((element) => put(element, element.dataset.w, element.dataset.n));
}

function preferred() {
  const wished = (navigator.languages || [navigator.language]).map((name) => LANGUAGES.indexOf(name.slice(0, 2)));
  return Math.max(0, wished.find((which) => which >= 0) || 0);
}

function add(parent, tag, name, words) {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = words;
  return parent.appendChild(element);
}

const page = document.documentElement;
const atEnd = () => innerHeight + pageYOffset > page.scrollHeight - 150;
const toEnd = () => scrollTo(0, page.scrollHeight);

// ---- lines of the conversation ----

// Whoever is at the end stays there while something beside her grows.
function keepEnd(change) {
  const end = !$("log").hidden && atEnd(), before = page.scrollHeight;
  change();
  if (end) scrollBy(0, Math.max(0, page.scrollHeight - before));
}

function addLine(line) {
  const me = line.who === "me", follow = me || atEnd();
  const item = add($("log"), "div", line.word && !me ? "note" : me ? "me" : line.help ? "desk help" : "desk", "");
  if (line.word && !me) put(item, line.word);
  else fill(item, line, me ? "you" : "officer");
  if (follow) toEnd();
  else $("new").hidden = false;
}

function fill(item, line, who) {
  put(add(item, "span", "unseen", ""), who);
  if (line.help) put(add(item, "b", "", ""), "help");
  const words = add(item, "p", "", line.text);
  if (line.acc !== undefined) put(words, "located", line.acc);
  else if (line.ask || line.word) put(words, line.ask ? "consent_ask" : line.word);
  else words.dir = "auto";
  if (line.ask) offer(item, line);
  const small = add(item, "small", "", "");
  add(small, "time", "", new Date(line.at).toTimeString().slice(0, 5));
  if (!line.mark) return;
  line.shown = add(small, "span", "", "");
  line.shown.setAttribute("aria-live", "off"); // only a new message is read out
  showMark(line);
}

// Both answers look the same, and stay: she can change her mind. What comes under her finger is not pressed.
function offer(item, line) {
  put(add(item, "p", "", ""), "consent_more");
  [false, true].forEach((yes) => {
    const button = add(item, "button", "", "");
    put(button, yes ? "consent_yes" : "consent_no");
    button.disabled = true;
    setTimeout(() => (button.disabled = false), 1000);
    button.onclick = () => {
      if (line.said !== yes) line.answer(line.ask, yes);
      line.said = yes;
    };
  });
}

function showMark(line) {
  put(line.shown, line.mark === "sending" && !ready ? "kept" : line.mark);
  line.shown.className = "mark " + line.mark;
}

// ---- how things stand ----

// The word, and its number, for how things stand.
function standing() {
  if (erasing) return ["erasing"];
  if (trouble) return [trouble];
  if (!ready) return [met || tries > 1 ? "lost" : "connecting"];
  if (shutOut()) return status.instead ? ["divert", status.instead] : ["paused"];
  if (!talk || !status || status.state === "opening") return [duty ? "duty" : "nobody"];
  if (status.state === "held") return [status.linked ? "here" : "away"];
  if (status.state === "closed") return ["ended"];
  return duty ? queued(status.ahead || 0) : ["nobody"];
}

// A shift lead lets nobody new in, and she has not begun.
const shutOut = () => Boolean(status && status.shut && !talk && !written.length);

const queued = (ahead) => [ahead > 1 ? "ahead_n" : "ahead_" + ahead, ahead];

function showState() {
  const word = standing(), shut = erasing || shutOut() || (FINAL.includes(trouble) && !talk);
  keepEnd(() => {
    put($("state"), word[0], word[1]);
    $("state").className = word[0];
    $("writing").hidden = !typing;
    $("compose").hidden = shut;
    $("start").hidden = shut || !$("log").hidden;
  });
  mine.forEach(showMark);
}

// From the first view to the conversation.
function showTalk() {
  $("panel").appendChild($("safety")).appendChild($("spy"));
  $("start").hidden = $("once").hidden = true;
  $("label").className = "unseen";
  $("log").hidden = $("title").hidden = $("options").hidden = false;
  document.body.classList.add("talk");
}

// ---- a question inside the page ----

// In place of what she pressed, `asker`. Pressed twice in fright, it has not been answered yet.
function ask(name, asker, no, yes) {
  keepEnd(() => {
    showAskers();
    asker.hidden = true;
    asker.parentNode.insertBefore($("ask"), asker);
    $("ask").hidden = false;
    put($("question"), name + "_ask");
    put($("yes"), name);
    put($("stay"), no);
  });
  $("yes").className = name;
  $("yes").onclick = yes;
  $("yes").disabled = true;
  later("asked", 500, () => ($("yes").disabled = false));
  if ($("ask").getBoundingClientRect().bottom > innerHeight) $("ask").scrollIntoView(false);
  $("question").focus();
}

function askNoMore() {
  $("ask").hidden = true;
  showAskers();
  $("options").open = false;
  $("words").focus();
}

function showAskers() {
  $("ends").hidden = $("where").hidden = false;
}

// ---- her place ----

function maySeek() {
  const policy = document.featurePolicy;
  return Boolean(navigator.geolocation) && !(policy && !policy.allowsFeature("geolocation"));
}

function showSearch(word) {
  keepEnd(() => {
    put($("found"), word);
    $("place").hidden = !maySeek() || ["seeking", "better"].includes(word);
  });
}
