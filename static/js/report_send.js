// Sends the report of a form: it is saved, locked and handed over, and from then on the outbox sees to it.
// <form data-draft data-report-url data-photos-url data-case-url="/cases/0/">. It leads to the report only in answer to
// the press that sent it; a report that went later is told of in place, because somebody may be writing the next one.

import { reportAnew, saveNow, startAfresh } from "./draft.js";
import { show } from "./draft_face.js";
import { drop } from "./draft_store.js";
import { missing } from "./matter_demands.js";
import { send, takeBack } from "./sending.js";

async function submit(form, submitter) {
  const { draft } = form;
  if (draft.state === "sending" || draft.state === "sent") return;
  if (draft.state !== "waiting") {
    const outcome = draft.isAsWritten ? (draft.outcome ?? "send") : (submitter?.value ?? "send");
    if (!draft.isAsWritten && missing(form, outcome)) return;
    Object.assign(draft, { state: "sending", reason: "", outcome }); // if the page dies now, the outbox goes on
    if (!(await saveNow(form))) return sendPlain(form, submitter);
  }
  const after = await send(draft.id);
  const isMine = after?.state === "sent" && !after.answer.told; // else somebody else takes care of it, and has the page
  if (isMine && form.draft === draft) return location.assign(form.dataset.caseUrl.replace("/0/", `/${after.answer.id}/`));
  form.querySelector("[data-draft-state]").scrollIntoView({ block: "center" });
}

// This device has no room for it: the form itself carries words and photos, under the same key.
function sendPlain(form, submitter) {
  form.draft.state = "draft";
  form.elements.key.value = form.draft.id;
  delete form.dataset.draftReady;
  form.requestSubmit(submitter);
}

async function change(form) {
  const { draft } = form;
  if (draft.isAsWritten && draft.state !== "waiting") Object.assign(draft, { isAsWritten: false, reason: "" });
  else Object.assign(draft, await takeBack(draft.id));
  show(form);
}

async function clear(form) {
  const { id } = form.draft;
  startAfresh(form);
  await drop(id);
}

const PRESSES = { change, clear, next: startAfresh, anew: reportAnew };

for (const form of document.querySelectorAll("form[data-draft][data-report-url]")) {
  form.addEventListener("submit", (event) => {
    if (!("draftReady" in form.dataset)) return; // no IndexedDB: a plain form post
    event.preventDefault();
    submit(form, event.submitter);
  });
  for (const button of form.querySelectorAll("[data-draft-press]")) {
    button.addEventListener("click", () => PRESSES[button.dataset.draftPress](form));
  }
  form.querySelector("[data-open]")?.addEventListener("click", (event) => {
    const details = document.getElementById(event.target.dataset.open);
    details.open = true;
    details.querySelector("textarea").focus();
  });
  addEventListener("draft:moved", ({ detail }) => {
    if (form.draft?.id !== detail.id) return;
    Object.assign(form.draft, detail);
    show(form);
  });
}
