// The tick list as a picture: in WeChat a picture is what one can keep. Where there is no canvas, it is printed.
const WIDTH = 750, EDGE = 48, FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
const INK = "#1f2937", SOFT = "#565f6d", BLUE = "#1d4f91", JADE = "#0b7350";

const cut = (pen, text, width) => {
  const lines = [];
  let line = "";
  for (const letter of text) {
    if (pen.measureText(line + letter).width > width && !"，。；、：）》".includes(letter)) { lines.push(line); line = ""; }
    line += letter;
  }
  return [...lines, line];
};

// What stands on the sheet, from top to bottom: {text, size, weight, color, gap, tick}.
const contents = () => {
  const item = document.getElementById("item");
  const tiles = [...document.querySelectorAll(".tiles div")].map((tile) => `${tile.children[0].textContent}：${tile.children[1].textContent}`);
  const lines = [
    { text: item.dataset.name, size: 44, weight: 700, color: INK, gap: 0 },
    { text: tiles.join("　"), size: 28, weight: 400, color: BLUE, gap: 12 },
    { text: "要带的材料", size: 32, weight: 600, color: INK, gap: 36 },
  ];
  for (const box of document.querySelectorAll("#materials input")) {
    lines.push({ text: box.dataset.name, size: 32, weight: 500, color: INK, gap: 28, tick: box.checked ? "done" : "open" });
    lines.push({ text: [box.dataset.form, box.dataset.note].filter(Boolean).join(" · "), size: 25, weight: 400, color: SOFT, gap: 4, indent: true });
  }
  lines.push({ text: `依据：${item.dataset.basis}（${item.dataset.day}核对）`, size: 23, weight: 400, color: SOFT, gap: 40 });
  lines.push({ text: "微警 · 以办理单位公布的为准", size: 23, weight: 400, color: SOFT, gap: 8 });
  return lines;
};

const tick = (pen, y, done) => {
  pen.lineWidth = 3;
  pen.strokeStyle = done ? JADE : "#7b8494";
  pen.fillStyle = JADE;
  pen.beginPath();
  if (pen.roundRect) pen.roundRect(EDGE, y - 30, 36, 36, 8);
  else pen.rect(EDGE, y - 30, 36, 36);
  if (done) pen.fill();
  pen.stroke();
  if (!done) return;
  pen.strokeStyle = "#ffffff";
  pen.lineWidth = 5;
  pen.beginPath();
  pen.moveTo(EDGE + 8, y - 12);
  pen.lineTo(EDGE + 15, y - 4);
  pen.lineTo(EDGE + 28, y - 20);
  pen.stroke();
};

const write = (pen, lines) => {
  let y = EDGE;
  for (const line of lines) {
    pen.font = `${line.weight} ${line.size}px ${FONT}`;
    const x = line.tick || line.indent ? EDGE + 56 : EDGE;
    y += line.gap;
    cut(pen, line.text, WIDTH - EDGE - x).forEach((text, index) => {
      y += line.size * 1.45;
      if (line.tick && index === 0) tick(pen, y, line.tick === "done");
      pen.fillStyle = line.color;
      pen.fillText(text, x, y);
    });
  }
  return y + EDGE;
};

const draw = () => {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = 10;
  const lines = contents();
  canvas.height = Math.ceil(write(canvas.getContext("2d"), lines));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, WIDTH, canvas.height);
  pen.fillStyle = BLUE;
  pen.fillRect(0, 0, WIDTH, 10);
  write(pen, lines);
  return canvas.toDataURL("image/png");
};

const dialog = document.getElementById("picture");
document.getElementById("save")?.addEventListener("click", () => {
  if (!document.createElement("canvas").getContext?.("2d") || !dialog.showModal) { window.print(); return; }
  const url = draw();
  const sheet = document.getElementById("sheet");
  sheet.src = url;
  sheet.alt = contents().map((line) => line.text).join("；");
  document.getElementById("download").href = url;
  dialog.showModal();
});
document.getElementById("close").addEventListener("click", () => dialog.close());
document.getElementById("saving")?.removeAttribute("hidden");
