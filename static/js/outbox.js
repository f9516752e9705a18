// What waits on this device, on every page of whoever writes reports: sends all of it, one after the other, on opening,
// on "online", on becoming visible and by timer. It never leads away from the page.
// [data-outbox data-account data-report-page] with [data-outbox-list], [data-outbox-head], [data-send-now];
// [data-whole]: shows drafts too; [data-left]: the account has no grid, what is written is sent as it stands;
// [data-report-url] [data-photos-url]: the account is closed, and its phone hands in at these addresses.

import { draftsOf, forgetWords, isOpen, keep, STATES } from "./draft_store.js";
import { handOver, send } from "./sending.js";

const LONGEST_PAUSE = 55_000;
const pauseAfter = (times) => Math.min(5000 * 2 ** times, LONGEST_PAUSE);
const outbox = document.querySelector("[data-outbox]");
const done = new Map(); // what was sent while this page is open
let isSending = false;
let isAskedAgain = false;
let rounds = 0; // of this page in vain
let timer;

const { reportUrl, photosUrl } = outbox?.dataset ?? {};
const urls = reportUrl && { report: reportUrl, photos: photosUrl };

const isHere = (draft) => document.querySelector("form[data-draft]")?.draft?.id === draft.id;
const waits = (draft) => draft.state === "waiting" || draft.state === "sending";

function element(name, text, more = {}) {
  return Object.assign(document.createElement(name), { textContent: text }, more);
}

function asItStands(draft) {
  const button = element("button", "照原样上报", { type: "button", className: "button" });
  button.addEventListener("click", async () => {
    await keep(draft);
    forgetWords(draft.id);
    await handOver(draft.id, urls);
  });
  return button;
}

function line(draft) {
  const item = element("li", "", { className: "draft" });
  item.dataset.state = draft.state;
  const page = `${outbox.dataset.reportPage}?draft=${draft.id}`;
  const canOpen = draft.state !== "sending" && !("left" in outbox.dataset) && draft.form === "report";
  item.append(canOpen ? element("a", draft.title, { href: page }) : draft.title);
  item.append(` ${STATES[draft.state]}${draft.reason ? `：${draft.reason}` : ""} `);
  if (draft.first) item.append(element("a", `看 ${draft.first.number}`, { href: draft.first.url }));
  if (isOpen(draft) && "left" in outbox.dataset) item.append(asItStands(draft));
  return item;
}

function lineOfSent({ title, answer }) {
  const item = element("li", "", { className: "draft" });
  item.dataset.state = "sent";
  const link = element("a", `已上报 ${answer.number}`, { href: outbox.dataset.casePage.replace("/0/", `/${answer.id}/`) });
  item.append(`${title} `, answer.told || answer.sentence || link);
  return item;
}

async function show() {
  const drafts = (await draftsOf(outbox.dataset.account)).filter((draft) => !isHere(draft));
  const shown = "whole" in outbox.dataset ? drafts : drafts.filter((draft) => draft.state !== "draft");
  const waiting = drafts.filter(waits);
  outbox.hidden = shown.length + done.size === 0;
  outbox.querySelector("[data-outbox-head]").textContent = shown.length ? `本机 ${shown.length} 件未上传` : "都已上传";
  outbox.querySelector("[data-outbox-list]").replaceChildren(...[...done.values()].map(lineOfSent), ...shown.map(line));
  outbox.querySelector("[data-send-now]").hidden = waiting.length === 0;
}

async function sendAll() {
  for (const draft of (await draftsOf(outbox.dataset.account)).filter(waits)) {
    const after = await send(draft.id, urls);
    if (after?.isOffline) break; // the next would meet the same
  }
}

async function empty() {
  isAskedAgain = isSending;
  if (isSending) return;
  isSending = true;
  clearTimeout(timer);
  try {
    await sendAll();
    await show();
    const left = (await draftsOf(outbox.dataset.account)).filter(waits);
    if (left.length) timer = setTimeout(empty, pauseAfter(rounds));
    rounds = left.length ? rounds + 1 : 0;
  } catch {
    // No IndexedDB (private window): nothing waits here.
  }
  isSending = false;
  if (isAskedAgain) empty();
}

// The first moments of a network are often none.
function onceOnline() {
  rounds = 0;
  empty();
  setTimeout(empty, 2000);
}

function hear({ detail }) {
  if (detail.account !== outbox.dataset.account) return;
  if (detail.state === "sent" && !isHere(detail)) done.set(detail.id, detail);
  if (detail.state === "waiting" && !isSending) {
    clearTimeout(timer);
    timer = setTimeout(empty, pauseAfter(rounds));
  }
  show().catch(() => undefined);
}

if (outbox) {
  empty();
  addEventListener("online", onceOnline);
  addEventListener("draft:moved", hear);
  addEventListener("draft:restored", () => show().catch(() => undefined)); // the form on this page holds another one now
  document.addEventListener("visibilitychange", () => document.hidden || empty());
  outbox.querySelector("[data-send-now]").addEventListener("click", empty);
}
