// What a screen reader or a thumb would miss: unnamed controls, targets under 48 px (links within a sentence excepted), skipped headings, doubled ids. Returns a list of sentences.
() => {
  const faults = [];
  const seen = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest("template, [hidden]");
  const name = (e) => (e.getAttribute("aria-label") || [...(e.labels ?? [])].map((l) => l.textContent).join("") || e.textContent || e.alt || "").trim();
  for (const e of document.querySelectorAll("a, button, input:not([type=hidden]), textarea, summary")) {
    if (!seen(e)) continue;
    if (!name(e)) faults.push(`no name: ${e.outerHTML.slice(0, 60)}`);
    const box = (e.labels?.[0] && ["checkbox", "radio", "file"].includes(e.type) ? e.labels[0] : e).getBoundingClientRect();
    if (!e.matches(".skip, p > a:not(.button)") && (box.height < 47.5 || box.width < 47.5)) faults.push(`small (${Math.round(box.width)}x${Math.round(box.height)}): ${name(e).slice(0, 20)}`);
  }
  for (const e of document.querySelectorAll("[aria-describedby], [aria-labelledby]")) {
    for (const id of `${e.getAttribute("aria-describedby") ?? ""} ${e.getAttribute("aria-labelledby") ?? ""}`.trim().split(/\s+/)) if (!document.getElementById(id)) faults.push(`no element ${id}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at))) faults.push(`twice: ${id}`);
  for (const e of document.querySelectorAll("img")) if (!e.hasAttribute("alt")) faults.push("an image without alt");
  if ([...document.querySelectorAll("h1")].filter(seen).length !== 1) faults.push("not one h1");
  if (document.documentElement.lang !== "zh-CN" || !document.title) faults.push("no language or title");
  return faults;
}
