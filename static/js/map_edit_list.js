// The grids in a list beside the map: the same grids, for the keyboard. Up and down move, what has the focus is chosen.
// <ul data-edit-list> of <li data-row="key">: a link [data-row-link] and a box [data-row-tick]; <template data-row-template>
// makes rows for new grids. Only the current row is in the tab order, so that Tab leaves the list.

import { STATES } from "./map_edit_style.js";

const sizeOf = (squareMetres) => (squareMetres ? `${Math.round(squareMetres).toLocaleString("zh-CN")} 平方米` : "无边界");
const list = () => document.querySelector("[data-edit-list]");
const rows = () => [...list().querySelectorAll("[data-row]")];
const rowOf = (key) => list().querySelector(`[data-row="${CSS.escape(key)}"]`);

function inOrder(a, b) {
  const [one, other] = [a, b].map((feature) => `${feature.get("village_code")} ${feature.get("code") || "~"} ${feature.get("name")}`);
  return one.localeCompare(other, "zh-CN");
}

function newRow(key, pageUrl) {
  const row = document.querySelector("[data-row-template]").content.firstElementChild.cloneNode(true);
  row.dataset.row = key;
  const link = row.querySelector("[data-row-link]");
  link.href = `${pageUrl}&grid=${encodeURIComponent(key)}`;
  const tick = row.querySelector("[data-row-tick]");
  if (tick) tick.value = key;
  return row;
}

function write(row, feature) {
  const name = feature.get("name");
  const state = feature.get("state");
  row.dataset.find = `${name}|${feature.get("code") ?? ""}|${feature.get("village") ?? ""}`;
  row.dataset.state = state;
  row.querySelector("[data-row-name]").textContent = name;
  row.querySelector("[data-row-state]").textContent = STATES[state] ?? "";
  row.querySelector("[data-row-size]").textContent = sizeOf(feature.get("area_m2"));
  const tick = row.querySelector("[data-row-tick]");
  if (!tick) return;
  tick.disabled = !feature.get("editable") || state === "retired";
  if (tick.disabled) tick.checked = false;
  tick.setAttribute("aria-label", `合并时选上${name}`);
}

export function showRows(features, pageUrl) {
  const wanted = features.slice().sort(inOrder);
  const keys = new Set(wanted.map((feature) => feature.getId()));
  for (const row of rows()) if (!keys.has(row.dataset.row)) row.remove();
  wanted.forEach((feature, place) => {
    const row = rowOf(feature.getId()) ?? newRow(feature.getId(), pageUrl);
    write(row, feature);
    if (list().children[place] !== row) list().insertBefore(row, list().children[place] ?? null);
  });
  takeTurns(rows().find((row) => row.getAttribute("aria-current")) ?? rows()[0]);
}

function takeTurns(current) {
  for (const row of rows()) {
    for (const stop of row.querySelectorAll("[data-row-link], [data-row-tick]")) stop.tabIndex = row === current ? 0 : -1;
  }
}

export function markRow(key) {
  const current = key && rowOf(key);
  for (const row of rows()) {
    row.toggleAttribute("aria-current", false);
    row.querySelector("[data-row-link]").removeAttribute("aria-current");
  }
  if (!current) return;
  current.setAttribute("aria-current", "true");
  current.querySelector("[data-row-link]").setAttribute("aria-current", "true");
  current.scrollIntoView({ block: "nearest" });
  takeTurns(current);
}

export const ticked = () => rows().filter((row) => row.querySelector("[data-row-tick]")?.checked).map((row) => row.dataset.row);

export function tickRow(key) {
  const box = rowOf(key)?.querySelector("[data-row-tick]");
  if (box && !box.disabled) box.click();
}

export function untick() {
  for (const box of list().querySelectorAll("[data-row-tick]:checked")) box.checked = false;
}

function move(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const row = event.target.closest("[data-row]");
  if (!step || !row || event.isComposing) return;
  const shown = rows().filter((one) => !one.hidden);
  const next = shown[shown.indexOf(row) + step];
  if (!next) return;
  event.preventDefault();
  next.querySelector(event.target.matches("[data-row-tick]") ? "[data-row-tick]" : "[data-row-link]").focus();
}

export function listen({ choose, ticksChanged }) {
  const keyOf = (event) => event.target.closest("[data-row]")?.dataset.row;
  list().addEventListener("keydown", move);
  list().addEventListener("focusin", (event) => keyOf(event) && choose(keyOf(event)));
  list().addEventListener("click", (event) => {
    if (!event.target.closest("[data-row-link]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    choose(keyOf(event), { isWanted: true });
  });
  list().addEventListener("change", (event) => event.target.matches("[data-row-tick]") && ticksChanged(ticked()));
}
