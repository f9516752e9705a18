// Sends drafts: one request per photo, then the report under its key, so that any number of tries gives one report.
// <form data-draft data-report-url data-photos-url data-case-url="/cases/0/"> and [data-outbox data-account data-report-page],
// which lists what waits: [data-outbox-list], [data-outbox-count], [data-send-now]. [data-need=matter|result] are sentences
// shown when something is missing. Tries on opening, on "online", on becoming visible, and by timer.

import { saveNow, say } from "./draft.js";
import { drop, draftsOf, keep, STATES } from "./draft_store.js";
import { csrfToken } from "./large_text.js";

const KEEP_TRYING = new Set([401, 403, 408, 425, 429, 500, 502, 503, 504]);
const LONGEST_PAUSE = 55_000;

class Refused extends Error {}

async function post(url, { key, body, json }) {
  const headers = { "Idempotency-Key": key, "X-CSRFToken": csrfToken(), Accept: "application/json" };
  if (json) headers["Content-Type"] = "application/json";
  const answer = await fetch(url, { method: "POST", headers, body: json ? JSON.stringify(json) : body });
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  if (said.code === "not_permitted") throw new Refused(said.sentence);
  if (answer.status === 401 || answer.status === 403) throw new Error("登录已过期，重新登录后自动上传");
  if (KEEP_TRYING.has(answer.status)) throw new Error(said.sentence || "服务器忙，稍后自动再传");
  throw new Refused(said.sentence || `服务器没有接受（${answer.status}），请打开改一改再传`);
}

async function sendPhotos(draft) {
  for (const photo of draft.photos) {
    if (photo.sent) continue;
    const body = new FormData();
    body.append("photo", new File([photo.blob], photo.name, { type: "image/jpeg" }));
    body.append("kind", photo.field === "result_photos" ? "result" : "report");
    photo.sent = (await post(draft.urls.photos, { key: photo.id, body })).uid;
    await keep(draft);
  }
}

function reportOf(draft) {
  const given = Object.entries(draft.fields).map(([name, values]) => [name, values[0]]).filter(([, value]) => value !== "");
  const said = Object.fromEntries(given.filter(([name]) => !name.startsWith("ask-"))); // a matter's own questions apart
  const ask = `ask-${said.matter_id ?? ""}-`;
  said.answers = Object.fromEntries(given.filter(([name]) => name.startsWith(ask)).map(([name, value]) => [name.slice(ask.length), value]));
  const sent = (field) => draft.photos.filter((photo) => photo.field === field).map((photo) => photo.sent);
  return { ...said, outcome: draft.outcome ?? "send", photos: sent("photos"), result_photos: sent("result_photos") };
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
    draft.state = error instanceof Refused ? "stuck" : "waiting";
    draft.reason = error instanceof TypeError ? "没有网络，连上后自动上传" : error.message;
    await keep(draft);
    return null;
  }
}

export function send(draft) {
  // Two tabs never send the same draft together; the key would save us, the traffic would not.
  if (!navigator.locks) return sendLocked(draft);
  return navigator.locks.request(`send-${draft.id}`, () => sendLocked(draft));
}

const pauseAfter = (tries) => Math.min(5000 * 2 ** tries, LONGEST_PAUSE);

function missing(form, outcome) {
  const isNamed = form.querySelector("input[name=matter_id]:checked:not([value=''])") || form.elements.title.value.trim();
  const need = !isNamed ? "matter" : outcome === "solved" && !form.elements.result.value.trim() ? "result" : "";
  for (const line of form.querySelectorAll("[data-need]")) line.hidden = line.dataset.need !== need;
  const line = need && form.querySelector(`[data-need=${need}]`);
  line?.scrollIntoView?.({ block: "center" });
  return Boolean(need);
}

async function trySending(form, draft) {
  const said = await send(draft);
  if (said) return location.assign(form.dataset.caseUrl.replace("/0/", `/${said.id}/`));
  if (form.draft === draft) say(form, draft);
  form.querySelector("[data-draft-state]").scrollIntoView({ block: "center" });
  clearTimeout(form.sendTimer);
  if (draft.state === "waiting") form.sendTimer = setTimeout(() => trySending(form, draft), pauseAfter(draft.tries));
}

async function submit(form, outcome) {
  const draft = form.draft;
  if (missing(form, outcome) || draft.state === "sending") return;
  clearTimeout(form.saveTimer);
  Object.assign(draft, { state: "sending", reason: "", outcome });
  await saveNow(form);
  await trySending(form, draft);
}

for (const form of document.querySelectorAll("form[data-draft][data-report-url]")) {
  form.addEventListener("submit", (event) => {
    if (!("draftReady" in form.dataset)) return; // no IndexedDB: a plain form post
    event.preventDefault();
    submit(form, event.submitter?.value ?? "send");
  });
  form.querySelector("[data-open]")?.addEventListener("click", (event) => {
    const details = document.getElementById(event.target.dataset.open);
    details.open = true;
    details.querySelector("textarea").focus();
  });
  addEventListener("online", () => form.draft?.state === "waiting" && trySending(form, form.draft));
}

function line(draft, page) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = `${page}?draft=${draft.id}`;
  link.textContent = draft.title;
  item.className = "draft";
  item.dataset.state = draft.state;
  const canOpen = draft.state === "draft" || draft.state === "stuck";
  item.append(canOpen ? link : draft.title, ` ${STATES[draft.state]}${draft.reason ? `：${draft.reason}` : ""}`);
  return item;
}

async function showOutbox(outbox) {
  const drafts = await draftsOf(outbox.dataset.account);
  outbox.hidden = drafts.length === 0;
  outbox.querySelector("[data-outbox-count]").textContent = String(drafts.length);
  outbox.querySelector("[data-outbox-list]").replaceChildren(...drafts.map((draft) => line(draft, outbox.dataset.reportPage)));
  const waiting = drafts.filter((draft) => draft.state === "waiting" || draft.state === "sending");
  outbox.querySelector("[data-send-now]").hidden = waiting.length === 0;
  return waiting;
}

async function emptyOutbox(outbox) {
  for (const draft of await showOutbox(outbox)) await send(draft);
  const left = await showOutbox(outbox);
  clearTimeout(outbox.timer);
  const tries = Math.max(0, ...left.map((draft) => draft.tries));
  if (left.length) outbox.timer = setTimeout(() => emptyOutbox(outbox), pauseAfter(tries));
}

for (const outbox of document.querySelectorAll("[data-outbox]")) {
  const again = () => emptyOutbox(outbox).catch(() => undefined);
  again();
  addEventListener("online", again);
  document.addEventListener("visibilitychange", () => document.hidden || again());
  outbox.querySelector("[data-send-now]")?.addEventListener("click", again);
}
