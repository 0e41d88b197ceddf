/** Keys and receipts of the members who use this device, apart per ledger and member. */

import { DeviceError } from "./errors.js";
import { generateDeviceKey } from "./crypto.js";
import { toProofFile } from "./receipt.js";

/**
 * @typedef {{kind: "device", ledger: string, member: string, alg: "ed25519"|"es256", public: string, privateKey: CryptoKey}} StoredDeviceKey
 * @typedef {{kind: "passkey", ledger: string, member: string, alg: "webauthn", public: string, credential: string}} StoredPasskey
 *   credential: its id in base64url
 * @typedef {{kind: "wallet", ledger: string, member: string, alg: "eip712", public: string}} StoredWallet
 * @typedef {StoredDeviceKey|StoredPasskey|StoredWallet} StoredKey
 * @typedef {{ledger: string, member: string, statement: string, type: string, at: string, sentence: string, vkey: string,
 *   receipt?: import("./receipt.js").Receipt, refusal?: object}} StoredReceipt statement: base64 id
 */

export class Keystore {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
  }

  /** A fresh device key, kept for that member; asks the browser not to throw it away. @param {string} ledger @param {string} member */
  async createDeviceKey(ledger, member) {
    const key = await generateDeviceKey();
    await this.add({ kind: "device", ledger, member, ...key });
    // A refusal changes nothing now: the key is a convenience, the passkey is the root.
    const persisted = (await globalThis.navigator?.storage?.persist?.().catch(() => false)) ?? false;
    return { ...key, persisted };
  }

  /** @param {StoredKey} key */
  add(key) {
    return this.store.put("keys", key);
  }

  /** A key made before its owner's id was known (an applicant's, a founder's) now belongs to `member`. @param {StoredKey} key @param {string} member */
  async assign(key, member) {
    await this.add({ ...key, member });
    await this.store.remove("keys", [key.ledger, key.member, key.public]);
  }

  /** Whoever had a key in a ledger that goes on as this one has it here too. @param {string} ledger @param {string[]} predecessors origins */
  async inherit(ledger, predecessors) {
    for (const origin of predecessors) {
      for (const key of await this.store.below("keys", [origin])) {
        if (!(await this.store.get("keys", [ledger, key.member, key.public]))) await this.add({ ...key, ledger });
      }
    }
  }

  /** @param {string} ledger @param {string} member @returns {Promise<StoredKey[]>} device keys first */
  async keys(ledger, member) {
    const keys = await this.store.below("keys", [ledger, member]);
    return keys.sort((one, other) => one.kind.localeCompare(other.kind));
  }

  /**
   * The key to sign with: of that kind, else whatever there is; one that may not, only where there is no other.
   * @param {string} ledger @param {string} member @param {StoredKey["kind"]} [kind] @param {(key: StoredKey) => boolean} [may]
   */
  async need(ledger, member, kind, may = () => true) {
    const keys = (await this.keys(ledger, member)).filter((candidate) => !kind || candidate.kind === kind);
    const key = keys.find(may) ?? keys[0];
    if (!key) throw new DeviceError("device.no_key", { member });
    return key;
  }

  /** @param {string} ledger @param {string} member @param {string} publicText */
  remove(ledger, member, publicText) {
    return this.store.remove("keys", [ledger, member, publicText]);
  }

  /** @param {StoredReceipt} receipt */
  addReceipt(receipt) {
    return this.store.put("receipts", receipt);
  }

  /** Receipts and signed refusals. @param {string} ledger @param {string} member @returns {Promise<StoredReceipt[]>} newest first */
  async receipts(ledger, member) {
    const receipts = await this.store.below("receipts", [ledger, member]);
    return receipts.sort((one, other) => other.at.localeCompare(one.at));
  }

  /** All of a member's receipts as files, each of which proves by itself. @param {string} ledger @param {string} member */
  async exportReceipts(ledger, member) {
    const receipts = await this.receipts(ledger, member);
    return receipts.map((kept) => {
      const name = kept.statement.replaceAll("/", "_").replaceAll("+", "-").slice(0, 16);
      if (kept.receipt) return { name: `${name}.tlog-proof`, text: toProofFile(kept.receipt) };
      return { name: `${name}.refusal.json`, text: JSON.stringify(kept.refusal, null, 1) };
    });
  }

  /** Everything of everyone: a kiosk after each use. */
  forgetEverything() {
    return this.store.clear();
  }
}
