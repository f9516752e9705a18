// Keys of the map editor. Ctrl+Z and Ctrl+Y (or Ctrl+Shift+Z) undo and redo, Escape gives up; single letters choose a tool:
// <button data-tool="split" data-key="s">, silent in inputs, while Chinese is composed, and unless data-shortcuts is "on".

function isTyping(event) {
  const element = event.target;
  if (event.isComposing || event.keyCode === 229) return true;
  if (element.isContentEditable || /^(TEXTAREA|SELECT)$/.test(element.tagName)) return true;
  return element.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(element.type);
}

function historyVerb({ key, ctrlKey, metaKey, shiftKey, altKey }) {
  if (!(ctrlKey || metaKey) || altKey) return "";
  if (key.toLowerCase() === "z") return shiftKey ? "redo" : "undo";
  return key.toLowerCase() === "y" && !shiftKey ? "redo" : "";
}

function press(key) {
  if (document.documentElement.dataset.shortcuts !== "on") return;
  document.querySelector(`button[data-key="${CSS.escape(key)}"]:not(:disabled)`)?.click();
}

export function listen({ cancel, backspace }) {
  document.addEventListener("keydown", (event) => {
    if (isTyping(event) || document.querySelector("dialog[open]")) return;
    const verb = historyVerb(event);
    if (verb) {
      event.preventDefault();
      document.querySelector(`[data-edit-form=${verb}] button:not(:disabled)`)?.click();
    } else if (event.key === "Escape") cancel();
    else if (event.key === "Backspace") backspace();
    else if (!event.ctrlKey && !event.metaKey && !event.altKey) press(event.key.toLowerCase());
  });
}
