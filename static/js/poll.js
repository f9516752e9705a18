// Keeps counts right: every 15 s, every 60 s while hidden. The answer is {"version": "…", "counts": {"unread": 3}};
// 204 means unchanged. With data-poll-rows (a selector of rows with data-pick="number:version") the answer also has the
// rows that others have changed, which go on as the event "rows-changed" {number: markup}. New counts go on as the event
// "counts-changed". <body data-poll-url="…"> or any element; <span data-poll-count="unread">; a line with
// [data-poll-changed="key"] is shown when that count has grown, so that no list moves under the hand. When the session
// is over, the page is asked for again and leads to signing in, unless something has been typed and not yet sent.

const source = document.querySelector("[data-poll-url]");
let version = source?.dataset.pollVersion ?? "";
let timer;
let isTyped = false;

function show(counts) {
  for (const element of document.querySelectorAll("[data-poll-count]")) {
    const count = counts[element.dataset.pollCount];
    if (count === undefined) continue;
    element.textContent = count === 0 && !("pollZero" in element.dataset) ? "" : String(count);
  }
}

async function ask() {
  const url = new URL(source.dataset.pollUrl, location.href);
  url.searchParams.set("version", version);
  const rows = source.dataset.pollRows ? [...document.querySelectorAll(source.dataset.pollRows)] : [];
  if (rows.length) url.searchParams.set("rows", rows.map((row) => row.dataset.pick).join(","));
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if ((answer.status === 401 || answer.redirected) && !isTyped) return location.assign(location.pathname + location.search);
  if (answer.status !== 200 || answer.redirected) return;
  const news = await answer.json();
  version = news.version;
  for (const line of document.querySelectorAll("[data-poll-changed]")) {
    const key = line.dataset.pollChanged;
    const before = Number(document.querySelector(`[data-poll-count="${CSS.escape(key)}"]`)?.textContent || Infinity);
    if (news.counts[key] > before) line.hidden = false;
  }
  show(news.counts);
  document.dispatchEvent(new CustomEvent("counts-changed", { detail: news.counts }));
  if (news.rows) document.dispatchEvent(new CustomEvent("rows-changed", { detail: news.rows }));
}

function next() {
  clearTimeout(timer);
  timer = setTimeout(turn, document.hidden ? 60_000 : 15_000);
}

async function turn() {
  try {
    await ask();
  } catch {
    // No network: the counts stay as they were, and the next turn asks again.
  }
  next();
}

if (source) {
  next();
  document.addEventListener("input", () => (isTyped = true));
  document.addEventListener("submit", () => (isTyped = false));
  document.addEventListener("visibilitychange", () => (document.hidden ? next() : turn()));
  document.addEventListener("htmx:afterSettle", turn);
}
