// Large text at once, without a page load; the form itself works where this file does not.
// <form method="post" data-large-text><input name="size"><button aria-pressed></form>

export function csrfToken() {
  return document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
}

function toggle(form) {
  const size = form.elements.size.value;
  const isLarge = size === "large";
  if (isLarge) document.documentElement.dataset.size = "large";
  else delete document.documentElement.dataset.size;
  form.querySelector("button").setAttribute("aria-pressed", String(isLarge));
  const body = new FormData(form);
  form.elements.size.value = isLarge ? "normal" : "large";
  return fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" }, redirect: "manual" });
}

for (const form of document.querySelectorAll("form[data-large-text]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    toggle(form).catch(() => undefined); // offline: large for this page, asked again on the next
  });
}
