// What a form shows of its draft: how it stands, in a line and on its main button, and what can be done now.
// [data-draft-state] (the line), [data-draft-link] (to the report), [data-draft-main] (the button that sends),
// [data-when="waiting sent"] (shown in these states). What is handed over is locked: nothing typed can be lost.

import { STATES } from "./draft_store.js";

const OPEN = new Set(["empty", "draft", "stuck", "repeated"]);
const MAIN = { sending: "上传中…", waiting: "待上传 ✓", sent: "已上报" };

export function faceOf({ state, first, isAsWritten, saved_at }) {
  if (state === "stuck" && first) return "repeated";
  if (isAsWritten && (state === "draft" || state === "stuck")) return "written";
  return state === "draft" && !saved_at ? "empty" : state;
}

function wordsOf({ reason, saved_at, answer }, face) {
  const at = new Date(saved_at ?? Date.now()).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
  if (face === "empty" || face === "written") return reason;
  if (face === "sent") return answer.told || `已上报，编号 ${answer.number}。`;
  if (face === "sending") return "上传中，请稍等；内容已存在本机。";
  if (face === "waiting") return `待上传：${reason ? `${reason}。` : ""}已交给上传，改动请点“修改”。`;
  return reason ? `${STATES[face] ?? STATES.stuck}：${reason}` : `${STATES[face]} · ${at} 已存在本机`;
}

function link(form, { first, answer }, face) {
  const place = form.querySelector("[data-draft-link]");
  const report = face === "sent" ? { ...answer, url: form.dataset.caseUrl.replace("/0/", `/${answer.id}/`) } : first;
  place.hidden = (face !== "sent" && face !== "repeated") || Boolean(answer?.told);
  if (place.hidden) return;
  place.href = report.url;
  place.textContent = face === "sent" ? "看这件事" : `补充到 ${report.number}`;
}

export function show(form) {
  const { draft } = form;
  const face = faceOf(draft);
  const line = form.querySelector("[data-draft-state]");
  line.dataset.state = draft.state;
  line.textContent = wordsOf(draft, face);
  link(form, draft, face);
  const main = form.querySelector("[data-draft-main]");
  main.dataset.word ??= main.textContent.trim();
  main.textContent = face === "sent" ? `已上报 ${draft.answer.number}` : (MAIN[face] ?? main.dataset.word);
  main.disabled = face === "sending" || face === "sent" || face === "repeated";
  for (const child of form.children) if (!child.matches("[data-draft-bar]")) child.inert = !OPEN.has(face);
  form.toggleAttribute("data-locked", !OPEN.has(face) || face === "repeated");
  for (const button of form.querySelectorAll("[data-when]")) button.hidden = !button.dataset.when.split(" ").includes(face);
  form.dispatchEvent(new CustomEvent("draft:shown"));
}
