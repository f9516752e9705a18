// Asks whether the same thing is known already, when matter, grid, position or words change; silent without network.
// <form data-similar-url="…"> with inputs matter_id, grid_id, lon, lat, elsewhere, title, place, description, and
// [data-similar] that takes the answer. The answer never moves what lies under a finger: it waits until the finger is
// lifted, what holds the focus keeps its place, and a tap that was aimed before it came chooses nothing else.

const ASKED = ["matter_id", "grid_id", "lon", "lat", "elsewhere", "title", "place", "description"];
const WAIT = 200; // ms; lon and lat come one after the other
const AIMED = 400; // ms between aiming and tapping
const BARS = ".actions-thumb, [data-draft-bar]"; // what became of the report, and its buttons

let asked = 0;
let isDown = false;
const waiting = [];

function lifted() {
  isDown = false;
  setTimeout(() => waiting.splice(0).forEach((show) => show()), 0);
}
addEventListener("pointerdown", () => { isDown = true; }, true);
addEventListener("pointerup", lifted, true);
addEventListener("pointercancel", lifted, true);

const free = () => new Promise((show) => (isDown ? waiting.push(show) : show()));

function show(form, place, pieces) {
  const focused = document.activeElement;
  const isBelow = form.contains(focused) && place.compareDocumentPosition(focused) & Node.DOCUMENT_POSITION_FOLLOWING;
  const before = place.getBoundingClientRect().height;
  place.replaceChildren(...pieces);
  const moved = place.getBoundingClientRect().height - before;
  if (!moved) return;
  if (isBelow && !focused.closest(".actions-thumb")) scrollBy({ top: moved, behavior: "instant" });
  else place.dataset.movedAt = String(performance.now());
}

function keepOff(event, place) {
  const since = performance.now() - Number(place.dataset.movedAt || -Infinity);
  const isBelow = place.compareDocumentPosition(event.target) & Node.DOCUMENT_POSITION_FOLLOWING;
  if (since > AIMED || !event.isTrusted || !event.detail || !isBelow || event.target.closest(BARS)) return;
  event.preventDefault();
  event.stopPropagation();
}

async function ask(form) {
  if ("locked" in form.dataset) return undefined; // it is handed over
  const turn = ++asked;
  const place = form.querySelector("[data-similar]");
  const typed = new FormData(form);
  const body = new URLSearchParams({ csrfmiddlewaretoken: typed.get("csrfmiddlewaretoken") ?? "" });
  for (const name of ASKED) body.set(name, typed.get(name) ?? "");
  if (!navigator.onLine || !(body.get("matter_id") || body.get("title"))) return show(form, place, []);
  const answer = await fetch(form.dataset.similarUrl, { method: "POST", body, headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected || turn !== asked) return undefined;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  await free();
  return turn === asked && !("locked" in form.dataset) ? show(form, place, page.body.children) : undefined;
}

for (const form of document.querySelectorAll("form[data-similar-url]")) {
  let timer = 0;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(() => ask(form).catch(() => undefined), WAIT);
  };
  form.addEventListener("change", (event) => ASKED.includes(event.target.name) && again());
  form.addEventListener("input", (event) => /^(lon|lat)$/.test(event.target.name) && again());
  form.addEventListener("draft:restored", again);
  form.addEventListener("click", (event) => keepOff(event, form.querySelector("[data-similar]")), true);
}
