// Puts the parts together: what is said goes to the outbox, what is heard goes to the talk.
import { startComposer } from "./composer.js";
import { startFrame } from "./frame.js";
import { Outbox } from "./outbox.js";
import { current, forget, headers, open } from "./session.js";
import { startStatus } from "./status.js";
import { Stream } from "./stream.js";
import { Talk } from "./talk.js";

const status = startStatus();
const frame = startFrame({ opened: (focus) => { talk.toEnd(); if (focus) focusWriting(); } });
const talk = new Talk({ say, again: resend, drop: (item) => outbox.done(item.id) });
const outbox = new Outbox({
  sent: (item) => talk.sent(item),
  failed: (item, why) => talk.failed(item, why),
  card: (card) => talk.card(card),
  waiting: (why) => composer.warn(why),
  left,
});
const stream = new Stream({
  entry(value) {
    outbox.done(value.id);
    talk.entry(value);
    if (loaded && value.who !== "user") frame.heard();
  },
  typing: (on) => { status.typing(on); if (talk.stuck) talk.toEnd(); },
  up: () => { status.up(); settle(); outbox.hurry(); outbox.adopt().forEach((item) => talk.send(item)); },
  down: () => status.down(),
  left,
});
const composer = startComposer({ say, picture: (file) => deliver({ id: newId(), kind: "picture", file }) });
let loaded = false;

function say(text) {
  deliver({ id: newId(), kind: "text", text });
}

function deliver(item) {
  talk.send(item);
  outbox.add(item);
}

function resend(item) {
  deliver({ ...item, id: newId() });
}

// `crypto.randomUUID` needs https, which a police intranet may lack.
function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The history is there; only what comes now is read aloud and counted.
function settle() {
  loaded = true;
  document.getElementById("log").setAttribute("aria-busy", "false");
}

// The session ended, here or on another page: begin anew, and say again what had not arrived.
async function left(token) {
  if (!forget(token)) return;
  talk.clear();
  stream.last = "";
  outbox.items.forEach((item) => talk.send(item));
  await open().catch(() => {});
}

function focusWriting() {
  if (matchMedia("(pointer: fine)").matches) composer.focus();
  else document.getElementById("title").focus();
}

document.getElementById("welcome").addEventListener("click", ({ target }) => {
  const button = target.closest("[data-say]");
  if (button) say(button.dataset.say);
});

const dialog = document.getElementById("dialog");
document.getElementById("clear").addEventListener("click", () => { dialog.returnValue = ""; dialog.showModal(); });
dialog.addEventListener("close", async () => {
  if (dialog.returnValue !== "clear") return;
  const answer = await fetch("end", { method: "POST", headers: headers(), signal: AbortSignal.timeout(10_000) }).catch(() => null);
  if (!answer?.ok && answer?.status !== 401) { composer.warn("没有清除：现在连不上，请稍后再试。"); return; }
  outbox.clear();
  stream.stop();
  await left(current());
  stream.start();
});

async function start() {
  outbox.adopt().forEach((item) => talk.send(item));
  for (let pause = 1; ; pause = Math.min(2 * pause, 15)) {
    try { await open(); break; } catch { status.down(); }
    await new Promise((resolve) => setTimeout(resolve, pause * 1000));
  }
  stream.start();
}

start();
