// Autosaves a form field by field and brings it back: after a reload, a closed browser or an expired session.
// <form data-draft="report" data-account="7" [data-draft-id]> with [data-draft-state] (a line that says how it stands)
// [data-draft-drop] (discards) and [data-draft-next] (leaves this one waiting and begins another). Photos come from photo.js. report_send.js sends what is kept here.

import { askToPersist, drop, draftsOf, keep, newKey, STATES, storageWarning } from "./draft_store.js";
import { setPhotos } from "./photo.js";

const SKIPPED = new Set(["csrfmiddlewaretoken", "next", "version", "key", "kept_photos", "kept_results"]);

export function say(form, draft) {
  const line = form.querySelector("[data-draft-state]");
  if (!line) return;
  line.dataset.state = draft.state;
  const at = new Date(draft.saved_at ?? Date.now()).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
  for (const button of form.querySelectorAll("[data-draft-drop]")) button.hidden = draft.state !== "draft" && draft.state !== "stuck";
  for (const button of form.querySelectorAll("[data-draft-next]")) button.hidden = draft.state !== "waiting";
  line.textContent = draft.reason ? `${STATES[draft.state]}：${draft.reason}` : `${STATES[draft.state]} · ${at} 已存在本机`;
}

function fieldsOf(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (SKIPPED.has(name) || value instanceof File) continue;
    (fields[name] ??= []).push(value);
  }
  return fields;
}

function fill(form, fields) {
  for (const element of form.elements) {
    if (!element.name || SKIPPED.has(element.name) || element.type === "file") continue;
    const values = fields[element.name] ?? [];
    if (/^(checkbox|radio)$/.test(element.type)) element.checked = values.includes(element.value);
    else if (values.length) element.value = values[0];
  }
  form.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true }));
}

const photoFields = (form) => [...form.querySelectorAll("[data-photo-field]")];

function titleOf(form) {
  const chosen = form.querySelector("input[name=matter_id]:checked:not([value=''])");
  return chosen?.closest("label")?.innerText.trim() || form.elements.title?.value || "未写完的上报";
}

export async function saveNow(form) {
  const photos = photoFields(form).flatMap((field) => field.photos.map((photo) => ({ ...photo, field: field.dataset.photoField })));
  const sentIds = new Map((form.draft.photos ?? []).map((photo) => [photo.id, photo.sent]));
  Object.assign(form.draft, {
    fields: fieldsOf(form),
    photos: photos.map((photo) => ({ ...photo, sent: sentIds.get(photo.id) ?? null })),
    title: titleOf(form),
    urls: { report: form.dataset.reportUrl, photos: form.dataset.photosUrl },
  });
  try {
    await keep(form.draft);
    form.draft.reason = await storageWarning();
  } catch {
    form.draft.reason = "本机存不下了，请先上传再关闭页面。";
  }
  say(form, form.draft);
}

function saveSoon(form) {
  // A draft that may already have reached the server is never changed under its key.
  if (form.draft.state === "waiting" || form.draft.state === "sending") return;
  if (form.draft.state === "stuck") Object.assign(form.draft, { id: newKey(), previous: form.draft.id, state: "draft", reason: "" });
  clearTimeout(form.saveTimer);
  form.saveTimer = setTimeout(async () => {
    await saveNow(form);
    if (form.draft.previous) {
      await drop(form.draft.previous);
      delete form.draft.previous;
    }
  }, 400);
}

function fresh(form) {
  return { id: newKey(), account: form.dataset.account, form: form.dataset.draft, state: "draft", reason: "", fields: {}, photos: [], tries: 0 };
}

export async function startAfresh(form) {
  form.reset();
  for (const field of photoFields(form)) await setPhotos(field, []);
  clearTimeout(form.saveTimer);
  form.draft = fresh(form);
  form.querySelector("[data-draft-state]").textContent = "";
  for (const button of form.querySelectorAll("[data-draft-drop], [data-draft-next]")) button.hidden = true;
  form.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true }));
  scrollTo({ top: 0 });
}

async function lastDraft(form) {
  const wanted = new URLSearchParams(location.search).get("draft");
  const drafts = await draftsOf(form.dataset.account);
  const open = drafts.filter((draft) => draft.form === form.dataset.draft && (draft.state === "draft" || draft.state === "stuck"));
  return open.find((draft) => draft.id === wanted) ?? open.pop();
}

async function start(form) {
  form.draft = fresh(form);
  try {
    const found = "draftFresh" in form.dataset ? undefined : await lastDraft(form);
    if (found) {
      form.draft = found;
      fill(form, found.fields);
      for (const field of photoFields(form)) {
        const kept = found.photos.filter((photo) => photo.field === field.dataset.photoField);
        if (kept.length) await setPhotos(field, kept);
      }
      say(form, found);
    }
  } catch {
    return; // no IndexedDB (private window): the form works as a plain form
  }
  form.dataset.draftReady = "";
  form.addEventListener("input", () => saveSoon(form));
  form.addEventListener("photos:changed", () => saveSoon(form));
  addEventListener("pagehide", () => form.draft.state === "draft" && form.saveTimer && saveNow(form));
  form.querySelector("[data-draft-drop]")?.addEventListener("click", async () => {
    await drop(form.draft.id);
    await startAfresh(form);
  });
  form.querySelector("[data-draft-next]")?.addEventListener("click", () => startAfresh(form));
  askToPersist();
}

document.querySelectorAll("form[data-draft]").forEach(start);
