// The talk on the page: lines of the log in their order, below them what is on its way.
import { bubbles, make, words } from "./bubbles.js";
import { headers } from "./session.js";

const GAP_MS = 300_000;
const NEAR = 120;
const CALLS = /\b(110|119|120|96110)\b/g;
const BY = { staff: "工作人员", bot: "", user: "" };
const clock = new Intl.DateTimeFormat("zh-CN", { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });

export class Talk {
  // say(text), again(item), drop(item)
  constructor({ say, again, drop }) {
    Object.assign(this, { say, again, drop });
    this.scroller = document.getElementById("scroll");
    this.lines = document.getElementById("lines");
    this.pending = document.getElementById("pending");
    this.newer = document.getElementById("newer");
    this.waiting = new Map();
    this.previews = new Map();
    this.at = 0;
    this.newer.addEventListener("click", () => { this.toEnd(); this.scroller.focus(); });
    this.scroller.addEventListener("scroll", () => { if (this.near()) this.newer.hidden = true; });
    new ResizeObserver(() => { if (this.stuck) this.toEnd(); }).observe(this.scroller);
    this.stuck = true;
  }

  entry(value) {
    this.take(value.id);
    this.stamp(value.at);
    this.append(this.lines, this.line(value));
  }

  // On its way: shown at the end until the log has it.
  send(item) {
    if (this.waiting.has(item.id)) return;
    const value = { id: item.id, who: "user", text: item.text, picture: item.kind === "picture", file: item.file };
    const line = this.line(value);
    line.classList.add("sending");
    line.append(make("p", "state", "发送中…"));
    this.waiting.set(item.id, line);
    this.append(this.pending, line, true);
  }

  // The emergency card of an answer; the log brings the same again under the same id.
  card(card) {
    if (this.waiting.has(card.id) || this.lines.querySelector(`[data-id="${CSS.escape(card.id)}"]`)) return;
    const line = this.line({ id: card.id, who: "bot", bubbles: [{ text: card.text }] });
    this.waiting.set(card.id, line);
    this.append(this.pending, line, true);
  }

  sent(item) {
    const line = this.waiting.get(item.id);
    line?.classList.remove("sending");
    line?.querySelector(".state")?.remove();
  }

  failed(item, why) {
    const line = this.waiting.get(item.id);
    if (!line) return;
    line.classList.replace("sending", "failed");
    const again = make("button", "again", "重新发送");
    const drop = make("button", "again", "删除");
    again.addEventListener("click", () => { this.take(item.id); this.again(item); });
    drop.addEventListener("click", () => { this.take(item.id); this.drop(item); });
    line.querySelector(".state").replaceChildren(why, again, drop);
  }

  clear() {
    this.waiting.clear();
    this.previews.forEach((url) => URL.revokeObjectURL(url));
    this.previews.clear();
    this.lines.replaceChildren();
    this.pending.replaceChildren();
    this.at = 0;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.newer.hidden = true;
    this.stuck = true;
  }

  near() {
    this.stuck = this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < NEAR;
    return this.stuck;
  }

  take(id) {
    this.waiting.get(id)?.remove();
    this.waiting.delete(id);
  }

  stamp(at) {
    if (at - this.at > GAP_MS) this.lines.append(make("li", "stamp", clock.format(at)));
    this.at = at;
  }

  append(list, line, own = false) {
    const near = this.near();
    list.append(line);
    if (near || own) this.toEnd();
    else this.newer.hidden = false;
  }

  line(value) {
    const who = value.who in BY ? value.who : "notice";
    const card = who === "bot" && value.id.endsWith("-card");
    const line = make("li", `line line-${who}${card ? " line-card" : ""}`);
    line.dataset.id = value.id;
    if (who === "user" || who === "bot") line.append(make("span", "hidden", who === "user" ? "我说：" : "微警说："));
    else line.append(make("span", "by", BY[who] ?? "通知"));
    const said = card ? value.bubbles.map(({ text }) => ({ text: text.replace(CALLS, '<a href="tel:$1">$1</a>') })) : value.bubbles;
    line.append(...(said ? bubbles(said, this.say) : [this.own(value)]));
    return line;
  }

  own(value) {
    const box = make("div", "bubble");
    if (value.picture) {
      box.classList.add("bubble-picture");
      this.showPicture(box, value);
    } else {
      box.append(words(value.text ?? "", false));
    }
    return box;
  }

  // An <img> cannot send our token, so the picture is fetched.
  async showPicture(box, { id, file }) {
    const note = make("p", "words", "〔图片〕");
    box.append(note);
    if (file) this.previews.set(id, URL.createObjectURL(file));
    if (!this.previews.has(id)) {
      const answer = await fetch(`pictures/${id}`, { headers: headers() }).catch(() => null);
      if (answer?.status === 404) note.textContent = "〔图片，已过保存期〕";
      if (!answer?.ok) return;
      this.previews.set(id, URL.createObjectURL(await answer.blob()));
    }
    const image = make("img", "picture");
    image.alt = "我发的图片";
    image.addEventListener("load", () => { note.replaceWith(image); if (this.stuck) this.toEnd(); });
    image.src = this.previews.get(id);
  }
}
