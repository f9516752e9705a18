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

function mark(row) {
  for (const other of list().querySelectorAll("[data-row][aria-current]")) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
}

export function makeCurrent(row) {
  if (!row) return;
  mark(row);
  row.querySelector("[data-row-open]")?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  if (document.querySelector("[data-desk-preview]:not(:empty)")) preview(row);
}

function move(step) {
  const all = rows();
  const at = all.indexOf(current());
  makeCurrent(all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)]);
}

const IN_PANE = { swapStyle: "innerHTML", swapDelay: 0, settleDelay: 0 };
const NOT_LOADED = '<p class="state" role="alert">预览没有载入，请检查网络后再按空格。</p>';
let asked = 0;

// The last row asked for wins, however late an earlier answer comes.
export async function preview(row) {
  const pane = document.querySelector("[data-desk-preview]");
  const url = row?.querySelector("[data-row-preview]")?.dataset.rowPreview;
  if (!pane || !url) return;
  const mine = (asked += 1);
  let piece = NOT_LOADED;
  try {
    piece = await (await fetch(url, { headers: { "HX-Request": "true", Accept: "text/html" } })).text();
  } catch {
    // No network: the pane says so, and the list stays.
  }
  if (mine === asked) window.htmx.swap(pane, piece, IN_PANE);
}

function tick(row) {
  const box = row?.querySelector("input[type=checkbox]");
  if (box) box.click();
}

const ticked = () => list()?.querySelectorAll(".check-many:checked").length ?? 0;

// With ticked rows a letter means all of them, or nothing: never the one case in the pane.
function pressForMany(key) {
  const button = document.querySelector(`[data-many-key="${CSS.escape(key)}"]`);
  if (button?.matches("summary")) {
    button.parentElement.open = true;
    button.parentElement.querySelector("input[type=search], select, textarea")?.focus();
  } else if (button) {
    button.click();
  } else if (document.querySelector(`[data-key="${CSS.escape(key)}"]`)) {
    say(`已勾选 ${ticked()} 件，这个键一次只能办一件。先取消勾选。`);
  }
}

function say(words) {
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.textContent = words;
  document.getElementById("toasts")?.replaceChildren(toast);
  setTimeout(() => toast.remove(), 5000);
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
  // In a box, Enter would send the whole form with its first button.
  if (event.key === "Enter" && event.target.matches?.(".check-many, .row-check")) event.preventDefault();
  if (isTyping(event) || isOff() || isOwnKey(event)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (isGoing && key.length === 1 && key !== "g") {
    isGoing = false;
    event.preventDefault();
    go(key);
  } else if (MOVES[key] && (list() || key === "?" || key === "g" || key === "/")) {
    event.preventDefault();
    MOVES[key]();
  } else if (/^[a-z]$/.test(key) && ticked()) {
    event.preventDefault();
    pressForMany(key);
  } else if (/^[a-z]$/.test(key) && press(key)) {
    event.preventDefault();
  }
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-row]");
  if (row && row !== current()) mark(row);
});
