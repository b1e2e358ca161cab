// Draws each figure from the table beneath it, in the page's colours; the table stays the truth.

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const number = (cell) => { const text = cell.textContent.trim(); return text === "—" ? null : Number(text); };

function read(table) {
  const head = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows].map((row) => ({ name: row.cells[0].textContent.trim(), values: [...row.cells].slice(1).map(number) }));
  return { head, rows };
}

function frame() {
  const ink = colour("--ink-soft"), line = colour("--line");
  const axis = { axisLabel: { color: ink }, axisLine: { lineStyle: { color: line } }, splitLine: { lineStyle: { color: line } } };
  return {
    color: [colour("--blue"), colour("--jade"), colour("--amber"), colour("--red"), ink], textStyle: { fontFamily: getComputedStyle(document.body).fontFamily }, animation: false,
    axis, tooltip: { trigger: "axis", renderMode: "richText", confine: true, backgroundColor: colour("--card"), borderColor: line, textStyle: { color: colour("--ink") } },
    legend: { bottom: 0, type: "scroll", textStyle: { color: ink }, pageTextStyle: { color: ink }, pageIconColor: ink }, grid: { left: 8, right: 16, top: 16, bottom: 36, containLabel: true },
  };
}

const short = (name) => (/^\d{4}-\d\d-\d\d$/.test(name) ? `${Number(name.slice(5, 7))}/${Number(name.slice(8))}` : name);

function series(kind, { head, rows }, drawn) {
  return head.slice(0, drawn || head.length).map((name, order) => ({
    name, type: kind === "line" ? "line" : "bar", stack: kind === "stack" ? "all" : undefined, symbol: ["circle", "rect", "triangle", "diamond"][order % 4],
    symbolSize: 5, showSymbol: rows.length < 40, lineStyle: { width: 2, type: ["solid", "dashed", "dotted"][order % 3] }, barMaxWidth: 28, data: rows.map((row) => row.values[order]),
  }));
}

function plain(kind, data, drawn, percent) {
  const base = frame(), names = data.rows.map((row) => short(row.name));
  const counts = { ...base.axis, type: "value", max: percent ? 100 : undefined, minInterval: percent ? undefined : 1 };
  const categories = { ...base.axis, type: "category", data: names, splitLine: { show: false } };
  const across = kind === "bar";
  return { ...base, series: series(kind, data, drawn), xAxis: across ? counts : categories, yAxis: across ? { ...categories, inverse: true } : counts };
}

function heat({ head, rows }) {
  const base = frame(), cells = rows.flatMap((row, y) => row.values.map((value, x) => [x, y, value])), most = Math.max(1, ...cells.map((cell) => cell[2]));
  return {
    ...base, legend: undefined, grid: { ...base.grid, bottom: 48 }, tooltip: { ...base.tooltip, trigger: "item", formatter: ({ value }) => `${rows[value[1]].name} ${head[value[0]]}：${value[2]} 件` },
    xAxis: { ...base.axis, type: "category", data: head, splitLine: { show: false } }, yAxis: { ...base.axis, type: "category", data: rows.map((row) => row.name), inverse: true, splitLine: { show: false } },
    visualMap: { min: 0, max: most, orient: "horizontal", left: "center", bottom: 0, itemHeight: 120, text: [`${most} 件`, "0"], textStyle: { color: colour("--ink-soft") }, inRange: { color: [colour("--grey-wash"), colour("--blue")] } },
    series: [{ type: "heatmap", data: cells, itemStyle: { borderWidth: 1, borderColor: colour("--card") } }],
  };
}

const drawn = [];

function draw() {
  for (const section of document.querySelectorAll("[data-figure]")) {
    const box = section.querySelector(".chart"), table = section.querySelector("table");
    if (!box || !table) continue;
    const kind = section.dataset.figure, data = read(table), chart = echarts.getInstanceByDom(box) ?? echarts.init(box, null, { renderer: "canvas" });
    chart.setOption(kind === "heat" ? heat(data) : plain(kind, data, Number(section.dataset.drawn), "percent" in section.dataset), true);
    if (!drawn.includes(chart)) drawn.push(chart);
  }
}

draw();
addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
