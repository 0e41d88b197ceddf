/**
 * A store for what is said on a device that is not the speaker's own: receipts, refusals and what waits for a network live as
 * long as the page, in its memory alone. Keys and checkpoints are the device's, and kept as ever.
 */

import { STORES } from "./store.js";

const PERSONAL = new Set(["receipts", "queue", "lines"]);

/** @typedef {import("./store.js").StoreName} StoreName @typedef {import("./store.js").Store} Store */

/** @implements {Store} */
export class PassingStore {
  #lasting;
  /** @type {Map<string, {key: unknown[], value: any}>} */
  #rows = new Map();

  /** @param {Store} lasting */
  constructor(lasting) {
    this.#lasting = lasting;
  }

  /** @param {StoreName} name @param {unknown[]} key */
  async get(name, key) {
    return PERSONAL.has(name) ? this.#rows.get(place(name, key))?.value : this.#lasting.get(name, key);
  }

  /** @param {StoreName} name @param {any} value */
  async put(name, value) {
    if (!PERSONAL.has(name)) return this.#lasting.put(name, value);
    const key = STORES[name].map((field) => value[field]);
    this.#rows.set(place(name, key), { key: [name, ...key], value });
  }

  /** @param {StoreName} name @param {unknown[]} key */
  async remove(name, key) {
    if (PERSONAL.has(name)) this.#rows.delete(place(name, key));
    else await this.#lasting.remove(name, key);
  }

  /** @param {StoreName} name @param {unknown[]} prefix */
  async below(name, prefix) {
    if (!PERSONAL.has(name)) return this.#lasting.below(name, prefix);
    const wanted = [name, ...prefix];
    return [...this.#rows.values()].filter(({ key }) => wanted.every((part, at) => key[at] === part)).map(({ value }) => value);
  }

  /** @param {StoreName} name @param {unknown[]} key @param {string|undefined} expected @param {{note: string}} value */
  swap(name, key, expected, value) {
    return this.#lasting.swap(name, key, expected, value);
  }

  async clear() {
    this.#rows.clear();
    await this.#lasting.clear();
  }
}

/** @param {StoreName} name @param {unknown[]} key */
const place = (name, key) => JSON.stringify([name, ...key]);
