// Two semicolons in a text offer one's own phrases: arrows and Enter choose, Esc leaves what was typed.
// Works in every <textarea>; the list is asked for once, when it is first needed.

const BLANK = /[{｛][^{}｛｝\n]{1,20}[}｝]/; // is marked when the phrase is put in, so that one types over it
const MARK = /[;；]{2}([^;；\n]{0,20})$/;
let phrases = null;
let open = null; // { area, list, shown, at }

async function load() {
  if (phrases) return phrases;
  try {
    const answer = await fetch("/phrases/offered/", { headers: { Accept: "application/json" } });
    if (answer.ok && !answer.redirected) ({ phrases } = await answer.json());
  } catch {
    // No network: nothing is offered.
  }
  return phrases ?? [];
}

function shut() {
  open?.list.remove();
  open = null;
}

function mark(at) {
  open.at = at;
  [...open.list.children].forEach((item, number) => item.setAttribute("aria-current", String(number === at)));
  open.list.children[at]?.scrollIntoView({ block: "nearest" });
}

function put(text) {
  const { area } = open;
  const before = area.value.slice(0, area.selectionStart).replace(MARK, "");
  const after = area.value.slice(area.selectionStart);
  area.value = before + text + after;
  const blank = text.match(BLANK);
  const from = before.length + (blank ? blank.index : text.length);
  area.setSelectionRange(from, from + (blank ? blank[0].length : 0));
  shut();
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
}

function nothing(typed) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = "/phrases/";
  link.target = "_blank";
  link.textContent = typed ? "没有含这几个字的短语，去记一句" : "还没有短语，去记一句";
  item.append(link);
  return item;
}

function draw(area, typed, all) {
  shut();
  const shown = all.filter((text) => text.includes(typed)).slice(0, 8);
  const list = document.createElement("ol");
  list.className = "panel phrases";
  list.setAttribute("aria-label", "我的短语");
  shown.forEach((text, number) => {
    const item = document.createElement("li");
    item.textContent = text;
    item.addEventListener("mousedown", (event) => {
      event.preventDefault();
      put(text);
    });
    list.append(item);
  });
  if (shown.length === 0) list.append(nothing(typed));
  area.after(list);
  open = { area, list, shown, at: 0 };
  if (shown.length) mark(0);
}

document.addEventListener("input", async (event) => {
  const area = event.target;
  if (!area.matches?.("textarea") || event.isComposing) return;
  const typed = area.value.slice(0, area.selectionStart).match(MARK);
  if (!typed) return shut();
  const all = await load();
  const still = area.value.slice(0, area.selectionStart).match(MARK);
  if (still && area.isConnected) draw(area, still[1].trim(), all);
});

document.addEventListener(
  "keydown",
  (event) => {
    if (!open || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && open.shown.length) mark((open.at + step + open.shown.length) % open.shown.length);
    else if (event.key === "Enter" && open.shown.length) put(open.shown[open.at]);
    else if (event.key === "Escape") shut();
    else return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);
document.addEventListener("focusout", (event) => {
  if (open && event.target === open.area && !open.list.contains(event.relatedTarget)) setTimeout(shut, 150);
});
