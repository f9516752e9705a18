// The list stays while cases move: what was just done is marked, the next case opens by itself, undo brings it back.
// Listens to "case-moved" {pk, version, status, word, undone}, sent with the answer to a verb said in the pane.

import { makeCurrent, preview } from "./desk_keys.js";

const WIDE = matchMedia("(min-width: 80em)");
const pane = () => document.querySelector("[data-desk-preview]");
const list = () => document.querySelector("[data-desk-list]");
const rowOf = (pk) => list()?.querySelector(`[data-row="${CSS.escape(String(pk))}"]`);
const placeKey = `desk:${location.pathname}${location.search}`;

function open(row) {
  makeCurrent(row);
  if (pane().childElementCount === 0) preview(row);
}

function afterThis(row) {
  const all = [...list().querySelectorAll("[data-row]")];
  const at = all.indexOf(row);
  const waiting = (one) => !("gone" in one.dataset);
  return all.slice(at + 1).find(waiting) ?? all.slice(0, at).reverse().find(waiting);
}

function sayAllDone() {
  const line = document.createElement("p");
  line.className = "state";
  line.textContent = "这一页都办完了。刷新列表看下一批。";
  pane().replaceChildren(line);
}

function moved({ pk, version, status, word, undone }) {
  const row = rowOf(pk);
  if (!row) return;
  const cell = row.querySelector(".row-status");
  cell.textContent = word;
  cell.dataset.status = status;
  const box = row.querySelector(".check-many");
  if (box) {
    box.value = `${pk}:${version}`;
    box.checked = false;
    box.disabled = !undone;
    count();
  }
  row.dataset.pick = `${pk}:${version}`;
  if (undone) delete row.dataset.gone;
  else row.dataset.gone = "";
  const next = undone ? row : afterThis(row);
  // The pane still holds the old form while the answer is being swapped in.
  setTimeout(() => (next ? open(next) : sayAllDone()), 0);
}

// What somebody else has done: the row is drawn anew where it stands. What is open in the pane is shown anew, unless a
// form stands there; focus, place and the ticks of other rows stay.
function changed(rows) {
  for (const [pk, markup] of Object.entries(rows)) {
    const old = rowOf(pk);
    if (!old) continue;
    const drawn = markup && new DOMParser().parseFromString(markup, "text/html").querySelector("[data-row]");
    if (!drawn) {
      old.dataset.gone = "";
      delete old.dataset.pick;
      old.querySelector(".row-status").textContent = "已不在您的范围";
      continue;
    }
    const isCurrent = old.getAttribute("aria-current") === "true";
    const isFocused = old.contains(document.activeElement);
    const box = drawn.querySelector(".check-many");
    if (box) box.disabled = "gone" in drawn.dataset;
    old.replaceWith(drawn);
    if (isCurrent) drawn.setAttribute("aria-current", "true");
    if (isFocused) drawn.querySelector("[data-row-open]").focus({ preventScroll: true });
    const shown = pane()?.querySelector("[data-preview]");
    if (shown?.dataset.preview === pk && !pane().querySelector("[data-desk-form]")) preview(drawn);
  }
  count();
}

function count() {
  const shown = document.querySelector("[data-many-count]");
  if (shown) shown.textContent = String(list()?.querySelectorAll(".check-many:checked").length ?? 0);
}

function openInPane(event) {
  const link = event.target.closest?.("[data-row-open]");
  // A pressed Enter has no click count and opens the page; a click beside a pane previews.
  if (!link || event.detail === 0 || !WIDE.matches || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const row = link.closest("[data-row]");
  makeCurrent(row);
  preview(row);
}

function focusForm() {
  const form = pane()?.querySelector("[data-desk-form]");
  if (form && !pane().querySelector("[autofocus]")) form.querySelector("select, textarea, input:not([type=hidden])")?.focus();
}

// What was typed stays in the pane and the keys go back to the list; an untouched form closes.
function leave(form) {
  const isTyped = [...form.querySelectorAll("textarea, input")].some((one) => one.value !== one.defaultValue);
  if (!isTyped) form.querySelector("[data-desk-back]").click();
  const here = list()?.querySelector("[data-row][aria-current=true] [data-row-open]");
  here?.focus({ preventScroll: true });
}

function rememberPlace(event) {
  const row = event.target.closest?.("[data-row]");
  if (row) sessionStorage.setItem(placeKey, row.dataset.row);
}

function start() {
  document.body.addEventListener("case-moved", (event) => moved(event.detail));
  document.addEventListener("rows-changed", (event) => changed(event.detail));
  document.addEventListener("htmx:afterSettle", focusForm);
  document.addEventListener("click", openInPane);
  document.addEventListener("focusin", rememberPlace);
  document.addEventListener("change", (event) => event.target.matches(".check-many") && count());
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("[data-desk-form]");
    if (event.key === "Escape" && form && !event.isComposing) leave(form);
  });
  document.querySelector("[data-many-none]")?.addEventListener("click", () => {
    for (const box of list()?.querySelectorAll(".check-many:checked") ?? []) box.checked = false;
    count();
  });
  document.querySelector("[data-many-all]")?.addEventListener("click", () => {
    for (const box of list()?.querySelectorAll(".check-many") ?? []) box.checked = true;
    count();
  });
  for (const select of document.querySelectorAll(".desk-filters select")) {
    select.addEventListener("change", () => select.form.requestSubmit());
  }
  if (!pane()) return;
  const row = rowOf(sessionStorage.getItem(placeKey) ?? "") ?? list()?.querySelector("[data-row]");
  if (row && WIDE.matches) open(row);
}

if (list() || pane()) start();
