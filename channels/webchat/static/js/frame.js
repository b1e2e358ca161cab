// The page around us, if there is one: we speak only with origins that may embed us, and each side checks the other's.
const allowed = new Set([location.origin, ...document.documentElement.dataset.origins.split(" ").filter(Boolean)]);

export function startFrame({ opened }) {
  const close = document.getElementById("close");
  const embedded = window.parent !== window;
  let host = "";
  let open = !embedded;
  let unread = 0;

  const tell = (type, more = {}) => { if (host) window.parent.postMessage({ type: `weijing:${type}`, ...more }, host); };
  const count = (number) => { unread = number; tell("unread", { count: unread }); };
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== window.parent || !embedded || !allowed.has(origin)) return;
    if (data?.type === "weijing:hello") { host = origin; close.hidden = false; tell("ready"); count(unread); }
    if (host && data?.type === "weijing:opened") { open = true; count(0); opened(data.focus === true); }
    if (host && data?.type === "weijing:closed") open = false;
  });
  document.addEventListener("visibilitychange", () => { if (open && !document.hidden) count(0); });
  close.addEventListener("click", () => tell("close"));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing && !document.querySelector("dialog[open]")) tell("close");
  });
  return { heard: () => { if (!open || document.hidden) count(unread + 1); } };
}
