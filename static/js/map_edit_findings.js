// What the checks say about the plan as it stands, each sentence with a way to its place on the map.
// <ul data-edit-findings> filled from <template data-finding-template>; [data-edit-count="blocking|warnings"] are the sums.
// Any <button data-jump="lon,lat"> on the page flies there and draws a ring; with data-jump-key it also chooses that grid.

const WORDS = { blocking: "必须改", warning: "请留意" };

function lineOf({ severity, sentence, lon, lat, keys }) {
  const line = document.querySelector("[data-finding-template]").content.firstElementChild.cloneNode(true);
  line.dataset.severity = severity;
  line.querySelector("[data-finding-kind]").textContent = WORDS[severity] ?? WORDS.warning;
  line.querySelector("[data-finding-text]").textContent = sentence;
  const jump = line.querySelector("button");
  jump.hidden = typeof lon !== "number" && !keys?.length;
  if (typeof lon === "number") jump.dataset.jump = `${lon},${lat}`;
  else jump.dataset.jump = "";
  if (keys?.length) jump.dataset.jumpKey = keys[0];
  jump.setAttribute("aria-label", `到这里看：${sentence}`);
  return line;
}

export function showFindings({ findings }) {
  const list = document.querySelector("[data-edit-findings]");
  if (!list) return;
  list.replaceChildren(...findings.map(lineOf));
  for (const none of document.querySelectorAll("[data-edit-findings-none]")) none.hidden = findings.length > 0;
}

export function showCounts(counts) {
  if (!counts) return;
  for (const place of document.querySelectorAll("[data-edit-count]")) {
    const number = counts[place.dataset.editCount] ?? 0;
    place.textContent = String(number);
    place.toggleAttribute("data-some", number > 0);
  }
}

export function listenForJumps({ jump, choose }) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-jump]");
    if (!button) return;
    if (button.dataset.jumpKey) choose(button.dataset.jumpKey);
    const [lon, lat] = button.dataset.jump.split(",").map(Number);
    if (button.dataset.jump && Number.isFinite(lat)) jump(lon, lat);
  });
}
