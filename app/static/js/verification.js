/**
 * The check of a whole ledger in the reader's browser, step by step, believing nothing that can be computed:
 *
 *   seal       the checkpoint bears the log key's signature
 *   history    it extends the one that this device has kept
 *   tree       the tree computed anew from every entry (or, where entries are closed, from the hashes of level 0) has its root
 *   entries    every entry is in the one permitted form and bears its signers' signatures
 *   witnessed  each statement's `seen`, signed by its author, is a point that this same tree passed through
 *   cosigned   enough witnesses outside have cosigned it, and of this same tree
 *   receipts   what this device has kept of its members' own statements is in the tree
 *
 * Each step ends as `ok`, `failed` or `skipped` with a code that says why. What the rules made of the entries is not
 * checked here: that takes the whole rule book, and is what `yui verify` does.
 */

import { b64, equal, unb64 } from "./bytes.js";
import { noteText, parse, parseVkey, verify } from "./checkpoint.js";
import { standing } from "./cosigned.js";
import { verifySignature } from "./crypto.js";
import { ContradictionError, DeviceError, LedgerError, ProofError } from "./errors.js";
import { Frontier, leafHash } from "./merkle.js";
import { verifyReceipt } from "./receipt.js";
import { parseLeaf, signedBytes } from "./statement.js";
import { WIDTH, bundlesOf, decodeBundle, splitHashes, tilePath } from "./tiles.js";
import { advance, checkPoint, keptCheckpoint } from "./trust.js";

export const STEPS = /** @type {const} */ (["seal", "history", "tree", "entries", "witnessed", "cosigned", "receipts"]);
/** Entries up to which every point of the history is remembered. */
export const MAX_POINTS = 200_000;
/** Faults that a report names one by one. */
const NAMED = 20;

/**
 * @typedef {typeof STEPS[number]} Step
 * @typedef {{status: "ok"|"failed"|"skipped", code?: string, params?: Record<string, unknown>, witnesses?: import("./cosigned.js").Witness[]}} Result
 * @typedef {{step: Step, code: string, params: Record<string, unknown>, index?: number, leaf?: string}} Fault
 * @typedef {{origin: string, vkey: string, checkpoint: string, faults: Fault[], contradiction?: object}} Evidence
 * @typedef {{ledger: string, read: import("./tiles.js").Fetch, api: import("./api.js").Api, keystore: import("./keystore.js").Keystore,
 *   open: boolean, policy?: () => Promise<string>, told: (step: Step, result: Result|null) => void, progress: (done: number, size: number) => Promise<void>}} Parts
 *   open: whether entries may be read; policy: whose cosignatures are enough by the operator's word, empty: nobody's; told: null when a step begins; progress: may hold the check up
 */

export class Verification {
  /** @type {Map<Step, Result>} */
  results = new Map();
  /** @type {Fault[]} */
  faults = [];
  /** @type {Uint8Array[][]} the tree's right edge after each entry */
  #edges = [];
  /** @type {Map<number, Promise<Uint8Array>>} */
  #roots = new Map();
  #unchecked = 0;

  /** @param {Parts} parts */
  constructor(parts) {
    this.parts = parts;
  }

  /** Run every step; what one step needs of another that failed is skipped. @returns {Promise<"ok"|"failed">} */
  async run() {
    await this.#step("seal", () => this.#seal());
    const sealed = this.results.get("seal")?.status === "ok";
    await this.#step("history", () => this.#history(), sealed);
    await this.#step("tree", () => this.#tree(), sealed);
    this.#settleEntries();
    await this.#step("cosigned", () => this.#cosigned(), this.results.get("history")?.status === "ok");
    await this.#step("receipts", () => this.#receipts(), sealed);
    return [...this.results.values()].some(({ status }) => status === "failed") ? "failed" : "ok";
  }

  /** What to hand to an auditor. @returns {Evidence} */
  evidence() {
    return { origin: this.parts.ledger, vkey: this.vkey ?? "", checkpoint: this.note ?? "", faults: this.faults, ...(this.contradiction && { contradiction: this.contradiction }) };
  }

  /** @param {Step} step @param {() => Promise<Result>} check @param {boolean} [possible] */
  async #step(step, check, possible = true) {
    this.parts.told(step, null);
    this.#settle(step, possible ? await check().catch((error) => this.#fail(step, error)) : { status: "skipped", code: "depends" });
  }

  /** @param {Step} step @param {Result} result */
  #settle(step, result) {
    this.results.set(step, result);
    this.parts.told(step, result);
  }

  /** @param {Step} step @param {unknown} error @returns {Result} */
  #fail(step, error) {
    if (!(error instanceof LedgerError)) throw error;
    // No answer is no proof of anything, neither of good nor of ill.
    if (error instanceof DeviceError) return { status: "skipped", code: error.code, params: error.params };
    if (error instanceof ContradictionError) this.contradiction = error.evidence;
    this.faults.push({ step, code: error.code, params: error.params });
    return { status: "failed", code: error.code, params: error.params };
  }

  /** @returns {Promise<Result>} */
  async #seal() {
    const { ledger, keystore, api } = this.parts;
    this.kept = await keptCheckpoint(keystore.store, ledger);
    // The key as this device knows it. Another one that the service names must follow from that one by an entry.
    const said = await api.context(this.kept?.size ?? 0);
    this.predecessors = said.predecessors;
    if (this.kept && said.vkey !== this.kept.vkey) {
      const shown = { note: said.checkpoint, vkey: said.vkey, changes: said.key_changes };
      this.kept = await advance(keystore.store, ledger, shown, (from, to) => api.consistency(from, to));
    }
    this.vkey = this.kept?.vkey ?? said.vkey;
    this.note = noteText(await this.parts.read("checkpoint"));
    const { checkpoint, signature } = await verify(this.note, await parseVkey(this.vkey));
    if (checkpoint.origin !== ledger) throw new ProofError("checkpoint.origin", { expected: ledger, found: checkpoint.origin });
    this.checkpoint = checkpoint;
    return signature === "ok" ? { status: "ok", code: "seal", params: { size: checkpoint.size } } : { status: "skipped", code: "unchecked" };
  }

  /** @returns {Promise<Result>} */
  async #history() {
    const { ledger, keystore, api } = this.parts;
    const shown = { note: /** @type {string} */ (this.note), vkey: /** @type {string} */ (this.vkey), predecessors: this.predecessors };
    await advance(keystore.store, ledger, shown, (from, to) => api.consistency(from, to));
    return this.kept ? { status: "ok", code: "history", params: { size: this.kept.size } } : { status: "ok", code: "first" };
  }

  /** @returns {Promise<Result>} */
  async #tree() {
    const { size, root } = /** @type {import("./checkpoint.js").Checkpoint} */ (this.checkpoint);
    const tree = new Frontier();
    for (const bundle of bundlesOf(size)) {
      const hashes = splitHashes(await this.parts.read(tilePath({ ...bundle, level: 0 })), bundle.width);
      const leaves = this.parts.open ? decodeBundle(await this.parts.read(tilePath(bundle)), bundle.width) : [];
      for (const [position, hash] of hashes.entries()) {
        const leaf = leaves[position];
        if (leaf && !equal(await leafHash(leaf), hash)) throw new ProofError("tile.leaf", { index: tree.size });
        await tree.append(hash);
        if (size <= MAX_POINTS) this.#edges.push([...tree.hashes]);
      }
      await Promise.all(leaves.map((leaf, position) => this.#entry(leaf, bundle.index * WIDTH + position)));
      await this.parts.progress(tree.size, size);
    }
    if (!equal(await tree.root(), root)) throw new ProofError("tree.root", { size });
    if (this.name && this.name !== this.parts.ledger) throw new ProofError("receipt.ledger");
    return { status: "ok", code: this.parts.open ? "tree" : "hashes", params: { size } };
  }

  /** One entry: its form, its signatures, and the history that its author had seen. @param {Uint8Array} leaf @param {number} index */
  async #entry(leaf, index) {
    try {
      const entry = parseLeaf(leaf);
      this.#follow(entry.statement, index);
      for (const signature of entry.signatures) {
        if ((await verifySignature(signature, signedBytes(entry.statementBytes))) === "unchecked") this.#unchecked++;
      }
      await this.#witness(entry.statement.seen, index, leaf);
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      this.faults.push({ step: "entries", code: error.code, params: error.params, index, leaf: b64(leaf) });
    }
  }

  /**
   * What the log is called there: as its first entry has it, then as a succession does that goes on from that name. Nothing is
   * awaited before this, so entries come here in their order.
   * @param {import("./statement.js").Statement} statement @param {number} index
   */
  #follow({ ledger, type, body }, index) {
    const goesOn = type === "ledger.succession/1" && /** @type {any} */ (body.last)?.origin === this.name;
    if (index === 0 || goesOn) this.name = ledger;
    if (ledger !== this.name) throw new ProofError("receipt.ledger");
  }

  /** @param {import("./statement.js").Seen} seen @param {number} index @param {Uint8Array} leaf */
  async #witness(seen, index, leaf) {
    if (seen.size === 0 || !this.#edges.length) return;
    const root = seen.size <= index ? await this.#rootAt(seen.size) : null;
    if (!root || !equal(root, unb64(seen.root, 32))) {
      this.faults.push({ step: "witnessed", code: "tree.point", params: { size: seen.size }, index, leaf: b64(leaf) });
    }
  }

  /** Statements of one hour have mostly seen the same point. @param {number} size @returns {Promise<Uint8Array>} */
  #rootAt(size) {
    const edge = Object.assign(new Frontier(), { hashes: this.#edges[size - 1] });
    const root = this.#roots.get(size) ?? edge.root();
    this.#roots.set(size, root);
    return root;
  }

  /** Entries and witnesses were examined while the tree was built. */
  #settleEntries() {
    const { size } = this.checkpoint ?? { size: 0 };
    for (const step of /** @type {const} */ (["entries", "witnessed"])) {
      const found = this.faults.filter((fault) => fault.step === step);
      const first = found[0];
      if (first) this.#settle(step, { status: "failed", code: first.code, params: { ...first.params, index: first.index, count: found.length } });
      else if (!this.parts.open) this.#settle(step, { status: "skipped", code: "closed" });
      else if (this.results.get("tree")?.status !== "ok") this.#settle(step, { status: "skipped", code: "depends" });
      else if (step === "witnessed" && size > MAX_POINTS) this.#settle(step, { status: "skipped", code: "many" });
      else if (step === "entries" && this.#unchecked) this.#settle(step, { status: "skipped", code: "unchecked_entries", params: { n: this.#unchecked } });
      else this.#settle(step, { status: "ok", code: step, params: { size } });
    }
    this.faults = STEPS.flatMap((step) => this.faults.filter((fault) => fault.step === step).slice(0, NAMED));
  }

  /** @returns {Promise<Result>} */
  async #cosigned() {
    const { ledger, keystore, read, api, policy } = this.parts;
    const own = (await keystore.store.get("policies", [ledger]))?.text;
    const offered = own === undefined ? ((await policy?.()) ?? "") : "";
    if (own === undefined && !offered) return { status: "skipped", code: "no_witnesses" };
    const [note, vkey] = [/** @type {string} */ (this.note), /** @type {string} */ (this.vkey)];
    const kept = /** @type {import("./trust.js").Kept} */ (await keptCheckpoint(keystore.store, ledger));
    const { code, params, enough, own: isOwn, witnesses } = await standing({ ledger, vkey, note, kept, read, api, own, offered });
    // Only a policy of the reader's own can be broken by an operator: by theirs, witnesses may simply be late.
    if (code === "few" && isOwn) this.faults.push({ step: "cosigned", code: "witness.few", params: params ?? {} });
    const status = enough ? "ok" : code === "few" && isOwn ? "failed" : "skipped";
    return { status, code: status === "failed" ? "witness.few" : code, params, witnesses };
  }

  /** @returns {Promise<Result>} */
  async #receipts() {
    const { ledger, keystore, api } = this.parts;
    const rows = (await keystore.store.below("receipts", [ledger])).filter((row) => row.receipt);
    if (!rows.length) return { status: "skipped", code: "no_receipts" };
    const kept = /** @type {import("./trust.js").Kept} */ (await keptCheckpoint(keystore.store, ledger));
    for (const { receipt, statement } of rows) {
      const verified = await verifyReceipt(receipt, await keyOf(receipt.checkpoint, [kept.vkey, ...(kept.former ?? [])]));
      if (verified.statementId !== statement) throw new ProofError("receipt.statement");
      const { size, root } = verified.checkpoint;
      const point = this.#edges.length >= size ? await this.#rootAt(size) : null;
      if (point && !equal(point, root)) throw new ProofError("tree.point", { size });
      if (!point) await checkPoint(kept, { size, root: b64(root) }, (from, to) => api.consistency(from, to));
    }
    return { status: "ok", code: "receipts", params: { n: rows.length } };
  }
}

/**
 * The key that a note of this log bears, of those that the device has seen follow each other: a receipt stays under the
 * key of its day. The first where it bears none of them, which then says so.
 * @param {string} note @param {string[]} vkeys newest first
 */
async function keyOf(note, vkeys) {
  const { lines } = parse(note);
  for (const vkey of vkeys) {
    const { hash, name } = await parseVkey(vkey);
    if (lines.some((line) => line.name === name && equal(line.keyHash, hash))) return vkey;
  }
  return vkeys[0];
}
