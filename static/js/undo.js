// Shows how long undo is still open and takes the offer away when the server would refuse it.
// <div class="toast" data-undo="10"> … <span data-undo-left></span>

function countDown(toast) {
  toast.dataset.undoRunning = "";
  const ends = Date.now() + Number(toast.dataset.undo) * 1000;
  const left = toast.querySelector("[data-undo-left]");
  const timer = setInterval(() => {
    const seconds = Math.ceil((ends - Date.now()) / 1000);
    if (left) left.textContent = ` ${Math.max(seconds, 0)}`;
    if (seconds > 0) return;
    clearInterval(timer);
    if (!toast.contains(document.activeElement)) toast.remove();
    else toast.querySelector("button").disabled = true;
  }, 500);
}

function startAll() {
  document.querySelectorAll("[data-undo]:not([data-undo-running])").forEach(countDown);
}

startAll();
document.addEventListener("htmx:afterSettle", startAll);
