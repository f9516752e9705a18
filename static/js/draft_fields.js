// The fields of a form as a draft keeps them, and back: {name: [values]}, photos apart (photo.js).

import { setPhotos } from "./photo.js";

const SKIPPED = new Set(["csrfmiddlewaretoken", "next", "version", "key", "kept_photos", "kept_results", "written_at"]);

export const photoFields = (form) => [...form.querySelectorAll("[data-photo-field]")];

export function fieldsOf(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (SKIPPED.has(name) || value instanceof File) continue;
    (fields[name] ??= []).push(value);
  }
  return fields;
}

function titleOf(form) {
  const chosen = form.querySelector("input[name=matter_id]:checked:not([value=''])");
  return chosen?.closest("label")?.innerText.trim() || form.elements.title?.value || "未写完的上报";
}

export function gather(form) {
  const photos = photoFields(form).flatMap((field) => field.photos.map((photo) => ({ ...photo, field: field.dataset.photoField })));
  const sentIds = new Map((form.draft.photos ?? []).map((photo) => [photo.id, photo.sent]));
  return {
    fields: fieldsOf(form),
    photos: photos.map((photo) => ({ ...photo, sent: sentIds.get(photo.id) ?? null })),
    title: titleOf(form),
  };
}

function isOffered(form, name, value) {
  const elements = [...form.elements].filter((element) => element.name === name);
  return elements.some((element) => [...(element.options ?? [element])].some((option) => option.value === value));
}

// Whether the form still offers what was chosen: a grid or a list may have ended since.
export function offersAll(form, fields) {
  return ["grid_id", "matter_id"].every((name) => !fields[name]?.[0] || isOffered(form, name, fields[name][0]));
}

export async function fill(form, { fields, photos }) {
  for (const element of form.elements) {
    if (!element.name || SKIPPED.has(element.name) || element.type === "file" || element.type === "submit") continue;
    const values = fields[element.name] ?? [];
    if (/^(checkbox|radio)$/.test(element.type)) element.checked = values.includes(element.value);
    else if (values.length) element.value = values[0];
  }
  for (const field of photoFields(form)) {
    const kept = photos.filter((photo) => photo.field === field.dataset.photoField);
    if (kept.length) await setPhotos(field, kept, { isQuiet: true });
  }
  form.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true }));
}
