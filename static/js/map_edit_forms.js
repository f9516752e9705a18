// The forms beside the map. Each is a plain <form method="post" data-edit-form="verb"> that works without this module;
// here it is sent in place. [data-fill="name"] takes that property of the chosen grid ("nodes": its boundary as lines);
// [data-edit-chosen] is shown with, [data-edit-none] without a chosen grid; [data-fill-text] takes a property as text.

import { linesOf, lineIn, polygonIn } from "./map_edit_text.js";
import { say } from "./map_edit_server.js";

const forms = () => document.querySelectorAll("form[data-edit-form]");
const NUMBERS = new Set(["households", "population", "department"]);
const SKIPPED = new Set(["csrfmiddlewaretoken", "version", "township", "nodes", "geometry", "line", "keys"]);

let filled = null; // the key of the grid that the forms were last filled with

// What somebody has typed for this grid and not yet sent stays.
function put(field, value, isOther) {
  if (!isOther && field.value !== field.filled) return;
  if (field.filled === undefined && field.form?.hasAttribute("data-typed")) {
    field.filled = null; // a refused form came back as it was typed
    return;
  }
  field.value = value;
  field.filled = field.value;
  field.removeAttribute("aria-invalid");
}

export function fillForms(feature, geometry) {
  for (const part of document.querySelectorAll("[data-edit-chosen]")) part.hidden = !feature;
  for (const part of document.querySelectorAll("[data-edit-none]")) part.hidden = Boolean(feature);
  if (!feature) return;
  const isOpen = feature.get("editable") && feature.get("state") !== "retired";
  for (const part of document.querySelectorAll("[data-edit-open]")) part.hidden = !isOpen;
  const valueOf = (name) => (name === "nodes" ? linesOf(geometry) : feature.get(name) ?? "");
  const isOther = filled !== feature.getId();
  filled = feature.getId();
  for (const field of document.querySelectorAll("[data-fill]")) put(field, valueOf(field.dataset.fill), isOther);
  for (const place of document.querySelectorAll("[data-fill-text]")) {
    const value = valueOf(place.dataset.fillText);
    place.textContent = typeof value === "number" ? Math.round(value).toLocaleString("zh-CN") : value;
  }
}

export function fillNew(geometry, villageCode) {
  const form = document.querySelector("[data-edit-form=create]");
  form.closest("details").open = true;
  form.elements.geometry.value = linesOf(geometry);
  if (villageCode) form.elements.village.value = villageCode;
  form.elements.name.focus();
}

// Only what is ticked can go on.
export function offerSurvivors(features) {
  const select = document.querySelector("[data-edit-form=merge] [name=survivor]");
  if (!select) return;
  const chosen = select.value;
  select.replaceChildren(...features.map((feature) => new Option(feature.get("name"), feature.getId())));
  if (features.some((feature) => feature.getId() === chosen)) select.value = chosen;
  for (const count of document.querySelectorAll("[data-edit-ticked]")) count.textContent = String(features.length);
}

function numberIn(text) {
  if (!text.trim()) return null;
  if (!/^\d+$/.test(text.trim())) throw new Error("户数和人口应为整数。");
  return Number(text);
}

function wordsOf(form) {
  const given = new FormData(form);
  const words = {};
  for (const [name, value] of given) {
    if (!SKIPPED.has(name)) words[name] = NUMBERS.has(name) ? numberIn(value) : value.trim();
  }
  const verb = form.dataset.editForm;
  if (verb === "create") words.geometry = given.get("geometry").trim() ? polygonIn(given.get("geometry")) : null;
  if (verb === "redraw") words.shapes = [{ key: words.key, geometry: polygonIn(given.get("geometry")) }];
  if (verb === "split") words.line = lineIn(given.get("line"));
  if (verb === "merge") words.keys = given.getAll("keys");
  return words;
}

function blame(form, name) {
  const field = form.elements[name] ?? form.querySelector("textarea");
  if (!field?.focus) return;
  field.setAttribute("aria-invalid", "true");
  field.focus();
}

async function send(form, { change, sent }) {
  for (const field of form.elements) field.removeAttribute("aria-invalid");
  let words;
  try {
    words = wordsOf(form);
  } catch (error) {
    say(error.message, "late");
    return blame(form, "");
  }
  let refusal = null;
  const answer = await change(form.dataset.editForm, words, (error) => (refusal = error));
  if (!answer) return refusal?.field && blame(form, refusal.field);
  for (const field of form.elements) field.filled = field.value;
  for (const field of form.querySelectorAll("[data-empty-after]")) field.value = "";
  return sent(form.dataset.editForm, answer, words);
}

export function listen(calls) {
  for (const form of forms()) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form, calls);
    });
  }
}

export function enableHistory({ can_undo: canUndo, can_redo: canRedo }) {
  const set = (verb, isOn) => {
    const button = document.querySelector(`[data-edit-form=${verb}] button`);
    if (button && isOn !== undefined) button.disabled = !isOn;
  };
  set("undo", canUndo);
  set("redo", canRedo);
}
