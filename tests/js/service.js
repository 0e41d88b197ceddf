/** A service in memory for the tests: a log that signs checkpoints and proves, and can be told to misbehave. */

import { b64, concat, hex, sha256, utf8 } from "../../app/static/js/bytes.js";
import { encode } from "../../app/static/js/canonical.js";
import { body, vkeyText } from "../../app/static/js/checkpoint.js";
import { DeviceError, Refusal } from "../../app/static/js/errors.js";
import { keyId } from "../../app/static/js/ids.js";
import { leafHash, nodeHash } from "../../app/static/js/merkle.js";
import { signedBytes as refusalBytes } from "../../app/static/js/refusal.js";
import { signedBytes as statementBytes, statementId } from "../../app/static/js/statement.js";

export const ORIGIN = "coop.example/owase";

const known = new Map();

/** Leaves are replaced in these tests, never changed in place. */
function cachedHash(leaf) {
  if (!known.has(leaf)) known.set(leaf, leafHash(leaf));
  return known.get(leaf);
}

const sign = async (pair, message) => new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, message));
const split = (size) => 2 ** Math.floor(Math.log2(size - 1));

async function root(hashes) {
  if (hashes.length === 0) return sha256(new Uint8Array());
  if (hashes.length === 1) return hashes[0];
  const middle = split(hashes.length);
  return nodeHash(await root(hashes.slice(0, middle)), await root(hashes.slice(middle)));
}

/** RFC 9162 section 2.1.3.1, as written there. */
async function inclusion(index, hashes) {
  if (hashes.length === 1) return [];
  const middle = split(hashes.length);
  if (index < middle) return [...(await inclusion(index, hashes.slice(0, middle))), await root(hashes.slice(middle))];
  return [...(await inclusion(index - middle, hashes.slice(middle))), await root(hashes.slice(0, middle))];
}

/** RFC 9162 section 2.1.4.1, as written there. */
async function consistency(older, hashes, whole = true) {
  if (older === hashes.length) return whole ? [] : [await root(hashes)];
  const middle = split(hashes.length);
  if (older <= middle) return [...(await consistency(older, hashes.slice(0, middle), whole)), await root(hashes.slice(middle))];
  return [...(await consistency(older - middle, hashes.slice(middle), false)), await root(hashes.slice(0, middle))];
}

export class Service {
  leaves = [utf8("genesis")];
  waiting = new Map();
  posted = [];
  offline = false;
  loseAnswers = 0;
  /** @type {string|undefined} */
  refuse;
  changes = [];

  static async open() {
    const service = new Service();
    service.pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    const key = new Uint8Array(await crypto.subtle.exportKey("raw", service.pair.publicKey));
    const hash = (await sha256(concat(utf8(`${ORIGIN}\n`), new Uint8Array([1]), key))).slice(0, 4);
    service.key = { name: ORIGIN, hash, public: key, type: 1 };
    return service;
  }

  #sign(message) {
    return sign(this.pair, message);
  }

  hashes(size = this.leaves.length) {
    return Promise.all(this.leaves.slice(0, size).map(cachedHash));
  }

  async note(size = this.leaves.length) {
    const signed = body({ origin: ORIGIN, size, root: await root(await this.hashes(size)) });
    const line = async ({ pair, key }) => `\u2014 ${ORIGIN} ${b64(concat(key.hash, await sign(pair, signed)))}\n`;
    const beside = this.beside ? await line(this.beside) : "";
    return `${new TextDecoder().decode(signed)}\n${await line(this)}${beside}`;
  }

  /** Another key takes the log over; `by`: whose key says so, that of the log if nobody else's. */
  async rotate(by = this) {
    const next = await Service.open();
    const names = [by.key, next.key].map((key) => `ed25519:${b64(key.public)}`);
    const [author, cosigner] = await Promise.all(names.map(keyId));
    const statement = {
      at: "2026-04-01T09:00:00.000Z", author, body: { log_key: vkeyText(next.key), until: "2026-05-01T09:00:00.000Z" }, cosigners: [cosigner],
      ledger: ORIGIN, nonce: "AZVGSAgAcACAAAAAAAAAAA==", seen: { root: b64(await root(await this.hashes())), size: this.leaves.length }, type: "operator.key/1", v: 1,
    };
    const message = statementBytes(encode(statement));
    const sigs = await Promise.all([by.pair, next.pair].map((pair) => sign(pair, message)));
    const signatures = names.map((key, position) => ({ alg: "ed25519", key, sig: b64(sigs[position]) }));
    this.changes.push(this.leaves.push(encode({ received: "2026-04-01T09:00:01.000Z", signatures, statement, v: 1 })) - 1);
    this.beside = { pair: this.pair, key: this.key };
    [this.pair, this.key] = [next.pair, next.key];
  }

  /** Another key comes forward by itself, as one that the members have decided on. */
  async comeForward() {
    const next = await Service.open();
    const name = `ed25519:${b64(next.key.public)}`;
    const statement = {
      at: "2026-04-01T09:00:00.000Z", author: await keyId(name), body: { log_key: vkeyText(next.key) }, ledger: ORIGIN, nonce: "AZVGSAgAcACBAAAAAAAAAA==",
      seen: { root: b64(await root(await this.hashes())), size: this.leaves.length }, type: "operator.decided_key/1", v: 1,
    };
    const signatures = [{ alg: "ed25519", key: name, sig: b64(await sign(next.pair, statementBytes(encode(statement)))) }];
    this.changes.push(this.leaves.push(encode({ received: "2026-04-01T09:00:01.000Z", signatures, statement, v: 1 })) - 1);
    [this.pair, this.key] = [next.pair, next.key];
  }

  async context(kept) {
    this.#reach();
    const proof = kept && kept <= this.leaves.length ? await this.consistency(kept, this.leaves.length) : [];
    const hashes = await this.hashes();
    const change = async (index) => ({ index, leaf: b64(this.leaves[index]), proof: (await inclusion(index, hashes)).map(b64) });
    const changes = await Promise.all(this.changes.map(change));
    return { origin: ORIGIN, vkey: vkeyText(this.key), checkpoint: await this.note(), consistency: proof, key_changes: changes, ...(this.predecessors && { predecessors: this.predecessors }), utc_offset: 540, rp_ids: [], size: this.leaves.length };
  }

  async consistency(from, to) {
    this.#reach();
    if (to > this.leaves.length) throw new Refusal("proof.range", {});
    return (await consistency(from, await this.hashes(to))).map(b64);
  }

  async submit(envelope, from) {
    this.#reach();
    this.posted.push(envelope);
    const { statement, signatures } = JSON.parse(envelope);
    if (this.refuse) throw await this.#refusal(statement);
    const known = this.leaves.findIndex((leaf) => new TextDecoder().decode(leaf).includes(statement.nonce));
    const leaf = encode({ received: "2026-04-01T09:00:01.000Z", signatures, statement, v: 1 });
    const index = known < 0 ? this.leaves.push(leaf) - 1 : known;
    if (this.loseAnswers-- > 0) throw new DeviceError("network.offline");
    return this.receipt(index, from);
  }

  async receipt(index, from) {
    const hashes = await this.hashes();
    const receipt = { index, leaf: b64(this.leaves[index]), proof: (await inclusion(index, hashes)).map(b64), checkpoint: await this.note() };
    return from ? { ...receipt, consistency: (await consistency(from, hashes)).map(b64) } : receipt;
  }

  async submitMany(envelopes) {
    const results = [];
    for (const envelope of envelopes) {
      results.push(await this.submit(envelope).catch((error) => {
        if (error instanceof Refusal) return { code: error.code, ...error.problem };
        throw error;
      }));
    }
    return results;
  }

  async leave(envelope) {
    const { statement, signatures } = JSON.parse(envelope);
    const id = hex(await statementId(encode(statement)));
    const signers = [statement.author, ...(statement.cosigners ?? [])];
    const missing = signers.filter((_, position) => signatures[position] === null);
    if (missing.length) this.waiting.set(id, envelope);
    else this.waiting.delete(id);
    return { id, missing, ...(missing.length ? {} : { receipt: await this.submit(envelope) }) };
  }

  async pending(id) {
    return JSON.parse(this.waiting.get(id));
  }

  async #refusal(statement) {
    const facts = { code: this.refuse, root: b64(await root(await this.hashes())), size: this.leaves.length, statement: b64(await statementId(encode(statement))), time: "2026-04-01T09:00:01.000Z" };
    return new Refusal(this.refuse, {}, { code: this.refuse, refusal: { ...facts, signature: b64(await this.#sign(refusalBytes(facts))) } });
  }

  #reach() {
    if (this.offline) throw new DeviceError("network.offline");
  }
}

/** The device's memory without IndexedDB: the same answers, copied as IndexedDB copies. */
export class MemoryStore {
  rows = new Map();
  #keys = { keys: ["ledger", "member", "public"], checkpoints: ["ledger"], receipts: ["ledger", "member", "statement"], queue: ["ledger", "statement"], lines: ["ledger", "batch", "line"] };
  #at = (name, key) => JSON.stringify([name, ...key]);

  async get(name, key) {
    return this.rows.get(this.#at(name, key));
  }

  async put(name, value) {
    this.rows.set(this.#at(name, this.#keys[name].map((part) => value[part])), { ...value });
  }

  async remove(name, key) {
    this.rows.delete(this.#at(name, key));
  }

  async below(name, prefix) {
    const start = this.#at(name, prefix).slice(0, -1);
    return [...this.rows].filter(([key]) => key.startsWith(`${start},`)).map(([, value]) => ({ ...value }));
  }

  async swap(name, key, expected, value) {
    if ((await this.get(name, key))?.note !== expected) return false;
    await this.put(name, value);
    return true;
  }
}

