// The answer that is being written: a draft that nothing loses, canned replies behind a slash, cards and a picture beside it, sent once.

import { deed } from "./talk.js";

const at = (id) => document.getElementById(id);
const draft = () => at("draft");
const staff = document.querySelector(".desk").dataset.staff;
const place = () => `draft:${staff}:${at("composer")?.dataset.openid}`;
const TEXT_BYTES = 2048, TYPING_MS = 10000;
let told = 0, chosen = 0, asked = 0;

// The draft.
function keep() {
  if (draft().value) localStorage.setItem(place(), draft().value);
  else localStorage.removeItem(place());
  size();
}
function restore() {
  for (const name of Object.keys(localStorage)) if (name.startsWith("draft:") && !name.startsWith(`draft:${staff}:`)) localStorage.removeItem(name);
  if (draft() && !draft().value) draft().value = localStorage.getItem(place()) ?? "";
  size();
}
function size() {
  if (!draft()) return;
  const bytes = new TextEncoder().encode(draft().value).length, parts = Math.ceil(bytes / TEXT_BYTES) + at("attached").children.length;
  at("size").textContent = draft().value ? `${[...draft().value].length} 字 · 占 ${parts} 条` : "";
}
function put(words) {
  const box = draft();
  box.focus();
  box.setRangeText(words, box.selectionStart, box.selectionEnd, "end");
  keep();
}

// Canned replies: a slash at the beginning of a word opens them.
const slash = () => /(?:^|\s)\/([^\s/]*)$/.exec(draft().value.slice(0, draft().selectionStart));
async function offer() {
  const found = slash(), turn = ++asked;
  if (!found) { at("canned").hidden = true; return; }
  const answer = await fetch(`/desk/canned?q=${encodeURIComponent(found[1])}`, { headers: { "HX-Request": "true" } });
  if (turn !== asked || !answer.ok || !at("canned")) return;
  at("canned").innerHTML = await answer.text();
  at("canned").hidden = false;
  mark(0);
}
function mark(index) {
  const all = [...at("canned").querySelectorAll(".found")];
  chosen = (index + all.length) % (all.length || 1);
  all.forEach((one, number) => { one.setAttribute("aria-selected", String(number === chosen)); if (number === chosen) one.scrollIntoView({ block: "nearest" }); });
}
function take(button) {
  const found = slash();
  if (found) draft().setSelectionRange(draft().selectionStart - found[1].length - 1, draft().selectionStart);
  at("canned").hidden = true;
  put(button.dataset.text);
}

// Cards and a picture beside the words.
function attach(words, input, gone) {
  const item = document.createElement("li"), button = document.createElement("button");
  item.append(words, ...(input ? [input] : []));
  button.type = "button"; button.className = "icon-button"; button.textContent = "×"; button.setAttribute("aria-label", `去掉${words}`);
  button.addEventListener("click", () => { item.remove(); gone?.(); size(); });
  item.append(button);
  at("attached").append(item);
  size();
  return item;
}

document.addEventListener("input", ({ target }) => {
  if (target.id !== "draft") return;
  keep();
  offer();
  if (Date.now() - told > TYPING_MS && target.value) { told = Date.now(); deed("typing"); }
});
document.addEventListener("change", ({ target }) => {
  if (target.id !== "picture") return;
  document.querySelector("#attached .is-picture")?.remove();
  if (target.files.length) attach(`图片 ${target.files[0].name}`, null, () => { target.value = ""; }).classList.add("is-picture");
});
document.addEventListener("keydown", (event) => {
  if (event.target.id !== "draft") return;
  const popped = !at("canned").hidden;
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (popped && way) { event.preventDefault(); mark(chosen + way); }
  else if (popped && event.key === "Enter" && !event.ctrlKey) { const one = at("canned").querySelectorAll(".found")[chosen]; if (one) { event.preventDefault(); take(one); } }
  else if (popped && event.key === "Escape") { event.stopImmediatePropagation(); at("canned").hidden = true; }
  else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); at("composer").requestSubmit(); }
}, true);
document.addEventListener("click", async ({ target }) => {
  const canned = target.closest("#canned .found"), item = target.closest("[data-item]");
  if (canned) take(canned);
  if (target.closest("#slash")) { put(draft().selectionStart && !/\s$/.test(draft().value.slice(0, draft().selectionStart)) ? " /" : "/"); offer(); }
  if (item && at("attached")) {
    const input = Object.assign(document.createElement("input"), { type: "hidden", name: "item", value: item.dataset.item });
    attach(`事项卡 ${item.dataset.name}`, input);
    item.closest("dialog").close();
    draft().focus();
  }
  const suggest = target.closest("#suggest");
  if (suggest) {
    const answer = await fetch(suggest.dataset.url, { headers: { "HX-Request": "true" } });
    if (answer.ok) put((await answer.json()).text);
    else at("toasts").insertAdjacentHTML("beforeend", await answer.text());
  }
});

// Sending: one at a time, each with a key of its own; what failed may be sent again under the same key and goes once.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.id !== "composer") return;
  const form = at("composer");
  if (form.dataset.sending || !(draft().value.trim() || at("attached").children.length)) { event.preventDefault(); draft().focus(); return; }
  form.dataset.sending = "1";
  at("send").disabled = true;
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const form = at("composer");
  if (detail.elt.id !== "composer" || !form) return;
  delete form.dataset.sending;
  at("send").disabled = false;
  if (!detail.successful) return;
  draft().value = "";
  at("picture").value = "";
  at("attached").replaceChildren();
  at("compose-key").value = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(16).slice(2, 14)}`;
  keep();
  draft().focus();
});
document.addEventListener("htmx:afterSettle", restore);
restore();
