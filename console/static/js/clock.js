// Clocks that run: data-since counts up from a moment, data-until counts down to one (ms since the epoch).

function spell(seconds) {
  if (seconds >= 172800) return `${Math.floor(seconds / 86400)} 天`;
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function tick() {
  const now = Date.now();
  for (const clock of document.querySelectorAll("[data-since], [data-until]")) {
    const { since, until } = clock.dataset;
    const words = since ? spell(Math.max(0, Math.floor((now - since) / 1000))) : until > now ? spell(Math.floor((until - now) / 1000)) : "已到时";
    if (clock.textContent !== words) clock.textContent = words;
  }
}

tick();
setInterval(tick, 1000);
document.addEventListener("htmx:afterSwap", tick);
