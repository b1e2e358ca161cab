// Examples of an intent: ticking many, and the dialog that changes one.

const form = document.getElementById("several");
const boxes = [...form.querySelectorAll("[name=example]")];

function count() {
  const ticked = boxes.filter((one) => one.checked).length;
  form.querySelector("[data-count]").textContent = `选中 ${ticked} 条`;
  form.querySelectorAll("[data-needs]").forEach((one) => { one.disabled = !ticked; });
}

form.addEventListener("change", (event) => {
  if (event.target.matches("[data-all]")) boxes.forEach((one) => { one.checked = event.target.checked; });
  count();
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-change]");
  if (!opener) return;
  const dialog = document.getElementById("change");
  dialog.querySelector("[data-example]").value = opener.dataset.change;
  dialog.querySelector("[data-text]").value = opener.dataset.raw;
  dialog.showModal();
});

count();
