// Where the visitor writes and picks pictures.
const LARGEST = 10 * 1024 * 1024;

export function startComposer({ say, picture }) {
  const form = document.getElementById("composer");
  const words = document.getElementById("words");
  const send = document.getElementById("send");
  const file = document.getElementById("file");
  const alert = document.getElementById("alert");
  let timer = 0;

  const fit = () => {
    send.disabled = words.value.trim() === "";
    words.style.height = "";
    if (words.scrollHeight > words.clientHeight) words.style.height = `${words.scrollHeight + 2}px`;
  };
  const warn = (text) => {
    clearTimeout(timer);
    alert.textContent = text;
    alert.hidden = false;
    timer = setTimeout(() => { alert.hidden = true; }, 8000);
  };
  const pick = (chosen) => {
    if (!chosen) return;
    if (chosen.size > LARGEST) warn("图片超过 10 MB，请换小一点的。");
    else picture(chosen);
  };

  words.addEventListener("input", fit);
  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
  });
  words.addEventListener("paste", (event) => {
    const image = [...event.clipboardData.files].find((one) => one.type.startsWith("image/"));
    if (image) { event.preventDefault(); pick(image); }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = words.value.trim();
    if (!text) return;
    words.value = "";
    alert.hidden = true;
    fit();
    say(text);
  });
  document.getElementById("picture").addEventListener("click", () => file.click());
  file.addEventListener("change", () => { pick(file.files[0]); file.value = ""; });
  return { warn, focus: () => words.focus() };
}
