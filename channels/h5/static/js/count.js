// Says how many characters are left while somebody writes.
const words = document.getElementById("words");
const left = document.getElementById("words-left");
const show = () => {
  const rest = words.maxLength - words.value.length;
  left.textContent = rest < 100 ? `，还能写 ${rest} 字` : "";
};
words.addEventListener("input", show);
show();
