// What the list demands of a report, known before it is sent, online or not: it stands on the matter's radio button.
// data-photo, data-place, data-result-photo, data-witness (demanded or not), data-not-here (why the worker may not settle
// it alone), data-urgent. [data-demand=…] say 选填 or what is demanded; [data-on-spot] are offered only where the list allows
// it, else [data-off-spot] says why. [data-urgent-only] is asked of what is urgent. [data-need=…] are the sentences about
// what is missing.

const WORDS = { photo: "须附现场照片", place: "须写明，或读取位置", resultPhoto: "须附办理后照片", witness: "须写明“见证人：×××”" };

const chosenOf = (form) => form.querySelector("input[name=matter_id]:checked:not([value=''])");
const demandsOf = (form) => chosenOf(form)?.dataset ?? {};

function show(form) {
  const demands = demandsOf(form);
  for (const place of form.querySelectorAll("[data-demand]")) {
    const isDemanded = place.dataset.demand in demands;
    place.dataset.else ??= place.textContent;
    place.textContent = isDemanded ? WORDS[place.dataset.demand] : place.dataset.else;
  }
  for (const offer of form.querySelectorAll("[data-on-spot]")) offer.hidden = "notHere" in demands || "locked" in form.dataset;
  for (const field of form.querySelectorAll("[data-urgent-only]")) field.hidden = !("urgent" in demands);
  for (const line of form.querySelectorAll("[data-off-spot]")) {
    line.hidden = !("notHere" in demands);
    line.textContent = demands.notHere ? `这件事${demands.notHere}` : "";
  }
}

const textOf = (form, name) => form.elements[name]?.value.trim() ?? "";
const photosOf = (form, name) => form.querySelector(`[data-photo-field=${name}]`)?.photos ?? [];

function unanswered(form) {
  const asked = chosenOf(form)?.closest("label").nextElementSibling;
  return asked?.matches(".asks") ? [...asked.querySelectorAll("[required]")].find((each) => !each.value.trim()) : undefined;
}

const NEEDS = [
  ["matter", (form) => !chosenOf(form) && !textOf(form, "title")],
  ["photo", (form, demands) => "photo" in demands && photosOf(form, "photos").length === 0],
  ["ask", unanswered],
  ["place", (form, demands) => "place" in demands && !textOf(form, "place") && !textOf(form, "lon")],
];
const SOLVED = [
  ["result", (form) => !textOf(form, "result")],
  ["witness", (form, demands) => "witness" in demands && !/见证人[:：]\s*\S/.test(textOf(form, "result"))],
  ["result-photo", (form, demands) => "resultPhoto" in demands && photosOf(form, "result_photos").length === 0],
];

// Shows the first thing that is missing. Returns whether there is any.
export function missing(form, outcome) {
  const demands = demandsOf(form);
  const needs = outcome === "solved" ? [...NEEDS, ...SOLVED] : NEEDS;
  const [need] = needs.find(([, isMissing]) => isMissing(form, demands)) ?? [""];
  for (const line of form.querySelectorAll("[data-need]")) line.hidden = line.dataset.need !== need;
  if (need === "") return false;
  const field = need === "ask" ? unanswered(form) : undefined;
  const line = form.querySelector(`[data-need=${need}]`);
  if (field) line.lastElementChild.textContent = `请填写“${field.labels[0].firstChild.textContent.trim()}”。`;
  line.scrollIntoView({ block: "center" });
  field?.focus({ preventScroll: true });
  return true;
}

for (const form of document.querySelectorAll("form[data-demands]")) {
  form.addEventListener("change", () => show(form));
  for (const moved of ["draft:restored", "draft:shown"]) form.addEventListener(moved, () => show(form));
  show(form);
}
