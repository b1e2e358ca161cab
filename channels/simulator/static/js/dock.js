// The bottom bar: menu or keyboard, sub-menus, the panel behind the plus, the composer.
import { act, sendFile } from "./actions.js";

export function startDock(dock) {
  const words = document.getElementById("words");
  const send = document.getElementById("send");
  const more = document.getElementById("more");
  const panel = document.getElementById("panel");
  const locate = document.getElementById("locate");
  const places = document.getElementById("places");
  const tops = [...dock.querySelectorAll(".menu-top[aria-controls]")];

  const open = (button, target, on) => {
    button.setAttribute("aria-expanded", String(on));
    target.hidden = !on;
  };
  const closeMenus = (but) => tops.filter((top) => top !== but).forEach((top) => open(top, document.getElementById(top.getAttribute("aria-controls")), false));
  const closeAll = () => { closeMenus(); open(more, panel, false); open(locate, places, false); };
  const mode = (name) => { closeAll(); dock.dataset.mode = name; if (name === "keyboard") words.focus(); };

  document.getElementById("to-keyboard").addEventListener("click", () => mode("keyboard"));
  document.getElementById("to-menu")?.addEventListener("click", () => { mode("menu"); document.getElementById("to-keyboard").focus(); });
  more.addEventListener("click", () => open(more, panel, panel.hidden));
  const file = document.getElementById("file");
  file.addEventListener("change", () => { if (file.files.length) sendFile(file.files[0]); file.value = ""; });
  locate.addEventListener("click", () => open(locate, places, places.hidden));
  for (const top of tops) {
    const menu = document.getElementById(top.getAttribute("aria-controls"));
    top.addEventListener("click", () => { closeMenus(top); open(top, menu, menu.hidden); if (!menu.hidden) menu.querySelector("button").focus(); });
    menu.addEventListener("keydown", (event) => moveIn(menu, event));
  }
  document.addEventListener("click", (event) => { if (!event.target.closest(".menu-column")) closeMenus(); });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const opened = tops.find((top) => top.getAttribute("aria-expanded") === "true");
    closeAll();
    opened?.focus();
  });
  document.addEventListener("sim:sent", ({ detail }) => { if (detail.kind !== "text") closeAll(); });

  words.addEventListener("input", () => { const any = words.value.trim() !== ""; send.hidden = !any; more.hidden = any; });
  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); words.form.requestSubmit(); }
  });
  words.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = words.value.trim();
    if (!text) return;
    words.value = "";
    words.dispatchEvent(new Event("input"));
    act({ kind: "text", text });
  });
}

function moveIn(menu, event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll("button")];
  items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
}
