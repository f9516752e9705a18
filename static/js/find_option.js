// Finds an option of a long list by words, full pinyin or initials, with the keys alone; without scripts it is a plain list.
// <select data-find-option><option value="7" data-find="城市管理局|cheng shi guan li ju|csglj">…
// Typing narrows the list and chooses the first that fits, the arrows choose another, Enter goes on to the next field.

const plain = (text) => text.toLowerCase().replace(/[\s'’]/g, "");
const fits = (option, words) => option.dataset.find.split("|").map(plain).some((part) => part.includes(words));

function searchBox(select) {
  const label = select.labels[0]?.firstChild?.textContent.trim() ?? "";
  const box = document.createElement("input");
  box.type = "search";
  box.autocomplete = "off";
  box.placeholder = "打字、拼音或首字母查找";
  box.setAttribute("aria-label", `查找${label}`);
  box.setAttribute("aria-controls", select.id);
  const found = document.createElement("p");
  found.className = "hint";
  found.setAttribute("role", "status");
  select.before(box, found);
  return { box, found };
}

function makeFindable(select) {
  select.dataset.findOption = "on";
  const all = [...select.options];
  const { box, found } = searchBox(select);

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

  box.addEventListener("input", (event) => event.isComposing || narrow());
  box.addEventListener("compositionend", narrow);
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if (event.key === "Enter") goOn();
    else return;
    event.preventDefault();
  });
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
}

start();
document.addEventListener("htmx:afterSettle", start);
