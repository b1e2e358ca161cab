// Shows the next part of a form that is hidden, and puts the caret into it.

const button = document.querySelector("[data-show-more]");

button?.addEventListener("click", () => {
  const hidden = [...document.querySelectorAll("[data-more][hidden]")];
  if (hidden.length) { hidden[0].hidden = false; hidden[0].querySelector("input").focus(); }
  if (hidden.length <= 1) button.hidden = true;
});
