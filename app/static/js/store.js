/** The device's own memory: one IndexedDB database, opened once, with promises around its requests. */

import { DeviceError } from "./errors.js";

/** Each store's key; all but checkpoints and policies are kept apart per ledger and, where it is personal, per member. */
export const STORES = {
  keys: ["ledger", "member", "public"],
  checkpoints: ["ledger"],
  receipts: ["ledger", "member", "statement"],
  queue: ["ledger", "statement"],
  lines: ["ledger", "batch", "line"],
  policies: ["ledger"],
};
const VERSION = 2;

/**
 * @typedef {"keys"|"checkpoints"|"receipts"|"queue"|"lines"|"policies"} StoreName
 * @typedef {{get: (name: StoreName, key: unknown[]) => Promise<any>, put: (name: StoreName, value: object) => Promise<void>,
 *   remove: (name: StoreName, key: unknown[]) => Promise<void>, below: (name: StoreName, prefix: unknown[]) => Promise<any[]>,
 *   swap: (name: StoreName, key: unknown[], expected: string|undefined, value: {note: string}) => Promise<boolean>,
 *   clear: () => Promise<void>}} Store
 */

/** @param {string} [name] @returns {Promise<Store>} */
export async function openStore(name = "yui") {
  if (typeof indexedDB === "undefined") throw new DeviceError("device.no_storage");
  const request = indexedDB.open(name, VERSION);
  request.onupgradeneeded = () => {
    for (const [store, keyPath] of Object.entries(STORES)) {
      if (!request.result.objectStoreNames.contains(store)) request.result.createObjectStore(store, { keyPath });
    }
  };
  const db = await settled(request).catch((error) => {
    throw new DeviceError("device.no_storage", { reason: String(error?.name ?? error) });
  });
  // Another tab with a newer version must not wait for this one to be closed.
  db.onversionchange = () => db.close();
  return new IndexedStore(db);
}

/** @implements {Store} */
class IndexedStore {
  #db;

  /** @param {IDBDatabase} db */
  constructor(db) {
    this.#db = db;
  }

  /** @param {StoreName} name @param {unknown[]} key */
  get(name, key) {
    return settled(this.#open(name, "readonly").get(/** @type {IDBValidKey} */ (key)));
  }

  /** @param {StoreName} name @param {object} value */
  async put(name, value) {
    const store = this.#open(name, "readwrite");
    store.put(value);
    await finished(store.transaction);
  }

  /** @param {StoreName} name @param {unknown[]} key */
  async remove(name, key) {
    const store = this.#open(name, "readwrite");
    store.delete(/** @type {IDBValidKey} */ (key));
    await finished(store.transaction);
  }

  /** All records whose key begins with `prefix`. @param {StoreName} name @param {unknown[]} prefix */
  below(name, prefix) {
    // Arrays sort after all text and numbers, so [] closes the range of longer keys.
    const range = IDBKeyRange.bound(prefix, [...prefix, []]);
    return settled(this.#open(name, "readonly").getAll(range));
  }

  /**
   * Put `value` if the record there still has the note `expected` (undefined: is still missing); whether it was put.
   * @param {StoreName} name @param {unknown[]} key @param {string|undefined} expected @param {{note: string}} value
   */
  async swap(name, key, expected, value) {
    const store = this.#open(name, "readwrite");
    const now = await settled(store.get(/** @type {IDBValidKey} */ (key)));
    if (now?.note !== expected) return false;
    store.put(value);
    await finished(store.transaction);
    return true;
  }

  /** Forget everything: a shared device after each use. */
  async clear() {
    const transaction = this.#db.transaction(Object.keys(STORES), "readwrite", { durability: "strict" });
    for (const name of Object.keys(STORES)) transaction.objectStore(name).clear();
    await finished(transaction);
  }

  /** @param {StoreName} name @param {IDBTransactionMode} mode */
  #open(name, mode) {
    // Strict: a key or a signed statement that was reported as kept must survive a flat battery.
    return this.#db.transaction(name, mode, { durability: "strict" }).objectStore(name);
  }
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @param {IDBTransaction} transaction @returns {Promise<void>} */
function finished(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(new DeviceError("device.storage_failed", { reason: String(transaction.error?.name) }));
  });
}
