// What is said, as DOM nodes: a text is never HTML. In texts of the house `<a href>` and bare addresses become links; everything else stays as it is written.
const LINK = /<a\s[^>]*?href\s*=\s*["']([^"']*)["'][^>]*>([\s\S]*?)<\/a>|(https?:\/\/[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+)/gi;
const SAFE = new Set(["http:", "https:", "tel:"]);

export function make(name, className = "", text = "") {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

// `links`: whether the text is the house's; a visitor's own words hold none.
export function words(text, links) {
  const paragraph = make("p", "words");
  let end = 0;
  for (const match of links ? text.matchAll(LINK) : []) {
    paragraph.append(text.slice(end, match.index), link(match[1] ?? match[3], match[2] ?? match[3]) ?? match[0]);
    end = match.index + match[0].length;
  }
  paragraph.append(text.slice(end));
  return paragraph;
}

export function bubbles(list, say) {
  let number = 0;
  return list.map((bubble) => {
    const box = make("div", "bubble");
    if (bubble.text) box.append(words(bubble.text.trim(), true));
    if (bubble.image) box.append(picture(bubble.image));
    const page = bubble.custom?.news ?? bubble.custom?.miniprogram;
    if (page?.url) box.append(card(page));
    if (bubble.buttons?.length) box.append(choices(bubble.buttons.map((button) => ({ ...button, number: ++number })), say));
    return box;
  }).filter((box) => box.childNodes.length);
}

function link(address, title) {
  let url;
  try { url = new URL(address); } catch { return null; }
  if (!SAFE.has(url.protocol)) return null;
  const anchor = make("a", "", title);
  anchor.href = url.href;
  if (url.protocol !== "tel:") { anchor.target = "_blank"; anchor.rel = "noopener noreferrer"; }
  return anchor;
}

// A number can be typed instead: it is the number that the bot counts by.
function choices(buttons, say) {
  const list = make("ul", "choices");
  for (const button of buttons) {
    const tap = make("button", "choice");
    tap.type = "button";
    const payload = String(button.payload || button.title || "");
    tap.append(make("span", "number", String(button.number)), make("span", "", String(button.title || payload)));
    tap.addEventListener("click", () => say(payload));
    const item = make("li");
    item.append(tap);
    list.append(item);
  }
  return list;
}

// Only our own pictures and those of the bureau's sites load here; others are a link.
function picture(address) {
  const ours = [location.origin, ...document.documentElement.dataset.origins.split(" ")];
  const anchor = link(address, "查看图片");
  if (!anchor) return make("p", "words", "〔图片〕");
  if (!ours.includes(new URL(anchor.href).origin)) return anchor;
  const image = make("img", "picture");
  image.alt = "图片";
  image.src = anchor.href;
  image.addEventListener("error", () => image.replaceWith(anchor));
  return image;
}

// A mini-program opens in WeChat only; here its page does.
function card(page) {
  const anchor = link(page.url, "");
  if (!anchor) return make("p", "words", String(page.title ?? ""));
  anchor.className = "news";
  anchor.append(make("strong", "", String(page.title || "查看详情")));
  if (page.description) anchor.append(make("span", "", String(page.description)));
  anchor.append(make("span", "go", "查看详情 →"));
  return anchor;
}
