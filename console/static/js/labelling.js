// The review card by keyboard: accept, correct with a list that arrows move through, set aside; entities by selecting words.

import { typing } from "./console.js";

const card = () => document.getElementById("card");

document.addEventListener("change", (event) => { if (event.target.matches("[data-submit]")) event.target.form.submit(); });

document.addEventListener("keydown", (event) => {
  if (event.target.matches("[data-search]")) return list(event);
  if (typing(event) && !event.target.matches("[data-said], [type=checkbox]")) return undefined;
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return undefined;
  const key = event.key === "Enter" && !event.target.closest("button, a, summary, textarea") ? "a" : event.key.toLowerCase();
  if (event.key === "Enter" && key !== "a") return undefined;
  if (key === "z") return [...document.querySelectorAll("#toasts [data-undo]:not([disabled])")].at(-1)?.click();
  const wanted = [...(card()?.querySelectorAll("[data-key]") ?? [])].find((one) => key.length === 1 && one.dataset.key.includes(key));
  if (!wanted) return undefined;
  event.preventDefault();
  return wanted.matches("input") ? wanted.focus() : wanted.click();
});

function list(event) {
  const box = document.getElementById("options");
  const all = [...box.querySelectorAll("[role=option]")];
  const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    select(all, Math.min(all.length - 1, Math.max(0, at + (event.key === "ArrowDown" ? 1 : -1))));
  } else if (event.key === "Enter") {
    event.preventDefault();
    (all[at] ?? all[0])?.click();
  } else if (event.key === "Escape") {
    show(false);
    event.target.blur();
  }
}

function select(all, at) {
  all.forEach((one, place) => one.setAttribute("aria-selected", String(place === at)));
  all[at]?.scrollIntoView({ block: "nearest" });
}

function show(open) {
  const box = document.getElementById("options");
  box.hidden = !open;
  document.querySelector("[data-search]").setAttribute("aria-expanded", String(open));
}

// The message can be selected by the keyboard, which no browser allows in what is read-only, and not changed: an input method writes past beforeinput.
document.addEventListener("beforeinput", (event) => { if (event.target.matches("[data-said]")) event.preventDefault(); });
document.addEventListener("input", (event) => { if (event.target.matches("[data-said]")) event.target.value = event.target.defaultValue; });

// Z takes back the last deed alone: while the next one is on its way, that of before is none any more.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target.id === "card") document.querySelectorAll("#toasts [data-undo]").forEach((one) => { one.disabled = true; });
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "options") { show(true); select([...event.detail.target.querySelectorAll("[role=option]")], 0); }
  if (event.detail.target.id === "card") document.querySelector("#toasts [data-toast]:not(:last-child):not(.bad)")?.remove();
});

document.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (option) choose(option);
  else if (!event.target.closest("[data-picker]") && document.getElementById("options")) show(false);
  if (event.target.closest("[data-mark]")) mark(event.target.closest("form"));
  const chip = event.target.closest("[data-unmark]");
  if (chip) unmark(chip.closest("form"), Number(chip.dataset.unmark));
});

document.addEventListener("focusin", (event) => { if (event.target.matches("[data-search]") && event.target.value) show(true); });

function choose(option) {
  const form = option.closest("form");
  form.querySelector("[data-intent]:not(button)").value = option.dataset.intent;
  form.querySelector("[data-item]:not(button)").value = option.dataset.item;
  form.querySelector("[data-title]:not(button)").textContent = option.dataset.title;
  form.querySelector(".aspect").hidden = option.dataset.intent !== "ask_guide";
  const chosen = form.querySelector("[data-chosen]");
  chosen.hidden = false;
  show(false);
  chosen.querySelector("button").focus();
}

function mark(form) {
  const said = form.querySelector("[data-said]"), kind = form.querySelector("[data-kind]");
  if (said.selectionStart === said.selectionEnd) return said.focus();
  const rows = entities(form).filter(([start, end]) => end <= said.selectionStart || start >= said.selectionEnd);
  return draw(form, [...rows, [said.selectionStart, said.selectionEnd, kind.value]].sort((one, other) => one[0] - other[0]));
}

function unmark(form, place) { draw(form, entities(form).filter((_, at) => at !== place)); }

function entities(form) { return JSON.parse(form.querySelector("[name=entities]").value || "[]"); }

function draw(form, rows) {
  form.querySelector("[name=entities]").value = JSON.stringify(rows);
  const words = form.querySelector("[data-said]").value, kinds = form.querySelector("[data-kind]");
  form.querySelector("[data-chips]").replaceChildren(...rows.map(([start, end, kind], place) => chip(words.slice(start, end), [...kinds.options].find((one) => one.value === kind).text, place)));
}

function chip(words, kind, place) {
  const item = document.createElement("li"), button = document.createElement("button");
  item.className = "badge info";
  item.append(`${words} · ${kind} `);
  button.type = "button";
  button.dataset.unmark = place;
  button.textContent = "×";
  button.setAttribute("aria-label", `去掉 ${words}`);
  item.append(button);
  return item;
}
