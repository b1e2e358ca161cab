// One conversation that is open: it stays where one reads and tells of what is new below.

const scroll = () => document.getElementById("scroll");
const pill = () => document.getElementById("pill");
const talk = () => document.querySelector(".talk")?.dataset.openid;
const count = () => document.querySelectorAll("#lines [data-said]").length;
const atEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 60;
let before = null, unseen = 0;

function toEnd() {
  const box = scroll();
  if (box) box.scrollTop = box.scrollHeight;
  unseen = 0;
  if (pill()) pill().hidden = true;
}

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.elt.id === "lines") detail.parameters.shown = count();
  if (detail.elt.id === "talk-head") detail.parameters.foot = document.getElementById("foot").dataset.foot;
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const box = scroll();
  if (box && (detail.target.id === "lines" || detail.target.id === "older")) {
    const last = document.querySelector("#lines [data-said]:last-of-type")?.id;
    before = { end: atEnd(box), top: box.scrollTop, height: box.scrollHeight, count: count(), older: detail.target.id === "older", last };
  }
});
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const box = scroll();
  if (detail.target.id === "open") toEnd();
  if (!before || !box || !(detail.target.id === "lines" || before.older)) return;
  const told = document.querySelector("#lines [data-said]:last-of-type");
  if (before.older) box.scrollTop = before.top + box.scrollHeight - before.height;
  else if (before.end || told?.classList.contains("staff") && told.id !== before.last && detail.requestConfig?.verb === "post") toEnd();
  else if (told && told.id !== before.last) {
    const all = [...document.querySelectorAll("#lines [data-said]")];
    unseen += all.length - 1 - all.findIndex((line) => line.id === before.last);
    pill().textContent = `${unseen} 条新消息`;
    pill().hidden = false;
  }
  before = null;
});
document.addEventListener("scroll", ({ target }) => { if (target.id === "scroll" && atEnd(target)) { unseen = 0; pill().hidden = true; } }, true);
document.addEventListener("click", ({ target }) => { if (target.closest("#pill")) toEnd(); });
document.addEventListener("load", ({ target }) => { if (target.closest?.(".thumb") && unseen === 0 && scroll() && scroll().scrollHeight - scroll().scrollTop - scroll().clientHeight < 260) toEnd(); }, true);

export function deed(path) {
  const csrf = document.querySelector('meta[name="csrf"]').content;
  return fetch(`/desk/talks/${talk()}/${path}`, { method: "POST", headers: { "X-CSRF-Token": csrf, "HX-Request": "true" } });
}
toEnd();
