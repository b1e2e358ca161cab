// Turns the server's events into events of the document: sim:item, sim:exchange, sim:typing.
export function startStream(url) {
  const source = new EventSource(url);
  for (const name of ["item", "exchange", "typing"]) {
    source.addEventListener(name, (event) => document.dispatchEvent(new CustomEvent(`sim:${name}`, { detail: event.data })));
  }
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(() => startStream(url), 2000);
  });
  addEventListener("pagehide", () => source.close());
}
