// What the house tells this page: server-sent events over fetch, for EventSource cannot send our token except in the address, which is logged.
import { current, headers } from "./session.js";

const PAUSES = [0.3, 1, 2, 4, 8, 15];
const SILENCE_MS = 40_000;
const HIDDEN_MS = 300_000;

export class Stream {
  // tell: entry(value), typing(on), up(), down(), left(token); each entry is told once, in order
  constructor(tell) {
    this.tell = tell;
    this.last = "";
    this.tries = 0;
    this.run = null;
    this.wake = () => {};
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => this.watchVisibility());
  }

  async start() {
    if (this.run) return;
    const run = this.run = {};
    while (true) {
      await this.connect();
      if (this.run !== run) return;
      this.tell.down();
      const pause = PAUSES[Math.min(this.tries, PAUSES.length - 1)] * (0.75 + Math.random() / 2);
      this.tries += 1;
      await new Promise((resolve) => { this.wake = resolve; setTimeout(resolve, pause * 1000); });
      if (this.run !== run) return;
    }
  }

  stop() {
    this.run = null;
    this.abort?.abort();
    this.wake();
  }

  hurry() {
    this.tries = 0;
    this.wake();
  }

  // A browser opens few connections to one host: a page that nobody looks at gives its own up.
  watchVisibility() {
    clearTimeout(this.hiding);
    if (document.hidden) this.hiding = setTimeout(() => this.stop(), HIDDEN_MS);
    else this.start();
  }

  async connect() {
    const abort = this.abort = new AbortController();
    this.token = current();
    this.fresh = true;
    let timer = setTimeout(() => abort.abort(), SILENCE_MS);
    try {
      const answer = await fetch("stream", { headers: { ...headers(), "Last-Event-ID": this.last }, signal: abort.signal, cache: "no-store" });
      if (answer.status === 401) { await this.tell.left(this.token); return; }
      if (!answer.ok) return;
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let rest = "", part = await reader.read(); !part.done; part = await reader.read()) {
        clearTimeout(timer);
        timer = setTimeout(() => abort.abort(), SILENCE_MS);
        const blocks = (rest + part.value).split("\n\n");
        rest = blocks.pop();
        for (const block of blocks) this.hear(block);
      }
    } catch { /* the connection is gone; the loop comes back */ } finally { clearTimeout(timer); }
  }

  hear(block) {
    const fields = Object.fromEntries(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
    if (!fields.event) return;
    const value = JSON.parse(fields.data);
    this.tries = 0;
    if (fields.event === "entry" && later(fields.id, this.last)) {
      this.last = fields.id;
      this.tell.entry(value);
    } else if (fields.event === "typing") {
      this.tell.typing(value.typing);
      if (this.fresh) this.tell.up();
      this.fresh = false;
    } else if (fields.event === "left") {
      this.tell.left(this.token);
    }
  }
}

function later(seq, last) {
  const [a, b] = seq.split("-").map(Number);
  const [c, d] = last ? last.split("-").map(Number) : [0, 0];
  return a > c || (a === c && b > d);
}
