// The chat of a model on trial: a choice says its words, the newest line is in sight, the field is empty again.

const chat = document.getElementById("chat"), form = document.querySelector(".chat-form"), field = form.elements.text;

chat.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-say]");
  if (!choice) return;
  field.value = choice.dataset.say;
  form.requestSubmit();
});

form.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful) return;
  field.value = "";
  field.focus();
  chat.scrollTop = chat.scrollHeight;
});
