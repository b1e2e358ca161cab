// Each picture is sent by itself, with its progress; the form then carries only their tickets. Without this file the form carries the pictures.
const form = document.getElementById("upload");
const input = document.getElementById("files");
const list = document.getElementById("pictures");
const fault = document.getElementById("fault");
const button = document.getElementById("submit");
const most = Number(form.dataset.most);
const LARGEST = 10 * 1024 * 1024;
const WORDS = { 403: "页面打开太久了，请刷新后再传", 429: "传得太多了，请过一会儿再传", 503: "系统正忙，请移除后再传一次" };
let running = 0;
let queue = Promise.resolve();

const state = (row, name, words) => {
  row.dataset.state = name;
  row.querySelector(".state").textContent = words;
};

const settle = () => {
  const kept = list.querySelectorAll('[data-state="kept"]').length;
  button.disabled = running > 0;
  button.textContent = running ? `正在上传，还有 ${running} 张` : kept ? `提交 ${kept} 张` : "提交";
};

const send = (row, file) => new Promise((done) => {
  const request = new XMLHttpRequest();
  const body = new FormData();
  body.append("token", form.elements.token.value);
  body.append("files", file);
  request.upload.onprogress = (event) => { row.querySelector("progress").value = event.lengthComputable ? (100 * event.loaded) / event.total : 0; };
  request.onload = () => {
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch { answer = { error: WORDS[request.status] ?? "没有传上，请移除后再传一次" }; }
    if (answer.ticket) {
      const ticket = document.createElement("input");
      Object.assign(ticket, { type: "hidden", name: "ticket", value: answer.ticket });
      row.append(ticket);
      state(row, "kept", "✓ 已传好");
    } else { state(row, "refused", answer.error); }
    done();
  };
  request.onerror = () => { state(row, "refused", "网络断开，请移除后再传一次"); done(); };
  request.open("POST", form.dataset.fileAction);
  request.send(body);
});

const add = (file) => {
  const row = document.getElementById("picture").content.firstElementChild.cloneNode(true);
  const preview = URL.createObjectURL(file);
  row.querySelector(".name").textContent = file.name;
  row.querySelector("img").src = preview;
  row.querySelector("img").addEventListener("error", (event) => {
    const blank = document.createElement("span");
    blank.className = "blank";
    event.target.replaceWith(blank);
  });
  row.querySelector(".remove").setAttribute("aria-label", `移除 ${file.name}`);
  row.querySelector(".remove").addEventListener("click", () => { URL.revokeObjectURL(preview); row.remove(); settle(); input.focus(); });
  list.append(row);
  if (file.size > LARGEST) { state(row, "refused", "超过 10 MB，请压缩或截图后再传"); return; }
  state(row, "waiting", "等待上传");
  running += 1;
  queue = queue.then(async () => {
    if (row.isConnected) { state(row, "sending", "正在上传"); await send(row, file); }
    running -= 1;
    settle();
  });
};

const say = (words) => { fault.textContent = words; fault.hidden = !words; };

input.addEventListener("change", () => {
  const room = most - list.children.length;
  const chosen = [...input.files];
  say(chosen.length > room ? `一次最多 ${most} 张，多出的 ${chosen.length - room} 张没有加上。` : "");
  chosen.slice(0, room).forEach(add);
  input.value = "";
  settle();
});

form.addEventListener("submit", (event) => {
  if (running || !list.querySelector('[data-state="kept"]')) {
    event.preventDefault();
    say(running ? "图片还没传完，请稍等。" : "还没有选图片，请先选一张或几张。");
    return;
  }
  input.disabled = true;
  button.disabled = true;
});
form.classList.add("enhanced");
