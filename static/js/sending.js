// Sends one draft: a request for each photo, then the report under its key, so that any number of tries gives one report.
// The draft is read afresh under a lock that all tabs share: what another tab has sent or taken back is not sent here.

import { drop, find, keep, tell } from "./draft_store.js";
import { csrfToken } from "./large_text.js";

const KEEP_TRYING = new Set([401, 403, 408, 425, 429, 500, 502, 503, 504]);
const LONGEST_REQUEST = 120_000;

class Refused extends Error {
  constructor(data, status) {
    super(data.sentence || `服务器没有接受（${status}），请打开改一改再传`);
    this.first = data.code === "key_reused" && data.details?.url ? data.details : undefined;
  }
}

async function post(url, { key, body, json }) {
  const headers = { "Idempotency-Key": key, "X-CSRFToken": csrfToken(), Accept: "application/json" };
  if (json) headers["Content-Type"] = "application/json";
  const signal = AbortSignal.timeout?.(LONGEST_REQUEST);
  const answer = await fetch(url, { method: "POST", headers, body: json ? JSON.stringify(json) : body, signal });
  const data = await answer.json().catch(() => ({}));
  if (answer.ok) return data;
  if (data.code === "not_permitted") throw new Refused(data, answer.status);
  if (answer.status === 401 || answer.status === 403) throw new Error("登录已过期，重新登录后自动上传");
  if (KEEP_TRYING.has(answer.status)) throw new Error(data.sentence || "服务器忙，稍后自动再传");
  throw new Refused(data, answer.status);
}

async function sendPhotos(draft, url) {
  for (const photo of draft.photos) {
    if (photo.sent) continue;
    const body = new FormData();
    body.append("photo", new File([photo.blob], photo.name, { type: "image/jpeg" }));
    body.append("kind", photo.field === "result_photos" ? "result" : "report");
    photo.sent = (await post(url, { key: photo.id, body })).uid;
    await keep(draft);
  }
}

function reportOf(draft) {
  const given = Object.entries(draft.fields).map(([name, values]) => [name, values[0]]).filter(([, value]) => value !== "");
  const fields = Object.fromEntries(given.filter(([name]) => !name.startsWith("ask-"))); // a matter's own questions apart
  const ask = `ask-${fields.matter_id ?? ""}-`;
  fields.answers = Object.fromEntries(given.filter(([name]) => name.startsWith(ask)).map(([name, value]) => [name.slice(ask.length), value]));
  if (draft.fields.called?.length) fields.called = draft.fields.called; // the one field with several values
  const sent = (field) => draft.photos.filter((photo) => photo.field === field).map((photo) => photo.sent);
  if (draft.written_at) fields.written_at = draft.written_at;
  return { ...fields, outcome: draft.outcome ?? "send", photos: sent("photos"), result_photos: sent("result_photos") };
}

function wordsOf(error) {
  if (error instanceof TypeError) return "没有网络，连上后自动上传";
  return error.name === "TimeoutError" ? "网络太慢，稍后自动再传" : error.message;
}

async function sendLocked(id, elsewhere) {
  const draft = await find(id);
  if (!draft || (draft.state !== "waiting" && draft.state !== "sending")) return draft;
  Object.assign(draft, { state: "sending", reason: "", tries: draft.tries + 1 });
  await keep(draft);
  tell(draft);
  try {
    const urls = elsewhere ?? draft.urls;
    await sendPhotos(draft, urls.photos);
    draft.answer = await post(urls.report, { key: draft.id, json: reportOf(draft) });
    draft.state = "sent";
    await drop(draft.id);
  } catch (error) {
    draft.state = error instanceof Refused ? "stuck" : "waiting";
    draft.reason = wordsOf(error);
    draft.first = error.first;
    draft.isOffline = error instanceof TypeError;
    await keep(draft);
  }
  tell(draft);
  return draft;
}

function alone(id, act) {
  return navigator.locks ? navigator.locks.request(`send-${id}`, act) : act();
}

// Returns the draft as it is afterwards, or undefined if another tab has sent it. It goes to its own addresses, or to
// those that are given.
export function send(id, urls) {
  return alone(id, () => sendLocked(id, urls));
}

// Makes a draft again of what has been handed over, unless it was sent meanwhile. It keeps its key: if the platform has
// it already, what is changed now is refused with the number of the first, and nothing is reported twice.
export function takeBack(id) {
  return alone(id, async () => {
    const draft = await find(id);
    if (!draft || draft.state === "draft") return draft;
    Object.assign(draft, { state: "draft", reason: "" });
    await keep(draft);
    tell(draft);
    return draft;
  });
}

// Hands a draft over as it was written.
export async function handOver(id, urls) {
  await alone(id, async () => {
    const draft = await find(id);
    if (draft?.state === "draft" || draft?.state === "stuck") await keep({ ...draft, state: "waiting", reason: "" });
  });
  return send(id, urls);
}
