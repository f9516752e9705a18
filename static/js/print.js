// <button data-print hidden>: shown where scripts run; prints the page by its print styles.
// What is folded is open on paper, in browsers too whose styles cannot do it (base.css), and folded again afterwards.

let folded = [];

addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:not([open], .no-print)")];
  for (const each of folded) each.open = true;
});
addEventListener("afterprint", () => {
  for (const each of folded) each.open = false;
  folded = [];
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
