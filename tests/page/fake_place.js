// A device that may be asked where it is, and a clock. `given.steps` says what happens, one after the other.
// Stands around the page's own sources: what is above the mark goes before them, what is below goes after them.

let now = 1e12;
let alarms = [];
const Date = { now: () => now };
const clearTimeout = (alarm) => void (alarms = alarms.filter((each) => each !== alarm));

function setTimeout(work, ms) {
  const alarm = { at: now + ms, work };
  alarms.push(alarm);
  return alarm;
}

const calls = [];
let asked = [], watching = {}, watches = 0;
const navigator = {
  geolocation: {
    getCurrentPosition(found, failed, options) {
      calls.push(["once", options]);
      asked.push({ found, failed });
    },
    watchPosition(found, failed, options) {
      calls.push(["watch", options]);
      watching[(watches += 1)] = { found, failed };
      return watches;
    },
    clearWatch(id) {
      calls.push(["clear", id]);
      delete watching[id];
    },
  },
};

// ---- the page's sources ----

const told = [];
const STEPS = {
  seek: () => seek((place) => told.push(place), (word) => told.push(word)),
  stop: stopSeeking,
  at(latitude, longitude, accuracy) {
    const all = asked.concat(Object.values(watching));
    asked = [];
    all.forEach((each) => each.found({ coords: { latitude, longitude, accuracy } }));
  },
  fail(code) {
    const all = asked.concat(Object.values(watching));
    asked = [];
    all.forEach((each) => each.failed({ code }));
  },
  wait(seconds) {
    now += 1000 * seconds;
    const due = alarms.filter((alarm) => alarm.at <= now);
    alarms = alarms.filter((alarm) => alarm.at > now);
    due.forEach((alarm) => alarm.work());
  },
};

given.steps.forEach(([name, ...how]) => STEPS[name](...how));
return { told, calls, watching: Object.keys(watching).length, alarms: alarms.length };
