/**
 * Many statements after one confirmation: a roster of 300 lines. Each line is its own statement; what was signed is kept
 * before it is sent, by the content of the whole batch, so that running it again resumes it and adds nothing twice.
 * Lines with cosigners are left on the server for them.
 */

import { hex, sha256 } from "./bytes.js";
import { encode } from "./canonical.js";
import { DeviceError, LedgerError, Refusal } from "./errors.js";
import { chooseKey, openSigner } from "./sign.js";
import { envelope } from "./signer.js";

const GROUP = 100;
/** Codes that say that there is no room now: what is signed waits here for the next run. */
const FULL = new Set(["pending.too_many", "pending.too_large"]);

/**
 * @typedef {{type: string, body: Record<string, unknown>, privates?: Record<string, unknown>, cosigners?: string[], for?: string, via?: string, replaces?: string}} Line
 * @typedef {{line: number, result: import("./signer.js").Recorded|LedgerError|null}} LineResult null: not sent yet
 * @typedef {{ledger: string, batch: string, line: number, statement: string, member: string, sentence: string, envelope: string,
 *   index?: number, refused?: string, left?: boolean}} Kept left: it lies on the server for its cosigners
 */

/**
 * Sign and send every line that is not done yet.
 * @param {import("./sign.js").Place & {author: string, lines: Line[], sums?: {label: string, value: string}[],
 *   key?: import("./signing_keys.js").SigningKey, done?: number[], onProgress?: (done: number, total: number) => void}} request
 *   key: a device key, for nobody touches a passkey 300 times; done: lines that are in the ledger already, by whoever's hand
 */
export async function signBatch({ author, lines, sums, key, done, onProgress, ...place }) {
  return signBatchWith(await openSigner(place), { author, lines, sums, key, done, onProgress });
}

/**
 * @param {import("./signer.js").Signer} signer
 * @param {{author: string, lines: Line[], sums?: {label: string, value: string}[], key?: import("./signing_keys.js").SigningKey,
 *   done?: number[], onProgress?: (done: number, total: number) => void}} request
 * @returns {Promise<{recorded: number, left: number, refused: {line: number, code: string}[], waiting: number}>}
 */
export async function signBatchWith(signer, { author, lines, sums, key, done = [], onProgress }) {
  const kept = await signer.refresh();
  const own = await chooseKey(signer, kept.ledger, author, key ?? "device");
  if ("credential" in own) throw new DeviceError("batch.needs_device_key");
  const batch = await batchId(author, lines);
  const gone = new Set(done);
  const open = (/** @type {number} */ line) => !gone.has(line);
  const rows = /** @type {Kept[]} */ (await signer.store.below("lines", [kept.ledger, batch]));
  // What another device has entered meanwhile must not be sent from here again; what this one has, needs not be. What was
  // left for a cosigner and is open again was declined or has expired: it is said anew.
  const known = new Map(rows.filter((row) => row.index !== undefined || (open(row.line) && !row.left)).map((row) => [row.line, row]));
  const fresh = [...lines.keys()].filter((line) => open(line) && !known.has(line));
  if (fresh.length) {
    const drafts = [];
    for (const line of fresh) drafts.push(await signer.draft({ ...lines[line], author }, kept));
    await signer.confirm(drafts, sums);
    for (const [position, line] of fresh.entries()) known.set(line, await keep(signer, drafts[position], own, { batch, line, author }));
  }
  return send(signer, [...known.values()].sort((one, other) => one.line - other.line), onProgress);
}

/** Id of a batch by its content: the same file again is the same batch. @param {string} author @param {Line[]} lines */
async function batchId(author, lines) {
  // Paths of private values are no canonical keys, so they stand as pairs.
  const rows = lines.map(({ privates = {}, ...line }) => ({ ...line, privates: Object.entries(privates).sort() }));
  return hex(await sha256(encode({ author, rows })));
}

/**
 * @param {import("./signer.js").Signer} signer
 * @param {import("./signer.js").Draft} draft
 * @param {import("./signing_keys.js").SigningKey} key
 * @param {{batch: string, line: number, author: string}} where
 * @returns {Promise<Kept>}
 */
async function keep(signer, draft, key, { batch, line, author }) {
  const signatures = await signer.sign(draft, { [author]: key });
  const { ledger } = draft.statement;
  const row = { ledger, batch, line, statement: draft.id, member: author, sentence: draft.sentence, envelope: envelope(draft, signatures) };
  await signer.store.put("lines", row);
  return row;
}

/** @param {import("./signer.js").Signer} signer @param {Kept[]} rows @param {((done: number, total: number) => void)|undefined} onProgress */
async function send(signer, rows, onProgress) {
  const open = rows.filter((row) => row.index === undefined && row.refused === undefined && !row.left);
  for (let start = 0; start < open.length; start += GROUP) {
    onProgress?.(rows.length - open.length + start, rows.length);
    const group = open.slice(start, start + GROUP);
    const cosigned = JSON.parse(group[0].envelope).signatures.includes(null);
    const envelopes = group.map((row) => row.envelope);
    const results = await (cosigned ? signer.api.leaveMany(envelopes) : signer.api.submitMany(envelopes)).catch(waitUnlessRefused);
    if (results === null) break;
    for (const [position, row] of group.entries()) await settle(signer, row, results[position]);
  }
  const refused = rows.filter((row) => row.refused !== undefined).map(({ line, refused: code }) => ({ line, code: /** @type {string} */ (code) }));
  const recorded = rows.filter((row) => row.index !== undefined).length;
  const left = rows.filter((row) => row.left).length;
  onProgress?.(recorded + left + refused.length, rows.length);
  return { recorded, left, refused, waiting: rows.length - recorded - left - refused.length };
}

/** @param {import("./signer.js").Signer} signer @param {Kept} row @param {import("./api.js").Answer|{missing: string[]}|import("./api.js").Problem} result */
async function settle(signer, row, result) {
  if ("missing" in result) {
    row.left = true;
  } else if ("leaf" in result) {
    row.index = (await signer.accept(row, result)).index;
  } else if (FULL.has(result.code)) {
    return;
  } else {
    row.refused = result.code;
    await signer.keepRefusal(row, result.refusal);
  }
  await signer.store.put("lines", row);
}

/** @param {unknown} error @returns {null} the lines wait for the next run */
function waitUnlessRefused(error) {
  if (error instanceof LedgerError && !(error instanceof Refusal)) return null;
  throw error;
}
