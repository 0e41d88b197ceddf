/**
 * Signing and submitting, step by step: look at the checkpoint first, say in words what the bytes say, sign, submit, and
 * believe nothing of the answer before it is verified.
 */

import { b64, concat, text, utf8 } from "./bytes.js";
import { encode } from "./canonical.js";
import { verifySignature } from "./crypto.js";
import { DeviceError, FormatError, Refusal } from "./errors.js";
import { seal } from "./private.js";
import { verifyReceipt } from "./receipt.js";
import { verifyRefusal } from "./refusal.js";
import { Sentences } from "./sentence.js";
import { signWith } from "./signing_keys.js";
import { buildStatement, encodeStatement, signedBytes, signersOf, statementId } from "./statement.js";
import { advance, keptCheckpoint } from "./trust.js";

/**
 * @typedef {import("./statement.js").Signature} Signature
 * @typedef {import("./private.js").Opening} Opening
 * @typedef {import("./signing_keys.js").SigningKey} SigningKey
 * @typedef {{type: string, author: string, body: Record<string, unknown>, privates?: Record<string, unknown>, cosigners?: string[],
 *   for?: string, via?: string, replaces?: string}} Wish what is to be said; privates by path in the body
 * @typedef {{bytes: Uint8Array, openings: Opening[], id: string, statement: import("./statement.js").Statement, sentence: string}} Draft
 * @typedef {{status: "recorded", index: number, id: string, received: number, receipt: import("./receipt.js").Receipt,
 *   signature: import("./crypto.js").Verdict}} Recorded
 * @typedef {{status: "queued", id: string}} Queued kept on this device until there is a network
 */

export class Signer {
  /**
   * @param {{api: import("./api.js").Api, keystore: import("./keystore.js").Keystore, texts: import("./texts.js").Texts,
   *   lang: "ja"|"en", sentences: Record<string, string>, names?: Record<string, string>, token?: [string, number], origin?: string,
   *   confirm: (request: import("./dialog.js").Request) => Promise<boolean>}} parts
   *   origin: the log's origin where the page knows it already; needed to sign while offline
   */
  constructor(parts) {
    this.api = parts.api;
    this.keystore = parts.keystore;
    this.store = parts.keystore.store;
    this.parts = parts;
    /** @type {Partial<import("./api.js").Context>} */
    this.context = {};
  }

  /** Verify what the service shows now and keep it. Without a network the kept checkpoint serves. @returns {Promise<import("./trust.js").Kept>} */
  async refresh() {
    const kept = this.ledger && (await keptCheckpoint(this.store, this.ledger));
    const from = kept ? kept.size : 0;
    try {
      this.context = await this.api.context(from);
    } catch (error) {
      if (kept && error instanceof DeviceError && error.code === "network.offline") return kept;
      throw error;
    }
    const ledger = /** @type {string} */ (this.context.origin);
    if (this.parts.origin && ledger !== this.parts.origin) throw new DeviceError("ledger.other", { expected: this.parts.origin, found: ledger });
    await this.keystore.inherit(ledger, (this.context.predecessors ?? []).map(({ origin }) => origin));
    return this.#advance(ledger, this.context, from);
  }

  /** The log's origin, once known. */
  get ledger() {
    return this.context.origin ?? this.parts.origin;
  }

  /** Of the co-op's relying parties, the one that this page may speak for. */
  get rpId() {
    const host = globalThis.location?.hostname ?? "";
    return this.context.rp_ids?.find((id) => host === id || host.endsWith(`.${id}`));
  }

  /** The manner of speaking, by what the co-op's context says. */
  get sentences() {
    const { names, token } = this.parts;
    return new Sentences(this.parts.lang, this.parts.sentences, { names, token, utcOffset: this.context.utc_offset });
  }

  /** @param {Wish} wish @param {import("./trust.js").Kept} kept @returns {Promise<Draft>} */
  async draft(wish, kept) {
    const { privates = {}, ...rest } = wish;
    const open = buildStatement({ ...rest, ledger: kept.ledger, seen: { root: kept.root, size: kept.size } });
    const { statement, openings } = await seal(open, privates);
    return this.describe(encodeStatement(statement), openings);
  }

  /** A draft from exact bytes: everything shown comes from them. @param {Uint8Array} bytes @param {Opening[]} openings @returns {Promise<Draft>} */
  async describe(bytes, openings) {
    const statement = JSON.parse(text(bytes, "format.json"));
    requireNfc(statement.body, "body");
    return { bytes, openings, statement, id: b64(await statementId(bytes)), sentence: this.sentences.of(bytes, openings) };
  }

  /** Ask in words; DeviceError `signing.declined` for a no. @param {Draft[]} drafts @param {{label: string, value: string}[]} [sums] */
  async confirm(drafts, sums) {
    const request = { ledger: drafts[0].statement.ledger, sentences: drafts.map((d) => d.sentence), statements: drafts.map((d) => d.bytes), sums };
    if (!(await this.parts.confirm(request))) throw new DeviceError("signing.declined");
  }

  /**
   * One signature per signer, in order; null for those whose key is not here.
   * @param {Draft} draft
   * @param {Record<string, SigningKey>} keys by signer
   * @param {(Signature|null)[]} [given]
   */
  async sign(draft, keys, given = []) {
    const message = signedBytes(draft.bytes);
    const signatures = [];
    for (const [position, signer] of signersOf(draft.statement).entries()) {
      const own = keys[signer];
      // One after the other: two passkey prompts at once would refuse each other.
      const signature = own ? await signWith(own, message, { rpId: this.rpId }) : given[position] ?? null;
      if (signature) await verifySignature(signature, message);
      signatures.push(signature);
    }
    return signatures;
  }

  /**
   * Keep the signed statement, send it, verify the answer. What was sent stays queued until an answer came, so that nothing
   * signed is lost; sending it twice gives the same receipt.
   * @param {Draft} draft
   * @param {(Signature|null)[]} signatures
   * @param {string} member whose receipt it is
   * @param {boolean} [waited] whether it lies on the server, waiting for this last signature
   * @returns {Promise<Recorded|Queued>}
   */
  async submit(draft, signatures, member, waited = false) {
    const { ledger } = draft.statement;
    const row = { ledger, statement: draft.id, member, sentence: draft.sentence, envelope: envelope(draft, signatures), waited };
    await this.store.put("queue", row);
    return this.send(ledger, draft.id);
  }

  /** Send one queued statement. @param {string} ledger @param {string} id @returns {Promise<Recorded|Queued>} */
  async send(ledger, id) {
    const queued = await this.store.get("queue", [ledger, id]);
    try {
      const from = (await keptCheckpoint(this.store, ledger))?.size ?? 0;
      const answer = queued.waited ? (await this.api.leave(queued.envelope)).receipt : await this.api.submit(queued.envelope, from);
      const recorded = await this.accept(queued, /** @type {import("./api.js").Answer} */ (answer), from);
      await this.store.remove("queue", [ledger, id]);
      return recorded;
    } catch (error) {
      if (error instanceof DeviceError && ["network.offline", "service.unavailable"].includes(error.code)) return { status: "queued", id };
      if (error instanceof Refusal) {
        await this.store.remove("queue", [ledger, id]);
        await this.keepRefusal(queued, error.problem.refusal);
      }
      throw error;
    }
  }

  /** Send everything that waits, oldest first; call it when the browser is online again. @returns {Promise<{id: string, result: Recorded|Queued|Error}[]>} */
  async flush() {
    const ledger = (await this.refresh()).ledger;
    const waiting = await this.store.below("queue", [ledger]);
    const at = (row) => JSON.parse(row.envelope).statement.at;
    const results = [];
    for (const { statement: id } of waiting.sort((one, other) => at(one).localeCompare(at(other)))) {
      results.push({ id, result: await this.send(ledger, id).catch((error) => error) });
    }
    return results;
  }

  /**
   * Believe a receipt: our exact bytes, in that tree, under a checkpoint that extends the kept one.
   * @param {{ledger: string, statement: string, member: string, sentence: string, envelope: string}} sent
   * @param {import("./api.js").Answer} answer
   * @param {number} [from] the size from which its consistency proof starts
   * @returns {Promise<Recorded>}
   */
  async accept(sent, answer, from = 0) {
    const { statement } = JSON.parse(sent.envelope);
    const { index, leaf, proof, checkpoint } = answer;
    const receipt = { index, leaf, proof, checkpoint };
    const vkey = await this.#vkey(sent.ledger);
    const verified = await verifyReceipt(receipt, vkey, encode(statement));
    const { type, at } = statement;
    await this.keystore.addReceipt({ ledger: sent.ledger, member: sent.member, statement: sent.statement, type, at, sentence: sent.sentence, vkey, receipt });
    // After the receipt was stored: should the checkpoint contradict the kept one, it is part of the evidence.
    await this.#advance(sent.ledger, { vkey, checkpoint, consistency: answer.consistency }, from);
    return { status: "recorded", index, id: sent.statement, received: verified.entry.received, receipt, signature: verified.signature };
  }

  /** A signed refusal is evidence, so it is kept; an unsigned one (a form error) is not. @param {any} sent @param {unknown} refusal */
  async keepRefusal(sent, refusal) {
    if (!refusal) return;
    const { statement } = JSON.parse(sent.envelope);
    const vkey = await this.#vkey(sent.ledger);
    await verifyRefusal(refusal, vkey, encode(statement));
    const { type, at } = statement;
    await this.keystore.addReceipt({ ledger: sent.ledger, member: sent.member, statement: sent.statement, type, at, sentence: sent.sentence, vkey, refusal: /** @type {object} */ (refusal) });
  }

  /** @param {string} ledger @param {{vkey?: string, checkpoint?: string, consistency?: string[], key_changes?: import("./trust.js").KeyChange[], predecessors?: {origin: string, entries: number}[]}} shown @param {number} from */
  #advance(ledger, shown, from) {
    const inline = shown.consistency && { from, proof: shown.consistency };
    const note = /** @type {string} */ (shown.checkpoint);
    const said = { note, vkey: /** @type {string} */ (shown.vkey), inline, changes: shown.key_changes, predecessors: shown.predecessors };
    return advance(this.store, ledger, said, (a, b) => this.prove(a, b));
  }

  /**
   * A consistency proof. The context is open to everyone, the proofs of a members' tree are not: an applicant, or a phone
   * that is being enrolled, has only the first.
   * @param {number} from @param {number} to
   */
  async prove(from, to) {
    const { size, consistency } = await this.api.context(from);
    return size === to ? consistency : this.api.consistency(from, to);
  }

  /** The log key as first seen, else as the service says now. @param {string} ledger */
  async #vkey(ledger) {
    const vkey = (await keptCheckpoint(this.store, ledger))?.vkey ?? this.context.vkey;
    if (!vkey) throw new DeviceError("ledger.unknown", { ledger });
    return vkey;
  }
}

/**
 * What is posted. The statement stands in it exactly as signed.
 * @param {Draft} draft
 * @param {(Signature|null)[]} signatures
 */
export function envelope(draft, signatures) {
  const parts = [utf8('{"private":'), encode(draft.openings), utf8(',"signatures":'), encode(signatures), utf8(',"statement":'), draft.bytes, utf8("}")];
  return text(concat(...parts), "format.json");
}

/** The service accepts only NFC in what is not private; better said before signing. @param {unknown} value @param {string} path */
function requireNfc(value, path) {
  if (typeof value === "string" && value.normalize("NFC") !== value) throw new FormatError("format.not_nfc", { path });
  if (value && typeof value === "object") for (const [key, item] of Object.entries(value)) requireNfc(item, `${path}/${key}`);
}
