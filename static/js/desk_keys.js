// Single-letter keys of the desk. Silent inside inputs, while Chinese is being composed, with modifiers, and when switched off.
// <ol data-desk-list><li data-row><input type=checkbox><a data-row-open data-row-preview="url">…</ol>
// Buttons and links name their own key: data-key="a". Queues: data-go="a" (pressed after g). Search: data-search.

const list = () => document.querySelector("[data-desk-list]");
const rows = () => [...(list()?.querySelectorAll("[data-row]:not([data-gone])") ?? [])];
const current = () => list()?.querySelector("[data-row][aria-current=true]") ?? null;
let isGoing = false;
let goTimer;

function isTyping(event) {
  const element = event.target;
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return true;
  if (element.isContentEditable || /^(TEXTAREA|SELECT)$/.test(element.tagName)) return true;
  return element.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(element.type);
}

function isOff() {
  return document.documentElement.dataset.shortcuts === "off" || document.querySelector("dialog[open]") !== null;
}

export function makeCurrent(row) {
  if (!row) return;
  for (const other of rows()) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  row.querySelector("[data-row-open]")?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  if (document.querySelector("[data-desk-preview]:not(:empty)")) preview(row);
}

function move(step) {
  const all = rows();
  const at = all.indexOf(current());
  makeCurrent(all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)]);
}

async function preview(row) {
  const pane = document.querySelector("[data-desk-preview]");
  const url = row?.querySelector("[data-row-preview]")?.dataset.rowPreview;
  if (pane && url) await window.htmx.ajax("GET", url, { source: pane, target: pane, swap: "innerHTML" });
}

function tick(row) {
  const box = row?.querySelector("input[type=checkbox]");
  if (box) box.click();
}

function press(key) {
  const named = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)];
  const element = named.find((one) => !one.disabled && one.getClientRects().length > 0);
  if (!element) return false;
  if (element.matches("input, select, textarea")) element.focus();
  else element.click();
  return true;
}

function go(letter) {
  document.querySelector(`[data-go="${CSS.escape(letter)}"]`)?.click();
}

function listenForQueue() {
  isGoing = true;
  clearTimeout(goTimer);
  goTimer = setTimeout(() => (isGoing = false), 1500);
}

const MOVES = {
  j: () => move(1),
  k: () => move(-1),
  x: () => tick(current()),
  g: listenForQueue,
  Enter: () => current()?.querySelector("[data-row-open]")?.click(),
  " ": () => preview(current()),
  "/": () => document.querySelector("[data-search]")?.focus(),
  "?": () => document.getElementById("shortcuts")?.showModal?.(),
};

function isOwnKey(event) {
  // Enter and space belong to a focused button or link, except to the row itself.
  const isActivation = event.key === "Enter" || event.key === " ";
  return isActivation && event.target.closest("button, a, input, summary, label") && !event.target.closest("[data-row-open]");
}

document.addEventListener("keydown", (event) => {
  if (isTyping(event) || isOff() || isOwnKey(event)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (isGoing && key.length === 1 && key !== "g") {
    isGoing = false;
    event.preventDefault();
    go(key);
  } else if (MOVES[key] && (list() || key === "?" || key === "g" || key === "/")) {
    event.preventDefault();
    MOVES[key]();
  } else if (/^[a-z]$/.test(key) && press(key)) {
    event.preventDefault();
  }
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-row]");
  if (row && row !== current()) {
    for (const other of rows()) other.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
  }
});
