// Cases: choosing rows for a bulk deed, what the citizen will read while staff write it, and evidence that is shown (and so audited) only when asked for.

const boxes = () => [...document.querySelectorAll('input[name="item"][form="bulk"]')];

function count() {
  const bulk = document.getElementById("bulk");
  if (!bulk) return;
  const picked = boxes().filter((box) => box.checked).length;
  bulk.hidden = picked === 0;
  bulk.querySelector("[data-picked]").textContent = picked;
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-all]")) for (const box of boxes()) box.checked = event.target.checked;
  count();
});

document.addEventListener("htmx:afterRequest", (event) => {  // rows changed: show the list anew, the toast stays to be read
  if (event.detail.successful && event.detail.elt.matches?.("[data-bulk]")) window.htmx.ajax("GET", location.href, { target: "#cases", select: "#cases", swap: "outerHTML" });
});

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-preview-from]")) event.target.form.querySelector("[data-preview]").textContent = event.target.value;
});

if (location.pathname === "/cases") sessionStorage.setItem("cases", location.search);
document.addEventListener("click", (event) => {  // back to the list as it was filtered
  const back = event.target.closest("[data-back]");
  if (back) back.href = `/cases${sessionStorage.getItem("cases") ?? ""}`;
});

const VIEWS = { image: "img", video: "video" };

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-show]");
  if (!button) return;
  const tag = VIEWS[button.dataset.kind];
  if (!tag) { window.open(button.dataset.show, "_blank", "noopener"); return; }
  const view = document.createElement(tag);
  view.src = button.dataset.show;
  if (tag === "img") view.alt = "证据图片"; else view.controls = true;
  button.closest("li").querySelector("[data-view]").replaceChildren(view);
  button.remove();
});

count();
