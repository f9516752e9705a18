// <button data-print hidden>: shown where scripts run; prints the page by its print styles.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
