// The drafts of this device, in IndexedDB, each bound to the account that wrote it. Nothing here deletes without a 2xx
// or the person's own word. A draft: {id, account, form, state, reason, title, fields, photos, written_at, saved_at, tries}.
// The id is the key under which it is sent, all its life: however often it is changed and sent, it is reported once.
// What is typed is jotted into localStorage at once, which outlives a tab that is killed, until IndexedDB has it.

const NAME = "puyang-grid";
const STORE = "drafts";
const JOTTED = "puyang-grid:words:";

export const STATES = { draft: "草稿", waiting: "待上传", sending: "上传中", sent: "已上报", stuck: "需处理" };
export const isOpen = (draft) => draft.state === "draft" || draft.state === "stuck";

export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function open() {
  return new Promise((done, fail) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" }).createIndex("account", "account");
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

async function inStore(mode, act) {
  const database = await open();
  try {
    return await new Promise((done, fail) => {
      const transaction = database.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => done(request?.result);
      transaction.onerror = () => fail(transaction.error);
      transaction.onabort = () => fail(transaction.error);
    });
  } finally {
    database.close();
  }
}

export function keep(draft) {
  return inStore("readwrite", (store) => store.put({ ...draft, saved_at: Date.now() }));
}

export function find(id) {
  return inStore("readonly", (store) => store.get(id));
}

export function drop(id) {
  forgetWords(id);
  return inStore("readwrite", (store) => store.delete(id));
}

export function jot({ id, account, form, title, written_at, urls }, fields) {
  const words = { id, account, form, title, written_at, urls, fields, saved_at: Date.now() };
  try {
    localStorage.setItem(JOTTED + id, JSON.stringify(words));
  } catch {
    // No room or not allowed: IndexedDB has it within a second.
  }
}

export function forgetWords(id) {
  try {
    localStorage.removeItem(JOTTED + id);
  } catch {
    // Not allowed: nothing was jotted either.
  }
}

function wordsOf(account) {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(JOTTED));
    return keys.map((key) => JSON.parse(localStorage.getItem(key))).filter((words) => words.account === account);
  } catch {
    return [];
  }
}

export async function draftsOf(account) {
  const found = await inStore("readonly", (store) => store.index("account").getAll(account));
  for (const words of wordsOf(account)) {
    const draft = found.find((each) => each.id === words.id);
    if (!draft) found.push({ ...words, state: "draft", reason: "", photos: [], tries: 0 });
    else if (isOpen(draft) && words.saved_at > draft.saved_at) Object.assign(draft, words);
  }
  return found.sort((one, other) => one.saved_at - other.saved_at);
}

// --- One form writes a draft at a time, in whatever tab; the others hear what became of it. ---

const held = new Map();

const LEAVING = 2000; // milliseconds in which a page that is being closed lets go of its draft, also on a slow phone

export function hold(id) {
  if (!navigator.locks || held.has(id)) return Promise.resolve(true);
  const patience = new AbortController();
  setTimeout(() => patience.abort(), LEAVING);
  return new Promise((done) => {
    const until = () =>
      new Promise((free) => {
        held.set(id, free);
        done(true);
      });
    navigator.locks.request(`draft-${id}`, { signal: patience.signal }, until).catch(() => done(false));
  });
}

export function letGo(id) {
  held.get(id)?.();
  held.delete(id);
}

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("drafts") : null;
const hear = (detail) => dispatchEvent(new CustomEvent("draft:moved", { detail }));
channel?.addEventListener("message", (event) => hear(event.data));

export function tell({ id, account, state, reason, title, first, answer }) {
  const moved = { id, account, state, reason, title, first, answer };
  channel?.postMessage(moved);
  hear(moved);
}

export async function storageWarning() {
  const estimate = await navigator.storage?.estimate?.();
  const share = estimate?.quota ? estimate.usage / estimate.quota : 0;
  return share > 0.8 ? "手机存储快满了，请先上传草稿或清理照片。" : "";
}

export async function askToPersist() {
  if (navigator.storage?.persist && !(await navigator.storage.persisted())) await navigator.storage.persist();
}
