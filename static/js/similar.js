// Asks whether the same thing is known already, when matter or grid change; silent without network, never in the way.
// <form data-similar-url="…"> with inputs matter_id and grid_id, and [data-similar] that takes the answer.

let asked = 0;

function valueOf(form, name) {
  return new FormData(form).get(name) ?? "";
}

async function ask(form) {
  const turn = ++asked;
  const place = form.querySelector("[data-similar]");
  const url = new URL(form.dataset.similarUrl, location.href);
  for (const name of ["matter_id", "grid_id"]) url.searchParams.set(name, valueOf(form, name));
  if (!valueOf(form, "matter_id") || !navigator.onLine) return place.replaceChildren();
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected || turn !== asked) return undefined;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return place.replaceChildren(...page.body.children);
}

for (const form of document.querySelectorAll("form[data-similar-url]")) {
  const again = () => ask(form).catch(() => undefined);
  form.addEventListener("change", (event) => /^(matter_id|grid_id)$/.test(event.target.name) && again());
  form.addEventListener("draft:restored", again);
}
