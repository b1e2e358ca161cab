// The launcher on a bureau's page: one button, and behind it the chat in a frame of its own. Styles and scripts of the page and of the chat never meet.
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || document.querySelector("weijing-webchat")) return;
  const address = new URL(".", script.src);
  const TALKED = "weijing-webchat";

  const CSS = `
    :host { all: initial; }
    * { box-sizing: border-box; font-family: "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", system-ui, sans-serif; }
    [hidden] { display: none !important; }
    .launch { position: fixed; z-index: 2147483000; right: 24px; bottom: 24px; display: flex; align-items: center; gap: 8px; min-height: 52px; padding: 0 20px 0 16px;
      border: 1px solid rgb(255 255 255 / 60%); border-radius: 26px; background: #1d4f91; color: #fff; font-size: 16px; cursor: pointer; box-shadow: 0 8px 32px rgb(31 41 55 / 24%); }
    .launch:hover { background: #173f75; }
    .launch:focus-visible { outline: 3px solid #fff; outline-offset: -5px; }
    .badge { min-width: 22px; padding: 0 6px; border-radius: 11px; background: #c0362c; color: #fff; font-size: 13px; line-height: 22px; text-align: center; }
    .panel { position: fixed; z-index: 2147483001; right: 24px; bottom: 24px; width: 380px; height: min(600px, calc(100vh - 48px)); overflow: hidden;
      border-radius: 8px; background: #f7f8fa; color: #1f2937; box-shadow: 0 8px 32px rgb(31 41 55 / 28%), 0 0 0 1px rgb(31 41 55 / 12%); }
    .frame { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; visibility: hidden; }
    .ready .frame { visibility: visible; }
    .wait { padding: 120px 24px 0; font-size: 15px; line-height: 26px; text-align: center; }
    .wait a { color: #1d4f91; }
    .shut { display: block; margin: 24px auto; min-height: 44px; padding: 0 24px; border: 1px solid #1d4f91; border-radius: 8px; background: #fff; color: #1d4f91; font-size: 15px; cursor: pointer; }
    @media (prefers-color-scheme: dark) { .panel { background: #0f1318; color: #e5e9f0; } .wait a { color: #8ab4f0; } }
    @media (max-width: 480px) { .panel { inset: 0; width: auto; height: 100%; height: 100dvh; border-radius: 0; } .launch { right: 16px; bottom: 16px; } }`;

  const make = (name, className, text = "") => {
    const element = document.createElement(name);
    element.className = className;
    element.textContent = text;
    return element;
  };
  const remember = (value) => { try { sessionStorage.setItem(TALKED, value); } catch { /* the page forbids it */ } };
  const remembered = () => { try { return sessionStorage.getItem(TALKED); } catch { return null; } };

  const host = document.createElement("weijing-webchat");
  const root = host.attachShadow({ mode: "open" });
  const launch = make("button", "launch");
  launch.type = "button";
  launch.setAttribute("aria-haspopup", "dialog");
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", width: 24, height: 24, fill: "none", stroke: "currentColor", "stroke-width": 1.6, "stroke-linejoin": "round", "aria-hidden": "true" })) icon.setAttribute(name, value);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M4 5h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1h-8l-5 4v-4H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM8 10h8M8 13h5");
  icon.append(path);
  const badge = make("span", "badge");
  badge.hidden = true;
  launch.append(icon, make("span", "", "在线咨询"), badge);

  const panel = make("div", "panel");
  panel.hidden = true;
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", "在线咨询");
  const wait = make("div", "wait");
  const words = make("p", "", "正在打开…");
  const shut = make("button", "shut", "关闭");
  shut.type = "button";
  wait.append(words, shut);
  panel.append(wait);
  root.append(launch, panel);
  dress();
  let frame = null;
  let loaded = false;
  let wanted = false;

  // A strict style-src of the page allows this kind of style sheet; only old browsers need the other.
  function dress() {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      root.adoptedStyleSheets = [sheet];
    } catch {
      root.append(make("style", "", CSS));
    }
  }

  function load() {
    if (frame) return;
    frame = make("iframe", "frame");
    frame.title = "在线咨询";
    frame.src = address.href;
    frame.addEventListener("load", () => { loaded = true; tell("hello"); });
    panel.append(frame);
    setTimeout(giveUp, 5000);
  }

  // The page's policy, or ours, does not let the frame in: the chat is a page of its own too.
  function giveUp() {
    if (panel.classList.contains("ready")) return;
    const link = make("a", "", "在新窗口打开");
    link.href = address.href;
    link.target = "_blank";
    link.rel = "noopener";
    words.replaceChildren("在线咨询没有打开。请", link, "。");
  }

  function tell(type, more = {}) {
    if (loaded) frame.contentWindow.postMessage({ type: `weijing:${type}`, ...more }, address.origin);
  }

  function open(focus) {
    load();
    panel.hidden = false;
    launch.hidden = true;
    remember("open");
    wanted = focus;
    tell("opened", { focus });
    if (focus) (panel.classList.contains("ready") ? frame : shut).focus();
  }

  function close() {
    panel.hidden = true;
    launch.hidden = false;
    remember("closed");
    tell("closed");
    launch.focus();
  }

  function count(number) {
    badge.hidden = number === 0;
    badge.textContent = number > 99 ? "99+" : String(number || "");
    launch.setAttribute("aria-label", number ? `在线咨询，${number} 条新消息` : "在线咨询");
  }

  addEventListener("message", ({ source, origin, data }) => {
    if (!frame || source !== frame.contentWindow || origin !== address.origin) return;
    if (data?.type === "weijing:ready") {
      const waited = root.activeElement === shut;
      panel.classList.add("ready");
      wait.hidden = true;
      if (waited) frame.focus();
      if (!panel.hidden) tell("opened", { focus: wanted });
    }
    if (data?.type === "weijing:close") close();
    if (data?.type === "weijing:unread" && Number.isInteger(data.count)) count(data.count);
  });
  launch.addEventListener("click", () => open(true));
  shut.addEventListener("click", close);
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  count(0);
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);

  function begin() {
    document.body.append(host);
    // On the next page of the site a talk goes on as it was.
    if (remembered() === "open" && innerWidth > 480) open(false);
    else if (remembered()) load();
  }
})();
