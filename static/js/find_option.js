// Finds an option of a long list by words, full pinyin or initials, with the keys alone; without scripts it is a plain list.
// <select data-find-option><option value="7" data-find="城市管理局|cheng shi guan li ju|csglj">…
// Typing narrows the list and chooses the first that fits, the arrows choose another, Enter goes on to the next field.
// <fieldset>… <label><input type="checkbox" data-find="…">: typing narrows the list to what fits and what is ticked,
// Enter ticks the first that fits and clears the box for the next name. Of a long list only the first are shown at once.

const plain = (text) => text.toLowerCase().replace(/[\s'’]/g, "");
const fits = (option, words) => option.dataset.find.split("|").map(plain).some((part) => part.includes(words));
const FEW = 8; // of many checks, as long as nothing is looked for
const isComposing = (event) => event.isComposing || event.keyCode === 229;

function searchBox(label, controls, place) {
  const box = document.createElement("input");
  box.type = "search";
  box.autocomplete = "off";
  box.placeholder = "打字、拼音或首字母查找";
  box.setAttribute("aria-label", `查找${label}`);
  box.setAttribute("aria-controls", controls);
  const found = document.createElement("p");
  found.className = "hint";
  found.setAttribute("role", "status");
  place(box, found);
  return { box, found };
}

function listenTo(box, narrow) {
  box.addEventListener("input", (event) => event.isComposing || narrow());
  box.addEventListener("compositionend", narrow);
}

function makeFindable(select) {
  select.dataset.findOption = "on";
  const all = [...select.options];
  const label = select.labels[0]?.firstChild?.textContent.trim() ?? "";
  const { box, found } = searchBox(label, select.id, (...parts) => select.before(...parts));

  function choose(option) {
    if (!option) return;
    option.selected = true;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function narrow() {
    const words = plain(box.value);
    const shown = words === "" ? all : all.filter((option) => option.dataset.find && fits(option, words));
    found.textContent = words === "" ? "" : shown.length ? `找到 ${shown.length} 个，上下键选，回车确定` : "没有找到，换个说法再试。";
    if (shown.length === 0) return; // what was chosen stays chosen
    const chosen = select.selectedOptions[0];
    select.replaceChildren(...shown);
    if (words === "" || shown.includes(chosen)) chosen.selected = true;
    else choose(shown[0]);
  }

  function step(by) {
    choose(select.options[select.selectedIndex + by]);
  }

  function goOn() {
    const fields = [...select.form.elements].filter((one) => one.type !== "hidden" && !one.disabled);
    fields[fields.indexOf(select) + 1]?.focus();
  }

  listenTo(box, narrow);
  box.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if (event.key === "Enter") goOn();
    else return;
    event.preventDefault();
  });
}

function makeManyFindable(fields) {
  fields.dataset.findMany = "on";
  const all = [...fields.querySelectorAll("input[type=checkbox][data-find]")];
  const label = fields.querySelector("legend").firstChild.textContent.trim();
  const first = all[0].closest("label");
  const { box, found } = searchBox(label, fields.id, (...parts) => first.before(...parts));
  const fitting = () => all.filter((check) => fits(check, plain(box.value)));
  const more = document.createElement("button");
  more.type = "button";
  more.className = "button button-quiet";
  all.at(-1).closest("label").after(more);

  function narrow() {
    const isIdle = plain(box.value) === "", fit = fitting();
    const shown = new Set(isIdle && !more.hidden ? fit.slice(0, FEW) : fit);
    for (const check of all) check.closest("label").hidden = !shown.has(check) && !check.checked;
    const chosen = all.filter((check) => check.checked).length;
    const count = chosen ? `已选 ${chosen} 个` : "";
    if (isIdle) found.textContent = count;
    else found.textContent = [shown.size ? `找到 ${shown.size} 个，回车勾选第一个` : "没有找到，换个说法再试。", count].filter(Boolean).join("；");
  }

  more.textContent = `显示全部 ${all.length} 个`;
  more.hidden = all.length <= FEW;
  more.addEventListener("click", () => {
    more.hidden = true;
    narrow();
    all[FEW].focus();
  });

  listenTo(box, narrow);
  fields.addEventListener("change", narrow);
  box.addEventListener("keydown", (event) => {
    if (isComposing(event) || event.key !== "Enter") return;
    event.preventDefault();
    const next = plain(box.value) === "" ? undefined : fitting().find((check) => !check.checked);
    if (!next) return;
    next.checked = true;
    box.value = "";
    narrow();
  });
  narrow();
}

// The ground of a suggestion goes with the suggested unit: it leaves when another is chosen and comes back with it.
function followGround(select) {
  const reason = select.form.elements.reason;
  const ground = reason?.defaultValue ?? "";
  if (!ground || select.value !== select.dataset.suggested) return;
  select.addEventListener("change", () => {
    const isSuggested = select.value === select.dataset.suggested;
    if (!isSuggested && reason.value === ground) reason.value = "";
    else if (isSuggested && reason.value === "") reason.value = ground;
  });
}

function start() {
  for (const select of document.querySelectorAll('select[data-find-option=""]')) {
    makeFindable(select);
    if (select.dataset.suggested) followGround(select);
  }
  for (const fields of document.querySelectorAll("fieldset:not([data-find-many])")) {
    if (fields.querySelector("input[type=checkbox][data-find]")) makeManyFindable(fields);
  }
}

start();
document.addEventListener("htmx:afterSettle", start);
