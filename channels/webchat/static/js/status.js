// How things stand, in words: the connection, and whether somebody is answering.
const CALM_MS = 1500;
const LONG_MS = 8000;
const LONG = "还在办理。答复会显示在这里，您可以先离开，稍后再回来看。";

export function startStatus() {
  const bar = document.getElementById("bar");
  const typing = document.getElementById("typing");
  const words = document.getElementById("typing-words");
  let away = 0;
  let slow = 0;
  return {
    up() {
      clearTimeout(away);
      away = 0;
      bar.hidden = true;
    },
    down() {
      if (away) return;
      away = setTimeout(() => { bar.textContent = "网络断开，正在重连…"; bar.hidden = false; }, CALM_MS);
    },
    typing(on) {
      clearTimeout(slow);
      typing.hidden = !on;
      words.textContent = "正在输入…";
      if (on) slow = setTimeout(() => { words.textContent = LONG; }, LONG_MS);
    },
  };
}
