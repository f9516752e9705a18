// Says who else has the open case in hand, and tells the others of this page while it is looked at.
// <p data-presence="/cases/5/presence/" hidden></p>. Without an answer nothing is said.

const EVERY = 7_000;

async function ask(line) {
  try {
    const answer = await fetch(line.dataset.presence, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return;
    const { words } = await answer.json();
    if (line.textContent !== words) line.textContent = words;
    line.hidden = words === "";
  } catch {
    // No network: what was said stays until the next answer.
  }
}

setInterval(() => {
  if (!document.hidden) document.querySelectorAll("[data-presence]").forEach(ask);
}, EVERY);
