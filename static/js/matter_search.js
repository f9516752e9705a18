// Filters a list while one types characters, full pinyin or initials.
// <input data-matter-search="list-id"> … <div id="list-id"><label data-find="井盖缺损 jing gai que sun jgqs">
// [data-find-none="list-id"] is shown when nothing fits; the chosen one is never hidden.

function plain(text) {
  return text.toLowerCase().replace(/[\s'’]/g, "");
}

function fits(item, words) {
  if (item.querySelector("input:checked")) return true;
  const parts = item.dataset.find.toLowerCase().split("|").map(plain);
  return parts.some((part) => part.includes(words));
}

function filter(input) {
  const words = plain(input.value);
  let shown = 0;
  for (const item of document.getElementById(input.dataset.matterSearch).querySelectorAll("[data-find]")) {
    const isShown = words === "" ? !("findLater" in item.dataset) || item.querySelector("input:checked") : fits(item, words);
    item.hidden = !isShown;
    if (isShown) shown += 1;
  }
  const none = document.querySelector(`[data-find-none="${input.dataset.matterSearch}"]`);
  if (none) none.hidden = shown > 0;
}

for (const input of document.querySelectorAll("[data-matter-search]")) {
  input.addEventListener("input", (event) => {
    if (!event.isComposing) filter(input);
  });
  input.addEventListener("compositionend", () => filter(input));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) event.preventDefault(); // Enter chooses, it does not send the form
  });
  filter(input);
}
