// Filters a list while one types characters, full pinyin or initials.
// <input data-matter-search="list-id"> … <div id="list-id"><label data-find="井盖缺损|jing gai que sun|jgqs">
// Items with data-find-later are out of the way until searched for or until [data-find-all="list-id"] is pressed; headings
// [data-find-head] stand only over the whole list. [data-find-none="list-id"] is shown when nothing fits. What is chosen
// is never hidden. [data-find-always] stays.

function plain(text) {
  return text.toLowerCase().replace(/[\s'’]/g, "");
}

function fits(item, words) {
  return item.dataset.find.toLowerCase().split("|").map(plain).some((part) => part.includes(words));
}

function filter(input) {
  const words = plain(input.value);
  const id = input.dataset.matterSearch;
  const isWhole = "all" in input.dataset;
  let shown = 0;
  for (const item of document.getElementById(id).querySelectorAll("[data-find]")) {
    const isChosen = item.querySelector("input:checked") !== null;
    const isShown = isChosen || (words === "" ? isWhole || !("findLater" in item.dataset) : fits(item, words));
    item.hidden = !isShown;
    if (isShown) shown += 1;
  }
  for (const head of document.getElementById(id).querySelectorAll("[data-find-head]")) head.hidden = !(isWhole && words === "");
  for (const none of document.querySelectorAll(`[data-find-none="${id}"]`)) none.hidden = shown > 0;
  for (const all of document.querySelectorAll(`[data-find-all="${id}"]`)) all.hidden = isWhole || words !== "";
}

for (const input of document.querySelectorAll("[data-matter-search]")) {
  input.addEventListener("input", (event) => {
    if (!event.isComposing) filter(input);
  });
  input.addEventListener("compositionend", () => filter(input));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) event.preventDefault(); // Enter chooses, it does not send the form
  });
  document.addEventListener("draft:restored", () => filter(input));
  for (const button of document.querySelectorAll(`[data-find-all="${input.dataset.matterSearch}"]`)) {
    button.addEventListener("click", () => {
      input.dataset.all = "";
      filter(input);
      input.focus({ preventScroll: true });
    });
  }
  filter(input);
}
