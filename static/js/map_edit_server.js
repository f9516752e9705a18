// The plan on the server, which is the truth: a finished gesture is one POST that names the version it was drawn on, one at
// a time. What it learns it tells the map element as events: "edit:loaded" {features, outlines}, "edit:changed" {features,
// removed, sentence}, "edit:state" {can_undo, can_redo, findings}, "edit:busy" true or false.
// Element: data-map-url, data-change-url, data-findings-url, data-before-url. [data-edit-say] is the live region.

import { newKey } from "./draft_store.js";
import { csrfToken } from "./large_text.js";

const NO_NETWORK = "没有连上服务器，这一步没有保存。请检查网络后再试。";
const PAUSE = 400;
// A new border ends on the edge of a neighbour, which then gets a node there: the whole map is read again.
const SHAPING = new Set(["create", "redraw", "split", "merge", "retire", "undo", "redo"]);
const UNCLEAR = "服务器没有办成这一步，地图已回到保存的样子。请再试一次。";

export class Refused extends Error {
  constructor({ status, sentence, field }) {
    super(sentence);
    Object.assign(this, { status, field });
  }
}

export function say(sentence, kind = "") {
  for (const line of document.querySelectorAll("[data-edit-say]")) {
    line.dataset.kind = kind;
    line.textContent = sentence;
  }
}

// A step whose answer got lost is asked for once more under the same key, and the server answers as it did then.
async function fetchTwice(url, options) {
  try {
    return await fetch(url, options);
  } catch {
    await new Promise((resume) => setTimeout(resume, PAUSE));
    return fetch(url, options).catch(() => {
      throw new Refused({ status: 0, sentence: NO_NETWORK });
    });
  }
}

async function ask(url, words) {
  const headers = { Accept: "application/geo+json, application/json" };
  const writing = { "Content-Type": "application/json", "X-CSRFToken": csrfToken(), "Idempotency-Key": newKey() };
  if (words) Object.assign(headers, writing);
  const answer = await fetchTwice(url, { headers, ...(words && { method: "POST", body: JSON.stringify(words) }) });
  const data = await answer.json().catch(() => ({}));
  if (answer.ok) return data;
  throw new Refused({ status: answer.status, sentence: data.sentence ?? data.detail ?? UNCLEAR, field: data.field });
}

export function connect(element) {
  const urls = element.dataset;
  const known = new Map(); // the features as the server last told them, by key
  let outlines = null;
  let version = 0;
  let last = Promise.resolve(); // the step before, which the next one waits for
  const tell = (name, detail) => element.dispatchEvent(new CustomEvent(`edit:${name}`, { detail }));

  function hold(busy) {
    element.toggleAttribute("data-busy", busy);
    tell("busy", busy);
  }

  function restore() {
    tell("loaded", { features: [...known.values()], outlines });
  }

  async function load() {
    const data = await ask(urls.mapUrl);
    version = data.version;
    outlines = data.outlines;
    known.clear();
    for (const feature of data.features) known.set(feature.id, feature);
    restore();
    tell("state", data);
  }

  function learn(data) {
    version = data.version;
    for (const key of data.removed ?? []) known.delete(key);
    for (const feature of data.features ?? []) known.set(feature.id, feature);
    tell("changed", data);
    tell("state", data);
    say(data.sentence ?? "已保存。", "ok");
  }

  async function takeBack(error) {
    restore();
    if (error.status) await load().catch(() => {});
    say(error.message, "late");
  }

  // Resolves to the server's answer, or to null when it was refused (which is told) and the map is back where it was.
  function change(verb, words = {}, refused = () => {}) {
    last = last.then(() => take(verb, words, refused));
    return last;
  }

  async function take(verb, words, refused) {
    hold(true);
    try {
      const data = await ask(urls.changeUrl, { verb, version, ...words });
      learn(data);
      if (SHAPING.has(verb)) await load().catch(() => {});
      return data;
    } catch (error) {
      await takeBack(error);
      refused(error);
      return null;
    } finally {
      hold(false);
    }
  }

  return {
    load,
    change,
    before: () => ask(urls.beforeUrl),
    findings: () => ask(urls.findingsUrl),
  };
}
