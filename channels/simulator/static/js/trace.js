// The trace: cards renew themselves where they stand, keep what was opened, and the panel can be folded away.
export function startTrace(trace) {
  const exchanges = document.getElementById("exchanges");
  const toggle = document.getElementById("trace-toggle");

  toggle.addEventListener("click", () => {
    const closed = document.querySelector(".stage").classList.toggle("trace-closed");
    toggle.setAttribute("aria-expanded", String(!closed));
    toggle.textContent = closed ? "展开报文" : "收起";
  });
  trace.addEventListener("click", (event) => {
    const tab = event.target.closest('[role="tab"]');
    if (tab) select(tab);
  });
  trace.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const tab = event.target.closest('[role="tab"]');
    if (!step || !tab) return;
    const tabs = [...tab.parentElement.children];
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    select(next);
    next.focus();
  });
  document.addEventListener("sim:exchange", ({ detail }) => renew(exchanges, detail));
}

function select(tab) {
  for (const other of tab.parentElement.children) {
    const on = other === tab;
    other.setAttribute("aria-selected", String(on));
    other.tabIndex = on ? 0 : -1;
    document.getElementById(other.getAttribute("aria-controls")).hidden = !on;
  }
}

function renew(exchanges, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(".exchange");
  const old = document.getElementById(fresh.id);
  if (!old) { exchanges.prepend(fresh); return; }
  const chosen = [...old.querySelectorAll('[role="tab"][aria-selected="true"]')].map((tab) => tab.id);
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  const onSummary = document.activeElement === old.querySelector("summary");
  fresh.open = old.open;
  old.replaceWith(fresh);
  for (const id of chosen) { const tab = document.getElementById(id); if (tab) select(tab); }
  if (onSummary) fresh.querySelector("summary").focus();
  else if (focused) document.getElementById(focused)?.focus();
}
