// Whatever carries data-action does it: the person on the phone says, taps or sends something.
let address = "";

export function startActions(url) {
  address = url;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-action]");
    if (button) act(JSON.parse(button.dataset.action));
  });
}

// Sends a file of this computer as the phone would send one of its own.
export function sendFile(file) {
  const kind = { image: "image", video: "video", audio: "voice" }[file.type.split("/")[0]] || "image";
  return post(`${address.replace(/messages$/, "media")}/${kind}`, file, { kind });
}

export function act(action) {
  if (action.kind === "view") window.open(action.url, "_blank", "noopener");
  return post(address, JSON.stringify(action), action, { "Content-Type": "application/json" });
}

async function post(url, body, action, headers = {}) {
  const alert = document.getElementById("alert");
  alert.hidden = true;
  try {
    const answer = await fetch(url, { method: "POST", headers, body });
    if (!answer.ok) throw new Error(await answer.text());
  } catch (error) {
    alert.textContent = error instanceof TypeError ? "没有发出去：连不上模拟器，请确认服务在运行" : `没有发出去：${error.message}`;
    alert.hidden = false;
    return;
  }
  document.dispatchEvent(new CustomEvent("sim:sent", { detail: action }));
}
