// The people beside the phone: a drawer where the window is narrow; following and not following.
export function startPeople(people) {
  const toggle = document.getElementById("people-toggle");
  const open = (on) => {
    people.classList.toggle("open", on);
    toggle.setAttribute("aria-expanded", String(on));
    if (on) people.querySelector("a").focus();
  };
  toggle.addEventListener("click", () => open(!people.classList.contains("open")));
  document.addEventListener("click", (event) => { if (!event.target.closest("#people, #people-toggle")) open(false); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && people.classList.contains("open")) { open(false); toggle.focus(); }
  });
  document.addEventListener("sim:sent", ({ detail }) => {
    if (detail.kind !== "follow" && detail.kind !== "unfollow") return;
    const following = detail.kind === "follow";
    document.getElementById("profile").hidden = following;
    document.getElementById("unfollow").hidden = !following;
    people.querySelector("[aria-current] .meta").textContent = following ? "已关注" : "未关注";
    open(false);
  });
}
