// Sends drafts: one request per photo, then the report under its key, so that any number of tries gives one report.
// Works on <form data-draft data-report-url data-photos-url> and on [data-outbox data-account], which lists what waits:
// [data-outbox-list], [data-outbox-count], [data-send-now]. Tries on opening, on "online", on becoming visible, by timer.

import { saveNow, say } from "./draft.js";
import { drop, draftsOf, keep, STATES } from "./draft_store.js";
import { csrfToken } from "./large_text.js";

const KEEP_TRYING = new Set([401, 403, 408, 425, 429, 500, 502, 503, 504]);

class Refused extends Error {}

async function post(url, { key, body, json }) {
  const headers = { "Idempotency-Key": key, "X-CSRFToken": csrfToken(), Accept: "application/json" };
  if (json) headers["Content-Type"] = "application/json";
  const answer = await fetch(url, { method: "POST", headers, body: json ? JSON.stringify(json) : body });
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  const sentence = said.sentence ?? said.error?.sentence ?? said.detail ?? "";
  if (answer.status === 401 || answer.status === 403) throw new Error(sentence || "登录已过期，重新登录后自动上传");
  if (KEEP_TRYING.has(answer.status)) throw new Error(sentence || "服务器忙，稍后自动再传");
  throw new Refused(sentence || `服务器没有接受（${answer.status}），请打开改一改再传`);
}

async function sendPhotos(draft) {
  for (const photo of draft.photos) {
    if (photo.sent) continue;
    const body = new FormData();
    body.append("photo", new File([photo.blob], photo.name, { type: "image/jpeg" }));
    const said = await post(draft.urls.photos, { key: photo.id, body });
    photo.sent = said.id;
    await keep(draft);
  }
}

function reportOf(draft) {
  const single = ([name, values]) => [name, values.length > 1 ? values : values[0]];
  return { ...Object.fromEntries(Object.entries(draft.fields).map(single)), photos: draft.photos.map((photo) => photo.sent) };
}

async function sendLocked(draft) {
  Object.assign(draft, { state: "sending", reason: "", tries: draft.tries + 1 });
  await keep(draft);
  try {
    await sendPhotos(draft);
    const said = await post(draft.urls.report, { key: draft.id, json: reportOf(draft) });
    draft.state = "sent";
    await drop(draft.id);
    return said;
  } catch (error) {
    const isOffline = error instanceof TypeError;
    draft.state = error instanceof Refused ? "stuck" : "waiting";
    draft.reason = isOffline ? "没有网络，连上后自动上传" : error.message;
    await keep(draft);
    return null;
  }
}

export function send(draft) {
  // Two tabs never send the same draft together; the key would save us, the traffic would not.
  if (!navigator.locks) return sendLocked(draft);
  return navigator.locks.request(`send-${draft.id}`, () => sendLocked(draft));
}

async function submit(form) {
  clearTimeout(form.saveTimer);
  await saveNow(form);
  form.draft.state = "waiting";
  say(form, form.draft);
  const said = await send(form.draft);
  say(form, form.draft);
  if (said?.url) location.assign(said.url);
  else if (form.draft.state === "waiting" && form.dataset.homeUrl) location.assign(form.dataset.homeUrl);
  else form.querySelector("[data-draft-state]")?.scrollIntoView({ block: "center" });
}

for (const form of document.querySelectorAll("form[data-draft][data-report-url]")) {
  form.addEventListener("submit", (event) => {
    if (!("draftReady" in form.dataset)) return; // no IndexedDB: a plain form post
    event.preventDefault();
    const name = event.submitter?.name;
    if (name && form.elements[name]?.type === "hidden") form.elements[name].value = event.submitter.value;
    submit(form);
  });
}

function line(draft) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = `${draft.form === "report" ? "/report/" : location.pathname}?draft=${draft.id}`;
  link.textContent = draft.title;
  item.className = "draft";
  item.dataset.state = draft.state;
  item.append(link, ` ${STATES[draft.state]}${draft.reason ? `：${draft.reason}` : ""}`);
  return item;
}

async function showOutbox(outbox) {
  const drafts = await draftsOf(outbox.dataset.account);
  outbox.hidden = drafts.length === 0;
  outbox.querySelector("[data-outbox-count]").textContent = String(drafts.length);
  outbox.querySelector("[data-outbox-list]").replaceChildren(...drafts.map(line));
  return drafts.filter((draft) => draft.state === "waiting" || draft.state === "sending");
}

async function emptyOutbox(outbox) {
  for (const draft of await showOutbox(outbox)) await send(draft);
  const left = await showOutbox(outbox);
  clearTimeout(outbox.timer);
  const tries = Math.max(0, ...left.map((draft) => draft.tries));
  if (left.length) outbox.timer = setTimeout(() => emptyOutbox(outbox), Math.min(5000 * 2 ** tries, 55_000));
}

for (const outbox of document.querySelectorAll("[data-outbox]")) {
  const again = () => emptyOutbox(outbox).catch(() => undefined);
  again();
  addEventListener("online", again);
  document.addEventListener("visibilitychange", () => document.hidden || again());
  outbox.querySelector("[data-send-now]")?.addEventListener("click", again);
}
