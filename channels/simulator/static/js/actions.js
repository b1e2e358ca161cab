// Whatever carries data-action does it: the person on the phone says, taps or sends something.
let address = "";

export function startActions(url) {
  address = url;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-action]");
    if (button) act(JSON.parse(button.dataset.action));
  });
}

export async function act(action) {
  const alert = document.getElementById("alert");
  alert.hidden = true;
  if (action.kind === "view") window.open(action.url, "_blank", "noopener");
  try {
    const answer = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(action) });
    if (!answer.ok) throw new Error(await answer.text());
  } catch (error) {
    alert.textContent = error instanceof TypeError ? "没有发出去：连不上模拟器，请确认服务在运行" : `没有发出去：${error.message}`;
    alert.hidden = false;
    return;
  }
  document.dispatchEvent(new CustomEvent("sim:sent", { detail: action }));
}
