// Where the device is: read only when she has pressed and agreed, and no longer than it takes. What is imprecise is
// passed on at once, and for a while a better one is waited for. The screen is not known here.

const SEEK = { enableHighAccuracy: true, timeout: 20000, maximumAge: 0 };
const ANSWER = 60000; // ms: some browsers never tell that their own question was left unanswered
const COARSE = 100; // m
const NOT_FOUND = ["unfound", "denied", "unfound", "slow"]; // by the browser's number

let search = 0; // the one that counts
let watch; // of the browser, while a better place is waited for

// The place as it is sealed, or false when the device tells no numbers.
function placeOf(coords) {
  const within = (most, number) => Math.max(-most, Math.min(most, number));
  const lat = within(MOST.lat, Math.round(coords.latitude * 1e6));
  const lon = within(MOST.lon, Math.round(coords.longitude * 1e6));
  const place = { ts: Date.now(), lat, lon, acc: within(MOST.acc, Math.ceil(coords.accuracy)) };
  return fits(place, BODIES.place) && place;
}

// `found(place)` is called once or twice; `how(word)` tells how the search stands: "" when it is over.
function seek(found, how) {
  const still = newSearch();
  const end = (word) => stopSeeking() || how(word);
  const take = ({ coords }) => {
    const place = placeOf(coords);
    if (!place) return end("unfound");
    found(place);
    if (place.acc > COARSE) seekBetter(place, still, found, end, how);
    else end("");
  };
  how("seeking");
  later("seek", ANSWER, () => how("slow"));
  navigator.geolocation.getCurrentPosition(still(take), still((error) => end(NOT_FOUND[error.code] || "unfound")), SEEK);
}

function seekBetter(first, still, found, end, how) {
  const take = ({ coords }) => {
    const place = placeOf(coords);
    if (!place || 2 * place.acc > first.acc) return;
    found(place);
    end("");
  };
  how("better");
  later("seek", SEEK.timeout, () => end(""));
  watch = navigator.geolocation.watchPosition(still(take), () => {}, SEEK);
}

// Ends the search before. Gives what wraps the answers to this one: they mean nothing once it has ended.
function newSearch() {
  stopSeeking();
  const own = search;
  return (take) => (told) => own === search && take(told);
}

function stopSeeking() {
  search += 1;
  clearTimeout(timers.seek);
  if (watch !== undefined) navigator.geolocation.clearWatch(watch);
  watch = undefined;
}
