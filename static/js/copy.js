// <button data-copy="id" hidden>: shown where scripts may write to the clipboard; copies the text of that element.

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).innerText);
    button.textContent = "已复制";
  });
}
