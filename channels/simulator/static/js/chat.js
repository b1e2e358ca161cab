// The chat: new lines come in at the bottom, pending marks go when the push is over, typing shows in the title.
const CLOSE_TO_END = 160;

export function startChat(chat) {
  const title = document.getElementById("title");
  const typing = document.getElementById("typing");
  let timer = 0;

  const toEnd = () => { chat.scrollTop = chat.scrollHeight; };
  const show = (seconds) => {
    clearTimeout(timer);
    typing.hidden = seconds === 0;
    title.classList.toggle("hidden", seconds > 0);
    if (seconds > 0) timer = setTimeout(() => show(0), seconds * 1000);
  };

  if (!chat.querySelector("[data-seq]")) chat.append(document.getElementById("welcome").content.cloneNode(true));
  document.addEventListener("sim:item", ({ detail }) => {
    const near = chat.scrollHeight - chat.scrollTop - chat.clientHeight < CLOSE_TO_END;
    chat.insertAdjacentHTML("beforeend", detail);
    if (near || chat.lastElementChild.classList.contains("line-user")) toEnd();
  });
  document.addEventListener("sim:exchange", ({ detail }) => {
    const card = new DOMParser().parseFromString(detail, "text/html").querySelector(".exchange");
    if (card.dataset.state === "running") return;
    for (const line of chat.querySelectorAll(`[data-exchange="${card.dataset.id}"]`)) line.classList.remove("pending");
  });
  document.addEventListener("sim:typing", ({ detail }) => show(Number(detail)));
  new ResizeObserver(toEnd).observe(chat);
  toEnd();
}
