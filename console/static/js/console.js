// What every page does: the session's token goes with each deed, toasts leave, the desk hears who is there, dialogs open and close by name, and ? shows the keys of the page.

const csrf = document.querySelector('meta[name="csrf"]').content;

document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRF-Token"] = csrf; });

document.addEventListener("click", (event) => {
  const dismiss = event.target.closest("[data-dismiss]");
  if (dismiss) dismiss.closest("[data-toast]").remove();
  const opener = event.target.closest("[data-open]");
  if (opener) document.getElementById(opener.dataset.open)?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
});

new MutationObserver((changes) => {
  for (const change of changes) for (const node of change.addedNodes) {
    if (node.dataset?.toast === undefined) continue;
    if (!node.classList.contains("bad")) setTimeout(() => node.remove(), 5000);
    else document.querySelector("dialog[open] form")?.append(node);  // behind an open dialog nobody would read it
  }
}).observe(document.getElementById("toasts"), { childList: true });

document.addEventListener("htmx:afterRequest", (event) => {  // a form in a dialog that was taken closes it
  if (event.detail.successful && event.detail.requestConfig.verb === "post") event.detail.elt.closest?.("dialog[data-close-when-done]")?.close();
});

document.addEventListener("htmx:sendError", () => {
  document.getElementById("toasts").insertAdjacentHTML("beforeend", '<div class="toast bad" data-toast><p><b>连不上服务器</b><br>没有办成。请看看网络，再试一次。</p></div>');
});

const ALIVE_MS = 30000;
function attend() {  // whoever has the console open keeps the conversations that are theirs
  if (document.visibilityState === "visible") fetch("/desk/alive", { method: "POST", headers: { "X-CSRF-Token": csrf, "HX-Request": "true" } }).catch(() => {});
}
if ("attends" in document.body.dataset) { attend(); setInterval(attend, ALIVE_MS); }

export function typing(event) {
  return event.target.closest("input, textarea, select, [contenteditable]") || event.ctrlKey || event.metaKey || event.altKey;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "?" && !typing(event)) document.getElementById("keys")?.showModal();
});
