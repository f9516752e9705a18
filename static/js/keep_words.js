// Keeps what is typed into the form of a verb until it has arrived: after a closed tab or a lost network it is there again.
// <form data-keep="7:120:feed_back"> (account, case, verb). Each word is kept in this browser at once, for a week at most,
// and forgotten when the answer no longer shows the form, or on signing out. Clues have no name and are never kept.

const PREFIX = "words:";
const WEEK = 7 * 24 * 3600 * 1000;
const texts = (form) => [...form.querySelectorAll("textarea, input[type=text]")].filter((one) => one.name);

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key));
  } catch {
    return null;
  }
}

function write(key, kept) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(kept));
  } catch {
    // The browser keeps no more: what is typed is still in the form.
  }
}

const forget = (key) => localStorage.removeItem(PREFIX + key);
const allKeys = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));

function keep(form) {
  const words = {};
  for (const one of texts(form)) if (one.value !== one.defaultValue) words[one.name] = one.value;
  if (Object.keys(words).length) write(form.dataset.keep, { words, at: Date.now() });
  else forget(form.dataset.keep);
}

function tell(form, at) {
  const line = document.createElement("p");
  line.className = "hint";
  line.setAttribute("role", "status");
  const when = new Date(at).toLocaleString("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "button button-quiet";
  drop.textContent = "不要了";
  drop.addEventListener("click", () => {
    for (const one of texts(form)) one.value = one.defaultValue;
    forget(form.dataset.keep);
    line.remove();
  });
  line.append(`已恢复您 ${when} 写下、还没发出的文字。`, drop);
  form.prepend(line);
}

function restore(form) {
  if (form.dataset.keepReady) return;
  form.dataset.keepReady = "on";
  const kept = read(form.dataset.keep);
  if (!kept) return;
  delete kept.sent;
  write(form.dataset.keep, kept);
  const back = texts(form).filter((one) => kept.words[one.name] && one.value === one.defaultValue);
  const changed = back.filter((one) => one.value !== kept.words[one.name]);
  for (const one of changed) one.value = kept.words[one.name];
  if (changed.length) tell(form, kept.at);
}

// What was sent has arrived when the form is gone; what is older than a week is over.
function settle() {
  const forms = [...document.querySelectorAll("form[data-keep]")];
  const shown = new Set(forms.map((form) => form.dataset.keep));
  for (const key of allKeys()) {
    const kept = read(key);
    if (!kept || Date.now() - kept.at > WEEK || (kept.sent && !shown.has(key))) forget(key);
  }
  forms.forEach(restore);
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-keep]");
  if (form) keep(form);
});
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-forget-words]")) allKeys().forEach(forget);
  const kept = event.target.dataset.keep && read(event.target.dataset.keep);
  if (kept) write(event.target.dataset.keep, { ...kept, sent: true });
});
document.addEventListener("htmx:afterSettle", settle);
window.addEventListener("pageshow", (event) => event.persisted && settle());
settle();
