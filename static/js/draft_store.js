// The drafts of this device, in IndexedDB, each bound to the account that wrote it. Nothing here deletes without a 2xx
// or the person's own word. A draft: {id, account, form, state, reason, title, fields, photos, saved_at, tries}.

const NAME = "puyang-grid";
const STORE = "drafts";

export const STATES = { draft: "草稿", waiting: "待上传", sending: "上传中", sent: "已上报", stuck: "需处理" };

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
  return inStore("readwrite", (store) => store.delete(id));
}

export async function draftsOf(account) {
  const found = await inStore("readonly", (store) => store.index("account").getAll(account));
  return found.sort((one, other) => one.saved_at - other.saved_at);
}

export async function storageWarning() {
  const estimate = await navigator.storage?.estimate?.();
  const share = estimate?.quota ? estimate.usage / estimate.quota : 0;
  return share > 0.8 ? "手机存储快满了，请先上传草稿或清理照片。" : "";
}

export async function askToPersist() {
  if (navigator.storage?.persist && !(await navigator.storage.persisted())) await navigator.storage.persist();
}
