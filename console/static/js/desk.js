// The desk as a whole: what happens reaches the lists, keys move, and on a small screen one column is a page.

import { typing } from "./console.js";

const desk = document.querySelector(".desk");
const open = () => document.querySelector(".talk")?.dataset.openid;
const rows = () => [...document.querySelectorAll(".queue-row")];

// Live: an event names a conversation; the parts that show it ask for themselves, several events at once ask once.
const waiting = new Map();
function soon(name) {
  if (waiting.has(name)) return;
  waiting.set(name, setTimeout(() => { waiting.delete(name); document.body.dispatchEvent(new CustomEvent(`desk:${name}`)); }, 120));
}
const live = new EventSource("/live");
for (const what of ["message", "owner", "held", "delivery", "note", "all"]) {
  live.addEventListener(what, ({ data }) => {
    const here = what === "all" || data === open();
    if (what !== "delivery" && what !== "note") soon("queue");
    if (what === "held" || what === "all") soon("held");
    if (!here) return;
    if (what !== "note") soon("lines");
    if (what === "owner" || what === "all") soon("owner");
    soon("info");
  });
}

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.elt.id === "rows") Object.assign(detail.parameters, Object.fromEntries(new URLSearchParams(desk.dataset.query)), { list: desk.dataset.list, open: open() ?? "", shown: rows().length });
});

// Opening: the row is marked; going back in the browser's history loads the page.
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "open") return;
  for (const row of rows()) row.toggleAttribute("aria-current", row.dataset.openid === open());
  desk.dataset.view = "talk";
});
window.addEventListener("popstate", () => location.reload());

document.addEventListener("click", (event) => {
  const back = event.target.closest("[data-back]"), show = event.target.closest("[data-show]"), toggle = event.target.closest("[data-toggle]");
  if (back && desk) { event.preventDefault(); desk.dataset.view = back.dataset.back; history.replaceState(null, "", `/desk/${desk.dataset.list}`); }
  if (show && desk) desk.dataset.view = desk.dataset.view === show.dataset.show ? "talk" : show.dataset.show;
  if (toggle) {
    const form = document.getElementById(toggle.dataset.toggle);
    form.hidden = !form.hidden;
    toggle.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) form.querySelector("textarea").focus();
  }
  for (const pop of document.querySelectorAll("details.pop[open]")) if (!pop.contains(event.target)) pop.open = false;
});

// Dialogs that the server writes; opened when htmx knows their form, or a quick Enter would send it as a page of its own.
document.addEventListener("htmx:afterSettle", ({ detail }) => { if (detail.target.id === "dialog" && !detail.target.open) detail.target.showModal(); });

// Keys.
function move(by) {
  const all = rows();
  const at = all.findIndex((row) => row === document.activeElement), current = all.findIndex((row) => row.hasAttribute("aria-current"));
  const next = all[Math.min(all.length - 1, Math.max(0, (at >= 0 ? at : current) + by))];
  next?.focus();
}
const places = { w: "/desk/waiting", m: "/desk/mine", a: "/desk/all", h: "/desk/held" };
let going = 0;
const deeds = {
  j: () => move(1), k: () => move(-1), c: () => document.getElementById("claim")?.click(), t: () => document.getElementById("transfer")?.click(),
  e: () => document.getElementById("end")?.click(), r: () => document.getElementById("draft")?.focus(), n: () => document.getElementById("note")?.focus(),
  "/": () => document.getElementById("search")?.focus(),
};
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && typing(event) && !document.querySelector("dialog[open]")) event.target.blur();
  if (typing(event) || document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  if (Date.now() - going < 1500 && places[key]) { location.href = places[key]; return; }
  going = key === "g" ? Date.now() : 0;
  if (deeds[key]) { event.preventDefault(); deeds[key](); }
});
