// What is said and not yet acknowledged: sent one by one in order, again with the same id until the house has it. Words survive a reload.
import { current, headers, lasting, open, storage } from "./session.js";

const PAUSES = [1, 2, 4, 8, 15];
const FINAL = new Set([400, 404, 413, 415, 501]);

export class Outbox {
  // tell: sent(item), failed(item, words), card(card), waiting(words), left(token)
  constructor(tell) {
    this.tell = tell;
    this.items = [];
    this.tries = 0;
    this.working = false;
    this.wake = () => {};
    addEventListener("online", () => this.hurry());
    addEventListener("beforeunload", (event) => { if (this.items.some((item) => !lasting || item.kind === "picture")) event.preventDefault(); });
  }

  add(item) {
    this.items.push(item);
    this.keep();
    if (this.items.length > 1 && item.kind === "text") this.urgent(item);
    this.work();
  }

  // What another visit, or a page that is closed, has left unsent.
  adopt() {
    const found = this.stored().filter((item) => !this.items.some((mine) => mine.id === item.id));
    this.items.push(...found);
    this.work();
    return found;
  }

  // The log shows it: whatever became of the answer, it has arrived.
  done(id) {
    if (!this.items.some((item) => item.id === id)) return;
    this.items = this.items.filter((item) => item.id !== id);
    this.keep(id);
  }

  clear() {
    this.items = [];
    storage.drop("outbox");
    this.hurry();
  }

  hurry() {
    this.tries = 0;
    this.wake();
  }

  async work() {
    if (this.working) return;
    this.working = true;
    while (this.items.length) {
      const pause = await this.send(this.items[0]);
      if (pause) await new Promise((resolve) => { this.wake = resolve; setTimeout(resolve, pause * 1000); });
    }
    this.working = false;
  }

  // Seconds to wait before the next try; 0 when this item is settled.
  async send(item) {
    const token = current();
    try {
      const { status, body, after } = await post(item);
      if (body.card) this.tell.card(body.card);
      if (body.accepted) return this.settle(item, () => this.tell.sent(item));
      if (FINAL.has(status)) return this.settle(item, () => this.tell.failed(item, body.error ?? "没有发出。"));
      if (status === 401) { this.tell.left(token); await open(); }
      if (status === 429) { this.tell.waiting(body.error); return after || 5; }
    } catch { /* no network, or no answer in time: the same id again */ }
    const pause = PAUSES[Math.min(this.tries, PAUSES.length - 1)];
    this.tries += 1;
    return pause * (0.75 + Math.random() / 2);
  }

  settle(item, then) {
    this.tries = 0;
    this.done(item.id);
    then();
    return 0;
  }

  // Behind others that wait: should it tell of a danger, the house takes it at once; else it waits its turn.
  async urgent(item) {
    try {
      const { body } = await post({ ...item, urgent: true });
      if (body.card) this.tell.card(body.card);
      if (body.accepted) this.settle(item, () => this.tell.sent(item));
    } catch { /* it waits its turn */ }
  }

  stored() {
    try { return JSON.parse(storage.get("outbox") ?? "[]"); } catch { return []; }
  }

  // Other pages keep theirs in the same place; pictures are too large for it.
  keep(gone) {
    const mine = this.items.filter((item) => item.kind === "text");
    const others = this.stored().filter((item) => item.id !== gone && !mine.some((own) => own.id === item.id));
    storage.set("outbox", JSON.stringify([...others, ...mine]));
  }
}

async function post(item) {
  const picture = item.kind === "picture";
  const answer = await fetch(picture ? `pictures/${item.id}` : "messages", {
    method: "POST",
    headers: { ...headers(), "Content-Type": picture ? "application/octet-stream" : "application/json" },
    body: picture ? item.file : JSON.stringify({ id: item.id, text: item.text, urgent: item.urgent }),
    signal: AbortSignal.timeout(picture ? 180_000 : 10_000),
  });
  const body = await answer.json().catch(() => ({}));
  return { status: answer.status, body, after: Number(answer.headers.get("Retry-After")) };
}
