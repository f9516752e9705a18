// Opens native dialogs: <button data-dialog-open="id"> … <dialog id="id">. Closing is the browser's own (Esc, form method="dialog").

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  const dialog = opener && document.getElementById(opener.dataset.dialogOpen);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
});
