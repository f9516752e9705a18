// <button data-copy="id" hidden>: shown where scripts may write to the clipboard; copies the text of that element, or
// marks it for the browser's own copy if writing is refused.

for (const button of document.querySelectorAll("[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.innerText);
      button.textContent = "已复制";
    } catch {
      getSelection().selectAllChildren(text);
      button.textContent = "已选中，请长按或按 Ctrl+C 复制";
    }
  });
}
