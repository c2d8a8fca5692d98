// The page: what the person does, and leaving without a trace.

const MAX_TEXT = 16000; // bytes in UTF-8
const COVER_AFTER = 60000; // ms out of sight
const SHIFTS = [3, 1500]; // so many times, within so many ms

let heard = 0; // messages of the desk
let hiddenAt = 0;
let blanked = false;

const address = (scheme, path) => location.origin.replace(/^http/, scheme) + path;

// ---- leaving ----

// Nothing of the conversation stays in the page, whatever the browser keeps of it.
function blank() {
  blanked = true;
  stopSeeking();
  document.querySelectorAll("textarea, input").forEach((field) => (field.value = ""));
  document.body.textContent = document.body.className = "";
}

function leave(how) {
  if (blanked) return;
  blank();
  const beacon = part(how);
  if (beacon) navigator.sendBeacon(address("http", "/bye"), beacon);
}

const goOn = () => location.replace(EXIT_URL);

function exit() {
  try {
    leave("exit");
  } finally {
    goOn();
  }
}

function sayGoodbye() {
  blank();
  setTimeout(goOn, 1000);
  part("goodbye", goOn);
}

const presses = [];

// Not Escape: it stops the page that is loading. While characters are composed, only `code` tells the key.
function countShifts(event) {
  if (event.key !== "Shift" && !/^Shift/.test(event.code)) presses.length = 0;
  else if (!event.repeat && presses.push(event.timeStamp) >= SHIFTS[0]) {
    if (event.timeStamp - presses[presses.length - SHIFTS[0]] <= SHIFTS[1]) exit();
  }
}

// ---- writing ----

// How many bytes are too many.
function excess(words) {
  const body = JSON.stringify({ k: "text", ts: Date.now(), b: words });
  return Math.max(0, bytes(words).length - MAX_TEXT, bytes(body).length - MAX_BODY);
}

function onInput() {
  const over = excess($("words").value);
  $("long").hidden = !over;
  if (over) put($("long"), "too_long", over);
  showTyping($("words").value !== "");
}

function showTyping(now) {
  present({ typing: now });
  later("typed", 5000, () => present({ typing: false }));
}

function send() {
  const words = text(bytes($("words").value)).trim(); // half a character can't be sent
  $("words").focus();
  if (!words || excess(words)) return;
  $("words").value = "";
  showTalk();
  say(words, about());
  onInput();
  if (!$("place").hidden) showSearch(""); // why there is no place has been read
}

const about = () => ({ lang: LANGUAGES[language], postcode: $("postcode").value.trim() });

// It may be the first message: she who can press one button only is heard too.
function shareWhere() {
  askNoMore();
  seek((place) => {
    showTalk();
    sayWhere(place, about());
  }, showSearch);
}

function onKey(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    send();
  }
}

// ---- what the session tells ----

const TOLD = {
  state() {
    if (halted) endSearch();
    showState();
  },
  mark: showMark,
  line(line) {
    if (erasing) return;
    line.answer = sayConsent;
    addLine(line);
    if (line.who && line.who !== "me") heard += 1;
    seen();
  },
  erased: exit,
  gone(unsent) {
    endSearch();
    $("log").textContent = "";
    heard = 0;
    addLine({ word: "gone" });
    $("words").value = unsent.concat($("words").value).join("\n").trim();
    onInput();
  },
};

// Tell the officer what has been on this screen.
function seen() {
  const here = !document.hidden && !document.body.classList.contains("covered");
  present(here && $("new").hidden ? { read: heard, here } : { here });
}

function onScroll() {
  if (blanked || $("new").hidden || !atEnd()) return;
  $("new").hidden = true;
  seen();
}

// ---- out of sight ----

function onVisibility() {
  if (blanked) return;
  if (document.hidden) {
    hiddenAt = Date.now();
    setTimeout(coverIfAway, COVER_AFTER);
  } else {
    coverIfAway(); // timers of a page in the background are slow
    hiddenAt = 0;
    wake();
  }
  seen();
}

function coverIfAway() {
  if (!blanked && hiddenAt && Date.now() - hiddenAt >= COVER_AFTER) cover(true);
}

function cover(on) {
  document.body.classList[on ? "add" : "remove"]("covered");
  $("options").open = false;
  seen();
  if (on) $("cover").focus();
  else $("words").focus();
}

// ---- begin ----

function wire() {
  $("exit").onclick = exit;
  $("language").onclick = () => speak(1 - language);
  $("send").onclick = send;
  $("words").oninput = onInput;
  $("words").onkeydown = onKey;
  $("goodbye").onclick = () => ask("goodbye", $("ends"), "stay", sayGoodbye);
  $("erase").onclick = () => ask("erase", $("ends"), "stay", erase);
  $("place").onclick = () => ask("place", $("where"), "place_no", shareWhere);
  $("stay").onclick = askNoMore;
  $("new").onclick = toEnd;
  $("cover").onclick = () => cover(false);
  addEventListener("keydown", countShifts);
  addEventListener("scroll", onScroll);
  addEventListener("online", wake);
  document.addEventListener("visibilitychange", onVisibility);
  addEventListener("pagehide", () => leave("closed"));
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}

function endSearch() {
  stopSeeking();
  showSearch("");
}

function erase() {
  askNoMore();
  endSearch();
  $("log").textContent = $("words").value = "";
  $("new").hidden = true;
  eraseTalk();
  showState();
}

function begin() {
  speak(preferred());
  wire();
  document.querySelectorAll("section p").forEach((plain) => (plain.hidden = true));
  document.querySelector("header").hidden = $("app").hidden = false;
  openLink(() => new WebSocket(address("ws", "/ws")), (what, line) => TOLD[what](line));
  showSearch("");
  showState();
}

// Without these the page stays what it is without JavaScript: the numbers.
if (window.isSecureContext && window.WebSocket && window.TextDecoder && subtle) begin();
