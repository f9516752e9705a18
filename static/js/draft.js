// Autosaves a form field by field and brings it back: after a reload, a closed browser or an expired session.
// <form data-draft="report" data-account="7"> with the lines and buttons of draft_face.js. Every word is jotted at once and
// saved within a second, also while one types on; on leaving a field and on hiding the page it is saved now. Photos come
// from photo.js; report_send.js sends what is kept here. A form holds its draft: no other tab writes the same one.

import { show } from "./draft_face.js";
import { fieldsOf, fill, gather, offersAll, photoFields } from "./draft_fields.js";
import { askToPersist, draftsOf, drop, forgetWords, hold, isOpen, jot, keep, letGo, newKey, storageWarning } from "./draft_store.js";
import { setPhotos } from "./photo.js";

const PAUSE = 800;
const ELSEWHERE = "这份草稿正在另一个页面里写，请到那个页面接着写；这里可以写新的一件。";
const AS_WRITTEN = "这份草稿按先前的网格或清单写成。点“上报”，照写的时候的样子上报；要改请点“修改”，再选一次。";

// Returns whether it is kept.
export async function saveNow(form) {
  const { draft } = form;
  clearTimeout(form.saveTimer);
  form.saveTimer = null;
  if (!draft.isAsWritten) Object.assign(draft, gather(form));
  form.hasNewWords = false;
  try {
    await keep(draft);
    if (!form.hasNewWords) forgetWords(draft.id);
    draft.saved_at = Date.now();
    if (draft.state === "draft") draft.reason = await storageWarning();
  } catch {
    draft.reason = "本机存不下了，请先上传再关闭页面。";
    return false;
  } finally {
    if (form.draft === draft) show(form);
  }
  return true;
}

function saveSoon(form) {
  const { draft } = form;
  if (!isOpen(draft) || draft.isAsWritten) return;
  if (!draft.first) draft.state = "draft";
  draft.written_at = new Date().toISOString();
  form.hasNewWords = true;
  jot(draft, fieldsOf(form));
  form.saveTimer ??= setTimeout(() => saveNow(form), PAUSE);
}

function fresh(form) {
  const urls = { report: form.dataset.reportUrl, photos: form.dataset.photosUrl };
  const draft = { id: newKey(), account: form.dataset.account, form: form.dataset.draft, title: "未写完的上报", urls };
  return { ...draft, state: "draft", reason: "", fields: {}, photos: [], tries: 0 };
}

function begin(form) {
  letGo(form.draft?.id);
  form.draft = fresh(form);
  hold(form.draft.id); // nobody else knows this key yet
}

// All at once: what is typed from the next moment on belongs to the new one.
export function startAfresh(form) {
  clearTimeout(form.saveTimer);
  form.saveTimer = null;
  begin(form);
  form.reset();
  for (const field of photoFields(form)) setPhotos(field, [], { isQuiet: true });
  show(form);
  form.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true }));
  scrollTo({ top: 0 });
}

// The same words as another report: a key of its own, and photos that are sent again.
export async function reportAnew(form) {
  const old = form.draft.id;
  letGo(old);
  for (const field of photoFields(form)) field.photos = field.photos.map((photo) => ({ ...photo, id: newKey() }));
  Object.assign(form.draft, { id: newKey(), state: "draft", reason: "", first: undefined, photos: [], tries: 0 });
  await hold(form.draft.id);
  if (await saveNow(form)) await drop(old);
}

async function lastDraft(form) {
  const wanted = new URLSearchParams(location.search).get("draft");
  const drafts = (await draftsOf(form.dataset.account)).filter((draft) => draft.form === form.dataset.draft);
  const asked = drafts.find((draft) => draft.id === wanted);
  for (const draft of [asked, ...drafts.filter(isOpen).reverse()]) if (draft && (await hold(draft.id))) return draft;
  begin(form);
  if (asked) form.draft.reason = ELSEWHERE;
  return undefined;
}

async function bringBack(form, found) {
  form.draft = found;
  found.isAsWritten = !offersAll(form, found.fields);
  if (found.isAsWritten && isOpen(found)) found.reason ||= AS_WRITTEN;
  await fill(form, found);
}

async function start(form) {
  try {
    const found = "draftFresh" in form.dataset ? begin(form) : await lastDraft(form);
    if (found) await bringBack(form, found);
  } catch {
    return; // no IndexedDB (private window): the form works as a plain form
  }
  form.dataset.draftReady = "";
  const now = () => form.saveTimer && saveNow(form);
  form.addEventListener("input", () => saveSoon(form));
  form.addEventListener("photos:changed", () => saveSoon(form));
  form.addEventListener("focusout", now);
  document.addEventListener("visibilitychange", () => document.hidden && now());
  addEventListener("pagehide", () => {
    now();
    letGo(form.draft.id);
  });
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  show(form);
  askToPersist();
}

document.querySelectorAll("form[data-draft]").forEach(start);
