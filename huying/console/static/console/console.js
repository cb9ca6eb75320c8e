/* The console's own script: the feed, the countdowns, the alarm in the tab. No inline handlers, no eval.

   The feed sends names only; what changed is asked for, so that what an officer may see is decided
   in one place. It runs in background tabs too, since that is where an alarm is needed. */
"use strict";

const REFRESH_EVERY_MS = 1000; // a busy night tells of hundreds of cases a second; one look shows all
const ASK_EVERY_MS = 15000; // while the feed is lost, look by ourselves
const LATE_JUMP_MS = 5000; // a clock that jumped this far was asleep: look at once

const words = document.body.dataset;
const title = document.title;
let refreshing = 0;
let refreshedAt = 0;
let wasLost = false;
let alarmsBefore = null;

const board = () => document.getElementById("board");
const onCase = document.querySelector("[data-case]");

function refreshSoon() {
  if (refreshing) return;
  const wait = Math.max(0, refreshedAt + REFRESH_EVERY_MS - Date.now());
  refreshing = setTimeout(refresh, Math.max(wait, 100));
}

function refresh() {
  refreshing = 0;
  refreshedAt = Date.now();
  if (board()) {
    htmx.ajax("GET", board().dataset.refresh, { target: "#board", swap: "outerHTML" });
  } else if (onCase) {
    refreshCase();
  }
}

function refreshCase() {
  // What somebody is typing is never taken away: then only the left side is renewed.
  const touched = document.querySelector("#deeds [data-touched], #deeds details[open], #deeds .revealed");
  const request = { target: "#now", swap: "outerHTML", select: "#now" };
  if (touched) {
    document.getElementById("moved").hidden = false;
  } else {
    request.selectOOB = "#deeds";
  }
  htmx.ajax("GET", onCase.dataset.case, request);
}

/* Countdowns. The server wrote the first one; we go on counting. */

function span(seconds) {
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const two = (number) => String(number).padStart(2, "0");
  if (days >= 2) return `${days} ${words.days}`;
  if (hours) return `${hours}:${two(minutes)}:${two(seconds % 60)}`;
  return `${minutes}:${two(seconds % 60)}`;
}

function count() {
  for (const due of document.querySelectorAll("time.due")) {
    const left = Math.floor((Date.parse(due.dateTime) - Date.now()) / 1000);
    due.classList.toggle("late", left < 0);
    due.textContent = `${left < 0 ? words.over : words.left} ${span(Math.abs(left))}`;
  }
}

/* Alarms: the number in the tab, and a short tone once the officer has pressed anything here
   (no browser lets a page sound before). */

let sound = null;

function tone() {
  if (!sound || sound.state !== "running") return;
  const pitch = sound.createOscillator();
  const volume = sound.createGain();
  pitch.frequency.value = 880;
  volume.gain.setValueAtTime(0.15, sound.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + 0.8);
  pitch.connect(volume).connect(sound.destination);
  pitch.start();
  pitch.stop(sound.currentTime + 0.8);
}

function alarm() {
  const list = board();
  if (!list) return;
  const alarms = Number(list.dataset.alarms);
  document.title = alarms ? `(${alarms}) ${list.dataset.alarmWords || words.alarm} · ${title}` : title;
  if (alarmsBefore !== null && alarms > alarmsBefore) tone();
  alarmsBefore = alarms;
  ring(Number(list.dataset.unseen));
}

function ring(unseen) {
  const bell = document.getElementById("bell");
  if (!bell) return;
  let badge = bell.querySelector("b");
  if (!unseen) {
    badge?.remove();
    return;
  }
  if (!badge) {
    badge = document.createElement("b");
    bell.append(" ", badge);
  }
  badge.textContent = unseen > 99 ? "99+" : String(unseen);
}

/* The feed. */

function show(live) {
  const sign = document.getElementById("live");
  if (!sign) return;
  const text = live ? words.live : words.lost;
  if (sign.textContent !== text) sign.textContent = text;
  sign.classList.toggle("lost", !live);
}

function listen() {
  if (!board() && !onCase) return;
  const url = onCase ? `/live/case/${onCase.dataset.reference}` : "/live/board";
  const feed = new EventSource(url);
  feed.addEventListener("open", () => {
    show(true);
    if (wasLost) refreshSoon(); // something may have happened while we were away
    wasLost = false;
  });
  feed.addEventListener("case", refreshSoon);
  feed.addEventListener("stale", refreshSoon);
  feed.addEventListener("error", () => {
    if (feed.readyState === EventSource.OPEN) return;
    wasLost = true;
    // It is cut every few minutes on purpose and comes back in a second; that is not worth a word.
    setTimeout(() => {
      if (feed.readyState !== EventSource.OPEN) show(false);
    }, 4000);
    if (feed.readyState === EventSource.CLOSED) {
      feed.close();
      setTimeout(listen, 5000);
    }
  });
}

setInterval(() => {
  if (wasLost && Date.now() - refreshedAt > ASK_EVERY_MS) refreshSoon();
}, 5000);

let tickedAt = Date.now();
setInterval(() => {
  if (Date.now() - tickedAt > LATE_JUMP_MS) refreshSoon();
  tickedAt = Date.now();
  count();
}, 1000);

document.addEventListener("htmx:afterSettle", () => {
  count();
  alarm();
});
document.addEventListener("input", (typed) => {
  typed.target.closest("form.deed")?.setAttribute("data-touched", "");
});
document.addEventListener("submit", (sent) => {
  // A second click must not send a second answer to somebody in need.
  setTimeout(() => {
    for (const button of sent.target.querySelectorAll("button")) button.disabled = true;
  }, 0);
});
document.addEventListener(
  "pointerdown",
  () => {
    sound ||= new AudioContext();
    sound.resume();
  },
  { passive: true },
);
window.addEventListener("pageshow", (shown) => {
  for (const button of document.querySelectorAll("button:disabled")) button.disabled = false;
  if (shown.persisted) refreshSoon();
});

// A link to one form (the inbox's "return") opens it.
document.getElementById(location.hash.slice(1))?.closest("details")?.setAttribute("open", "");
count();
alarm();
listen();
